# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The roles take what they say, and the role that applies integrations says what the modules say."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.saas.integrations.plugins.filter.as_code import CLIENTS

ROLES = Path(__file__).parents[2] / "roles"
PLUGINS = "ansible_collections.saas.integrations.plugins"
SETS = {
    name.partition("_")[0]: importlib.import_module(f"{PLUGINS}.modules.{name}")
    for name in (path.stem for path in (ROLES.parent / "plugins" / "modules").glob("*_integrations.py"))
}
FACTS = {"type": "str", "elements": None, "choices": None, "required": False, "no_log": False, "default": None}


def load(role: str, path: str) -> Any:
    return yaml.safe_load((ROLES / role / path).read_text(encoding="utf-8"))


def options(role: str) -> dict[str, Any]:
    return load(role, "meta/argument_specs.yml")["argument_specs"]["main"]["options"]


def facts(spec: dict[str, Any], prefix: str = "") -> dict[str, dict[str, Any]]:
    """What all options are, by dotted name."""
    found: dict[str, Any] = {}
    for name, option in spec.items():
        found[prefix + name] = {fact: option.get(fact, default) for fact, default in FACTS.items()}
        found.update(facts(option.get("options") or {}, f"{prefix}{name}."))
    return found


def first_words(spec: dict[str, Any], inner: str, prefix: str = "") -> dict[str, str]:
    """The first paragraph of each option's description, by dotted name."""
    found: dict[str, str] = {}
    for name, option in spec.items():
        text = option["description"]
        found[prefix + name] = text if isinstance(text, str) else text[0]
        found.update(first_words(option.get(inner) or {}, inner, f"{prefix}{name}."))
    return found


def test_there_is_a_list_for_each_service():
    lists = {f"{service}_integrations" for service in SETS}
    assert set(SETS) == set(CLIENTS) == set(load("export", "defaults/main.yml")["export_services"])
    assert {name for name in options("bootstrap") if not name.startswith("bootstrap_")} == lists
    assert options("export")["export_services"]["choices"] == list(CLIENTS)


@pytest.mark.parametrize("service", SETS)
def test_a_list_is_what_the_module_takes(service):
    module, given = SETS[service], options("bootstrap")[f"{service}_integrations"]
    taken = module.TASK.arguments()["argument_spec"]["integrations"]
    assert (given["type"], given["elements"]) == (taken["type"], taken["elements"])
    assert "required" not in given
    assert facts(given["options"]) == facts(taken["options"])


@pytest.mark.parametrize("service", SETS)
def test_an_option_is_described_in_the_module_s_first_words(service):
    module, given = SETS[service], options("bootstrap")[f"{service}_integrations"]
    own = yaml.safe_load(module.DOCUMENTATION)["options"]["integrations"]["suboptions"]
    told = first_words(given["options"], "options")
    refer = f"O({service}_integrations[]."
    assert {name: text.replace(refer, "O(integrations[].") for name, text in told.items()} == first_words(
        own, "suboptions"
    )


@pytest.mark.parametrize("service", SETS)
def test_the_defaults_are_those_of_the_modules(service):
    defaults = load("bootstrap", "defaults/main.yml")
    spec = SETS[service].TASK.arguments()["argument_spec"]
    assert {name: spec[name]["default"] for name in ("purge", "purge_limit", "workers")} == {
        name.removeprefix("bootstrap_"): value for name, value in defaults.items()
    }


@pytest.mark.parametrize("role", ["bootstrap", "export"])
def test_a_role_says_what_it_takes(role):
    defaults, known = load(role, "defaults/main.yml"), options(role)
    assert {name: option["default"] for name, option in known.items() if "default" in option} == defaults
    readme = (ROLES / role / "README.md").read_text(encoding="utf-8")
    for name in known:
        assert f"`{name}`" in readme, name
