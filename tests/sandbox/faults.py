# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Faults by script: what goes wrong between a service and its client."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

from service import Call, Reply

if TYPE_CHECKING:
    from app import Exchange


def encode(body: Any) -> bytes:
    return b"" if body is None else json.dumps(body, separators=(",", ":")).encode()


JSON = {"content-type": "application/json"}


async def drop_before(exchange: Exchange) -> None:
    """The connection closes, and nothing was done."""
    await exchange.drop()


async def drop_after(exchange: Exchange) -> None:
    """The connection closes after the request was carried out."""
    exchange.carry_out()
    await exchange.drop()


async def refuse(exchange: Exchange, *, after: bool = False, seconds: float = 5.0) -> None:
    """The last request: from now on, connections are refused, until the faults are deleted or the time is over."""
    exchange.refuse(seconds)
    if after:
        # A client that kept the connection would not notice.
        reply = exchange.carry_out()
        await exchange.send(Reply(reply.status, reply.body, reply.headers | {"connection": "close"}))
    else:
        await exchange.drop()


async def status(
    exchange: Exchange,
    *,
    status: int = 503,
    headers: dict[str, str] | None = None,
    body: Any = None,
    after: bool = False,
) -> None:
    """An error of the given status: the service's own error body unless one is given, as text or JSON."""
    if after:
        exchange.carry_out()
    reply = exchange.service.error(status, "The sandbox plays a fault.") if body is None else Reply(status, body)
    if isinstance(reply.body, str):
        await exchange.send_bytes(status, {"content-type": "text/plain"} | (headers or {}), [reply.body.encode()])
    else:
        await exchange.send(Reply(status, reply.body, headers or {}))


async def rate_limit(exchange: Exchange, *, seconds: int = 1) -> None:
    """Refused in the service's own way, with its own headers, for so many seconds."""
    await exchange.send(exchange.service.limited(seconds))


async def truncate(exchange: Exchange) -> None:
    """Half of the reply, of which the content length promises all."""
    reply = exchange.carry_out()
    body = encode(reply.body)
    half = len(body) // 2
    await exchange.send_bytes(reply.status, JSON | reply.headers, [body[:half]], missing=len(body) - half)


async def half_json(exchange: Exchange) -> None:
    """A complete HTTP reply of JSON that is cut off."""
    reply = exchange.carry_out()
    body = encode(reply.body)
    await exchange.send_bytes(reply.status, JSON | reply.headers, [body[: len(body) // 2]])


async def html(exchange: Exchange, *, after: bool = False) -> None:
    """A page of a proxy or a login form."""
    if after:
        exchange.carry_out()
    page = b"<!DOCTYPE html><html><head><title>Sign in</title></head><body><p>Sign in</p></body></html>"
    await exchange.send_bytes(200, {"content-type": "text/html; charset=utf-8"}, [page])


async def empty(exchange: Exchange, *, after: bool = False) -> None:
    """200 and no body."""
    if after:
        exchange.carry_out()
    await exchange.send_bytes(200, JSON, [])


async def content_type(exchange: Exchange, *, value: str = "text/plain") -> None:
    """The right reply under a wrong content type."""
    reply = exchange.carry_out()
    await exchange.send_bytes(reply.status, {"content-type": value} | reply.headers, [encode(reply.body)])


async def slow_headers(exchange: Exchange, *, seconds: float = 1.0) -> None:
    """The request is carried out at once, the reply begins late."""
    reply = exchange.carry_out()
    await exchange.pause(seconds)
    await exchange.send(reply)


async def slow_body(exchange: Exchange, *, interval: float = 0.1) -> None:
    """The reply's body comes byte by byte."""
    reply = exchange.carry_out()
    body = encode(reply.body)
    chunks = [body[index : index + 1] for index in range(len(body))]
    await exchange.send_bytes(reply.status, JSON | reply.headers, chunks, interval=interval)


async def repeat_page(exchange: Exchange) -> None:
    """A list answers with its first page, whichever is asked for."""
    for parameter in exchange.service.paging_parameters:
        exchange.call.query.pop(parameter, None)
    await exchange.send(exchange.carry_out())


async def missing_page(exchange: Exchange) -> None:
    """A list answers with a page that lacks its items."""
    reply = exchange.carry_out()
    if exchange.service.items_member in (reply.body or {}):
        reply.body = {**reply.body, exchange.service.items_member: []}
    await exchange.send(reply)


async def redirect(exchange: Exchange, *, location: str, status: int = 302) -> None:
    """Off to another place, with nothing done."""
    await exchange.send(Reply(status, None, {"location": location}))


async def total(exchange: Exchange, *, delta: int = 1) -> None:
    """The announced total of a list is off, where the service announces one."""
    reply = exchange.carry_out()
    path = exchange.service.total_member
    if path and reply.status == 200 and reply.body:
        reply.body = _with_delta(reply.body, path, delta)
    await exchange.send(reply)


def _with_delta(node: dict[str, Any], path: tuple[str, ...], delta: int) -> dict[str, Any]:
    key, *rest = path
    if key not in node:
        return node
    return {**node, key: _with_delta(node[key], tuple(rest), delta) if rest else node[key] + delta}


async def lag(exchange: Exchange, *, writes: int = 1) -> None:
    """A list answers as of before the last writes."""
    exchange.call.lag = writes
    await exchange.send(exchange.carry_out())


async def meet(exchange: Exchange, *, parties: int = 2) -> None:
    """The request is carried out at once, and answered when so many of them are there: clients that run abreast."""
    reply = exchange.carry_out()
    await exchange.meet(parties)
    await exchange.send(reply)


async def echo(exchange: Exchange, *, status: int = 400) -> None:
    """An error reply whose message repeats the request, credentials and secrets included."""
    headers = "; ".join(f"{name}: {value}" for name, value in exchange.call.headers.items())
    await exchange.send(exchange.service.error(status, f"Cannot handle [{headers}] {exchange.raw_body}"))


Player = Callable[..., Awaitable[None]]

PLAYERS: dict[str, Player] = {
    player.__name__: player
    for player in (
        drop_before, drop_after, refuse, status, rate_limit, truncate, half_json, html, empty, content_type,
        slow_headers, slow_body, repeat_page, missing_page, redirect, total, lag, meet, echo,
    )
}  # fmt: skip


@dataclass
class Fault:
    """A fault that waits for the requests it is meant for."""

    service: str
    fault: str
    method: str | None = None
    path: str | None = None
    """A regular expression, searched for in the path after the service's prefix."""
    skip: int = 0
    """So many matching requests go through first."""
    times: int | None = 1
    """None stands for every further matching request."""
    then: dict[str, Any] | None = None
    """The fault that waits for requests from here on, when this one has been played for the last time."""
    parameters: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def parse(cls, text: dict[str, Any]) -> Fault:
        """Read what the control endpoint was given (``ValueError``, ``TypeError``)."""
        names = [item.name for item in fields(cls) if item.name != "parameters"]
        own = {key: text[key] for key in names if key in text}
        parameters = {key: value for key, value in text.items() if key not in own}
        fault = cls(**own, parameters=parameters)
        if fault.fault not in PLAYERS:
            raise ValueError(f"there is no fault {fault.fault}; there are {', '.join(PLAYERS)}")
        inspect.signature(PLAYERS[fault.fault]).bind(None, **parameters)
        try:
            re.compile(fault.path or "")
        except re.error as error:
            raise ValueError(f"path is not a regular expression: {error}") from None
        fault.following()
        return fault

    def following(self) -> list[Fault]:
        """What comes after this one (``ValueError``, ``TypeError``)."""
        return [Fault.parse({"service": self.service, **self.then})] if self.then else []

    def matches(self, service: str, call: Call) -> bool:
        return (
            self.service == service
            and self.method in (None, call.method)
            and (self.path is None or re.search(self.path, call.path) is not None)
        )

    async def play(self, exchange: Exchange) -> None:
        await PLAYERS[self.fault](exchange, **self.parameters)


class Faults:
    """The faults that remain."""

    def __init__(self) -> None:
        self.remaining: list[Fault] = []

    def claim(self, service: str, call: Call) -> Fault | None:
        """The fault for this request, if there is one; every fault that matches counts the request."""
        claimed: Fault | None = None
        for fault in [fault for fault in self.remaining if fault.matches(service, call)]:
            if fault.skip:
                fault.skip -= 1
            elif claimed is None:
                claimed = fault
                if fault.times is not None:
                    fault.times -= 1
        self.remaining = [fault for fault in self.remaining if fault.times is None or fault.times > 0]
        if claimed and claimed.times == 0:
            self.remaining += claimed.following()
        return claimed

    def clear(self, service: str | None = None) -> None:
        self.remaining = [fault for fault in self.remaining if service and fault.service != service]
