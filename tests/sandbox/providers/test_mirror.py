"""The mirror, and what Terraform does with it without any cloud."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.process import ROOT
from sandbox.providers.mirror import VERSIONS, write_mirror
from sandbox.providers.plugin import MAGIC_COOKIE
from tests.sandbox.providers.conftest import REQUIREMENTS, Terraform

VALID = 'resource "random_password" "secret" { length = 32 }\n'


def test_init_and_validate_need_no_cloud_and_no_network(terraform: Terraform) -> None:
    terraform.write(VALID)

    assert "successfully initialized" in terraform.run("init", "-backend=false")
    assert "The configuration is valid" in terraform.run("validate")


def test_a_lock_file_is_the_same_wherever_mirror_and_checkout_are(terraform: Terraform, tmp_path: Path) -> None:
    terraform.write(VALID)
    terraform.run("init")
    lock = (terraform.folder / ".terraform.lock.hcl").read_text()
    shutil.rmtree(terraform.folder)
    terraform.folder.mkdir()
    terraform.write(VALID)
    terraform.environment |= write_mirror(tmp_path / "elsewhere" / 'with "quotes" and ${braces}').environment

    terraform.run("init")

    assert (terraform.folder / ".terraform.lock.hcl").read_text() == lock


def test_the_schemas_are_the_real_ones(terraform: Terraform) -> None:
    terraform.write(VALID)
    terraform.run("init")

    schemas = json.loads(terraform.run("providers", "schema", "-json"))["provider_schemas"]

    assert schemas.keys() == {address for address in VERSIONS if not address.endswith("/aws")}
    resource = schemas["registry.terraform.io/kislerdm/neon"]["resource_schemas"]["neon_project"]
    assert resource["version"] == 11
    assert resource["block"]["attributes"]["database_password"]["sensitive"] is True


PAGES_PROJECT = 'data "cloudflare_pages_project" "p" {\n  account_id = "a"\n  project_name = "p"\n}\n'


@pytest.mark.parametrize(
    ("resource", "message"),
    [
        ('"neon_branch" "b" { project_id = "p", expires_at = "x" }', "Unsupported argument"),
        ('"random_password" "p" { length = 0 }', "Attribute length value must be between 1 and"),
        ('"random_password" "p" { length = 2, min_lower = 3 }', "at least min_upper + min_lower"),
        ('"neon_endpoint" "e" { project_id = "p", branch_id = "b", type = "write_only" }', "must be one of"),
    ],
)
def test_a_wrong_configuration_is_refused_as_by_the_real_provider(
    terraform: Terraform, resource: str, message: str
) -> None:
    kind, _, arguments = resource.partition(" { ")
    terraform.write(f"resource {kind} {{\n" + arguments.removesuffix(" }").replace(", ", "\n") + "\n}\n")
    terraform.run("init")

    assert message in terraform.run("validate", succeeds=False)


def test_an_api_token_that_is_not_40_characters_is_refused_without_showing_it(terraform: Terraform) -> None:
    provider = 'provider "cloudflare" { api_token = "too-short" }\n' + PAGES_PROJECT
    (terraform.folder / "main.tf").write_text(REQUIREMENTS.replace('provider "cloudflare" {}', provider))
    terraform.run("init")

    output = terraform.run("validate", succeeds=False)

    assert "API tokens must be 40 characters long, and only contain characters" in output
    assert "too-short" not in output.partition("Attribute api_token")[2]


def test_another_version_than_the_mirror_s_is_not_found(terraform: Terraform) -> None:
    (terraform.folder / "main.tf").write_text(REQUIREMENTS.replace("~> 5", "5.14.0"))

    output = terraform.run("init", succeeds=False)

    assert "no available releases match" in output


def test_a_provider_that_is_asked_for_tls_says_what_to_set() -> None:
    """TLS is off in the mirror's environment: under load a handshake may take longer than gRPC waits."""
    environment = {**os.environ, "TF_PLUGIN_MAGIC_COOKIE": MAGIC_COOKIE[1], "PLUGIN_CLIENT_CERT": "some"}
    command = [sys.executable, "-m", "sandbox.providers", "registry.terraform.io/hashicorp/random"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)

    assert (done.returncode, done.stdout) == (1, "")
    assert "set TF_DISABLE_PLUGIN_TLS" in done.stderr


@pytest.mark.parametrize(
    ("variable", "value"),
    [("NEON_API_BASE_URL", "http://192.0.2.1/api/v2"), ("CLOUDFLARE_BASE_URL", "https://api.cloudflare.com/client/v4")],
)
def test_a_provider_never_leaves_this_machine(terraform: Terraform, variable: str, value: str) -> None:
    local = {"NEON_API_BASE_URL": "http://127.0.0.1:1/x", "CLOUDFLARE_BASE_URL": "http://127.0.0.1:1/x"}
    credentials = {"NEON_API_KEY": "key", "CLOUDFLARE_API_TOKEN": "t" * 40}
    terraform.write('data "neon_branches" "b" { project_id = "p" }\n' + PAGES_PROJECT)
    terraform.run("init")

    output = terraform.run("plan", succeeds=False, **(credentials | local | {variable: value}))

    assert "refuses to leave this machine" in output
    assert value in output
