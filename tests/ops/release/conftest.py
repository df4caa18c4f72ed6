"""What the tests of releases share."""

from collections.abc import Iterator

import pytest

from sandbox.cloud.postgres.cluster import Cluster
from tests.sandbox.cloud.postgres.support import running


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A Postgres of the module's own."""
    with running(Cluster(tmp_path_factory.mktemp("cluster"))) as cluster:
        yield cluster
