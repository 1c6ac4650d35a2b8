# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Netography: response integrations, replaced as a whole, behind tokens minted from a NETOSECRET."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import time
from typing import Any

from contract import Operation, describe
from service import Call, Refused, Reply, Service
from store import Document, Store

ACCESS_TOKEN = "sandbox-netography-access-token"
APPNAME = "sandbox"
APPKEY = "sandbox-app-key"
SHORTNAME = "sandbox"
SHARED_SECRET = "sandbox-netography-shared-secret"

CLOCK_SKEW = 300

# What the service sets on read; seen in the plugins of response policies only.
TYPES = {
    "bgp": "traffic",
    "blocklist": "block",
    "crowdstrike": "block",
    "email": "notification",
    "flowspec": "traffic",
    "flowspec_custom": "traffic",
    "ns1": "dns",
    "pagerduty": "notification",
    "route53": "dns",
    "rtbh": "block",
    "slack": "notification",
    "syslog": "notification",
    "teams": "notification",
    "twilio": "notification",
    "webhook": "notification",
}

SECRETS = {
    "crowdstrike": {"client_secret"},
    "ns1": {"apikey"},
    "pagerduty": {"apikey", "integrationkey"},
    "route53": {"secretaccesskey"},
    "slack": {"url"},
    "teams": {"url"},
    "twilio": {"authtoken"},
    "webhook": {"authpassword", "headers"},
}

NEW_SECRETS = {"apikey"}

MASK = "********"


def netosecret(url: str) -> str:
    """An API key as the portal hands it out."""
    key = {
        "url": f"{url}/api/v1",
        "appname": APPNAME,
        "appkey": APPKEY,
        "shortname": SHORTNAME,
        "sharedsecret": SHARED_SECRET,
    }
    return base64.b64encode(json.dumps(key).encode()).decode()


def _segment(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _signature(signed: str) -> str:
    return _segment(hmac.new(SHARED_SECRET.encode(), signed.encode(), hashlib.sha256).digest())


def encode_jwt(claims: dict[str, Any]) -> str:
    header = _segment(b'{"alg":"HS256","typ":"JWT"}')
    signed = f"{header}.{_segment(json.dumps(claims).encode())}"
    return f"{signed}.{_signature(signed)}"


def decode_jwt(token: str) -> dict[str, Any]:
    """The claims of a token that is signed with the shared secret (``ValueError``)."""
    signed, _separator, signature = token.rpartition(".")
    if not hmac.compare_digest(_signature(signed).encode(), signature.encode()):
        raise ValueError("wrong signature")
    header, claims = (json.loads(base64.urlsafe_b64decode(part + "==")) for part in signed.split("."))
    if header.get("alg") != "HS256" or not isinstance(claims, dict):
        raise ValueError("not an HS256 token")
    return claims


class Netography(Service):
    name = "netography"
    total_member = ("meta", "count")
    switches = {
        # What becomes of the secret members of `config` on read: undocumented.
        "secrets": ("clear", "mask", "omit"),
        # How an unknown id is answered: undocumented.
        "missing": ("404", "400", "empty", "403"),
        "allow_adapter_change": False,
        # Adapters named new_*, of which no client knows anything.
        "new_adapters": False,
        "unique_names": False,
        "duplicate_status": (409, 400),
        # The documented item has no id; without one, nothing that was listed could be addressed.
        "ids": True,
        "ints_as_strings": False,
        # Lists come back in another order: the integrations, and the members of a config.
        "reverse_lists": False,
        "max_items": 1000,
        "extra_members": False,
        "token_lifetime": 300,
        # Setting it makes every token issued so far invalid, and it falls back to false.
        "expire_tokens": False,
    }

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self._issued: dict[str, float] = {}
        """When each of the issued tokens expires."""

    def env(self, url: str) -> dict[str, str]:
        return {"NETOGRAPHY_API_URL": url, "NETOGRAPHY_ACCESS_TOKEN": ACCESS_TOKEN}

    def set_switches(self, values: dict[str, Any]) -> None:
        super().set_switches(values)
        if self.switch["expire_tokens"]:
            self._issued.clear()
            self.switch["expire_tokens"] = False

    def reset(self) -> None:
        super().reset()
        self._issued.clear()

    def complete(self, collection: str, document: Document) -> Document:
        identity = {"id": secrets.token_hex(12), "type": TYPES.get(document.get("adapter", ""), "notification")}
        return {**identity, "description": "", "config": {}, **document}

    def error(self, status: int, message: str) -> Reply:
        names = {400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 409: "Conflict"}
        return Reply(status, {"status": status, "name": names.get(status, "Error"), "message": message})

    # Authentication

    def admit(self, call: Call, operation: Operation) -> None:
        if operation.public:
            return
        scheme, _separator, token = call.headers.get("authorization", "").partition(" ")
        valid = token == ACCESS_TOKEN or self._issued.get(token, 0) > time.time()
        if scheme.lower() != "bearer" or not valid:
            raise Refused(self.error(401, "The access token is missing or invalid."))

    def create_token(self, call: Call) -> Reply:
        """Exchange a request token, signed with the shared secret, for an access token."""
        self._require_body(call, "TokenRequest")
        try:
            claims = decode_jwt(call.body["jwt"])
        except ValueError:
            raise Refused(self.error(401, "The request token is not valid.")) from None
        issued_at = claims.get("iat")
        if not isinstance(issued_at, int) or abs(time.time() - issued_at) > CLOCK_SKEW:
            raise Refused(self.error(401, "The request token's iat is not the present time."))
        if not isinstance(claims.get("jti"), str):
            raise Refused(self.error(401, "The request token's jti is not a string."))
        if claims.get("shortname") != SHORTNAME:
            raise Refused(self.error(404, "There is no such account."))
        if (claims.get("appname"), claims.get("appkey")) != (APPNAME, APPKEY):
            raise Refused(self.error(401, "There is no such API key."))

        lifetime = self.switch["token_lifetime"]
        now = int(time.time())
        token = encode_jwt({"iat": now, "exp": now + lifetime, "jti": secrets.token_hex(8)})
        self._issued[token] = time.time() + lifetime
        return Reply(
            200,
            {
                "access_token": token,
                "expires_in": lifetime,
                "refresh_token": secrets.token_urlsafe(32),
                "refresh_expires_in": 2 * lifetime,
                "token_type": "bearer",
                "id_token": secrets.token_urlsafe(32),
                "not-before-policy": 0,
                "session-state": secrets.token_hex(16),
                "scope": "openid",
            },
        )

    # Response integrations

    def list_response_integrations(self, call: Call) -> Reply:
        documents = self.integrations.documents(before=call.lag)
        if self.switch["reverse_lists"]:
            documents.reverse()
        return self._envelope(200, documents)

    def create_response_integration(self, call: Call) -> Reply:
        document = self.complete("integrations", self._integration(call))
        return self._envelope(201, [self.integrations.put(document["id"], document)])

    def test_response_integration(self, call: Call) -> Reply:
        return self._envelope(201, [self.complete("integrations", self._integration(call, unique=False))])

    def get_response_integration(self, call: Call, id: str) -> Reply:
        return self._envelope(200, [self._existing(call, id)])

    def replace_response_integration(self, call: Call, id: str) -> Reply:
        old = self._existing(call, id)
        new = self._integration(call, replaced=old)
        if new["adapter"] != old["adapter"] and not self.switch["allow_adapter_change"]:
            raise Refused(self.error(400, "The adapter of an integration cannot change."))
        return self._envelope(200, [self.integrations.put(id, {**self.complete("integrations", new), "id": id})])

    def delete_response_integration(self, call: Call, id: str) -> Reply:
        self._existing(call, id)
        self.integrations.delete(id)
        return Reply(204)

    def _require_body(self, call: Call, schema: str) -> None:
        if call.malformed or not call.json:
            raise Refused(self.error(400, "The body is not JSON."))
        for error in self.contract.schemas[schema].iter_errors(call.body):
            raise Refused(self.error(400, describe(error)))

    def _integration(self, call: Call, *, unique: bool = True, replaced: Document | None = None) -> Document:
        self._require_body(call, "ResponseIntegrationRequest")
        if call.body["adapter"].startswith("new_") and not self.switch["new_adapters"]:
            raise Refused(self.error(400, "There is no such adapter."))
        if unique and self.switch["unique_names"]:
            for other in self.integrations.documents():
                if other is not replaced and other["name"] == call.body["name"]:
                    raise Refused(self.error(self.switch["duplicate_status"], "The name is already in use."))
        return call.body

    def _existing(self, call: Call, id: str) -> Document:
        document = self.integrations.get(id)
        if document is not None:
            return document
        missing = self.switch["missing"]
        if missing == "empty":
            raise Refused(Reply(204) if call.method == "DELETE" else self._envelope(200, []))
        raise Refused(self.error(int(missing), "There is no response integration with this id."))

    def _envelope(self, status: int, documents: list[Document]) -> Reply:
        data = [self._read(document) for document in documents[: self.switch["max_items"]]]
        return Reply(status, {"meta": {"code": status, "count": len(documents)}, "data": data})

    def _read(self, document: Document) -> Document:
        """The document as the service shows it."""
        switch = self.switch
        config = dict(document["config"])
        for name in SECRETS.get(document["adapter"], NEW_SECRETS) & config.keys():
            if switch["secrets"] == "mask":
                config[name] = MASK
            elif switch["secrets"] == "omit":
                del config[name]
        if switch["ints_as_strings"]:
            numbers = {name for name, value in config.items() if isinstance(value, int) and value not in (True, False)}
            config.update({name: str(config[name]) for name in numbers})
        if switch["reverse_lists"]:
            config = {name: value[::-1] if isinstance(value, list) else value for name, value in config.items()}
        if switch["extra_members"]:
            document = {**document, "customer": "sandbox", "created": 1_700_000_000, "tags": []}
            config["aggregate"] = [24, 32]
        shown = {**document, "config": config}
        if not switch["ids"]:
            del shown["id"]
        return shown
