# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP servers and proxies for single tests, which note what they see."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

import requests


class Seen(NamedTuple):
    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    port: int
    """The client's: tells connections apart."""


class Handler(BaseHTTPRequestHandler):
    """Gives the replies that the test has laid out, as (status, headers, body); then ``{"ok": 1}``."""

    protocol_version = "HTTP/1.1"
    # Without it, each answer waits for the acknowledgement of its headers.
    disable_nagle_algorithm = True
    server: Any

    def answer(self) -> None:
        seen = self.note()
        status, headers, content = self.server.replies.pop(0) if self.server.replies else self.otherwise(seen)
        if status is None:
            self.close_connection = True
            return
        self.send_response(status)
        for name, value in {"Content-Length": str(len(content)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = answer

    def note(self) -> Seen:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length) if length else b""
        seen = Seen(self.command, self.path, dict(self.headers), body, self.client_address[1])
        self.server.seen.append(seen)
        return seen

    def otherwise(self, seen: Seen) -> tuple[int | None, dict[str, str], bytes]:
        return 200, {}, b'{"ok": 1}'

    def log_message(self, *args: Any) -> None:
        pass


class Proxy(Handler):
    """Passes requests on; CONNECT opens a tunnel, of which ``tunnelled`` keeps what the client sent."""

    def otherwise(self, seen: Seen) -> tuple[int | None, dict[str, str], bytes]:
        headers = {name: value for name, value in seen.headers.items() if not name.startswith("Proxy-")}
        with requests.Session() as session:
            session.trust_env = False
            reply = session.request(seen.method, seen.path, headers=headers, data=seen.body, allow_redirects=False)
        kept = ("Content-Type", "Location", "X-Request-Id", "Retry-After")
        return reply.status_code, {name: reply.headers[name] for name in kept if name in reply.headers}, reply.content

    def do_CONNECT(self) -> None:
        self.note()
        self.close_connection = True
        if self.server.replies:
            status, headers, _content = self.server.replies.pop(0)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            return
        host, _colon, port = self.path.rpartition(":")
        with socket.create_connection((host, int(port))) as service:
            self.send_response(200)
            self.end_headers()
            back = threading.Thread(target=self._copy, args=(service, self.connection, []), daemon=True)
            back.start()
            self._copy(self.connection, service, self.server.tunnelled)
            back.join()

    @staticmethod
    def _copy(source: socket.socket, target: socket.socket, kept: list[bytes]) -> None:
        with contextlib.suppress(OSError):
            while piece := source.recv(65536):
                kept.append(piece)
                target.sendall(piece)
            target.shutdown(socket.SHUT_WR)


@contextlib.contextmanager
def serve(context: ssl.SSLContext | None = None, handler: type[Handler] = Handler) -> Iterator[Any]:
    server: Any = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    server.seen, server.replies, server.tunnelled = [], [], []
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    server.url = f"http{'s' if context else ''}://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
