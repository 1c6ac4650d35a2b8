# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Inventories of the same integrations of PagerTree: their sources, and what Ansible is to make of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from services import TEAMS, pagertree
from toolbox import Failure

DATA = "script.json"
VARIABLES = 12  # that each host has, at least

OURS = {
    "plugin": "saas.integrations.pagertree_integrations",
    "keyed_groups": [{"key": f"pagertree_{name}", "prefix": name} for name in ("kind", "urgency", "teams")],
}
GUIDE = {**OURS, "plugin": "guide"}
SOURCES: dict[str, dict[str, Any]] = {
    "cold.pagertree.yml": OURS,
    "warm.pagertree.yml": {**OURS, "cache": True, "cache_plugin": "jsonfile", "cache_connection": "cache"},
    "guide.pagertree.yml": GUIDE,
    "guide_at_once.pagertree.yml": {**GUIDE, "at_once": True},
    "guide_plain_keys.pagertree.yml": {**GUIDE, "plain_keys": True},
}


def write_sources(folder: Path) -> None:
    for name, config in SOURCES.items():
        (folder / name).write_text(json.dumps(config), encoding="utf-8")
    # No script can be faster.
    script = folder / "script.sh"
    script.write_text(f"#!/bin/sh\nexec cat '{folder / DATA}'\n", encoding="utf-8")
    script.chmod(0o755)


def check(output: str, count: int, printed: str) -> None:
    """Raises Failure if this is not what ansible-inventory has to print of so many integrations: a graph, or the JSON
    that the script prints."""
    if _is_json(output) and output != printed:
        raise Failure("the inventory is not the one that the script prints")
    if _groups(output) != _expected(count):
        raise Failure("the inventory has not the hosts and groups that it should have")
    if any(len(variables) < VARIABLES for variables in json.loads(printed)["_meta"]["hostvars"].values()):
        raise Failure(f"a host has less than {VARIABLES} variables")


def _expected(count: int) -> dict[str, set[str]]:
    groups: dict[str, set[str]] = {}
    for options, _stored in map(pagertree, range(count)):
        named = (f"kind_{options['integration_type']}", f"urgency_{options['urgency']}")
        for group in ("pagertree", *named, *(f"teams_{TEAMS[name]}" for name in options["teams"])):
            groups.setdefault(group, set()).add(options["name"])
    return groups


def _groups(output: str) -> dict[str, set[str]]:
    """The hosts of each group that has any."""
    if _is_json(output):
        return {name: set(group["hosts"]) for name, group in json.loads(output).items() if "hosts" in group}
    groups: dict[str, set[str]] = {}
    for line in output.splitlines():
        word = line.lstrip(" |-")
        if word.startswith("@"):
            hosts = groups[word[1:-1]] = set()
        else:
            hosts.add(word)
    return {name: hosts for name, hosts in groups.items() if hosts}


def _is_json(output: str) -> bool:
    return output.startswith("{")
