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
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests
import urllib3

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
WEBHOOK = {"display_name": "webhook", "target": {"kind": "Webhook", "url": "https://example.com/{id}"}}


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

    def confluent(self, method: str, path: str = "", **keywords: Any) -> requests.Response:
        env = self.ready["env"]
        keywords.setdefault("auth", (env["CONFLUENT_CLOUD_API_KEY"], env["CONFLUENT_CLOUD_API_SECRET"]))
        return self.call(method, f"/confluent/notifications/v1/integrations{path}", **keywords)

    def pagertree(self, method: str, path: str = "integrations", **keywords: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {self.ready['env']['PAGERTREE_API_KEY']}"}
        return self.call(method, f"/pagertree/api/v4/{path}", headers=headers, **keywords)

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
        ("POST", "faults", {"service": "netography", "fault": "lag", "then": {"fault": "unknown"}}),
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
    sandbox.fault("missing_page", service="rocketchat")
    reply = sandbox.rocketchat("GET", "list").json()
    assert (reply["integrations"], reply["total"]) == ([], 5)


def test_connections_are_refused_until_the_faults_are_deleted(sandbox: Sandbox) -> None:
    """Or until the time is over. Only new ones are: the control endpoints are called over one that stands."""
    sandbox.fault("refuse", after=True)
    with requests.Session() as client:
        listing = f"{sandbox.url}/netography/api/v1/integrations/response"
        client.headers["Authorization"] = f"Bearer {sandbox.ready['env']['NETOGRAPHY_ACCESS_TOKEN']}"
        assert client.get(listing).headers["Connection"] == "close"
        for _attempt in range(2):
            with pytest.raises(requests.ConnectionError, match="refused"):
                client.get(listing)
        sandbox.control("DELETE", "faults")
        assert client.get(listing).status_code == 200
        sandbox.fault("refuse", seconds=0.01)
        with pytest.raises(requests.ConnectionError):
            client.post(listing, json=SLACK)
        client.mount("http://", requests.adapters.HTTPAdapter(max_retries=urllib3.Retry(50, backoff_factor=0.01)))
        assert client.get(listing).json()["data"] == []


def test_every_service_limits_rates_with_its_own_headers(sandbox: Sandbox) -> None:
    calls = {
        "netography": sandbox.netography,
        "confluent": sandbox.confluent,
        "rocketchat": lambda method: sandbox.rocketchat(method, "list"),
        "pagertree": sandbox.pagertree,
    }
    now = time.time()
    for service, call in calls.items():
        sandbox.fault("rate_limit", service=service, seconds=7)
        reply = call("GET")
        assert reply.status_code == 429
        limit, remaining, reset, wait = (
            reply.headers.get(name)
            for name in ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset", "Retry-After")
        )
        assert (limit is None, remaining) == ((reset is None), reset and "0")
        assert wait == {"confluent": "7"}.get(service)
        if service == "rocketchat":
            assert 0 <= float(reset) / 1000 - now - 7 < 5
        else:
            assert reset == {"confluent": "7"}.get(service)


def test_a_fault_follows_another(sandbox: Sandbox) -> None:
    late = {"fault": "lag", "method": "GET"}
    sandbox.fault("status", method="POST", after=True, status=502, then=late)
    assert sandbox.netography("GET").status_code == 200
    assert sandbox.netography("POST", json=SLACK).status_code == 502
    assert [len(sandbox.netography("GET").json()["data"]) for _attempt in range(2)] == [0, 1]


def test_clients_that_run_abreast(sandbox: Sandbox) -> None:
    """Both see what there was before either of them went on."""
    sandbox.fault("meet", times=2)
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(lambda _number: sandbox.netography("GET").json()["data"], range(2))
    assert first == second == []
    assert [entry["fault"] for entry in sandbox.control("GET", "log")["log"]] == ["meet", "meet"]


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


# Confluent Cloud


def _errors(response: requests.Response) -> tuple[int, str | None]:
    """Status and code of an error of Confluent Cloud."""
    [error] = response.json()["errors"]
    assert error["status"] == str(response.status_code)
    return response.status_code, error.get("code")


def test_confluent_integrations(sandbox: Sandbox) -> None:
    response = sandbox.confluent("POST", json=WEBHOOK)
    created = response.json()
    assert response.status_code == 201
    assert response.headers["Location"] == created["metadata"]["self"]
    assert created["metadata"]["self"].startswith(f"{sandbox.url}/confluent/notifications/v1/integrations/")
    assert created["target"] == WEBHOOK["target"]
    assert "description" not in created
    path = f"/{created['id']}"
    assert sandbox.confluent("GET", path).json() == created

    slack = {"kind": "Slack", "webhook_url": "https://hooks.example.com/1"}
    changed = sandbox.confluent("PATCH", path, json={"target": slack, "description": "d"}).json()
    assert (changed["display_name"], changed["description"], changed["target"]) == ("webhook", "d", slack)
    assert changed["metadata"]["updated_at"] > created["metadata"]["updated_at"]
    assert sandbox.confluent("POST", ":test", json=WEBHOOK).status_code == 204
    assert len(sandbox.objects("confluent")) == 1

    deleted = sandbox.confluent("DELETE", path)
    assert (deleted.status_code, deleted.content) == (204, b"")
    assert _errors(sandbox.confluent("GET", path)) == (404, None)
    sandbox.switch("confluent", missing="403")
    assert _errors(sandbox.confluent("DELETE", path)) == (403, "forbidden_access")
    assert sandbox.control("GET", "violations")["violations"] == []


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"display_name": "n"}, "/"),
        ({**WEBHOOK, "id": "1"}, "/"),
        ({**WEBHOOK, "display_name": "n" * 65}, "/display_name"),
        ({**WEBHOOK, "description": "d" * 129}, "/description"),
        ({**WEBHOOK, "description": None}, "/description"),
        ({**WEBHOOK, "target": {"kind": "SlackTarget", "webhook_url": "https://example.com"}}, "/target"),
        ({**WEBHOOK, "target": {"kind": "RoleEmail", "role_name": "OrganizationAdmin"}}, "/target"),
        ({**WEBHOOK, "target": {"kind": "Slack", "url": "https://example.com"}}, "/target"),
        ({**WEBHOOK, "target": {"kind": "Webhook", "url": "example.com"}}, "/target/url"),
    ],
)
def test_confluent_bodies_are_checked(sandbox: Sandbox, body: dict[str, Any], pointer: str) -> None:
    response = sandbox.confluent("POST", json=body)
    assert _errors(response) == (422, "invalid_configuration")
    assert response.json()["errors"][0]["source"] == {"pointer": pointer}
    assert sandbox.confluent("POST", ":test", json=body).status_code == 400
    assert sandbox.objects("confluent") == []


def test_confluent_credentials_and_methods(sandbox: Sandbox) -> None:
    for keywords in ({"auth": ("wrong", "wrong")}, {"auth": lambda request: request}):
        response = sandbox.confluent("GET", **keywords)
        assert _errors(response) == (401, "user_unauthenticated")
        assert response.headers["WWW-Authenticate"].startswith("Basic")
        assert response.headers["X-Request-Id"]
    bearer = {"Authorization": "Bearer sandbox-confluent-access-token"}
    assert sandbox.confluent("GET", auth=lambda request: request, headers=bearer).status_code == 200
    assert sandbox.confluent("PUT", "/1", json=WEBHOOK).status_code == 405
    assert sandbox.confluent("POST", data="{", headers={"Content-Type": "application/json"}).status_code == 400
    sandbox.switch("confluent", permission="read")
    assert _errors(sandbox.confluent("POST", json=WEBHOOK)) == (403, "user_unauthorized")
    assert sandbox.confluent("GET").status_code == 200
    sandbox.switch("confluent", permission="none")
    assert sandbox.confluent("GET").status_code == 403


def test_confluent_lists(sandbox: Sandbox) -> None:
    names = [f"n{number:03}" for number in range(120)]
    objects = [{**WEBHOOK, "display_name": name} for name in names]
    sandbox.control("POST", "state", {"service": "confluent", "objects": objects})
    sandbox.switch("confluent", builtin=False)

    def page(url: str = "", **query: Any) -> tuple[list[str], dict[str, Any]]:
        path = url.partition("/integrations")[2]
        body = sandbox.confluent("GET", path, params=query).json()
        return [integration["display_name"] for integration in body["data"]], body["metadata"]

    first, links = page()
    assert first == names[:100]
    assert links["next"].startswith(f"{sandbox.url}/confluent/notifications/v1/integrations?page_token=")
    assert (links["total_size"], "prev" in links) == (120, False)
    rest, links = page(links["next"])
    assert rest == names[100:]
    assert "next" not in links
    assert page(links["prev"])[0] == page(links["first"])[0] == first
    assert page(page(page_size=50)[1]["last"])[0] == names[100:]

    for last_next, value in (("null", None), ("empty", "")):
        sandbox.switch("confluent", last_next=last_next)
        assert page(page_size=250)[1]["next"] == value
    sandbox.switch("confluent", link_origin="https://other.example")
    assert page()[1]["next"].startswith("https://other.example/notifications/v1/integrations?")
    assert sandbox.control("GET", "violations")["violations"] == []

    for query in ({"page_size": 251}, {"page_size": 0}, {"page_token": "wrong"}):
        assert _errors(sandbox.confluent("GET", params=query)) == (400, "invalid_filter")
    sandbox.switch("confluent", max_page_size=40, oversize="cut")
    assert page(page_size=50)[0] == page()[0] == names[:40]


def test_confluent_built_in_integrations(sandbox: Sandbox) -> None:
    sandbox.control("POST", "state", {"service": "confluent", "objects": [{**WEBHOOK, "target": {"kind": "New"}}]})
    listed = sandbox.confluent("GET").json()["data"]
    assert [integration["target"]["kind"] for integration in listed] == ["RoleEmail", "UserEmail", "InApp", "New"]
    for integration in listed:
        path = f"/{integration['id']}"
        assert sandbox.confluent("GET", path).json() == integration
        assert _errors(sandbox.confluent("PATCH", path, json=WEBHOOK)) == (403, "user_unauthorized")
        assert sandbox.confluent("DELETE", path).status_code == 403
    sandbox.switch("confluent", builtin=False, builtin_status=400)
    [rest] = sandbox.confluent("GET").json()["data"]
    assert _errors(sandbox.confluent("DELETE", f"/{rest['id']}")) == (400, "invalid_configuration")
    assert sandbox.control("GET", "violations")["violations"] == []


def test_confluent_switches(sandbox: Sandbox) -> None:
    sandbox.switch("confluent", builtin=False, delete_lag=1)
    location = sandbox.confluent("POST", json=WEBHOOK).headers["Location"]
    path = location.partition("/integrations")[2]

    def shown(**switches: Any) -> dict[str, Any]:
        sandbox.switch("confluent", **switches)
        return sandbox.confluent("GET").json()["data"][0]

    assert shown(secrets="mask")["target"]["url"] == "********"
    assert shown(secrets="omit")["target"] == {"kind": "Webhook"}
    assert shown(default_description="empty")["description"] == ""
    assert shown(extra_members=True)["target"]["verified"] is True

    sandbox.switch("confluent", unique_names=True, kind_change=False)
    assert sandbox.confluent("PATCH", path, json=WEBHOOK).status_code == 200
    duplicate = sandbox.confluent("POST", json=WEBHOOK)
    assert _errors(duplicate) == (409, "resource_already_exists")
    assert duplicate.headers["Location"] == location
    slack = {"kind": "Slack", "webhook_url": "https://example.com"}
    assert sandbox.confluent("PATCH", path, json={"target": slack}).status_code == 422
    sandbox.switch("confluent", quota=1)
    assert _errors(sandbox.confluent("POST", json={**WEBHOOK, "display_name": "n"})) == (402, "quota_exceeded")

    sandbox.confluent("DELETE", path)
    assert sandbox.confluent("GET", path).status_code == 404
    assert "deleted_at" in shown()["metadata"]
    assert sandbox.confluent("GET").json()["data"] == []
    assert sandbox.control("GET", "violations")["violations"] == []


def test_confluent_rate_limit(sandbox: Sandbox) -> None:
    headers = sandbox.confluent("GET").headers
    assert (headers["X-RateLimit-Limit"], headers["X-RateLimit-Remaining"]) == ("100", "99")
    sandbox.switch("confluent", rate_limit=True, rate_limit_calls=2, rate_limit_window_ms=5000)
    responses = [sandbox.confluent("GET") for _attempt in range(3)]
    assert [response.status_code for response in responses] == [200, 200, 429]
    assert responses[-1].content == b""
    headers = responses[-1].headers
    assert headers["X-RateLimit-Remaining"] == "0"
    assert headers["X-RateLimit-Reset"] == headers["Retry-After"] == "5"
    assert sandbox.control("GET", "violations")["violations"] == []


# PagerTree


def _found(sandbox: Sandbox, collection: str, **query: Any) -> list[dict[str, Any]]:
    response = sandbox.pagertree("GET", collection, params={"limit": 100, "sort": "created_at", **query})
    assert response.status_code == 200, response.text
    return response.json()["data"]


def _pager(sandbox: Sandbox, type_name: str = "Webhook", **members: Any) -> dict[str, Any]:
    """The body of a creation."""
    [kind] = _found(sandbox, "integration_types", name=type_name)
    [team] = _found(sandbox, "teams", name="Operations")
    return {"name": "n", "urgency": "high", "integration_type_id": kind["id"], "team_ids": [team["id"]], **members}


def _messages(response: requests.Response, status: int = 422) -> list[str]:
    assert response.status_code == response.json()["code"] == status
    return [error["message"] for error in response.json()["errors"]]


def test_pagertree_integrations(sandbox: Sandbox) -> None:
    body = _pager(sandbox, option_token="t", option_wrapper_key=None)
    created = sandbox.pagertree("POST", json=body).json()
    assert created["enabled"] is True
    assert created["integration_type"]["name"] == "Webhook"
    assert created["integration_type"]["id"] == body["integration_type_id"]
    assert not {"integration_type_id", "_class"} & (created.keys() | created["integration_type"].keys())
    assert created["options"] == {
        "title_template": None,
        "title_template_enabled": False,
        "description_template": None,
        "description_template_enabled": False,
        "token": "t",
        "capture_additional_data": False,
        "wrapper_key": None,
    }
    path = f"integrations/{created['id']}"
    assert sandbox.pagertree("GET", path).json() == created

    [user, *_rest] = _found(sandbox, "account_users")
    changes = {"account_user_ids": [user["id"]], "team_ids": [], "option_token": None}
    changed = sandbox.pagertree("PUT", path, json=changes).json()
    assert (changed["account_user_ids"], changed["team_ids"], changed["name"]) == ([user["id"]], [], "n")
    assert changed["options"]["token"] is None
    assert sandbox.pagertree("PUT", path, json={"enabled": False}).json()["enabled"] is False
    cleared = sandbox.pagertree("PUT", path, json={"account_user_ids": []})
    assert _messages(cleared) == ["destinations must have at least one"]

    deleted = sandbox.pagertree("DELETE", path)
    assert (deleted.status_code, deleted.content) == (200, b"")
    assert _messages(sandbox.pagertree("DELETE", path), 404)
    assert sandbox.control("GET", "violations")["violations"] == []


def test_pagertree_drops_what_it_does_not_expect(sandbox: Sandbox) -> None:
    body = _pager(sandbox, meta={"a": 1}, options={"token": "t"}, option_token=["t"], tiny_id=0, router_ids="r")
    created = sandbox.pagertree("POST", json=body).json()
    assert created["options"]["token"] is None
    assert (created["meta"], created["router_ids"]) == ({}, [])
    assert created["tiny_id"] > 0
    sides = {entry["side"] for entry in sandbox.control("GET", "violations")["violations"]}
    assert sides == {"request"}
    form = {"name": "form", "urgency": "low", "option_capture_additional_data": "1", "team_ids[]": body["team_ids"]}
    form["integration_type_id"] = body["integration_type_id"]
    created = sandbox.pagertree("POST", data=form).json()
    assert (created["team_ids"], created["options"]["capture_additional_data"]) == (body["team_ids"], True)


@pytest.mark.parametrize(
    ("type_name", "changes", "message"),
    [
        ("Webhook", {"name": " "}, "name can't be blank"),
        ("Webhook", {"enabled": None}, "enabled is not included in the list"),
        ("Webhook", {"urgency": "none"}, "urgency is not included in the list"),
        ("Webhook", {"integration_type_id": "unknown"}, "integration type must exist"),
        ("Webhook", {"team_ids": []}, "destinations must have at least one"),
        ("Webhook", {"team_ids": ["unknown"]}, "team_ids has an id of nothing"),
        ("Webhook", {"option_unknown": 1}, "unknown attribute option_unknown"),
        ("Slack", {}, "option incoming webhook url can't be blank"),
        ("Slack", {"option_incoming_webhook_url": "http://local/1"}, "option incoming webhook url is not a valid URL"),
        ("Outgoing Webhook", {"option_webhook_url": "https://10.0.0.1"}, "option webhook url is not a valid URL"),
        ("Email", {"option_sanitize_level": "none"}, "option sanitize level is not included in the list"),
        ("Email", {"option_custom_definition_enabled": True}, "option custom definition can't be blank"),
    ],
)  # fmt: skip
def test_pagertree_refusals(sandbox: Sandbox, type_name: str, changes: dict[str, Any], message: str) -> None:
    assert _messages(sandbox.pagertree("POST", json=_pager(sandbox, type_name, **changes))) == [message]
    assert sandbox.objects("pagertree") == []


def test_pagertree_casts_options(sandbox: Sandbox) -> None:
    twilio = {"account_sid": 1, "api_key": "k", "api_secret": "s", "record": "1", "force_input": "true"}
    more = {"skip_resolve_on_hangup": 1, "max_wait_time": "60", "record_emails_list": '[{"value": "team"}]'}
    options = {f"option_{key}": value for key, value in {**twilio, **more, "api_region": None}.items()}
    created = sandbox.pagertree("POST", json=_pager(sandbox, "Live Call Routing", **options)).json()["options"]
    assert (created["account_sid"], created["max_wait_time"], created["dial_pause"]) == ("1", 60, None)
    assert (created["record"], created["force_input"], created["skip_resolve_on_hangup"]) == (True, False, False)
    assert (created["api_region"], created["record_email"], created["banned_phone"]) == ("ashburn.us1", "team", "")
    email = sandbox.pagertree("POST", json=_pager(sandbox, "Email", option_dedup_threads="true")).json()["options"]
    assert (email["dedup_threads"], email["sanitize_level"]) == (False, "relaxed")


def test_pagertree_fixtures(sandbox: Sandbox) -> None:
    types = _found(sandbox, "integration_types")
    assert len(types) == len({kind["name"] for kind in types}) == 59
    assert sum(team["name"] == "Platform" for team in _found(sandbox, "teams")) == 2
    users = _found(sandbox, "account_users", name="ignored")
    assert len(users) == 14
    assert [email["primary"] for email in users[1]["user"]["emails"]] == [True, False]
    assert _found(sandbox, "account_users", q="BEN@") == [users[1]]
    assert sandbox.pagertree("GET", f"account_users/{users[0]['id']}").json() == users[0]
    sandbox.control("POST", "reset", {"service": "pagertree"})
    assert [user["id"] for user in _found(sandbox, "account_users")] == [user["id"] for user in users]
    assert sandbox.control("GET", "violations")["violations"] == []


def test_pagertree_lists(sandbox: Sandbox) -> None:
    names = [f"n{number:03}" for number in range(120)]
    objects = [{"name": name, "enabled": name != "n007"} for name in names]
    sandbox.control("POST", "state", {"service": "pagertree", "objects": objects})

    def page(**query: Any) -> tuple[list[str], bool, int]:
        body = sandbox.pagertree("GET", params=query).json()
        return [found["name"] for found in body["data"]], body["has_more"], body["total_count"]

    by_age = {"sort": "created_at", "direction": "asc"}
    assert page(**by_age) == (names[:10], True, 120)
    assert page(**by_age, limit=100, offset=100) == (names[100:], False, 120)
    assert page(**by_age, limit=50, page=3) == (names[100:], False, 120)
    assert page(sort="name", direction="desc", limit=1)[0] == ["n119"]
    assert page() != page()
    assert page(name="n042")[0] == ["n042"]
    assert page(enabled=0)[0] == ["n007"]
    assert page(**by_age, name="n01", ops="name:beginsWith")[0] == names[10:20]
    assert page(**by_age, name="n001,n003", ops="name:between")[0] == names[1:4]
    assert page(q="N042")[0] == ["n042"]
    sandbox.switch("pagertree", search_lag=1)
    assert page(q="n119")[0] == []
    assert sandbox.control("GET", "violations")["violations"] == []
    assert len(page(limit=1000)[0]) == 100
    sandbox.switch("pagertree", oversize="refuse")
    assert _messages(sandbox.pagertree("GET", params={"limit": 101}), 400)


def test_pagertree_switches(sandbox: Sandbox) -> None:
    sandbox.switch("pagertree", codes=201, silent=False, enabled_default=False)
    assert _messages(sandbox.pagertree("POST", json=_pager(sandbox, urgency="silent")))
    teams = [team["id"] for team in _found(sandbox, "teams")]
    body = _pager(sandbox, "Slack", option_incoming_webhook_url="https://example.com/1", team_ids=teams)
    response = sandbox.pagertree("POST", json=body)
    created = response.json()
    assert (response.status_code, created["enabled"]) == (201, False)
    path = f"integrations/{created['id']}"

    def shown(**switches: Any) -> dict[str, Any]:
        sandbox.switch("pagertree", **switches)
        return sandbox.pagertree("GET", path).json()

    assert shown(secrets="mask")["options"]["incoming_webhook_url"] == "********"
    assert "incoming_webhook_url" not in shown(secrets="omit")["options"]
    assert "option_alert_open" in shown(option_prefix=True)["options"]
    assert shown(reverse_lists=True)["team_ids"] == teams[::-1]
    assert shown(endpoint=True)["endpoint"].endswith(created["prefix_id"])
    assert "stats" in shown(extra_members=True)
    prefixed = f"integrations/{created['prefix_id']}"
    assert sandbox.pagertree("GET", prefixed).status_code == 404
    sandbox.switch("pagertree", prefix_ids=True, unknown_option=500, unknown_destination=404, plan=402)
    assert sandbox.pagertree("GET", prefixed).status_code == 200
    assert sandbox.pagertree("PUT", path, json={"option_unknown": "x"}).status_code == 500
    assert sandbox.pagertree("PUT", path, json={"team_ids": ["unknown"]}).status_code == 404
    assert sandbox.pagertree("POST", json=_pager(sandbox, "Live Call Routing")).status_code == 402

    for type_change, status, name in (("ignore", 200, "Slack"), ("refuse", 422, "Slack"), ("change", 200, "Webhook")):
        sandbox.switch("pagertree", type_change=type_change)
        change = {"integration_type_id": _pager(sandbox)["integration_type_id"]}
        assert sandbox.pagertree("PUT", path, json=change).status_code == status
        assert shown()["integration_type"]["name"] == name
    assert sandbox.pagertree("DELETE", path).status_code == 204
    assert sandbox.control("GET", "violations")["violations"] == []


def test_pagertree_permissions_and_rates(sandbox: Sandbox) -> None:
    assert _messages(sandbox.call("GET", "/pagertree/api/v4/teams"), 401)
    sandbox.switch("pagertree", permission="read")
    assert _messages(sandbox.pagertree("POST", json=_pager(sandbox)), 403)
    sandbox.switch("pagertree", permission="full", rate_limit=True, rate_limit_calls=1)
    assert sandbox.pagertree("GET").status_code == 200
    limited = sandbox.pagertree("GET")
    assert _messages(limited, 429)
    assert "Retry-After" not in limited.headers
    sandbox.switch("pagertree", rate_limit_headers="retry_after")
    assert sandbox.pagertree("GET").headers["Retry-After"] == "60"
    assert sandbox.control("GET", "violations")["violations"] == []
