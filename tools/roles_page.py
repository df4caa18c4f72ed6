"""Writes the table of AWS roles in docs/security.md, from their policies. `--check` only says if it is current."""

import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from main import build  # noqa: E402
from settings import load_settings  # noqa: E402
from settings.backup_settings import BACKUP_PREFIX  # noqa: E402
from tools.generated_page import between, write_or_check  # noqa: E402
from tools.iam_policies import BUCKET, Values, allows, document  # noqa: E402

PAGE = ROOT / "docs/security.md"
MARKS = ("<!-- roles: made by make docs-roles -->\n", "<!-- end of roles -->\n")
SETTINGS = ROOT / "examples/full.toml"
AUDIENCE = "sts.amazonaws.com"
INFRASTRUCTURE, APP, STRANGER = "ledger-inc/ledger-infrastructure", "ledger-inc/ledger", "stranger/ledger"
WITH_IDS = {
    INFRASTRUCTURE: "ledger-inc@1001/ledger-infrastructure@2001",
    APP: "ledger-inc@1001/ledger@2002",
    # Somebody who took the names after they had become free: GitHub never gives a number twice.
    STRANGER: "ledger-inc@9001/ledger-infrastructure@9002",
}
WHO = {
    "this repository: a pull request": (INFRASTRUCTURE, "pull_request"),
    "this repository: `main`": (INFRASTRUCTURE, "ref:refs/heads/main"),
    "this repository: another branch or a tag": (INFRASTRUCTURE, "ref:refs/heads/feature"),
    "this repository: GitHub environment `production`": (INFRASTRUCTURE, "environment:production"),
    "the app: a pull request": (APP, "pull_request"),
    "the app: a branch": (APP, "ref:refs/heads/main"),
    "the app: GitHub environment `production`": (APP, "environment:production"),
    "the app: GitHub environment `staging`": (APP, "environment:staging"),
    "a stranger's repository, also of the same name": (STRANGER, "environment:production"),
}
BACKUP = f"{BUCKET}/{BACKUP_PREFIX}/ledger/daily/production/20261128T024500Z.age"
STACKS = ("project", "production", "staging", "edge", "state")


def state_stack() -> Values:
    """The stack `state` of examples/full.toml, as synthesized."""
    with tempfile.TemporaryDirectory() as folder:
        build(load_settings(SETTINGS), outdir=Path(folder)).synth()
        return json.loads(Path(folder, "stacks/state/cdk.tf.json").read_text(encoding="utf-8"))


def assumed(state: Values, repository: str, context: str, *, ids: bool) -> list[str]:
    """The roles that a job may assume.

    Args:
        state: the stack `state`.
        repository: the job's repository.
        context: what runs, as in the token's subject.
        ids: whether the subject contains GitHub's numbers.
    """
    subject = f"repo:{WITH_IDS[repository] if ids else repository}:{context}"
    return [
        name
        for name, role in state["resource"]["aws_iam_role"].items()
        if allows(document(role["assume_role_policy"]), "sts:AssumeRoleWithWebIdentity", aud=AUDIENCE, sub=subject)
    ]


def reachable(state: Values, role: str, action: str, file: str) -> list[str]:
    """The stacks with whose state or lock a role may do something."""
    policy = document(state["resource"]["aws_iam_role_policy"][role]["policy"])
    return [stack for stack in STACKS if allows(policy, action, f"{BUCKET}/ledger/{stack}/{file}")]


def on_backups(state: Values, role: str) -> list[str]:
    """What a role may do with a backup."""
    policy = document(state["resource"]["aws_iam_role_policy"][role]["policy"])
    asked = {"read": "s3:GetObject", "add": "s3:PutObject", "delete": "s3:DeleteObject"}
    return [name for name, action in asked.items() if allows(policy, action, BACKUP)]


def table() -> str:
    """Who may assume which role, and what that role can do."""
    return "".join(_rows(state_stack()))


def _rows(state: Values) -> Iterator[str]:
    yield "| who | role | reads the states of | writes the states of | locks | backups |\n"
    yield "| --- | --- | --- | --- | --- | --- |\n"
    for who, (repository, context) in WHO.items():
        roles = assumed(state, repository, context, ids=False)
        if roles != assumed(state, repository, context, ids=True):
            raise ValueError(f"{who}: the two forms of the subject get different roles")
        if not roles:
            yield f"| {who} | none | | | | |\n"
        for role in roles:
            cells = (
                reachable(state, role, "s3:GetObject", "terraform.tfstate"),
                reachable(state, role, "s3:PutObject", "terraform.tfstate"),
                reachable(state, role, "s3:PutObject", "terraform.tfstate.tflock"),
            )
            backups = " and ".join(on_backups(state, role)) or "none"
            yield f"| {who} | `<project>-{role}` | {' | '.join(map(_named, cells))} | {backups} |\n"


def _named(stacks: list[str]) -> str:
    if len(stacks) == len(STACKS):
        return "all stacks"
    if set(STACKS) - set(stacks) == {"state"}:
        return "all stacks but `state`"
    return ", ".join(f"`{stack}`" for stack in stacks) or "none"


def render(page: str) -> str:
    """The page with a current table."""
    return between(page, *MARKS, table())


def main() -> int:
    complaint = "does not match the roles' policies; run make docs-roles"
    return write_or_check(PAGE, render(PAGE.read_text(encoding="utf-8")), complaint)


if __name__ == "__main__":
    sys.exit(main())
