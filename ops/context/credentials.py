"""The run's credentials and the addresses of the APIs, from the environment that `ops.context.run_context` read."""

from typing import Any

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, SecretStr

from ops.context.errors import OpsError


def _from(*names: str) -> Any:
    return Field(None, validation_alias=AliasChoices(*names))


class Credentials(BaseModel):
    """The run's secrets and account ids, from the variables that Terraform's providers and wrangler read too.

    If two variables are named, the first one that is set wins.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    neon_api_key: SecretStr | None = _from("TF_VAR_neon_api_key", "NEON_API_KEY")
    neon_org_id: SecretStr | None = _from("TF_VAR_neon_org_id", "NEON_ORG_ID")
    cloudflare_api_token: SecretStr | None = _from("TF_VAR_cloudflare_api_token", "CLOUDFLARE_API_TOKEN")
    cloudflare_account_id: SecretStr | None = _from("TF_VAR_cloudflare_account_id", "CLOUDFLARE_ACCOUNT_ID")
    cloudflare_zone_id: SecretStr | None = _from("TF_VAR_cloudflare_zone_id", "CLOUDFLARE_ZONE_ID")
    github_token: SecretStr | None = _from("GITHUB_TOKEN", "GH_TOKEN")
    discord_webhook_url: SecretStr | None = _from("DISCORD_WEBHOOK_URL")
    database_url: SecretStr | None = _from("DATABASE_URL")

    def need(self, name: str) -> str:
        """A credential's value.

        Args:
            name: one of the fields above.

        Raises:
            OpsError: it is not set, or holds a character that can't be sent; the message names its variables.
        """
        secret: SecretStr | None = getattr(self, name)
        if secret is None:
            raise OpsError(f"{self.variables(name)} is not set; pass it in the environment (README, Credentials)")
        value = secret.get_secret_value()
        if not (value.isascii() and value.isprintable()):
            # A header or an address can't hold it.
            raise OpsError(f"{self.variables(name)} holds an invalid character; copy it again")
        return value

    @classmethod
    def variable_names(cls) -> set[str]:
        """The environment variables that set any credential."""
        return {variable for name in cls.model_fields for variable in cls.names(name)}

    @classmethod
    def variables(cls, name: str) -> str:
        """The environment variables that set a credential, for a message: `TF_VAR_x or X`."""
        return " or ".join(cls.names(name))

    @classmethod
    def names(cls, name: str) -> list[str]:
        """The environment variables that set a credential; the first one that is set wins."""
        alias = cls.model_fields[name].validation_alias
        return [str(choice) for choice in alias.choices] if isinstance(alias, AliasChoices) else [name]


class Addresses(BaseModel):
    """The addresses of the services' APIs: the real ones, unless the environment overrides them."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    neon: str = Field("https://console.neon.tech/api/v2", validation_alias="NEON_API_BASE_URL")
    # wrangler's own variable, then the Terraform provider's.
    cloudflare: str = Field(
        "https://api.cloudflare.com/client/v4",
        validation_alias=AliasChoices("CLOUDFLARE_API_BASE_URL", "CLOUDFLARE_BASE_URL"),
    )
    github: str = Field("https://api.github.com", validation_alias="GITHUB_API_URL")
    aws: str | None = Field(None, validation_alias="AWS_ENDPOINT_URL")
    # For rehearsals: the URL of a JSON object, public address → where it is served; see ops.clouds.public_web.
    public: str | None = Field(None, validation_alias="PUBLIC_ADDRESSES_URL")

    @classmethod
    def variable_names(cls) -> set[str]:
        """The environment variables that set any address."""
        aliases = [field.validation_alias for field in cls.model_fields.values()]
        return {str(name) for each in aliases for name in (each.choices if isinstance(each, AliasChoices) else [each])}
