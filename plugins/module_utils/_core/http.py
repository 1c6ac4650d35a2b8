# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One HTTP client for all services. PRIVATE to the collection.

One session with kept connections; retries that depend on the verb and end with a deadline; credentials that never leave
the configured origin; no secret in any error.
"""

from __future__ import annotations

import base64
import json as jsonlib
import math
import random
import sys
import threading
import time
import traceback
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any, Callable
from urllib.parse import urlsplit

from ansible.module_utils.basic import missing_required_lib

from .errors import Error, InputError, ServiceError, Unclear
from .redact import Secrets

try:
    import requests
    import urllib3

    class Session(requests.Session):
        """A session that does not even look at where it is redirected to."""

        def get_redirect_target(self, resp: Any) -> None:
            return None

    # What cannot be sent; older versions have one class for all of it.
    UNSENDABLE = (ValueError, getattr(requests.exceptions, "InvalidJSONError", ValueError))
    REQUESTS_ERROR = None
except ImportError:
    REQUESTS_ERROR = traceback.format_exc()

USER_AGENT = "saas.integrations (Ansible collection)"

# Sending these twice leaves what sending them once leaves.
IDEMPOTENT = ("GET", "PUT", "DELETE")
# The service refused without doing anything: every verb may be sent again.
REFUSED = (429, 503)
ATTEMPTS = 5
BACKOFF = 0.5
# No service nests its answers like this, and Python would give up.
DEEPEST = 100
# What a service says, in a sentence.
LONGEST = 1000
LOOPBACK = ("localhost", "127.0.0.1", "::1")
ADVICE = {
    401: " Check the credentials.",
    402: " The plan or a quota does not allow it.",
    403: " The account lacks the permission.",
    404: " Check 'api_url'.",
}


@dataclass(frozen=True)
class Answer:
    """What came back over the wire."""

    status: int
    headers: Any
    body: bytes


@dataclass(frozen=True)
class Fault:
    """Why nothing came back. ``sent`` is false only if the service cannot have seen the request."""

    text: str
    sent: bool
    final: bool = False


class Credentials:
    """Headers that say who calls."""

    def __init__(self, **headers: str) -> None:
        self._headers = {name.replace("_", "-"): value for name, value in headers.items()}

    def headers(self, http: Http) -> dict[str, str]:
        return self._headers

    def renew(self, http: Http) -> bool:
        """Called when the service answers 401: whether other headers can be had, so that a second try makes sense."""
        return False


class Http:
    """A session with one service.

    :param title: the service's name, for sentences.
    :param base_url: scheme, host and, optionally, the path below which the API lives.
    :param explain: takes the service's code and message out of an error body.
    :param timeout: seconds to connect, and between two pieces of an answer.
    :param max_wait: seconds that one call may take in all, retries and rate-limit waits included.
    :param read_only: refuse every call that writes.
    :param pool: connections at a time.
    """

    def __init__(
        self,
        title: str,
        base_url: str,
        credentials: Credentials,
        explain: Callable[[dict[str, Any]], tuple[Any, Any]],
        secrets: Secrets,
        *,
        timeout: float,
        max_wait: float,
        verify: bool | str,
        cert: tuple[str, str] | str | None,
        proxy: str | None,
        read_only: bool,
        pool: int,
    ) -> None:
        if REQUESTS_ERROR:
            advice = f" For example: {sys.executable} -m pip install requests"
            raise Error(missing_required_lib("requests") + advice, exception=REQUESTS_ERROR)
        self.title, self.base_url, self.secrets = title, base_url, secrets
        self.timeout, self.max_wait, self.read_only = timeout, max_wait, read_only
        self._credentials, self._explain = credentials, explain
        self._not_before = 0.0
        self._lock = threading.Lock()
        self._session = Session()
        self._session.headers.update({"Accept": "application/json", "User-Agent": USER_AGENT})
        proxies = {"http": proxy, "https": proxy} if proxy else {}
        self._settings = self._session.merge_environment_settings(base_url, proxies, True, verify, cert)
        for address in self._settings["proxies"].values():
            secrets.add(_proxy_credentials(address))
        # Proxies and certificates of the environment are known by now: looking for them costs a quarter of a call's
        # time. And what a .netrc file holds for the host is not to be sent.
        self._session.trust_env = False
        adapter = requests.adapters.HTTPAdapter(pool_maxsize=pool, pool_block=True)
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, adapter)
        if verify is False:
            urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)

    def request(
        self,
        method: str,
        path: str,
        *,
        params: dict[str, Any] | None = None,
        json: Any = None,
        writes: bool | None = None,
        authenticate: bool = True,
    ) -> Reply:
        """Make one call; returns the reply to a 2xx status.

        :raises Unclear: a verb that must not be sent twice ended without a clear answer.
        :raises ServiceError: every other failure.
        """
        if self.read_only and (method != "GET" if writes is None else writes):
            raise Error(f"Refused to send {method} {path}: nothing may be written in check mode.")
        call = Call(self, method, urlsplit(self.base_url + path).path)
        deadline = time.monotonic() + self.max_wait
        renewable = authenticate
        attempt = 0
        while True:
            attempt += 1
            self._await_turn(call, deadline)
            outcome = self._send(method, path, params, json, authenticate, deadline)
            if isinstance(outcome, Answer):
                if 200 <= outcome.status < 300:
                    return Reply(call, outcome)
                if outcome.status == 401 and renewable and self._credentials.renew(self):
                    renewable = False
                    continue
            delay = self._delay(method, outcome, attempt)
            if delay is None:
                raise call.failure(outcome)
            if time.monotonic() + delay > deadline:
                raise call.failure(outcome, f" Waiting for it would take longer than 'max_wait' ({self.max_wait:g} s).")
            if isinstance(outcome, Answer) and outcome.status == 429:
                # A rate limit holds for all threads: none of them may go on before it is over.
                with self._lock:
                    self._not_before = max(self._not_before, time.monotonic() + delay)
            else:
                time.sleep(delay)

    def pause(self, attempt: int) -> None:
        """Wait before looking again, longer each time."""
        time.sleep(min(self._backoff(attempt), self.max_wait))

    def explain(self, body: bytes) -> tuple[Any, str]:
        """The service's own code and message, as far as the body of an error has them."""
        try:
            data = jsonlib.loads(body)
            code, message = self._explain(data) if isinstance(data, dict) else (None, None)
        except (ValueError, AttributeError, TypeError, LookupError, RecursionError):
            return None, ""
        # Before white space changes, in which secrets may be rich.
        text = " ".join(self.secrets.scrub(message).split()) if isinstance(message, str) else ""
        return self.secrets.scrub(code) if isinstance(code, (str, int)) else None, text

    def _await_turn(self, call: Call, deadline: float) -> None:
        while True:
            with self._lock:
                wait = self._not_before - time.monotonic()
            if wait <= 0:
                return
            if time.monotonic() + wait > deadline:
                raise call.failure(Fault("a rate limit is in force for longer than 'max_wait'", sent=False))
            time.sleep(wait)

    def _send(
        self, method: str, path: str, params: Any, json: Any, authenticate: bool, deadline: float
    ) -> Answer | Fault:
        left = max(deadline - time.monotonic(), 0.001)
        try:
            with self._session.request(
                method,
                self.base_url + path,
                params=params,
                json=json,
                headers=self._credentials.headers(self) if authenticate else None,
                # The connection's own timeout must not outlast the call's.
                timeout=min(self.timeout, left),
                allow_redirects=False,
                **self._settings,
            ) as response:
                return Answer(response.status_code, response.headers, self._body(response, deadline))
        except requests.exceptions.SSLError as error:
            text = f"the TLS connection failed ({_cause(error)}); see 'ca_path' and 'client_cert'"
            return Fault(text, sent=False, final=True)
        except requests.exceptions.ProxyError as error:
            return Fault(f"the proxy could not be used ({_cause(error)})", sent=False)
        except requests.exceptions.ConnectTimeout:
            return Fault(f"no connection within {self.timeout:g} s", sent=False)
        except (requests.exceptions.Timeout, urllib3.exceptions.ReadTimeoutError):
            return Fault(f"no answer within {self.timeout:g} s", sent=True)
        except requests.exceptions.ConnectionError as error:
            refused = isinstance(_reason(error), urllib3.exceptions.NewConnectionError)
            text = "no connection" if refused else "the connection was lost"
            return Fault(f"{text} ({_cause(error)})", sent=not refused)
        except UNSENDABLE as error:
            text = f"the request could not be made ({_cause(error)}); check the credentials, 'api_url' and 'proxy'"
            return Fault(text, sent=False, final=True)
        except (requests.exceptions.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            return Fault(f"the answer could not be read ({_cause(error)})", sent=True)

    def _body(self, response: Any, deadline: float) -> bytes:
        # The timeout starts anew with each piece: an answer that drips has to be stopped by the deadline.
        read = getattr(response.raw, "read1", None) or response.raw.read
        pieces: list[bytes] = []
        while True:
            piece = read(65536, decode_content=True)
            if not piece:
                return b"".join(pieces)
            pieces.append(piece)
            if time.monotonic() > deadline:
                raise requests.exceptions.ReadTimeout()

    @staticmethod
    def _backoff(attempt: int) -> float:
        """From half a second to half a minute."""
        return BACKOFF * 2 ** min(attempt - 1, 6) * random.uniform(0.5, 1)

    def _delay(self, method: str, outcome: Answer | Fault, attempt: int) -> float | None:
        """Seconds until the call may be made again; none if it may not."""
        backoff = self._backoff(attempt)
        if isinstance(outcome, Fault):
            again = not outcome.final and (not outcome.sent or method in IDEMPOTENT)
        elif outcome.status in REFUSED:
            wait = _asked_wait(outcome.headers)
            if wait is not None or outcome.status == 429:
                # All clients are told the same moment: come back spread over the tenth after it. Who is told to come at
                # once, again and again, waits all the same.
                return max((wait or 0) * random.uniform(1, 1.1), backoff)
            again = True
        else:
            again = method in IDEMPOTENT and outcome.status in (502, 504)
        return backoff if again and attempt < ATTEMPTS else None


@dataclass(frozen=True)
class Call:
    """Which call it was, for errors."""

    http: Http
    method: str
    path: str

    def failure(self, outcome: Answer | Fault, advice: str = "") -> ServiceError:
        """The error for a call that ended like this."""
        title, call = self.http.title, f"{self.method} {self.path}"
        if isinstance(outcome, Fault):
            error: type[ServiceError] = Unclear if outcome.sent and self.method not in IDEMPOTENT else ServiceError
            origin = _origin(self.http.base_url)
            return self._error(error, f"{title} at {origin}: {outcome.text} for {call}.{advice}")
        status, headers = outcome.status, outcome.headers
        code, reason = self.http.explain(outcome.body)
        if 300 <= status < 400:
            text = f"{title} redirects {call} to {_origin(headers.get('Location', ''))}, which is not followed."
            return self._error(ServiceError, text + " Set 'api_url' to where the API really is.", outcome)
        page = outcome.body.lstrip()[:1] == b"<"
        short = f"{reason[:LONGEST]}..." if len(reason) > LONGEST else reason
        said = short or ("an HTML page, not the API's JSON" if page else "no reason given")
        error = Unclear if status >= 500 and status not in REFUSED and self.method not in IDEMPOTENT else ServiceError
        text = f"{title} answered {call} with {status}: {said.rstrip('.')}.{ADVICE.get(status, '')}{advice}"
        return self._error(error, text, outcome, code, reason)

    def malformed(self, answer: Answer, what: str, advice: str) -> ServiceError:
        """The error for a success that is not what the API promises."""
        error = ServiceError if self.method in IDEMPOTENT else Unclear
        text = f"{self.http.title} answered {self.method} {self.path} with {answer.status} but {what}. {advice}"
        return self._error(error, text, answer)

    def _error(
        self, error: type[ServiceError], text: str, answer: Answer | None = None, code: Any = None, reason: str = ""
    ) -> ServiceError:
        headers = answer.headers if answer else {}
        return error(
            self.http.secrets.scrub(text),
            method=self.method,
            path=self.path,
            status=answer.status if answer else None,
            code=code,
            message=reason or None,
            request_id=headers.get("X-Request-Id"),
        )


class Reply:
    """A success. ``data`` is the parsed JSON, null for an empty body."""

    def __init__(self, call: Call, answer: Answer) -> None:
        self._call, self._answer = call, answer
        self.data: Any = None
        if answer.body.strip():
            try:
                self.data = jsonlib.loads(answer.body)
            except (ValueError, RecursionError):
                page = answer.body.lstrip()[:1] == b"<"
                raise self.malformed("an HTML page" if page else "a body that is no complete JSON") from None
            if _is_deep(self.data):
                raise self.malformed(f"a body with more than {DEEPEST} levels")

    def malformed(self, what: str, advice: str = "Check 'api_url' and any proxy in between.") -> ServiceError:
        """The error for a reply that is not what the API promises; it has ``what`` instead."""
        return self._call.malformed(self._answer, what, advice)

    def relative(self, url: Any) -> str:
        """The part of a link behind the base URL; a link to anywhere else is an error."""
        base = self._call.http.base_url
        if not isinstance(url, str) or not url.startswith(base + "/"):
            raise self.malformed(f"a link that leads away from 'api_url': {url}", "It was not followed.")
        return url[len(base) :]

    @property
    def confirmed(self) -> bool:
        """Whether the reply says that something was done."""
        return self.data is not None or self._answer.status == 204

    def confirm(self) -> None:
        """Raises an error unless the reply says that something was done."""
        if not self.confirmed:
            raise self.malformed("an empty body")

    def object(self, *path: str) -> dict[str, Any]:
        """The JSON object at a path of member names."""
        return self._member(path, dict, "object")

    def list(self, *path: str) -> list[dict[str, Any]]:
        """The JSON array of objects at a path of member names."""
        items = self._member(path, list, "array")
        if not all(isinstance(item, dict) for item in items):
            raise self.malformed(f"'{'.'.join(path)}' holds something else than objects")
        return items

    def number(self, *path: str) -> int:
        """The whole number at a path of member names."""
        return self._member(path, int, "number")

    def _member(self, path: tuple[str, ...], kind: type, word: str) -> Any:
        value = self.data
        for name in path:
            value = value.get(name) if isinstance(value, dict) else None
        if not isinstance(value, kind) or isinstance(value, bool):
            raise self.malformed(f"without the {word} '{'.'.join(path)}'" if path else f"no JSON {word}")
        return value


def _is_deep(data: Any) -> bool:
    level = [data] if isinstance(data, (dict, list)) else []
    for _level in range(DEEPEST):
        level = [item for one in level for item in (one.values() if isinstance(one, dict) else one)]
        level = [item for item in level if isinstance(item, (dict, list))]
        if not level:
            return False
    return True


def check_url(option: str, url: str) -> None:
    """Raises InputError unless it is a base URL that requests can be sent to."""
    try:
        parts = urlsplit(url)
        fine = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        fine = False
    if not fine:
        raise InputError(f"'{option}' must be a URL such as https://host, not '{url}'.")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise InputError(f"'{option}' must be a plain URL, without user, query or fragment.")


def is_clear_text(url: str) -> bool:
    """Whether credentials sent there could be read on the way."""
    parts = urlsplit(url)
    return parts.scheme == "http" and parts.hostname not in LOOPBACK


def _asked_wait(headers: Any) -> float | None:
    """Seconds that the service asks to wait, from Retry-After or the rate-limit headers in use."""
    for name in ("Retry-After", "X-RateLimit-Reset"):
        value = headers.get(name, "")
        try:
            number = float(value)
        except ValueError:
            number = _timestamp(value) or -1
        now = _timestamp(headers.get("Date", "")) or time.time()
        # The same header holds epoch milliseconds, epoch seconds or seconds from now, depending on the service.
        if number > 1e11:
            number = number / 1000 - now
        elif number > 1e9:
            number -= now
        elif number < 0:
            continue
        if math.isfinite(number):
            return max(number, 0.0)
    return None


def _timestamp(value: str) -> float | None:
    try:
        return parsedate_to_datetime(value).timestamp()
    except (TypeError, ValueError, IndexError):
        return None


def _proxy_credentials(url: str) -> list[str]:
    """The password in a proxy's URL, and the header that is made of it."""
    try:
        user, password = requests.utils.get_auth_from_url(url)
    except ValueError:  # it is no URL, which the first call will tell
        return []
    basic = base64.b64encode(f"{user}:{password}".encode("latin-1", "replace")).decode()
    return [password, basic] if password else []


def _origin(url: str) -> str:
    try:
        parts = urlsplit(url)
        return f"{parts.scheme}://{parts.hostname}" if parts.hostname else "another path"
    except ValueError:
        return "somewhere else"


def _reason(error: Exception) -> Any:
    inner = error.args[0] if error.args else None
    return getattr(inner, "reason", inner)


def _cause(error: Exception) -> str:
    """The innermost reason in a few words, without the URL that the libraries put into theirs."""
    reason, inner = error, _reason(error)
    while isinstance(inner, Exception):
        reason, inner = inner, inner.__cause__ or inner.__context__ or next(iter(inner.args), None)
    words = getattr(reason, "verify_message", None) or getattr(reason, "strerror", None)
    return words or type(reason).__name__
