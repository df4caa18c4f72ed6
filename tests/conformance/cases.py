"""The cases: what is done to a deployed example, and how a plan's answer is summarized.

A case is one of these, on one resource of one stack:

- an argument `changed` (text + "x", number + 1, switch turned) or `dropped`, then a plan;
- the resource `gone`: deleted through the cloud's API, then a plan; then `restored` by an apply, and planned again;
- the resource removed from the state and imported by an id of a given form, then a plan.

Besides, each stack has its `second plan`, right after the deployment, and its `destroy`.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from typing import Any, TypeAlias

Document: TypeAlias = "dict[str, Any]"
Path: TypeAlias = "tuple[str | int, ...]"

META_ARGUMENTS = ("//", "lifecycle", "depends_on", "provider", "count")
DROPPED = object()
PROVIDERS = "providers"  # beside the cases: which versions gave the answers
MOVED_DATE = "2025-10-01"

IMPORT_FORMS = {
    "neon_project": (("id",),),
    "neon_branch": (("project_id", "id"),),
    "neon_endpoint": (("project_id", "id"), ("project_id", "branch_id", "id")),
    "neon_role": (("project_id", "branch_id", "name"),),
    "neon_database": (("project_id", "branch_id", "name"),),
    "cloudflare_dns_record": (("zone_id", "id"),),
    "cloudflare_pages_domain": (("account_id", "project_name", "name"),),
    "cloudflare_pages_project": (("account_id", "name"),),
    "cloudflare_ruleset": (("'zones", "zone_id", "id"),),
    "cloudflare_healthcheck": (("zone_id", "id"),),
    "cloudflare_notification_policy": (("account_id", "id"),),
    "cloudflare_notification_policy_webhooks": (("account_id", "id"),),
    "cloudflare_workers_route": (("zone_id", "id"),),
    "cloudflare_workers_custom_domain": (("account_id", "id"),),
    "cloudflare_web_analytics_site": (("account_id", "site_tag"),),
    "cloudflare_zone_setting": (("zone_id", "setting_id"),),
    "cloudflare_bot_management": (("zone_id",),),
}
"""The forms of an import id by type, also one that is refused: attributes, and fixed parts after an apostrophe."""

DELETIONS = {
    "neon_branch": ("neon", "/projects/{project_id}/branches/{id}"),
    "neon_endpoint": ("neon", "/projects/{project_id}/endpoints/{id}"),
    "neon_role": ("neon", "/projects/{project_id}/branches/{branch_id}/roles/{name}"),
    "neon_database": ("neon", "/projects/{project_id}/branches/{branch_id}/databases/{name}"),
    "cloudflare_dns_record": ("cloudflare", "/zones/{zone}/dns_records/{id}"),
    "cloudflare_pages_domain": ("cloudflare", "/accounts/{account}/pages/projects/{project_name}/domains/{name}"),
    "cloudflare_ruleset": ("cloudflare", "/zones/{zone}/rulesets/{id}"),
    "cloudflare_healthcheck": ("cloudflare", "/zones/{zone}/healthchecks/{id}"),
    "cloudflare_notification_policy": ("cloudflare", "/accounts/{account}/alerting/v3/policies/{id}"),
    "cloudflare_notification_policy_webhooks": (
        "cloudflare",
        "/accounts/{account}/alerting/v3/destinations/webhooks/{id}",
    ),
    "cloudflare_workers_route": ("cloudflare", "/zones/{zone}/workers/routes/{id}"),
    "cloudflare_workers_custom_domain": ("cloudflare", "/accounts/{account}/workers/domains/{id}"),
    "cloudflare_web_analytics_site": ("cloudflare", "/accounts/{account}/rum/site_info/{site_tag}"),
}
"""Where the cloud's API deletes an object of a type; a type that is missing here is not deleted."""


def arguments(body: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Each argument of a resource with its path, down to texts, numbers, switches and lists of those."""
    if isinstance(body, dict):
        for name, value in body.items():
            if name not in META_ARGUMENTS:
                yield from arguments(value, (*path, name))
    elif isinstance(body, list) and body and isinstance(body[0], dict | list):
        for index, value in enumerate(body):
            yield from arguments(value, (*path, index))
    else:
        yield path, body


def changed(value: Any) -> Any:
    """Another value of the same type; None for one that can't be changed, such as a reference."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1 if value >= 1 else 0.5 if value != 0.5 else 1
    if isinstance(value, list):
        return [*value, f"{value[0]}x" if value and isinstance(value[0], str) else value[0]] if value else value
    if isinstance(value, str) and "${" not in value:
        return MOVED_DATE if re.fullmatch(r"\d{4}-\d\d-\d\d", value) else f"{value}x"
    return None


def with_argument(document: Document, kind: str, name: str, path: Path, value: Any) -> Document:
    """A copy of a stack's JSON in which one argument has another value, or is left out (DROPPED)."""
    result = copy.deepcopy(document)
    place: Any = result["resource"][kind][name]
    for step in path[:-1]:
        place = place[step]
    if value is DROPPED:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return result


def import_id(form: tuple[str, ...], attributes: Document) -> str:
    """The id by which an object is imported, from one of IMPORT_FORMS and the object's attributes."""
    return "/".join(part[1:] if part[0] == "'" else str(attributes[part]) for part in form)


def plan_summary(plan: Document) -> Document:
    """What a plan would change: by address, the actions, the attributes that differ, and those that force a new one.

    Args:
        plan: as `terraform show -json` prints it.
    """
    changes: Document = {}
    for resource in plan.get("resource_changes", []):
        change = resource["change"]
        if resource["mode"] != "managed" or (change["actions"] == ["no-op"] and not resource.get("previous_address")):
            continue
        before, after, unknown = (change.get(key) or {} for key in ("before", "after", "after_unknown"))
        names = set(before) | set(after) | set(unknown)
        replaced = change["actions"] not in (["create"], ["delete"])
        summary = {
            "actions": change["actions"],
            "differ": sorted(n for n in names if before.get(n) != after.get(n) or unknown.get(n)) if replaced else [],
            "replace": sorted(json.dumps(path) for path in change.get("replace_paths", [])),
        }
        if change["actions"] == ["create"]:
            summary["unknown"] = sorted(name for name, value in unknown.items() if value is True)
        changes[resource["address"]] = summary
    return {"changes": changes}


def error_summary(text: str) -> Document:
    """The first lines of an error, without Terraform's frame."""
    lines = [line.strip(" │╷╵") for line in text.splitlines()]
    return {"error": "\n".join(filter(None, lines))[:300]}


def own_answers(answers: Document) -> Document:
    """Each case's answer without what its stack's second plan shows in every case."""
    result: Document = {}
    for case, answer in answers.items():
        if isinstance(answer, dict) and "changes" in answer and not case.endswith(" second plan"):
            always = answers.get(f"{case.split()[0]} second plan", {}).get("changes", {})
            answer = {"changes": {a: change for a, change in answer["changes"].items() if always.get(a) != change}}
        result[case] = answer
    return result


def differences(recorded: Document, found: Document) -> list[str]:
    """One text for each case whose own answer is not the recorded one, or that is not recorded. Errors are all alike.

    Args:
        recorded: own answers by case.
        found: answers by case.
    """
    result: list[str] = []
    for case, answer in sorted(own_answers(found).items()):
        if case not in recorded:
            result.append(f"{case}: not recorded; record it with PROVIDERS=registry")
        elif _without_text(recorded[case]) != _without_text(answer):
            answers = (json.dumps(each)[:900] for each in (recorded[case], answer))
            result.append("{}\n    recorded {}\n    found    {}".format(case, *answers))
    return result


def not_run(recorded: Document, found: Document) -> list[str]:
    """One text for each recorded case that a whole run did not have."""
    return [f"{case}: recorded, but not run" for case in sorted(recorded.keys() - found.keys() - {PROVIDERS})]


def _without_text(answer: Any) -> Any:
    return "error" if isinstance(answer, dict) and "error" in answer else answer
