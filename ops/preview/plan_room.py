"""Whether Neon's and Cloudflare's plans have room for a preview, before any part of it is created."""

from collections.abc import Collection

from ops.clouds.neon import Branch
from ops.context.errors import OpsError
from ops.context.run_context import Context
from ops.preview import parts
from ops.preview.parts import Preview
from settings.api_settings import MOST_WORKERS
from settings.neon_plans import NEON_PLANS

_MAKE_ROOM = "run `python -m ops preview sweep`, close a pull request"


def require_room(context: Context, preview: Preview, branches: Collection[Branch], workers: Collection[str]) -> None:
    """Refuses a preview that needs more branches or Workers than the plans in the settings allow.

    Parts that the preview has already need no room.

    Args:
        context: has the settings with `database.plan` and `api.plan`.
        preview: the preview to create.
        branches: all branches of the Neon project.
        workers: the names of all Workers of the account.

    Raises:
        OpsError: there is no room; the message names each limit and what to do.
    """
    full: list[str] = []
    if preview.branch not in {branch.name for branch in branches}:
        full += _full_neon(context, branches)
    plan = context.api_settings.plan
    if preview.worker not in workers and len(workers) >= MOST_WORKERS[plan]:
        full.append(
            f"Cloudflare's {plan} Workers plan allows {MOST_WORKERS[plan]} Workers, and the account has "
            f"{len(workers)}: {_previews(context, (), workers)}; {_MAKE_ROOM}, or set api.plan if the account has "
            "another plan"
        )
    if full:
        raise OpsError("\n".join(full))


def no_branch_left(context: Context, branches: Collection[Branch]) -> str:
    """The message for a project that has as many branches as Neon's plan allows."""
    plan, names = context.settings.database.plan, [branch.name for branch in branches]
    return (
        f"Neon's {plan} plan allows {NEON_PLANS[plan].branches} branches, and there are {len(names)}: "
        f"{_previews(context, names, ())}; {_MAKE_ROOM}, or raise database.plan"
    )


def _full_neon(context: Context, branches: Collection[Branch]) -> list[str]:
    name = context.settings.database.plan
    plan, roots = NEON_PLANS[name], [branch.name for branch in branches if branch.parent_id is None]
    if not plan.has_room(len(branches)):
        return [no_branch_left(context, branches)]
    # Neon's page "Schema-only branches": each is a root branch.
    if context.release_settings.preview_data == "schema_only" and len(roots) >= plan.root_branches:
        return [
            f"a preview without rows is a root branch, and the {name} plan's {plan.root_branches} root branches are "
            f"used up: {', '.join(roots)}; {_MAKE_ROOM}, or use release.preview_mask_command in place of "
            "release.preview_data"
        ]
    return []


def _previews(context: Context, branches: Collection[str], workers: Collection[str]) -> str:
    found = ", ".join(map(str, sorted(parts.numbers(context.settings, branches, workers))))
    return f"previews of pull requests {found} are among them" if found else "none is a preview"
