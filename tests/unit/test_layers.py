# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The layers point one way, and each thing has one place: read from the source itself."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
PLUGINS = ROOT / "plugins"
MODULES = sorted(path.stem for path in (PLUGINS / "modules").glob("*.py"))

# Within the core, from the bottom up: a file imports only what stands before it.
CORE = ["errors", "redact", "resource", "export", "http", "paging", "connection", "reconcile", "task"]


def imports(path: Path) -> set[str]:
    """The modules that a file imports, relative ones as paths below plugins/."""
    found = set()
    package = path.relative_to(PLUGINS).parts[:-1]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            names = [node.module] if node.module else [alias.name for alias in node.names]
            found.update(f"{base}.{name}" if base else name for name in names)
    # `from .._core import paging` names the package: its members count.
    return {name.replace("ansible_collections.saas.integrations.plugins.", "") for name in found}


def files(folder: str) -> list[Path]:
    return sorted(path for path in (PLUGINS / folder).glob("*.py") if path.stem != "__init__")


def test_the_core_is_layered():
    assert [path.stem for path in files("module_utils/_core")] == sorted(CORE)
    for path in files("module_utils/_core"):
        own = [name for name in imports(path) if name.startswith("module_utils.")]
        for name in own:
            assert name.startswith("module_utils._core."), f"{path.name} imports {name}"
            lower = CORE[: CORE.index(path.stem)]
            assert name.rpartition(".")[2] in lower, f"{path.name} imports {name}"


def test_services_know_the_core_and_not_each_other():
    for path in files("module_utils/_services"):
        own = [name for name in imports(path) if name.startswith("module_utils")]
        assert own and all(name.startswith("module_utils._core") for name in own), path.name


def test_modules_are_documentation_and_wiring():
    for path in files("modules"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        own = imports(path) - {"__future__"}
        services = [name for name in own if name.startswith("module_utils._services.")]
        assert own - set(services) == {"module_utils._core.task"} and len(services) == 1, path.name
        code = [
            node
            for node in tree.body
            if not isinstance(node, (ast.Import, ast.ImportFrom))
            and not (isinstance(node, ast.Assign) and node.targets[0].id in ("DOCUMENTATION", "EXAMPLES", "RETURN"))
        ]
        assert len(code) == 3, path.name  # TASK, main, the call of main


def test_every_module_has_its_action_plugin():
    assert [path.stem for path in files("action")] == MODULES
    for path in files("action"):
        assert imports(path) == {"__future__", f"modules.{path.stem}", "plugin_utils.in_process"}, path.name


def test_an_inventory_plugin_lists_what_an_info_module_lists():
    sets = [module for module in MODULES if module.endswith("_integrations")]
    assert [path.stem for path in files("inventory")] == sets
    for path in files("inventory"):
        info = f"modules.{path.stem.removesuffix('s')}_info"
        assert imports(path) == {"__future__", info, "plugin_utils.inventory"}, path.name


def test_requests_and_the_ends_of_modules_have_one_place():
    for path in sorted(PLUGINS.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        if path.name != "http.py":
            assert not imports(path) & {"requests", "urllib3"}, path
        if path.name != "task.py":
            assert "exit_json" not in text and "fail_json" not in text, path


@pytest.fixture(scope="module")
def groups() -> dict[str, set[str]]:
    runtime = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text(encoding="utf-8"))
    found: dict[str, set[str]] = {}
    for name, entries in runtime["action_groups"].items():
        found[name] = {entry for entry in entries if isinstance(entry, str)}
        for entry in entries:
            if isinstance(entry, dict):
                found[name] |= {member for group in entry["metadata"]["extend_group"] for member in found[group]}
    return found


def test_action_groups_are_complete(groups):
    for name, members in groups.items():
        expected = {module for module in MODULES if name == "all" or module.startswith(f"{name}_")}
        assert members == expected, name
    assert set().union(*(members for name, members in groups.items() if name != "all")) == set(MODULES)


def test_every_module_declares_its_groups():
    for module in MODULES:
        path = PLUGINS / "modules" / f"{module}.py"
        tree = ast.parse(path.read_text(encoding="utf-8"))
        [text] = [
            node.value.value
            for node in tree.body
            if isinstance(node, ast.Assign) and node.targets[0].id == "DOCUMENTATION"
        ]
        document = yaml.safe_load(text)
        assert document["module"] == module
        service = module.partition("_")[0]
        fragments = document["extends_documentation_fragment"]
        assert f"saas.integrations.attributes.actiongroup_{service}" in fragments, module
        assert f"saas.integrations.{service}" in fragments, module


def test_the_readme_names_every_module():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for module in MODULES:
        assert f"`{module}`" in readme, module
