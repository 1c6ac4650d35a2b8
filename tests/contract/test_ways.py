# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""In the worker process and as a module: the same answers, in real playbooks."""

from __future__ import annotations

import sys

import pytest
from cases import each_case, put

COLLECTION = "saas.integrations."


def life(case):
    """Tasks from creation to removal, and some that fail."""
    kind = case.kinds[0]
    args = case.sample(kind)
    changed = case.sample(kind)
    item, name = next((item, name) for item, name in reversed(list(case.fields(kind))) if not item.write_only)
    put(changed, name, case.pair(item, name)[1])
    steps = [
        ("create_check", case.manage, args, {"check_mode": True}),
        ("create", case.manage, args, {}),
        ("again", case.manage, args, {}),
        ("update_check", case.manage, changed, {"check_mode": True, "diff": True}),
        ("update", case.manage, changed, {"diff": True}),
        ("info", case.info, {"name": "sample"}, {}),
        ("set", case.manage_set, {"integrations": [changed, {**args, "name": "other"}]}, {"diff": True}),
        ("wrong_type", case.manage, {**args, "state": "gone"}, {"ignore_errors": True}),
        ("unknown", case.manage, {**args, "nonsense": 1}, {"ignore_errors": True}),
        ("nothing", case.manage, {}, {"ignore_errors": True}),
        ("no_kind", case.manage, {"name": "third"}, {"ignore_errors": True}),
        ("delete", case.manage, {**args, "state": "absent"}, {}),
        ("delete_set", case.manage_set, {"integrations": [], "purge": True}, {}),
        ("delete_again", case.manage, {**args, "state": "absent"}, {}),
    ]
    return [{COLLECTION + module: args, "register": f"result_{label}", **more} for label, module, args, more in steps]


def comparable(value):
    """Without what differs from run to run."""
    if isinstance(value, dict):
        volatile = ("id", "created_at", "updated_at", "prefix_id", "resource_name", "token", "api_url", "exception")
        return {key: comparable(item) for key, item in value.items() if key not in volatile}
    return [comparable(item) for item in value] if isinstance(value, list) else value


@each_case
def test_both_ways_give_the_same_results(case, playbooks, sandbox):
    results = []
    for in_process in (False, True):
        results.append(playbooks.results(life(case), vars={"saas_integrations_in_process": in_process}))
        sandbox.control("POST", "reset", json={"service": case.service})
        sandbox.switch(case.service, **case.switches)
    as_module, in_worker = map(comparable, results)
    assert as_module.keys() == in_worker.keys()
    for label in as_module:
        for result in (as_module[label], in_worker[label]):
            if label == "result_set":  # labelled with ids, which differ
                result["diff"] = {side: list(views.values()) for side, views in result["diff"].items()}
        if label in ("result_unknown", "result_nothing", "result_wrong_type"):
            # With arguments that are not valid, nothing says which of them are secrets: they are not shown.
            as_module[label].pop("invocation", None)
        assert as_module[label] == in_worker[label], label
    assert [label for label, result in in_worker.items() if result["changed"]] == [
        f"result_{label}"
        for label in ("create_check", "create", "update_check", "update", "set", "delete", "delete_set")
    ]


WAYS = [
    ({}, "in the worker process"),
    ({"vars": {"ansible_python_interpreter": sys.executable}}, "in the worker process"),
    ({"vars": {"ansible_python_interpreter": "{{ ansible_playbook_python }}"}}, "in the worker process"),
    ({"vars": {"ansible_python_interpreter": "auto_silent"}}, "in the worker process"),
    ({"vars": {"saas_integrations_in_process": "{{ 1 == 1 }}"}}, "in the worker process"),
    ({"vars": {"saas_integrations_in_process": "no"}}, "as a module: saas_integrations_in_process is false"),
    ({"environment": {"SOME": "thing"}}, "as a module: environment is set"),
    ({"async": 30, "poll": 1}, "as a module: async is set"),
    ({"delegate_to": "other"}, "in the worker process"),
    ({"throttle": 1, "run_once": True}, "in the worker process"),
    ({"become": True}, "as a module: become is set"),
    ({"vars": {"ansible_python_interpreter": "/no/such/python"}}, "as a module: the interpreter is"),
    (
        {"vars": {"ansible_connection": "ssh", "ansible_ssh_host": "127.0.0.1", "ansible_port": 1}},
        "as a module: the connection is ssh",
    ),
]


def test_which_way_is_taken_and_why(playbooks):
    module = f"{COLLECTION}netography_response_integration_info"
    tasks = [{"name": f"way {number}", module: {}, **way} for number, (way, _words) in enumerate(WAYS)]
    for task in tasks:
        task.update(ignore_errors=True, ignore_unreachable=True)
    hosts = playbooks.folder / "hosts.yml"
    hosts.write_text(
        "all: {hosts: {localhost: {ansible_connection: local}, other: {ansible_connection: local}}}", encoding="utf-8"
    )
    output = playbooks.run([{"hosts": "localhost", "gather_facts": False, "tasks": tasks}], "-vvv", "-i", str(hosts))
    parts = output.split("TASK [way ")[1:]
    assert len(parts) == len(WAYS)
    for (way, words), part in zip(WAYS, parts, strict=True):
        assert f"{module} runs {words}" in part, (way, part)


def test_a_loop_shares_connection_and_listing(playbooks, sandbox):
    task = {
        f"{COLLECTION}netography_response_integration": {
            "name": "n{{ item }}",
            "teams": {"url": "https://hooks.example.com/{{ item }}"},
        },
        "loop": list(range(12)),
        "register": "result_loop",
    }
    # Twice: the second task looks for itself.
    results = playbooks.results([task, {**task, "register": "result_again"}])
    assert [one["action"] for one in results["result_loop"]["results"]] == ["create"] * 12
    assert [one["action"] for one in results["result_again"]["results"]] == ["none"] * 12
    log = sandbox.log()
    assert [entry["method"] for entry in log] == ["GET", *["POST"] * 12, "GET"]
    assert len({entry["connection"] for entry in log}) == 2


def test_a_loop_sees_what_it_has_written(playbooks, sandbox):
    steps = [{"name": "a"}, {"name": "a"}, {"name": "a", "new_name": "b"}, {"name": "b"}, {"name": "a"}]
    steps += [{"name": "b", "state": "absent"}, {"name": "b", "state": "absent"}]
    task = {
        f"{COLLECTION}netography_response_integration": {
            "name": "{{ item.name }}",
            "new_name": "{{ item.new_name | default(omit) }}",
            "state": "{{ item.state | default(omit) }}",
            "teams": {"url": "https://hooks.example.com/one"},
        },
        "loop": steps,
        "register": "result_loop",
    }
    results = playbooks.results([task])["result_loop"]["results"]
    assert [one["action"] for one in results] == ["create", "none", "update", "none", "create", "delete", "none"]
    assert [entry["method"] for entry in sandbox.log()] == ["GET", "POST", "PUT", "POST", "DELETE"]
    assert [item["name"] for item in sandbox.objects("netography")] == ["a"]


def test_a_loop_over_accounts_and_endpoints_shares_nothing(playbooks, sandbox):
    task = {
        f"{COLLECTION}netography_response_integration_info": {"api_url": "{{ item }}"},
        "loop": [sandbox.env["NETOGRAPHY_API_URL"], sandbox.env["NETOGRAPHY_API_URL"] + "/", sandbox.url + "/nowhere"],
        "register": "result_loop",
        "ignore_errors": True,
    }
    results = playbooks.results([task])["result_loop"]["results"]
    assert [one.get("failed", False) for one in results] == [False, False, True]
    assert len(sandbox.log()) == 2


def test_a_retry_looks_again(playbooks, sandbox):
    """The listing is not that of the attempt before: what another made meanwhile is seen."""
    sandbox.add("netography", {"adapter": "teams", "name": "one", "config": {"url": "https://example.com"}})
    sandbox.fault("netography", "lag", writes=1)
    task = {
        f"{COLLECTION}netography_response_integration_info": {"name": "one"},
        "register": "result_found",
        "until": "result_found.integrations | length == 1",
        "retries": 3,
        "delay": 0,
    }
    result = playbooks.results([task])["result_found"]
    assert result["attempts"] == 2 and len(result["integrations"]) == 1
    assert len(sandbox.log()) == 2


@pytest.mark.parametrize("strategy", ["linear", "free"])
def test_hosts_defaults_and_checks(strategy, playbooks, sandbox):
    hosts = playbooks.folder / "hosts.yml"
    hosts.write_text(
        "all: {hosts: {a: , b: , c: , d: }, vars: {ansible_connection: local, ansible_python_interpreter:"
        " '{{ ansible_playbook_python }}'}}",
        encoding="utf-8",
    )
    play = {
        "hosts": "all",
        "gather_facts": False,
        "strategy": strategy,
        "module_defaults": {f"group/{COLLECTION}netography": {"access_token": sandbox.env["NETOGRAPHY_ACCESS_TOKEN"]}},
        "tasks": [
            {
                f"{COLLECTION}netography_response_integration": {
                    "name": "{{ inventory_hostname }}",
                    "teams": {"url": "https://hooks.example.com/secret-{{ inventory_hostname }}"},
                }
            }
        ],
    }
    arguments = ("-i", str(hosts), "--forks", "3", "--diff")
    output = playbooks.run([play], "--check", *arguments, NETOGRAPHY_ACCESS_TOKEN="")
    assert output.count("changed=1") == 4 and "secret-" not in output and '"url": "********"' in output
    assert [entry for entry in sandbox.log() if entry["method"] != "GET"] == []
    assert playbooks.run([play], *arguments, NETOGRAPHY_ACCESS_TOKEN="").count("changed=1") == 4
    assert playbooks.run([play], *arguments, NETOGRAPHY_ACCESS_TOKEN="").count("changed=0") == 4
    assert len(sandbox.objects("netography")) == 4
