# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the documentation shows works: every example of every module, the README, the demo."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest
import yaml
from cases import CASES
from shown import Reader, blocks, supplied

PLUGINS = "ansible_collections.saas.integrations.plugins"
ROOT = Path(importlib.import_module(PLUGINS).__path__[0]).parent
MODULES = sorted(path.stem for path in (ROOT / "plugins" / "modules").glob("*.py"))


@pytest.mark.parametrize("module", MODULES)
def test_examples_run(module, playbooks, sandbox):
    examples = importlib.import_module(f"{PLUGINS}.modules.{module}").EXAMPLES
    tasks, variables = yaml.safe_load(examples), supplied(examples, {})
    play = {"hosts": "localhost", "gather_facts": False, "vars": variables, "tasks": tasks}
    output = playbooks.run([play], "--diff")
    assert "secret-vault" not in output and "hooks.example.com/vault" not in output
    assert sandbox.log()


def test_the_readme_can_be_followed(playbooks, sandbox):
    """With a first playbook for each service: in check mode, for real, and once more without a change."""
    page = list(blocks(ROOT / "README.md"))
    assert not [block.place for block in page if block.shown_only]
    playbook_texts = "".join(block.text for block in page if block.language == "yaml")
    assert set(re.findall(r"saas\.integrations\.([a-z]+)_\w+:", playbook_texts)) == {case.service for case in CASES}
    Reader(playbooks, page).follow(page)
    assert all(sandbox.objects(case.service) for case in CASES)


def test_the_demo_leaves_nothing_behind(playbooks, sandbox):
    output = playbooks.run([{"import_playbook": "saas.integrations.demo"}])
    assert "changed=0" in output
    services = {"netography", "confluent", "rocketchat", "pagertree"}
    assert {entry["service"] for entry in sandbox.log() if entry["method"] == "POST"} == services
    assert [sandbox.objects(service) for service in services] == [[]] * 4
