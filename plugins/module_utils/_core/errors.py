# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can go wrong. PRIVATE to the collection."""

from __future__ import annotations

from typing import Any


class Error(Exception):
    """One readable sentence for the user; ``details`` is what a program may want to know."""

    def __init__(self, message: str, /, **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.details = details


class InputError(Error):
    """What the user asked for cannot be right; nothing was written."""


class Failed(Error):
    """The task failed although something was done; ``result`` says what."""

    def __init__(self, message: str, result: dict[str, Any]) -> None:
        super().__init__(message)
        self.result = result


class ServiceError(Error):
    """The service refused, or could not be understood.

    ``details`` holds ``method``, ``path``, ``status`` (null without an answer), the service's own ``code``,
    ``message`` and ``request_id``.
    """

    @property
    def status(self) -> int | None:
        return self.details.get("status")

    @property
    def reason(self) -> str:
        """The service's own words, empty when it gave none."""
        return self.details.get("message") or ""


class Unclear(ServiceError):
    """A write ended without a clear answer: the service may or may not have carried it out."""
