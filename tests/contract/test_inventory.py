# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Integrations as hosts: ansible-inventory as users run it, against the sandbox."""

from __future__ import annotations

import importlib
import json
import re
from pathlib import Path
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from cases import CASES, Case, each_case, plant

PLUGINS = "ansible_collections.saas.integrations.plugins"
COLLECTION = Path(importlib.import_module(PLUGINS).__path__[0]).parent


def perform(module: str, **args: Any) -> dict[str, Any]:
    """The result of a module's task."""
    task = importlib.import_module(f"{PLUGINS}.modules.{module}").TASK
    spec = ArgumentSpecValidator(**task.arguments())
    params = spec.validate(args).validated_parameters
    result = task.perform(params, spec.argument_spec, lambda: task.connect(params, False))
    assert not result.get("failed"), result
    return result


def create(case: Case, *names: str, **more: Any) -> list[dict[str, Any]]:
    """Integrations of the first kind with these names; returns their views."""
    entries = [{**case.sample(case.kinds[0]), "name": name, **more} for name in names]
    return perform(case.manage_set, integrations=entries)["integrations"]


def listing(case: Case) -> list[dict[str, Any]]:
    return perform(case.info)["integrations"]


def config(case: Case, **options: Any) -> dict[str, Any]:
    return {"plugin": f"saas.integrations.{case.manage_set}", **options}


def decode(output: str) -> dict[str, Any]:
    """The output of ansible-inventory, without its marks of what must not be taken for a template."""
    return json.loads(output, object_hook=lambda item: item.get("__ansible_unsafe", item))


@pytest.fixture
def listed(playbooks):
    """List an inventory of one file; returns the variables of the hosts, the groups, and what was said."""

    def run(case: Case, options: dict[str, Any], *arguments: str, **env: str) -> tuple[dict, dict, str]:
        source = playbooks.folder / f"test.{case.service}.yml"
        source.write_text(json.dumps(options), encoding="utf-8")
        output, said = playbooks.inventory(source, *arguments, **env)
        groups = decode(output)
        return groups.pop("_meta")["hostvars"], groups, said

    return run


@each_case
def test_every_kind_becomes_a_host_with_its_view(case, listed):
    for kind in case.kinds:
        perform(case.manage, **{**plant(case, kind), "name": f"one {kind.name if kind else ''}"})
    views = listing(case)
    assert len(views) == len(case.kinds)
    hosts, groups, said = listed(case, config(case))
    local = {name: value for name, value in next(iter(hosts.values())).items() if name.startswith("ansible_")}
    assert local.keys() == {"ansible_connection", "ansible_python_interpreter"}
    assert hosts == {
        view["name"]: {**local, **{f"{case.service}_{name}": value for name, value in view.items()}} for view in views
    }
    assert groups["all"]["children"] == ["ungrouped", case.service]
    assert sorted(groups[case.service]["hosts"]) == sorted(hosts)
    assert "canary" not in json.dumps([hosts, groups]) + said
    assert "integrations: " not in said


@each_case
def test_a_warm_cache_asks_nobody(case, listed, playbooks, sandbox, tmp_path):
    perform(case.manage, **plant(case, case.kinds[0]))
    cache = {"cache": True, "cache_plugin": "jsonfile", "cache_connection": str(tmp_path / "cache")}
    options = config(case, **cache, keyed_groups=[{"key": f"{case.service}_name", "prefix": "first"}])
    sandbox.log()
    first = listed(case, options)
    assert sandbox.log()
    [file] = (tmp_path / "cache").iterdir()
    assert "sample" in file.read_text() and "canary" not in file.read_text()
    secrets = [sandbox.env.get(option["fallback"][1][0]) for option in case.client.options.values() if option["no_log"]]
    assert not [secret for secret in filter(None, secrets) if secret in file.read_text() + file.name]
    assert listed(case, options)[:2] == first[:2]
    options["keyed_groups"][0]["prefix"] = "second"
    assert listed(case, options)[1].keys() - first[1].keys() == {"second_sample"}
    assert sandbox.log() == []
    create(case, "another")
    sandbox.log()
    assert listed(case, options)[0].keys() == first[0].keys()
    assert sandbox.log() == []
    source = ["-i", str(playbooks.folder / f"test.{case.service}.yml")]
    assert "another" in playbooks.run([{"hosts": "all"}], *source, "--list-hosts", "--flush-cache")
    assert sandbox.log()
    assert listed(case, options)[0].keys() == first[0].keys() | {"another"}
    assert sandbox.log() == []


@each_case
def test_another_endpoint_account_or_filter_is_another_list(case, listed, sandbox, tmp_path):
    create(case, "one")
    cache = {"cache": True, "cache_plugin": "jsonfile", "cache_connection": str(tmp_path / "cache")}
    options = config(case, **cache)
    listed(case, options)
    sandbox.log()
    url = sandbox.env[case.client.options["api_url"]["fallback"][1][0]].replace("127.0.0.1", "localhost")
    for more in ({"api_url": url}, {"filters": {"include": "name == 'one'"}}):
        assert "one" in listed(case, {**options, **more})[0]
        assert sandbox.log()
    secret = next(name for name, option in case.client.options.items() if option["no_log"] and name != "netosecret")
    hosts, _groups, said = listed(case, {**options, secret: "somebody-else"})
    assert hosts == {} and "401" in said
    assert listed(case, options)[0]
    assert [entry["status"] for entry in sandbox.log()] == [401]


def test_names_that_several_share(listed, sandbox):
    case = next(case for case in CASES if case.service == "rocketchat")
    first, _second = create(case, "dup", "unique")
    perform(case.manage, **{**case.sample(case.kinds[1]), "name": "dup"})
    create(case, "all", "localhost", "disabled", "rocketchat")
    hosts, groups, said = listed(case, config(case, groups={"disabled": "rocketchat_name == 'unique'"}))
    ids = {name: [item["_id"] for item in sandbox.objects(case.service) if item["name"] == name] for name in hosts}
    views = listing(case)
    names = {view["id"]: view["name"] for view in views}
    assert set(hosts) == {name if name == "unique" else f"{name}_{id}" for id, name in names.items()}
    assert ids["unique"] and first["id"] in names
    assert groups["disabled"] == {"hosts": ["unique"]}
    assert "all, disabled, dup, localhost, rocketchat" in said.replace("\n", " ")


def test_a_name_that_another_source_has(playbooks, sandbox):
    sources = []
    for case in CASES:
        create(case, "shared")
        source = playbooks.folder / f"{case.service}.yml"
        source.write_text(json.dumps(config(case)), encoding="utf-8")
        sources += ["-i", str(source)]
    output, said = playbooks.inventory(*sources[1:])
    hosts = decode(output)["_meta"]["hostvars"]
    assert len([name for name in hosts if name == "shared"]) == 1
    assert len([name for name in hosts if name.startswith("shared_")]) == len(CASES) - 1
    for case in CASES:
        [host] = [host for host in hosts.values() if host.get(f"{case.service}_name") == "shared"]
        assert not [name for name in host if not name.startswith((case.service, "ansible_"))]


@each_case
def test_remote_strings_are_data(case, listed, playbooks):
    hostile = ["{{ 1/0 }}", "{% raw %}", "{# x #}"]
    create(case, *hostile)
    name = f"{case.service}_name"
    options = config(
        case, compose={"composed": name}, hostnames=["{{ name }}"], filters={"exclude": "name == '{{'"}, strict=True
    )
    assert set(listed(case, options)[0]) == set(hostile)
    tests = [f"{name} | length in {[len(text) for text in hostile]}", f"composed == {name} == inventory_hostname"]
    play = {"hosts": case.service, "gather_facts": False, "tasks": [{"ansible.builtin.assert": {"that": tests}}]}
    output = playbooks.run([play], "-i", str(playbooks.folder / f"test.{case.service}.yml"))
    assert output.count("failed=0") == len(hostile)


@each_case
def test_filters(case, listed):
    create(case, "one", "two", "three")
    name = f"{case.service}_name"
    for filters, expected in (
        ({"include": "name == 'one'"}, {"one"}),
        ({"include": ["name == 'one'", "name == 'two'"]}, {"one", "two"}),
        ({"exclude": "name == 'one'"}, {"two", "three"}),
        ({"include": ["name.startswith('t')"], "exclude": ["name == 'two'", "false"]}, {"three"}),
        ({"include": "kind == 'no such kind'"}, set()),
    ):
        assert set(listed(case, config(case, filters=filters))[0]) == expected, filters
    hosts, _groups, said = listed(case, config(case, filters={"exclude": f"{name} == 'one'"}))
    assert len(hosts) == 3 and said.count("taken for false there") == 1, said


@each_case
def test_the_first_template_that_yields_something_names_the_host(case, listed):
    [view] = create(case, "one")
    for hostnames, expected in (
        (["{{ missing }}", "{{ kind }}-{{ name }}"], f"{view['kind']}-one"),
        (["{{ '' }}", "{{ id }}"], view["id"]),
        (["{{ missing }}"], "one"),
    ):
        assert list(listed(case, config(case, hostnames=hostnames))[0]) == [expected]


@each_case
def test_groups_and_variables_as_with_any_inventory(case, listed):
    create(case, "one", "two")
    prefix = "own_"
    options = config(
        case,
        group="elsewhere",
        hostvars_prefix=prefix,
        local_connection=False,
        compose={"shout": "own_name | upper", "skipped": "missing"},
        groups={"ones": "shout == 'ONE'"},
        keyed_groups=[{"key": "own_kind", "prefix": "kind"}, {"key": "inventory_hostname", "prefix": "host"}],
    )
    hosts, groups, _said = listed(case, options)
    assert hosts["one"]["shout"] == "ONE" and "skipped" not in hosts["one"]
    assert all(name == "shout" or name.startswith(prefix) for name in hosts["one"])
    assert groups["ones"]["hosts"] == ["one"] and sorted(groups["elsewhere"]["hosts"]) == ["one", "two"]
    assert groups["host_two"]["hosts"] == ["two"]
    assert any(name.startswith("kind_") for name in groups)


ERRORS = [
    ({"hostname": "x"}, "There is no option hostname."),
    ({"filters": {"only": "x"}}, "'filters' takes include and exclude, not only."),
    ({"hostnames": ["name"]}, "'hostnames' takes templates such as {{ name }}, not 'name'."),
    ({"hostnames": ["{{ missing }}"], "strict": True}, "The host name '{{ missing }}' fails for 'one'"),
    ({"filters": {"include": "missing"}, "strict": True}, "The filter 'missing' fails for 'one'"),
    ({"compose": {"x": "missing"}, "strict": True}, "Could not set x for host one"),
    ({"groups": {"x": "missing"}, "strict": True}, "Could not add host one to group x"),
    ({"keyed_groups": [{"key": "missing"}], "strict": True}, "Could not generate group for host one"),
    ({"api_url": "nonsense"}, "'api_url' must be a URL"),
    ({"timeout": 0}, "'timeout' must be more than 0 seconds"),
    ({"api_url": "http://127.0.0.1:%d", "max_wait": 0.1}, "no connection"),
]


@each_case
@pytest.mark.parametrize(("options", "sentence"), ERRORS, ids=[sentence for _options, sentence in ERRORS])
def test_bad_input(case, options, sentence, listed, unused_port):
    create(case, "one")
    if "%d" in options.get("api_url", ""):
        options = {**options, "api_url": options["api_url"] % unused_port}
    hosts, groups, said = listed(case, config(case, **options))
    assert (hosts, case.service in groups) == ({}, False)
    # Ansible breaks lines wherever it likes.
    text = "".join(said.split())
    for part in (sentence, f"test.{case.service}.yml: {case.client.title} integrations: "):
        assert "".join(part.split()) in text, said
    assert "Traceback" not in said


@each_case
def test_without_credentials(case, listed):
    empty = dict.fromkeys((option["fallback"][1][0] for option in case.client.options.values()), "")
    said = listed(case, config(case, api_url="https://x.example.com"), **empty)[2]
    assert "options or environment variables give them." in " ".join(said.split())


@each_case
@pytest.mark.parametrize("fault", ["total", "truncate", "html", "repeat_page"])
def test_never_a_short_list(case, fault, listed, sandbox):
    create(case, *map(str, range(case.page + 1)))
    if fault == "repeat_page" and not case.page:
        return
    path = "integrations"
    for on_error in ("fail", "warn"):
        sandbox.fault(case.service, fault, method="GET", path=path, skip=1 if case.page else 0, times=None)
        hosts, groups, said = listed(case, config(case, on_error=on_error, max_wait=0.2))
        sandbox.control("DELETE", "faults")
        assert (hosts, case.service in groups) == ({}, False)
        assert f"test.{case.service}.yml" in "".join(said.split())
        assert ("Failed to parse" in said) == (on_error == "fail")


@each_case
def test_the_examples_run(case, playbooks, sandbox):
    create(case, "one")
    plugin = importlib.import_module(f"{PLUGINS}.inventory.{case.manage_set}")
    env = {"HOME": str(playbooks.folder), "NETOSECRET": sandbox.netosecret}
    for example in re.split(r"^---\n", plugin.EXAMPLES, flags=re.MULTILINE)[1:]:
        [name] = re.findall(r"^# (\S+):", example)
        source = playbooks.folder / name
        source.write_text(example, encoding="utf-8")
        output, said = playbooks.inventory(source, **env)
        assert case.service in decode(output)["all"]["children"], said
        assert "integrations: " not in said


def test_one_inventory_of_all_services(playbooks):
    for case in CASES:
        create(case, f"{case.service} one")
    groups = decode(playbooks.inventory(COLLECTION / "playbooks" / "inventory")[0])
    for case in CASES:
        assert f"{case.service} one" in groups[case.service]["hosts"]
        assert any(name.startswith(f"{case.service}_") for name in groups)


def test_what_an_inventory_lists_can_be_retired(playbooks, sandbox):
    can_disable = {case.service: "enabled" in case.resource.spec() for case in CASES}
    for case in CASES:
        more = {"enabled": True} if can_disable[case.service] else {}
        create(case, f"{case.service}-1", f"{case.service}-2", **more)
    sandbox.log()

    def run(services: list[str], *arguments: str, status: int = 0) -> tuple[str, int]:
        """Retire what these services have; returns what was said, and how many requests wrote."""
        inventory = ["-i", str(COLLECTION / "playbooks" / "inventory")]
        group = ["-e", f"retire_group={':'.join(services)}"]
        play = [{"import_playbook": "saas.integrations.retire"}]
        output = playbooks.run(play, *inventory, *group, *arguments, status=status)
        return output, len([entry for entry in sandbox.log() if entry["method"] != "GET"])

    able = [service for service, can in can_disable.items() if can]
    output, writes = run(able, "--check")
    assert (output.count("changed=1"), writes) == (2 * len(able), 0)
    assert run(able)[1] == 2 * len(able)
    assert run(able)[1] == 0
    assert {view["enabled"] for case in CASES if can_disable[case.service] for view in listing(case)} == {False}
    output, writes = run([service for service, can in can_disable.items() if not can], status=2)
    assert "can be removed, not disabled" in output and writes == 0
    assert run(list(can_disable), "-e", "retire_action=remove", "--limit", "*-1")[1] == len(CASES)
    for case in CASES:
        assert [view["name"] for view in listing(case)] == [f"{case.service}-2"]
