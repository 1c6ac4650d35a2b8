# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Confluent Cloud: notification integrations, patched in part, in pages that link to the next."""

from __future__ import annotations

import base64
import binascii
import math
import secrets
import time
import urllib.parse
import uuid
from datetime import UTC, datetime

from contract import Operation, describe
from service import Call, Refused, Reply, Service
from store import Document, Store

API_KEY = "SANDBOXCONFLUENT"
API_SECRET = "sandbox-confluent-api-secret"
ACCESS_TOKEN = "sandbox-confluent-access-token"
"""Taken in place of key and secret."""

PATH = "/notifications/v1/integrations"
ORGANIZATION = "crn://confluent.cloud/organization=6a1c2f0e-5d0b-4a57-9a63-2f6f6d1f0b57"

# The kinds that a client may write, and where their URL is.
WRITABLE = {"MsTeams": "webhook_url", "Slack": "webhook_url", "Webhook": "url"}

_USER = {
    "id": "u-s4ndb0x",
    "related": "https://api.confluent.cloud/iam/v2/users/u-s4ndb0x",
    "resource_name": f"{ORGANIZATION}/user=u-s4ndb0x",
}
_SINCE = {"created_at": "2024-01-02T03:04:05.000000Z", "updated_at": "2024-01-02T03:04:05.000000Z"}

# What every organisation has from its first day.
BUILT_IN: tuple[Document, ...] = (
    {
        "id": "int-role-email",
        "metadata": _SINCE,
        "display_name": "Organization admins",
        "target": {"kind": "RoleEmail", "role_name": "OrganizationAdmin"},
    },
    {
        "id": "int-user-email",
        "metadata": _SINCE,
        "display_name": "My e-mail",
        "target": {"kind": "UserEmail", "user": _USER},
    },
    {
        "id": "int-in-app",
        "metadata": _SINCE,
        "display_name": "In the console",
        "target": {"kind": "InApp", "user": _USER},
    },
)

# Code and title of an error, by status.
ERRORS = {
    400: ("invalid_filter", "Invalid Filter"),
    401: ("user_unauthenticated", "Not Authenticated"),
    402: ("quota_exceeded", "Quota Exceeded"),
    403: ("user_unauthorized", "Not Authorized"),
    404: (None, "Not Found"),
    405: ("method_not_allowed", "Method Not Allowed"),
    409: ("resource_already_exists", "Resource Already Exists"),
    422: ("invalid_configuration", "Invalid Configuration"),
}

MASK = "********"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _token(offset: int) -> str:
    return base64.urlsafe_b64encode(f"offset:{offset}".encode()).rstrip(b"=").decode()


def _offset(token: str) -> int:
    """Where the page of a token begins (``ValueError``)."""
    text = base64.urlsafe_b64decode(token.encode() + b"==").decode()
    return int(text.removeprefix("offset:"))


def _is_url(text: str) -> bool:
    try:
        url = urllib.parse.urlsplit(text)
    except ValueError:
        return False
    return url.scheme in ("http", "https") and bool(url.hostname) and not any(map(str.isspace, text))


def _failure(
    status: int,
    detail: str,
    *,
    code: str | None = None,
    source: dict[str, str] | None = None,
    headers: dict[str, str] | None = None,
) -> Reply:
    if status == 429:
        return Reply(429, None, headers or {})
    usual_code, title = ERRORS.get(status, ("internal_error", "Internal Error"))
    error: Document = {"id": str(uuid.uuid4()), "status": str(status), "title": title}
    if status != 404:
        error |= {"code": code or usual_code, "detail": detail}
    if source:
        error["source"] = source
    return Reply(status, {"errors": [error]}, headers or {})


class Confluent(Service):
    name = "confluent"
    total_member = ("metadata", "total_size")
    paging_parameters = ("page_token",)
    switches = {
        # What becomes of the URL in `target` on read: most likely clear.
        "secrets": ("clear", "mask", "omit"),
        # How an unknown or deleted id is answered.
        "missing": ("404", "403"),
        # read: any role but OrganizationAdmin; none: a key for something else.
        "permission": ("full", "read", "none"),
        # The organisation's own e-mail and in-app integrations.
        "builtin": True,
        "builtin_status": (403, 400),
        "unique_names": False,
        "kind_change": True,
        # A description that was never given.
        "default_description": ("absent", "empty"),
        # In so many lists a deleted integration still appears, with the time of its deletion.
        "delete_lag": 0,
        # integrations_per_org; 0 for no limit. Its number is not published.
        "quota": 0,
        # Page sizes are no part of the service's promises.
        "default_page_size": 100,
        "max_page_size": 250,
        "oversize": ("refuse", "cut"),
        # The link to the next page, where there is none; that to the previous one likewise.
        "last_next": ("absent", "null", "empty"),
        # Another origin in the links between pages, such as https://api.confluent.cloud.
        "link_origin": "",
        "extra_members": False,
        # Without it, the headers announce a limit that is never reached.
        "rate_limit": False,
        "rate_limit_calls": 100,
        "rate_limit_window_ms": 60_000,
    }

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self._deleted: dict[str, tuple[Document, int]] = {}
        """Deleted integrations, and in how many lists they still appear."""

    def env(self, url: str) -> dict[str, str]:
        return {
            "CONFLUENT_CLOUD_API_URL": url,
            "CONFLUENT_CLOUD_API_KEY": API_KEY,
            "CONFLUENT_CLOUD_API_SECRET": API_SECRET,
        }

    def reset(self) -> None:
        super().reset()
        self._deleted.clear()

    def complete(self, collection: str, document: Document) -> Document:
        now = _now()
        metadata = {"created_at": now, "updated_at": now, **document.get("metadata", {})}
        return {"id": f"int-{secrets.token_hex(5)}", **document, "metadata": metadata}

    def error(self, status: int, message: str) -> Reply:
        return _failure(status, message)

    # Admission: every reply tells the rate limit, also one of 401 or 404

    def answer(self, call: Call) -> Reply:
        limit, window = self.switch["rate_limit_calls"], self.switch["rate_limit_window_ms"]
        calls, end = 1, time.time() + window / 1000
        if self.switch["rate_limit"]:
            calls, end = self.limiter.count("", window)
        seconds = max(math.ceil(end - time.time()), 0)
        if calls > limit:
            return self.limited(seconds)
        call.reply_headers.update(self._headers(limit - calls, seconds))
        return super().answer(call)

    def limited(self, seconds: int) -> Reply:
        return _failure(429, "", headers={**self._headers(0, seconds), "Retry-After": str(seconds)})

    def _headers(self, remaining: int, seconds: int) -> dict[str, str]:
        return {
            "X-Request-Id": secrets.token_hex(16),
            "X-RateLimit-Limit": str(self.switch["rate_limit_calls"]),
            "X-RateLimit-Remaining": str(remaining),
            "X-RateLimit-Reset": str(seconds),
        }

    def admit(self, call: Call, operation: Operation) -> None:
        if not self._authenticated(call.headers.get("authorization", "")):
            headers = {"WWW-Authenticate": 'Basic realm="Confluent Cloud"'}
            raise Refused(_failure(401, "The credentials are missing or invalid.", headers=headers))
        permission = self.switch["permission"]
        if permission == "none" or (permission == "read" and operation.method != "GET"):
            raise Refused(_failure(403, "The user lacks the role for this."))

    @staticmethod
    def _authenticated(header: str) -> bool:
        scheme, _separator, credentials = header.partition(" ")
        if scheme.lower() == "bearer":
            return credentials == ACCESS_TOKEN
        try:
            decoded = base64.b64decode(credentials, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            return False
        return scheme.lower() == "basic" and decoded == f"{API_KEY}:{API_SECRET}"

    # Reading

    def list_integrations(self, call: Call) -> Reply:
        size = self._page_size(call.query)
        try:
            offset = _offset(call.query["page_token"]) if "page_token" in call.query else 0
        except ValueError:
            raise self._invalid_parameter("page_token") from None
        # `resource` and `resource_type` are accepted: what they select depends on subscriptions, which are not played.
        documents = [
            *self._built_in(),
            *self.integrations.documents(before=call.lag),
            *self._vanishing(new_list=not offset),
        ]
        page = [self._read(call, document) for document in documents[offset : offset + size]]
        return Reply(
            200,
            {
                "api_version": "notifications/v1",
                "kind": "IntegrationList",
                "metadata": self._list_metadata(call, offset, size, len(documents)),
                "data": page,
            },
        )

    def get_integration(self, call: Call, id: str) -> Reply:
        return Reply(200, self._read(call, self._existing(id)))

    def _page_size(self, query: dict[str, str]) -> int:
        text = query.get("page_size", str(self.switch["default_page_size"]))
        if not text.isdecimal() or int(text) == 0:
            raise self._invalid_parameter("page_size")
        most = self.switch["max_page_size"]
        if int(text) > most and self.switch["oversize"] == "refuse" and "page_size" in query:
            raise self._invalid_parameter("page_size")
        return min(int(text), most)

    def _invalid_parameter(self, name: str) -> Refused:
        return Refused(_failure(400, f"{name} cannot be used.", source={"parameter": name}))

    def _list_metadata(self, call: Call, offset: int, size: int, total: int) -> Document:
        origin = self.switch["link_origin"]
        url = f"{origin}{PATH}" if origin else self._url(call)
        kept = {name: value for name, value in call.query.items() if name != "page_token"}

        def link(start: int) -> str:
            query = urllib.parse.urlencode(kept | ({"page_token": _token(start)} if start else {}))
            return f"{url}?{query}" if query else url

        links: dict[str, str | None] = {"first": link(0), "last": link(max(total - 1, 0) // size * size)}
        pages = {"prev": (max(offset - size, 0), offset > 0), "next": (offset + size, offset + size < total)}
        for name, (start, exists) in pages.items():
            if exists:
                links[name] = link(start)
            elif self.switch["last_next"] != "absent":
                links[name] = None if self.switch["last_next"] == "null" else ""
        return {**links, "total_size": total}

    def _built_in(self) -> list[Document]:
        return list(BUILT_IN) if self.switch["builtin"] else []

    def _vanishing(self, *, new_list: bool) -> list[Document]:
        """The deleted integrations that a list still shows; a later page belongs to the list of the first."""
        if new_list:
            self._deleted = {id: (document, left - 1) for id, (document, left) in self._deleted.items() if left > 0}
        return [document for document, _left in self._deleted.values()]

    @staticmethod
    def _url(call: Call, id: str = "") -> str:
        return f"http://{call.headers['host']}/confluent{PATH}" + (f"/{id}" if id else "")

    def _read(self, call: Call, document: Document) -> Document:
        """The document as the service shows it."""
        switch = self.switch
        target = dict(document["target"])
        member = WRITABLE.get(target["kind"], "")
        if member in target and switch["secrets"] == "mask":
            target[member] = MASK
        elif member in target and switch["secrets"] == "omit":
            del target[member]
        identity = {
            "self": self._url(call, document["id"]),
            "resource_name": f"{ORGANIZATION}/integration={document['id']}",
        }
        shown = {
            "api_version": "notifications/v1",
            "kind": "Integration",
            **({"description": ""} if switch["default_description"] == "empty" else {}),
            **document,
            "metadata": {**identity, **document["metadata"]},
            "target": target,
        }
        if switch["extra_members"]:
            shown |= {"status": {"phase": "READY"}, "labels": []}
            shown["metadata"]["revision"] = 1
            target["verified"] = True
        return shown

    # Writing

    def create_integration(self, call: Call) -> Reply:
        body = self._body(call, "Create")
        if 0 < self.switch["quota"] <= len(self.integrations.documents()):
            raise Refused(_failure(402, "The quota integrations_per_org is used up."))
        self._require_free_name(call, body["display_name"])
        document = self.complete("integrations", body)
        self.integrations.put(document["id"], document)
        return Reply(201, self._read(call, document), {"Location": self._url(call, document["id"])})

    def update_integration(self, call: Call, id: str) -> Reply:
        old = self._writable(id)
        changes = self._body(call, "Update")
        if "display_name" in changes:
            self._require_free_name(call, changes["display_name"], own=id)
        document = {**old, **changes, "metadata": {**old["metadata"], "updated_at": _now()}}
        if document["target"]["kind"] != old["target"]["kind"] and not self.switch["kind_change"]:
            raise Refused(_failure(422, "The kind cannot change.", source={"pointer": "/target/kind"}))
        return Reply(200, self._read(call, self.integrations.put(id, document)))

    def delete_integration(self, call: Call, id: str) -> Reply:
        document = self._writable(id)
        self.integrations.delete(id)
        if self.switch["delete_lag"]:
            deleted = {**document, "metadata": {**document["metadata"], "deleted_at": _now()}}
            self._deleted[id] = deleted, self.switch["delete_lag"]
        return Reply(204)

    def test_integration(self, call: Call) -> Reply:
        self._body(call, "Create", status=400)  # this call has no 422
        return Reply(204)

    def _existing(self, id: str) -> Document:
        document = self.integrations.get(id)
        for built_in in self._built_in():
            if built_in["id"] == id:
                document = built_in
        if document is None and self.switch["missing"] == "403":
            raise Refused(_failure(403, "There is no access to this.", code="forbidden_access"))
        if document is None:
            raise Refused(_failure(404, ""))
        return document

    def _writable(self, id: str) -> Document:
        document = self._existing(id)
        if document["target"]["kind"] not in WRITABLE:
            detail = "Integrations of this kind can neither change nor go."
            code = None if self.switch["builtin_status"] == 403 else "invalid_configuration"
            raise Refused(_failure(self.switch["builtin_status"], detail, code=code))
        return document

    def _body(self, call: Call, schema: str, *, status: int = 422) -> Document:
        if call.malformed or not call.json:
            raise Refused(_failure(400, "The body is not JSON.", code="malformed_request"))

        def invalid(detail: str, path: list[str]) -> Refused:
            source = {"pointer": "/" + "/".join(path)}
            return Refused(_failure(status, detail, code="invalid_configuration", source=source))

        for error in self.contract.schemas[schema].iter_errors(call.body):
            raise invalid(describe(error), [str(part) for part in error.absolute_path])
        body: Document = call.body
        if target := body.get("target"):
            member = WRITABLE[target["kind"]]
            if not _is_url(target[member]):
                raise invalid("This is not a URL.", ["target", member])
        return body

    def _require_free_name(self, call: Call, name: str, *, own: str = "") -> None:
        if not self.switch["unique_names"]:
            return
        for other in self.integrations.documents():
            if other["display_name"] == name and other["id"] != own:
                headers = {"Location": self._url(call, other["id"])}
                raise Refused(_failure(409, "The display name is in use.", headers=headers))
