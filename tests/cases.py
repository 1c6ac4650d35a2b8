# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the contract tests need to know of each resource: its modules, and values that the service takes.

The values of a field follow from its description; only those that the service restricts further are given here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import pytest

from ansible_collections.saas.integrations.plugins.module_utils._core.connection import Client
from ansible_collections.saas.integrations.plugins.module_utils._core.resource import Field, Kind, Resource
from ansible_collections.saas.integrations.plugins.module_utils._services.confluent import Confluent
from ansible_collections.saas.integrations.plugins.module_utils._services.netography import Netography
from ansible_collections.saas.integrations.plugins.module_utils._services.pagertree import PagerTree
from ansible_collections.saas.integrations.plugins.module_utils._services.rocketchat import RocketChat


@dataclass(frozen=True)
class Case:
    service: str
    manage: str
    client: type[Client]
    values: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    """Two values for a field, by its dotted name or its last part."""
    without: frozenset[str] = frozenset()
    """Fields, by dotted name, that do not go with the others."""
    lasting: frozenset[str] = frozenset()
    """Fields, by dotted name, that the service does not let anyone clear."""
    switches: dict[str, Any] = field(default_factory=dict)
    """Switches of the sandbox without which not every kind exists."""
    page: int = 0
    """How many integrations a page holds; 0 where there are no pages."""
    evidence: dict[str, Any] | None = None
    """An integration, as stored, that shows whether the service gives secrets back."""

    @property
    def info(self) -> str:
        return f"{self.manage}_info"

    @property
    def manage_set(self) -> str:
        return f"{self.manage}s"

    @property
    def resource(self) -> Resource:
        return self.client.resource

    @property
    def kinds(self) -> list[Kind | None]:
        """The kinds that can be managed; none stands for a resource without kinds."""
        return [kind for kind in self.resource.kinds if not kind.read_only] or [None]

    def pair(self, item: Field, name: str) -> tuple[Any, Any]:
        """Two different values for a field."""
        for key in (name, item.name):
            if key in self.values:
                return self.values[key]
        if item.fields:
            first, second = ({f.name: self.pair(f, f"{name}.{f.name}")[i] for f in item.fields} for i in (0, 1))
            return first, second
        if item.choices:
            return item.choices[0], item.choices[1]
        if item.url:
            return f"https://hooks.example.com/{name}/1", f"https://hooks.example.com/{name}/2"
        return {
            "str": (f"{item.name} one", f"{item.name} two"),
            "int": (3600, 7200),
            "bool": (True, False),
            "list": ([f"{item.name}-b", f"{item.name}-a"], [f"{item.name}-c"]),
            "dict": ({f"{item.name}-1": "first-value"}, {f"{item.name}-1": "second-value"}),
        }[item.type]

    def lookups(self, args: dict[str, Any]) -> int:
        """How many lists of other objects are read for these arguments."""
        return sum(name in args for name in self.values.get("lookups", ()))

    def needed(self, item: Field) -> bool:
        return item.required or item.name in self.values.get("required", ())

    def fields(self, kind: Kind | None) -> Iterator[tuple[Field, str]]:
        """The writable fields of a kind with their dotted names."""
        for item in self.resource.fields:
            if not item.read_only and item.name != "name":
                yield item, item.name
        for item in kind.fields if kind else ():
            name = f"{kind.name}.{item.name}"
            if not item.read_only and name not in self.without:
                yield item, name

    def sample(self, kind: Kind | None, required_only: bool = False) -> dict[str, Any]:
        """The arguments that create an integration of a kind."""
        args: dict[str, Any] = {"name": "sample"}
        for item, name in self.fields(kind):
            if not required_only or self.needed(item):
                put(args, name, self.pair(item, name)[0])
        return args


def put(args: dict[str, Any], name: str, value: Any) -> dict[str, Any]:
    """Set the argument with a dotted name."""
    *path, last = name.split(".")
    for part in path:
        args = args.setdefault(part, {})
    args[last] = value
    return args


def pick(args: dict[str, Any], name: str) -> Any:
    """The argument with a dotted name."""
    value: Any = args
    for part in name.split("."):
        value = (value or {}).get(part)
    return value


CASES = [
    Case(
        "netography",
        "netography_response_integration",
        Netography,
        values={
            "syslog.host": ("192.0.2.1:514", "192.0.2.2:514"),
            "other.adapter": ("new_one", "new_two"),
            "other.secret_config": ({"apikey": "first-value"}, {"apikey": "second-value"}),
        },
        switches={"new_adapters": True},
        evidence={
            "adapter": "pagerduty",
            "name": "evidence",
            "config": {"apikey": "evidence-key", "integrationkey": "evidence-key", "severity": "info"},
        },
    ),
    Case(
        "rocketchat",
        "rocketchat_integration",
        RocketChat,
        values={
            "username": ("rocket.cat", "admin"),
            "channels": (["#general", "@admin"], ["#ops"]),
            "event": ("sendMessage", "fileUploaded"),
            "urls": (["https://one.example.com/x", "https://two.example.com/x"], ["https://three.example.com"]),
            "script": ("class Script { prepare_outgoing_request() {} }", "class Script { process() { return 1 } }"),
            "script_engine": ("isolated-vm", "isolated-vm"),
            "retry_count": (2, 5),
            "retry_delay": ("Powers-Of-Two", "increments-of-two"),
            "emoji": (":ghost:", ":cat:"),
            "avatar": ("https://example.com/a.png", "https://example.com/b.png"),
            "required": ("channels",),
        },
        page=100,
        without=frozenset({"outgoing.target_room"}),
        lasting=frozenset({"outgoing.token"}),
    ),
    Case(
        "confluent",
        "confluent_notification_integration",
        Confluent,
        switches={"builtin": False},
        page=250,
    ),
    Case(
        "pagertree",
        "pagertree_integration",
        PagerTree,
        values={
            "integration_type": ("Webhook", "Email"),
            "urgency": ("high", "low"),
            "enabled": (False, True),
            "users": (["ada.moreau@example.com", "Emi Tanaka"], ["01GBVEPV00J3PZJW6QNG1X0GR1"]),
            "routers": (["Business Hours", "Follow the Sun"], ["Catch All"]),
            "teams": (["Operations", "Security"], ["Database"]),
            "options": (
                {"wrapper_key": "one", "capture_additional_data": True},
                {"wrapper_key": "two", "capture_additional_data": "false"},
            ),
            "secret_options": ({"token": "first-value"}, {"token": "second-value"}),
            "required": ("teams",),
            "lookups": ("integration_type", "users", "routers", "teams"),
        },
        page=100,
    ),
]

CANARY = 'canary-%s+/"\\ä& \U0001f426-end'


def plant(case: Case, kind: Kind | None) -> dict[str, Any]:
    """The arguments of a kind with a canary in every secret field."""
    args = case.sample(kind)
    for item, name in case.fields(kind):
        if item.secret:
            value = pick(args, name)
            canary = CANARY % name
            if item.url or item.name == "urls":
                canary = "https://hooks.example.com/" + quote(canary)
            if item.name == "script":
                canary = f"/* {canary} */"
            if isinstance(value, dict):
                value = dict.fromkeys(value, canary)
            put(args, name, [canary] if isinstance(value, list) else value if isinstance(value, dict) else canary)
    return args


# Every kind of every resource.
SERVICES = [case.service for case in CASES]
each_case = pytest.mark.parametrize("case", CASES, ids=SERVICES)
KINDS = [(case, kind) for case in CASES for kind in case.kinds]
IDS = [f"{case.service}-{kind.name if kind else 'any'}" for case, kind in KINDS]
# Every writable field of every kind; fields of all kinds once for each resource.
FIELDS = [
    (case, kind, item, name)
    for case, kind in KINDS
    for item, name in case.fields(kind)
    if "." in name or kind in (None, *case.resource.kinds[:1])
]
FIELD_IDS = [f"{case.service}-{name}" for case, _kind, _item, name in FIELDS]
