"""hashicorp/random 3.8.1: values that live in the state only. Every argument forces a new value.

Two things differ from the real provider: a seed gives another (repeatable) sequence, since the real one counts on Go's
generator, and `bcrypt_hash` has the form of a hash but verifies no password.
"""

# ruff: noqa: ARG002 (methods of an interface; not every resource needs all that it is told)
from __future__ import annotations

import base64
import random
import secrets
import string
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sandbox.providers.plan import Rules, check, plan
from sandbox.providers.provider import Plan, Problem, Provider, Resource
from sandbox.providers.schema import Schema
from sandbox.providers.values import Value, known

Attributes = dict[str, Value]
KINDS = {"lower": string.ascii_lowercase, "upper": string.ascii_uppercase, "numeric": string.digits}
KINDS["special"] = "!@#$%&*()-_=+[]{}<>:?"
ADJECTIVES = "brave calm clever eager gentle happy keen kind lively neat proud quick quiet sharp wise"
ANIMALS = "badger crane dove finch fox hare heron lark lynx mole newt otter owl robin seal swan tern wren"


@dataclass(frozen=True)
class RandomResource(Resource):
    """A resource that makes its value once.

    Attributes:
        make: the computed attributes, from what is planned.
        rules: plan-time behaviour.
        take: the attributes of an imported value, from the import's id; None where the stand-in cannot import.
        check: raises Problem for a wrong combination of arguments.
    """

    make: Callable[[Value], Attributes]
    rules: Rules
    take: Callable[[str], Attributes] | None = None
    check: Callable[[Value], None] | None = None

    def validate(self, config: Value) -> None:
        check(self.rules, config)
        if self.check:
            self.check(config)

    def plan(self, schema: Schema, prior: Value, proposed: Value, config: Value) -> Plan:
        return plan(schema, self.rules, prior, proposed, config)

    def create(self, client: Any, schema: Schema, planned: Value) -> Value:
        return {**planned, **self.make(planned)}

    def update(self, client: Any, schema: Schema, prior: Value, planned: Value) -> Value:
        return planned

    def delete(self, client: Any, schema: Schema, state: Value) -> None:
        return None

    def read(self, client: Any, schema: Schema, state: Value) -> Value:
        return state

    def import_state(self, client: Any, schema: Schema, import_id: str) -> Value:
        if self.take is None:
            raise Problem("Resource Import Not Implemented", "This resource does not support import.")
        return {**dict.fromkeys(schema.block.members), **self.take(import_id)}


def _rules(*replace: str, least: dict[str, int] | None = None, **defaults: Value) -> Rules:
    between = {name: (value, 2**63) for name, value in (least or {}).items()}
    return Rules(replace=("keepers", *replace), defaults=defaults, keep=None, between=between)


def _generator(seed: str | None) -> random.Random:
    return random.Random(seed) if seed else random.SystemRandom()  # noqa: S311, repeatable on purpose


# ---- passwords and strings


def _make_string(planned: Value) -> Attributes:
    pools = {**KINDS, "special": planned["override_special"] or KINDS["special"]}
    chosen = [secrets.choice(pool) for kind, pool in pools.items() for _ in range(planned[f"min_{kind}"])]
    allowed = "".join(pool for kind, pool in pools.items() if planned[kind])
    chosen += [secrets.choice(allowed) for _ in range(planned["length"] - len(chosen))]
    random.SystemRandom().shuffle(chosen)
    result = "".join(chosen)
    return {"id": result, "result": result}


def _password(attributes: Attributes) -> Attributes:
    form = "$2a$10$" + secrets.token_urlsafe(64).replace("-", ".").replace("_", "/")[:53]
    return {**attributes, "id": "none", "bcrypt_hash": form}


def _check_string(config: Value) -> None:
    given = known(config)
    least = sum(given.get(f"min_{kind}", 0) for kind in KINDS)
    if given.get("length", least) < least:
        detail = "Attribute length must be at least min_upper + min_lower + min_numeric + min_special."
        raise Problem("Invalid Attribute Value", detail, ("length",))


def _same_number(_prior: Value, planned: Value, config: Value) -> None:
    """`number` is the older name of `numeric`."""
    configured = config["numeric"] if config["numeric"] is not None else config["number"]
    if configured is not None:
        planned |= {"numeric": configured, "number": configured}


STRING_DEFAULTS: Attributes = dict.fromkeys((*KINDS, "number"), True) | {f"min_{kind}": 0 for kind in KINDS}
STRING_RULES = Rules(
    replace=("keepers", "length", "override_special", *STRING_DEFAULTS),
    defaults=STRING_DEFAULTS,
    keep=None,
    between={"length": (1, 2**31)},
    adjust=_same_number,
)


def _take_string(result: str) -> Attributes:
    return {**STRING_DEFAULTS, "length": len(result), "id": result, "result": result}


# ---- the others


def _id_forms(prefix: str | None, raw: bytes) -> Attributes:
    url = base64.urlsafe_b64encode(raw).decode().rstrip("=")
    forms = {
        "b64_url": url,
        "b64_std": base64.b64encode(raw).decode(),
        "hex": raw.hex(),
        "dec": str(int.from_bytes(raw)),
    }
    return {"id": url, **{name: f"{prefix or ''}{form}" for name, form in forms.items()}}


def _take_id(import_id: str) -> Attributes:
    prefix, _, url = import_id.rpartition(",")
    raw = base64.urlsafe_b64decode(url + "=" * (-len(url) % 4))
    return {"prefix": prefix or None, "byte_length": len(raw), **_id_forms(prefix, raw)}


def _make_bytes(planned: Value) -> Attributes:
    raw = secrets.token_bytes(planned["length"])
    return {"base64": base64.b64encode(raw).decode(), "hex": raw.hex()}


def _make_integer(planned: Value) -> Attributes:
    result = _generator(planned["seed"]).randint(planned["min"], planned["max"])
    return {"id": str(result), "result": result}


def _make_pet(planned: Value) -> Attributes:
    words = [secrets.choice(ADJECTIVES.split()) for _ in range(planned["length"] - 1)]
    start = [planned["prefix"]] if planned["prefix"] else []
    return {"id": planned["separator"].join([*start, *words, secrets.choice(ANIMALS.split())])}


def _make_shuffle(planned: Value) -> Attributes:
    source, count, result = planned["input"], planned["result_count"], list[str]()
    generator, wanted = _generator(planned["seed"]), len(source) if count is None else count
    while source and len(result) < wanted:
        result += generator.sample(source, len(source))
    return {"id": "-", "result": result[:wanted]}


def _uuid7() -> uuid.UUID:
    """A UUID whose first 48 bits are the milliseconds since 1970 (RFC 9562)."""
    bits = time.time_ns() // 1_000_000 << 80 | secrets.randbits(80)
    return uuid.UUID(int=bits & ~(0xF << 76) & ~(0x3 << 62) | 0x7 << 76 | 0x2 << 62)


def _uuid_resource(make: Callable[[], uuid.UUID]) -> RandomResource:
    def both(value: uuid.UUID) -> Attributes:
        return {"id": str(value), "result": str(value)}

    return RandomResource(lambda _: both(make()), _rules(), lambda import_id: both(uuid.UUID(import_id)))


class RandomProvider(Provider):
    address = "registry.terraform.io/hashicorp/random"
    version = "3.8.1"

    def __init__(self) -> None:
        self.data_sources = {}
        self.resources = {
            "random_password": RandomResource(
                lambda planned: _password(_make_string(planned)),
                STRING_RULES,
                lambda import_id: _password(_take_string(import_id)),
                _check_string,
            ),
            "random_string": RandomResource(_make_string, STRING_RULES, _take_string, _check_string),
            "random_id": RandomResource(
                lambda planned: _id_forms(planned["prefix"], secrets.token_bytes(planned["byte_length"])),
                _rules("byte_length", "prefix", least={"byte_length": 1}),
                _take_id,
            ),
            "random_bytes": RandomResource(_make_bytes, _rules("length", least={"length": 1})),
            "random_integer": RandomResource(_make_integer, _rules("max", "min", "seed")),
            "random_pet": RandomResource(
                _make_pet, _rules("length", "prefix", "separator", least={"length": 1}, length=2, separator="-")
            ),
            "random_shuffle": RandomResource(_make_shuffle, _rules("input", "result_count", "seed")),
            "random_uuid": _uuid_resource(uuid.uuid4),
            "random_uuid4": _uuid_resource(uuid.uuid4),
            "random_uuid7": _uuid_resource(_uuid7),
        }

    def configure(self, config: Value) -> None:
        return None


PROVIDER = RandomProvider()
