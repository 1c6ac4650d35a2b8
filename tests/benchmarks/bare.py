# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The floor, what the HTTP alone takes: bare.py VARIABLES requests|http.client THREADS

It brings Netography to the state that the playbooks describe, and does nothing else.
"""

from __future__ import annotations

import http.client
import json
import os
import sys
import threading
import urllib.parse
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

URL = os.environ["NETOGRAPHY_API_URL"] + "/api/v1/integrations/response"
HEADERS = {"Authorization": f"Bearer {os.environ['NETOGRAPHY_ACCESS_TOKEN']}"}


class Requests:
    def __init__(self) -> None:
        import requests  # the other floor does without it

        self._session = requests.Session()
        self._session.headers.update(HEADERS)

    def call(self, method: str, suffix: str = "", body: Any = None) -> Any:
        reply = self._session.request(method, URL + suffix, json=body)
        reply.raise_for_status()
        return reply.json()["data"]


class HttpClient:
    def __init__(self) -> None:
        url = urllib.parse.urlsplit(URL)
        self._path = url.path
        self._connection = http.client.HTTPConnection(url.netloc)

    def call(self, method: str, suffix: str = "", body: Any = None) -> Any:
        content = None if body is None else json.dumps(body)
        headers = HEADERS if body is None else {**HEADERS, "Content-Type": "application/json"}
        self._connection.request(method, self._path + suffix, content, headers)
        reply = self._connection.getresponse()
        text = reply.read()
        if reply.status >= 300:
            raise SystemExit(f"{method} was answered with {reply.status}: {text!r}")
        return json.loads(text)["data"]


def main() -> None:
    variables, library, threads = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    make = {"requests": Requests, "http.client": HttpClient}[library]
    mine = threading.local()

    def call(arguments: tuple) -> Any:
        if not hasattr(mine, "client"):
            mine.client = make()
        return mine.client.call(*arguments)

    existing = {item["name"]: item for item in call(("GET",))}
    writes: list[tuple] = []
    for wanted in json.loads(variables.read_text(encoding="utf-8"))["netography_integrations"]:
        body = {**wanted, "adapter": "syslog", "config": wanted["syslog"]}
        del body["syslog"]
        found = existing.get(wanted["name"])
        if found is None:
            writes.append(("POST", "", body))
        elif any(found[name] != value for name, value in body.items()):
            writes.append(("PUT", f"/{found['id']}", body))
    if threads == 1:
        for arguments in writes:
            call(arguments)
    else:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(call, writes))


if __name__ == "__main__":
    main()
