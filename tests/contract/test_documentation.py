# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the documentation shows works: every example of every module, the README's first playbook, the demo."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest
import yaml

PLUGINS = "ansible_collections.saas.integrations.plugins"
ROOT = Path(importlib.import_module(PLUGINS).__path__[0]).parent
MODULES = sorted(path.stem for path in (ROOT / "plugins" / "modules").glob("*.py"))


def supplied(text: str) -> dict[str, str]:
    """A value for every secret that examples take from a vault."""
    names = set(re.findall(r"\bvault_\w+", text))
    return {name: f"https://hooks.example.com/{name}" if name.endswith("_url") else f"secret-{name}" for name in names}


@pytest.mark.parametrize("module", MODULES)
def test_examples_run(module, playbooks, sandbox):
    examples = importlib.import_module(f"{PLUGINS}.modules.{module}").EXAMPLES
    play = {"hosts": "localhost", "gather_facts": False, "vars": supplied(examples), "tasks": yaml.safe_load(examples)}
    output = playbooks.run([play], "--diff")
    assert "secret-vault" not in output and "hooks.example.com/vault" not in output
    assert sandbox.log()


def test_the_first_playbook_of_the_readme_runs(playbooks, sandbox):
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    [text] = re.findall(r"```yaml\n(- name: Where alerts go.*?)```", readme, re.DOTALL)
    variables = supplied(text)
    for name, option in re.findall(r'(\w+): "\{\{ (vault_\w+) \}\}"', text):
        for service in ("NETOGRAPHY", "CONFLUENT_CLOUD", "ROCKETCHAT", "PAGERTREE"):
            if f"{service.partition('_')[0].lower()}_" in option and f"{service}_{name}".upper() in sandbox.env:
                variables[option] = sandbox.env[f"{service}_{name}".upper()]
    text = text.replace("https://chat.example.com", sandbox.env["ROCKETCHAT_URL"])
    plays = yaml.safe_load(text)
    plays[0]["vars"] = variables
    assert "failed=0" in playbooks.run(plays, "--check", "--diff")
    assert [entry for entry in sandbox.log() if entry["method"] != "GET"] == []
    assert "failed=0" in playbooks.run(plays)
    again = playbooks.run(plays)
    assert "changed=0" in again and "failed=0" in again


def test_the_demo_leaves_nothing_behind(playbooks, sandbox):
    output = playbooks.run([{"import_playbook": "saas.integrations.demo"}])
    assert "changed=0" in output
    services = {"netography", "confluent", "rocketchat", "pagertree"}
    assert {entry["service"] for entry in sandbox.log() if entry["method"] == "POST"} == services
    assert [sandbox.objects(service) for service in services] == [[]] * 4
