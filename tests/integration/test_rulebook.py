# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rulebook of extensions/eda at work: a drift report comes in, and the services become what is described."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import threading

import pytest
import requests
from cases import CASES
from integration.runner import Job, environment, inventory
from programs import BIN
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

CASE = CASES[0]
WANTED = {f"{CASE.service}_integrations": [CASE.sample(CASE.kinds[0], required_only=True)]}
PROGRAM = BIN / "ansible-rulebook"
PATIENCE = 120  # seconds until whatever is waited for counts as failed


class Rulebook:
    """The rulebook, waiting for reports."""

    def __init__(self, child: subprocess.Popen, url: str) -> None:
        self.child, self.url = child, url
        # It does not tell when it listens.
        patience = Retry(total=None, connect=PATIENCE * 4, backoff_factor=0.25, backoff_max=0.25, allowed_methods=None)
        self.session = requests.Session()
        self.session.mount("http://", HTTPAdapter(max_retries=patience))

    def send(self, report: dict, token: str | None) -> int:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return self.session.post(self.url, json=report, headers=headers, timeout=PATIENCE).status_code

    def output(self, end: str) -> str:
        """What it says until a line that begins like this."""
        lines = []
        for line in self.child.stdout:
            lines.append(line)
            if line.startswith(end):
                break
        else:
            raise AssertionError("".join(lines))
        return "".join(lines)


@pytest.fixture
def rulebook(sandbox, tmp_path):
    # Without a Java that it can use, it does not even tell its version.
    if not PROGRAM.exists() or subprocess.run([PROGRAM, "--version"], capture_output=True, check=False).returncode:
        pytest.skip("needs ansible-rulebook and Java")
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    variables, hosts = tmp_path / "webhook.yml", tmp_path / "fleet.yml"
    variables.write_text(json.dumps({"drift_webhook_port": port, "drift_webhook_token": "right"}), encoding="utf-8")
    hosts.write_text(json.dumps({"all": {"vars": WANTED}}), encoding="utf-8")
    command = [PROGRAM, "--rulebook", "saas.integrations.converge_on_drift", "-i", hosts, "--vars", variables]
    env = {**environment(tmp_path), **sandbox.env, "ANSIBLE_INVENTORY_UNPARSED_FAILED": "false"}
    env["TMPDIR"] = str(tmp_path)
    with subprocess.Popen(
        command,
        env=env,
        cwd=tmp_path,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as child:
        end = threading.Timer(PATIENCE, os.killpg, (child.pid, signal.SIGKILL))
        end.start()
        yield Rulebook(child, f"http://127.0.0.1:{port}/")
        end.cancel()
        os.killpg(child.pid, signal.SIGKILL)


def test_a_report_of_drift_brings_back_what_is_described(rulebook, sandbox, tmp_path):
    def report(name: str) -> dict:
        """A report, made as users make it."""
        folder = tmp_path / name
        folder.mkdir()
        extra_vars = {**WANTED, "drift_dir": str(folder)}
        Job(folder, "playbooks/drift.yml", inventory({}), extra_vars=extra_vars, **sandbox.env).run()
        return json.loads((folder / "drift.json").read_text(encoding="utf-8"))

    differs = report("before")
    assert differs["drift"] is True
    assert [rulebook.send(differs, token) for token in (None, "wrong")] == [401, 401]
    assert not sandbox.objects(CASE.service)
    assert rulebook.send(differs, "right") == 200
    rulebook.output(end="PLAY RECAP")
    assert [item["name"] for item in sandbox.objects(CASE.service)] == ["sample"]

    sandbox.log()
    same = {**differs, "drift": False}
    assert [rulebook.send(each, "right") for each in (same, same, same, differs)] == [200] * 4
    rulebook.output(end="PLAY RECAP")
    assert report("after")["drift"] is False
    # One list for the report in which something differs, and one for the new report.
    assert [entry["method"] for entry in sandbox.log()] == ["GET", "GET"]
