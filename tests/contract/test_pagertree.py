# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What only PagerTree does."""

from __future__ import annotations

import json

import pytest
from cases import CASES

from ansible_collections.saas.integrations.plugins.module_utils._core.connection import COMMON
from ansible_collections.saas.integrations.plugins.module_utils._core.errors import InputError
from ansible_collections.saas.integrations.plugins.module_utils._core.reconcile import Listing
from ansible_collections.saas.integrations.plugins.module_utils._services.pagertree import PagerTree

MANAGE = "pagertree_integration"
OPERATIONS = "01GBVEPV00KTDKH2VH8AE4M085"
WEBHOOK = "01GBVEPV00564Y4F7R13BAPREH"
HOOK = {"name": "up", "integration_type": "Webhook", "urgency": "high", "teams": ["Operations"]}
[CASE] = [case for case in CASES if case.service == "pagertree"]


def test_requests_are_those_of_the_documentation(call, sandbox):
    call(MANAGE, HOOK)
    options = {"options": {"wrapper_key": "k"}, "secret_options": {"token": "secret-token"}}
    call(MANAGE, {**HOOK, "urgency": "low", **options})
    call(MANAGE, {"name": "up", "enabled": False})
    call(MANAGE, {"name": "up", "state": "absent"})
    writes = [(entry["method"], entry["body"]) for entry in sandbox.log() if entry["method"] != "GET"]
    assert writes == [
        ("POST", {"name": "up", "integration_type_id": WEBHOOK, "urgency": "high", "team_ids": [OPERATIONS]}),
        ("PUT", {"urgency": "low", "option_wrapper_key": "k", "option_token": "secret-token"}),
        ("PUT", {"enabled": False}),
        ("DELETE", None),
    ]


def test_names_are_looked_up_once(call, sandbox):
    args = {
        **HOOK,
        "teams": ["Operations", "security", OPERATIONS],
        "users": ["BEN.okafor@example.com", "ben@example.org", "Emi Tanaka", "ada.moreau@example.com"],
        "routers": ["Business Hours", "Catch All"],
    }
    created = call(MANAGE, args)
    assert created["action"] == "create"
    assert (len(created["integration"]["teams"]), len(created["integration"]["users"])) == (2, 3)
    paths = [entry["path"].rpartition("/")[2] for entry in sandbox.log() if entry["method"] == "GET"]
    assert sorted(paths) == ["account_users", "integration_types", "integrations", "routers", "teams"]
    by_id = {**HOOK, "integration_type": WEBHOOK, "teams": created["integration"]["teams"]}
    assert call(MANAGE, by_id)["action"] == "none"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"integration_type": "Webhok"}, ("integration_type: there is no 'Webhok'", "Outgoing Webhook")),
        ({"teams": ["Nobody"]}, ("teams: there is no 'Nobody'", "Operations", "Security")),
        ({"teams": ["Platform"]}, ("teams: several are called 'Platform'", "01GBVEPV00WCZ5VVYYMSX8TREG")),
        ({"users": ["Kim Park"]}, ("users: several are called 'Kim Park'", "01GBVEPV009HRD1JZS20G3T4K8")),
        ({"users": ["nobody@example.com"]}, ("users: there is no 'nobody@example.com'", "Ada Moreau")),
        ({"teams": []}, ("destination", "users, routers or teams")),
        ({"urgency": "urgent"}, ("urgency", "urgent", "critical")),
        ({"options": {"token": "x"}}, ("options.token is a secret", "secret_options")),
        ({"options": {"nonsense": "x"}}, ("options.nonsense", "'Webhook'", "wrapper_key")),
        ({"secret_options": {"nonsense": "x"}}, ("secret_options.nonsense", "wrapper_key")),
        ({"options": {"wrapper_key": ["x"]}}, ("options.wrapper_key", "single values")),
        ({"options": {"wrapper_key": "a"}, "secret_options": {"wrapper_key": "b"}}, ("wrapper_key is in both",)),
        ({"options": {"capture_additional_data": "perhaps"}}, ("capture_additional_data", "bool")),
        (
            {"integration_type": "Outgoing Webhook", "secret_options": {"webhook_url": "nowhere"}},
            ("secret_options.webhook_url", "URL"),
        ),
        ({"integration_type": "Live Call Routing", "options": {"max_wait_time": "long"}}, ("max_wait_time", "int")),
    ],
)
def test_input(change, words, call, sandbox):
    refused = call(MANAGE, {**HOOK, **change})
    assert refused["failed"] and all(word in refused["msg"] for word in words), refused["msg"]
    assert sandbox.objects("pagertree") == []


def test_the_last_destination_cannot_be_taken_away(call, sandbox):
    call(MANAGE, HOOK)
    for check in (True, False):
        refused = call(MANAGE, {"name": "up", "teams": []}, check=check)
        assert refused["failed"] and "destination" in refused["msg"]
    assert call(MANAGE, {"name": "up", "teams": [], "users": ["Emi Tanaka"]})["changes"] == ["users", "teams"]


def test_a_type_that_the_catalogue_does_not_know_takes_any_option(converge, sandbox):
    sandbox.control(
        "POST",
        "state",
        json={"service": "pagertree", "collection": "integration_types", "objects": [{"name": "Brand New"}]},
    )
    args = {**HOOK, "integration_type": "Brand New"}
    assert converge(CASE, args, "create")["integration"]["kind"] == "Brand New"


def test_in_check_mode_a_team_may_not_be_there_yet(call, sandbox):
    args = {**HOOK, "teams": ["Operations", "Not Yet"]}
    told = call(MANAGE, args, check=True)
    assert told["action"] == "create" and "there is no 'Not Yet'" in json.dumps(told["warnings"])
    assert call(MANAGE, args)["failed"]
    call(MANAGE, HOOK)
    assert call(MANAGE, args, check=True)["changes"] == ["teams"]


def test_what_was_looked_up_is_forgotten_with_the_listing(sandbox):
    """So that a retry, or the item after a failure, finds the team that came meanwhile."""
    options = {**PagerTree.options, **COMMON}
    params = {name: spec.get("default") for name, spec in options.items()}
    params.update(api_url=sandbox.env["PAGERTREE_BASE_URL"], api_key=sandbox.env["PAGERTREE_API_KEY"])
    listing = Listing(PagerTree(params, read_only=False, pool=1))
    for _attempt in range(2):
        with pytest.raises(InputError, match="there is no 'Later'"):
            listing.client.resolve({"teams": ["Later"]})
    assert len(sandbox.log()) == 1
    later = {"service": "pagertree", "collection": "teams", "objects": [{"name": "Later"}]}
    sandbox.control("POST", "state", json=later)
    listing.forget()
    assert len(listing.client.resolve({"teams": ["Later"]})["teams"]) == 1


def test_the_type_does_not_change(call, sandbox):
    created = call(MANAGE, HOOK)["integration"]
    refused = call(MANAGE, {**HOOK, "id": created["id"], "integration_type": "Email"})
    assert refused["failed"] and "cannot be changed to 'Email'" in refused["msg"]
    # The same name with another type is another integration.
    assert call(MANAGE, {**HOOK, "integration_type": "Email"})["action"] == "create"
    assert len(sandbox.objects("pagertree")) == 2


@pytest.mark.parametrize(
    "switches",
    [
        {"codes": "201"},
        {"delete_body": "object"},
        {"option_prefix": True},
        {"reverse_lists": True},
        {"extra_members": True},
        {"endpoint": True},
        {"prefix_ids": True},
    ],
    ids=lambda switches: next(iter(switches)),
)
def test_what_is_not_documented_is_no_change(switches, converge, sandbox):
    sandbox.switch("pagertree", **switches)
    args = CASE.sample(None)
    converge(CASE, args, "create")
    converge(CASE, {**args, "state": "absent"}, "delete")


def test_where_alerts_are_sent_to(call, sandbox):
    result = call(MANAGE, {**HOOK, "return_secrets": True, "secret_options": {"token": "secret-token"}})
    prefix_id = sandbox.objects("pagertree")[0]["prefix_id"]
    assert result["secrets"]["endpoint"] == f"{sandbox.url}/pagertree/integration/{prefix_id}"
    assert result["secrets"]["email"] == f"{prefix_id}@alerts.pagertree.com"
    assert call(MANAGE, {"id": prefix_id})["action"] == "none"
    assert call(f"{MANAGE}_info", {"id": prefix_id})["integrations"][0]["name"] == "up"


def test_types(call, sandbox):
    types = call("pagertree_integration_type_info", {})["integration_types"]
    assert len(types) == 59
    by_name = {view["name"]: view for view in types}
    assert "wrapper_key" in by_name["Webhook"]["options"] and by_name["Webhook"]["secret_options"] == ["token"]
    one = by_name["Email"]
    for args in ({"name": "Email"}, {"id": one["id"]}):
        assert call("pagertree_integration_type_info", args)["integration_types"] == [one]
    assert call("pagertree_integration_type_info", {"id": OPERATIONS})["integration_types"] == []


@pytest.mark.parametrize("status", [402, 403])
def test_plans(status, call, sandbox):
    sandbox.switch("pagertree", plan=str(status))
    secret = {"api_key": "secret-key", "api_secret": "secret-secret"}
    args = {**HOOK, "integration_type": "Live Call Routing", "options": {"account_sid": "a"}, "secret_options": secret}
    assert call(MANAGE, args)["error"]["status"] == status
