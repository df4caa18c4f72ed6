"""Resource types of the provider random, which exist in the state and nowhere else. Source: its schema, 3.8.1."""

from catalog.resource_type import ResourceType

RANDOM_TYPES = (
    ResourceType(
        type="random_password",
        secrets=("bcrypt_hash", "result"),
        no_lookup="it exists only in the state",
    ),
)
