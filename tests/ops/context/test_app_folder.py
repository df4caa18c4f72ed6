"""An app's checkout: its package manager, its Node version and its folders, recognized from its files."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.context.app_folder import (
    PackageManager,
    read_app_folder,
    read_package_manager,
    read_wrangler_configuration,
)
from ops.context.errors import OpsError


def write(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


def package(**fields: Any) -> str:
    return json.dumps({"name": "app", **fields})


WORKSPACE = {
    "package.json": package(packageManager="pnpm@9.0.0"),
    "pnpm-lock.yaml": "",
    ".nvmrc": "v24.13.0\n",
    "apps/api/wrangler.jsonc": '{ "name": "api" }',
    "apps/web/package.json": package(),
    "node_modules/some/wrangler.toml": "",
    "apps/api/node_modules/other/wrangler.toml": "",
}


def test_a_pnpm_workspace_is_recognized(tmp_path: Path):
    app = read_app_folder(write(tmp_path, WORKSPACE))
    assert app.api_dir == "apps/api"
    assert str(app.package_manager) == "pnpm 9.0.0"
    assert (app.node_version, app.node_source) == ("24.13.0", ".nvmrc")
    assert app.configuration() == {"name": "api"}


@pytest.mark.parametrize(
    ("lock", "content", "install"),
    [
        ("package-lock.json", "{}", "npm ci --ignore-scripts"),
        ("pnpm-lock.yaml", "", "pnpm install --frozen-lockfile --ignore-scripts"),
        ("yarn.lock", "# yarn lockfile v1\n", "yarn install --frozen-lockfile --ignore-scripts"),
        ("yarn.lock", "__metadata:\n  version: 8\n", "yarn install --immutable --mode=skip-build"),
        ("bun.lock", "{}", "bun install --frozen-lockfile"),
    ],
)
def test_a_lock_file_names_its_package_manager(tmp_path: Path, lock: str, content: str, install: str):
    write(tmp_path, {"package.json": package(), lock: content})
    assert read_package_manager(tmp_path).install == install


@pytest.mark.parametrize(
    ("wanted", "lock", "found"),
    [
        ("pnpm@9.0.0", "pnpm-lock.yaml", PackageManager("pnpm", "9.0.0", "packageManager in package.json")),
        ("yarn@4.9.2+sha512.ab", "yarn.lock", PackageManager("yarn", "4.9.2", "packageManager in package.json")),
        ("bun@1.3.0", "bun.lock", PackageManager("bun", "1.3.0", "packageManager in package.json")),
        ("npm@11.0.0", "package-lock.json", PackageManager("npm", "11.0.0", "packageManager in package.json")),
    ],
)
def test_package_manager_pins_the_version(tmp_path: Path, wanted: str, lock: str, found: PackageManager):
    write(tmp_path, {"package.json": package(packageManager=wanted), lock: ""})
    assert read_package_manager(tmp_path) == found


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({}, "there is no such file"),
        ({"package.json": package()}, "there is no lock file"),
        ({"package.json": "{"}, "can't be read"),
        ({"package.json": package(), "yarn.lock": "", "package-lock.json": ""}, "more than one lock file"),
        ({"package.json": package(packageManager="pnpm@9.0.0"), "yarn.lock": ""}, "packageManager is pnpm, but there"),
        ({"package.json": package(packageManager="pnpm@7.1.0"), "pnpm-lock.yaml": ""}, "8 or newer is needed"),
        ({"package.json": package(packageManager="deno@2"), "pnpm-lock.yaml": ""}, "is not npm, pnpm, yarn or bun"),
    ],
)
def test_what_is_unclear_is_one_line(tmp_path: Path, files: dict[str, str], says: str):
    with pytest.raises(OpsError, match=says) as error:
        read_package_manager(write(tmp_path, files))
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("files", "api_dir", "says"),
    [
        ({"apps/api/wrangler.jsonc": ""}, None, "no folder has a"),
        (
            {"apps/b/wrangler.toml": ""},
            None,
            "more than one folder has a wrangler configuration \\(apps/api, apps/b\\)",
        ),
        ({}, "apps/nowhere", "there is no such folder"),
        ({}, "apps/web", "there is no wrangler.json"),
    ],
)
def test_the_workers_folder_must_be_one(tmp_path: Path, files: dict[str, str], api_dir: str | None, says: str):
    write(tmp_path, WORKSPACE | files)
    if "no folder" in says:
        (tmp_path / "apps/api/wrangler.jsonc").unlink()
    with pytest.raises(OpsError, match=says):
        read_app_folder(tmp_path, api_dir)


def test_a_setting_chooses_among_several_workers(tmp_path: Path):
    write(tmp_path, WORKSPACE | {"apps/b/wrangler.toml": 'name = "b"'})
    assert read_app_folder(tmp_path, "apps/b/").configuration() == {"name": "b"}


@pytest.mark.parametrize(
    ("files", "version"),
    [
        ({".nvmrc": "# ours\nlts/jod\n", ".node-version": "20"}, "lts/jod"),
        ({".nvmrc": "\n", ".node-version": "20.1.0"}, "20.1.0"),
        ({".nvmrc": ""}, ">=22"),
    ],
)
def test_the_node_version_is_read_in_the_order_that_tools_share(tmp_path: Path, files: dict[str, str], version: str):
    engines = package(packageManager="pnpm@9.0.0", engines={"node": ">=22"})
    assert read_app_folder(write(tmp_path, WORKSPACE | {"package.json": engines} | files)).node_version == version


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(document=st.dictionaries(st.text(), _JSON), comment=st.text(st.characters(exclude_characters="\n\r*/")))
def test_comments_and_trailing_commas_change_nothing(
    tmp_path_factory: pytest.TempPathFactory, document: dict[str, Any], comment: str
):
    file = tmp_path_factory.mktemp("jsonc") / "wrangler.jsonc"
    text = json.dumps(document, indent=1, ensure_ascii=False).replace("\n}", ",\n}" if document else "\n}")
    file.write_text(f"/* {comment} */ // {comment}\n{text} // {comment}", encoding="utf-8", newline="\n")
    assert read_wrangler_configuration(file) == document
