# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What every service of the sandbox has: switches, stored integrations, and one method per operation."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any, ClassVar

from contract import Contract, Operation, Unroutable
from store import Document, Store


@dataclass
class Call:
    """One request to a service; ``path`` starts after the service's prefix."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any = None
    malformed: bool = False
    """The body is said to be JSON and is not; ``body`` is its text."""
    lag: int = 0
    """Lists answer as of before this many writes."""
    reply_headers: dict[str, str] = field(default_factory=dict)

    @property
    def json(self) -> bool:
        return self.headers.get("content-type", "").split(";")[0].strip() == "application/json"


@dataclass
class Reply:
    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


class Refused(Exception):
    """Ends a request with an error reply."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.status)
        self.reply = reply


class RateLimiter:
    """Counts calls in windows that begin with their first call."""

    def __init__(self) -> None:
        self._windows: dict[str, tuple[float, int]] = {}

    def count(self, key: str, window_ms: int) -> tuple[int, float]:
        """Count one call: how many the window holds now, and when it ends (seconds since the epoch)."""
        now = time.time()
        end, calls = self._windows.get(key, (0.0, 0))
        if now >= end:
            end, calls = now + window_ms / 1000, 0
        self._windows[key] = end, calls + 1
        return calls + 1, end

    def clear(self) -> None:
        self._windows.clear()


class Service:
    """A subclass says what the service is, and answers every ``operationId`` of its document with a method."""

    name: ClassVar[str]
    """Its path, its OpenAPI document, and its key in the control endpoints."""
    id_member: ClassVar[str] = "id"
    total_member: ClassVar[tuple[str, ...]] = ()
    """Where a list announces its total."""
    items_member: ClassVar[str] = "data"
    """Where a list has its items."""
    paging_parameters: ClassVar[tuple[str, ...]] = ()
    """The query parameters that ask for a later page."""
    collections: ClassVar[tuple[str, ...]] = ("integrations",)
    switches: ClassVar[dict[str, Any]] = {}
    """Default by name; a tuple lists all values of a choice, its default first."""

    def __init__(self, store: Store) -> None:
        self.contract = Contract(self.name)
        self.stored = {name: store.collection(f"{self.name}/{name}") for name in self.collections}
        self.integrations = self.stored["integrations"]
        self.limiter = RateLimiter()
        self._declared = {"latency_ms": 0, **self.switches}
        self.switch = self._defaults()

    def _defaults(self) -> dict[str, Any]:
        return {name: value[0] if isinstance(value, tuple) else value for name, value in self._declared.items()}

    def set_switches(self, values: dict[str, Any]) -> None:
        """Set all of them, or none (``ValueError``)."""
        checked = {}
        for name, value in values.items():
            if name not in self._declared:
                raise ValueError(f"{self.name} has no switch {name}; it has {', '.join(self._declared)}")
            declared = self._declared[name]
            if isinstance(declared, tuple):
                choices = {str(choice): choice for choice in declared}
                if str(value) not in choices:
                    raise ValueError(f"{self.name}.{name} is one of {', '.join(choices)}")
                checked[name] = choices[str(value)]
            elif type(value) is not type(declared):
                raise ValueError(f"{self.name}.{name} takes a value of type {type(declared).__name__}")
            else:
                checked[name] = value
        self.switch.update(checked)

    def reset(self) -> None:
        for collection in self.stored.values():
            collection.clear()
        self.limiter.clear()
        self.switch = self._defaults()

    def add(self, collection: str, documents: list[Document]) -> None:
        """Store raw documents, with the members that the server sets where they lack them."""
        completed = [self.complete(collection, document) for document in documents]
        self.stored[collection].put_many((document[self.id_member], document) for document in completed)

    def answer(self, call: Call) -> Reply:
        try:
            operation, arguments = self.contract.find(call.method, call.path)
            self.admit(call, operation)
            reply = getattr(self, operation.id)(call, **arguments)
        except Unroutable as error:
            reply = self.error(error.status, "There is nothing at this path and method.")
        except Refused as error:
            reply = error.reply
        return Reply(reply.status, reply.body, {**call.reply_headers, **reply.headers})

    # Every service has its own way of these.

    def env(self, url: str) -> dict[str, str]:
        """The environment variables that point a client at this service, which is at ``url``."""
        raise NotImplementedError

    def complete(self, collection: str, document: Document) -> Document:
        """Add the server-set members that a raw document lacks."""
        raise NotImplementedError

    def admit(self, call: Call, operation: Operation) -> None:
        """Raise ``Refused`` unless the call may go on: authentication, rate limit."""
        raise NotImplementedError

    def error(self, status: int, message: str) -> Reply:
        """An error reply in the service's own form."""
        raise NotImplementedError

    def limited(self, seconds: int) -> Reply:
        """The reply to a call that comes so many seconds too early."""
        return self.error(429, "There were too many requests.")
