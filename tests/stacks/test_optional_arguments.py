"""An argument that is left out and that the API fills in shows as a change on every plan.

Which those are is in the provider's schema: optional, but not computed. Each one that a stack leaves out is either
ignored (`ignore_changes`), or named here with the reason why the API leaves it empty too.
"""

import json
from typing import Any

import pytest

from provider_pins import PINS
from settings import load_settings
from tests.support import ROOT, SETTINGS_FILES, synthesize

LEFT_EMPTY: dict[str, dict[str, str]] = {
    "cloudflare_dns_record": {
        "comment": "null in the API's answer, and so in the states that were adopted",
        "data": "of types such as CAA and SRV only",
        "priority": "of types such as MX only",
    },
    "cloudflare_ruleset": {"account_id": "a zone's ruleset has the zone's id instead"},
    "cloudflare_web_analytics_site": {
        "enabled": "belongs to the site's ruleset, and the API has no such field of the site itself",
        "lite": "belongs to the site's ruleset, and the API has no such field of the site itself",
        "zone_tag": "of a site that Cloudflare injects the script into, which is off",
    },
}


@pytest.mark.parametrize("file", SETTINGS_FILES, ids=lambda file: file.stem)
def test_each_argument_that_is_left_out_is_one_that_the_api_leaves_empty(file: Any) -> None:
    pin = PINS.providers["cloudflare"]
    schema = ROOT / f"sandbox/providers/schemas/{pin.source.replace('/', '-')}-{pin.version}.json"
    schemas = json.loads(schema.read_text())["provider_schemas"][pin.address]["resource_schemas"]
    unexplained: set[str] = set()
    for stack in synthesize(load_settings(file)).values():
        for kind, resources in stack.get("resource", {}).items():
            for name, arguments in resources.items() if kind in schemas else ():
                ignored = arguments.get("lifecycle", {}).get("ignore_changes", [])
                for argument, source in schemas[kind]["block"]["attributes"].items():
                    is_left = source.get("optional") and not source.get("computed") and argument not in arguments
                    if is_left and argument not in ignored and argument not in LEFT_EMPTY.get(kind, {}):
                        unexplained.add(f"{kind}.{name}.{argument}")
    assert unexplained == set()
