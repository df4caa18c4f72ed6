"""What a failed wrangler is quoted with, from the recorded output of the real one."""

import json
import sys
from pathlib import Path

import pytest

from ops.clouds.wrangler import Wrangler, find_program
from ops.context.app_folder import read_app_folder
from ops.context.errors import OpsError
from tests.ops.preview_cloud import PreviewCloud

RECORDED = Path(__file__).parents[1] / "context/program_outputs/wrangler-does-not-start.txt"
PATH = "/accounts/0123456789abcdef0123456789abcdef/workers/scripts/api-production/versions"
MESSAGE = f"A request to the Cloudflare API ({PATH}) failed."


@pytest.mark.parametrize("prints", [True, False])
def test_cloudflares_reason_is_quoted_below_wranglers_message(preview_cloud: PreviewCloud, prints: bool):
    program = find_program(read_app_folder(preview_cloud.app, None))
    output = json.dumps({"type": "command-failed", "code": 10021, "message": MESSAGE})
    program.write_text(
        f"#!{sys.executable}\nimport os, sys\nfrom pathlib import Path\n"
        f"Path(os.environ['WRANGLER_OUTPUT_FILE_PATH']).write_text({output!r})\n"
        f"sys.stderr.write(Path({str(RECORDED)!r}).read_text() if {prints} else '')\nsys.exit(1)\n"
    )
    wrangler = Wrangler(preview_cloud.context(), preview_cloud.app, worker="api-production")
    with pytest.raises(OpsError) as raised:
        wrangler.upload(variables={}, secrets={}, message="m", tag="t")
    reason = "\n  | service core:user:api-production: Uncaught Error: at start" if prints else ""
    assert str(raised.value) == f"wrangler versions upload: {MESSAGE}{reason}"
