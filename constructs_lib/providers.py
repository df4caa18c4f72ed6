"""The Terraform providers, at the versions that provider_pins/versions.tf pins."""

from constructs_lib.terraform_inputs import sensitive_credential

from cdktf import TerraformStack
from cdktf_cdktf_provider_cloudflare.provider import CloudflareProvider
from cdktf_cdktf_provider_random.provider import RandomProvider
from neon.provider import NeonProvider

from provider_pins import PINS


def require_terraform(stack: TerraformStack) -> None:
    """Sets the Terraform versions that can run the stack."""
    stack.add_override("terraform.required_version", PINS.terraform)


def use_aws(stack: TerraformStack, *, region: str) -> None:
    """Adds the AWS provider, authenticated like the AWS CLI.

    Args:
        stack: the stack that uses it.
        region: the region of its resources.
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
    """Adds the random provider, which stores its values in the state."""
    RandomProvider(stack, "random")
    _pin(stack, "random")


def _pin(stack: TerraformStack, provider: str) -> None:
    # The prebuilt bindings write the version they were generated from.
    stack.add_override(f"terraform.required_providers.{provider}.version", PINS.providers[provider].version)
