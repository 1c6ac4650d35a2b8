# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The truth under faults: an error that names the call, or the desired state; never two integrations."""

from __future__ import annotations

import json

import pytest
from cases import CASES, each_case, put

from ansible_collections.saas.integrations.plugins.module_utils._core import reconcile

pytestmark = pytest.mark.usefixtures("waits")


def sample(case):
    return case.sample(case.kinds[0])


# The service has done what it was asked to, or has not.
LOST = ["drop_after", "truncate", "half_json", {"fault": "status", "status": 500, "after": True}]
LOST += [{"fault": "status", "status": status, "after": True} for status in (502, 504)]
LOST += [{"fault": "html", "after": True}, {"fault": "empty", "after": True}]
NOT_DONE = ["drop_before", "html", "empty", {"fault": "status", "status": 500}, {"fault": "status", "status": 502}]
NOT_DONE += [{"fault": "status", "status": 503}, {"fault": "status", "status": 429}]


def name_of(fault):
    return fault if isinstance(fault, str) else "-".join(map(str, fault.values()))


@each_case
@pytest.mark.parametrize("fault", LOST + NOT_DONE, ids=name_of)
def test_created_exactly_once(case, fault, call, sandbox):
    """Whether the answer was lost or the call was: there is one integration in the end, and the task says so."""
    parameters = dict(fault) if isinstance(fault, dict) else {"fault": fault}
    sandbox.fault(case.service, method="POST", **parameters)
    created = call(case.manage, sample(case))
    assert (created.get("action"), created["changed"]) == ("create", True), created
    assert len(sandbox.objects(case.service)) == 1
    sandbox.log()
    assert call(case.manage, sample(case))["action"] == "none"


@each_case
def test_a_create_that_never_gets_an_answer_is_a_clean_error(case, call, sandbox):
    sandbox.fault(case.service, "drop_before", method="POST", times=None)
    failed = call(case.manage, sample(case))
    assert failed["failed"] and failed["error"]["method"] == "POST" and failed["error"]["status"] is None
    assert sandbox.objects(case.service) == []


@each_case
def test_a_list_lags_for_longer_than_anyone_waits(case, call, sandbox):
    """Then it is created twice; who does it says so, with the ids, and so does the next run."""
    late = {"fault": "lag", "method": "GET", "times": reconcile.LOOKS}
    sandbox.fault(case.service, "drop_after", method="POST", then=late)
    failed = call(case.manage, sample(case))
    assert failed["failed"] and failed["changed"] and "more than once" in failed["msg"], failed
    again = call(case.manage, sample(case))
    assert again["failed"] and "changed" not in again
    ids = [item[case.resource.id_path] for item in sandbox.objects(case.service)]
    assert len(ids) == 2 and all(id in result["msg"] for id in ids for result in (failed, again))


READ_ERRORS = [
    ("status", {"status": 401}, 401, "credentials"),
    ("status", {"status": 403}, 403, "permission"),
    ("status", {"status": 404}, 404, "api_url"),
    ("status", {"status": 500}, 500, ""),
    ("html", {}, 200, "HTML page"),
    ("half_json", {}, 200, "no complete JSON"),
    ("empty", {}, 200, "with 200 but"),
    ("redirect", {"location": "https://evil.example/"}, 302, "https://evil.example"),
]


@each_case
@pytest.mark.parametrize(("fault", "parameters", "status", "words"), READ_ERRORS, ids=lambda value: str(value)[:12])
def test_what_cannot_be_read_is_never_absent(case, fault, parameters, status, words, call, sandbox):
    """An error names method, path and status; neither is anything created, nor is it called unchanged."""
    sandbox.fault(case.service, fault, method="GET", times=None, **parameters)
    for args in (sample(case), {"name": "sample", "state": "absent"}):
        failed = call(case.manage, args)
        error = failed["error"]
        assert failed["failed"] and (error["method"], error["status"]) == ("GET", status)
        assert error["path"] in failed["msg"] and words in failed["msg"] and "GET" in failed["msg"]
    assert [entry for entry in sandbox.log() if entry["method"] != "GET"] == []


@each_case
@pytest.mark.parametrize("fault", ["drop_before", "drop_after", "truncate", "content_type", 429, 502, 503, 504])
def test_reading_is_tried_again(case, fault, call, sandbox, waits):
    call(case.manage, sample(case))
    if isinstance(fault, int):
        sandbox.fault(case.service, "status", method="GET", times=2, status=fault)
    else:
        sandbox.fault(case.service, fault, method="GET", times=2)
    assert call(case.manage, sample(case))["action"] == "none"


@each_case
def test_rate_limits_are_waited_for(case, call, sandbox, waits):
    sandbox.fault(case.service, "status", status=429, headers={"Retry-After": "7"}, method="GET")
    assert call(case.info, {})["integrations"] == []
    assert 7 <= sum(waits) <= 8
    sandbox.fault(case.service, "status", status=503, headers={"Retry-After": "9999"}, method="GET")
    failed = call(case.info, {})
    assert "max_wait" in failed["msg"] and failed["error"]["status"] == 503
    sandbox.fault(case.service, "status", status=429, headers={"Retry-After": "nonsense"}, method="GET")
    assert call(case.info, {})["integrations"] == []


@each_case
def test_time_limits(case, call, sandbox):
    sandbox.fault(case.service, "slow_headers", seconds=30, times=None)
    failed = call(case.info, {"timeout": 0.05, "max_wait": 0.2})
    assert "no answer" in failed["msg"] and failed["error"]["status"] is None
    sandbox.control("DELETE", "faults")
    sandbox.fault(case.service, "slow_body", interval=0.02, times=None)
    failed = call(case.info, {"timeout": 0.2, "max_wait": 0.3})
    assert "no answer" in failed["msg"], failed["msg"]
    sandbox.control("DELETE", "faults")


@each_case
def test_a_service_that_is_not_there(case, call, sandbox):
    """Nothing listens on the reserved port 1 of the loopback address."""
    failed = call(case.manage, {**sample(case), "api_url": "http://127.0.0.1:1"})
    assert "no connection" in failed["msg"] and failed["error"]["method"] == "GET"


PAGED = [case for case in CASES if case.page]


@pytest.mark.parametrize("case", PAGED, ids=[case.service for case in PAGED])
def test_long_lists(case, call, sandbox):
    """Every page is read once; a page too few, or twice, is an error and never a short list."""
    call(case.manage, sample(case))
    [one] = sandbox.objects(case.service)
    name = case.resource.fields[0].at[0]
    identity = case.resource.id_path
    # In the order in which PagerTree is asked to list.
    copies = [
        {**one, identity: f"{n:0{len(one[identity])}d}", name: f"n{n}", "created_at": f"2026-01-01T00:00:00.{n:03d}Z"}
        for n in range(260)
    ]
    if "created_at" not in one:
        copies = [{key: value for key, value in copy.items() if key != "created_at"} for copy in copies]
    sandbox.add(case.service, *copies)
    sandbox.log()
    assert len(call(case.info, {})["integrations"]) == 261
    assert len(sandbox.log()) == -(-261 // case.page)
    for fault in ("repeat_page", "total"):
        sandbox.fault(case.service, fault, skip=1, times=None)
        failed = call(case.info, {})
        assert "Nothing was done with a part" in failed["msg"] and failed["error"]["path"], failed
        sandbox.control("DELETE", "faults")


@pytest.mark.parametrize("switches", [{"max_items": 1}, {}], ids=["announced", "full"])
def test_netography_lists_that_may_be_cut(switches, call, sandbox):
    [case] = [case for case in CASES if case.service == "netography"]
    sandbox.switch("netography", **switches)
    count = 2 if switches else 1000
    sandbox.add("netography", *({"adapter": "teams", "name": f"n{n}", "config": {}} for n in range(count)))
    failed = call(case.manage, sample(case))
    assert failed["failed"] and "1000" in failed["msg"] if not switches else "1 out of 2" in failed["msg"]
    assert len(sandbox.objects("netography")) == count


@pytest.mark.parametrize("missing", ["404", "400", "403", "empty"])
def test_netography_missing_integrations(missing, call, sandbox):
    """What a missing integration is answered with is not documented."""
    sandbox.switch("netography", missing=missing)
    manage, unknown = "netography_response_integration", "8123456789abcdef01234567"
    # Some have smaller ids, some greater ones.
    others = [{"id": f"{n:x}" * 24, "adapter": "teams", "name": f"n{n}", "config": {}} for n in (1, 15)]
    sandbox.add("netography", *others)
    assert call(f"{manage}_info", {"id": unknown})["integrations"] == []
    assert call(manage, {"id": unknown, "state": "absent"})["action"] == "none"
    call(manage, {"name": "t", "teams": {"url": "https://example.com"}})
    sandbox.fault("netography", "drop_after", method="DELETE")
    assert call(manage, {"name": "t", "state": "absent"})["action"] == "delete"
    assert [one["name"] for one in sandbox.objects("netography")] == ["n1", "n15"]


def test_netography_tokens_are_renewed(call, sandbox, monkeypatch):
    monkeypatch.delenv("NETOGRAPHY_ACCESS_TOKEN")
    monkeypatch.delenv("NETOGRAPHY_API_URL")
    args = {"netosecret": sandbox.netosecret, "name": "t", "teams": {"url": "https://example.com"}}
    assert call("netography_response_integration", args, check=True)["action"] == "create"
    assert [entry["path"] for entry in sandbox.log()] == ["/api/v1/auth/token", "/api/v1/integrations/response"]
    sandbox.fault("netography", "status", status=401, method="POST", path="integrations")
    assert call("netography_response_integration", args)["action"] == "create"
    log = [(entry["method"], entry["path"].rpartition("/")[2], entry["status"]) for entry in sandbox.log()]
    exchange, create = ("POST", "token", 200), ("POST", "response")
    assert log == [exchange, ("GET", "response", 200), (*create, 401), exchange, (*create, 201)]
    sandbox.fault("netography", "status", status=401, times=None, path="integrations")
    failed = call("netography_response_integration", args)
    assert failed["error"]["status"] == 401


@pytest.mark.parametrize("index", [0, 1], ids=["GET", "write"])
def test_netography_tokens_may_expire_at_any_request(index, call, sandbox):
    """Each time, one new token is all that it takes."""
    args = {"netosecret": sandbox.netosecret, "name": "t", "teams": {"url": "https://example.com"}}
    for action, more in (("create", {}), ("update", {"description": "new"}), ("delete", {"state": "absent"})):
        sandbox.log()
        sandbox.fault("netography", "status", status=401, path="integrations", skip=index)
        assert call("netography_response_integration", {**args, **more})["action"] == action
        log = sandbox.log()
        assert [request["path"].rpartition("/")[2] for request in log].count("token") == 2 and len(log) == 5


@pytest.mark.parametrize("service", ["confluent", "rocketchat"])
def test_the_rate_limit_headers_of_the_service_are_understood(service, call, sandbox, waits):
    """Seconds from now, and milliseconds since 1970."""
    [case] = [case for case in CASES if case.service == service]
    sandbox.fault(service, "rate_limit", seconds=40)
    assert call(case.info, {})["integrations"] == []
    # A tenth more, and up to a second, as the time in a Date header is whole seconds.
    assert 40 <= sum(waits) <= 41 * 1.1


@pytest.mark.parametrize(
    "switches",
    [
        {"extra_members": True},
        {"ints_as_strings": True},
        {"reverse_lists": True},
        {"ids": False},
    ],
    ids=lambda switches: next(iter(switches)),
)
def test_netography_oddities_are_no_change(switches, call, sandbox):
    [case] = [case for case in CASES if case.service == "netography"]
    sandbox.switch("netography", **switches)
    args = case.sample(case.resource.by_name["bgp"])
    assert call(case.manage, args)["action"] == "create"
    again = call(case.manage, args)
    assert again["action"] == "none"
    if switches.get("ids") is False:
        refused = call(case.manage, {**args, "state": "absent"})
        assert "without an id" in refused["msg"]
    else:
        updated = call(case.manage, put(args, "description", "new"))
        assert updated["action"] == "update"
        # What the service shows without documenting it cannot be sent back: that is said.
        assert ("aggregate" in json.dumps(updated.get("warnings"))) == ("extra_members" in switches)


@pytest.mark.parametrize("fault", ["drop_after", 500], ids=str)
def test_a_test_message_is_sent_before_anything_is_written_and_never_twice(fault, call, sandbox):
    args = {"name": "t", "teams": {"url": "https://example.com"}, "send_test": True}
    manage = "netography_response_integration"
    assert call(manage, args, check=True)["action"] == "create"
    assert [entry["method"] for entry in sandbox.log()] == ["GET"]
    parameters = {"fault": "status", "status": fault} if isinstance(fault, int) else {"fault": fault}
    sandbox.fault("netography", path="/test$", **parameters)
    failed = call(manage, args)
    assert failed["failed"] and "/test" in failed["error"]["path"] and not failed.get("changed")
    assert [(entry["method"], entry["path"].rpartition("/")[2]) for entry in sandbox.log()] == [
        ("GET", "response"),
        ("POST", "test"),
    ]
    assert call(manage, args)["action"] == "create"
    assert [entry["path"].rpartition("/")[2] for entry in sandbox.log()] == ["response", "test", "response"]
    assert call(manage, args)["action"] == "none"
    assert [entry["path"].rpartition("/")[2] for entry in sandbox.log()] == ["response"]


@pytest.mark.parametrize("permission", ["own", "none"])
def test_rocketchat_permissions(permission, call, sandbox):
    sandbox.switch("rocketchat", permission=permission)
    result = call("rocketchat_integration_info", {})
    if permission == "none":
        assert result["error"]["status"] == 403
        return
    args = {"name": "in", "incoming": {"username": "rocket.cat", "channels": ["#ops"]}}
    assert call("rocketchat_integration", args)["action"] == "create"
    warned = call("rocketchat_integration_info", {})
    assert "manage-own" in json.dumps(warned["warnings"])
    one = warned["integrations"][0]
    creator = one["created_by"]["id"]
    found = call("rocketchat_integration_info", {"id": one["id"], "created_by": creator})
    assert found["integrations"] == [one] and not found.get("warnings")


def test_rocketchat_scripts_that_do_not_compile(call, sandbox):
    """The service keeps them and answers 200; to the user it is a failure, as long as it lasts."""
    args = {"name": "in", "incoming": {"username": "rocket.cat", "channels": ["#ops"], "script_enabled": True}}
    args["incoming"]["script"] = "class Script { process( {"
    assert call("rocketchat_integration", args, check=True)["action"] == "create"
    for action in ("create", "none"):
        failed = call("rocketchat_integration", args)
        assert failed["failed"] and "does not compile" in failed["msg"]
        assert (failed["action"], failed["changed"]) == (action, action != "none")
    assert "process(" not in failed["_output"]
    args["incoming"]["script"] = "class Script { process() {} }"
    assert call("rocketchat_integration", args)["action"] == "update"
    assert not call("rocketchat_integration", args).get("failed")


def test_rocketchat_frozen_scripts_are_mentioned(call, sandbox):
    args = {"name": "in", "incoming": {"username": "rocket.cat", "channels": ["#ops"], "script": "one();"}}
    call("rocketchat_integration", args)
    sandbox.switch("rocketchat", freeze_scripts=True)
    args["incoming"].update(script="two();", alias="x")
    result = call("rocketchat_integration", args)
    assert result.get("failed") or "incoming.script" in json.dumps(result["warnings"])


def test_rocketchat_rate_limit_in_epoch_milliseconds(call, sandbox, waits):
    sandbox.switch("rocketchat", rate_limit=True, rate_limit_calls=2, rate_limit_window_ms=400)
    for _run in range(2):
        assert call("rocketchat_integration_info", {})["integrations"] == []
    sandbox.fault(
        "rocketchat", "status", status=429, headers={"X-RateLimit-Reset": "99999999999999"}, method="GET", times=1
    )
    assert "max_wait" in call("rocketchat_integration_info", {})["msg"]
