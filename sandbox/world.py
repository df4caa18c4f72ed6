"""One rehearsal's world: a local cloud, S3, a mirror of providers, and an environment that reaches nothing else."""

import contextlib
import json
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import threading
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import boto3
import httpx
import psutil

from sandbox.cloud.keyring import held_credentials
from sandbox.cloud.product import product_of, write_product
from sandbox.process import ROOT, LocalService, ServiceError
from sandbox.providers.mirror import write_mirror
from sandbox.providers.neon_redirect import NeonRedirect
from sandbox.providers.provider_source import STAND_INS, ProviderSource
from sandbox.providers.world_locks import write_world_locks
from settings import Settings

# Of the real form: the Cloudflare provider refuses a ruleset's zone id that is not 32 hexadecimal digits.
IDS = {
    "account_id": "4f1c0e5b8d7a49e2a6c3b9d0e1f2a3b4",
    "zone_id": "9a7806061c88ada191ed06f989cc3dac",
    "org_id": "org-quiet-river-31415926",
}
WEBHOOKS = "/api/webhooks/123456789012345678"
# Only these cross into a world: the owner's profiles, tokens, proxies and home stay outside.
PASSED_ON = ("PATH", "LANG", "LC_ALL", "TZ", "TMPDIR")


_NODE_LOADER = ROOT / "sandbox" / "cloud" / "neon_serverless" / "node_loader.mjs"


def node_environment(home: Path) -> dict[str, str]:
    """Variables that connect a Node program to a local cloud's Neon endpoints, whose names and port 443 are not served.

    Args:
        home: the cloud's folder.
    """
    return {
        # The local Postgres has a certificate that it signed itself.
        "NODE_EXTRA_CA_CERTS": str(home / "postgres" / "tls.pem"),
        "NODE_OPTIONS": f"--import={_NODE_LOADER.as_uri()}",
        "SANDBOX_CLOUD_FILE": str(home / "cloud.json"),
    }


class World:
    """A local cloud with nothing in it, in a folder of its own. Use it as a context manager: it ends what it started.

    Attributes:
        home: the world's folder.
        environment: the whole environment for a command that runs in this world.
        cloud: the address of the Neon and Cloudflare APIs, and of the page that shows them.
        s3: the address of S3 and STS.
    """

    def __init__(
        self, name: str, settings: Settings, *, keep: Path | None = None, providers: ProviderSource = STAND_INS
    ) -> None:
        """
        Args:
            name: part of the folder's name.
            settings: whose zone and state bucket are made.
            keep: a folder to use, which is not removed; a temporary one if left out. A world in a folder that was used
                before continues with its credentials, states and services.
            providers: the providers that Terraform runs.
        """
        self._providers = providers
        self._redirect: NeonRedirect | None = None
        self._settings = settings
        self._temporary = keep is None
        base = ROOT / ".rehearsal"
        base.mkdir(exist_ok=True)
        self.home = keep or Path(tempfile.mkdtemp(prefix=f"{os.getpid()}-{name}-", dir=base))
        (self.home / "home").mkdir(parents=True, exist_ok=True)
        self.environment: dict[str, str] = {}
        self.cloud = self.s3 = ""
        self._services: list[LocalService] = []
        self._commands: set[subprocess.Popen[str]] = set()
        self._stopped = False
        # An interrupt ends a world from outside: nothing may start between the check of `_stopped` and its start.
        self._lock = threading.RLock()

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _start(self) -> None:
        (self.home / "seed.json").write_text(json.dumps(IDS | self._seed()), encoding="utf-8")
        neon_key, cloudflare_token = held_credentials(self.home) or (
            f"napi_{secrets.token_hex(24)}",
            secrets.token_hex(20),
        )
        base = {name: os.environ[name] for name in PASSED_ON if name in os.environ} | {
            "HOME": str(self.home / "home"),
            "AWS_ACCESS_KEY_ID": "rehearsal",
            "AWS_SECRET_ACCESS_KEY": "rehearsal",
            "AWS_REGION": self._settings.state.region,
            "AWS_EC2_METADATA_DISABLED": "true",
        }
        recording = {} if self._temporary else {"MOTO_RECORDER_FILEPATH": str(self.home / "s3-requests.jsonl")}
        s3 = self._serve("sandbox.s3", [str(self.home / "s3.json")], "s3", base | recording)
        # The generic variable and an address in digits: so the backend speaks path style, and STS is found here too.
        base["AWS_ENDPOINT_URL"] = self.s3 = s3.url
        credentials = {"SANDBOX_NEON_API_KEY": neon_key, "SANDBOX_CLOUDFLARE_API_TOKEN": cloudflare_token}
        self._cloud_environment = base | credentials
        self.start_cloud()
        self._make_bucket()
        self.describe(self._settings)
        real = self._providers
        providers = write_mirror(self.home / "providers", real_mirror=real.folder, real=real.real)
        self.environment = (
            base
            | providers.environment
            | node_environment(self.home)
            | {
                "NEON_API_BASE_URL": f"{self.cloud}/api/v2",
                "CLOUDFLARE_BASE_URL": f"{self.cloud}/client/v4",
                # The names of Neon's endpoints lead here, whether or not this machine resolves .localhost.
                "PGHOSTADDR": "127.0.0.1",
                # wrangler's names for the address and the account.
                "CLOUDFLARE_API_BASE_URL": f"{self.cloud}/client/v4",
                "CLOUDFLARE_ACCOUNT_ID": IDS["account_id"],
                "PUBLIC_ADDRESSES_URL": f"{self.cloud}/_sandbox/addresses",
                "NEON_API_KEY": neon_key,
                "CLOUDFLARE_API_TOKEN": cloudflare_token,
                "TF_VAR_neon_org_id": IDS["org_id"],
                "TF_VAR_cloudflare_account_id": IDS["account_id"],
                "TF_VAR_cloudflare_zone_id": IDS["zone_id"],
                "TF_VAR_discord_webhook_url": f"https://discord.com{WEBHOOKS}/{secrets.token_hex(30)}",
                "TF_IN_AUTOMATION": "1",
                "TF_INPUT": "0",
                "CI": "1",
                "CDKTF_HOME": str(self.home / "home"),
                "CDKTF_LOG_FILE_DIRECTORY": str(self.home),
                "TF_CLI_ARGS_providers_lock": f"-fs-mirror={real.folder or providers.mirror}",
                # The owner's .env stays outside.
                "INFRA_ENV_FILE": os.devnull,
                "INFRA_LOCKS": str(write_world_locks(self.home / "locks")),
            }
        )
        if real.real:
            self._redirect = NeonRedirect(self.cloud, self.home)
            # Go calls no proxy for loopback. The world's other programs call nothing else.
            self.environment |= {
                "HTTPS_PROXY": self._redirect.url,
                "NO_PROXY": "127.0.0.1,localhost",
                "SSL_CERT_FILE": str(self._redirect.certificate),
            }

    def _seed(self) -> dict[str, str]:
        """The zone, the account's workers.dev name, and the plans: the cloud only knows free and paid."""
        cloudflare, api = self._settings.cloudflare, self._settings.api
        seed = {"neon_plan": "free" if self._settings.database.plan == "free" else "paid"}
        if api:
            seed["workers_subdomain"] = api.workers_subdomain
        if cloudflare:
            seed["zone_name"] = cloudflare.zone
            seed["cloudflare_plan"] = "free" if cloudflare.plan == "free" else "paid"
        return seed

    def describe(self, settings: Settings) -> None:
        """Lets the cloud's page show the environments of settings by name."""
        write_product(self.home, product_of(settings))

    def start_cloud(self) -> None:
        """Starts the local cloud on this world's folder; after a kill it finds its data again."""
        service = self._serve("sandbox.cloud", ["--home", str(self.home)], "cloud", self._cloud_environment)
        self.cloud = service.url

    def _serve(self, module: str, arguments: list[str], name: str, environment: dict[str, str]) -> LocalService:
        answer, log = self.home / f"{name}.json", self.home / f"{name}.log"
        with self._lock:
            self._refuse_after_stop()
            service = LocalService(module, arguments, answer=answer, log=log, environment=environment)
            self._services.append(service)
        service.wait()
        return service

    def start(self, command: list[str | Path], folder: Path, *, typed: bool = False) -> subprocess.Popen[str]:
        """Starts a command in this world, with its output in pipes; it ends with the world at the latest.

        Args:
            command: the program and its arguments.
            folder: where it runs.
            typed: it takes input from a pipe as well, and its errors come with its output, as on a terminal.
        """
        with self._lock:
            self._refuse_after_stop()
            process = subprocess.Popen(
                command,
                cwd=folder,
                env=self.environment,
                stdin=subprocess.PIPE if typed else subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT if typed else subprocess.PIPE,
                text=True,
                start_new_session=True,
            )
            self._commands.add(process)
        return process

    def _refuse_after_stop(self) -> None:
        if self._stopped:
            raise ServiceError("the rehearsal was interrupted")

    def run(self, command: list[str | Path], folder: Path) -> subprocess.CompletedProcess[str]:
        """Runs a command in this world to its end."""
        process = self.start(command, folder)
        out, error = process.communicate()
        self._commands.discard(process)
        return subprocess.CompletedProcess(command, process.returncode, out, error)

    def _make_bucket(self) -> None:
        bucket = self._settings.state.bucket
        self.bucket().create_bucket(Bucket=bucket)
        self.bucket().put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})

    def bucket(self) -> Any:
        """A client for this world's S3."""
        return boto3.client(
            "s3",
            endpoint_url=self.s3,
            region_name="us-east-1",
            aws_access_key_id="rehearsal",
            aws_secret_access_key="rehearsal",  # noqa: S106  (no secret: the local S3 takes any)
        )

    def neon(self) -> httpx.Client:
        """A client for this world's Neon API."""
        key = self.environment["NEON_API_KEY"]
        return httpx.Client(base_url=f"{self.cloud}/api/v2", headers={"Authorization": f"Bearer {key}"}, timeout=60)

    def cloudflare(self) -> httpx.Client:
        """A client for this world's Cloudflare API."""
        token = self.environment["CLOUDFLARE_API_TOKEN"]
        return httpx.Client(
            base_url=f"{self.cloud}/client/v4", headers={"Authorization": f"Bearer {token}"}, timeout=60
        )

    def discord_webhook(self) -> str:
        """A webhook that the local cloud answers for; each call gives another token."""
        return f"{self.cloud}{WEBHOOKS}/{secrets.token_hex(30)}"

    def control(self, route: str, document: object) -> Any:
        """Calls one of the cloud's own routes (`load`, `faults`, `reset`), which no real cloud has."""
        answer = httpx.post(f"{self.cloud}/_sandbox/{route}", json=document, timeout=60)
        answer.raise_for_status()
        return answer.json()

    def stop(self) -> None:
        """Ends what this world started, and removes its folder."""
        with self._lock:
            self._stopped = True
            for command in list(self._commands):  # a command that ends in this loop leaves the set
                _kill_with_all_it_started(command.pid)
            if self._redirect:
                self._redirect.stop()
            while self._services:
                self._services.pop().stop()
            if self._temporary:
                shutil.rmtree(self.home, ignore_errors=True)


def _kill_with_all_it_started(pid: int) -> None:
    """Ends a command at once; programs that it put into sessions of their own are no longer in its group."""
    try:
        started = psutil.Process(pid).children(recursive=True)
    except psutil.NoSuchProcess:
        started = []
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
    for process in started:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
