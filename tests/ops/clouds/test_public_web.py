"""Public addresses, and where a rehearsal serves them."""

from collections.abc import Callable, Iterator

import httpx
import pytest

from ops.clouds.public_web import client
from ops.context.errors import OpsError
from ops.context.run_context import Context
from tests.ops.receivers import Answer, Document, Receiver


class Rehearsed(Receiver):
    """A directory of addresses, and the one site in it."""

    def answer(self, method: str, path: str, body: Document | None) -> Answer:
        del method, body
        if path == "/directory":
            return 200, {"https://shop.example": f"{self.url}/sites/shop"}
        return 200, {"path": path}


@pytest.fixture
def rehearsed() -> Iterator[Rehearsed]:
    with Rehearsed() as server:
        yield server


def test_a_rehearsal_serves_what_its_directory_names(rehearsed: Rehearsed, product_context: Callable[..., Context]):
    with client(product_context(PUBLIC_ADDRESSES_URL=f"{rehearsed.url}/directory")) as visitor:
        answer = visitor.get("https://shop.example/a%20b?c=d")
    assert answer.json() == {"path": "/sites/shop/a%20b?c=d"}
    assert rehearsed.hosts[-1] == "shop.example", "a Worker reads its public host"


def test_a_rehearsal_asks_nobody_else(rehearsed: Rehearsed, product_context: Callable[..., Context]):
    context = product_context(PUBLIC_ADDRESSES_URL=f"{rehearsed.url}/directory")
    with client(context) as visitor, pytest.raises(httpx.ConnectError, match=r"does not serve https://other.example"):
        visitor.get("https://other.example/")


def test_a_visitor_is_named_after_the_project(product_context: Callable[..., Context]):
    with client(product_context()) as visitor:
        assert visitor.headers["User-Agent"] == "intent-expense-tracker-infrastructure"


def test_a_directory_that_cannot_be_read_is_one_line(rehearsed: Rehearsed, product_context: Callable[..., Context]):
    rehearsed.faults.append((500, None))
    context = product_context(PUBLIC_ADDRESSES_URL=f"{rehearsed.url}/directory")
    with client(context) as visitor, pytest.raises(OpsError, match=r"PUBLIC_ADDRESSES_URL: .* returned no list"):
        visitor.get("https://shop.example/")
