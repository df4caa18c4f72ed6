"""The product that a cloud holds: its environments by name, according to the settings. Stored in the cloud's home."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from settings import Settings

_FILE = "product.json"


@dataclass(frozen=True)
class ProductEnvironment:
    """Where an environment's parts are, whether they exist or not.

    Attributes:
        name: the environment's, and its stack's.
        branch: the Neon branch of its data.
        worker: its API's Worker; empty if the product has no API.
        api: its API's address.
        site: its site's address; empty if it has no domain of its own.
    """

    name: str
    branch: str
    worker: str = ""
    api: str = ""
    site: str = ""


@dataclass(frozen=True)
class Product:
    """A product; without a name, only what the cloud itself knows is shown.

    Attributes:
        name: of the Neon project, the Pages project, and the first part of a state's key.
        environments: in the settings' order.
    """

    name: str = ""
    environments: tuple[ProductEnvironment, ...] = field(default=())


def product_of(settings: Settings) -> Product:
    """The product that settings describe."""
    api = settings.api
    return Product(
        settings.project.name,
        tuple(
            ProductEnvironment(
                name,
                settings.branch_name(name),
                api.worker_name(name) if api else "",
                settings.api_url(name) if api else "",
                f"https://{environment.website.domain}" if environment.website else "",
            )
            for name, environment in settings.environments.items()
        ),
    )


def write_product(home: Path, product: Product) -> None:
    """Store a product in a cloud's home; its page shows it from then on."""
    partial = home / f"{_FILE}.new"
    partial.write_text(json.dumps(asdict(product)), encoding="utf-8")
    partial.replace(home / _FILE)


def read_product(home: Path) -> Product:
    """The product that was last stored; one without a name if none was."""
    path = home / _FILE
    if not path.exists():
        return Product()
    document = json.loads(path.read_text(encoding="utf-8"))
    environments = tuple(ProductEnvironment(**each) for each in document["environments"])
    return Product(document["name"], environments)
