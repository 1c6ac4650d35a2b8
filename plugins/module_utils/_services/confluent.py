# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Confluent Cloud notification integrations: all that is known about them. PRIVATE to the collection.

Source: the service's OpenAPI document, /notifications/v1/integrations. An update sends what changes, a target as a
whole. Every organization has integrations of built-in kinds, which nobody can write.
"""

from __future__ import annotations

import base64
from typing import Any, Sequence

from .._core import paging
from .._core.connection import Client, option, required, segment
from .._core.http import Credentials, Reply
from .._core.resource import Field, Kind, Resource, pick

OPTIONS = {
    "api_url": option("CONFLUENT_CLOUD_API_URL", default="https://api.confluent.cloud"),
    "api_key": option("CONFLUENT_CLOUD_API_KEY", no_log=True),
    "api_secret": option("CONFLUENT_CLOUD_API_SECRET", no_log=True),
    "access_token": option("CONFLUENT_CLOUD_ACCESS_TOKEN", no_log=True),
}

# In clear, as far as is known; a reply without them says nothing about them.
WEBHOOK_URL = Field("webhook_url", secret=True, write_only=True, url=True, required=True)
URL = Field("url", secret=True, write_only=True, url=True, required=True)

INTEGRATION = Resource(
    title="notification integration",
    kind_path="target.kind",
    nest="target",
    key=("name",),
    fixed=(),
    fields=(
        Field("name", path="display_name", required=True, max_length=64),
        Field("description", max_length=128),
        Field("resource_name", path="metadata.resource_name", read_only=True),
        Field("created_at", path="metadata.created_at", read_only=True),
        Field("updated_at", path="metadata.updated_at", read_only=True),
    ),
    kinds=(
        Kind("slack", value="Slack", fields=(WEBHOOK_URL,)),
        Kind("webhook", value="Webhook", fields=(URL,)),
        Kind("ms_teams", value="MsTeams", fields=(WEBHOOK_URL,)),
        Kind("role_email", value="RoleEmail", read_only=True, fields=(Field("role_name"),)),
        # An object with an id; a string in older versions.
        Kind("user_email", value="UserEmail", read_only=True, fields=(Field("user", type="raw"),)),
        Kind("in_app", value="InApp", read_only=True, fields=(Field("user", type="raw"),)),
    ),
)


class Confluent(Client):
    title = "Confluent Cloud"
    resource = INTEGRATION
    options = OPTIONS
    can_test = True
    # To who may not see it, a missing integration may look forbidden.
    perhaps_absent = (403,)

    PATH = "/notifications/v1/integrations"
    # The documented maximum.
    PAGE = 250

    def credentials(self, params: dict[str, Any]) -> Credentials:
        if self.chosen(params, "api_key", "access_token") == "access_token":
            return Credentials(Authorization=f"Bearer {params['access_token']}")
        basic = base64.b64encode(":".join(required(params, self.title, "api_key", "api_secret")).encode()).decode()
        self.secrets.add(basic)
        return Credentials(Authorization=f"Basic {basic}")

    @staticmethod
    def explain(body: dict[str, Any]) -> tuple[Any, Any]:
        errors = body["errors"]
        reasons = [error.get("detail") or error.get("message") or error.get("title") or "" for error in errors]
        return errors[0].get("code") or errors[0].get("error_code"), "; ".join(filter(None, reasons))

    def list(self) -> list[dict[str, Any]]:
        def fetch(link: str) -> tuple[Reply, list[dict[str, Any]], int, str | None]:
            reply = self.http.request("GET", link)
            total, following = (pick(reply.object(), ("metadata", name)) for name in ("total_size", "next"))
            total = total if isinstance(total, int) else 0
            return reply, reply.list("data"), total, reply.relative(following) if following else None

        items = paging.by_link("id", f"{self.PATH}?page_size={self.PAGE}", fetch)
        return [INTEGRATION.decode(item) for item in items if not deleted(item)]

    def get(self, id: str, **lookup: Any) -> dict[str, Any] | None:
        with self.absence(id):
            reply = self.http.request("GET", f"{self.PATH}/{segment(id)}")
            return None if deleted(reply.object()) else self._one(reply)
        return None

    def create(self, record: dict[str, Any]) -> dict[str, Any]:
        return self._one(self.http.request("POST", self.PATH, json=INTEGRATION.encode(record)))

    def update(self, before: dict[str, Any], after: dict[str, Any], changes: Sequence[str]) -> dict[str, Any]:
        body = INTEGRATION.encode(after)
        members = {"name": "display_name", "description": "description"}
        changed = {members.get(change, "target") for change in changes}
        part = {member: value for member, value in body.items() if member in changed}
        return self._one(self.http.request("PATCH", f"{self.PATH}/{segment(before['id'])}", json=part))

    def delete(self, record: dict[str, Any]) -> None:
        with self.absence(record["id"]):
            self.http.request("DELETE", f"{self.PATH}/{segment(record['id'])}").confirm()

    def test(self, record: dict[str, Any]) -> None:
        self.http.request("POST", f"{self.PATH}:test", json=INTEGRATION.encode(record)).confirm()

    @staticmethod
    def _one(reply: Reply) -> dict[str, Any]:
        record = INTEGRATION.decode(reply.object())
        if record["id"] is None:
            raise reply.malformed("no id of the integration")
        return record


def deleted(item: dict[str, Any]) -> bool:
    """Whether the service still shows an integration that it has deleted."""
    return bool(pick(item, ("metadata", "deleted_at")))
