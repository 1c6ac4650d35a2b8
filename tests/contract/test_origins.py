# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Credentials go to the configured origin alone, over connections that are what they seem."""

from __future__ import annotations

import base64
import datetime
import hashlib
import json
import re
import ssl
import threading
from contextlib import suppress

import pytest
import trustme
from cases import CASES
from cryptography import x509
from servers import Handler, Proxy, serve

from ansible_collections.saas.integrations.plugins.module_utils._core import http
from ansible_collections.saas.integrations.plugins.module_utils._core.connection import COMMON
from ansible_collections.saas.integrations.plugins.module_utils._core.errors import InputError, ServiceError

SECRET = "credential-that-stays-home"
NETOSECRET = {"url": "https://x.example", "appname": "a", "appkey": SECRET, "shortname": "c", "sharedsecret": SECRET}
LOGINS = [
    ("netography", {"access_token": SECRET}),
    ("netography", {"netosecret": base64.b64encode(json.dumps(NETOSECRET).encode()).decode()}),
    ("rocketchat", {"auth_token": SECRET, "user_id": "user-that-stays-home"}),
    ("confluent", {"api_key": "key-that-stays-home", "api_secret": SECRET}),
    ("confluent", {"access_token": SECRET}),
    ("pagertree", {"api_key": SECRET}),
]
LOGINS = [(case, login) for case in CASES for service, login in LOGINS if service == case.service]
each_login = pytest.mark.parametrize(
    ("case", "login"), LOGINS, ids=[f"{case.service}-{[*login][0]}" for case, login in LOGINS]
)
any_login = pytest.mark.parametrize(("case", "login"), LOGINS[:1], ids=[LOGINS[0][0].service])
CREDENTIALS = {"authorization", "x-auth-token", "x-user-id"}
TOKEN = (200, {}, json.dumps({"access_token": SECRET, "expires_in": 600}).encode())
ID = "01GBVEPV00KTDKH2VH8AE4M085"


def connect(case, url, **params):
    """The service's client, patient for a second."""
    specs = {**case.client.options, **COMMON}
    defaults = {name: spec.get("default") for name, spec in specs.items()}
    return case.client({**defaults, "api_url": url, "max_wait": 1, **params}, read_only=False, pool=1)


def carries(seen):
    """Whether a request carries credentials."""
    return bool(CREDENTIALS & {name.lower() for name in seen.headers}) or SECRET in repr(seen)


def record(case):
    kind = case.kinds[0]
    return {**case.sample(kind), "id": ID, "kind": kind.name if kind else "Webhook", "integration_type_id": ID}


VERBS = {
    "list": lambda client, one: client.list(),
    "get": lambda client, one: client.get(ID),
    "create": lambda client, one: client.create(one),
    "update": lambda client, one: client.update(one, one, ["name"]),
    "delete": lambda client, one: client.delete(one),
    "test": lambda client, one: client.test(one),
}
CALLS = [(case, login, verb) for case, login in LOGINS for verb in VERBS if verb != "test" or case.client.can_test]


@pytest.fixture
def server():
    with serve() as running:
        yield running


@pytest.fixture
def other():
    """Another origin, which must not be told anything."""
    with serve() as running:
        yield running


# -- redirects and links --------------------------------------------------------------------------------------------


def elsewhere(server, other):
    """Where a service may want to send its clients."""
    host = other.url.partition("//")[2]
    return [
        other.url,
        f"{other.url}/api/v1/integrations",
        other.url.replace("127.0.0.1", "localhost"),
        other.url.replace("http:", "https:"),
        other.url.replace("http:", "HTTP:"),
        f"//{host}/x",
        f"///{host}/x",
        f"http://user:word@{host}/x",
        f"{server.url}@{host}/x",
        f"{server.url}.example/x",
        f"{server.url}/moved",
        "/moved",
        "http://[",
        "\\\\" + host,
        "",
    ]


@pytest.mark.parametrize(
    ("case", "login", "verb"), CALLS, ids=[f"{case.service}-{[*login][0]}-{verb}" for case, login, verb in CALLS]
)
def test_no_redirect_is_followed(case, login, verb, server, other):
    client, one = connect(case, server.url, **login), record(case)
    calls = 0
    for status in (301, 302, 303, 307, 308):
        for location in elsewhere(server, other):
            server.replies += [TOKEN] if "netosecret" in login and not calls else []
            server.replies.append((status, {"Location": location}, b""))
            with pytest.raises(ServiceError, match="redirects .* not followed") as caught:
                VERBS[verb](client, one)
            calls += 1
            assert caught.value.status == status and "word" not in caught.value.message
    assert len(server.seen) == calls + ("netosecret" in login) and other.seen == []
    assert all(map(carries, server.seen[-calls:]))


class Drip(Handler):
    """A redirect of which the body comes byte by byte, for as long as someone listens."""

    def answer(self):
        self.note()
        self.send_response(302)
        self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "1000")
        self.end_headers()
        with suppress(OSError):
            while not self.server.gone.wait(0.01) and self.wfile.write(b"x"):
                self.server.pieces += 1

    do_GET = answer


def test_the_body_of_a_redirect_does_not_hold_up():
    case, login = LOGINS[0]
    with serve(handler=Drip) as server:
        server.pieces, server.gone = 0, threading.Event()
        with pytest.raises(ServiceError, match="no answer"):
            connect(case, server.url, max_wait=0.2, **login).list()
        server.gone.set()
        assert server.pieces < 200


def test_the_exchange_of_a_key_is_not_redirected(server, other):
    [(case, login)] = [(case, login) for case, login in LOGINS if "netosecret" in login]
    server.replies = [(308, {"Location": other.url}, b"")]
    with pytest.raises(ServiceError, match="redirects POST /api/v1/auth/token"):
        connect(case, server.url, **login).list()
    assert len(server.seen) == 1 and other.seen == []


@each_login
def test_no_link_is_followed_to_another_origin(case, login, server, other):
    """Wherever in a list the link to the next page may be."""
    for link in elsewhere(server, other)[:-1]:
        members = dict.fromkeys(("next", "next_page", "first", "self"), link)
        meta = {**members, "count": 0, "total_size": 0}
        page = {
            "data": [],
            "integrations": [],
            "total": 0,
            "total_count": 0,
            "metadata": meta,
            "meta": meta,
            "links": members,
        }
        headers = {"Link": f'<{link}>; rel="next"', "Refresh": f"0; url={link}", "Content-Location": link}
        server.seen.clear()
        server.replies = [TOKEN] if "netosecret" in login else []
        server.replies += [(200, headers, json.dumps({**page, **members, "has_more": False}).encode())]
        client = connect(case, server.url, **login)
        if case.service == "confluent" and link != f"{server.url}/moved":
            with pytest.raises(ServiceError, match="leads away from 'api_url'"):
                client.list()
        else:
            with suppress(ServiceError):  # this link is followed, and is no page
                assert client.list() == []
        assert other.seen == [] and len(server.seen) <= 2


def test_a_link_has_to_begin_with_the_base_url():
    [case] = [case for case in CASES if case.service == "confluent"]
    client = connect(case, "https://api.example.com/base", api_key="a", api_secret="b").http
    reply = http.Reply(http.Call(client, "GET", "/base/list"), http.Answer(200, {}, b""))
    assert reply.relative("https://api.example.com/base/list?page=2") == "/list?page=2"
    for link in (
        "https://api.example.com.evil.example/base/list",
        "https://api.example.com@evil.example/base/list",
        "https://user@api.example.com/base/list",
        "https://api.example.com:8443/base/list",
        "http://api.example.com/base/list",
        "https://evil.example/base/list",
        "https://api.example.com/other",
        "https://api.example.com/basement",
        "\nhttps://api.example.com/base/list",
        "//evil.example/base",
        "/base/list",
        None,
        ["https://api.example.com/base/list"],
    ):
        with pytest.raises(ServiceError, match="leads away"):
            reply.relative(link)


@each_login
def test_what_others_may_say_of_the_credentials_is_not_read(case, login, server, tmp_path, monkeypatch):
    """Neither a .netrc file nor a cookie adds to the headers of a call or replaces one."""
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password else\ndefault login x password y\n", encoding="utf-8")
    monkeypatch.setenv("NETRC", str(netrc))
    client = connect(case, server.url, **login)
    server.replies = [TOKEN] if "netosecret" in login else []
    with suppress(ServiceError):
        client.list()
    client.http.request("GET", "/x", authenticate=False)
    *_calls, call, bare = server.seen
    someone = base64.b64encode(b"someone:else").decode()
    assert carries(call) and someone not in str(call.headers)
    assert not CREDENTIALS & {name.lower() for name in bare.headers}


# -- proxies --------------------------------------------------------------------------------------------------------


@pytest.fixture
def proxy(monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    with serve(handler=Proxy) as running:
        yield running


def credentials_of(proxy, user):
    return proxy.url.replace("//", f"//{user}@")


@each_login
def test_a_proxy_sees_of_https_only_where_it_goes(case, login, proxy, tls, ca):
    tls.replies = [TOKEN] if "netosecret" in login else []
    client = connect(case, tls.url, ca_path=ca, proxy=credentials_of(proxy, "me:pass%2Fword"), **login)
    with suppress(ServiceError):
        client.list()
    assert tls.seen and carries(tls.seen[-1])
    assert not any(name.lower().startswith("proxy") for seen in tls.seen for name in seen.headers)
    assert {(seen.method, seen.path) for seen in proxy.seen} == {("CONNECT", tls.url.partition("//")[2])}
    assert not any(map(carries, proxy.seen))
    basic = base64.b64encode(b"me:pass/word").decode()
    assert {seen.headers.get("Proxy-Authorization") for seen in proxy.seen} == {f"Basic {basic}"}
    raw = b"".join(proxy.tunnelled)
    assert raw and not any(word in raw for word in (SECRET.encode(), b"stays-home", b"Authorization", b"HTTP/1.1"))


@each_login
def test_a_proxy_that_refuses_learns_nothing_and_leaks_nothing(case, login, proxy, tls, ca):
    proxy.replies = [(407, {"Proxy-Authenticate": "Basic"}, b"")] * http.ATTEMPTS
    client = connect(case, tls.url, ca_path=ca, proxy=credentials_of(proxy, "me:password"), **login)
    with pytest.raises(ServiceError, match="the proxy could not be used") as caught:
        client.list()
    assert tls.seen == [] and not any(map(carries, proxy.seen))
    assert "password" not in caught.value.message + str(caught.value.details)


@any_login
def test_a_proxy_for_http_gets_the_whole_request(case, login, proxy, server):
    client = connect(case, server.url, proxy=proxy.url, **login)
    assert client.http.request("GET", "/x").object() == {"ok": 1}
    assert proxy.seen[0].path == f"{server.url}/x" and server.seen[0].path == "/x"
    client = connect(case, "https://service.example", proxy="http://127.0.0.1:1", **login)
    with pytest.raises(ServiceError, match="proxy could not be used"):
        client.http.request("GET", "/x")
    for address in ("nonsense://127.0.0.1", "socks5://127.0.0.1:1"):
        client = connect(case, server.url, proxy=address, **login)
        with pytest.raises(ServiceError, match="'proxy'"):
            client.http.request("GET", "/x")
    assert len(server.seen) == 1


@any_login
@pytest.mark.parametrize("variable", ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"])
@pytest.mark.parametrize("bypass", [None, "127.0.0.1", "*", "example.com"])
def test_proxies_of_the_environment(case, login, variable, bypass, proxy, server, monkeypatch):
    monkeypatch.setenv(variable, proxy.url)
    if bypass:
        monkeypatch.setenv("no_proxy", bypass)
    connect(case, server.url, **login).http.request("GET", "/x")
    assert len(server.seen) == 1
    assert len(proxy.seen) == (bypass not in ("127.0.0.1", "*"))
    # The option goes before all of the environment.
    with serve(handler=Proxy) as chosen:
        connect(case, server.url, proxy=chosen.url, **login).http.request("GET", "/x")
        assert len(chosen.seen) == 1


@any_login
def test_a_proxy_of_the_environment_sees_of_https_only_where_it_goes(case, login, proxy, tls, ca, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", proxy.url)
    connect(case, tls.url, ca_path=ca, **login).http.request("GET", "/x")
    assert [seen.method for seen in proxy.seen] == ["CONNECT"] and not carries(proxy.seen[0])
    assert carries(tls.seen[0])


# -- TLS ------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture
def ca(authority, tmp_path):
    """The path of the authority's certificate."""
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return str(path)


def tls_context(authority, host="127.0.0.1", **more):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(host, **more).configure_cert(context)
    return context


@pytest.fixture
def tls(authority):
    with serve(tls_context(authority)) as running:
        yield running


def refused(case, login, url, words="", **params):
    client = connect(case, url, **login, **params)
    with pytest.raises(ServiceError, match=f"the TLS connection failed.*({words}).*'ca_path'"):
        client.http.request("GET", "/x", authenticate=False)


def hashed(certificate: bytes) -> str:
    """The name under which OpenSSL looks for an authority: a hash of its name in canonical form."""
    canonical = b""
    for name in x509.load_pem_x509_certificate(certificate).subject:
        old = x509.Name([name]).public_bytes()[4:]  # without the headers of the sequence and of its only set
        value = " ".join(name.value.lower().split()).encode()
        kind = old[2 : 4 + old[3]]
        pair = kind + bytes([0x0C, len(value)]) + value
        pair = bytes([0x30, len(pair)]) + pair
        canonical += bytes([0x31, len(pair)]) + pair
    return hashlib.sha1(canonical, usedforsecurity=False).digest()[3::-1].hex() + ".0"


@each_login
def test_nothing_is_sent_to_a_service_of_an_unknown_authority(case, login, tls):
    client = connect(case, tls.url, **login)
    for verb in VERBS if case.client.can_test else [verb for verb in VERBS if verb != "test"]:
        with pytest.raises(ServiceError, match="TLS connection failed.*'ca_path'"):
            VERBS[verb](client, record(case))
    assert tls.seen == []


@any_login
def test_the_authority_of_the_user(case, login, tls, authority, ca, tmp_path):
    folder = tmp_path / "authorities"
    folder.mkdir()
    refused(case, login, tls.url, "unable to get local issuer", ca_path=str(folder))
    (folder / hashed(authority.cert_pem.bytes())).write_bytes(authority.cert_pem.bytes())
    for path in (ca, str(folder)):
        client = connect(case, tls.url, ca_path=path, **login)
        assert client.http.request("GET", "/x").object() and client.cautions == []
    foreign = tmp_path / "foreign.pem"
    trustme.CA().cert_pem.write_to_path(str(foreign))
    refused(case, login, tls.url, ca_path=str(foreign))
    assert len(tls.seen) == 2


@any_login
@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_an_authority_of_the_environment(case, login, variable, tls, ca, tmp_path, monkeypatch):
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    monkeypatch.setenv(variable, ca)
    assert connect(case, tls.url, **login).http.request("GET", "/x").object()
    foreign = tmp_path / "foreign.pem"
    trustme.CA().cert_pem.write_to_path(str(foreign))
    refused(case, login, tls.url, ca_path=str(foreign))


LAST_YEAR = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=365)


@any_login
@pytest.mark.parametrize(
    ("host", "more", "words"),
    [
        ("other.example", {}, "doesn't match|is not valid for|mismatch"),
        ("127.0.0.2", {}, "doesn't match|is not valid for|mismatch"),
        ("127.0.0.1", {"not_after": LAST_YEAR}, "expired"),
    ],
)
def test_certificates_of_another_host_or_time(case, login, host, more, words, authority, ca):
    with serve(tls_context(authority, host, **more)) as running:
        refused(case, login, running.url, words, ca_path=ca)
        assert running.seen == []


@any_login
def test_an_unchecked_identity_is_warned_of(case, login, tls, monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", trustme.__file__)  # must not bring the check back
    client = connect(case, tls.url, validate_certs=False, **login)
    assert client.http.request("GET", "/x").object()
    [caution] = client.cautions
    assert "validate_certs" in caution and case.client.title in caution


@pytest.fixture
def demanding(authority):
    """A service that demands a client certificate."""
    context = tls_context(authority)
    authority.configure_trust(context)
    context.verify_mode = ssl.CERT_REQUIRED
    with serve(context) as running:
        running.context = context
        yield running


@any_login
def test_client_certificates(case, login, demanding, authority, ca, tmp_path):
    mine = authority.issue_cert("me@example.com")
    cert, key, both = (str(tmp_path / name) for name in ("cert.pem", "key.pem", "both.pem"))
    mine.cert_chain_pems[0].write_to_path(cert)
    mine.private_key_pem.write_to_path(key)
    mine.private_key_and_cert_chain_pem.write_to_path(both)
    for options in ({"client_cert": cert, "client_key": key}, {"client_cert": both}):
        client = connect(case, demanding.url, ca_path=ca, **options, **login)
        assert client.http.request("GET", "/x").object()
    with pytest.raises(InputError, match="client_cert"):
        connect(case, demanding.url, client_cert=ca, client_key=key, **login)


@any_login
@pytest.mark.parametrize("version", ["TLSv1_2", "TLSv1_3"])
def test_a_missing_client_certificate_is_said_to_be_missing(case, login, version, demanding, ca):
    demanding.context.maximum_version = ssl.TLSVersion[version]
    # With TLS 1.3, the service may be gone before its alert is read.
    words = "alert handshake failure" if version == "TLSv1_2" else "alert certificate required|EOF occurred"
    client = connect(case, demanding.url, ca_path=ca, **login)
    with pytest.raises(ServiceError, match=f"TLS connection failed.*({words}).*'client_cert'"):
        client.http.request("GET", "/x")
    assert demanding.seen == []


@each_login
@pytest.mark.parametrize(
    ("url", "clear"),
    [
        ("http://service.example", True),
        ("http://192.0.2.1:8080/base", True),
        ("http://127.0.0.1.example", True),
        ("http://localhost.example", True),
        ("http://127.0.0.1:8080", False),
        ("http://localhost", False),
        ("http://[::1]:1", False),
        ("https://service.example", False),
    ],
)
def test_clear_text_is_warned_of(case, login, url, clear):
    cautions = connect(case, url, **login).cautions
    assert bool(cautions) == clear and all(re.search("clear text.*http, not https", text) for text in cautions)
