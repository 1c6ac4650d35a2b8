# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A sandbox for each test process, and modules run both ways in which Ansible runs them: arguments in, JSON out."""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import requests
from ansible.module_utils import basic
from ansible.module_utils.common import warnings
from cases import CASES

ROOT = Path(__file__).parents[2]
PLUGINS = "ansible_collections.saas.integrations.plugins"
PLUGIN_FILES = importlib.import_module(PLUGINS).__path__[0]


class Sandbox:
    """The program in tests/sandbox and its control endpoints."""

    def __init__(self, started: dict[str, Any]) -> None:
        self.url = started["url"]
        self.env = started["env"]
        self.netosecret = started["netosecret"]
        self._session = requests.Session()

    def control(self, method: str, path: str, **arguments: Any) -> Any:
        reply = self._session.request(method, f"{self.url}/_control/{path}", timeout=10, **arguments)
        assert reply.ok, reply.text
        return reply.json()

    def switch(self, service: str, **values: Any) -> None:
        self.control("PATCH", "switches", json={service: values})

    def fault(self, service: str, fault: str, **parameters: Any) -> None:
        self.control("POST", "faults", json={"service": service, "fault": fault, **parameters})

    def log(self) -> list[dict[str, Any]]:
        """The requests since the last call."""
        log = self.control("GET", "log")["log"]
        self.control("DELETE", "log")
        return log

    def objects(self, service: str) -> list[dict[str, Any]]:
        return self.control("GET", "state", params={"service": service})["objects"]

    def add(self, service: str, *objects: dict[str, Any]) -> None:
        self.control("POST", "state", json={"service": service, "objects": objects})


@pytest.fixture(scope="session")
def process():
    command = [sys.executable, str(ROOT / "tests" / "sandbox"), "--port", "0", "--stdin", "--validate"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        yield Sandbox(json.loads(child.stdout.readline()))
        child.terminate()


@pytest.fixture
def sandbox(process, monkeypatch):
    """A fresh sandbox; the test fails if a module sent what the service's contract does not allow."""
    process.control("POST", "reset", json={})
    for case in CASES:
        process.switch(case.service, **case.switches)
    for name, value in process.env.items():
        monkeypatch.setenv(name, value)
    yield process
    assert process.control("GET", "violations")["violations"] == []


def as_module(module: str, args: dict[str, Any], check: bool, diff: bool, monkeypatch: Any) -> str:
    """What a module prints, as Ansible starts it."""
    args = {**args, "_ansible_check_mode": check, "_ansible_diff": diff}
    monkeypatch.setattr(basic, "_ANSIBLE_ARGS", json.dumps({"ANSIBLE_MODULE_ARGS": args}).encode())
    # Since ansible-core 2.19 the serialization of the arguments has a name, which the module wrapper sets.
    monkeypatch.setattr(basic, "_ANSIBLE_PROFILE", "legacy", raising=False)
    with contextlib.suppress(ImportError):  # no such thing before ansible-core 2.19
        internal = importlib.import_module("ansible.module_utils._internal")
        # A process that also runs action plugins holds itself for a controller, which shows warnings at once.
        monkeypatch.setattr(internal, "is_controller", False, raising=False)
    # Kept for the life of a process, which for Ansible is one run.
    warnings._global_warnings.clear()
    output = io.StringIO()
    with contextlib.redirect_stdout(output), contextlib.suppress(SystemExit):
        importlib.import_module(f"{PLUGINS}.modules.{module}").TASK.main()
    return output.getvalue()


def in_worker(module: str, args: dict[str, Any], check: bool, diff: bool, monkeypatch: Any) -> str:
    """What the module's action plugin returns, as a task's worker process calls it."""
    task = SimpleNamespace(
        action=f"saas.integrations.{module}",
        args=args,
        async_val=0,
        check_mode=check,
        delegate_to=None,
        diff=diff,
        environment=[{}],
        _uuid=object(),
    )
    connection = SimpleNamespace(transport="local", become=None)
    templar = SimpleNamespace(template=lambda value: value)
    plugin = importlib.import_module(f"{PLUGINS}.action.{module}").ActionModule
    action = plugin(task, connection, play_context=None, loader=None, templar=templar, shared_loader_obj=None)
    return json.dumps(action.run(task_vars={"inventory_hostname": "localhost"}), ensure_ascii=False)


@pytest.fixture(params=[as_module, in_worker], ids=["module", "worker"])
def call(request, sandbox, monkeypatch):
    """Run a module's task in this process; returns its result, with its whole output under ``_output``."""

    def run(module: str, args: dict[str, Any], check: bool = False, diff: bool = True) -> dict[str, Any]:
        output = request.param(module, args, check, diff, monkeypatch)
        return {**json.loads(output), "_output": output}

    return run


@pytest.fixture
def converge(sandbox, call):
    """Bring an integration to a state, and prove on the way what holds for every run.

    Check mode writes nothing and says the same; the real run does what was said; once more changes nothing.
    """

    def run(case: Any, args: dict[str, Any], action: str, **more: Any) -> dict[str, Any]:
        module, args = case.manage, {**args, **more}
        sandbox.log()
        before = sandbox.objects(case.service)
        told = call(module, args, check=True)
        assert not told.get("failed"), told
        assert [entry for entry in sandbox.log() if entry["method"] != "GET"] == []
        assert sandbox.objects(case.service) == before
        done = call(module, args)
        assert not done.get("failed"), done
        writes = [entry for entry in sandbox.log() if entry["method"] != "GET"]
        assert len(writes) == (action != "none"), writes
        for key in ("action", "changed", "changes"):
            assert told[key] == done[key], key
        assert done["action"] == action, done
        assert done["changed"] == (action != "none")
        again = call(module, args)
        assert (again["action"], again["changed"], again["changes"]) == ("none", False, []), again
        asked = [(entry["method"], entry["path"], str(entry["query"])) for entry in sandbox.log()]
        assert {method for method, _path, _query in asked} == {"GET"}
        assert len(set(asked)) == len(asked) <= 1 + case.lookups(args), asked
        assert not [result["warnings"] for result in (told, done, again) if result.get("warnings")]
        return done

    return run


class Playbooks:
    """Playbooks as users run them, against the sandbox."""

    def __init__(self, sandbox: Sandbox, folder: Path) -> None:
        self.sandbox, self.folder = sandbox, folder
        self.env = {
            **{name: value for name, value in os.environ.items() if not name.startswith("ANSIBLE_")},
            **sandbox.env,
            "ANSIBLE_COLLECTIONS_PATH": str(Path(PLUGIN_FILES).parents[3]),
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
            "ANSIBLE_HOME": str(folder / "home"),
            "ANSIBLE_NOCOLOR": "true",
        }

    def run(self, plays: list[dict[str, Any]], *arguments: str, status: int = 0, **env: str) -> str:
        """Run plays; returns all that was printed."""
        playbook = self.folder / "playbook.yml"
        playbook.write_text(json.dumps(plays), encoding="utf-8")
        done = subprocess.run(
            [str(Path(sys.executable).with_name("ansible-playbook")), str(playbook), *arguments],
            env={**self.env, **env},
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == status, done.stdout
        return done.stdout

    def results(self, tasks: list[dict[str, Any]], *arguments: str, **play: Any) -> dict[str, Any]:
        """Run tasks on localhost; returns what they registered as ``result_*``."""
        target = self.folder / "results.json"
        names = [task["register"] for task in tasks if task.get("register", "").startswith("result_")]
        content = "{{ {" + ", ".join(f"'{name}': {name}" for name in names) + "} | to_json }}"
        show = {"ansible.builtin.copy": {"dest": str(target), "content": content}, "check_mode": False}
        self.run([{"hosts": "localhost", "gather_facts": False, "tasks": [*tasks, show], **play}], *arguments)
        return json.loads(target.read_text(encoding="utf-8"))


@pytest.fixture
def playbooks(sandbox, tmp_path):
    return Playbooks(sandbox, tmp_path)
