# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The sandbox as an ASGI application: the services, and the control endpoints under ``/_control``."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import urllib.parse
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Any

from confluent import Confluent
from contract import Unroutable
from faults import JSON, Fault, Faults, encode
from netography import Netography
from pagertree import PagerTree
from rocketchat import RocketChat
from service import Call, Reply, Service
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send
from store import Store

SERVICES: tuple[type[Service], ...] = (Netography, Confluent, RocketChat, PagerTree)

LOG_LIMIT = 100_000


class Exchange:
    """One request to a service, from its arrival to the last byte of its reply."""

    def __init__(self, sandbox: Sandbox, service: Service, scope: Scope, receive: Receive, send: Send) -> None:
        self._sandbox = sandbox
        self.service = service
        self._scope = scope
        self._receive = receive
        self._send = send

    async def run(self) -> None:
        if not await self._read():
            return
        self._entry = self._sandbox.record(self.service, self.call, self._scope["client"][1])
        fault = self._sandbox.faults.claim(self.service.name, self.call)
        if latency := self.service.switch["latency_ms"]:
            await self.pause(latency / 1000)
        self._sandbox.check_request(self.service, self.call)
        if fault:
            self._entry["fault"] = fault.fault
            await fault.play(self)
        else:
            reply = self.carry_out()
            self._sandbox.check_reply(self.service, self.call, reply)
            await self.send(reply)

    async def _read(self) -> bool:
        """Whether the request came to its end."""
        content = b""
        more = True
        while more:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                return False
            content += message.get("body", b"")
            more = message.get("more_body", False)
        self.raw_body = content.decode(errors="replace")
        self.call = Call(
            method=self._scope["method"],
            path=self._scope["path"].removeprefix(f"/{self.service.name}"),
            query=dict(urllib.parse.parse_qsl(self._scope["query_string"].decode(), keep_blank_values=True)),
            headers={name.decode("latin-1"): value.decode("latin-1") for name, value in self._scope["headers"]},
            body=self.raw_body or None,
        )
        if content and self.call.json:
            try:
                self.call.body = json.loads(content)
            except ValueError:
                self.call.malformed = True
        return True

    def carry_out(self) -> Reply:
        return self.service.answer(self.call)

    async def send(self, reply: Reply) -> None:
        headers = reply.headers if reply.body is None else JSON | reply.headers
        await self.send_bytes(reply.status, headers, [encode(reply.body)])

    async def send_bytes(
        self, status: int, headers: dict[str, str], chunks: list[bytes], *, missing: int = 0, interval: float = 0
    ) -> None:
        """Send a reply; ``missing`` more bytes are promised than come before the connection closes."""
        self._entry["status"] = status
        length = {} if status == 204 else {"content-length": str(sum(map(len, chunks)) + missing)}
        raw_headers = [(name.encode(), value.encode("latin-1")) for name, value in (headers | length).items()]
        await self._send({"type": "http.response.start", "status": status, "headers": raw_headers})
        for chunk in chunks:
            await self._send({"type": "http.response.body", "body": chunk, "more_body": True})
            if interval:
                await self.pause(interval)
        if missing:
            self._transport.close()
            await self._disconnected()
        else:
            await self._send({"type": "http.response.body", "body": b""})

    async def drop(self) -> None:
        self._transport.abort()
        await self._disconnected()

    async def pause(self, seconds: float) -> None:
        """Wait, but not for a client that has gone."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._disconnected(), seconds)

    async def meet(self, parties: int) -> None:
        """Wait for the others; not for ever, as they may have gone."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._sandbox.meeting(self.service, parties).wait(), 10)

    def refuse(self, seconds: float) -> None:
        """Take no further connection, for some time."""
        self._sandbox.refuse(seconds)

    @property
    def _transport(self) -> asyncio.Transport:
        return self._scope["extensions"]["transport"]

    async def _disconnected(self) -> None:
        # uvicorn sends a 500 for a request that ends without a reply while the connection still stands.
        while (await self._receive())["type"] != "http.disconnect":
            pass


class Sandbox:
    """The services with their faults, their log, and what broke a contract."""

    def __init__(self, store: Store, *, validate: bool = False) -> None:
        self._validate = validate
        self.services = {service.name: service(store) for service in SERVICES}
        self.faults = Faults()
        self.log: deque[dict[str, Any]] = deque(maxlen=LOG_LIMIT)
        self.violations: deque[dict[str, str]] = deque(maxlen=LOG_LIMIT)
        self._numbers = itertools.count(1)
        self._meetings: dict[tuple[str, int], asyncio.Barrier] = {}
        # The server's: to refuse connections for so many seconds, and to take them again at once.
        self.refuse: Callable[[float], None] = lambda seconds: None
        self.accept: Callable[[], Awaitable[None]] = _nothing
        self._app = Starlette(
            routes=[
                Mount("/_control", routes=_control_routes(self)),
                *(Mount(f"/{name}", app=self._mounted(service)) for name, service in self.services.items()),
            ],
            exception_handlers={HTTPException: _control_error},
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            # Faults have to close connections, and uvicorn's own `send` is the only way to the transport.
            scope.setdefault("extensions", {})["transport"] = send.__self__.transport  # type: ignore[attr-defined]
        await self._app(scope, receive, send)

    def _mounted(self, service: Service) -> ASGIApp:
        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            await Exchange(self, service, scope, receive, send).run()

        return app

    async def reset(self, name: str | None = None) -> None:
        for service in self.chosen(name):
            service.reset()
        await self.forget_faults(name)
        self.forget_log(name)
        self.violations = _without(self.violations, name)

    async def forget_faults(self, name: str | None) -> None:
        self.faults.clear(name)
        self._meetings.clear()
        await self.accept()

    def meeting(self, service: Service, parties: int) -> asyncio.Barrier:
        return self._meetings.setdefault((service.name, parties), asyncio.Barrier(parties))

    def forget_log(self, name: str | None) -> None:
        self.log = _without(self.log, name)

    def chosen(self, name: str | None) -> list[Service]:
        """The service of this name, or all of them."""
        if name is None:
            return list(self.services.values())
        if name not in self.services:
            raise HTTPException(400, f"there is no service {name}; there are {', '.join(self.services)}")
        return [self.services[name]]

    def record(self, service: Service, call: Call, connection: int) -> dict[str, Any]:
        entry = {
            "n": next(self._numbers),
            "service": service.name,
            "method": call.method,
            "path": call.path,
            "query": dict(call.query),
            "headers": call.headers,
            "body": call.body,
            "status": None,
            "fault": None,
            "connection": connection,
        }
        self.log.append(entry)
        return entry

    def check_request(self, service: Service, call: Call) -> None:
        if not self._validate:
            return
        try:
            operation, _arguments = service.contract.find(call.method, call.path)
        except Unroutable as error:
            self._violated(service, call, "request", f"no such operation ({error.status})")
            return
        if call.body is not None and not call.json:
            self._violated(service, call, "request", "a body that is not application/json")
        for message in operation.request_errors(call.query, call.body):
            self._violated(service, call, "request", message)

    def check_reply(self, service: Service, call: Call, reply: Reply) -> None:
        if not self._validate:
            return
        try:
            operation, _arguments = service.contract.find(call.method, call.path)
        except Unroutable:
            return
        for message in operation.reply_errors(reply.status, reply.body):
            self._violated(service, call, "response", message)

    def _violated(self, service: Service, call: Call, side: str, message: str) -> None:
        self.violations.append(
            {"service": service.name, "method": call.method, "path": call.path, "side": side, "message": message}
        )


async def _nothing() -> None:
    return None


def _without(entries: deque[dict[str, Any]], service: str | None) -> deque[dict[str, Any]]:
    kept = (entry for entry in entries if service and entry["service"] != service)
    return deque(kept, maxlen=LOG_LIMIT)


async def _control_error(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    return JSONResponse({"error": error.detail}, error.status_code)


async def _object(request: Request) -> dict[str, Any]:
    try:
        content = json.loads(await request.body() or b"{}")
    except ValueError as error:
        raise HTTPException(400, f"the body is not JSON: {error}") from None
    if not isinstance(content, dict):
        raise HTTPException(400, "the body is not an object")
    return content


def _control_routes(sandbox: Sandbox) -> list[Route]:
    async def reset(request: Request) -> JSONResponse:
        await sandbox.reset((await _object(request)).get("service"))
        return JSONResponse({})

    async def get_switches(_request: Request) -> JSONResponse:
        return JSONResponse({name: service.switch for name, service in sandbox.services.items()})

    async def patch_switches(request: Request) -> JSONResponse:
        for name, values in (await _object(request)).items():
            [service] = sandbox.chosen(name)
            try:
                service.set_switches(values)
            except ValueError as error:
                raise HTTPException(400, str(error)) from None
        return await get_switches(request)

    async def get_faults(_request: Request) -> JSONResponse:
        return JSONResponse({"faults": [asdict(fault) for fault in sandbox.faults.remaining]})

    async def post_faults(request: Request) -> JSONResponse:
        try:
            fault = Fault.parse(await _object(request))
        except (TypeError, ValueError) as error:
            raise HTTPException(400, str(error)) from None
        sandbox.chosen(fault.service)
        sandbox.faults.remaining.append(fault)
        return JSONResponse(asdict(fault), 201)

    async def delete_faults(request: Request) -> JSONResponse:
        await sandbox.forget_faults(request.query_params.get("service"))
        return JSONResponse({})

    async def get_log(request: Request) -> JSONResponse:
        names = [service.name for service in sandbox.chosen(request.query_params.get("service"))]
        return JSONResponse({"log": [entry for entry in sandbox.log if entry["service"] in names]})

    async def delete_log(request: Request) -> JSONResponse:
        sandbox.forget_log(request.query_params.get("service"))
        return JSONResponse({})

    async def get_violations(request: Request) -> JSONResponse:
        names = [service.name for service in sandbox.chosen(request.query_params.get("service"))]
        return JSONResponse({"violations": [entry for entry in sandbox.violations if entry["service"] in names]})

    def collection(name: str | None, collection: str) -> tuple[Service, str]:
        if name is None:
            raise HTTPException(400, "state needs a service")
        [service] = sandbox.chosen(name)
        if collection not in service.stored:
            raise HTTPException(400, f"{name} has no collection {collection}; it has {', '.join(service.stored)}")
        return service, collection

    async def get_state(request: Request) -> JSONResponse:
        query = request.query_params
        service, name = collection(query.get("service"), query.get("collection", "integrations"))
        return JSONResponse({"objects": service.stored[name].documents()})

    async def post_state(request: Request) -> JSONResponse:
        content = await _object(request)
        service, name = collection(content.get("service"), content.get("collection", "integrations"))
        service.add(name, content.get("objects", []))
        return JSONResponse({"added": len(content.get("objects", []))}, 201)

    return [
        Route("/reset", reset, methods=["POST"]),
        Route("/switches", get_switches, methods=["GET"]),
        Route("/switches", patch_switches, methods=["PATCH"]),
        Route("/faults", get_faults, methods=["GET"]),
        Route("/faults", post_faults, methods=["POST"]),
        Route("/faults", delete_faults, methods=["DELETE"]),
        Route("/log", get_log, methods=["GET"]),
        Route("/log", delete_log, methods=["DELETE"]),
        Route("/violations", get_violations, methods=["GET"]),
        Route("/state", get_state, methods=["GET"]),
        Route("/state", post_state, methods=["POST"]),
    ]
