# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The HTTP client against real sockets: what is sent, tried again, waited for and refused."""

from __future__ import annotations

import contextlib
import gzip
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from servers import serve

from ansible_collections.saas.integrations.plugins.module_utils._core import http
from ansible_collections.saas.integrations.plugins.module_utils._core.errors import Error, ServiceError, Unclear
from ansible_collections.saas.integrations.plugins.module_utils._core.http import Credentials, Http
from ansible_collections.saas.integrations.plugins.module_utils._core.redact import Secrets

TOKEN = "token-that-stays-home"
OPTIONS = {"timeout": 30, "max_wait": 120, "verify": True, "cert": None, "proxy": None, "read_only": False, "pool": 1}


@pytest.fixture
def server():
    with serve() as running:
        yield running


@pytest.fixture
def waits(monkeypatch):
    """Seconds that were to be waited; nothing waits."""
    waits = []
    monkeypatch.setattr(http.time, "sleep", waits.append)
    return waits


def client(url, **options):
    def explain(body):
        return body.get("code"), body.get("message")

    credentials, secrets = Credentials(Authorization=f"Bearer {TOKEN}"), Secrets([TOKEN])
    return Http("Service", url, credentials, explain, secrets, **{**OPTIONS, **options})


def test_one_connection_and_the_headers_of_every_call(server):
    session = client(server.url)
    for _number in range(3):
        assert session.request("GET", "/x", params={"a": "b c", "none": None}).object() == {"ok": 1}
    session.request("POST", "/x", json={"ä": 1})
    assert len({seen[4] for seen in server.seen}) == 1
    method, path, headers, body, _port = server.seen[-1]
    assert (method, path, body) == ("POST", "/x", b'{"\\u00e4": 1}')
    assert headers["Authorization"] == f"Bearer {TOKEN}" and headers["Content-Type"] == "application/json"
    assert server.seen[0][1] == "/x?a=b+c"


def test_no_more_connections_than_allowed(server):
    session = client(server.url, pool=2)
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda number: session.request("GET", f"/{number}"), range(40)))
    assert len(server.seen) == 40 and len({seen.port for seen in server.seen}) <= 2


def test_a_proxy_that_is_not_there(waits, unused_port):
    with pytest.raises(ServiceError, match="proxy could not be used") as caught:
        client("http://service.invalid", proxy=f"http://127.0.0.1:{unused_port}").request("POST", "/x")
    assert not isinstance(caught.value, Unclear) and len(waits) == 4


def test_check_mode_is_a_second_lock(server):
    session = client(server.url, read_only=True)
    assert session.request("GET", "/x").object()
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        with pytest.raises(Error, match="check mode"):
            session.request(method, "/x")
    assert session.request("POST", "/token", writes=False).object()
    assert len(server.seen) == 2


IDEMPOTENT, OTHERS = ("GET", "PUT", "DELETE"), ("POST", "PATCH")


@pytest.mark.parametrize("method", [*IDEMPOTENT, *OTHERS])
@pytest.mark.parametrize("status", [None, 429, 500, 502, 503, 504])
def test_what_is_sent_again_depends_on_the_verb(server, waits, method, status):
    server.replies += [(status, {"X-Request-Id": "r-1"}, b'{"code": "c", "message": "why"}')]
    session = client(server.url)
    if status in (429, 503) or (method in IDEMPOTENT and status != 500):
        assert session.request(method, "/x").object()
        assert len(server.seen) == 2
        return
    with pytest.raises(ServiceError) as caught:
        session.request(method, "/x")
    assert isinstance(caught.value, Unclear) == (method in OTHERS)
    assert len(server.seen) == 1 and waits == []
    if status:
        assert caught.value.details == {
            "method": method,
            "path": "/x",
            "status": 500 if status == 500 else status,
            "code": "c",
            "message": "why",
            "request_id": "r-1",
        }


def test_attempts_end(server, waits):
    server.replies += [(502, {}, b"<html>")] * 20
    with pytest.raises(ServiceError, match="answered GET /x with 502: an HTML page"):
        client(server.url).request("GET", "/x")
    assert len(server.seen) == 5 == len(waits) + 1
    longest = [http.BACKOFF * 2**number for number in range(len(waits))]
    assert all(most / 2 <= wait <= most for wait, most in zip(waits, longest, strict=True))


def test_a_rate_limit_holds_all_threads(server, monkeypatch):
    clock = [time.monotonic()]
    monkeypatch.setattr(http.time, "monotonic", lambda: clock[0])
    slept = []

    def sleep(seconds):
        slept.append(seconds)
        clock[0] += seconds

    monkeypatch.setattr(http.time, "sleep", sleep)
    server.replies += [(429, {"Retry-After": "20"}, b"")]
    session = client(server.url, pool=2)
    session.request("POST", "/x")
    assert 20 <= sum(slept) <= 22
    session._not_before = clock[0] + 500
    with pytest.raises(ServiceError, match="rate limit") as caught:
        session.request("POST", "/x")
    assert not isinstance(caught.value, Unclear)


NOW = 1_800_000_000


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "7"}, 7),
        ({"Retry-After": "0"}, 0),
        ({"Retry-After": "Fri, 15 Jan 2027 08:00:09 GMT"}, 9),
        ({"Retry-After": "Fri, 15 Jan 2027 07:59:00 GMT"}, 0),
        ({"X-RateLimit-Reset": "12"}, 12),
        ({"X-RateLimit-Reset": str(NOW + 5)}, 5),
        ({"X-RateLimit-Reset": str((NOW + 5) * 1000)}, 5),
        ({"X-RateLimit-Reset": str((NOW + 5) * 1000), "Date": "Fri, 15 Jan 2027 08:00:02 GMT"}, 3),
        ({"Retry-After": "4", "X-RateLimit-Reset": "12"}, 4),
        ({"Retry-After": "soon", "X-RateLimit-Reset": "12"}, 12),
        ({"Retry-After": "-3"}, None),
        ({"Retry-After": "nan"}, None),
        ({}, None),
    ],
)
def test_what_the_service_asks_to_wait(headers, seconds, monkeypatch):
    monkeypatch.setattr(http.time, "time", lambda: NOW)
    assert http._asked_wait(headers) == seconds


def test_a_compressed_answer(server):
    server.replies += [(200, {"Content-Encoding": "gzip"}, gzip.compress(b'{"zipped": true}'))]
    assert client(server.url).request("GET", "/x").object() == {"zipped": True}


def test_timeouts(server):
    with pytest.raises(ServiceError, match="no answer within 0.05 s for GET /x"):
        server.replies += [(200, {"Content-Length": "10"}, b"{")] * 9
        client(server.url, timeout=0.05, max_wait=0.2).request("GET", "/x")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"<html>", "an HTML page"),
        (b'{"a": [1, 2', "no complete JSON"),
        (b"", "no JSON object"),
        (b"[1]", "no JSON object"),
        (b'{"a": ' * 101 + b"1" + b"}" * 101, "more than 100 levels"),
    ],
)
def test_a_success_that_is_none(server, content, words):
    for method, error in (("GET", ServiceError), ("POST", Unclear)):
        server.replies += [(200, {}, content)]
        with pytest.raises(error, match=words):
            client(server.url).request(method, "/x").object()


@pytest.mark.parametrize(("status", "content", "confirmed"), [(204, b"", True), (200, b"{}", True), (200, b"", False)])
def test_what_says_that_something_was_done(server, status, content, confirmed):
    server.replies += [(status, {}, content)]
    reply = client(server.url).request("DELETE", "/x")
    assert reply.confirmed == confirmed
    with contextlib.nullcontext() if confirmed else pytest.raises(ServiceError, match="an empty body"):
        reply.confirm()


@pytest.mark.parametrize("secret", [TOKEN, "Bearer " + TOKEN])
def test_an_error_never_shows_what_was_sent(server, secret):
    server.replies += [(400, {}, b'{"code": "%b", "message": "you sent %b"}' % (secret.encode(), secret.encode()))]
    with pytest.raises(ServiceError) as caught:
        client(server.url).request("GET", "/x")
    assert TOKEN not in caught.value.message + str(caught.value.details) and "you sent" in caught.value.message


def test_headers_that_cannot_be_sent():
    secrets = Secrets(["a\nb-secret"])
    session = Http("S", "http://127.0.0.1:1", Credentials(Authorization="a\nb"), dict, secrets, **OPTIONS)
    with pytest.raises(ServiceError, match="could not be made .*credentials") as caught:
        session.request("POST", "/x")
    assert not isinstance(caught.value, Unclear)


def test_without_requests(monkeypatch):
    monkeypatch.setattr(http, "REQUESTS_ERROR", "Traceback ...")
    with pytest.raises(Error, match="-m pip install requests") as caught:
        client("https://example.com")
    assert caught.value.details == {"exception": "Traceback ..."}
