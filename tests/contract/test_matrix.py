# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every fault at every request of every task.

After each: the desired state, or an error in a sentence and nothing that the next run does not finish.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import pytest
from cases import Case, each_case
from truth import FAULTS, LASTING, LATE, SLOW, Counts, State, entry

pytestmark = pytest.mark.usefixtures("waits")


def several(case: Case) -> dict[str, Any]:
    """One that stays as it is, one that changes, one that is new; the others are surplus."""
    return {"integrations": [entry(case, 0), entry(case, 1, variant=1), entry(case, 9)], "purge": True, "workers": 1}


INVENTORY = "inventory"
ELSEWHERE = "elsewhere"
# Requests that one run may make, with all that is tried again: any more would be no help to a service in trouble.
ENOUGH = 100
# What is there at the start; the module; its arguments.
Task = tuple[int, str, dict[str, Any]]
TASKS: dict[str, Callable[[Case], Task]] = {
    "create": lambda case: (1, case.manage, entry(case, 9)),
    "update": lambda case: (2, case.manage, entry(case, 1, variant=1)),
    "rename": lambda case: (2, case.manage, {**entry(case, 1), "new_name": "n009"}),
    "delete": lambda case: (2, case.manage, {**entry(case, 1), "state": "absent"}),
    "set": lambda case: (4, case.manage_set, several(case)),
    "info": lambda case: (case.page + 1, case.info, {}),
    "inventory": lambda case: (case.page + 1, INVENTORY, {}),
}
# A module is wrapped differently, and works the same: what it tells of one integration and of several is enough.
AS_MODULE = ("create", "set")


@dataclass(frozen=True)
class Flow:
    """A task that meets no fault."""

    module: str
    args: dict[str, Any]
    objects: list[dict[str, Any]]
    """What is there before it."""
    requests: list[str]
    """The method of each."""
    views: Any
    """What it lists, if that is all it does."""
    before: State
    wanted: State

    @property
    def stays(self) -> set[Any]:
        return self.before.ids & self.wanted.ids


@pytest.fixture(scope="session")
def plugins(process):
    """A process that lists inventories: a path in, hosts or an error out. To start one for each takes too long."""
    paths = os.pathsep.join(sys.path)
    env = {**os.environ, **process.env, "PYTHONPATH": paths, "ANSIBLE_COLLECTIONS_PATH": paths}
    command = [sys.executable, "-c", LIST]
    with subprocess.Popen(command, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        yield child
        child.stdin.close()


LIST = """
import json, sys
from ansible.errors import AnsibleError
from ansible.inventory.data import InventoryData
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.loader import init_plugin_loader, inventory_loader

init_plugin_loader()  # before anything of a collection is imported
from ansible_collections.saas.integrations.plugins.module_utils._core import http
from truth import Clock

for path in map(str.strip, sys.stdin):
    http.time = Clock()
    loader, inventory = DataLoader(), InventoryData()
    plugin = inventory_loader.get(loader.load_from_file(path)["plugin"])
    try:
        plugin.parse(inventory, loader, path)
        result = {"integrations": {name: host.vars for name, host in inventory.hosts.items()}}
    except AnsibleError as error:
        result = {"failed": True, "msg": str(error)}
    print(json.dumps({"changed": False, **result}), flush=True)
"""


@pytest.fixture
def perform(case, call, plugins, tmp_path):
    """Run a module, or list an inventory."""

    def run(module: str, args: dict[str, Any]) -> dict[str, Any]:
        if module != INVENTORY:
            return call(module, args)
        source = tmp_path / f"{case.service}.yml"
        source.write_text(json.dumps({"plugin": f"saas.integrations.{case.manage_set}", **args}), encoding="utf-8")
        print(source, file=plugins.stdin, flush=True)
        output = plugins.stdout.readline()
        result = json.loads(output)
        if result.get("failed"):
            assert str(source) in result["msg"] and case.client.title in result["msg"]
        return {**result, "_output": output}

    return run


FLOWS: dict[str, dict[str, Flow]] = {}


@pytest.fixture
def flows(case, request, perform, sandbox) -> dict[str, Flow]:
    """The tasks to disturb, by name."""
    starts: dict[int, list[dict[str, Any]]] = {}

    def flow(count: int, module: str, args: dict[str, Any]) -> Flow:
        objects = starts.get(count, [])
        fresh(case, sandbox, *objects)
        if not objects:
            perform(case.manage_set, {"integrations": [entry(case, number) for number in range(count)]})
            starts[count] = objects = sandbox.objects(case.service)
        sandbox.log()
        done = perform(module, args)
        assert not done.get("failed"), done
        requests = [request["method"] for request in sandbox.log()]
        before, wanted = State(case, objects), State(case, sandbox.objects(case.service))
        assert done["changed"] == (before.values != wanted.values)
        return Flow(module, args, objects, requests, None if done["changed"] else done["integrations"], before, wanted)

    if case.service not in FLOWS:
        FLOWS[case.service] = {name: flow(*task(case)) for name, task in TASKS.items()}
    chosen = AS_MODULE if request.node.callspec.params["call"] == "module" else TASKS
    return {name: FLOWS[case.service][name] for name in chosen}


def fresh(case: Case, sandbox: Any, *objects: dict[str, Any]) -> None:
    sandbox.control("POST", "reset", json={"service": case.service})
    if case.switches:
        sandbox.switch(case.service, **case.switches)
    sandbox.add(case.service, *objects)


@pytest.fixture
def play(case, flows, perform, sandbox, record_property):
    """Play a fault at one request of every task after the other, and judge what comes of it."""
    counts = Counts()

    def one(flow: Flow, fault: dict[str, Any], options: dict[str, Any]) -> list[str]:
        """At most three runs: with the fault, without it, and once more if that had anything to do."""
        fresh(case, sandbox, *flow.objects)
        sandbox.fault(case.service, **fault)
        counts.cases += 1
        state, wrong = flow.before, []
        for number in range(3):
            result = perform(flow.module, {**flow.args, **options} if number == 0 else flow.args)
            before, state = state, State(case, sandbox.objects(case.service))
            wrong += counts.look(result, before, state, flow.wanted, flow.stays)
            if number == 0:
                log = sandbox.control("GET", "log")["log"]
                if not any(request["fault"] for request in log):
                    wrong.append("no request met the fault")
                if len(log) > ENOUGH:
                    wrong.append(f"{len(log)} requests")
                if any(ELSEWHERE in request["path"] for request in log):
                    wrong.append("a redirect was followed")
                sandbox.control("DELETE", "faults")
            if not result.get("failed"):
                if flow.views not in (None, result.get("integrations")):
                    wrong.append("not what there is")
                if not result["changed"]:
                    break
            elif number:
                wrong.append(f"run {number + 1} fails without a fault")
        else:
            wrong.append("never unchanged")
        return wrong and [*wrong, result["_output"]]

    def every(fault: dict[str, Any], writes: bool = False, **options: Any) -> None:
        for name, flow in flows.items():
            problems: list[str] = []
            for index, method in enumerate(flow.requests):
                if not writes or method != "GET":
                    wrong = one(flow, {**fault, "skip": index}, options)
                    problems.extend(f"{name}, request {index}: {text}" for text in wrong)
            assert not problems, "\n".join(problems)

    yield every
    record_property("counts", asdict(counts))


@each_case
@pytest.mark.parametrize("fault", FAULTS)
def test_a_request_fails(case, fault, play):
    play(FAULTS[fault])


@each_case
@pytest.mark.parametrize("status", [302, 307])
def test_a_request_is_sent_to_another_origin(case, status, play, sandbox):
    elsewhere = sandbox.url.replace("127.0.0.1", "localhost")
    play({"fault": "redirect", "status": status, "location": f"{elsewhere}/{case.service}/{ELSEWHERE}"})


@each_case
@pytest.mark.parametrize("fault", SLOW)
def test_an_answer_comes_late(case, fault, play):
    play(SLOW[fault], timeout=0.1)


@each_case
@pytest.mark.parametrize("fault", LATE)
def test_lists_lag_behind_a_write_whose_answer_is_lost(case, fault, play):
    play(LATE[fault], writes=True)


@each_case
@pytest.mark.parametrize("fault", LASTING)
def test_all_requests_fail_from_some_moment_on(case, fault, play):
    play(LASTING[fault], max_wait=10)
