# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets that a service keeps to itself, and those that a task asks for in clear."""

from __future__ import annotations

import json

import pytest
from cases import CASES, KINDS, put

WITHHELD = [(case, kind) for case, kind in KINDS if any(item.write_only for item, _name in case.fields(kind))]


@pytest.mark.parametrize("secrets", ["mask", "omit"])
@pytest.mark.parametrize(("case", "kind"), WITHHELD, ids=[f"{c.service}-{k.name if k else 'any'}" for c, k in WITHHELD])
def test_secrets_that_the_service_withholds(case, kind, secrets, call, sandbox):
    """They are written on create and with every update, and compared never."""
    sandbox.switch(case.service, secrets=secrets)
    args = case.sample(kind)
    assert call(case.manage, args)["action"] == "create"
    [item, name] = next((item, name) for item, name in reversed(list(case.fields(kind))) if item.write_only)
    put(args, name, case.pair(item, name)[1])
    assert call(case.manage, args, check=True)["action"] == "none"
    assert call(case.manage, args)["action"] == "none"
    assert call(case.manage, {**args, "update_secrets": "always"}, check=True)["action"] == "update"
    written = call(case.manage, {**args, "update_secrets": "always"})
    assert written["action"] == "update" and name in {change[: len(name)] for change in written["changes"]}
    second = case.pair(item, name)[1]
    assert next(iter(second.values()) if isinstance(second, dict) else iter([second])) in json.dumps(
        sandbox.objects(case.service)
    )
    assert json.dumps(second) not in written["_output"]


@pytest.mark.parametrize("secrets", ["mask", "omit"])
def test_a_replacing_update_never_loses_a_secret(secrets, call, sandbox):
    """Netography replaces the whole object: without its secret in the task, an update is refused."""
    sandbox.switch("netography", secrets=secrets)
    [case] = [case for case in CASES if case.service == "netography"]
    args = case.sample(case.resource.by_name["pagerduty"])
    call(case.manage, args)
    before = sandbox.objects("netography")
    for check in (True, False):
        refused = call(case.manage, {"name": "sample", "description": "new"}, check=check)
        assert "pagerduty.apikey, pagerduty.integrationkey" in refused["msg"] and refused["failed"]
    assert sandbox.objects("netography") == before
    assert call(case.manage, {**args, "description": "new"})["changes"] == ["description"]
    assert sandbox.objects("netography")[0]["config"] == before[0]["config"]


def test_what_nobody_declared_survives_an_update_and_counts_as_secret(call, sandbox):
    sandbox.add(
        "netography",
        {
            "adapter": "new_one",
            "name": "n",
            "description": "",
            "config": {"aggregate": [24], "apikey": "secret-1", "factors": ["a"]},
        },
    )
    args = {"name": "n", "other": {"adapter": "new_one", "config": {"factors": ["b"]}}}
    result = call("netography_response_integration", args)
    assert result["changes"] == ["other.config.factors"]
    assert sandbox.objects("netography")[0]["config"] == {"aggregate": [24], "apikey": "secret-1", "factors": ["b"]}
    assert result["integration"]["other"]["config"] == {"factors": ["b"]}
    assert set(result["integration"]["other"]["secret_config"]) == {"aggregate", "apikey"}


def test_an_optional_secret_that_may_or_may_not_be_set_is_mentioned(call, sandbox):
    args = {"name": "hook", "webhook": {"url": "https://example.com/hook"}}
    call("netography_response_integration", args)
    args["webhook"]["authpassword"] = "a-password"
    told = call("netography_response_integration", args)
    assert told["action"] == "none" and "update_secrets=always" in json.dumps(told["warnings"])
    done = call("netography_response_integration", {**args, "update_secrets": "always"})
    assert done["changes"] == ["webhook.authpassword"]
    again = call("netography_response_integration", args)
    assert again["action"] == "none" and not again.get("warnings")


def test_a_secret_that_an_update_may_unset_is_mentioned(call, sandbox):
    """Netography replaces the whole object. Only what the task does not give is in doubt."""
    hook = {"url": "https://example.com/hook"}
    call("netography_response_integration", {"name": "hook", "webhook": hook})
    for given, doubtful in (({}, ["authpassword", "headers"]), ({"authpassword": "a-password"}, ["headers"])):
        args = {"name": "hook", "description": f"with {len(given)}", "webhook": {**hook, **given}}
        said = json.dumps(call("netography_response_integration", args)["warnings"])
        assert said.count("leaves it unset") == len(doubtful) and all(f"webhook.{name} " in said for name in doubtful)


def test_an_id_does_not_tell_whether_the_service_discloses_secrets(call, sandbox):
    sandbox.switch("netography", secrets="omit")
    hook = {"url": "https://example.com/hook"}
    made = call("netography_response_integration", {"name": "hook", "webhook": hook})
    args = {"id": made["integration"]["id"], "webhook": {**hook, "authpassword": "a-password"}}
    told = call("netography_response_integration", args)
    assert told["action"] == "none" and "update_secrets=always" in json.dumps(told["warnings"])


def test_return_secrets(call, sandbox):
    args = {"name": "in", "incoming": {"username": "rocket.cat", "channels": ["#ops"]}, "return_secrets": True}
    told = call("rocketchat_integration", args, check=True)
    assert told["secrets"] == {}
    for _run in ("create", "again"):
        result = call("rocketchat_integration", args)
        [stored] = sandbox.objects("rocketchat")
        assert result["secrets"]["token"] == stored["token"]
        assert result["secrets"]["webhook_url"] == f"{sandbox.url}/rocketchat/hooks/{stored['_id']}/{stored['token']}"
    assert "secrets" not in call("rocketchat_integration", {**args, "return_secrets": False})
