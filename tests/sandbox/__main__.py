# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run the sandbox: ``python tests/sandbox --port 0`` prints where it is, and how to point every module at it."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import socket
import sys
import threading
from typing import Any

import uvicorn
from app import Sandbox
from netography import netosecret
from store import Store


class Server(uvicorn.Server):
    """Says on stdout that it is ready, as one line of JSON."""

    def __init__(self, sandbox: Sandbox, address: tuple[str, int]) -> None:
        config = uvicorn.Config(
            sandbox,
            access_log=False,
            log_level="warning",
            server_header=False,
            # A client's idle connection stays usable for as long as a test may take.
            timeout_keep_alive=3600,
            timeout_graceful_shutdown=1,
        )
        super().__init__(config)
        self._address = address
        self._reopening: asyncio.TimerHandle | None = None
        sandbox.refuse, sandbox.accept = self._refuse, self._accept
        url = "http://{}:{}".format(*address)
        self._ready = {
            "url": url,
            "env": {
                name: value
                for service in sandbox.services.values()
                for name, value in service.env(f"{url}/{service.name}").items()
            },
            "netosecret": netosecret(f"{url}/netography"),
        }

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        print(json.dumps(self._ready), flush=True)

    def _refuse(self, seconds: float) -> None:
        """Take no connection for so many seconds; those that stand stay."""
        for server in self.servers:
            server.close()
        self.servers.clear()
        if self._reopening:
            self._reopening.cancel()
        loop = asyncio.get_running_loop()
        self._reopening = loop.call_later(seconds, lambda: loop.create_task(self._accept()))

    async def _accept(self) -> None:
        """Take connections again."""
        if not self._reopening:
            return
        self._reopening.cancel()
        self._reopening = None

        def protocol() -> asyncio.Protocol:
            http: Any = self.config.http_protocol_class
            return http(config=self.config, server_state=self.server_state, app_state=self.lifespan.state)

        loop = asyncio.get_running_loop()
        self.servers.append(await loop.create_server(protocol, *self._address, backlog=self.config.backlog))

    def stop_with_stdin(self) -> None:
        """Stop when the other end of stdin goes away, as it does when the parent dies."""

        def watch() -> None:
            # Not sys.stdin: a thread that waits in its buffer would keep the interpreter from ending.
            while os.read(0, 4096):
                pass
            self.should_exit = True

        threading.Thread(target=watch, daemon=True).start()


def main() -> None:
    parser = argparse.ArgumentParser(prog="sandbox", description="Plays the services on loopback.")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--state", default=":memory:", metavar="FILE", help="SQLite file that outlives a restart")
    parser.add_argument("--validate", action="store_true", help="check all traffic against the OpenAPI documents")
    parser.add_argument("--stdin", action="store_true", help="stop when stdin closes")
    arguments = parser.parse_args()

    # uvicorn raises the signal that stopped it again, once it is done.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: sys.exit(0))

    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", arguments.port))
    store = Store(arguments.state)
    try:
        sandbox = Sandbox(store, validate=arguments.validate)
        server = Server(sandbox, listener.getsockname())
        if arguments.stdin:
            server.stop_with_stdin()
        server.run(sockets=[listener])
    finally:
        store.close()


if __name__ == "__main__":
    main()
