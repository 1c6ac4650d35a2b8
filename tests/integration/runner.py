# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Jobs as AWX and Automation Platform run them: with ansible-runner, in a folder that holds all that a job knows."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from programs import BIN, COLLECTION, execute


def inventory(
    hosts: dict[str, dict[str, Any]], variables: dict[str, Any] | None = None, number: int = 1, count: int = 1
) -> str:
    """The inventory of a job: a script that prints the hosts, or a sliced job's share of them, and the variables."""
    share = {name: hosts[name] for name in sorted(hosts)[number - 1 :: count]}
    data = {"all": {"hosts": list(share), "vars": variables or {}}, "_meta": {"hostvars": share}}
    return f"#!{sys.executable}\nprint({json.dumps(data)!r})\n"


def environment(home: Path) -> dict[str, str]:
    """What Ansible has from the controller itself: no credential is among it."""
    return {
        "PATH": os.pathsep.join([str(BIN), os.environ.get("PATH", os.defpath)]),
        "LC_ALL": "C.UTF-8",
        "HOME": str(home),
        "ANSIBLE_COLLECTIONS_PATH": str(COLLECTION.parents[2]),
        "ANSIBLE_INVENTORY_UNPARSED_FAILED": "true",
        "ANSIBLE_LOCALHOST_WARNING": "false",
        "ANSIBLE_NOCOLOR": "true",
    }


class Job:
    """One run of a playbook of the collection, whose repository is the job's project."""

    def __init__(
        self,
        folder: Path,
        playbook: str,
        hosts: str,
        *arguments: str,
        extra_vars: dict[str, Any] | None = None,
        **credentials: str,
    ) -> None:
        """
        :param hosts: the inventory, see above.
        :param extra_vars: the answers to the survey.
        :param credentials: the variables that the job gets from its credentials.
        """
        self.folder, self.playbook = folder, playbook
        self.artifacts = folder / "artifacts" / "job"
        for name, content, mode in (
            ("env/envvars", json.dumps(credentials), 0o600),
            ("env/extravars", json.dumps(extra_vars or {}), 0o600),
            ("env/cmdline", " ".join(arguments), 0o600),
            ("inventory/hosts", hosts, 0o700),
        ):
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
            path.chmod(mode)

    def run(self, status: int = 0) -> Job:
        options = ("--quiet", "--ident", "job", "--project-dir", COLLECTION, "--playbook", self.playbook)
        try:
            execute("ansible-runner", "run", *options, self.folder, status=status, env=environment(self.folder))
        except AssertionError as error:
            raise AssertionError(f"{error}{self.output}") from None
        return self

    @property
    def output(self) -> str:
        """What Ansible printed, as the controller shows it."""
        path = self.artifacts / "stdout"
        return path.read_text(encoding="utf-8") if path.exists() else ""

    @property
    def results(self) -> dict[str, dict[str, Any]]:
        """What the controller keeps of each task: its result."""
        events = [json.loads(path.read_text(encoding="utf-8")) for path in self.artifacts.glob("job_events/*.json")]
        data = [event["event_data"] for event in events if event["event"] in ("runner_on_ok", "runner_on_failed")]
        return {each["task"]: each["res"] for each in data}
