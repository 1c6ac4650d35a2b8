# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rocket.Chat integrations, incoming and outgoing webhooks: all that is known about them. PRIVATE to the collection.

Source: the service's documentation of /api/v1/integrations.* and its server code, versions 7 to 9. Nearly every error
has status 400; what a missing integration is answered with is known by its text. Secrets come back in clear.
"""

from __future__ import annotations

import secrets as random
from dataclasses import replace
from typing import Any, Iterator, Sequence

from .._core import paging
from .._core.connection import Client, option, required
from .._core.errors import ServiceError
from .._core.http import Credentials, Reply
from .._core.resource import Field, Kind, Resource

OPTIONS = {
    "api_url": option("ROCKETCHAT_URL", required=True),
    "auth_token": option("ROCKETCHAT_AUTH_TOKEN", no_log=True),
    "user_id": option("ROCKETCHAT_USER_ID"),
}


def stripped(values: Sequence[Any]) -> list[Any]:
    return [text for text in (str(value).strip() for value in values) if text]


def filled(values: Sequence[Any]) -> list[Any]:
    return [value for value in values if str(value).strip()]


# Which events take which fields; None: not documented, so left to the service.
EVENTS: dict[str, dict[str, bool]] = {
    "sendMessage": {"channels": True, "trigger_words": True, "target_room": False},
    "fileUploaded": {"channels": True, "trigger_words": False, "target_room": False},
    "roomJoined": {"channels": True, "trigger_words": False, "target_room": False},
    "roomLeft": {"channels": True, "trigger_words": False, "target_room": False},
    "roomArchived": {"channels": False, "trigger_words": False, "target_room": False},
    "roomCreated": {"channels": False, "trigger_words": False, "target_room": False},
    "userCreated": {"channels": False, "trigger_words": False, "target_room": True},
}
# Known to newer servers only, with rules that are not documented.
NEW_EVENTS = ("messageEdited", "messageDeleted")
EVERYWHERE = ("all_public_channels", "all_private_groups", "all_direct_messages")

# The service takes the channels as one string and gives them back as a list.
CHANNELS = Field("channels", type="list", elements="str", path="channel", unordered=True, normal=stripped)
SHARED = (
    Field("script_enabled", type="bool", path="scriptEnabled", initial=False),
    Field("script", secret=True),
    Field("script_engine", path="scriptEngine", choices=("isolated-vm", "vm2")),
    Field("skip_transpile", type="bool", path="skipTranspile"),
    Field("alias"),
    Field("avatar"),
    Field("emoji"),
)


def rules(desired: dict[str, Any]) -> Iterator[str]:
    """What the service would refuse, or quietly drop."""
    incoming, outgoing = desired.get("incoming"), desired.get("outgoing")
    for kind in filter(None, (incoming, outgoing)):
        for channel in kind.get("channels", ()):
            if "," in channel:
                yield f"channels: '{channel}' holds a comma; give one channel per entry."
            elif channel[0] not in "@#" and (incoming or channel not in EVERYWHERE):
                words = "" if incoming else f", or be one of {', '.join(EVERYWHERE)}"
                yield f"channels: '{channel}' must start with # or @{words}."
    if incoming and not incoming["channels"]:
        yield "channels: an incoming integration needs at least one."
    if outgoing:
        yield from event_rules(outgoing)


def event_rules(outgoing: dict[str, Any]) -> Iterator[str]:
    event = outgoing["event"]
    takes = EVENTS.get(event, {})
    for name, taken in takes.items():
        if outgoing.get(name) and not taken:
            yield f"{name}: the event {event} does not take it."
    if takes.get("channels") and not outgoing.get("channels"):
        yield f"channels: the event {event} needs at least one."
    if takes.get("target_room") and not outgoing.get("target_room"):
        yield f"target_room: the event {event} needs it."
    if not outgoing["urls"]:
        yield "urls: an outgoing integration needs at least one."
    if outgoing.get("token") == "":
        yield "token: every update needs one; leave it out to keep it, or to have one made."
    if outgoing.get("retry_count") is not None and outgoing["retry_count"] < 1:
        yield "retry_count: must be 1 or more."


INTEGRATION = Resource(
    title="integration",
    id_path="_id",
    kind_path="type",
    rules=rules,
    fields=(
        Field("name", required=True),
        Field("enabled", type="bool", initial=True),
        Field(
            "created_by",
            type="dict",
            path="_createdBy",
            read_only=True,
            fields=(Field("id", path="_id"), Field("username")),
        ),
        Field("created_at", path="_createdAt", read_only=True),
        Field("script_error", path="scriptError.message", read_only=True),
    ),
    kinds=(
        Kind(
            "incoming",
            value="webhook-incoming",
            fields=(
                Field("username", required=True),
                replace(CHANNELS, required=True),
                Field("token", secret=True, read_only=True),
                Field("override_destination_channel_enabled", type="bool", path="overrideDestinationChannelEnabled"),
                *SHARED,
            ),
        ),
        Kind(
            "outgoing",
            value="webhook-outgoing",
            fields=(
                Field("event", required=True, choices=(*EVENTS, *NEW_EVENTS)),
                Field("username", required=True),
                Field("urls", type="list", elements="str", required=True, secret=True, unordered=True, normal=filled),
                CHANNELS,
                Field("target_room", path="targetRoom"),
                Field("trigger_words", type="list", elements="str", path="triggerWords", unordered=True, normal=filled),
                Field("trigger_word_anywhere", type="bool", path="triggerWordAnywhere"),
                Field("token", secret=True),
                Field("run_on_edits", type="bool", path="runOnEdits"),
                Field("retry_failed_calls", type="bool", path="retryFailedCalls"),
                Field("retry_count", type="int", path="retryCount"),
                Field("retry_delay", path="retryDelay", normal=str.lower),
                Field("impersonate_user", type="bool", path="impersonateUser"),
                *SHARED,
            ),
        ),
    ),
)


class RocketChat(Client):
    title = "Rocket.Chat"
    resource = INTEGRATION
    options = OPTIONS
    suffix = "/api/v1"
    lookup = {"created_by": {"type": "str"}}

    PATH = "/api/v1/integrations."
    # The largest page that servers give out, unless set up otherwise.
    PAGE = 100
    # Without an order of its own, the service pages through an undefined one. What others create meanwhile comes last.
    SORT = '{"_createdAt":1,"_id":1}'
    MISSING = ("the integration does not exist", "no integration found")

    def credentials(self, params: dict[str, Any]) -> Credentials:
        auth_token, user_id = required(params, self.title, "auth_token", "user_id")
        return Credentials(X_Auth_Token=auth_token, X_User_Id=user_id)

    @staticmethod
    def explain(body: dict[str, Any]) -> tuple[Any, Any]:
        error, message = body.get("error"), body.get("message")
        return body.get("errorType"), error if isinstance(error, str) else message

    def proves_absence(self, error: ServiceError, id: str | None) -> bool:
        return error.status == 400 and error.reason.lower().startswith(self.MISSING)

    def list(self) -> list[dict[str, Any]]:
        def fetch(offset: int) -> tuple[Reply, list[dict[str, Any]], int]:
            params = {"offset": offset, "count": self.PAGE, "sort": self.SORT}
            reply = self.http.request("GET", f"{self.PATH}list", params=params)
            return reply, reply.list("integrations"), reply.number("total")

        return [decode(item) for item in paging.by_offset("_id", fetch, self.pool, self.PAGE)]

    def get(self, id: str, **lookup: Any) -> dict[str, Any] | None:
        params = {"integrationId": id, "createdBy": lookup.get("created_by")}
        with self.absence(id):
            return self._one(self.http.request("GET", f"{self.PATH}get", params=params))
        return None

    def create(self, record: dict[str, Any]) -> dict[str, Any]:
        return self._one(self.http.request("POST", f"{self.PATH}create", json=self._body(record)))

    def update(self, before: dict[str, Any], after: dict[str, Any], changes: Sequence[str]) -> dict[str, Any]:
        body = {**self._body(after), "integrationId": before["id"]}
        if after["kind"] == "outgoing" and not body.get("token"):
            # An update demands a token, although the service lets an integration be created without one.
            body["token"] = random.token_urlsafe(36)
            self.http.secrets.add(body["token"])
        return self._one(self.http.request("PUT", f"{self.PATH}update", json=body))

    def delete(self, record: dict[str, Any]) -> None:
        body = {"type": INTEGRATION.by_name[record["kind"]].word, "integrationId": record["id"]}
        with self.absence(record["id"]):
            self.http.request("POST", f"{self.PATH}remove", json=body).object("integration")

    def addresses(self, record: dict[str, Any]) -> dict[str, str]:
        token = record.get("incoming", {}).get("token")
        return {"webhook_url": f"{self.http.base_url}/hooks/{record['id']}/{token}"} if token else {}

    def problem(self, record: dict[str, Any]) -> str | None:
        error, kind = record.get("script_error"), INTEGRATION.kind_of(record)
        if not error or not kind or not (record.get(kind.name) or {}).get("script_enabled"):
            return None
        return f"Rocket.Chat keeps the integration '{record['name']}', but its script does not compile: {error}"

    def remark(self, records: Sequence[dict[str, Any]]) -> str | None:
        creators = [(record.get("created_by") or {}).get("id") for record in records]
        if not creators or any(creator != self.params["user_id"] for creator in creators):
            return None
        return (
            "This account created every integration in the list. If it has only manage-own-* permissions, it does not"
            " see those of other accounts."
        )

    @staticmethod
    def _body(record: dict[str, Any]) -> dict[str, Any]:
        body = INTEGRATION.encode(record)
        takes = EVENTS.get(body.get("event", ""), {})
        for name, member in (("channels", "channel"), ("trigger_words", "triggerWords"), ("target_room", "targetRoom")):
            if not takes.get(name, True):
                body.pop(member, None)
        body["channel"] = ",".join(body.get("channel") or ())
        return body

    @staticmethod
    def _one(reply: Reply) -> dict[str, Any]:
        record = decode(reply.object("integration"))
        if record["id"] is None:
            raise reply.malformed("without the integration's id")
        return record


def decode(raw: dict[str, Any]) -> dict[str, Any]:
    record = INTEGRATION.decode(raw)
    if record.get("script_error") is not None:
        # Below its reason, the compiler repeats lines of the script.
        record["script_error"] = str(record["script_error"]).partition("\n")[0]
    return record
