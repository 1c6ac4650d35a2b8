# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The roles that apply and export integrations, in real playbooks."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from cases import CANARY, CASES, KINDS, SERVICES, plant

[CONFLUENT] = [case for case in CASES if case.service == "confluent"]

PLAYBOOK = {"import_playbook": "saas.integrations.bootstrap"}
# As users write it: then Ansible validates the role's arguments, which the playbook leaves to the modules.
PLAY = {"hosts": "localhost", "gather_facts": False, "roles": ["saas.integrations.bootstrap"]}
both = pytest.mark.parametrize("play", [PLAYBOOK, PLAY], ids=["playbook", "role"])
EXPORT = {"import_playbook": "saas.integrations.export"}


@pytest.fixture
def bootstrap(playbooks):
    """Run the role; returns what was printed and, for each service, what was said about it."""

    def run(
        *arguments: str,
        status: int = 0,
        play: dict[str, Any] | None = None,
        then: tuple[dict[str, Any], ...] = (),
        **variables: Any,
    ) -> tuple[str, dict[str, str]]:
        output = playbooks.run([{**(play or PLAYBOOK), "vars": variables}, *then], *arguments, status=status)
        shown = re.search(r'"msg": (\[\n.*?\n    \])', output, re.DOTALL)
        lines = json.loads(shown[1]) if shown else []
        return output, dict(line.split(": ", 1) for line in lines if ": " in line)

    return run


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "code"


@pytest.fixture
def export(playbooks, folder):
    """Run the role; returns what was printed."""

    def run(*arguments: str, status: int = 0, **variables: Any) -> str:
        play = {**EXPORT, "vars": {"export_dir": str(folder), **variables}}
        return playbooks.run([play], *arguments, status=status)

    return run


def wipe(sandbox, **switches):
    for case in CASES:
        sandbox.control("POST", "reset", json={"service": case.service})
        known = sandbox.control("GET", "switches")[case.service]
        chosen = {name: value for name, value in switches.items() if name in known}
        sandbox.switch(case.service, **{**case.switches, **chosen})


def writes(sandbox):
    return [entry for entry in sandbox.log() if entry["method"] != "GET"]


def wanted() -> dict[str, list[dict[str, Any]]]:
    """Two integrations of every kind of every service: with all fields, and with those that are needed."""
    found: dict[str, list[dict[str, Any]]] = {f"{service}_integrations": [] for service in SERVICES}
    for case, kind in KINDS:
        for what in ("all", "some"):
            entry = {**case.sample(kind, what == "some"), "name": f"{kind.name if kind else 'any'}: {what}"}
            found[f"{case.service}_integrations"].append(entry)
    return found


class Loader(yaml.SafeLoader):
    pass


Loader.add_constructor("!unsafe", lambda loader, node: f"unsafe: {node.value}")


def read(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """The exported variables, as they are written."""
    return {
        name: value
        for service in SERVICES
        for name, value in yaml.load((folder / f"{service}.yml").read_text(encoding="utf-8"), Loader).items()
    }


def secrets(written: Any, given: Any) -> dict[str, Any]:
    """What the variables that are referred to have to hold."""
    if isinstance(written, str):
        reference = re.fullmatch(r"{{ (vault_\w+) }}", written)
        return {reference[1]: given} if reference else {}
    if isinstance(written, list):
        pairs = list(zip(written, given, strict=True)) if any(map(has_reference, written)) else []
    elif isinstance(written, dict):
        # What nobody knows as harmless comes back as a secret.
        given = {**given, "secret_config": {**given.get("config", {}), **given.get("secret_config", {})}}
        pairs = [(item, given.get(name)) for name, item in written.items() if has_reference(item)]
    else:
        pairs = []
    return {name: value for item, own in pairs for name, value in secrets(item, own).items()}


def has_reference(value: Any) -> bool:
    return "{{ vault_" in json.dumps(value)


def fill_in(folder: Path, given: dict[str, list[dict[str, Any]]]) -> list[str]:
    """Give the secrets to an export; returns the arguments that load all of it."""
    arguments = []
    for service in SERVICES:
        name = f"{service}_integrations"
        entries = {entry["name"]: entry for entry in given[name]}
        known = {
            variable: value
            for entry in read(folder)[name]
            for variable, value in secrets(entry, entries[entry["name"]]).items()
        }
        listed = (folder / f"{service}_vault.yml.example").read_text(encoding="utf-8")
        assert re.findall(r"^# (vault_\w+):$", listed, re.MULTILINE) == list(known)
        vault = folder / f"{service}_vault.yml"
        vault.write_text(yaml.safe_dump(known), encoding="utf-8")
        arguments += ["-e", f"@{folder / service}.yml", "-e", f"@{vault}"]
    return arguments


@pytest.mark.parametrize("shown", ["clear", "mask", "omit"])
def test_what_is_exported_is_what_there_is(shown, bootstrap, sandbox, folder):
    wipe(sandbox, secrets=shown)
    given = wanted()
    sizes = {service: len(given[f"{service}_integrations"]) for service in SERVICES}
    export = {**EXPORT, "vars": {"export_dir": str(folder)}}
    _output, said = bootstrap(then=(export,), **given)
    assert {service: text.partition(" ")[0] for service, text in said.items()} == {
        service: str(size) for service, size in sizes.items()
    }
    # Nothing is different, whatever the service shows of its secrets.
    arguments = fill_in(folder, given)
    sandbox.log()
    output, said = bootstrap(*arguments, "--check")
    assert said == {service: f"0 created, 0 updated, 0 deleted, {size} unchanged." for service, size in sizes.items()}
    assert "changed=0" in output and writes(sandbox) == []
    # Everything can be made again from it, and is the same then.
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    wipe(sandbox, secrets=shown)
    output, _said = bootstrap(*arguments, then=(export,))
    assert "changed=4" in output  # the tasks of bootstrap
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


TRAPS = [
    *("{{ 1/0 }}", "{% raw %}", "{# no #}", "{{ vault_netography_yes_url }}", "}}", "#jinja2: lstrip_blocks: True"),
    "#jinja2: variable_start_string: '[[', variable_end_string: ']]'\n[[ 1/0 ]]",
    *("yes", "No", "on", "y", "null", "~", "", "true", "1e3", "0o7", "0x1f", "007", "1_000", "-1", ".5", ".inf"),
    *("1:30", "2026-11-23", "2026-11-23T13:00:00Z", "a: b", "a #b", "- a", "? a", "<<", "=", "!unsafe a", "&a", "*a"),
    *("[a]", " a", "a ", "a\n", "a\n\nb: c\n", "---", "...", "%YAML 1.2", "'", '"', "\\", "\\n", "@a", "`a`"),
    *("|", ">-", "Ärger", "\U0001f514 bell", "a\tb", "a\u0007b", "a\u007fb", "a\u0085b", "a\u2028b", "\ufeffa"),
    *("\ue000", "z" * 65536),
]


def test_texts_stay_what_they_are(bootstrap, export, playbooks, sandbox, folder, tmp_path):
    url = "https://hooks.example.com/x"
    for number, trap in enumerate(TRAPS):
        config = {"url": url, "channel": trap}
        sandbox.add("netography", {"name": f"{number:03d}{trap}", "adapter": "slack", "config": config})
        sandbox.add("pagertree", {"name": trap or "-", "team_ids": [], "options": {"wrapper_key": trap}})
        incoming = {"type": "webhook-incoming", "channel": ["#general"], "token": "hidden", "alias": trap}
        sandbox.add("rocketchat", {"name": trap or "-", **incoming})
        if len(trap) <= 64:
            target = {"kind": "Slack", "webhook_url": url}
            sandbox.add("confluent", {"display_name": trap or "-", "description": trap, "target": target})
    export()
    vault = tmp_path / "vault.json"
    names = re.findall(r"^# (vault_\w+):$", "".join(p.read_text() for p in folder.glob("*.example")), re.MULTILINE)
    vault.write_text(json.dumps(dict.fromkeys(names, url)), encoding="utf-8")
    arguments = ["-e", f"@{vault}"]
    for service in SERVICES:
        arguments += ["-e", f"@{folder / service}.yml"]
    lists = [f"{service}_integrations" for service in SERVICES]
    task = {"ansible.builtin.set_fact": {name: f"{{{{ {name} }}}}" for name in lists}, "register": "result_facts"}
    loaded = playbooks.results([task], *arguments)["result_facts"]["ansible_facts"]
    assert [entry["name"][3:] for entry in loaded["netography_integrations"]] == TRAPS
    assert [entry["slack"]["channel"] for entry in loaded["netography_integrations"]] == TRAPS
    kept = sorted(trap for trap in TRAPS if trap)
    assert sorted(entry["name"] for entry in loaded["pagertree_integrations"] if entry["name"] != "-") == kept
    assert sorted(entry["incoming"]["alias"] for entry in loaded["rocketchat_integrations"]) == sorted(TRAPS)
    short = sorted(trap for trap in TRAPS if len(trap) <= 64)
    assert sorted(entry["description"] for entry in loaded["confluent_integrations"]) == short
    output, _said = bootstrap(*arguments, "--check")
    assert "changed=0" in output
    # What is said about them, too.
    sandbox.control("POST", "reset", json={"service": "netography"})
    _output, said = bootstrap(*arguments, "--check")
    names, _end = json.JSONDecoder().raw_decode(said["netography"].partition(" created ")[2])
    assert [name[3:] for name in names] == TRAPS


def test_the_user_s_vault_is_left_alone(export, bootstrap, sandbox, folder):
    bootstrap(confluent_integrations=[{"name": "one", "slack": {"webhook_url": "https://hooks.example.com/x"}}])
    output = export("--check", export_services=["confluent"])
    assert not folder.exists() and "changed=1" in output
    export(export_services=["confluent"])
    assert sorted(path.name for path in folder.iterdir()) == ["confluent.yml", "confluent_vault.yml.example"]
    for path in folder.iterdir():
        assert path.stat().st_mode & 0o777 == 0o600
    vault = folder / "confluent_vault.yml"
    vault.write_text("vault_confluent_one_webhook_url: https://hooks.example.com/x\n", encoding="utf-8")
    sandbox.add("confluent", {"display_name": "two", "target": {"kind": "Slack", "webhook_url": "https://example.com"}})
    sandbox.switch("confluent", builtin=True)
    sandbox.log()
    before = (folder / "confluent.yml").read_bytes()
    output = export("--check", "--diff", export_services=["confluent"])
    assert "+# vault_confluent_two_webhook_url:" in output and (folder / "confluent.yml").read_bytes() == before
    output = export(export_services=["confluent"])
    # The ones that Confluent Cloud keeps for itself are named, not written.
    assert "role_email, can be shown but not managed" in output
    assert [entry["name"] for entry in read_one(folder / "confluent.yml")] == ["one", "two"]
    assert vault.read_text(encoding="utf-8").endswith("/x\n")
    assert {entry["service"] for entry in sandbox.log()} == {"confluent"}


def test_code_is_no_template_before_it_is_loaded(playbooks):
    """Nor where its input is not marked as data, which matters before ansible-core 2.19."""
    views = [{"id": "1", "kind": "teams", "name": "one", "teams": {"url": "********"}}]
    task = {"ansible.builtin.set_fact": {"text": "{{ code.variables }}"}, "register": "result_code"}
    code = "{{ views | saas.integrations.as_code('netography') }}"
    written = playbooks.results([task], vars={"views": views, "code": code})["result_code"]["ansible_facts"]["text"]
    assert 'url: "{{ vault_netography_one_url }}"' in written


def read_one(path: Path) -> list[dict[str, Any]]:
    [entries] = yaml.load(path.read_text(encoding="utf-8"), Loader).values()
    return entries


def test_nothing_is_written_if_one_service_cannot_be_read(export, sandbox, folder):
    sandbox.fault("pagertree", "status", status=403, times=None)
    assert "403" in export(status=2) and not folder.exists()


def two(case) -> list[dict[str, Any]]:
    return [{**case.sample(case.kinds[0]), "name": name} for name in ("one", "two")]


def test_only_services_with_a_list_are_contacted(bootstrap, sandbox):
    output, said = bootstrap("--check", confluent_integrations=two(CONFLUENT), pagertree_integrations=[])
    assert said == {
        "confluent": '2 created ["one", "two"], 0 updated, 0 deleted, 0 unchanged.',
        "pagertree": "0 created, 0 updated, 0 deleted, 0 unchanged.",
    }
    assert {entry["service"] for entry in sandbox.log()} == {"confluent"} and not sandbox.objects("confluent")
    output, said = bootstrap()
    assert "No service has a list." in output and said == {} and sandbox.log() == []


def test_credentials_may_come_from_the_play(playbooks, sandbox):
    play = {
        **PLAY,
        "module_defaults": {"group/saas.integrations.confluent": {"api_key": "{{ key }}"}},
        "vars": {"key": sandbox.env["CONFLUENT_CLOUD_API_KEY"], "confluent_integrations": two(CONFLUENT)},
    }
    assert "2 created" in playbooks.run([play], CONFLUENT_CLOUD_API_KEY="")
    assert len(sandbox.objects("confluent")) == 2


def test_purge_is_for_each_service_with_a_list_and_has_a_limit(bootstrap, sandbox):
    given = {f"{case.service}_integrations": two(case) for case in CASES}
    bootstrap(**given)
    less = {name: entries[:1] for name, entries in given.items() if name != "pagertree_integrations"}
    output, said = bootstrap(status=2, bootstrap_purge=True, bootstrap_purge_limit=0, **less)
    assert set(said) == set(SERVICES) - {"pagertree"}
    for text in said.values():
        assert text.startswith("0 created, 0 updated, 0 deleted, 0 unchanged. 'purge' would remove 1")
    _output, told = bootstrap("--check", bootstrap_purge=True, **less)
    assert set(told.values()) == {'0 created, 0 updated, 1 deleted ["two"], 1 unchanged.'}
    _output, said = bootstrap(bootstrap_purge=True, **less)
    assert said == told
    assert [len(sandbox.objects(service)) for service in SERVICES] == [2 if s == "pagertree" else 1 for s in SERVICES]


def test_one_service_that_fails_stops_no_other(bootstrap, sandbox):
    sandbox.fault("netography", "status", status=403, times=None)
    sandbox.fault("confluent", "status", status=400, method="POST")
    given = {f"{case.service}_integrations": two(case) for case in CASES}
    output, said = bootstrap(status=2, bootstrap_workers=1, **given)
    assert said["netography"].startswith("0 created, 0 updated, 0 deleted, 0 unchanged. Netography")
    assert said["confluent"].startswith('1 created ["two"], 0 updated, 0 deleted, 0 unchanged. 1 of 2 integrations')
    for service in ("rocketchat", "pagertree"):
        assert said[service] == '2 created ["one", "two"], 0 updated, 0 deleted, 0 unchanged.'
    assert "rescued=2" in output and "failed=1" in output and "[WARNING]" not in output


WRONG = {
    "a secret that is not set": (
        {"name": "a", "slack": {"url": "{{ vault_missing }}", "channel": "#a"}},
        "'vault_missing' is undefined",
    ),
    "an option that is missing": ({"name": "a", "slack": {"url": "https://example.com"}}, "channel"),
    "an option that there is not": ({"name": "a", "slak": {}}, "slak"),
}
each_wrong = pytest.mark.parametrize(("wrong", "words"), WRONG.values(), ids=WRONG)


@each_wrong
def test_a_role_with_a_list_that_cannot_be_right_does_nothing(wrong, words, bootstrap, sandbox):
    given = {"confluent_integrations": two(CONFLUENT), "netography_integrations": [wrong]}
    output, said = bootstrap(status=2, play=PLAY, **given)
    assert words in output and said == {} and sandbox.log() == []


@each_wrong
def test_the_playbook_fails_for_the_list_alone(wrong, words, bootstrap, sandbox):
    _output, said = bootstrap(status=2, confluent_integrations=two(CONFLUENT), netography_integrations=[wrong])
    assert words in said["netography"]
    assert said["confluent"].startswith("2 created") and len(sandbox.objects("confluent")) == 2
    assert {entry["service"] for entry in sandbox.log()} == {"confluent"}


@both
def test_no_secret_in_any_output(play, bootstrap, export, sandbox, folder):
    given: dict[str, Any] = {f"{service}_integrations": [] for service in SERVICES}
    for number, (case, kind) in enumerate(KINDS):
        given[f"{case.service}_integrations"].append({**plant(case, kind), "name": f"{number:02d}"})
    loud = ("-vvvv", "--diff")
    outputs = [bootstrap(*loud, "--check", play=play, **given)[0], bootstrap(*loud, **given)[0], export(*loud)]
    for path in folder.iterdir():
        outputs.append(path.read_text(encoding="utf-8"))
    assert "canary" in json.dumps(sandbox.objects("netography"))
    for service in SERVICES:
        sandbox.fault(service, "echo", times=None)
    outputs.append(bootstrap(*loud, status=2, play=play, **given)[0])
    for entries in given.values():
        entries[0]["nonsense"] = ["canary"]
    outputs.append(bootstrap(*loud, status=2, play=play, **given)[0])
    for output in outputs:
        assert CANARY.partition("-")[0] not in output
