# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The documentation says what the code does, and the set modules say what the modules for one integration say."""

from __future__ import annotations

import importlib
import re
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

PLUGINS = "ansible_collections.saas.integrations.plugins"
MODULES = sorted(path.stem for path in (Path(__file__).parents[2] / "plugins" / "modules").glob("*.py"))
SETS = [name for name in MODULES if name.endswith("_integrations")]

# What an option is, apart from its description, and what that is if nothing is said.
FACTS = {"type": "str", "elements": None, "choices": None, "default": None, "required": False}


def module(name: str) -> ModuleType:
    return importlib.import_module(f"{PLUGINS}.modules.{name}")


def fragment(name: str) -> dict[str, Any]:
    """A documentation fragment as a module names it: collection, file and, unless it is the only one, section."""
    file, _dot, section = name.removeprefix("saas.integrations.").partition(".")
    fragments = importlib.import_module(f"{PLUGINS}.doc_fragments.{file}").ModuleDocFragment
    return yaml.safe_load(getattr(fragments, section.upper() or "DOCUMENTATION"))


def documented(name: str) -> dict[str, Any]:
    """The options of a module, those of its fragments included."""
    document = yaml.safe_load(module(name).DOCUMENTATION)
    options = dict(document.get("options", {}))
    for one in document["extends_documentation_fragment"]:
        for option, content in fragment(one).get("options", {}).items():
            assert option not in options, f"{one} and another place describe {option}"
            options[option] = content
    return options


def facts(options: dict[str, Any], inner: str, prefix: str = "") -> dict[str, Any]:
    """What all options are, by dotted name. Types are told apart, which Python does not do for 1, 1.0 and true."""
    found: dict[str, Any] = {}
    for name, option in options.items():
        values = {fact: option.get(fact, default) for fact, default in FACTS.items()}
        found[prefix + name] = {fact: (type(value).__name__, value) for fact, value in values.items()}
        found.update(facts(option.get(inner) or {}, inner, f"{prefix}{name}."))
    return found


def texts(options: dict[str, Any], prefix: str = "") -> dict[str, list[str]]:
    """The descriptions of all options, by dotted name."""
    found: dict[str, list[str]] = {}
    for name, option in options.items():
        text = option["description"]
        found[prefix + name] = [text] if isinstance(text, str) else text
        found.update(texts(option.get("suboptions") or {}, f"{prefix}{name}."))
    return found


def plugin(name: str) -> dict[str, Any]:
    """The options of an inventory plugin that describe the connection."""
    document = yaml.safe_load(importlib.import_module(f"{PLUGINS}.inventory.{name}").DOCUMENTATION)
    options: dict[str, Any] = {}
    for one in document["extends_documentation_fragment"]:
        for option, content in fragment(one).get("options", {}).items() if one.startswith("saas.") else ():
            options[option] = {**content, **options.get(option, {})}
    return options


def one_of(name: str) -> dict[str, Any]:
    """The options that the module for one integration has for it: those which it does not share with the set."""
    one, shared = name.removesuffix("s"), documented(name)
    return {
        option: content
        for option, content in documented(one).items()
        if option not in shared and option != "return_secrets"
    }


@pytest.mark.parametrize("name", MODULES)
def test_the_documentation_equals_the_argument_spec(name):
    assert facts(documented(name), "suboptions") == facts(module(name).TASK.arguments()["argument_spec"], "options")


@pytest.mark.parametrize("name", MODULES)
def test_every_description_is_made_of_sentences(name):
    for option, sentences in texts(documented(name)).items():
        for sentence in sentences:
            assert isinstance(sentence, str) and sentence.endswith("."), (option, sentence)


@pytest.mark.parametrize("name", SETS)
def test_an_inventory_has_the_connection_options_of_the_modules(name):
    """With the same environment variables."""
    connection = module(name).TASK.connection_options
    options = {option: content for option, content in plugin(name).items() if option in connection}
    assert facts(options, "suboptions") == facts(connection, "options")
    for option, spec in connection.items():
        names = [entry["name"] for entry in options[option].get("env", ())]
        assert names == (spec["fallback"][1] if "fallback" in spec else []), option


def test_every_service_has_a_set():
    assert [name for name in MODULES if name.endswith("_integration")] == [name.removesuffix("s") for name in SETS]


@pytest.mark.parametrize("name", SETS)
def test_an_entry_of_a_set_has_the_options_of_the_module_for_one(name):
    entry = documented(name)["integrations"]["suboptions"]
    assert facts(entry, "suboptions") == facts(one_of(name), "suboptions")


@pytest.mark.parametrize("name", SETS)
def test_an_entry_of_a_set_is_described_in_the_same_words(name):
    """Apart from references, which say where the option or the returned value is."""
    one = name.removesuffix("s")
    entry, own = texts(documented(name)["integrations"]["suboptions"]), texts(one_of(name))
    for option, sentences in entry.items():
        told = [re.sub(rf"\bRV\(saas\.integrations\.{one}#module:", "RV(", sentence) for sentence in sentences]
        # Every option of an entry is referred to as one of an entry.
        for reference in re.findall(r"\bO\((\w+(?:\[\])?)", " ".join(told)):
            assert reference not in own, (option, reference)
        assert [text.replace("O(integrations[].", "O(") for text in told] == own[option], option
