"""Terraform variables: secrets, which are passed at each run."""

from cdktf import TerraformStack, TerraformVariable

DESCRIPTIONS = {
    "cloudflare_account_id": "The Cloudflare account's id (32 hexadecimal digits).",
    "cloudflare_api_token": "A Cloudflare API token (40 characters). Empty: the provider reads CLOUDFLARE_API_TOKEN.",
    "cloudflare_zone_id": "The DNS zone's id (32 hexadecimal digits).",
    "discord_webhook_url": "A Discord webhook's whole URL. It is a secret: it ends with the webhook's token.",
    "neon_api_key": "A Neon API key. Empty: the provider reads NEON_API_KEY.",
    "neon_org_id": "The Neon organization's id (org-…).",
}


def sensitive_input(stack: TerraformStack, name: str) -> str:
    """Declares a sensitive variable under the name that the hand-written HCL gave it, and returns a reference to it.

    Sensitivity is part of what Terraform compares: an id passed unmarked, where it was marked before, plans an update
    of every resource that uses it.

    Args:
        stack: the stack that needs the value.
        name: one of the names in `DESCRIPTIONS`; `TF_VAR_<name>` and tfvars files set it.
    """
    return _variable(stack, name).string_value


def sensitive_credential(stack: TerraformStack, name: str) -> str:
    """Declares a provider's credential. It is optional: the provider also reads its own environment variable.

    If both are set, the Terraform variable takes precedence.
    """
    variable = _variable(stack, name, default="")
    return f'${{{variable.fqn} == "" ? null : {variable.fqn}}}'


def secret_site_variable(stack: TerraformStack, name: str, *, preview: bool) -> str:
    """Declares the value of a secret variable of the site's builds.

    Args:
        stack: the stack that needs the value.
        name: the build variable; `TF_VAR_website_<name>` sets it, or `TF_VAR_website_preview_<name>`.
        preview: for the builds of other branches than production's.
    """
    description = f"The secret variable {name} of the {'preview' if preview else 'production'} builds."
    return _declared(stack, f"website_{'preview_' if preview else ''}{name}", description).string_value


def _variable(stack: TerraformStack, name: str, default: str | None = None) -> TerraformVariable:
    return _declared(stack, name, DESCRIPTIONS[name], default)


def _declared(stack: TerraformStack, name: str, description: str, default: str | None = None) -> TerraformVariable:
    return TerraformVariable(
        stack, name, type="string", sensitive=True, nullable=False, description=description, default=default
    )
