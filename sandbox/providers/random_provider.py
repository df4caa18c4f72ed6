"""hashicorp/random, of which the stacks use one resource: `random_password`. Its value lives in the state only.

One thing differs from the real provider: `bcrypt_hash` has the form of a hash but verifies no password.
"""

# ruff: noqa: ARG002 (methods of an interface; this resource does not need every argument)
from __future__ import annotations

import random
import secrets
import string
from typing import Any

from provider_pins import PINS
from sandbox.providers.plan_rules import PlanRules, RuledResource
from sandbox.providers.provider import Problem, Provider
from sandbox.providers.schema import Schema
from sandbox.providers.values import Value, known

KINDS = {"lower": string.ascii_lowercase, "upper": string.ascii_uppercase, "numeric": string.digits}
KINDS["special"] = "!@#$%&*()-_=+[]{}<>:?"
DEFAULTS: dict[str, Value] = dict.fromkeys((*KINDS, "number"), True) | {f"min_{kind}": 0 for kind in KINDS}


def _same_number(_prior: Value, planned: Value, config: Value) -> None:
    """`number` is the older name of `numeric`."""
    configured = config["numeric"] if config["numeric"] is not None else config["number"]
    if configured is not None:
        planned |= {"numeric": configured, "number": configured}


class Password(RuledResource):
    """A password, made once. Every argument forces a new one."""

    rules = PlanRules(
        replace=("keepers", "length", "override_special", *DEFAULTS),
        defaults=DEFAULTS,
        keep=None,
        between={"length": (1, 2**31)},
        adjust=_same_number,
    )

    def validate(self, config: Value) -> None:
        super().validate(config)
        given = known(config)
        least = sum(given.get(f"min_{kind}", 0) for kind in KINDS)
        if given.get("length", least) < least:
            detail = "Attribute length must be at least min_upper + min_lower + min_numeric + min_special."
            raise Problem("Invalid Attribute Value", detail, ("length",))

    def create(self, client: Any, schema: Schema, planned: Value) -> Value:
        pools = {**KINDS, "special": planned["override_special"] or KINDS["special"]}
        chosen = [secrets.choice(pool) for kind, pool in pools.items() for _ in range(planned[f"min_{kind}"])]
        allowed = "".join(pool for kind, pool in pools.items() if planned[kind])
        chosen += [secrets.choice(allowed) for _ in range(planned["length"] - len(chosen))]
        random.SystemRandom().shuffle(chosen)
        return {**planned, **_values("".join(chosen))}

    def update(self, client: Any, schema: Schema, prior: Value, planned: Value) -> Value:
        return planned

    def delete(self, client: Any, schema: Schema, state: Value) -> None:
        return None

    def read(self, client: Any, schema: Schema, state: Value) -> Value:
        return state

    def import_state(self, client: Any, schema: Schema, import_id: str) -> Value:
        own = {**DEFAULTS, "length": len(import_id), **_values(import_id)}
        return {**dict.fromkeys(schema.block.members), **own}


def _values(result: str) -> dict[str, Value]:
    form = "$2a$10$" + secrets.token_urlsafe(64).replace("-", ".").replace("_", "/")[:53]
    return {"id": "none", "result": result, "bcrypt_hash": form}


class RandomProvider(Provider):
    address = "registry.terraform.io/hashicorp/random"
    version = PINS.providers["random"].version

    def __init__(self) -> None:
        self.data_sources = {}
        self.resources = {"random_password": Password()}

    def configure(self, config: Value) -> None:
        return None


PROVIDER = RandomProvider()
