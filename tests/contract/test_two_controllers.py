# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two controllers at work on the same integrations at the same time: what holds although no service has locks."""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from cases import CASES, Case, each_case
from truth import State, entry, unclean

pytestmark = pytest.mark.parametrize("call", ["worker"], indirect=True)

CONTROLLER = """
from ansible_collections.saas.integrations.plugins.modules.{module} import TASK
print("ready", flush=True)
TASK.main()
"""


@contextlib.contextmanager
def controller(module: str) -> Iterator[subprocess.Popen[str]]:
    """A module that waits for its arguments."""
    command = [sys.executable, "-c", CONTROLLER.format(module=module)]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(command, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout and child.stdout.readline() == "ready\n"
        yield child


@pytest.fixture
def together(case, call, sandbox):
    """Run two tasks at the same time: neither of them writes before both have read what there is."""

    def run(*tasks: tuple[str, dict[str, Any]]) -> list[dict[str, Any]]:
        call(*tasks[0], check=True)
        listing = sandbox.log()[-1]["path"]
        sandbox.fault(case.service, "meet", method="GET", path=f"^{re.escape(listing)}$", times=2)
        with contextlib.ExitStack() as stack:
            children = [stack.enter_context(controller(module)) for module, _args in tasks]
            for child, (_module, args) in zip(children, tasks, strict=True):
                child.stdin.write(json.dumps({"ANSIBLE_MODULE_ARGS": args}))
                child.stdin.close()
            results = [json.loads(child.stdout.read()) for child in children]
        assert [request["fault"] for request in sandbox.log()].count("meet") == 2
        assert not any(map(unclean, results)), results
        return results

    return run


@pytest.fixture
def have(case, call, sandbox):
    """What there is; with numbers, after these integrations were created."""

    def look(*numbers: int) -> State:
        if numbers:
            call(case.manage_set, {"integrations": [entry(case, number) for number in numbers]})
        return State(case, sandbox.objects(case.service))

    return look


def wanted(case: Case, *entries: tuple[int, int], **more: Any) -> tuple[str, dict[str, Any]]:
    """The task for a set, of (number, variant)."""
    return case.manage_set, {"integrations": [entry(case, *one) for one in entries], **more}


@each_case
def test_the_same_changes_and_removals(case, call, together, have):
    """Both succeed: what the other one has changed is changed again, what it has removed is gone."""
    before = have(0, 1, 2, 3)
    task = wanted(case, (0, 1), (1, 1), purge=True)
    for result in together(task, task):
        assert not result.get("failed") and result["changed"], result
    after = have()
    assert after.ids < before.ids and sorted(after.names) == ["n000", "n001"]
    assert not call(*task)["changed"]


@each_case
def test_changes_that_contradict_each_other(case, call, together, have):
    """Nothing is lost or there twice. Whoever comes last wins, one integration at a time, and the next run repairs."""
    before = have(*range(6))
    tasks = [wanted(case, *((number, (number + turn) % 2) for number in range(6))) for turn in range(2)]
    assert not any(result.get("failed") for result in together(*tasks))
    assert have().ids == before.ids
    for task in tasks:
        assert not call(*task).get("failed") and not call(*task)["changed"]
    assert have().ids == before.ids


@each_case
def test_what_one_has_just_created_is_no_surplus_of_the_other(case, together, have):
    have(0)
    create, purge = together(wanted(case, (0, 0), (1, 0), (2, 0)), wanted(case, (0, 1), purge=True))
    assert create["created"] == ["n001", "n002"] and purge["deleted"] == []
    assert sorted(have().names) == ["n000", "n001", "n002"]


@each_case
def test_one_changes_what_the_other_removes(case, call, together, have):
    """Gone, or an error: it is never told to be changed and left out. The next run creates it again."""
    have(0, 1)
    task = case.manage, entry(case, 0, 1)
    change, remove = together(task, (case.manage, {**entry(case, 0), "state": "absent"}))
    assert (remove["action"], remove["changed"]) == ("delete", True)
    assert change.get("failed") or change["action"] == "update"
    assert sorted(have().names) == ["n001"]
    assert call(*task)["action"] == "create"
    assert sorted(have().names) == ["n000", "n001"]


@each_case
def test_both_create_the_same(case, call, together, have, sandbox):
    """Without unique names nobody can prevent it; the next run writes nothing, and names all ids."""
    have(0)
    task = wanted(case, (0, 0), (1, 0), (2, 0))
    for result in together(task, task):
        assert result["created"] == ["n001", "n002"]
    twice = have()
    assert twice.names == {"n000": 1, "n001": 2, "n002": 2}
    sandbox.log()
    refused = call(*task)
    assert refused["failed"] and "Nothing was written" in refused["msg"]
    assert not [request for request in sandbox.log() if request["method"] != "GET"]
    views = [view for view in call(case.info, {})["integrations"] if view["name"] != "n000"]
    for view in views:
        assert view["id"] in refused["msg"]
    surplus = {view["name"]: view["id"] for view in views}
    for id in surplus.values():
        assert call(case.manage, {"id": id, "state": "absent"})["action"] == "delete"
    assert not call(*task)["changed"]


# Whether names are unique is not documented; others say that they are not.
PERHAPS_UNIQUE = [case for case in CASES if case.service in ("netography", "confluent")]


@pytest.mark.parametrize("case", PERHAPS_UNIQUE, ids=[case.service for case in PERHAPS_UNIQUE])
def test_names_that_the_service_keeps_unique(case, call, together, have, sandbox):
    """Then one of the two is refused, and neither of them has anything left to do."""
    sandbox.switch(case.service, unique_names=True)
    have(0)
    task = wanted(case, (0, 0), (1, 0), (2, 0))
    results = together(task, task)
    assert sorted(name for result in results for name in result["created"]) == ["n001", "n002"]
    assert sorted(have().names.elements()) == ["n000", "n001", "n002"]
    assert not call(*task)["changed"]
