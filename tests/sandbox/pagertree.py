# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""PagerTree: integrations with typed options, whose members are named differently in and out.

What the service does not expect in a request it drops, and says nothing: the OpenAPI document lists what it takes.
"""

from __future__ import annotations

import hashlib
import ipaddress
import itertools
import json
import math
import operator
import re
import secrets
import time
import urllib.parse
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from contract import Operation
from service import Call, Refused, Reply, Service
from store import Document, Store

API_KEY = "sandbox-pagertree-api-key"

PREFIXES = {
    "integrations": "int",
    "integration_types": "ity",
    "teams": "tem",
    "routers": "rtr",
    "account_users": "acu",
}

URGENCIES = ("silent", "low", "medium", "high", "critical")

# What a write may name, besides `option_*`, and the collections of the ids.
SCALARS = ("name", "enabled", "urgency", "integration_type_id")
DESTINATIONS = {"account_user_ids": "account_users", "router_ids": "routers", "team_ids": "teams"}

# Attributes that lists select and sort by; nested ones, such as the name of a user, are none.
ATTRIBUTES = ("id", "prefix_id", "tiny_id", "name", "enabled", "urgency", "integration_type_id", "created_at",
              "updated_at")  # fmt: skip
COMPARISONS = {
    "equals": operator.eq, "ne": operator.ne, "lt": operator.lt, "lte": operator.le, "gt": operator.gt,
    "gte": operator.ge,
}  # fmt: skip
OPERATORS = {*COMPARISONS, "beginsWith", "contains", "between"}

# Types that a plan may lack.
PAID = {"LiveCallRouting::Twilio::V3"}

MASK = "********"

# The account. Two teams and two users share a name, a team and a router do; one user has no address yet.
TEAMS = ("Operations", "Platform", "Platform", "Security", "Database", "Network", "Support")
ROUTERS = ("Business Hours", "Follow the Sun", "Critical Only", "Security", "Catch All")
USERS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Ada Moreau", ("ada.moreau@example.com",)),
    ("Ben Okafor", ("ben.okafor@example.com", "ben@example.org")),
    ("Chloe Lindqvist", ("Chloe.Lindqvist@Example.com",)),
    ("Daniel Ferreira", ("daniel.ferreira@example.com",)),
    ("Emi Tanaka", ("emi.tanaka@example.com",)),
    ("Farid Haddad", ("farid.haddad@example.com",)),
    ("Greta Novak", ("greta.novak@example.com",)),
    ("Hugo Brandt", ("hugo.brandt@example.com",)),
    ("Ines Castillo", ("ines.castillo@example.com",)),
    ("Jonas Weber", ("jonas.weber@example.com",)),
    ("Kim Park", ("kim.park@example.com",)),
    ("Kim Park", ("kim.park.2@example.com",)),
    ("Lena Petrova", ("lena.petrova@example.com",)),
    ("Milan Horvat", ()),
)


# Options


@dataclass(frozen=True)
class Option:
    """One option of a type of integrations."""

    type: str = "string"
    default: Any = None
    secret: bool = False
    server: bool = False
    """The service writes it."""
    required: bool | str = False
    """Always, or if this other option is true."""
    url: bool = False
    choices: tuple[str, ...] = ()
    minimum: int | None = None
    maximum: int | None = None

    def cast(self, value: Any) -> Any:
        if value is not None:
            value = CASTS[self.type](value)
        return self.default if value is None else value

    def error(self, value: Any, options: dict[str, Any]) -> str | None:
        required = options[self.required] if isinstance(self.required, str) else self.required
        blank = value is None or value == ""
        if required and blank:
            return "can't be blank"
        if self.url and not blank and (required or self.required is False) and not _is_public_url(value):
            return "is not a valid URL"
        if self.choices and value not in self.choices:
            return "is not included in the list"
        if self.minimum is not None and self.maximum is not None and value is not None:
            return None if self.minimum <= value <= self.maximum else f"must be {self.minimum} to {self.maximum}"
        return None


def _text(value: Any) -> str:
    return {True: "t", False: "f"}[value] if isinstance(value, bool) else str(value)


def _integer(value: Any) -> int | None:
    """A number, or that at the start of a text."""
    if not isinstance(value, str):
        return int(value)
    match = re.match(r"\s*(-?\d+)", value)
    return int(match[1]) if match else (0 if value else None)


def _boolean(value: Any) -> bool | None:
    return None if value == "" else value not in (False, "0", "f", "F", "false", "FALSE", "off", "OFF")


# The setters of boolean options know nothing else that is true.
CASTS = {"string": _text, "integer": _integer, "boolean": lambda value: value is True or value == "1"}


def _is_public_url(text: str) -> bool:
    try:
        url = urllib.parse.urlsplit(text)
        host = url.hostname or ""
    except ValueError:
        return False
    if url.scheme not in ("http", "https"):
        return False
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return "." in host and not host.endswith((".local", ".localhost", ".internal"))


def _parse_options(catalogue: dict[str, dict[str, Any]]) -> dict[str, Option]:
    return {key: Option(**{**facts, "choices": tuple(facts.get("choices", ()))}) for key, facts in catalogue.items()}


_CATALOGUE = json.loads((Path(__file__).parent / "pagertree-options.json").read_text(encoding="utf-8"))
TYPES: dict[str, str] = {kind: facts["name"] for kind, facts in _CATALOGUE["types"].items()}
"""The types' names by class; a class is not shown."""
GENERIC = _parse_options(_CATALOGUE["generic"])
OPTIONS = {kind: GENERIC | _parse_options(facts["options"]) for kind, facts in _CATALOGUE["types"].items()}

# Setters that write another option: a list as comma-separated text, a list as the JSON of a form.
ALIASES = {
    "LiveCallRouting::Twilio::V3": {"record_emails": "record_email", "banned_phones": "banned_phone"},
}


def _resolve_aliases(given: dict[str, Any], kind: str) -> dict[str, Any]:
    for alias, key in ALIASES.get(kind, {}).items():
        if alias in given:
            given[key] = given.pop(alias)
        if f"{alias}_list" in given:
            try:
                values = [item["value"] for item in json.loads(given.pop(f"{alias}_list"))]
            except (KeyError, TypeError, ValueError):
                values = []
            given[key] = ",".join(dict.fromkeys(values))
    return given


# Identifiers


def _ulid(milliseconds: int, random: bytes) -> str:
    number = milliseconds << 80 | int.from_bytes(random[:10])
    return "".join("0123456789ABCDEFGHJKMNPQRSTVWXYZ"[number >> shift & 31] for shift in range(125, -1, -5))


def fixture_id(collection: str, key: str) -> str:
    """The same on every start: of a type by its class, of others by their place from 0."""
    return _ulid(1_662_000_000_000, hashlib.sha256(f"{collection}/{key}".encode()).digest())


ACCOUNT_ID = fixture_id("accounts", "0")


class PagerTree(Service):
    name = "pagertree"
    total_member = ("total_count",)
    paging_parameters = ("offset", "page")
    collections = tuple(PREFIXES)
    switches = {
        # What becomes of secret options on read: undocumented.
        "secrets": ("clear", "mask", "omit"),
        # Options are shown as `option_<key>`, not as `<key>`.
        "option_prefix": False,
        # 200: all succeed with it; 201: a creation, and a deletion with 204.
        "codes": (200, 201),
        # What a deletion with 200 answers.
        "delete_body": ("empty", "object"),
        "permission": ("full", "read", "none"),
        # How a type that the plan lacks is refused: Live Call Routing.
        "plan": ("full", 402, 403),
        "silent": True,
        "enabled_default": True,
        # An option that the type lacks.
        "unknown_option": (422, 500),
        # A destination that the account lacks.
        "unknown_destination": (422, 404),
        # Another type in an update.
        "type_change": ("ignore", "refuse", "change"),
        # A prefix_id is taken for an id in paths.
        "prefix_ids": False,
        # The ids of destinations come back in another order.
        "reverse_lists": False,
        # Integrations show the address that takes their alerts.
        "endpoint": False,
        "extra_members": False,
        # `q` searches an index that lacks so many writes.
        "search_lag": 0,
        "max_limit": 100,
        "oversize": ("cut", "refuse"),
        "rate_limit": False,
        "rate_limit_calls": 10,
        "rate_limit_window_ms": 60_000,
        "rate_limit_headers": ("none", "retry_after"),
    }

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self._lists = 0
        self._clock = 0
        numbers = [document["tiny_id"] for collection in self.stored.values() for document in collection.documents()]
        self._tiny_ids = itertools.count(max(numbers, default=0) + 1)
        if not numbers:
            self._seed()

    def env(self, url: str) -> dict[str, str]:
        return {"PAGERTREE_BASE_URL": url, "PAGERTREE_API_KEY": API_KEY}

    def reset(self) -> None:
        super().reset()
        self._tiny_ids = itertools.count(1)
        self._seed()

    def _seed(self) -> None:
        types = [{"id": fixture_id("integration_types", kind), "_class": kind, "name": TYPES[kind]} for kind in TYPES]
        self.add("integration_types", types)
        for collection, names in (("teams", TEAMS), ("routers", ROUTERS)):
            named = [{"id": fixture_id(collection, str(n)), "name": name} for n, name in enumerate(names)]
            self.add(collection, named)
        users = [
            {
                "id": fixture_id("account_users", str(n)),
                "user": {
                    "name": name,
                    "emails": [{"email": email, "primary": email == emails[0]} for email in emails],
                },
            }
            for n, (name, emails) in enumerate(USERS)
        ]
        self.add("account_users", users)

    def complete(self, collection: str, document: Document) -> Document:
        now = self._now()
        id = document.get("id") or _ulid(int(time.time() * 1000), secrets.token_bytes(10))
        identity: Document = {
            "id": id,
            "prefix_id": f"{PREFIXES[collection]}_{id[-12:].lower()}",
            "tiny_id": next(self._tiny_ids),
            "account_id": ACCOUNT_ID,
            "created_at": now,
            "updated_at": now,
            "meta": {},
        }
        if collection == "integration_types":
            identity["_class"] = "Webhook::V3"
        if collection != "integrations":
            return {**identity, **document}
        completed = {
            **identity,
            "enabled": True,
            "urgency": "high",
            "integration_type_id": fixture_id("integration_types", "Webhook::V3"),
            **{name: [] for name in DESTINATIONS},
            **document,
        }
        defaults = {key: option.default for key, option in self._options(completed).items()}
        return {**completed, "options": {**defaults, **document.get("options", {})}}

    def _now(self) -> str:
        """The present, and later than ever before: to sort by it is to sort by creation."""
        self._clock = max(time.time_ns() // 1000, self._clock + 1)
        moment = datetime.fromtimestamp(self._clock / 1_000_000, UTC)
        return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")

    def _type(self, document: Document) -> Document:
        kind = self.stored["integration_types"].get(document["integration_type_id"])
        return kind or {"id": document["integration_type_id"], "name": "", "_class": ""}

    def _options(self, document: Document) -> dict[str, Option]:
        return OPTIONS.get(self._type(document)["_class"], GENERIC)

    # Errors

    def error(self, status: int, message: str) -> Reply:
        # A method that a path does not have is no route either.
        return _failure(404 if status == 405 else status, [message])

    # Admission: authentication, then the rate limit, then the permission

    def admit(self, call: Call, operation: Operation) -> None:
        scheme, _separator, key = call.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or key != API_KEY:
            raise Refused(self.error(401, "The API key is missing or invalid."))
        if self.switch["rate_limit"]:
            calls, end = self.limiter.count("", self.switch["rate_limit_window_ms"])
            if calls > self.switch["rate_limit_calls"]:
                raise Refused(self.limited(math.ceil(max(end - time.time(), 0))))
        permission = self.switch["permission"]
        if permission == "none" or (permission == "read" and operation.method != "GET"):
            raise Refused(self.error(403, "The user may not do this."))

    def limited(self, seconds: int) -> Reply:
        reply = super().limited(seconds)
        if self.switch["rate_limit_headers"] == "retry_after":
            reply.headers["Retry-After"] = str(seconds)
        return reply

    # Reading

    def list_integrations(self, call: Call) -> Reply:
        return self._list("integrations", call)

    def get_integration(self, call: Call, id: str) -> Reply:
        return self._get("integrations", id)

    def list_integration_types(self, call: Call) -> Reply:
        return self._list("integration_types", call)

    def get_integration_type(self, call: Call, id: str) -> Reply:
        return self._get("integration_types", id)

    def list_teams(self, call: Call) -> Reply:
        return self._list("teams", call)

    def get_team(self, call: Call, id: str) -> Reply:
        return self._get("teams", id)

    def list_routers(self, call: Call) -> Reply:
        return self._list("routers", call)

    def get_router(self, call: Call, id: str) -> Reply:
        return self._get("routers", id)

    def list_account_users(self, call: Call) -> Reply:
        return self._list("account_users", call)

    def get_account_user(self, call: Call, id: str) -> Reply:
        return self._get("account_users", id)

    def _get(self, collection: str, id: str) -> Reply:
        return Reply(200, self._read(collection, self._existing(collection, id)))

    def _existing(self, collection: str, id: str) -> Document:
        document = self.stored[collection].get(id)
        if document is None and self.switch["prefix_ids"]:
            found = (other for other in self.stored[collection].documents() if other["prefix_id"] == id)
            document = next(found, None)
        if document is None:
            raise Refused(self.error(404, "There is nothing with this id."))
        return document

    def _list(self, collection: str, call: Call) -> Reply:
        query = call.query
        # What was there from the start is no write that a list could lack.
        lag = call.lag + self.switch["search_lag"] * ("q" in query)
        documents = self.stored[collection].documents(before=lag if collection == "integrations" else 0)
        if "q" in query:
            documents = [document for document in documents if query["q"].lower() in _searched(document)]
        operators = self._operators(query)
        for name in ATTRIBUTES:
            if name in query and not (name == "name" and collection == "account_users"):
                chosen, text = operators.get(name, "equals"), query[name]
                documents = [document for document in documents if _matches(document.get(name), chosen, text)]

        # The default order is unknown, so it may differ from page to page: here it does.
        # Documents that a sort leaves equal are in no order either.
        self._lists += 1
        start = self._lists % len(documents) if documents else 0
        documents = documents[start:] + documents[:start]
        if sort := query.get("sort"):
            direction = query.get("direction", "asc")
            if sort not in ATTRIBUTES or direction not in ("asc", "desc"):
                raise Refused(self.error(400, "Lists cannot be sorted by this."))
            documents.sort(key=lambda document: _sort_key(document.get(sort)), reverse=direction == "desc")
        return self._page(collection, documents, query)

    def _operators(self, query: dict[str, str]) -> dict[str, str]:
        pairs = [pair.partition(":") for pair in query.get("ops", "").split(",") if pair]
        operators = {attribute: name for attribute, _separator, name in pairs}
        if not OPERATORS.issuperset(operators.values()):
            raise Refused(self.error(400, "There is no such operator."))
        return operators

    def _page(self, collection: str, documents: list[Document], query: dict[str, str]) -> Reply:
        most = self.switch["max_limit"]
        limit = self._number(query, "limit", 10)
        if not 1 <= limit <= most and self.switch["oversize"] == "refuse":
            raise Refused(self.error(400, "The limit is out of range."))
        limit = min(max(limit, 1), most)
        offset = self._number(query, "offset", (max(self._number(query, "page", 1), 1) - 1) * limit)
        page = documents[offset : offset + limit]
        return Reply(
            200,
            {
                "data": [self._read(collection, document) for document in page],
                "has_more": offset + len(page) < len(documents),
                "total_count": len(documents),
            },
        )

    def _number(self, query: dict[str, str], name: str, default: int) -> int:
        text = query.get(name, str(default))
        if not text.isdecimal():
            raise Refused(self.error(400, f"{name} is not a number."))
        return int(text)

    def _read(self, collection: str, document: Document) -> Document:
        """The document as the service shows it."""
        shown = {name: value for name, value in document.items() if not name.startswith("_")}
        if self.switch["extra_members"]:
            shown |= {"discarded_at": None, "stats": {"alerts": 0}}
        if collection != "integrations":
            return shown
        kind = self._type(document)
        shown["integration_type"] = self._read("integration_types", kind)
        del shown["integration_type_id"]
        shown["options"] = self._shown_options(document)
        if self.switch["reverse_lists"]:
            shown |= {name: shown[name][::-1] for name in DESTINATIONS}
        if self.switch["endpoint"]:
            address = f"https://api.pagertree.com/integration/{document['prefix_id']}"
            shown["endpoint"] = f"{document['prefix_id']}@alerts.pagertree.com" if kind["name"] == "Email" else address
        return shown

    def _shown_options(self, document: Document) -> Document:
        options = dict(document["options"])
        for key, option in self._options(document).items():
            if option.server:
                options[key] = secrets.token_hex(8)
            if option.secret and self.switch["secrets"] == "omit":
                options.pop(key, None)
            elif option.secret and options.get(key) and self.switch["secrets"] == "mask":
                options[key] = MASK
        return {f"option_{key}": value for key, value in options.items()} if self.switch["option_prefix"] else options

    # Writing

    def create_integration(self, call: Call) -> Reply:
        document = self._settle({"enabled": self.switch["enabled_default"]}, self._parameters(call))
        document = self.complete("integrations", document)
        self.integrations.put(document["id"], document)
        return Reply(self.switch["codes"], self._read("integrations", document))

    def update_integration(self, call: Call, id: str) -> Reply:
        old = self._existing("integrations", id)
        new = self._settle(old, self._parameters(call))
        if new != old:
            new = self.integrations.put(new["id"], {**new, "updated_at": self._now()})
        return Reply(200, self._read("integrations", new))

    def delete_integration(self, call: Call, id: str) -> Reply:
        document = self._existing("integrations", id)
        self.integrations.delete(document["id"])
        if self.switch["codes"] == 201:
            return Reply(204)
        return Reply(200, self._read("integrations", document) if self.switch["delete_body"] == "object" else None)

    def _parameters(self, call: Call) -> Document:
        """What the service takes of a body, JSON or form; the rest it drops."""
        body = call.body
        if call.malformed:
            raise Refused(self.error(400, "The body is not JSON."))
        if isinstance(body, str) and not call.json:
            lists = urllib.parse.parse_qs(body, keep_blank_values=True)
            body = {name.removesuffix("[]"): lists[name] if name.endswith("[]") else lists[name][-1] for name in lists}
        taken: Document = {}
        for name, value in body.items() if isinstance(body, dict) else ():
            if name in DESTINATIONS:
                if isinstance(value, list) and not any(isinstance(item, (list, dict)) for item in value):
                    taken[name] = list(dict.fromkeys(str(item) for item in value if item not in (None, "")))
            elif (name in SCALARS or name.startswith("option_")) and not isinstance(value, (list, dict)):
                taken[name] = value
        return taken

    def _settle(self, old: Document, parameters: Document) -> Document:
        """The integration with these parameters, checked and in its normal form."""
        document = {**old, **{name: parameters[name] for name in DESTINATIONS if name in parameters}}
        messages = []
        if "name" in parameters:
            document["name"] = None if parameters["name"] is None else _text(parameters["name"])
        if "enabled" in parameters:
            document["enabled"] = None if parameters["enabled"] is None else _boolean(parameters["enabled"])
        if "urgency" in parameters:
            document["urgency"] = parameters["urgency"]

        if not (document.get("name") or "").strip():
            messages.append("name can't be blank")
        if document["enabled"] is None:
            messages.append("enabled is not included in the list")
        if document.get("urgency") not in URGENCIES[0 if self.switch["silent"] else 1 :]:
            messages.append("urgency is not included in the list")
        messages += self._settle_type(document, parameters)
        if not any(document.get(name) for name in DESTINATIONS):
            messages.append("destinations must have at least one")
        for name, collection in DESTINATIONS.items():
            if any(self.stored[collection].get(id) is None for id in parameters.get(name, ())):
                if self.switch["unknown_destination"] == 404:
                    raise Refused(self.error(404, f"{name} has an id of nothing."))
                messages.append(f"{name} has an id of nothing")
        if messages:
            raise Refused(_failure(422, messages))
        return document

    def _settle_type(self, document: Document, parameters: Document) -> list[str]:
        """Set type and options; what is wrong with them."""
        current, wanted = document.get("integration_type_id"), parameters.get("integration_type_id")
        if wanted is not None and wanted != current:
            if current is None or self.switch["type_change"] == "change":
                document["integration_type_id"] = wanted
                document["options"] = {}
            elif self.switch["type_change"] == "refuse":
                return ["integration type cannot change"]
        kind = self.stored["integration_types"].get(document.get("integration_type_id", ""))
        if kind is None:
            return ["integration type must exist"]
        if kind["_class"] in PAID and self.switch["plan"] != "full":
            raise Refused(self.error(self.switch["plan"], "The plan lacks this type of integrations."))

        known = self._options(document)
        given = {name.removeprefix("option_"): value for name, value in parameters.items() if name[:7] == "option_"}
        given = _resolve_aliases(given, kind["_class"])
        if given.keys() - known.keys():
            message = f"unknown attribute option_{min(given.keys() - known.keys())}"
            raise Refused(self.error(self.switch["unknown_option"], message))
        stored = document["options"] | given
        options = {key: option.cast(stored.get(key)) for key, option in known.items()}
        document["options"] = {**stored, **options}
        errors = {key: option.error(options[key], options) for key, option in known.items()}
        return [f"option {key.replace('_', ' ')} {error}" for key, error in errors.items() if error]


def _failure(status: int, messages: list[str]) -> Reply:
    return Reply(status, {"errors": [{"message": message} for message in messages], "code": status})


def _searched(document: Document) -> str:
    user = document.get("user", {})
    emails = [email["email"] for email in user.get("emails", ())]
    return " ".join([document.get("name", ""), user.get("name", ""), *emails]).lower()


def _matches(value: Any, comparison: str, text: str) -> bool:
    if value is None:
        return comparison == "ne"
    if comparison == "contains":
        return text in str(value)
    if comparison == "beginsWith":
        return str(value).startswith(text)
    if comparison == "between":
        low, _separator, high = text.partition(",")
        return bool(_like(value, low) <= value <= _like(value, high))
    return bool(COMPARISONS[comparison](value, _like(value, text)))


def _like(value: Any, text: str) -> Any:
    """The text of a query, as a value of the attribute's type."""
    if isinstance(value, bool):
        return text in ("1", "true")
    if isinstance(value, int):
        return int(text) if text.isdecimal() else -1
    return text


def _sort_key(value: Any) -> tuple[bool, Any]:
    return value is not None, 0 if value is None else value
