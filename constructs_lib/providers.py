"""The Terraform providers, at the versions that provider_pins/versions.tf pins."""

from constructs_lib.terraform_inputs import sensitive_credential

from cdktf import TerraformStack
from cdktf_cdktf_provider_cloudflare.provider import CloudflareProvider
from cdktf_cdktf_provider_random.provider import RandomProvider
from neon.provider import NeonProvider

from provider_pins import PINS


def require_terraform(stack: TerraformStack) -> None:
    """Says which Terraform versions may run the stack."""
    stack.add_override("terraform.required_version", PINS.terraform)


def use_aws(stack: TerraformStack, *, region: str) -> None:
    """Adds the AWS provider, authenticated in any way that the AWS tools know.

    Args:
        stack: the stack that asks for it.
        region: where its resources are.
    """
    from cdktf_cdktf_provider_aws.provider import AwsProvider  # only here: AWS's bindings are large

    AwsProvider(stack, "aws", region=region)
    _pin(stack, "aws")


def use_cloudflare(stack: TerraformStack) -> None:
    """Adds the Cloudflare provider, authenticated by `cloudflare_api_token` or else CLOUDFLARE_API_TOKEN."""
    CloudflareProvider(stack, "cloudflare", api_token=sensitive_credential(stack, "cloudflare_api_token"))
    _pin(stack, "cloudflare")


def use_neon(stack: TerraformStack) -> None:
    """Adds the Neon provider, authenticated by `neon_api_key` or else NEON_API_KEY."""
    NeonProvider(stack, "neon", api_key=sensitive_credential(stack, "neon_api_key"))
    _pin(stack, "neon")


def use_random(stack: TerraformStack) -> None:
    """Adds the random provider, which keeps what it makes in the state."""
    RandomProvider(stack, "random")
    _pin(stack, "random")


def _pin(stack: TerraformStack, provider: str) -> None:
    # The prebuilt bindings write the version they were made from, which is older than what wrote the existing states.
    stack.add_override(f"terraform.required_providers.{provider}.version", PINS.providers[provider].version)
