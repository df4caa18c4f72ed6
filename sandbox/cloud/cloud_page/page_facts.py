"""What the page is made from: everything that a cloud and its S3 hold, at one moment."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sandbox.cloud.cloud_api import PageTable
from sandbox.cloud.cloud_page.terraform_states import TerraformStates, read_states
from sandbox.cloud.document_store import Document
from sandbox.cloud.local_cloud import LocalCloud
from sandbox.cloud.neon import BranchUsage
from sandbox.cloud.product import Product, read_product


@dataclass(frozen=True)
class PageFacts:
    """A cloud's contents.

    Attributes:
        now: of the cloud's clock.
        product: whose environments are shown.
        documents: of the stores, by collection, with their private fields.
        tables: by service, for the details.
        usage: by a Neon branch's id.
        worker_secrets: the values of each Worker version's secrets, by its id.
        addresses: each public address → where it is served on this machine.
        terraform: from S3.
        faults: that are set.
        requests: the newest first.
        credentials: the keys and tokens that the cloud accepts.
    """

    now: datetime
    product: Product = field(default_factory=Product)
    documents: Mapping[str, Sequence[Document]] = field(default_factory=dict[str, list[Document]])
    tables: Sequence[tuple[str, Sequence[PageTable]]] = ()
    usage: Mapping[str, BranchUsage] = field(default_factory=dict[str, BranchUsage])
    worker_secrets: Mapping[str, Sequence[str]] = field(default_factory=dict[str, list[str]])
    addresses: Mapping[str, str] = field(default_factory=dict[str, str])
    terraform: TerraformStates = field(default_factory=TerraformStates)
    faults: Sequence[Document] = ()
    requests: Sequence[Document] = ()
    credentials: Sequence[str] = ()

    def held(self, collection: str) -> Sequence[Document]:
        """The documents of a collection."""
        return self.documents.get(collection, ())


def collect(cloud: LocalCloud) -> PageFacts:
    """The facts of a cloud. S3's address is in AWS_ENDPOINT_URL."""
    cloud.neon.expire()
    return PageFacts(
        now=cloud.now(),
        product=read_product(cloud.home),
        documents=cloud.dump(),
        tables=[(service.name, service.tables()) for service in cloud.services],
        usage=cloud.neon.usage(),
        worker_secrets=cloud.workers.secret_texts(),
        addresses=cloud.workers.addresses() | cloud.deployments.addresses("/_sandbox/sites"),
        terraform=read_states(os.environ.get("AWS_ENDPOINT_URL")),
        faults=cloud.faults.all(),
        requests=list(cloud.log.entries),
        credentials=cloud.keyring.values(),
    )
