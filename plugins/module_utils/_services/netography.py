# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Netography response integrations: all that is known about them. PRIVATE to the collection.

Source: the service's OpenAPI document, /api/v1/integrations/response. An update replaces the whole object. Whether
secrets come back in replies, and what a missing object is answered with, is not documented: both ways are dealt with.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import secrets as random
import threading
import time
from typing import Any, Sequence

from .._core import paging
from .._core.connection import Client, option, segment
from .._core.errors import InputError
from .._core.http import Credentials, Http, Reply
from .._core.resource import Field, Kind, Resource, pick

OPTIONS = {
    "api_url": option("NETOGRAPHY_API_URL", default="https://api.netography.com"),
    "access_token": option("NETOGRAPHY_ACCESS_TOKEN", no_log=True),
    "netosecret": option("NETOSECRET", no_log=True),
}


def text(name: str, **more: Any) -> Field:
    return Field(name, **{"required": True, **more})


def secret(name: str, **more: Any) -> Field:
    return Field(name, secret=True, write_only=True, **{"required": True, **more})


def texts(name: str, **more: Any) -> Field:
    # The order is not documented to mean anything.
    return Field(name, type="list", elements="str", unordered=True, **{"required": True, **more})


EXPIRATION = Field("expiration", type="int", required=True)
MAX = Field("max", type="int", required=True)
FACTORS = texts("factors")
NEIGHBORS = texts("neighbors")
WHITELIST = texts("whitelist", required=False)
URL = secret("url", url=True)

ROUTES = (EXPIRATION, text("community"), FACTORS, MAX, NEIGHBORS, text("nexthop"), WHITELIST)
FLOWS = (EXPIRATION, FACTORS, MAX, NEIGHBORS, WHITELIST)
SYSTEM = ("KERN", "USER", "MAIL", "DAEMON", "AUTH", "SYSLOG", "LPR", "NEWS", "UUCP", "CRON", "AUTHPRIV", "FTP")
FACILITIES = tuple(f"LOG_{name}" for name in (*SYSTEM, *(f"LOCAL{number}" for number in range(8))))

INTEGRATION = Resource(
    title="response integration",
    kind_path="adapter",
    nest="config",
    replaces=True,
    fields=(
        Field("name", required=True),
        Field("description", initial=""),
        Field("type", read_only=True),
    ),
    kinds=(
        Kind("bgp", fields=ROUTES),
        Kind("blocklist", fields=(EXPIRATION, FACTORS, MAX, WHITELIST)),
        Kind(
            "crowdstrike",
            fields=(
                EXPIRATION,
                FACTORS,
                MAX,
                text("url", url=True),
                text("client_id"),
                secret("client_secret"),
            ),
        ),
        Kind("email", fields=(texts("recipients"), *(texts(n, required=False, initial=[]) for n in ("cc", "bcc")))),
        Kind("flowspec", fields=FLOWS),
        Kind("flowspec_custom", fields=(*FLOWS, text("rule"))),
        Kind("ns1", fields=(secret("apikey"), text("domain"), text("link"), text("type"), text("zone"))),
        Kind("pagerduty", fields=(secret("apikey"), secret("integrationkey"), text("severity"))),
        Kind(
            "route53",
            fields=(
                text("accesskeyid"),
                Field("aliastarget", type="dict", required=True),
                Field("evaluatetargethealth", type="bool", required=True),
                text("hostedzoneid"),
                text("name"),
                secret("secretaccesskey"),
                text("type"),
            ),
        ),
        Kind("rtbh", fields=ROUTES),
        Kind("slack", fields=(URL, text("channel"))),
        Kind(
            "syslog",
            fields=(
                text("host"),
                text("facility", choices=FACILITIES),
                text("protocol", choices=("udp", "tcp")),
                text("tag"),
                text("output", choices=("CEE", "CEF", "DEFAULT")),
            ),
        ),
        Kind("teams", fields=(URL, Field("short", type="bool"))),
        Kind(
            "twilio",
            fields=(
                text("accountsid"),
                secret("authtoken"),
                Field("to", type="dict", required=True, fields=(Field("number"), Field("region"))),
                text("messagingservicesid"),
            ),
        ),
        Kind(
            "webhook",
            fields=(
                URL,
                Field("authusername"),
                secret("authpassword", required=False),
                Field("contenttype"),
                secret("headers", type="dict", required=False),
                Field("skipsslverification", type="bool"),
            ),
        ),
        Kind(
            "other",
            other=True,
            fields=(
                text("adapter"),
                Field("config", type="dict", path=".", open=True),
                Field("secret_config", type="dict", path=".", open=True, secret=True, write_only=True),
            ),
        ),
    ),
)


def base64url(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")


class NetoSecret(Credentials):
    """An API key, exchanged for access tokens.

    The request token is a JWT, signed with HS256 and the key's shared secret; an access token is used until shortly
    before it expires, or until the service refuses it.
    """

    MARGIN = 30
    MEMBERS = ("url", "appname", "appkey", "shortname", "sharedsecret")

    def __init__(self, netosecret: str) -> None:
        super().__init__()
        try:
            # Files and mails wrap lines, and end with one.
            key = json.loads(base64.b64decode("".join(netosecret.split()), validate=True))
            self._key = {name: key[name] for name in self.MEMBERS}
            fine = all(isinstance(value, str) and value for value in self._key.values())
        except (binascii.Error, ValueError, LookupError, TypeError):
            fine = False
        if not fine:
            raise InputError(f"'netosecret' is not base64 of a JSON object with {', '.join(self.MEMBERS)}.")
        self.url: str = self._key.pop("url")
        self._expires = 0.0
        self._lock = threading.Lock()

    def headers(self, http: Http) -> dict[str, str]:
        with self._lock:
            if time.monotonic() >= self._expires:
                self._exchange(http)
            return self._headers

    def renew(self, http: Http) -> bool:
        self._expires = 0.0
        return True

    def _exchange(self, http: Http) -> None:
        token = self._request_token()
        http.secrets.add([self._key["sharedsecret"], self._key["appkey"], token])
        reply = http.request("POST", "/api/v1/auth/token", json={"jwt": token}, authenticate=False, writes=False)
        access_token, lifetime = (reply.object().get(name) for name in ("access_token", "expires_in"))
        if not isinstance(access_token, str) or not access_token:
            raise reply.malformed("no access token")
        http.secrets.add(access_token)
        self._headers = {"Authorization": f"Bearer {access_token}"}
        lifetime = lifetime if isinstance(lifetime, (int, float)) else 0
        self._expires = time.monotonic() + max(lifetime - self.MARGIN, lifetime / 2, 1)

    def _request_token(self) -> str:
        claims = {
            "iat": int(time.time()),
            "jti": str(random.randbits(64)),
            "appname": self._key["appname"],
            "appkey": self._key["appkey"],
            "shortname": self._key["shortname"],
        }
        signed = b".".join(base64url(json.dumps(part).encode()) for part in ({"alg": "HS256", "typ": "JWT"}, claims))
        signature = hmac.new(self._key["sharedsecret"].encode(), signed, hashlib.sha256).digest()
        return (signed + b"." + base64url(signature)).decode()


class Netography(Client):
    title = "Netography"
    resource = INTEGRATION
    options = OPTIONS
    suffix = "/api/v1"
    can_test = True

    PATH = "/api/v1/integrations/response"
    # The documented size of an answer; there are no pages, so that what is beyond it cannot be seen.
    LIMIT = 1000
    # What a missing integration is answered with is not documented.
    perhaps_absent = (400, 403)

    def credentials(self, params: dict[str, Any]) -> Credentials:
        if self.chosen(params, "access_token", "netosecret") == "access_token":
            return Credentials(Authorization=f"Bearer {params['access_token']}")
        if params["netosecret"]:
            return NetoSecret(params["netosecret"])
        raise InputError("Netography needs 'access_token' or 'netosecret'; options or environment variables give them.")

    def base_url(self, params: dict[str, Any], credentials: Credentials) -> str:
        # The key knows its tenant's URL; one that the user chose goes first.
        if isinstance(credentials, NetoSecret) and params["api_url"] == OPTIONS["api_url"]["default"]:
            params = {**params, "api_url": credentials.url}
        return super().base_url(params, credentials)

    @staticmethod
    def explain(body: dict[str, Any]) -> tuple[Any, Any]:
        return body.get("name"), body.get("message")

    def list(self) -> list[dict[str, Any]]:
        reply = self.http.request("GET", self.PATH)
        count = pick(reply.data, ("meta", "count"))
        items = paging.at_once(reply, reply.list("data"), count if isinstance(count, int) else 0)
        if len(items) >= self.LIMIT:
            raise reply.malformed(f"the {self.LIMIT} integrations that it lists at most", "Some may be missing.")
        return [INTEGRATION.decode(item) for item in items]

    def get(self, id: str, **lookup: Any) -> dict[str, Any] | None:
        with self.absence(id):
            reply = self.http.request("GET", f"{self.PATH}/{segment(id)}")
            return None if reply.object().get("data") == [] else self._one(reply)
        return None

    def create(self, record: dict[str, Any]) -> dict[str, Any]:
        reply = self.http.request("POST", self.PATH, json=INTEGRATION.encode(record))
        created = self._one(reply)
        if created["id"] is None:
            raise reply.malformed("without the new integration's id")
        return created

    def update(self, before: dict[str, Any], after: dict[str, Any], changes: Sequence[str]) -> dict[str, Any]:
        body = INTEGRATION.encode(after)
        reply = self.http.request("PUT", f"{self.PATH}/{segment(before['id'])}", json=body)
        return {**self._one(reply), "id": before["id"]}

    def delete(self, record: dict[str, Any]) -> None:
        with self.absence(record["id"]):
            self.http.request("DELETE", f"{self.PATH}/{segment(record['id'])}").confirm()

    def test(self, record: dict[str, Any]) -> None:
        self.http.request("POST", f"{self.PATH}/test", json=INTEGRATION.encode(record))

    @staticmethod
    def _one(reply: Reply) -> dict[str, Any]:
        """The integration in an envelope, which holds an array even for one."""
        data = reply.object().get("data")
        item = data[0] if isinstance(data, list) and data else data
        if not isinstance(item, dict):
            raise reply.malformed("without the integration")
        return INTEGRATION.decode(item)
