# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The HTTP client against real sockets: TLS, proxies, origins, time limits."""

from __future__ import annotations

import contextlib
import ssl
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import trustme

from ansible_collections.saas.integrations.plugins.module_utils._core import http
from ansible_collections.saas.integrations.plugins.module_utils._core.connection import COMMON, Client, option
from ansible_collections.saas.integrations.plugins.module_utils._core.errors import (
    Error,
    InputError,
    ServiceError,
    Unclear,
)
from ansible_collections.saas.integrations.plugins.module_utils._core.http import Credentials, Http
from ansible_collections.saas.integrations.plugins.module_utils._core.redact import Secrets

TOKEN = "token-that-stays-home"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Without it, each answer waits for the acknowledgement of its headers.
    disable_nagle_algorithm = True

    def answer(self):
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length) if length else b""
        self.server.seen.append((self.command, self.path, dict(self.headers), body, self.client_address[1]))
        status, headers, content = self.server.replies.pop(0) if self.server.replies else (200, {}, b'{"ok": 1}')
        if status is None:
            self.close_connection = True
            return
        self.send_response(status)
        for name, value in {"Content-Length": str(len(content)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = answer

    def log_message(self, *args):
        pass


@contextlib.contextmanager
def serve(context=None):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.seen, server.replies = [], []
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    server.url = f"http{'s' if context else ''}://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


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

    return Http("Service", url, Credentials(Authorization=f"Bearer {TOKEN}"), explain, Secrets([TOKEN]), **options)


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


def test_check_mode_is_a_second_lock(server):
    session = client(server.url, read_only=True)
    assert session.request("GET", "/x").object()
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        with pytest.raises(Error, match="check mode"):
            session.request(method, "/x")
    assert session.request("POST", "/token", writes=False).object()
    assert len(server.seen) == 2


def test_a_netrc_file_is_not_read(server, tmp_path, monkeypatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("default login someone password else\n", encoding="utf-8")
    monkeypatch.setenv("NETRC", str(netrc))
    client(server.url).request("GET", "/x", authenticate=False)
    assert "Authorization" not in server.seen[0][2]


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_redirects_are_not_followed(server, status):
    with serve() as other:
        server.replies.append((status, {"Location": f"{other.url}/stolen"}, b""))
        with pytest.raises(ServiceError, match="redirects GET /x to http://127.0.0.1") as caught:
            client(server.url).request("GET", "/x")
        assert caught.value.status == status and other.seen == []


def test_links_stay_with_the_configured_origin():
    call = http.Call(client("https://api.example.com/base"), "GET", "/base/list")
    reply = http.Reply(call, http.Answer(200, {}, b""))
    assert reply.relative("https://api.example.com/base/list?page=2") == "/list?page=2"
    for link in (
        "https://api.example.com.evil.example/base/list",
        "http://api.example.com/base/list",
        "https://evil.example/base/list",
        "https://api.example.com/other",
        "//evil.example/base",
        "/base/list",
        None,
    ):
        with pytest.raises(ServiceError, match="leads away"):
            reply.relative(link)


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
    assert len(server.seen) == http.ATTEMPTS == len(waits) + 1
    assert all(earlier < later * 1.01 for earlier, later in zip(waits, waits[2:], strict=False))


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
    with pytest.raises(ServiceError, match="rate limit"):
        session.request("GET", "/x")


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
    ],
)
def test_a_success_that_is_none(server, content, words):
    for method, error in (("GET", ServiceError), ("POST", Unclear)):
        server.replies += [(200, {}, content)]
        with pytest.raises(error, match=words):
            client(server.url).request(method, "/x").object()


@pytest.mark.parametrize("secret", [TOKEN, "Bearer " + TOKEN])
def test_an_error_never_shows_what_was_sent(server, secret):
    server.replies += [(400, {}, b'{"code": "%b", "message": "you sent %b"}' % (secret.encode(), secret.encode()))]
    with pytest.raises(ServiceError) as caught:
        client(server.url).request("GET", "/x")
    assert TOKEN not in caught.value.message + str(caught.value.details) and "you sent" in caught.value.message


def test_headers_that_cannot_be_sent():
    session = Http("S", "http://127.0.0.1:1", Credentials(Authorization="a\nb"), dict, Secrets(["a\nb-secret"]))
    with pytest.raises(ServiceError, match="could not be made .*credentials"):
        session.request("POST", "/x")


def test_without_requests(monkeypatch):
    monkeypatch.setattr(http, "REQUESTS_ERROR", "Traceback ...")
    with pytest.raises(Error, match="-m pip install requests") as caught:
        client("https://example.com")
    assert caught.value.details == {"exception": "Traceback ..."}


# -- TLS and proxies ------------------------------------------------------------------------------------------------


class Minimal(Client):
    title = "Service"
    options = {"api_url": option("TEST_URL")}

    def credentials(self, params):
        return Credentials(Authorization=f"Bearer {TOKEN}")

    @staticmethod
    def explain(body):
        return None, None

    def unused(self, *args):
        raise NotImplementedError

    list = get = create = update = delete = unused


def connect(url, **params):
    defaults = {name: spec.get("default") for name, spec in COMMON.items()}
    made = Minimal({**defaults, "api_url": url, "max_wait": 1, **params})
    return made.http, made.cautions


@pytest.fixture
def authority():
    return trustme.CA()


@pytest.fixture
def tls(authority):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with serve(context) as running:
        yield running


def test_tls_needs_a_known_authority(tls, authority, tmp_path):
    session, _warnings = connect(tls.url)
    with pytest.raises(ServiceError, match="TLS connection failed.*ca_path"):
        session.request("GET", "/x")
    assert tls.seen == []
    ca = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(ca))
    session, warnings = connect(tls.url, ca_path=str(ca))
    assert session.request("GET", "/x").object() and warnings == []
    other = tmp_path / "other.pem"
    trustme.CA().cert_pem.write_to_path(str(other))
    session, _warnings = connect(tls.url, ca_path=str(other))
    with pytest.raises(ServiceError, match="TLS connection failed"):
        session.request("GET", "/x")


def test_tls_needs_the_right_host(authority, tmp_path):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("other.example").configure_cert(context)
    ca = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(ca))
    with serve(context) as running:
        session, _warnings = connect(running.url, ca_path=str(ca))
        with pytest.raises(ServiceError, match="TLS connection failed"):
            session.request("GET", "/x")
        assert running.seen == []


def test_an_unchecked_identity_is_warned_of(tls, monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", trustme.__file__)  # must not bring the check back
    session, warnings = connect(tls.url, validate_certs=False)
    assert session.request("GET", "/x").object()
    assert len(warnings) == 1 and "validate_certs" in warnings[0]


def test_client_certificates(authority, tmp_path):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.configure_trust(context)
    context.verify_mode = ssl.CERT_REQUIRED
    ca, cert, key = (tmp_path / name for name in ("ca.pem", "cert.pem", "key.pem"))
    authority.cert_pem.write_to_path(str(ca))
    mine = authority.issue_cert("me@example.com")
    mine.cert_chain_pems[0].write_to_path(str(cert))
    mine.private_key_pem.write_to_path(str(key))
    both = tmp_path / "both.pem"
    mine.private_key_and_cert_chain_pem.write_to_path(str(both))
    with serve(context) as running:
        for options in ({"client_cert": str(cert), "client_key": str(key)}, {"client_cert": str(both)}):
            session, _warnings = connect(running.url, ca_path=str(ca), **options)
            assert session.request("GET", "/x").object()
        session, _warnings = connect(running.url, ca_path=str(ca))
        with pytest.raises(ServiceError):
            session.request("GET", "/x")
    with pytest.raises(InputError, match="client_cert"):
        connect("https://example.com", client_cert=str(ca), client_key=str(key))


def test_proxies(server, monkeypatch):
    """For http, a proxy gets the whole URL; for https, a CONNECT without any of our headers."""
    session, warnings = connect("http://service.example", proxy=server.url)
    session.request("GET", "/x")
    assert server.seen[0][1] == "http://service.example/x"
    assert "clear text" in warnings[0]
    session, _warnings = connect("https://service.example", proxy="http://127.0.0.1:1")
    with pytest.raises(ServiceError, match="proxy could not be used"):
        session.request("GET", "/x")
    monkeypatch.setenv("http_proxy", server.url)
    session, _warnings = connect("http://other.example")
    session.request("GET", "/y")
    assert server.seen[1][1] == "http://other.example/y"


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080", "http://localhost", "http://[::1]:1", "https://example.com"])
def test_loopback_and_https_are_not_warned_of(url):
    assert connect(url)[1] == []
