"""The same plan tomorrow as today: exact provider versions, and a state in S3 with a lock."""

import re
from collections.abc import Iterator

from constructs_lib.guards.stack_guard import StackGuard, Values

_EXACT = re.compile(r"\d+\.\d+\.\d+")
_BUILT_IN = "terraform"  # terraform_remote_state and terraform_data need no provider


class VersionGuard(StackGuard):
    """Each provider in use is pinned to one version; the state is in S3, encrypted and locked."""

    def findings(self, stack: Values) -> Iterator[str]:
        terraform = stack.get("terraform", {})
        pinned = terraform.get("required_providers", {})
        for provider, entry in pinned.items():
            version = entry.get("version", "any version")
            if not _EXACT.fullmatch(version):
                yield (
                    f"terraform.required_providers.{provider}: {version} is not one version; "
                    "pin it in provider_pins/versions.tf"
                )
        kinds = {*stack.get("resource", {}), *stack.get("data", {})}
        used = {kind.split("_")[0] for kind in kinds} | set(stack.get("provider", {}))
        for provider in sorted(used - set(pinned) - {_BUILT_IN}):
            yield f"provider.{provider}: is used and not pinned; add it with a function of constructs_lib/providers.py"
        yield from _backend(terraform.get("backend", {}))


def _backend(backend: Values) -> Iterator[str]:
    if list(backend) != ["s3"]:
        kinds = ", ".join(backend) or "none"
        yield f"terraform.backend: is {kinds} and not s3; use StateBackend of constructs_lib/state_backend.py"
        return
    for key in ("encrypt", "use_lockfile"):
        if backend["s3"].get(key) is not True:
            yield f"terraform.backend.s3: {key} is not true; use StateBackend of constructs_lib/state_backend.py"
