# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The code blocks of the documentation, and a reader who does what they say."""

from __future__ import annotations

import base64
import json
import re
import shlex
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from cases import CASES
from conftest import Playbooks
from programs import COLLECTION, execute

DIRECTIVE = re.compile(
    r"^(?P<shown>\.\. shown-only\n\n)?\.\. code-block:: (?P<language>\w+)\n(?:   :caption: (?P<caption>.+)\n)?\n"
    r"(?P<text>(?:   .*\n|\n(?=\n*   ))+)",
    re.MULTILINE,
)
FENCE = re.compile(
    r"^(?:<!-- (?:(?P<shown>shown only)|(?P<caption>\S+)) -->\n)?```(?P<language>\w+)\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
VARIABLES = {name for case in CASES for option in case.client.options.values() for name in option["fallback"][1]}


@dataclass(frozen=True)
class Block:
    """A code block: a file if it has a caption, else what somebody types or sees."""

    place: str
    language: str
    text: str
    caption: str | None
    shown_only: bool


def blocks(path: Path) -> Iterator[Block]:
    """The code blocks of a page, all of them."""
    page = path.read_text(encoding="utf-8")
    pattern, start = (DIRECTIVE, r"code-block::|^[^.\n].*::$") if path.suffix == ".rst" else (FENCE, r"^```\w")
    found = list(pattern.finditer(page))
    assert len(found) == len(re.findall(start, page, re.MULTILINE)), f"{path.name} has blocks that are not understood"
    for match in found:
        place = f"{path.name}:{page.count(chr(10), 0, match.start('text'))}"
        text = textwrap.dedent(match["text"])
        yield Block(place, match["language"], text, match["caption"], bool(match["shown"]))


def supplied(text: str, known: dict[str, str]) -> dict[str, str]:
    """A value for every secret that is taken from a vault: one that is known by its name, or any."""
    values = {}
    for name in set(re.findall(r"\bvault_\w+", text)):
        invented = f"https://hooks.example.com/{name}" if name.endswith("_url") else f"secret-{name}"
        values[name] = known.get(name.removeprefix("vault_"), invented)
    return values


class Reader:
    """Somebody who follows a page from top to bottom, with the sandbox in the place of the services."""

    def __init__(self, playbooks: Playbooks, page: list[Block]) -> None:
        self.sandbox, self.folder = playbooks.sandbox, playbooks.folder
        self.commands = "".join(block.text for block in page if block.language == "console")
        self.output = ""
        self.left: list[str] = []
        password = self.folder / "password"
        password.write_text("of the vault", encoding="utf-8")
        password.chmod(0o600)
        self.env = {
            **playbooks.env,
            "ANSIBLE_VAULT_PASSWORD_FILE": str(password),
            "HOME": str(self.folder),
            "NETOSECRET": self.sandbox.netosecret,
        }
        key = json.loads(base64.b64decode(self.sandbox.netosecret))
        known = {name.lower().replace("confluent_cloud_", "confluent_"): value for name, value in self.env.items()}
        known.update({f"netography_{name}": value for name, value in key.items()})
        self.write("vault.yml", json.dumps(supplied("".join(block.text for block in page), known)))

    def write(self, name: str, text: str) -> Path:
        """Save a file, with the sandbox's addresses."""
        addresses = {
            "https://chat.example.com": self.sandbox.env["ROCKETCHAT_URL"],
            "https://api.netography.com": self.sandbox.env["NETOGRAPHY_API_URL"],
            "http://127.0.0.1:8000": self.sandbox.url,
        }
        for there, here in addresses.items():
            text = text.replace(there, here)
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def follow(self, page: list[Block]) -> None:
        """Do what the blocks say, and at the end what the page says of no playbook but holds for all."""
        do = {"yaml": self.save, "console": self.type, "text": self.compare}
        for block in page:
            if not block.shown_only:
                try:
                    do[block.language](block)
                except (AssertionError, KeyError) as error:
                    raise AssertionError(f"{block.place}: {block.text}\n{error}") from None
        for playbook in self.left:
            self.converge(playbook)

    def save(self, block: Block) -> None:
        assert block.caption, "what is the file named?"
        path, content = self.write(block.caption, block.text), yaml.safe_load(block.text)
        used = block.caption in self.commands
        if isinstance(content, dict) and "plugin" in content:
            self.inventory(path, content["plugin"])
        elif isinstance(content, dict) or content[0]["hosts"] != "localhost":
            assert used, "a file of variables, or a playbook for an inventory, is of use only with a command"
        elif used:
            self.left.append(block.caption)
        else:
            self.converge(block.caption)

    def type(self, block: Block) -> None:
        for line in block.text.splitlines():
            program, *arguments = shlex.split(line.replace("$PWD", str(self.folder)), comments=True)
            if program in ("ansible-doc", "ansible-inventory", "ansible-playbook", "ansible-vault"):
                self.run(program, *arguments)
            else:
                {"ansible-galaxy": self.install, "export": self.export, "make": self.make, "python": self.pip}[program](
                    *arguments
                )

    def compare(self, block: Block) -> None:
        for line in block.text.splitlines():
            assert line in self.output, f"{line!r} is not in {self.output}"

    # -- files --------------------------------------------------------------------------------------------------

    def converge(self, playbook: str) -> None:
        """What a playbook says in check mode writes nothing; after it has run, nothing is left to do."""
        self.run("ansible-playbook", playbook, "--check", "--diff")
        self.run("ansible-playbook", playbook)
        again = self.run("ansible-playbook", playbook)
        assert set(re.findall(r"changed=(\d+)", again)) == {"0"}, again

    def inventory(self, path: Path, plugin: str) -> None:
        [case] = [case for case in CASES if plugin == f"saas.integrations.{case.manage_set}"]
        listed = self.run("ansible-inventory", "--list", "-i", str(path))
        assert f'"{case.service}"' in listed and "integrations: " not in listed, listed

    # -- commands -----------------------------------------------------------------------------------------------

    def run(self, program: str, *arguments: str) -> str:
        """Run a program of Ansible; returns all that was printed."""
        vault = ["--extra-vars", "@vault.yml"] if program == "ansible-playbook" else []
        self.sandbox.log()
        self.output = execute(program, *arguments, *vault, env=self.env, cwd=self.folder).stdout
        assert "secret-vault" not in self.output and "hooks.example.com/vault" not in self.output, self.output
        if "--check" in arguments:
            assert [entry for entry in self.sandbox.log() if entry["method"] != "GET" and writes(entry)] == []
        return self.output

    def install(self, *arguments: str) -> None:
        *command, what = arguments
        names = [what]
        if command == ["collection", "install", "-r"]:
            listed = yaml.safe_load((self.folder / what).read_text(encoding="utf-8"))
            names = [collection["name"] for collection in listed["collections"]]
        else:
            assert command == ["collection", "install"]
        galaxy = yaml.safe_load((COLLECTION / "galaxy.yml").read_text(encoding="utf-8"))
        assert names == [f"{galaxy['namespace']}.{galaxy['name']}"]

    def export(self, assignment: str) -> None:
        assert assignment.partition("=")[0] in VARIABLES

    def make(self, target: str) -> None:
        makefile = (COLLECTION / "Makefile").read_text(encoding="utf-8")
        assert re.search(rf"^{re.escape(target)}:", makefile, re.MULTILINE)

    def pip(self, *arguments: str) -> None:
        *command, what = arguments
        if command == ["-m", "pip", "install", "-r"]:
            assert (COLLECTION / what).is_file()
        else:
            assert command == ["-m", "pip", "install"]
            assert what in (COLLECTION / "meta" / "ee-requirements.txt").read_text(encoding="utf-8").split()


def writes(entry: dict[str, Any]) -> bool:
    """Whether a request can change something: an exchange of credentials cannot."""
    return not entry["path"].endswith("/auth/token")
