# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The promises of the sandbox that other tests are built on."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

pytest.importorskip("starlette")
pytest.importorskip("uvicorn")

SANDBOX = Path(__file__).parents[1] / "sandbox"

SLACK = {
    "adapter": "slack",
    "name": "slack",
    "description": "",
    "config": {"url": "https://hooks.example.com/1", "channel": "#ops"},
}
INCOMING = {
    "type": "webhook-incoming",
    "username": "rocket.cat",
    "channel": " #general,@admin",
    "scriptEnabled": False,
    "name": "incoming",
    "enabled": True,
}
OUTGOING = {
    **INCOMING,
    "type": "webhook-outgoing",
    "name": "outgoing",
    "event": "sendMessage",
    "urls": ["https://example.com", ""],
    "triggerWords": ["!deploy", " "],
}


class Sandbox:
    """One process, and a client for each of its services."""

    def __init__(self, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(SANDBOX), "--stdin", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout
        self.ready = json.loads(self.process.stdout.readline())
        self.url = self.ready["url"]
        self.session = requests.Session()
        self.session.trust_env = False

    def call(self, method: str, path: str, **keywords: Any) -> requests.Response:
        return self.session.request(method, self.url + path, timeout=5, **keywords)

    def netography(self, method: str, path: str = "", token: str | None = None, **keywords: Any) -> requests.Response:
        token = token or self.ready["env"]["NETOGRAPHY_ACCESS_TOKEN"]
        headers = {"Authorization": f"Bearer {token}"}
        return self.call(method, f"/netography/api/v1/integrations/response{path}", headers=headers, **keywords)

    def rocketchat(self, method: str, verb: str, **keywords: Any) -> requests.Response:
        env = self.ready["env"]
        headers = {"X-Auth-Token": env["ROCKETCHAT_AUTH_TOKEN"], "X-User-Id": env["ROCKETCHAT_USER_ID"]}
        return self.call(method, f"/rocketchat/api/v1/integrations.{verb}", headers=headers, **keywords)

    def control(self, method: str, path: str, body: Any = None) -> Any:
        response = self.call(method, f"/_control/{path}", json=body)
        response.raise_for_status()
        return response.json()

    def switch(self, service: str, **values: Any) -> None:
        self.control("PATCH", "switches", {service: values})

    def fault(self, fault: str, service: str = "netography", **members: Any) -> None:
        self.control("POST", "faults", {"service": service, "fault": fault, **members})

    def objects(self, service: str) -> list[dict[str, Any]]:
        return self.control("GET", f"state?service={service}")["objects"]

    def stop(self) -> None:
        assert self.process.stdin and self.process.stdout
        self.session.close()
        self.process.stdin.close()
        self.process.wait(5)
        self.process.stdout.close()


@pytest.fixture(scope="module")
def process() -> Iterator[Sandbox]:
    sandbox = Sandbox("--validate")
    yield sandbox
    sandbox.stop()


@pytest.fixture
def sandbox(process: Sandbox) -> Sandbox:
    process.control("POST", "reset")
    return process


# The framework


def test_state_outlives_a_restart(tmp_path: Path) -> None:
    state = str(tmp_path / "state.sqlite")
    first = Sandbox("--state", state)
    created = first.netography("POST", json=SLACK).json()["data"]
    first.netography("POST", json={**SLACK, "name": "gone"})
    first.netography("DELETE", f"/{first.objects('netography')[1]['id']}")
    first.process.send_signal(signal.SIGTERM)
    assert first.process.wait(5) == 0
    first.stop()

    second = Sandbox("--state", state)
    assert second.netography("GET").json()["data"] == created
    second.process.send_signal(signal.SIGKILL)
    second.stop()

    third = Sandbox("--state", state)
    assert third.netography("GET").json()["data"] == created
    third.stop()
    assert third.process.returncode == 0


def test_connections_are_kept_and_logged(sandbox: Sandbox) -> None:
    sandbox.netography("GET", params={"a": "b"})
    sandbox.netography("POST", json=SLACK)
    log = sandbox.control("GET", "log?service=netography")["log"]
    assert log[0]["connection"] == log[1]["connection"]
    assert [(entry["method"], entry["status"]) for entry in log] == [("GET", 200), ("POST", 201)]
    assert log[0]["query"] == {"a": "b"}
    assert log[1]["body"] == SLACK
    assert log[1]["headers"]["content-type"] == "application/json"
    sandbox.control("DELETE", "log")
    assert sandbox.control("GET", "log")["log"] == []


def test_both_sides_are_validated(sandbox: Sandbox) -> None:
    sandbox.netography("POST", json={**SLACK, "id": "1"})
    sandbox.rocketchat("GET", "list", params={"fields": "{}"})
    sandbox.control("POST", "state", {"service": "rocketchat", "objects": [{"type": "unknown", "name": "x"}]})
    sandbox.rocketchat("GET", "list")
    violations = sandbox.control("GET", "violations")["violations"]
    assert [(entry["service"], entry["side"]) for entry in violations] == [
        ("netography", "request"),
        ("rocketchat", "request"),
        ("rocketchat", "response"),
    ]


@pytest.mark.parametrize("service", ["netography", "rocketchat"])
def test_a_hundred_integrations_are_listed_fast(service: str) -> None:
    sandbox = Sandbox()
    objects = {"netography": {**SLACK}, "rocketchat": {**INCOMING, "channel": ["#general"]}}
    sandbox.control("POST", "state", {"service": service, "objects": [objects[service]] * 100})
    times = []
    for _attempt in range(20):
        start = time.perf_counter()
        if service == "netography":
            assert len(sandbox.netography("GET").json()["data"]) == 100
        else:
            assert len(sandbox.rocketchat("GET", "list", params={"count": 100}).json()["integrations"]) == 100
        times.append(time.perf_counter() - start)
    sandbox.stop()
    assert min(times) < 0.01


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", "switches", {"netography": {"unknown": 1}}),
        ("PATCH", "switches", {"netography": {"secrets": "unknown"}}),
        ("PATCH", "switches", {"netography": {"ids": 1}}),
        ("PATCH", "switches", {"unknown": {}}),
        ("POST", "faults", {"service": "netography", "fault": "unknown"}),
        ("POST", "faults", {"service": "netography", "fault": "lag", "unknown": 1}),
        ("POST", "faults", {"service": "netography", "fault": "lag", "path": "("}),
        ("POST", "faults", {"service": "unknown", "fault": "lag"}),
        ("POST", "faults", {"fault": "lag"}),
        ("POST", "state", {"service": "netography", "collection": "unknown"}),
        ("GET", "state", None),
    ],
)
def test_a_mistake_in_a_control_call_is_told(sandbox: Sandbox, method: str, path: str, body: Any) -> None:
    response = sandbox.call(method, f"/_control/{path}", json=body)
    assert response.status_code == 400
    assert response.json()["error"]


# Faults


@pytest.mark.parametrize(("fault", "stored"), [("drop_before", 0), ("drop_after", 1)])
def test_drop(sandbox: Sandbox, fault: str, stored: int) -> None:
    sandbox.fault(fault, method="POST")
    with pytest.raises(requests.ConnectionError):
        sandbox.netography("POST", json=SLACK)
    assert len(sandbox.objects("netography")) == stored
    entry = sandbox.control("GET", "log")["log"][-1]
    assert (entry["status"], entry["fault"]) == (None, fault)


def test_a_fault_is_for_some_of_the_matching_requests(sandbox: Sandbox) -> None:
    sandbox.fault("status", method="GET", path="/response$", skip=1, times=2, status=429, headers={"Retry-After": "1"})
    assert sandbox.netography("POST", json=SLACK).status_code == 201
    responses = [sandbox.netography("GET") for _attempt in range(4)]
    assert [response.status_code for response in responses] == [200, 429, 429, 200]
    assert responses[1].headers["Retry-After"] == "1"
    assert sandbox.control("GET", "faults") == {"faults": []}

    sandbox.fault("status", times=None, status=502, body="Bad gateway")
    assert [sandbox.netography("GET").text for _attempt in range(3)] == ["Bad gateway"] * 3
    sandbox.control("DELETE", "faults")
    assert sandbox.netography("GET").status_code == 200


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("fault", ["status", "html", "empty"])
def test_the_request_is_carried_out_if_wanted(sandbox: Sandbox, fault: str, after: bool) -> None:
    sandbox.fault(fault, after=after)
    response = sandbox.netography("POST", json=SLACK)
    assert {"status": 503, "html": 200, "empty": 200}[fault] == response.status_code
    assert len(sandbox.objects("netography")) == after


def test_broken_bodies(sandbox: Sandbox) -> None:
    sandbox.netography("POST", json=SLACK)
    right = sandbox.netography("GET")

    sandbox.fault("truncate")
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        sandbox.netography("GET")

    sandbox.fault("half_json")
    cut = sandbox.netography("GET").text
    assert right.text.startswith(cut)
    assert len(cut) == len(right.text) // 2

    sandbox.fault("html")
    assert sandbox.netography("GET").headers["Content-Type"].startswith("text/html")

    sandbox.fault("empty")
    assert sandbox.netography("GET").content == b""

    sandbox.fault("content_type")
    wrong = sandbox.netography("GET")
    assert (wrong.headers["Content-Type"], wrong.content) == ("text/plain", right.content)


def test_slowness(sandbox: Sandbox) -> None:
    for fault in ({"fault": "slow_headers", "seconds": 0.05}, {"fault": "slow_body", "interval": 0.002}):
        sandbox.fault(**fault)
        start = time.monotonic()
        assert sandbox.netography("GET").json()["data"] == []
        assert time.monotonic() - start > 0.05
    sandbox.switch("netography", latency_ms=50)
    assert sandbox.netography("GET").elapsed.total_seconds() > 0.05


def test_lists_that_lie(sandbox: Sandbox) -> None:
    objects = [{**INCOMING, "channel": [], "name": str(number), "token": ""} for number in range(6)]
    sandbox.control("POST", "state", {"service": "rocketchat", "objects": objects})
    page = {"sort": '{"name":1}', "count": 2}

    def names(offset: int = 0) -> list[str]:
        page_of = sandbox.rocketchat("GET", "list", params={**page, "offset": offset}).json()
        return [integration["name"] for integration in page_of["integrations"]]

    sandbox.fault("repeat_page", service="rocketchat")
    assert names(2) == ["0", "1"]
    assert names(2) == ["2", "3"]
    sandbox.fault("total", service="rocketchat", delta=3)
    assert sandbox.rocketchat("GET", "list").json()["total"] == 9
    sandbox.fault("lag", service="rocketchat", writes=4)
    assert sandbox.rocketchat("GET", "list").json()["total"] == 2

    first = sandbox.objects("rocketchat")[0]
    sandbox.rocketchat("POST", "remove", json={"type": first["type"], "integrationId": first["_id"]})
    sandbox.fault("lag", service="rocketchat")
    assert "0" in names()
    assert "0" not in names()


def test_redirect_and_echo(sandbox: Sandbox) -> None:
    sandbox.fault("redirect", location="http://other.example/")
    response = sandbox.netography("GET", allow_redirects=False)
    assert (response.status_code, response.headers["Location"]) == (302, "http://other.example/")
    sandbox.fault("echo")
    message = sandbox.netography("POST", json=SLACK).json()["message"]
    assert sandbox.ready["env"]["NETOGRAPHY_ACCESS_TOKEN"] in message
    assert SLACK["config"]["url"] in message
    assert sandbox.control("GET", "violations")["violations"] == []


# Netography


def _request_token(key: dict[str, str], **claims: Any) -> str:
    def segment(content: bytes) -> str:
        return base64.urlsafe_b64encode(content).rstrip(b"=").decode()

    own = {"iat": int(time.time()), "jti": "1", **{name: key[name] for name in ("appname", "appkey", "shortname")}}
    signed = f"{segment(json.dumps({'alg': 'HS256'}).encode())}.{segment(json.dumps({**own, **claims}).encode())}"
    return f"{signed}.{segment(hmac.new(key['sharedsecret'].encode(), signed.encode(), hashlib.sha256).digest())}"


def test_netography_tokens(sandbox: Sandbox) -> None:
    key = json.loads(base64.b64decode(sandbox.ready["netosecret"]))

    def mint(**claims: Any) -> requests.Response:
        return sandbox.session.post(f"{key['url']}/auth/token", json={"jwt": _request_token(key, **claims)})

    token = mint().json()["access_token"]
    assert sandbox.netography("GET", token=token).status_code == 200
    sandbox.switch("netography", expire_tokens=True)
    assert sandbox.netography("GET", token=token).status_code == 401
    sandbox.switch("netography", token_lifetime=0)
    assert sandbox.netography("GET", token=mint().json()["access_token"]).status_code == 401

    assert mint(iat=0).status_code == 401
    assert mint(appkey="wrong").status_code == 401
    assert mint(shortname="wrong").status_code == 404
    key["sharedsecret"] = "wrong"
    assert mint().status_code == 401
    assert sandbox.control("GET", "violations")["violations"] == []


def test_netography_integrations(sandbox: Sandbox) -> None:
    [created] = sandbox.netography("POST", json=SLACK).json()["data"]
    assert created == {**SLACK, "id": created["id"], "type": "notification"}
    path = f"/{created['id']}"
    assert sandbox.netography("GET", path).json() == {"meta": {"code": 200, "count": 1}, "data": [created]}
    changed = {**SLACK, "name": "changed"}
    assert sandbox.netography("PUT", path, json=changed).json()["data"] == [{**created, "name": "changed"}]
    assert sandbox.netography("POST", "/test", json=SLACK).status_code == 201
    assert len(sandbox.objects("netography")) == 1

    teams = {**SLACK, "adapter": "teams", "config": {"url": "https://example.com"}}
    assert sandbox.netography("PUT", path, json=teams).status_code == 400
    sandbox.switch("netography", allow_adapter_change=True)
    assert sandbox.netography("PUT", path, json=teams).json()["data"][0]["adapter"] == "teams"

    deleted = sandbox.netography("DELETE", path)
    assert (deleted.status_code, deleted.content) == (204, b"")
    assert sandbox.control("GET", "violations")["violations"] == []


def test_netography_bodies_are_checked(sandbox: Sandbox) -> None:
    for wrong in (
        {**SLACK, "id": "1"},
        {**SLACK, "adapter": "unknown"},
        {**SLACK, "config": {"url": "https://example.com"}},
        {**SLACK, "config": {**SLACK["config"], "extra": 1}},
        {**SLACK, "config": {**SLACK["config"], "channel": 1}},
        {name: SLACK[name] for name in ("adapter", "name", "config")},
    ):
        response = sandbox.netography("POST", json=wrong)
        assert response.status_code == 400
        assert set(response.json()) == {"status", "name", "message"}


def test_netography_switches(sandbox: Sandbox) -> None:
    bgp = {"expiration": 1, "community": "", "factors": ["a", "b"], "max": 2, "neighbors": [], "nexthop": ""}
    sandbox.netography("POST", json=SLACK)
    sandbox.netography("POST", json={"adapter": "bgp", "name": "bgp", "description": "", "config": bgp})

    def listed(**switches: Any) -> list[dict[str, Any]]:
        sandbox.control("PATCH", "switches", {"netography": switches})
        return sandbox.netography("GET").json()["data"]

    assert listed(secrets="mask")[0]["config"]["url"] == "********"
    assert "url" not in listed(secrets="omit")[0]["config"]
    assert listed(ints_as_strings=True)[1]["config"]["max"] == "2"
    assert "aggregate" in listed(extra_members=True)[1]["config"]
    assert "id" not in listed(ids=False)[0]
    assert listed(reverse_lists=True)[0]["config"]["factors"] == ["b", "a"]
    assert len(listed(max_items=1)) == 1
    assert sandbox.netography("GET").json()["meta"]["count"] == 2

    sandbox.switch("netography", unique_names=True)
    assert sandbox.netography("POST", json=SLACK).status_code == 409
    for missing, status in (("404", 404), ("400", 400), ("403", 403), ("empty", 200)):
        sandbox.switch("netography", missing=missing)
        assert sandbox.netography("GET", "/unknown").status_code == status
    assert sandbox.control("GET", "violations")["violations"] == []


# Rocket.Chat


def _integration(response: requests.Response) -> dict[str, Any]:
    assert response.status_code == 200, response.text
    return response.json()["integration"]


def _error(response: requests.Response) -> str:
    assert response.status_code == 400
    return response.json()["error"]


def test_rocketchat_incoming(sandbox: Sandbox) -> None:
    created = _integration(sandbox.rocketchat("POST", "create", json={**INCOMING, "alias": None, "avatar": ""}))
    assert len(created["token"]) == 48
    assert created["channel"] == ["#general", "@admin"]
    assert created["scriptEngine"] == "isolated-vm"
    assert created["overrideDestinationChannelEnabled"] is created["skipTranspile"] is False
    assert created["avatar"] == ""
    assert "alias" not in created
    message = sandbox.call("POST", f"/rocketchat/hooks/{created['_id']}/{created['token']}", json={"text": "hello"})
    assert message.status_code == 200

    update = {**INCOMING, "integrationId": created["_id"], "alias": "a", "skipTranspile": True}
    assert _integration(sandbox.rocketchat("PUT", "update", json=update))["skipTranspile"] is True
    del update["alias"], update["skipTranspile"], update["username"]
    updated = _integration(sandbox.rocketchat("PUT", "update", json=update))
    assert (updated["alias"], updated["skipTranspile"], updated["token"]) == ("a", False, created["token"])

    reference = {"type": "webhook-incoming", "integrationId": created["_id"]}
    assert _integration(sandbox.rocketchat("GET", "get", params={"integrationId": created["_id"]})) == updated
    assert _integration(sandbox.rocketchat("POST", "remove", json=reference)) == updated
    assert _error(sandbox.rocketchat("POST", "remove", json=reference)) == "No integration found."
    assert _error(sandbox.rocketchat("PUT", "update", json=update)) == "No integration found."
    missing = sandbox.rocketchat("GET", "get", params={"integrationId": created["_id"]})
    assert _error(missing) == "The integration does not exists."
    assert sandbox.control("GET", "violations")["violations"] == []


def test_rocketchat_outgoing(sandbox: Sandbox) -> None:
    body = {**OUTGOING, "urls": ["https://example.com", " "], "retryFailedCalls": True}
    created = _integration(sandbox.rocketchat("POST", "create", json=body))
    assert created["urls"] == ["https://example.com"]
    assert created["triggerWords"] == ["!deploy"]
    assert (created["retryCount"], created["retryDelay"]) == (4, "powers-of-ten")
    assert "token" not in created
    assert "runOnEdits" not in created

    update = {**body, "integrationId": created["_id"]}
    assert "[error-invalid-token]" in _error(sandbox.rocketchat("PUT", "update", json=update))
    update |= {"token": "t", "event": "roomCreated", "channel": "#general", "alias": None}
    updated = _integration(sandbox.rocketchat("PUT", "update", json=update))
    assert updated["channel"] == []
    assert updated["triggerWords"] == ["!deploy"]
    assert updated["alias"] is None
    found = {"type": "webhook-outgoing", "target_url": "https://example.com"}
    assert _integration(sandbox.rocketchat("POST", "remove", json=found)) == updated
    assert sandbox.control("GET", "violations")["violations"] == []


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({**INCOMING, "token": "t"}, "must NOT have additional properties [invalid-params]"),
        ({**INCOMING, "type": "webhook-incoming-x"}, "Invalid integration type."),
        ({**INCOMING, "channel": "general"}, "error-invalid-channel-start-with-chars"),
        ({**INCOMING, "channel": ""}, "error-invalid-channel"),
        ({**INCOMING, "channel": "#missing"}, "error-invalid-room"),
        ({**INCOMING, "channel": "all_public_channels"}, "error-invalid-channel-start-with-chars"),
        ({**INCOMING, "username": "missing"}, "error-invalid-user"),
        ({**OUTGOING, "event": "unknown"}, "error-invalid-event-type"),
        ({**OUTGOING, "event": "messageEdited"}, "error-invalid-event-type"),
        ({**OUTGOING, "event": "userCreated"}, "error-invalid-targetRoom"),
        ({**OUTGOING, "urls": []}, "error-invalid-urls"),
        ({**OUTGOING, "triggerWords": [""]}, "must NOT have fewer than 1 characters"),
        ({**OUTGOING, "overrideDestinationChannelEnabled": True}, "must NOT have additional properties"),
        ({"type": "webhook-incoming"}, "must have required property 'username'"),
        ({}, "must have required property 'type'"),
    ],
)
def test_rocketchat_refusals(sandbox: Sandbox, body: dict[str, Any], error: str) -> None:
    body = {**body, "urls": ["https://example.com"]} if body.get("urls") else body
    assert error in _error(sandbox.rocketchat("POST", "create", json=body))
    assert sandbox.objects("rocketchat") == []


def test_rocketchat_needs_the_content_type(sandbox: Sandbox) -> None:
    response = sandbox.rocketchat("POST", "create", data=json.dumps(INCOMING))
    assert "must have required property 'type'" in _error(response)


def test_rocketchat_scripts(sandbox: Sandbox) -> None:
    body = {**INCOMING, "scriptEnabled": "true", "script": "class Script { }"}
    created = _integration(sandbox.rocketchat("POST", "create", json=body))
    assert created["scriptEnabled"] is True
    assert created["scriptCompiled"]
    broken = {**body, "integrationId": created["_id"], "script": "class Script {"}
    updated = _integration(sandbox.rocketchat("PUT", "update", json=broken))
    assert updated["scriptError"]["name"] == "SyntaxError"
    assert "scriptCompiled" not in updated
    sandbox.switch("rocketchat", freeze_scripts=True)
    assert "integration-scripts-disabled" in _error(sandbox.rocketchat("POST", "create", json=body))


def test_rocketchat_lists(sandbox: Sandbox) -> None:
    names = [f"n{number:03}" for number in range(120)]
    objects = [{**INCOMING, "channel": [], "token": "", "name": name} for name in names]
    sandbox.control("POST", "state", {"service": "rocketchat", "objects": objects})

    def listed(**query: Any) -> list[str]:
        page = sandbox.rocketchat("GET", "list", params=query).json()
        assert page["count"] == page["items"] == len(page["integrations"])
        return [integration["name"] for integration in page["integrations"]]

    by_name = '{"name": 1}'
    assert listed(sort=by_name) == names[:50]
    assert listed(sort=by_name, count=1000) == names[:100]
    assert listed(sort=by_name, count=0) == names
    assert listed(sort='{"name": -1}', offset=119) == ["n000"]
    assert listed() != listed()
    assert listed(name="N01", sort=by_name) == names[10:20]
    assert listed(type="webhook-outgoing") == []
    assert "error-invalid-sort" in _error(sandbox.rocketchat("GET", "list", params={"sort": '{"name": 2}'}))
    assert "invalid-params" in _error(sandbox.rocketchat("GET", "list", params={"fields": "{}"}))
    sandbox.switch("rocketchat", version=6)
    assert len(listed(name="n01", fields="{}")) == 50


def test_rocketchat_permissions(sandbox: Sandbox) -> None:
    other = {"_id": "o", "username": "other"}
    theirs = {**INCOMING, "_id": "a" * 24, "channel": [], "_createdBy": other}
    sandbox.control("POST", "state", {"service": "rocketchat", "objects": [theirs]})
    reference = {"type": "webhook-incoming", "integrationId": theirs["_id"]}

    sandbox.switch("rocketchat", permission="own")
    assert sandbox.rocketchat("GET", "list").json()["total"] == 0
    missing = sandbox.rocketchat("GET", "get", params={"integrationId": theirs["_id"]})
    assert _error(missing) == "The integration does not exists."
    assert "error-invalid-integration" in _error(sandbox.rocketchat("POST", "remove", json=reference))
    outgoing = {**OUTGOING, "urls": ["https://example.com"], "event": "roomCreated"}
    assert "error-invalid-permissions" in _error(sandbox.rocketchat("POST", "create", json=outgoing))

    sandbox.switch("rocketchat", permission="none")
    refused = sandbox.rocketchat("GET", "list")
    assert (refused.status_code, refused.json()["errorType"]) == (403, "error-unauthorized")
    assert "not_authorized" in _error(sandbox.rocketchat("POST", "create", json=INCOMING))


def test_rocketchat_styles_and_rates(sandbox: Sandbox) -> None:
    path = "/rocketchat/api/v1/integrations.list"
    assert sandbox.call("GET", path).json() == {"status": "error", "message": "You must be logged in to do this."}
    sandbox.switch("rocketchat", error_style=9, version=9)
    assert sandbox.call("GET", path).json()["success"] is False
    skip = sandbox.rocketchat("POST", "create", json={**INCOMING, "skipTranspile": True})
    assert _error(skip) == "must NOT have additional properties"
    assert "skipTranspile" not in _integration(sandbox.rocketchat("POST", "create", json=INCOMING))

    sandbox.switch("rocketchat", rate_limit=True)
    responses = [sandbox.rocketchat("GET", "list") for _attempt in range(11)]
    assert [response.status_code for response in responses] == [200] * 10 + [429]
    headers = responses[-1].headers
    assert (headers["X-RateLimit-Limit"], headers["X-RateLimit-Remaining"]) == ("10", "0")
    assert 0 < int(headers["X-RateLimit-Reset"]) / 1000 - time.time() <= 60
    assert "Retry-After" not in headers
    assert sandbox.rocketchat("POST", "create", json=INCOMING).status_code == 200
