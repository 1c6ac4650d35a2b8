# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A sandbox for each test process, and playbooks that run against it."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import requests
from cases import CASES
from programs import COLLECTION, execute

ROOT = Path(__file__).parents[1]


class Sandbox:
    """The program in tests/sandbox and its control endpoints."""

    def __init__(self, started: dict[str, Any]) -> None:
        self.url = started["url"]
        self.env = started["env"]
        self.netosecret = started["netosecret"]
        self._session = requests.Session()
        self._session.trust_env = False

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
    # Whether the sandbox's lines are covered is of no interest, and to watch them takes time.
    env = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
    with subprocess.Popen(command, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
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


class Playbooks:
    """Playbooks as users run them, against the sandbox."""

    def __init__(self, sandbox: Sandbox, folder: Path) -> None:
        self.sandbox, self.folder = sandbox, folder
        self.env = {
            **{name: value for name, value in os.environ.items() if not name.startswith("ANSIBLE_")},
            **sandbox.env,
            "ANSIBLE_COLLECTIONS_PATH": str(COLLECTION.parents[2]),
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
            "ANSIBLE_HOME": str(folder / "home"),
            "ANSIBLE_REMOTE_TMP": str(folder / "home" / "tmp"),
            "ANSIBLE_ASYNC_DIR": str(folder / "home" / "async"),
            "ANSIBLE_NOCOLOR": "true",
        }

    def run(self, plays: list[dict[str, Any]], *arguments: str, status: int = 0, **env: str) -> str:
        """Run plays; returns all that was printed."""
        playbook = self.folder / "playbook.yml"
        playbook.write_text(json.dumps(plays), encoding="utf-8")
        env = {**self.env, **env}
        return execute("ansible-playbook", playbook, *arguments, status=status, env=env, cwd=self.folder).stdout

    def results(self, tasks: list[dict[str, Any]], *arguments: str, **play: Any) -> dict[str, Any]:
        """Run tasks on localhost; returns what they registered as ``result_*``."""
        target = self.folder / "results.json"
        names = [task["register"] for task in tasks if task.get("register", "").startswith("result_")]
        content = "{{ {" + ", ".join(f"'{name}': {name}" for name in names) + "} | to_json }}"
        show = {"ansible.builtin.copy": {"dest": str(target), "content": content}, "check_mode": False}
        self.run([{"hosts": "localhost", "gather_facts": False, "tasks": [*tasks, show], **play}], *arguments)
        return json.loads(target.read_text(encoding="utf-8"))

    def inventory(self, source: Path | str, *arguments: str, **env: str) -> tuple[str, str]:
        """List an inventory as JSON; returns it and all that was said."""
        options = {"env": {**self.env, **env}, "cwd": self.folder, "stderr": subprocess.PIPE}
        done = execute("ansible-inventory", "--list", "-i", source, *arguments, **options)
        return done.stdout, done.stderr


@pytest.fixture
def unused_port():
    """A port on which nobody listens."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        yield unused.getsockname()[1]


@pytest.fixture
def playbooks(sandbox, tmp_path):
    return Playbooks(sandbox, tmp_path)
