# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What tests/soak.py runs in its virtual environment.

The tasks run as in Ansible's worker process; their waits pass at once. After every run the sandbox tells what is true.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import time
from typing import Any

from cases import CASES, Case
from conftest import Sandbox
from contract.conftest import in_worker
from truth import FAULTS, LATE, SLOW, Clock, Counts, State, entry

from ansible_collections.saas.integrations.plugins.module_utils._core import http

SHARE = 0.2  # of the requests meet a fault
POOL = 10  # integrations that there may be on a service
SHOWN = 5  # problems that are shown

CHANCE = random.Random()  # of its own: the HTTP client draws from the module's, in all its threads

# What a service has: the name and the variant of some of the numbers below POOL.
Have = dict[int, tuple[str, int]]


class Service:
    def __init__(self, case: Case, sandbox: Sandbox) -> None:
        self.case, self.sandbox = case, sandbox
        self._name = case.resource.fields[0].at[0]
        self._objects: dict[tuple[int, int], dict[str, Any]] = {}
        """What becomes of the arguments for a number and a variant."""
        sandbox.switch(case.service, **case.switches)
        for variant in (0, 1):
            self.run(case.manage_set, {"integrations": [entry(case, number, variant) for number in range(POOL)]})
            self._objects.update({(number_of(item[self._name]), variant): item for item in self.stored()})

    def run(self, module: str, args: dict[str, Any]) -> dict[str, Any]:
        http.time = Clock()
        return json.loads(in_worker(module, args, check=False, diff=False, monkeypatch=None))

    def stored(self) -> list[dict[str, Any]]:
        return self.sandbox.objects(self.case.service)

    def known(self, objects: list[dict[str, Any]]) -> Have:
        """What there is; raises ValueError for what nobody asked for."""
        have: Have = {}
        for item in objects:
            name, value = item[self._name], State(self.case, [item]).values
            number = number_of(name)
            variant = [self.state({number: (name, variant)}).values for variant in (0, 1)].index(value)
            have[number] = name, variant
        return have

    def state(self, have: Have) -> State:
        objects = [{**self._objects[number, variant], self._name: name} for number, (name, variant) in have.items()]
        return State(self.case, objects)

    def stays(self, objects: list[dict[str, Any]], want: Have) -> set[Any]:
        return {item[self.case.resource.id_path] for item in objects if number_of(item[self._name]) in want}

    def task(self, have: Have) -> tuple[str, dict[str, Any], Have]:
        """A module, its arguments, and what there is to be after it."""
        case, want = self.case, dict(have)

        def one(number: int, verb: str) -> dict[str, Any]:
            name, variant = have.get(number, (f"n{number:03d}", 0))[0], CHANCE.randrange(2)
            args = {**entry(case, number, variant), "name": name}
            want.pop(number, None)
            if verb == "absent":
                return {**args, "state": "absent"}
            if verb == "rename":
                args["new_name"] = name = ("r" if name[0] == "n" else "n") + name[1:]
            want[number] = name, variant
            return args

        verb = CHANCE.choice(["present", "present", "rename", "absent", "set", "set", "info"])
        if verb == "info":
            return case.info, {}, want
        if verb != "set":
            return case.manage, one(CHANCE.randrange(POOL), verb), want
        purge = CHANCE.random() < 0.3
        if purge:
            want.clear()
        chosen = CHANCE.sample(range(POOL), CHANCE.randrange(1, POOL))
        entries = [one(number, CHANCE.choice(["present", "present", "rename", "absent"])) for number in chosen]
        more = {"purge": purge, "purge_limit": POOL, "workers": CHANCE.choice([1, 2, 4, 8])}
        return case.manage_set, {"integrations": entries, **more}, want

    def disturb(self) -> dict[str, Any]:
        """Lay out faults for the requests to come; returns the options that a task needs for them."""
        fault: dict[str, Any] | None = None
        options: dict[str, Any] = {}
        for _number in range(POOL):
            kind = CHANCE.choice([*FAULTS, *SLOW])
            if kind in SLOW:
                options["timeout"] = 0.2
            passed = 0
            while CHANCE.random() > SHARE:
                passed += 1
            fault = {**(FAULTS | SLOW)[kind], "skip": passed, "then": fault}
        self.sandbox.fault(self.case.service, **(fault or {}))
        if CHANCE.random() < SHARE:
            late = LATE[CHANCE.choice([*LATE])]
            self.sandbox.fault(self.case.service, method=CHANCE.choice(["POST", "PUT", "PATCH", "DELETE"]), **late)
        return options


def number_of(name: str) -> int:
    return int(name[1:])


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    for name in ("--seed", "--converges", "--limit"):
        parser.add_argument(name, type=int, required=True)
    options = parser.parse_args()
    print(f"{options.converges} converges, seed {options.seed}, {SHARE:.0%} of the requests meet a fault.", flush=True)
    CHANCE.seed(options.seed)
    end = time.monotonic() + options.limit
    counts, problems, requests, faults = Counts(), [], 0, 0
    sandbox = Sandbox({"url": options.url, "env": dict(os.environ), "netosecret": ""})
    services = [Service(case, sandbox) for case in CASES]

    def converge(service: Service, task: tuple[str, dict[str, Any], Have], **more: Any) -> dict[str, Any]:
        module, args, want = task
        objects = service.stored()
        result = service.run(module, {**args, **more})
        after = State(service.case, service.stored())
        before, stays = State(service.case, objects), service.stays(objects, want)
        wrong = counts.look(result, before, after, service.state(want), stays)
        if wrong:
            told = {key: value for key, value in result.items() if key not in ("diff", "invocation")}
            problems.append(f"{service.case.service}, converge {counts.cases}: {', '.join(wrong)}: {task} -> {told}")
        return result

    while counts.cases < options.converges and len(problems) < SHOWN and time.monotonic() < end:
        counts.cases += 1
        service = CHANCE.choice(services)
        task = service.task(service.known(service.stored()))
        sandbox.log()
        more = service.disturb()
        result = converge(service, task, **more)
        sandbox.control("DELETE", "faults")
        log = sandbox.log()
        requests, faults = requests + len(log), faults + sum(bool(request["fault"]) for request in log)
        # What has failed is finished by the next run, or left to what comes.
        if result.get("failed") and CHANCE.random() < 0.5:
            again = converge(service, task)
            if again.get("failed"):
                problems.append(f"{service.case.service}, converge {counts.cases}: fails without a fault: {again}")
        if counts.cases % 500 == 0:
            print(f"{counts}; {faults} of {requests} requests met a fault.", flush=True)
    for problem in problems:
        print(problem)
    print(f"{counts}; {faults} of {requests} requests met a fault.")
    if counts.cases < options.converges and not problems:
        print(f"It took longer than {options.limit} s.")
    return int(bool(problems) or counts.cases < options.converges)


if __name__ == "__main__":
    sys.exit(main())
