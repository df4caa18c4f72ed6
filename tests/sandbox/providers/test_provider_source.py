"""Real providers: where they come from, how their checksums are compared, and how Neon's address is redirected."""

from __future__ import annotations

import http.server
import os
import re
import socket
import ssl
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from provider_pins import PINS
from sandbox.process import ROOT
from sandbox.providers.mirror import MirrorPaths, terraform_platform
from sandbox.providers.neon_redirect import NEON_HOST, NeonRedirect
from sandbox.providers.provider_source import (
    STAND_INS,
    ProviderSourceError,
    download,
    find_package,
    locked_checksums,
    package_checksums,
    provider_source,
    read_folder,
)
from sandbox.providers.world_locks import write_world_locks
from tests.sandbox.providers.conftest import Terraform

NEON = PINS.providers["neon"]
RANDOM = PINS.providers["random"]


def mirror_with(folder: Path, content: bytes = b"a provider") -> Path:
    """A mirror whose only package is one of the pinned random provider, packed."""
    home = folder / RANDOM.address
    home.mkdir(parents=True)
    with zipfile.ZipFile(
        home / f"terraform-provider-random_{RANDOM.version}_{terraform_platform()}.zip", "w"
    ) as zipped:
        zipped.writestr(f"terraform-provider-random_v{RANDOM.version}", content)
    return folder


def test_without_a_choice_all_providers_are_stand_ins() -> None:
    assert provider_source("") is STAND_INS
    assert STAND_INS.describe().count("(stand-in)") == len(PINS.providers)


def test_a_folder_is_searched_for_the_pinned_versions_and_the_first_line_names_them(tmp_path: Path) -> None:
    source = read_folder(mirror_with(tmp_path), {}, must_match=False)

    assert source.real == (RANDOM.address,)
    assert f"random {RANDOM.version} (real, checksum not in locks/)" in source.describe()
    assert f"neon {NEON.version} (stand-in)" in source.describe()


def test_a_locked_checksum_is_named(tmp_path: Path) -> None:
    package = find_package(mirror_with(tmp_path), RANDOM)
    assert package

    source = read_folder(tmp_path, {RANDOM.address: package_checksums(package)}, must_match=True)

    assert f"random {RANDOM.version} (real, checksum in locks/)" in source.describe()


def test_a_download_with_another_checksum_is_refused(tmp_path: Path) -> None:
    locked = {RANDOM.address: frozenset({"zh:" + 64 * "0"})}

    with pytest.raises(ProviderSourceError, match=r"is not in locks/; delete .* and download again"):
        read_folder(mirror_with(tmp_path), locked, must_match=True)


def test_a_folder_without_a_pinned_provider_says_how_to_fill_it(tmp_path: Path) -> None:
    with pytest.raises(ProviderSourceError, match=r"has none of .*kislerdm/neon .*: terraform providers mirror"):
        provider_source(str(tmp_path))


def test_other_systems_than_linux_are_refused_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")

    with pytest.raises(ProviderSourceError) as refused:
        provider_source("registry")

    assert "use Linux or CI" in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_registry_that_cannot_be_reached_is_one_error(tmp_path: Path) -> None:
    closed = {"HTTPS_PROXY": "http://127.0.0.1:9", "HTTP_PROXY": "http://127.0.0.1:9", "PATH": os.environ["PATH"]}

    with pytest.raises(ProviderSourceError) as refused:
        download(tmp_path / "cache", closed | {"HOME": str(tmp_path), "TF_REGISTRY_DISCOVERY_RETRY": "0"})

    assert str(refused.value).startswith("PROVIDERS=registry: the providers could not be downloaded: ")
    assert "PROVIDERS=<folder>" in str(refused.value)
    assert "\n" not in str(refused.value)


def test_the_command_line_shows_one_line_and_fails(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sandbox", "rehearse", "--providers", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)

    assert done.returncode == 1
    assert done.stderr.startswith(f"sandbox: PROVIDERS: {tmp_path} has none of ")
    assert done.stderr.count("\n") == 1


def test_checksums_are_those_that_terraform_computes(terraform: Terraform, mirror: MirrorPaths) -> None:
    terraform.write("")
    terraform.run("providers", "lock", f"-fs-mirror={mirror.mirror}")

    lock = (terraform.folder / ".terraform.lock.hcl").read_text()
    package = find_package(mirror.mirror, NEON)
    assert package
    assert package_checksums(package) <= locked_checksums_of(lock)


def locked_checksums_of(lock: str) -> set[str]:
    return set(re.findall(r'"((?:h1|zh):[^"]+)"', lock))


def test_worlds_pin_versions_without_the_registry_s_checksums(tmp_path: Path) -> None:
    locks = tmp_path / "locks"
    locks.mkdir()
    entry = f'provider "{NEON.address}" {{\n  version     = "{NEON.version}"\n  constraints = "{NEON.version}"\n'
    hashes = '  hashes = [\n    "h1:AjuhQ5j5QR9BkfbMn9sfJ8y3yQDnmb+pSd6b2gYD4GI=",\n    "zh:181663a9",\n  ]\n'
    (locks / "dev.terraform.lock.hcl").write_text(f"{entry}{hashes}}}\n")

    written = write_world_locks(tmp_path / "world", locks)

    assert (written / "dev.terraform.lock.hcl").read_text() == f"{entry}}}\n"
    assert locked_checksums(locks)[NEON.address] == {"h1:AjuhQ5j5QR9BkfbMn9sfJ8y3yQDnmb+pSd6b2gYD4GI=", "zh:181663a9"}


class _Echo(http.server.BaseHTTPRequestHandler):
    """Answers with the path, the host that was asked for, and the body."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        answer = f"{self.path} {self.headers['Host']} ".encode() + body
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def redirect(tmp_path: Path) -> Iterator[NeonRedirect]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Echo)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    with NeonRedirect(f"http://127.0.0.1:{server.server_port}", tmp_path) as running:
        yield running
    server.shutdown()
    server.server_close()
    thread.join()


def test_neon_s_fixed_address_leads_to_the_local_cloud(redirect: NeonRedirect) -> None:
    trusted = ssl.create_default_context(cafile=str(redirect.certificate))

    with httpx.Client(proxy=redirect.url, verify=trusted, trust_env=False) as client:
        answers = [client.post(f"https://{NEON_HOST}/api/v2/projects", content=b"x" * size) for size in (3, 300_000)]

    for answer, size in zip(answers, (3, 300_000), strict=True):
        path, host, body = answer.text.split(" ")
        assert (path, host.partition(":")[0], body) == ("/api/v2/projects", "127.0.0.1", "x" * size)


@pytest.mark.parametrize("url", ["https://api.cloudflare.com/client/v4", "https://example.com", "https://[::1]/"])
def test_every_other_host_is_refused(redirect: NeonRedirect, url: str) -> None:
    with httpx.Client(proxy=redirect.url, trust_env=False) as client, pytest.raises(httpx.ProxyError, match="403"):
        client.get(url)


def test_an_address_of_this_machine_is_passed_through(redirect: NeonRedirect) -> None:
    """wrangler sends all its requests to a proxy, whatever NO_PROXY says."""

    def answer(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection:
            connection.sendall(connection.recv(5) + b" and back")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=answer, args=(listener,))
        thread.start()
        with socket.create_connection(("127.0.0.1", urlsplit(redirect.url).port or 0)) as client:
            client.sendall(f"CONNECT 127.0.0.1:{listener.getsockname()[1]} HTTP/1.1\r\n\r\n".encode())
            assert client.recv(100).startswith(b"HTTP/1.1 200 ")
            client.sendall(b"there")
            assert client.recv(100) == b"there and back"
        thread.join()


def test_the_redirect_s_key_is_its_user_s_alone(redirect: NeonRedirect) -> None:
    key = redirect.certificate.with_name("neon-redirect.pem")

    assert key.stat().st_mode & 0o077 == 0
    assert "PRIVATE" not in redirect.certificate.read_text()
