"""Neon's resource types. Sources: the schema of kislerdm/neon 0.15.0, Neon's API reference, and its docs."""

from catalog.resource_type import Lookup, Protection, ResourceType
from catalog.weakening import becomes, leaves, lowers, opens_to_everyone

NEON_TYPES = (
    ResourceType(
        type="neon_project",
        holds="every branch with its databases, and their history",
        protections=(
            Protection(
                argument="history_retention_seconds",
                weakens=lowers,
                effect="shortens how far back a restore can go",
            ),
            Protection(
                argument="allowed_ips",
                weakens=opens_to_everyone,
                effect="lets every address connect",
            ),
            Protection(
                argument="allowed_ips_protected_branches_only",
                weakens=becomes("yes"),
                effect="lets every address connect to branches that are not protected",
                only_with="allowed_ips",
            ),
            Protection(
                argument="block_public_connections",
                weakens=leaves("yes"),
                effect="lets the public internet connect",
            ),
            Protection(
                argument="block_vpc_connections",
                weakens=leaves("yes"),
                effect="lets private networks connect",
            ),
            Protection(
                argument="default_branch_protected",
                weakens=leaves("yes"),
                effect="lets Neon delete or reset the default branch",
            ),
            Protection(
                argument="hipaa",
                weakens=leaves("yes"),
                effect="ends the safeguards that HIPAA asks for",
            ),
        ),
        secrets=("connection_uri", "connection_uri_pooler", "database_password"),
        lookup=Lookup(
            service="neon",
            path="/projects?search={name}&limit=400",
            listed="projects",
            same={"name": "name"},
            id="{found[id]}",
            in_organization=True,
        ),
        prices=("neon.{plan}.compute", "neon.{plan}.storage", "neon.{plan}.history", "neon.{plan}.transfer"),
    ),
    ResourceType(
        type="neon_branch",
        holds="its databases and their history",
        holds_a_copy=True,
        protections=(
            Protection(
                argument="protected",
                weakens=leaves("yes"),
                effect="lets Neon delete or reset the branch",
            ),
        ),
        lookup=Lookup(
            service="neon",
            path="/projects/{project_id}/branches?search={name}&limit=100",
            listed="branches",
            same={"name": "name"},
            id="{project_id}/{found[id]}",
        ),
        prices=("neon.{plan}.storage",),
    ),
    ResourceType(
        type="neon_endpoint",
        lookup=Lookup(
            service="neon",
            path="/projects/{project_id}/branches/{branch_id}/endpoints",
            listed="endpoints",
            same={"type": "type"},
            id="{project_id}/{found[id]}",
        ),
        prices=("neon.{plan}.compute",),
    ),
    ResourceType(
        type="neon_role",
        holds="the tables that it owns, and the password that Workers connect with",
        holds_a_copy=True,
        secrets=("password",),
        lookup=Lookup(
            service="neon",
            path="/projects/{project_id}/branches/{branch_id}/roles",
            listed="roles",
            same={"name": "name"},
            id="{project_id}/{branch_id}/{name}",
        ),
    ),
    ResourceType(
        type="neon_database",
        holds="its tables",
        holds_a_copy=True,
        lookup=Lookup(
            service="neon",
            path="/projects/{project_id}/branches/{branch_id}/databases",
            listed="databases",
            same={"name": "name"},
            id="{project_id}/{branch_id}/{name}",
        ),
    ),
)
