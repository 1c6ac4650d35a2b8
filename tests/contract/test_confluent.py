# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What only Confluent Cloud does."""

from __future__ import annotations

import json

import pytest
from cases import CASES

[CASE] = [case for case in CASES if case.service == "confluent"]
MANAGE = "confluent_notification_integration"
SLACK = {"name": "soc", "slack": {"webhook_url": "https://hooks.example.com/secret-one"}}
TEAMS = {"name": "soc", "ms_teams": {"webhook_url": "https://teams.example.com/secret-two"}}


def test_requests_are_those_of_the_documentation(call, sandbox):
    call(MANAGE, {**SLACK, "description": "d"})
    call(MANAGE, {**SLACK, "description": "e"})
    call(MANAGE, {**TEAMS, "new_name": "new"})
    call(MANAGE, {"name": "new", "state": "absent"})
    path = "/notifications/v1/integrations"
    log = sandbox.log()
    identity = log[3]["path"].rpartition("/")[2]
    assert [(entry["method"], entry["path"], entry["body"]) for entry in log if entry["method"] != "GET"] == [
        (
            "POST",
            path,
            {"display_name": "soc", "description": "d", "target": {"kind": "Slack", **SLACK["slack"]}},
        ),
        ("PATCH", f"{path}/{identity}", {"description": "e"}),
        (
            "PATCH",
            f"{path}/{identity}",
            {"display_name": "new", "target": {"kind": "MsTeams", **TEAMS["ms_teams"]}},
        ),
        ("DELETE", f"{path}/{identity}", None),
    ]


@pytest.mark.parametrize("secrets", ["clear", "mask", "omit"])
def test_the_kind_can_change(secrets, converge, sandbox):
    sandbox.switch("confluent", secrets=secrets)
    created = converge(CASE, SLACK, "create")
    changed = converge(CASE, TEAMS, "update")
    assert changed["changes"] == ["kind", "ms_teams.webhook_url"]
    assert changed["integration"]["id"] == created["integration"]["id"]
    assert "slack" not in changed["integration"] and changed["integration"]["kind"] == "ms_teams"
    assert "secret-" not in changed["_output"]


def test_built_in_and_unknown_kinds_are_shown_and_not_managed(call, sandbox):
    sandbox.switch("confluent", builtin=True)
    unknown = {"id": "int-new", "display_name": "new", "target": {"kind": "Carrier", "address": "canary-address"}}
    sandbox.add("confluent", unknown)
    found = call(f"{MANAGE}_info", {})
    kinds = {view["kind"] for view in found["integrations"]}
    assert kinds == {"role_email", "user_email", "in_app", "Carrier"}
    assert "canary" not in found["_output"]
    assert [view["kind"] for view in call(f"{MANAGE}_info", {"kind": "Carrier"})["integrations"]] == ["Carrier"]
    for view in found["integrations"]:
        for args in ({"id": view["id"]}, {"name": view["name"]}):
            refused = call(MANAGE, {**args, "state": "absent"})
            assert refused["failed"] and view["kind"] in refused["msg"] and "not managed" in refused["msg"]
        refused = call(MANAGE, {**SLACK, "id": view["id"]})
        assert refused["failed"] and view["kind"] in refused["msg"]
    # The same name on a kind that can be managed is another integration.
    assert call(MANAGE, {**SLACK, "name": "Organization admins"})["action"] == "create"
    assert [entry["method"] for entry in sandbox.log() if entry["method"] != "GET"] == ["POST"]


@pytest.mark.parametrize("missing", ["404", "403"])
def test_gone_or_forbidden_is_settled_by_the_list(missing, call, sandbox):
    sandbox.switch("confluent", missing=missing)
    assert call(f"{MANAGE}_info", {"id": "int-0123456789"})["integrations"] == []
    assert call(MANAGE, {"id": "int-0123456789", "state": "absent"})["action"] == "none"
    call(MANAGE, SLACK)
    [one] = sandbox.objects("confluent")
    sandbox.fault("confluent", "status", status=403, method="GET", path="/int-")
    refused = call(MANAGE, {"id": one["id"], "state": "absent"})
    assert refused["failed"] and refused["error"]["status"] == 403
    sandbox.fault("confluent", "drop_after", method="DELETE")
    assert call(MANAGE, {"name": "soc", "state": "absent"})["action"] == "delete"


def test_what_is_deleted_may_still_be_listed(call, sandbox):
    sandbox.switch("confluent", delete_lag=1)
    call(MANAGE, SLACK)
    assert call(MANAGE, {"name": "soc", "state": "absent"})["changed"]
    assert call(f"{MANAGE}_info", {})["integrations"] == []
    assert call(MANAGE, SLACK)["action"] == "create"


@pytest.mark.parametrize(
    ("switches", "status"),
    [({"quota": 1}, 402), ({"unique_names": True}, 409), ({"permission": "read"}, 403)],
)
def test_the_service_gives_its_reason(switches, status, call, sandbox):
    sandbox.add("confluent", {"display_name": "taken", "target": {"kind": "RoleEmail", "role_name": "x"}})
    sandbox.add("confluent", {"display_name": "other", "target": {"kind": "Slack", **SLACK["slack"]}})
    sandbox.switch("confluent", **switches)
    refused = call(MANAGE, {**SLACK, "name": "taken"})
    assert refused["error"]["status"] == status and refused["error"]["code"] and refused["error"]["message"]
    assert refused["error"]["message"].rstrip(".") in refused["msg"] and refused["error"]["request_id"]


def test_pages_by_link(call, sandbox):
    for last in ("absent", "null", "empty"):
        sandbox.switch("confluent", last_next=last)
        assert call(f"{MANAGE}_info", {})["integrations"] == []
    copies = ({"display_name": f"n{n}", "target": {"kind": "Slack", **SLACK["slack"]}} for n in range(300))
    sandbox.add("confluent", *copies)
    sandbox.switch("confluent", link_origin="https://evil.example")
    refused = call(f"{MANAGE}_info", {})
    assert refused["failed"] and "leads away" in refused["msg"] and "evil.example" in refused["msg"]


def test_bearer_tokens(call, sandbox, monkeypatch):
    token = "sandbox-confluent-access-token"
    # What the task says goes before what the environment says.
    assert call(f"{MANAGE}_info", {"access_token": token})["integrations"] == []
    assert sandbox.log()[0]["headers"]["authorization"] == f"Bearer {token}"
    monkeypatch.delenv("CONFLUENT_CLOUD_API_KEY")
    refused = call(f"{MANAGE}_info", {})
    assert refused["failed"] and "api_key" in refused["msg"] and sandbox.log() == []


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ({**SLACK, "name": "n" * 65}, ("name", "65", "64")),
        ({**SLACK, "description": "d" * 129}, ("description", "129", "128")),
        ({"name": "x", "webhook": {"url": "no-url"}}, ("webhook: url is not a URL",)),
        ({"name": "x", "role_email": {}}, ("role_email", "Unsupported")),
    ],
)
def test_input(args, words, call, sandbox):
    refused = call(MANAGE, args)
    assert refused["failed"] and all(word in refused["msg"] for word in words), refused["msg"]
    assert sandbox.log() == []


def test_send_test(call, sandbox):
    assert call(MANAGE, {**SLACK, "send_test": True}, check=True)["action"] == "create"
    assert call(MANAGE, {**SLACK, "send_test": True})["action"] == "create"
    log = [(entry["path"].rpartition("/")[2], entry["status"]) for entry in sandbox.log() if entry["method"] == "POST"]
    assert log == [("integrations:test", 204), ("integrations", 201)]
    sandbox.fault("confluent", "status", status=400, path=":test$")
    refused = call(MANAGE, {**TEAMS, "send_test": True})
    assert refused["failed"] and json.dumps(sandbox.objects("confluent")).count("secret-one") == 1
