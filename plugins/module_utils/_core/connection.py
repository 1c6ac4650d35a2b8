# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From connection options to a client. PRIVATE to the collection."""

from __future__ import annotations

import os
import ssl
from abc import ABC, abstractmethod
from contextlib import contextmanager
from typing import Any, Callable, Iterator, Sequence
from urllib.parse import quote

from ansible.module_utils.basic import AnsibleFallbackNotFound, env_fallback

from .errors import InputError, ServiceError
from .http import Credentials, Http, check_url, is_clear_text
from .redact import Secrets
from .resource import Resource


def option(env: str, **spec: Any) -> dict[str, Any]:
    """A connection option that an environment variable can give."""
    return {"type": "str", "fallback": (environment, [env]), "no_log": False, **spec}


def environment(name: str) -> str:
    """The value of a variable. An empty one gives nothing: AWX sets all variables of a credential."""
    value = env_fallback(name)
    if not value:
        raise AnsibleFallbackNotFound
    return value


# The connection options that all services share.
COMMON: dict[str, dict[str, Any]] = {
    "validate_certs": {"type": "bool", "default": True},
    "ca_path": {"type": "path"},
    "client_cert": {"type": "path"},
    "client_key": {"type": "path", "no_log": False},
    # It may hold a user and a password.
    "proxy": {"type": "str", "no_log": True},
    "timeout": {"type": "float", "default": 30.0},
    "max_wait": {"type": "float", "default": 120.0},
}


class Client(ABC):
    """One service: where it is, who calls, and the verbs ``list get create update delete`` (and ``test``).

    The verbs take and return records (see resource.py). ``get`` returns none only for a proven absence.
    """

    title: str
    """The service's name, for sentences."""
    resource: Resource
    options: dict[str, dict[str, Any]]
    """The service's own connection options."""
    suffix = ""
    """The API's path, which users may or may not have appended to the base URL."""
    can_test = False
    """Whether the service can send a test message."""
    perhaps_absent: tuple[int, ...] = ()
    """Statuses that, beside 404, a missing integration may be answered with; then the list decides."""
    lookup: dict[str, dict[str, Any]] = {}
    """Options of the info module that ``get`` takes beside the id."""

    def __init__(self, params: dict[str, Any], *, read_only: bool, pool: int) -> None:
        self.params, self.read_only, self.pool = params, read_only, pool
        self.secrets = Secrets()
        self.warn: Callable[[str], None] = lambda text: None
        # What is unsafe about the options: to be told with every result.
        self.cautions: Sequence[str] = []
        credentials = self.credentials(params)
        url = self.base_url(params, credentials)
        check_url("api_url", url)
        if is_clear_text(url):
            self._caution("The credentials are sent in clear text: 'api_url' has http, not https.")
        if not params["validate_certs"]:
            self._caution("The identity of the service is not checked: 'validate_certs' is false.")
        for name in ("timeout", "max_wait"):
            if params[name] <= 0:
                raise InputError(f"'{name}' must be more than 0 seconds.")
        self.http = Http(
            self.title,
            url,
            credentials,
            self.explain,
            self.secrets,
            timeout=params["timeout"],
            max_wait=params["max_wait"],
            verify=_verify(params),
            cert=_certificate(params),
            proxy=params["proxy"],
            read_only=read_only,
            pool=pool,
        )

    def _caution(self, text: str) -> None:
        self.cautions = [*self.cautions, f"{self.title}: {text}"]

    def chosen(self, params: dict[str, Any], *alternatives: str) -> str | None:
        """The first of the options that is given. What a task says goes before what the environment says."""
        given = [name for name in alternatives if params[name]]
        told = [name for name in given if params[name] != os.environ.get(self.options[name]["fallback"][1][0])]
        return next(iter(told or given), None)

    def base_url(self, params: dict[str, Any], credentials: Credentials) -> str:
        url = (params["api_url"] or "").rstrip("/")
        return url[: -len(self.suffix)] if self.suffix and url.endswith(self.suffix) else url

    @abstractmethod
    def credentials(self, params: dict[str, Any]) -> Credentials:
        """Who calls; raises InputError if that is not said."""

    @staticmethod
    @abstractmethod
    def explain(body: dict[str, Any]) -> tuple[Any, Any]:
        """The service's own code and message in the body of an error."""

    @abstractmethod
    def list(self) -> list[dict[str, Any]]:
        """All integrations; raises ServiceError rather than return a part of them."""

    @abstractmethod
    def get(self, id: str, **lookup: Any) -> dict[str, Any] | None:
        """The integration with this id, if there is one."""

    @abstractmethod
    def create(self, record: dict[str, Any]) -> dict[str, Any]:
        """Make an integration; returns it as the service has it."""

    @abstractmethod
    def update(self, before: dict[str, Any], after: dict[str, Any], changes: Sequence[str]) -> dict[str, Any]:
        """Make ``after`` of ``before``, which differ in ``changes``; returns it as the service has it."""

    @abstractmethod
    def delete(self, record: dict[str, Any]) -> None:
        """Remove an integration; one that is gone already is no error."""

    def resolve(self, desired: dict[str, Any]) -> dict[str, Any]:
        """The desired record with the names of other objects replaced by what the service wants of them."""
        return desired

    def forget(self) -> None:
        """Look at other objects again next time."""
        return None

    @contextmanager
    def absence(self, id: str | None) -> Iterator[None]:
        """Pass over an error which proves that there is no integration with this id."""
        try:
            yield
        except ServiceError as error:
            if not self.proves_absence(error, id):
                raise

    def proves_absence(self, error: ServiceError, id: str | None) -> bool:
        if error.status in self.perhaps_absent:
            return all(record["id"] != id for record in self.list())
        return error.status == 404

    def test(self, record: dict[str, Any]) -> None:
        """Let the service send a test message to an integration that need not exist."""
        raise NotImplementedError

    def addresses(self, record: dict[str, Any]) -> dict[str, str]:
        """Where the service can be reached through this integration: secrets, as they hold a token."""
        return {}

    def disclose(self, record: dict[str, Any]) -> dict[str, Any]:
        """All secrets of an integration, in clear."""
        return {**self.resource.secrets(record), **self.addresses(record)}

    def problem(self, record: dict[str, Any]) -> str | None:
        """What the service says is wrong with an integration that it has accepted all the same."""
        return None

    def remark(self, records: Sequence[dict[str, Any]]) -> str | None:
        """What a user who lists all integrations should know about the list."""
        return None


def segment(id: str | None) -> str:
    """An id as one segment of a path."""
    if id is None:
        raise ServiceError("The service lists this integration without an id, so that it cannot be addressed.")
    return quote(id, safe="", errors="surrogatepass")


def required(params: dict[str, Any], title: str, *names: str) -> list[str]:
    """The values of connection options; raises InputError naming those that are missing."""
    missing = [f"'{name}'" for name in names if not params.get(name)]
    if missing:
        raise InputError(f"{title} needs {' and '.join(missing)}; options or environment variables give them.")
    return [params[name] for name in names]


def _verify(params: dict[str, Any]) -> bool | str:
    path = params["ca_path"]
    if not params["validate_certs"] or not path:
        return bool(params["validate_certs"])
    try:
        if os.path.isdir(path):
            os.listdir(path)
        else:
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(path)
    except (OSError, ssl.SSLError) as error:
        raise InputError(f"'ca_path' {path} cannot be used: {_why(error, 'no PEM certificates in it')}.") from None
    return path


def _certificate(params: dict[str, Any]) -> tuple[str, str] | str | None:
    cert, key = params["client_cert"], params["client_key"]
    if not cert:
        if key:
            raise InputError("'client_key' needs 'client_cert'.")
        return None
    try:
        # The empty password keeps an encrypted key from asking for one on the terminal.
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_cert_chain(cert, key, password="")
    except (OSError, ssl.SSLError) as error:
        raise InputError(
            f"'client_cert' {cert} cannot be used: {_why(error, 'certificate and private key do not fit')}."
        ) from None
    return (cert, key) if key else cert


def _why(error: OSError, otherwise: str) -> str:
    return otherwise if isinstance(error, ssl.SSLError) else (error.strerror or str(error))
