# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Build the artifact into dist/, install it where nothing else is, run the README's playbooks with it."""

from __future__ import annotations

import hashlib
import json
import re
import tarfile
from pathlib import Path

import toolbox
from toolbox import BUILD, LOGS, ROOT, RUN_TIME, SANDBOX, Failure, run

FOLDER = BUILD / "dist"


def dist(log: Path) -> str:
    venv = toolbox.make_venv("dist-venv", ["ansible-core>=2.18", RUN_TIME], log)
    artifact = toolbox.build_artifact(venv, ROOT / "dist", log)
    env = toolbox.install_artifact(venv, artifact, FOLDER, log)
    other = toolbox.make_venv("demo-venv", ["ansible-core>=2.18", RUN_TIME, SANDBOX], log)
    with toolbox.sandbox(other, log) as (_url, variables):
        env.update(variables)
        readme = (FOLDER / "collections" / toolbox.COLLECTION / "README.md").read_text(encoding="utf-8")
        playbooks = shown(readme, env)
        if not playbooks:
            raise Failure("the README shows no playbook")
        for playbook in playbooks:
            for _time in range(2):
                run([venv / "bin" / "ansible-playbook", playbook], log, env=env)
            if not re.search(r"ok=\d+ +changed=0 ", toolbox.tail(log, 5)):
                raise Failure("what the README shows is not idempotent")
    with tarfile.open(artifact) as archive:
        files = sum(member.isfile() for member in archive)
    content = artifact.read_bytes()
    name = artifact.relative_to(ROOT)
    return f"{name}: {len(content)} bytes, {files} files, sha256 {hashlib.sha256(content).hexdigest()}"


def shown(readme: str, env: dict[str, str]) -> list[Path]:
    """The playbooks of the README, made for the sandbox: its address, its credentials."""
    known = {name.replace("CONFLUENT_CLOUD", "CONFLUENT").lower(): value for name, value in env.items()}
    paths = []
    for number, text in enumerate(re.findall(r"```yaml\n(- [^`]*hosts:[^`]*)```", readme)):
        names = set(re.findall(r"\bvault_(\w+)", text))
        secrets = {f"vault_{name}": known.get(name, f"https://hooks.example.com/{name}") for name in names}
        text = text.replace("https://chat.example.com", env["ROCKETCHAT_URL"])
        paths.append(FOLDER / f"playbook-{number}.yml")
        paths[-1].write_text(text.replace("  tasks:", f"  vars: {json.dumps(secrets)}\n  tasks:"), encoding="utf-8")
    return paths


def main() -> None:
    log = LOGS / "dist.log"
    with toolbox.command(log, "No artifact"):
        print(dist(log))


if __name__ == "__main__":
    main()
