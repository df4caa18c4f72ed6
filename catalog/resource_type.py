"""The form of an entry in the catalog."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

from catalog.entry_list import EntryList
from catalog.weakening import Weakens, values_at

NOT_CREATED = "no setting creates one"
"""Why a type has no lookup: it is in the catalog only because it would hold data."""
TAGS = "tags"
"""The `label` of a type with AWS tags, which takes the tags `project` and `stack`."""

Service = Literal["aws", "cloudflare", "neon", ""]


@dataclass(frozen=True, kw_only=True)
class Lookup:
    """How an existing resource is found by its planned values, and the id that imports it.

    Sources: the "Import" section of each resource's page in the provider's documentation, and the API references.

    Attributes:
        id: the form of the import id, filled from the planned values and the object that the service lists (`found`).
        service: the service that is asked; empty where the id follows from the planned values alone. The clients in
            `ops/clouds` look up AWS resources type by type, since each one has a call of its own.
        path: the request that lists the candidates; none for AWS.
        listed: the key of the list in the response.
        same: the fields that a candidate must have as planned: its own name for each, and the argument's.
        in_zone: the planned name may lack the zone's name, with which Cloudflare returns it.
        host: the argument with a host name that another DNS record keeps from being used (Cloudflare's errors 81053 and
            100117).
        in_organization: Neon lists the projects of a personal key only, unless the request names the organization.
    """

    id: str
    service: Service = ""
    path: str = ""
    listed: str = "result"
    same: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    in_zone: bool = False
    host: str = ""
    in_organization: bool = False


@dataclass(frozen=True, kw_only=True)
class Protection:
    """An argument that protects data, and how to recognize that a change weakens it.

    Attributes:
        argument: its path, such as `rule.noncurrent_version_expiration.noncurrent_days`; lists on the way are left out.
        weakens: whether a change of its value weakens the protection (`catalog.weakening`).
        effect: what the weakening does, with the resource as the subject: `shortens how far back a restore can go`.
        only_with: another argument without which this one protects nothing.
        of: which entries of the path's first part it is about; None means all.
    """

    argument: str
    weakens: Weakens
    effect: str
    only_with: str = ""
    of: Callable[[Mapping[str, Any]], bool] | None = None

    def values(self, document: Mapping[str, Any]) -> list[Any]:
        """The argument's values in a resource's, as a plan has them before or after a change."""
        if self.of is not None:
            first = self.argument.partition(".")[0]
            document = {first: [entry for entry in document.get(first) or [] if self.of(entry)]}
        return values_at(document, self.argument)


@dataclass(frozen=True, kw_only=True)
class ResourceType:
    """What is known about a Terraform resource type.

    Attributes:
        type: its name in Terraform.
        holds: the data that is lost when it is destroyed; empty for none.
        holds_a_copy: outside protected environments it holds a copy of another branch's data, and may be destroyed by
            the owner's own command. A plan is refused all the same.
        protections: its arguments that protect data.
        when_destroyed: what destroying it does to the protection of other data, in the form of `Protection.effect`.
        entries: its arguments with a list or a map of entries, of which others may own some.
        secrets: the paths of the attributes that the provider marks as sensitive; `*` is any key of a map.
        label: the argument that names project and stack: one with room for a note, or `TAGS`; empty where none can.
        lookup: how an existing one is found and imported; None where it can't be.
        no_lookup: why it can't be found.
        prices: the names of its prices in ops/cost/prices.toml, with `{plan}` for the service's plan; empty where it
            costs nothing by itself.
    """

    type: str
    holds: str = ""
    holds_a_copy: bool = False
    protections: tuple[Protection, ...] = ()
    when_destroyed: str = ""
    entries: tuple[EntryList, ...] = ()
    secrets: tuple[str, ...] = ()
    label: str = ""
    lookup: Lookup | None = None
    no_lookup: str = ""
    prices: tuple[str, ...] = ()

    def weakened(
        self, before: Mapping[str, Any], after: Mapping[str, Any], unknown: Mapping[str, Any] | None = None
    ) -> list[Protection]:
        """The protections that an update in place weakens.

        Args:
            before: the values before, as `terraform show -json` has them in `change.before`.
            after: the values after, as in `change.after`.
            unknown: which values are known only after the apply, as in `change.after_unknown`. Those count as weaker.
        """
        return [
            protection
            for protection in self.protections
            if not protection.only_with or values_at(before, protection.only_with)
            if any(value is True for value in values_at(unknown or {}, protection.argument))
            or protection.weakens(protection.values(before), protection.values(after))
        ]
