# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bad input gets one clear sentence, and nothing is written. Mostly, nothing is sent at all."""

from __future__ import annotations

import base64
import json

import pytest
from cases import CASES, IDS, KINDS, each_case, put


def refused(call, sandbox, case, args, *words, module=None, reads=False, check=False):
    result = call(module or case.manage, args, check=check)
    assert result.get("failed"), result
    assert all(word in result["msg"] for word in words), result["msg"]
    assert result["msg"].count("\n") == 0
    assert "Traceback" not in result["_output"]
    log = sandbox.log()
    assert bool(log) == reads, log
    assert [entry for entry in log if entry["method"] != "GET"] == []


@pytest.mark.parametrize(("case", "kind"), KINDS, ids=IDS)
def test_missing_and_unknown_options(case, kind, call, sandbox):
    for item in kind.fields if kind else ():
        if item.required:
            args = case.sample(kind)
            del args[kind.name][item.name]
            refused(call, sandbox, case, args, item.name, kind.name)
    args = case.sample(kind)
    put(args, f"{kind.name}.nonsense" if kind else "nonsense", 1)
    refused(call, sandbox, case, args, "nonsense")


@each_case
def test_what_every_manage_module_refuses(case, call, sandbox):
    full = case.sample(case.kinds[0])
    refused(call, sandbox, case, {}, "name", "id")
    refused(call, sandbox, case, {**full, "name": ""}, "name must not be empty")
    refused(call, sandbox, case, {**full, "new_name": ""}, "name must not be empty")
    refused(call, sandbox, case, {**full, "id": ".."}, "'..' is no id")
    refused(call, sandbox, case, {**full, "state": "gone"}, "state", "gone")
    refused(call, sandbox, case, {"name": "sample"}, "create", reads=True)
    unknown = "0123456789abcdef01234567"
    refused(call, sandbox, case, {**full, "id": unknown}, "no ", unknown, reads=True)
    if len(case.kinds) > 1:
        two = {**full, **{kind.name: case.sample(kind)[kind.name] for kind in case.kinds[:2]}}
        refused(call, sandbox, case, two, "mutually exclusive", case.kinds[0].name, case.kinds[1].name)


@each_case
def test_an_empty_environment_variable_gives_nothing(case, call, sandbox, monkeypatch, unused_port):
    """AWX sets all variables of a credential, whether they were filled in or not."""
    variables = {name: option["fallback"][1][0] for name, option in case.client.options.items()}
    for name in variables.values():
        if name not in sandbox.env:
            monkeypatch.setenv(name, "")
    assert call(case.info, {})["integrations"] is not None
    monkeypatch.setenv(variables["api_url"], "")
    default = case.client.options["api_url"].get("default")
    # By way of a proxy that is not there, so that the real service is not called.
    result = call(case.info, {"proxy": f"http://127.0.0.1:{unused_port}", "max_wait": 0.1})
    assert (default or "missing required arguments: api_url") in result["msg"]


@each_case
@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("api_url", "example.com", ("api_url", "example.com")),
        ("api_url", "ftp://example.com", ("api_url",)),
        ("api_url", "https://", ("api_url",)),
        ("api_url", "http://host:99999", ("api_url",)),
        ("api_url", "https://user:pass@example.com", ("api_url", "plain URL")),
        ("api_url", "https://example.com?x=1", ("api_url", "plain URL")),
        ("ca_path", "/no/such/file", ("ca_path", "No such file")),
        ("ca_path", __file__, ("ca_path", "no PEM certificates")),
        ("client_cert", "/no/such/file", ("client_cert", "No such file")),
        ("client_cert", __file__, ("client_cert",)),
        ("client_key", __file__, ("client_key", "client_cert")),
        ("timeout", 0, ("timeout",)),
        ("max_wait", -1, ("max_wait",)),
    ],
)
def test_connection_options(case, option, value, words, call, sandbox):
    for module in (case.manage, case.info):
        refused(call, sandbox, case, {"name": "sample", option: value}, *words, module=module)


@each_case
def test_missing_credentials(case, call, sandbox, monkeypatch):
    for name in sandbox.env:
        if not name.endswith("URL"):
            monkeypatch.delenv(name)
    result = call(case.info, {})
    assert "needs" in result["msg"] and sandbox.log() == []


@each_case
def test_names_that_several_have_are_an_error_that_lists_the_ids(case, call, sandbox):
    args = case.sample(case.kinds[0])
    call(case.manage, args)
    [first] = sandbox.objects(case.service)
    id_member = case.resource.id_path
    second = {key: value for key, value in first.items() if key not in (id_member, "prefix_id", "tiny_id")}
    sandbox.add(case.service, second)
    ids = [item[id_member] for item in sandbox.objects(case.service)]
    sandbox.log()
    refused(call, sandbox, case, args, *ids, "'id'", reads=True)
    refused(call, sandbox, case, {"name": "sample", "state": "absent"}, *ids, reads=True)
    gone = call(case.manage, {"id": ids[0], "state": "absent"})
    assert (gone["changed"], gone["action"]) == (True, "delete")
    assert [item[id_member] for item in sandbox.objects(case.service)] == [ids[1]]
    call(case.manage, {**args, "name": "other"})
    sandbox.log()
    refused(call, sandbox, case, {**args, "new_name": "other"}, "Cannot rename", reads=True)


NETOSECRET = {"url": "https://x.example", "appname": "a", "appkey": "b", "shortname": "c", "sharedsecret": "d"}


@pytest.mark.parametrize(
    "value",
    [
        "no base 64!",
        base64.b64encode(b"not JSON").decode(),
        base64.b64encode(b"[1]").decode(),
        base64.b64encode(json.dumps({**NETOSECRET, "appkey": None}).encode()).decode(),
        base64.b64encode(json.dumps({"url": "https://x.example"}).encode()).decode(),
    ],
)
def test_netosecret(value, call, sandbox, monkeypatch):
    monkeypatch.delenv("NETOGRAPHY_ACCESS_TOKEN")
    refused(call, sandbox, CASES[0], {"name": "x", "netosecret": value}, "netosecret", "base64")


OUTGOING = {"username": "rocket.cat", "urls": ["https://example.com"], "event": "sendMessage", "channels": ["#ops"]}


@pytest.mark.parametrize(
    ("kind", "change", "words"),
    [
        ("outgoing", {"event": "roomCreated"}, ("channels", "roomCreated")),
        ("outgoing", {"event": "roomJoined", "trigger_words": ["x"]}, ("trigger_words", "roomJoined")),
        ("outgoing", {"event": "sendMessage", "target_room": "#x"}, ("target_room", "sendMessage")),
        ("outgoing", {"event": "userCreated", "channels": []}, ("target_room", "userCreated")),
        ("outgoing", {"channels": []}, ("channels", "sendMessage")),
        ("outgoing", {"channels": ["general"]}, ("channels", "'general'", "#")),
        ("outgoing", {"channels": ["#a,#b"]}, ("channels", "comma")),
        ("outgoing", {"urls": [" "]}, ("urls",)),
        ("outgoing", {"token": ""}, ("token",)),
        ("outgoing", {"retry_count": 0}, ("retry_count",)),
        ("outgoing", {"event": "nonsense"}, ("event", "nonsense")),
        ("incoming", {"username": "rocket.cat", "channels": ["all_public_channels"]}, ("channels",)),
        ("incoming", {"username": "rocket.cat", "channels": [" "]}, ("channels", "at least one")),
    ],
)
def test_rocketchat_rules(kind, change, words, call, sandbox):
    args = {"name": "sample", kind: {**(OUTGOING if kind == "outgoing" else {}), **change}}
    refused(call, sandbox, CASES[1], args, *words)
