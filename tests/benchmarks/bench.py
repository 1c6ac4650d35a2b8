# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measure the collection against what there is without it.

Each run is a whole process that brings services to a desired state (ansible-playbook, or a script that does nothing but
the HTTP), or that lists integrations as hosts (ansible-inventory). It talks to the sandbox, a process of its own. The
approaches run in turn, A B C A B C, and their medians are compared: trust the ratios, not the seconds. After each run,
the sandbox and the output tell whether it did what it was to do.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import inventories
import toolbox
from chart import chart
from report import PRINTED, Cell, Results, Run, block, judge
from services import SERVICES
from toolbox import BUILD, LOGS, ROOT, Failure

HERE = Path(__file__).resolve().parent
WORK = BUILD / "bench"
LOG = LOGS / "bench.log"
OUTPUT = WORK / "output"

# Netography lists 1,000 integrations at most, and the modules refuse a list that long, as it may be cut off.
SIZES = (10, 100, 990)
HOSTS = (1_000, 10_000)
BOOTSTRAP = 250
WORKLOADS = ("create", "same", "drift")
# The largest sizes with --quick.
QUICK = {"create": 100, "same": 100, "bootstrap": BOOTSTRAP, "list": 1_000, "graph": 1_000}

LIMIT = 900  # seconds that one run may take
LONG = 15  # an approach that has taken this many seconds in a cell is not run again there: noise is small then
ROUNDS_OF_ONE = 5  # at least: a run of one integration takes a second

# Which sizes an approach runs with, by the latency of the service in milliseconds.
EVERY = {0: SIZES, 50: SIZES}
UP_TO_100 = {0: (10, 100), 50: (10, 100)}
SLOW = {0: (10, 100), 50: (10,)}  # a process for each item, so that 100 of them take most of a minute
# One request after the other: with latency, a larger size only waits longer.
SERIAL = {0: SIZES, 50: (10, 100)}
ONE = {0: (1,)}
INVENTORY: dict[str, Any] = {"sizes": {0: HOSTS}, "workloads": PRINTED}


@dataclass(frozen=True)
class Approach:
    name: str
    title: str
    group: str
    """What it is to the comparison: baseline, usual (without the collection), collection, floor."""
    command: tuple[str, ...]
    """Run in WORK, where the variables and the inventories are; the program is one of the virtual environment."""
    sizes: Mapping[int, tuple[int, ...]] = field(default_factory=lambda: EVERY)
    workloads: tuple[str, ...] = WORKLOADS
    asks: bool = True
    """Whether it talks to the services; what does not changes nothing."""
    needs: str = ""
    """A pattern of files in the collection without which there is no such approach."""

    def takes(self, cell: Cell, quick: bool) -> bool:
        if quick and (cell.latency_ms or cell.workload not in QUICK):
            return False
        if quick and cell.n > (10 if self.sizes is SLOW else QUICK[cell.workload]):
            return False
        return cell.n in self.sizes.get(cell.latency_ms, ()) and cell.workload in self.workloads


def playbook(name: str, **variables: Any) -> tuple[str, ...]:
    path = name if "." in name else str(HERE / "playbooks" / f"{name}.yml")
    extra = ("-e", "@variables.json", "-e", json.dumps(variables))
    # An empty playbook does without variables too: what it takes to load them is part of every approach.
    return ("ansible-playbook", *HOST, *(extra if name != "empty" else ()), path)


def inventory(source: str) -> tuple[str, ...]:
    return ("ansible-inventory", "--output", str(OUTPUT), "-i", source)


def script(library: str, threads: int) -> tuple[str, ...]:
    return ("python", str(HERE / "bare.py"), "variables.json", library, str(threads))


HOST = ("-i", "localhost,", "-c", "local")
IN_PROCESS = "plugins/action/*.py"
SET = "plugins/modules/netography_response_integrations.py"
ROLE = "playbooks/bootstrap.yml"
OUT = {"saas_integrations_in_process": False}

APPROACHES = (
    Approach(
        *("empty", "empty playbook", "baseline", playbook("empty")),
        sizes={0: (*SIZES, BOOTSTRAP), 50: SIZES},
        workloads=(*WORKLOADS, "bootstrap"),
        asks=False,
    ),
    Approach(
        *("debug-loop", "debug loop", "baseline", playbook("debug_loop")),
        sizes={0: SIZES},
        workloads=("same",),
        asks=False,
    ),
    Approach("uri", "uri, one list", "usual", playbook("uri"), sizes=UP_TO_100),
    Approach("uri-each", "uri, GET per item", "usual", playbook("uri_each"), sizes=SLOW),
    Approach("module-loop", "module loop", "collection", playbook("loop", **OUT), sizes=SLOW),
    Approach("in-process-loop", "in-process loop", "collection", playbook("loop"), needs=IN_PROCESS),
    Approach("set-1", "set task, 1 worker", "collection", playbook("set", bench_workers=1), needs=SET),
    Approach("set-8", "set task, 8 workers", "collection", playbook("set", bench_workers=8), needs=SET),
    Approach("requests", "bare requests", "floor", script("requests", 1), sizes=SERIAL),
    Approach("http-1", "bare http.client", "floor", script("http.client", 1), sizes=SERIAL),
    Approach("http-8", "bare http.client, 8 threads", "floor", script("http.client", 8)),
    # The price of one task: the same requests, made by uri and by the module. Unchanged, that is one GET by each.
    Approach("one-uri", "one integration, uri", "usual", playbook("one_uri"), ONE, ("create", "same")),
    Approach(
        "one-module", "one integration, module", "collection", playbook("one_module", **OUT), ONE, ("create", "same")
    ),
    Approach(
        *("bootstrap", "bootstrap, four services", "collection", playbook("saas.integrations.bootstrap")),
        *({0: (BOOTSTRAP,)}, ("bootstrap",)),
        needs=ROLE,
    ),
    # The script prints what the plugin has made of the same list; the others list what the service has.
    Approach("script", "inventory script", "usual", inventory("script.sh"), **INVENTORY, asks=False),
    Approach("inventory-cold", "inventory, no cache", "collection", inventory("cold.pagertree.yml"), **INVENTORY),
    Approach(
        *("inventory-warm", "inventory, warm cache", "collection", inventory("warm.pagertree.yml")),
        **INVENTORY,
        asks=False,
    ),
    # What the collection's plugin is compared with: the same list in the way of Ansible's developer guide, and so with
    # one of the two things that make the collection's faster.
    Approach("guide", "plugin as in the guide", "usual", inventory("guide.pagertree.yml"), **INVENTORY),
    Approach("guide-at-once", "... variables at once", "usual", inventory("guide_at_once.pagertree.yml"), **INVENTORY),
    Approach("guide-plain-keys", "... plain keys", "usual", inventory("guide_plain_keys.pagertree.yml"), **INVENTORY),
)

CELLS = [
    *(Cell(workload, 1, 0) for workload in ("create", "same")),
    *(Cell(workload, n, latency_ms) for latency_ms in (0, 50) for n in SIZES for workload in WORKLOADS),
    Cell("bootstrap", BOOTSTRAP, 0),
    *(Cell(workload, n, 0) for n in HOSTS for workload in PRINTED),
]


def wanted(service: str, cell: Cell) -> list[dict[str, Any]]:
    """What is desired, as options of the modules."""
    return [SERVICES[service](number)[0] for number in range(cell.n)]


def stored(service: str, cell: Cell) -> list[dict[str, Any]]:
    """The same as the service has it."""
    return [SERVICES[service](number)[1] for number in range(cell.n)]


def seed(service: str, cell: Cell) -> list[dict[str, Any]]:
    """What the service has before a run."""
    objects = [] if cell.workload == "create" else stored(service, cell)
    if cell.workload == "drift":
        for drifted in objects[: cell.drifted]:
            drifted["description"] = "Changed by hand"
    return objects


class Sandbox:
    def __init__(self, url: str) -> None:
        self._url = url
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def control(self, method: str, path: str, body: Any = None) -> Any:
        content = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self._url}/_control/{path}", content, method=method)
        with self._opener.open(request, timeout=60) as reply:
            return json.load(reply)

    def prepare(self, cell: Cell) -> None:
        self.control("POST", "reset", {})
        for service in cell.services:
            self.control("POST", "state", {"service": service, "objects": seed(service, cell)})
            self.control("PATCH", "switches", {service: {"latency_ms": cell.latency_ms}})

    def has(self, service: str, objects: list[dict[str, Any]]) -> bool:
        """Whether the service has these, whatever else it says about them, and no others."""
        listed = self.control("GET", f"state?service={service}")["objects"]
        names = objects[0] if objects else ()
        found = [{name: item.get(name) for name in names} for item in listed]
        return sorted(map(json.dumps, found)) == sorted(map(json.dumps, objects))

    def log(self) -> list[dict[str, Any]]:
        return self.control("GET", "log")["log"]


class Bench:
    def __init__(self, venv: Path, sandbox: Sandbox, variables: dict[str, str]) -> None:
        self._bin = venv / "bin"
        self._sandbox = sandbox
        self._env = toolbox.environment(venv) | variables
        # No settings but Ansible's own, neither the user's nor those of the folder.
        (WORK / "ansible.cfg").write_text("", encoding="utf-8")
        self._env.update(ANSIBLE_CONFIG=str(WORK / "ansible.cfg"), ANSIBLE_NOCOLOR="true")
        self._env.update(ANSIBLE_INVENTORY_PLUGINS=str(HERE / "plugins"))
        inventories.write_sources(WORK)
        self._filled = 0

    def run(self, approach: Approach, cell: Cell) -> Run:
        """Measure one run; raises Failure if it did not do what it was to do."""
        variables = {f"{service}_integrations": wanted(service, cell) for service in cell.services}
        variables["ansible_python_interpreter"] = "{{ ansible_playbook_python }}"
        (WORK / "variables.json").write_text(json.dumps(variables), encoding="utf-8")
        self._sandbox.prepare(cell)
        if cell.prints:
            self._fill(cell)
        measured = self._measure(approach.command, cell)

        log = self._sandbox.log()
        asked, writes = {entry["service"] for entry in log}, sum(entry["method"] != "GET" for entry in log)
        if asked != (set(cell.services) if approach.asks else set()):
            raise Failure(f"it asked {', '.join(sorted(asked)) or 'no service'}")
        if writes != (cell.writes if approach.asks else 0):
            raise Failure(f"{writes} writing requests instead of {cell.writes}")
        for service in cell.services:
            if not self._sandbox.has(service, (stored if approach.asks else seed)(service, cell)):
                raise Failure(f"{service} is not as desired after the run")
        if cell.prints:
            output, printed = (path.read_text(encoding="utf-8") for path in (OUTPUT, WORK / inventories.DATA))
            inventories.check(output, cell.n, printed)
        return Run(**measured, requests=len(log), connections=len({entry["connection"] for entry in log}))

    def _measure(self, command: tuple[str, ...], cell: Cell) -> dict[str, Any]:
        program, *arguments = command
        if cell.prints:
            arguments.append(f"--{cell.workload}")
        result = WORK / "run.json"
        measure = [self._bin / "python", "-I", "-S", HERE / "measure.py", result]
        toolbox.run([*measure, self._bin / program, *arguments], LOG, timeout=LIMIT, cwd=WORK, env=self._env)
        return json.loads(result.read_text(encoding="utf-8"))

    def _fill(self, cell: Cell) -> None:
        """Fill the cache, and have the script print the same. Once, as the list is the same in all runs."""
        if self._filled == cell.n:
            return
        shutil.rmtree(WORK / "cache", ignore_errors=True)
        self._measure(inventory("warm.pagertree.yml"), cell._replace(workload="list"))
        OUTPUT.replace(WORK / inventories.DATA)
        self._sandbox.control("DELETE", "log")
        self._filled = cell.n


def measure(bench: Bench, approaches: list[Approach], rounds: int, quick: bool) -> tuple[Results, dict[str, str]]:
    """Run everything in turn; also says why which approaches failed. A failed one is not tried again."""
    results, failed = Results(), {}

    def run(approach: Approach, cell: Cell) -> Run | None:
        try:
            return bench.run(approach, cell)
        except (Failure, OSError, ValueError) as error:
            failed[approach.name] = f"{cell}: {error}"
            print(f"{toolbox.tail(LOG, 20)}\nFAILED {approach.name}, {cell}: {error}", flush=True)
            return None

    print("== Once each, not measured: Python compiles what it has not seen yet", flush=True)
    for approach in approaches:
        run(approach, Cell(approach.workloads[0], 1, 0))
    for cell in CELLS:
        chosen = [approach for approach in approaches if approach.takes(cell, quick)]
        # The empty playbook alone says nothing.
        if all(approach.name in failed or approach.name == "empty" for approach in chosen):
            continue
        print(f"\n== {cell}", flush=True)
        for _round in range(max(rounds, ROUNDS_OF_ONE if cell.n == 1 else 1)):
            for approach in chosen:
                runs = results.setdefault((approach.name, cell), [])
                if approach.name not in failed and sum(each.seconds for each in runs) < LONG:
                    if measured := run(approach, cell):
                        runs.append(measured)
        print(block(results, cell, {approach.name: approach.title for approach in chosen}), flush=True)
    return results, failed


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure the collection against what there is without it.")
    parser.add_argument("--quick", action="store_true", help="small sizes, no latency, one round: about 4 minutes")
    parser.add_argument("--rounds", type=int, help="how often each approach is run: 3, or 1 with --quick")
    names = [approach.name for approach in APPROACHES]
    parser.add_argument("--only", action="append", choices=names, metavar="NAME", help=", ".join(names))
    options = parser.parse_args()
    rounds = options.rounds or (1 if options.quick else 3)

    chosen = [each for each in APPROACHES if not options.only or each.name in ["empty", *options.only]]
    skipped = {each.name: f"no {each.needs}" for each in chosen if each.needs and not list(ROOT.glob(each.needs))}
    approaches = [each for each in chosen if each.name not in skipped]

    start = time.monotonic()
    with toolbox.command(LOG, "The benchmark failed"):
        WORK.mkdir(exist_ok=True)
        venv = toolbox.make_tools(LOG)
        toolbox.stage()
        about = {**versions(venv), "rounds": rounds, "quick": options.quick}
        print(" · ".join(f"{name} {value}" for name, value in about.items()))
        for name, reason in skipped.items():
            print(f"skipped: {name}, {reason}")
        with toolbox.sandbox(venv, LOG) as (url, variables):
            results, failed = measure(Bench(venv, Sandbox(url), variables), approaches, rounds, options.quick)

    targets = judge(results)
    print("\n== Targets", *(target.line() for target in targets), sep="\n")
    report = {
        "about": about,
        "skipped": skipped,
        "failed": failed,
        "measurements": results.plain(),
        "targets": [target.plain() for target in targets],
    }
    (WORK / "bench.json").write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    (WORK / "bench.svg").write_text(chart(results, {each.name: each for each in approaches}), encoding="utf-8")
    for name, reason in [*skipped.items(), *failed.items()]:
        print(f"{'FAILED' if name in failed else 'skipped'}: {name}, {reason}")
    files = " and ".join(str((WORK / name).relative_to(ROOT)) for name in ("bench.json", "bench.svg"))
    print(f"\n{time.monotonic() - start:.0f} s. Written: {files}")
    return int(bool(failed))


def versions(venv: Path) -> dict[str, Any]:
    ask = "from importlib.metadata import version; print(version('ansible-core'), version('requests'))"
    command = [str(venv / "bin" / "python"), "-c", ask]
    ansible, requests = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.split()
    return {
        "ansible-core": ansible,
        "requests": requests,
        "Python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "cores": os.cpu_count(),
    }


if __name__ == "__main__":
    sys.exit(main())
