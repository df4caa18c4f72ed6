"""Deliberate damage for drills. It only works in a world, whose addresses are all on this machine."""

import os
from collections.abc import Mapping
from typing import Any

import boto3
import httpx

from sandbox.drill.drill_report import DrillError
from sandbox.providers.provider_http import require_loopback
from settings import Settings


class Breakage:
    """Breaks things in the world that a shell runs in."""

    def __init__(self, settings: Settings, environment: Mapping[str, str] = os.environ) -> None:
        """
        Args:
            settings: name the bucket and the states.
            environment: has the world's addresses and keys.

        Raises:
            DrillError: this is no world: an address is missing, or not on this machine.
        """
        self._settings = settings
        try:
            self._s3 = require_loopback(environment["AWS_ENDPOINT_URL"], "AWS_ENDPOINT_URL")
            self._neon = require_loopback(environment["NEON_API_BASE_URL"], "NEON_API_BASE_URL")
            self._key = environment["NEON_API_KEY"]
        except KeyError as error:
            raise DrillError(f"{error.args[0]} is not set: run this in a rehearsal world's shell") from None

    def delete_state(self, stack: str) -> None:
        """Deletes a stack's state, as a person would: the bucket keeps the versions."""
        self._client().delete_object(Bucket=self._settings.state.bucket, Key=self._state(stack))

    def lose_state(self, stack: str) -> None:
        """Deletes a stack's state with all its versions."""
        bucket, key = self._settings.state.bucket, self._state(stack)
        found = self._client().list_object_versions(Bucket=bucket, Prefix=key)
        for version in [*found.get("Versions", []), *found.get("DeleteMarkers", [])]:
            self._client().delete_object(Bucket=bucket, Key=version["Key"], VersionId=version["VersionId"])

    def delete_branch(self, name: str) -> None:
        """Deletes a branch by Neon's API."""
        with httpx.Client(base_url=self._neon, headers={"Authorization": f"Bearer {self._key}"}, timeout=60) as client:
            for project in client.get("/projects").json()["projects"]:
                path = f"/projects/{project['id']}/branches"
                for branch in client.get(path).json()["branches"]:
                    if branch["name"] == name:
                        client.delete(f"{path}/{branch['id']}").raise_for_status()
                        return
        raise DrillError(f"branch {name}: not found")

    def delete_project(self, name: str) -> None:
        """Deletes a Neon project by its name; it can be recovered."""
        with httpx.Client(base_url=self._neon, headers={"Authorization": f"Bearer {self._key}"}, timeout=60) as client:
            for project in client.get("/projects").json()["projects"]:
                if project["name"] == name:
                    client.delete(f"/projects/{project['id']}").raise_for_status()
                    return
        raise DrillError(f"project {name}: not found")

    def lose_everything(self) -> None:
        """Empties the clouds and the bucket."""
        root = self._neon.removesuffix("/api/v2")
        httpx.post(f"{root}/_sandbox/reset", json={}, timeout=60).raise_for_status()
        for stack in ("project", "state", "edge", *self._settings.environments):
            self.lose_state(stack)

    def _state(self, stack: str) -> str:
        return self._settings.state_key(stack)

    def _client(self) -> Any:
        return boto3.client("s3", endpoint_url=self._s3)
