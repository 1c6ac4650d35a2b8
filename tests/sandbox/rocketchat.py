# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rocket.Chat: incoming and outgoing webhooks, called by verb, with a 400 for nearly everything that fails."""

from __future__ import annotations

import json
import math
import secrets
import string
import time
from datetime import UTC, datetime
from typing import Any

from contract import Operation
from jsonschema.exceptions import ValidationError
from service import Call, Refused, Reply, Service
from store import Document, Store

AUTH_TOKEN = "sandbox-rocketchat-auth-token"
ADMIN = {"_id": "aAdMiN2345678pqrs", "username": "admin"}

USERS = {"rocket.cat": "rocket.cat", "admin": ADMIN["_id"], "bot": "bBoT23456789pqrst"}
ROOMS = ("general", "random", "alerts", "ops", "security")

# Which of channel, trigger words and target room an event makes use of.
EVENTS: dict[str, set[str]] = {
    "sendMessage": {"channel", "triggerWords"},
    "fileUploaded": {"channel"},
    "roomJoined": {"channel"},
    "roomLeft": {"channel"},
    "roomArchived": set(),
    "roomCreated": set(),
    "userCreated": {"targetRoom"},
}
EDIT_EVENTS: dict[str, set[str]] = {
    "messageEdited": {"channel", "triggerWords"},
    "messageDeleted": {"channel", "triggerWords"},
}

PUBLIC_CHANNELS = "all_public_channels"
PRIVATE_CHANNELS = {"all_private_groups", "all_direct_messages"}

# Members that an update leaves as they are when it does not name them.
KEPT_INCOMING = ("alias", "avatar", "emoji", "overrideDestinationChannelEnabled")
KEPT_OUTGOING = (
    "alias", "avatar", "emoji", "targetRoom", "triggerWords", "triggerWordAnywhere", "runOnEdits", "retryFailedCalls",
    "retryCount", "retryDelay", "impersonateUser",
)  # fmt: skip

# The validator of the service is AJV: its words for what jsonschema found.
AJV = {
    "additionalProperties": lambda error: "must NOT have additional properties",
    "anyOf": lambda error: "must match a schema in anyOf",
    "minLength": lambda error: f"must NOT have fewer than {error.validator_value} characters",
    "oneOf": lambda error: "must match exactly one schema in oneOf",
    "pattern": lambda error: f'must match pattern "{error.validator_value}"',
    "required": lambda error: f"must have required property {error.message.split(' is a required')[0]}",
    "type": lambda error: f"must be {','.join(_as_list(error.validator_value))}",
}


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _ajv_messages(error: ValidationError) -> list[str]:
    inner = [message for context in error.context or () for message in _ajv_messages(context)]
    return [*inner, AJV[error.validator](error)]


def _coerce(value: Any, schema: dict[str, Any]) -> Any:
    """AJV's ``coerceTypes``: a scalar of the wrong type becomes one of the right type where it can."""
    types = _as_list(schema.get("type", []))
    if isinstance(value, (list, dict)) or (value is None and "null" in types):
        return value
    if "string" in types and not isinstance(value, str):
        return "" if value is None else json.dumps(value)
    if "boolean" in types and not isinstance(value, bool):
        return {None: False, "false": False, 0: False, "true": True, 1: True}.get(value, value)
    if "number" in types and isinstance(value, str):
        try:
            return float(value) if math.isfinite(float(value)) else value
        except ValueError:
            return value
    return value


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _random_id(length: int) -> str:
    alphabet = "".join(sorted(set(string.ascii_letters + string.digits) - set("01IOUl")))
    return "".join(secrets.choice(alphabet) for _position in range(length))


def _blank(value: Any) -> bool:
    return not isinstance(value, str) or value.strip() == ""


def _compile(script: str) -> Document:
    """What the service stores of a script that it compiled: brackets that do not pair stand for any mistake."""
    if all(script.count(left) == script.count(right) for left, right in ("()", "[]", "{}")):
        return {"scriptCompiled": f'"use strict";{" ".join(script.split())}'}
    return {"scriptError": {"name": "SyntaxError", "message": "Unexpected token", "stack": "SyntaxError: line 1"}}


def _uncompiled(document: Document) -> Document:
    return {name: value for name, value in document.items() if name not in ("scriptCompiled", "scriptError")}


class RocketChat(Service):
    name = "rocketchat"
    id_member = "_id"
    total_member = ("total",)
    items_member = "integrations"
    paging_parameters = ("offset",)
    switches = {
        # 6 knows no list filters and does not check a query, 7 has both, 8 adds skipTranspile, 9 drops it and `query`.
        "version": (8, 6, 7, 9),
        # 7: a 401 of status and message, and codes within messages; 9: a 401 of success and error, and no codes.
        "error_style": (7, 9),
        # own: the manage-own permissions alone; none: no permission at all.
        "permission": ("full", "own", "none"),
        "default_count": 50,
        "upper_limit": 100,
        "allow_infinite_count": True,
        # Every room and every user exists, except those whose names start with `missing`.
        "any_room": True,
        "edit_events": False,
        "freeze_scripts": False,
        "rate_limit": False,
        "rate_limit_calls": 10,
        "rate_limit_window_ms": 60_000,
    }

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self._lists = 0

    def env(self, url: str) -> dict[str, str]:
        return {"ROCKETCHAT_URL": url, "ROCKETCHAT_AUTH_TOKEN": AUTH_TOKEN, "ROCKETCHAT_USER_ID": ADMIN["_id"]}

    def complete(self, collection: str, document: Document) -> Document:
        return {
            "_id": secrets.token_hex(12),
            "enabled": True,
            "username": "rocket.cat",
            "userId": "rocket.cat",
            "channel": [],
            "scriptEnabled": False,
            "_createdAt": _now(),
            "_createdBy": ADMIN,
            **document,
        }

    # Errors

    def error(self, status: int, message: str) -> Reply:
        if status == 401:
            message = "You must be logged in to do this."
            old_style = self.switch["error_style"] == 7
            return Reply(401, {"status": "error", "message": message} if old_style else _failure(message))
        return Reply(status, _failure(message))

    def _fail(self, code: str, message: str, *, status: int = 400, details: Document | None = None) -> Refused:
        body = {**_failure(f"{message} [{code}]"), "errorType": code}
        return Refused(Reply(status, body if details is None else {**body, "details": details}))

    def _invalid(self, messages: list[str], *, query: bool = False) -> Refused:
        text = "\n ".join(messages)
        if self.switch["error_style"] == 7:
            return self._fail("invalid-params", text)
        code = "error-invalid-params" if query else "invalid-params"
        return Refused(Reply(400, {**_failure(text), "errorType": code}))

    # Admission: authentication, then the rate limit, then the permission of the route

    def admit(self, call: Call, operation: Operation) -> None:
        if operation.public:
            return
        if call.headers.get("x-auth-token") != AUTH_TOKEN or call.headers.get("x-user-id") != ADMIN["_id"]:
            raise Refused(self.error(401, ""))
        if self.switch["rate_limit"]:
            self._limit_rate(call, operation)
        if call.malformed:
            raise Refused(self.error(400, "Invalid JSON in the body."))
        guarded = {"list_integrations", "get_history", "remove_integration"}
        if self.switch["permission"] == "none" and operation.id in guarded:
            message = "User does not have the permissions required for this action"
            raise self._fail("error-unauthorized", message, status=403)

    def _limit_rate(self, call: Call, operation: Operation) -> None:
        limit = self.switch["rate_limit_calls"]
        calls, end = self.limiter.count(operation.id, self.switch["rate_limit_window_ms"])
        if calls > limit:
            raise Refused(self._limited(end))
        call.reply_headers.update(self._headers(limit - calls, end))

    def limited(self, seconds: int) -> Reply:
        return self._limited(time.time() + seconds)

    def _limited(self, end: float) -> Reply:
        seconds = max(math.ceil(end - time.time()), 0)
        message = (
            "Error, too many requests. Please slow down."
            f" You must wait {seconds} seconds before trying this endpoint again."
        )
        return Reply(429, _failure(f"{message} [error-too-many-requests]"), self._headers(0, end))

    def _headers(self, remaining: int, end: float) -> dict[str, str]:
        return {
            "X-RateLimit-Limit": str(self.switch["rate_limit_calls"]),
            "X-RateLimit-Remaining": str(remaining),
            "X-RateLimit-Reset": str(int(end * 1000)),
        }

    # Reading

    def list_integrations(self, call: Call) -> Reply:
        query = call.query
        filters = {}
        if self.switch["version"] >= 7:
            allowed = {"offset", "count", "sort", "name", "type"}
            self._check_query(query, allowed if self.switch["version"] == 9 else allowed | {"query"})
            filters = {key: query[key] for key in ("name", "type") if query.get(key)}

        documents = [document for document in self.integrations.documents(before=call.lag) if self._visible(document)]
        if "name" in filters:
            documents = [document for document in documents if filters["name"].lower() in document["name"].lower()]
        if "type" in filters:
            documents = [document for document in documents if filters["type"] == document["type"]]

        # The default order is by a member that integrations lack, so it may differ from page to page: here it does.
        # Documents that a sort leaves equal are in no order either.
        self._lists += 1
        start = self._lists % len(documents) if documents else 0
        documents = documents[start:] + documents[:start]
        for member, direction in reversed(self._sort(query).items()):
            documents.sort(key=lambda document: _sort_key(document.get(member)), reverse=direction == -1)
        return self._page("integrations", documents, query)

    def get_integration(self, call: Call) -> Reply:
        query = call.query
        self._check_query(query, {"integrationId", "createdBy"}, required="integrationId")
        if self.switch["permission"] == "none":
            raise Refused(self.error(400, "not-authorized"))
        document = self.integrations.get(query["integrationId"])
        if document is not None and "createdBy" in query:
            document = document if (document["_createdBy"] or {}).get("_id") == query["createdBy"] else None
        if document is None or not self._visible(document):
            raise Refused(self.error(400, "The integration does not exists."))
        return _success(integration=document)

    def get_history(self, call: Call) -> Reply:
        self._check_query(call.query, {"id", "offset", "count", "sort"}, required="id")
        document = self.integrations.get(call.query["id"])
        if document is None or not self._visible(document):
            raise Refused(self.error(400, "Invalid integration id."))
        return self._page("history", [], call.query)

    def receive_message(self, call: Call, id: str, token: str) -> Reply:
        document = self.integrations.get(id)
        if document is None or document["type"] != "webhook-incoming" or document["token"] != token:
            raise Refused(self.error(404, "Invalid integration id or token provided."))
        return _success()

    def _visible(self, document: Document) -> bool:
        return self.switch["permission"] == "full" or (document["_createdBy"] or {}).get("_id") == ADMIN["_id"]

    def _check_query(self, query: dict[str, str], allowed: set[str], *, required: str | None = None) -> None:
        if required is not None and required not in query:
            raise self._invalid([f"must have required property '{required}'"], query=True)
        if query.keys() - allowed:
            raise self._invalid(["must NOT have additional properties"], query=True)

    def _sort(self, query: dict[str, str]) -> dict[str, int]:
        text = query.get("sort", "{}")
        try:
            sort = json.loads(text)
        except ValueError:
            sort = None
        if not isinstance(sort, dict) or any(direction not in (1, -1) for direction in sort.values()):
            raise self._fail("error-invalid-sort", f'Invalid sort parameter provided: "{text}"')
        return sort

    def _page(self, member: str, documents: list[Document], query: dict[str, str]) -> Reply:
        offset = self._number(query, "offset", 0)
        count = self._number(query, "count", self.switch["default_count"])
        if count == 0 and self.switch["allow_infinite_count"]:
            count = len(documents)
        else:
            count = min(count or self.switch["default_count"], self.switch["upper_limit"])
        page = documents[offset : offset + count]
        sizes = {"offset": offset, "items": len(page), "count": len(page), "total": len(documents)}
        return _success(**{member: page}, **sizes)

    def _number(self, query: dict[str, str], name: str, default: int) -> int:
        text = query.get(name, str(default))
        if not text.isdigit():
            raise self._invalid(["must be number"], query=True)
        return int(text)

    # Writing

    def create_integration(self, call: Call) -> Reply:
        body = self._body(call, "Create")
        self._require_permission()
        kind = self._kind(body)
        body = {name: value for name, value in body.items() if value is not None}
        settled = self._settle_incoming(body) if kind == "webhook-incoming" else self._settle_outgoing(body)
        self._refuse_frozen_script(settled, {})
        document = self.complete(
            "integrations",
            {
                **settled,
                "type": kind,
                "scriptEngine": body.get("scriptEngine", "isolated-vm"),
                **self._transpiling(body),
                **self._compiled(body),
            },
        )
        if kind == "webhook-incoming":
            document.setdefault("overrideDestinationChannelEnabled", False)
            document["token"] = _random_id(48)
        return _success(integration=self.integrations.put(document["_id"], document))

    def update_integration(self, call: Call) -> Reply:
        body = self._body(call, "Update")
        kind = self._kind(body)
        old = self._addressed(body)
        self._require_permission()
        if not self._visible(old):
            raise self._fail("error-invalid-integration", "Invalid integration")
        self._refuse_frozen_script(body, old)
        changes = self._updated_incoming(old, body) if kind == "webhook-incoming" else self._updated_outgoing(body)
        document = {**old, **changes, "_updatedAt": _now(), "_updatedBy": ADMIN}
        if not self.switch["freeze_scripts"]:
            compiled = self._compiled(body)
            # An outgoing integration loses what was compiled before, an incoming one only to a new compilation.
            if compiled or kind == "webhook-outgoing":
                document = _uncompiled(document)
            document |= {
                "scriptEnabled": body["scriptEnabled"],
                "scriptEngine": body.get("scriptEngine") or old.get("scriptEngine") or "isolated-vm",
                **self._transpiling(body),
                **compiled,
            }
            if "script" in body:
                document["script"] = body["script"]
        return _success(integration=self.integrations.put(document["_id"], document))

    def remove_integration(self, call: Call) -> Reply:
        document = self._addressed(self._body(call, "Remove"))
        if not self._visible(document):
            raise self._fail("error-invalid-integration", "Invalid integration")
        return _success(integration=self.integrations.delete(document["_id"]))

    def _body(self, call: Call, schema: str) -> Document:
        """The body as the validator of the service leaves it; without its content type, it is not even read."""
        body = call.body if call.json and isinstance(call.body, dict) else {}
        validator = self.contract.schemas[schema]
        branch = validator.schema["oneOf"]["webhook-outgoing" in str(body.get("type"))]
        body = {name: _coerce(value, branch["properties"].get(name, {})) for name, value in body.items()}
        if "skipTranspile" in body and self.switch["version"] != 8 and branch["additionalProperties"] is False:
            raise self._invalid(["must NOT have additional properties"])
        messages = [message for error in validator.iter_errors(body) for message in _ajv_messages(error)]
        if messages:
            raise self._invalid(messages)
        return body

    def _kind(self, body: Document) -> str:
        if body["type"] not in ("webhook-incoming", "webhook-outgoing"):
            raise Refused(self.error(400, "Invalid integration type."))
        return body["type"]

    def _require_permission(self) -> None:
        if self.switch["permission"] == "none":
            raise self._fail("not_authorized", "Unauthorized")

    def _addressed(self, body: Document) -> Document:
        """The integration that the body names; its type is not looked at."""
        for document in self.integrations.documents():
            if document["_id"] == body.get("integrationId"):
                return document
            if body.get("target_url") and body["target_url"] in document.get("urls", []):
                return document
        raise Refused(self.error(400, "No integration found."))

    def _settle_incoming(self, body: Document) -> Document:
        """The body of a creation, checked and in its normal form."""
        channels = self._channels(body["channel"], {"@", "#"})
        if _blank(body["username"]):
            raise self._fail("error-invalid-username", "Invalid username")
        user = self._user(body["username"], "error-invalid-user", "Invalid user")
        self._require_rooms(channels)
        return {**body, "channel": channels, "userId": user}

    def _settle_outgoing(self, body: Document) -> Document:
        """The body of a creation or an update, checked and in its normal form."""
        events = EVENTS | EDIT_EVENTS if self.switch["edit_events"] else EVENTS
        if body["event"] not in events:
            raise self._fail("error-invalid-event-type", "Invalid event type")
        used = events[body["event"]]
        if _blank(body["username"]):
            raise self._fail("error-invalid-username", "Invalid username")
        if "targetRoom" in used and not body.get("targetRoom"):
            raise self._fail("error-invalid-targetRoom", "Invalid Target Room")
        urls = [url for url in body.get("urls") or [] if not _blank(url)]
        if not urls:
            raise self._fail("error-invalid-urls", "Invalid URLs")
        channels = []
        if "channel" in used:
            channels = self._channels(body["channel"], {"@", "#", PUBLIC_CHANNELS, *PRIVATE_CHANNELS})
        elif self.switch["permission"] != "full":
            message = "Invalid permission for required Integration creation."
            raise self._fail("error-invalid-permissions", message)
        user = self._user(body["username"], "error-invalid-user", "Invalid user")
        self._require_rooms(channels)

        settled = {**body, "channel": channels, "userId": user, "urls": urls}
        trigger_words = settled.pop("triggerWords", None)
        if "triggerWords" in used and trigger_words is not None:
            settled["triggerWords"] = [word for word in trigger_words if not _blank(word)]
        if "runOnEdits" in body:
            settled["runOnEdits"] = body["runOnEdits"] is True
        if body.get("retryFailedCalls"):
            count = int(body.get("retryCount") or 0)
            settled["retryCount"] = count if count > 0 else 4
            settled["retryDelay"] = (body.get("retryDelay") or "").lower().strip() or "powers-of-ten"
        return settled

    def _updated_incoming(self, old: Document, body: Document) -> Document:
        channels = self._channels(body["channel"], {"@", "#"})
        if compiled := self._compiled(body):
            # The service compiles before it looks at the rooms: a refused update leaves this behind.
            self.integrations.put(old["_id"], {**_uncompiled(old), **compiled, **self._transpiling(body)})
        self._require_rooms(channels)
        username = body["username"] if "username" in body else old["username"]
        user = self._user(username, "error-invalid-post-as-user", "Invalid Post As User")
        names = ("name", "enabled", *KEPT_INCOMING)
        changes = {name: body[name] for name in names if name in body}
        return {**changes, "channel": channels, "username": username, "userId": user}

    def _updated_outgoing(self, body: Document) -> Document:
        settled = self._settle_outgoing(body)
        if _blank(body.get("token")):
            raise self._fail("error-invalid-token", "Invalid token")
        names = ("event", "enabled", "name", "channel", "username", "userId", "urls", "token", *KEPT_OUTGOING)
        return {name: settled[name] for name in names if name in settled}

    def _channels(self, text: str, starts: set[str]) -> list[str]:
        if _blank(text):
            raise self._fail("error-invalid-channel", "Invalid channel")
        channels = [channel.strip() for channel in text.split(",")]
        for channel in channels:
            if channel[:1] not in starts and channel.lower() not in starts:
                raise self._fail("error-invalid-channel-start-with-chars", "Invalid channel. Start with @ or #")
            if channel in PRIVATE_CHANNELS and self.switch["permission"] != "full":
                raise self._fail("error-invalid-channel", "Invalid Channel")
        return channels

    def _require_rooms(self, channels: list[str]) -> None:
        for channel in channels:
            if channel.startswith(("@", "#")) and not self._exists(channel[1:], USERS if channel[0] == "@" else ROOMS):
                raise self._fail("error-invalid-room", "Invalid room")

    def _user(self, username: str, code: str, message: str) -> str:
        """The id of a user."""
        if not self._exists(username, USERS):
            raise self._fail(code, message)
        return USERS.get(username, username)

    def _exists(self, name: str, known: dict[str, str] | tuple[str, ...]) -> bool:
        return name in known or (self.switch["any_room"] and not name.startswith("missing"))

    def _compiled(self, body: Document) -> Document:
        if body["scriptEnabled"] and not _blank(body.get("script")) and not self.switch["freeze_scripts"]:
            return _compile(body["script"])
        return {}

    def _transpiling(self, body: Document) -> Document:
        return {"skipTranspile": body.get("skipTranspile") is True} if self.switch["version"] == 8 else {}

    def _refuse_frozen_script(self, body: Document, old: Document) -> None:
        if self.switch["freeze_scripts"] and not _blank(body.get("script")) and body["script"] != old.get("script"):
            raise self._fail("integration-scripts-disabled", "integration-scripts-disabled")


def _failure(message: str) -> Document:
    return {"success": False, "error": message}


def _success(**members: Any) -> Reply:
    return Reply(200, {**members, "success": True})


def _sort_key(value: Any) -> tuple[bool, str]:
    return value is not None, value if isinstance(value, str) else json.dumps(value)
