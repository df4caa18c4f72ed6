"""The sandbox's own process reaches loopback alone, whatever proxy, profile or password file its owner has."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import ROOT

# Without the call, httpx sends the request to the proxy, and boto3 stops at a profile that it can't find.
PROGRAM = """
import sys
from sandbox.process import leave_the_owners_environment
if sys.argv[2] == "forget":
    leave_the_owners_environment()
import boto3, httpx
print(httpx.get(sys.argv[1], timeout=10).text)
client = boto3.client("s3", endpoint_url=sys.argv[1], region_name="us-east-1",
                      aws_access_key_id="a", aws_secret_access_key="b")
print(client.head_bucket(Bucket="states")["ResponseMetadata"]["HTTPStatusCode"])
"""
SERVER = """
import http.server, sys
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers()
        self.wfile.write(b"with a password" if self.headers["Authorization"] else b"local")
    def do_HEAD(self):
        self.send_response(200); self.end_headers()
    def log_message(self, *_): pass
server = http.server.HTTPServer(("127.0.0.1", 0), Answer)
print(server.server_port, flush=True)
server.serve_forever()
"""


@pytest.mark.parametrize("how", ["forget", "keep"])
def test_proxies_profile_and_passwords_of_hosts_are_forgotten(tmp_path: Path, how: str):
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login ada password of-the-owner\n")
    (tmp_path / ".netrc").chmod(0o600)
    owners = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "HTTP_PROXY": "http://127.0.0.1:9",
        "http_proxy": "http://127.0.0.1:9",
        "ALL_PROXY": "http://127.0.0.1:9",
        "AWS_PROFILE": "of-the-owner",
    }
    server = subprocess.Popen([sys.executable, "-c", SERVER], stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout
        url = f"http://127.0.0.1:{server.stdout.readline().strip()}"
        command = [sys.executable, "-c", PROGRAM, url, how]
        done = subprocess.run(command, cwd=ROOT, env=owners, capture_output=True, text=True)
    finally:
        server.kill()
        server.communicate()
    if how == "forget":
        assert (done.returncode, done.stdout) == (0, "local\n200\n"), done.stderr
    else:
        assert done.returncode != 0, "the test would pass without the guard"


@pytest.mark.parametrize("command", ["rehearse", "page", "up"])
def test_each_command_with_a_world_of_its_own_forgets_them(command: str):
    text = (ROOT / "sandbox/__main__.py").read_text()
    body = text.partition(f"def {command}(")[2].partition("\n@app.command")[0]
    assert "leave_the_owners_environment()" in body
