# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can go wrong with a request, and what has to hold after every run in which it did."""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any

from cases import Case, put


class Clock:
    """Stands in for the module ``time``: waits pass at once, and the seconds of each are kept."""

    def __init__(self) -> None:
        self.passed: list[float] = []
        self.sleep = self.passed.append

    def monotonic(self) -> float:
        return time.monotonic() + sum(self.passed)

    def time(self) -> float:
        return time.time() + sum(self.passed)


def entry(case: Case, number: int, variant: int = 0) -> dict[str, Any]:
    """The arguments for one of many integrations, of any kind; there are two variants of each."""
    kind = case.kinds[number % len(case.kinds)]
    args = {**case.sample(kind, required_only=True), "name": f"n{number:03d}"}
    item, name = next((item, name) for item, name in reversed(list(case.fields(kind))) if not item.write_only)
    put(args, name, case.pair(item, name)[variant])
    return args


def refused(status: int, wait: str) -> dict[str, Any]:
    return {"fault": "status", "status": status, "headers": {"Retry-After": wait}}


# Whether a fault lets the request be carried out, is a part of the fault.
FAULTS: dict[str, dict[str, Any]] = {
    "refused-after-it": {"fault": "refuse", "after": True},
    "rate-limit": {"fault": "rate_limit", "seconds": 3},
    **{name: {"fault": name} for name in ("drop_before", "drop_after", "refuse", "truncate", "half_json")},
    **{name: {"fault": name} for name in ("content_type", "repeat_page", "missing_page", "html", "empty")},
    **{f"{name}-after": {"fault": name, "after": True} for name in ("html", "empty")},
    **{f"total-{delta}": {"fault": "total", "delta": delta} for delta in (1, -1)},
    **{str(status): {"fault": "status", "status": status} for status in (401, 429, 500, 502, 503, 504)},
    **{f"{status}-after": {"fault": "status", "status": status, "after": True} for status in (500, 502, 504)},
    **{f"429-{wait}": refused(429, wait) for wait in ("0", "3", "1e9", "-1", "NaN", "soon")},
    "503-3": refused(503, "3"),
}
# For requests that write: the answer is lost, and lists show late what was done.
LATE = {
    name: {**FAULTS[name], "then": {"fault": "lag", "method": "GET", "times": 2}}
    for name in ("drop_after", "truncate", "504-after")
}
# From some request on, they all fail.
LASTING = {
    name: {**FAULTS[name], "times": None} for name in ("drop_before", "html", "401", "429", "429-0", "500", "503")
}
# For modules whose `timeout` is shorter.
SLOW: dict[str, dict[str, Any]] = {
    "slow_headers": {"fault": "slow_headers", "seconds": 30},
    "slow_body": {"fault": "slow_body", "interval": 30},
}

# What differs between two integrations that are alike.
VOLATILE = re.compile(r"_?id|(prefix|tiny)_id|.*(_at|At)|_.*By|metadata|token")


class State:
    """What a service has."""

    def __init__(self, case: Case, objects: list[dict[str, Any]]) -> None:
        resource = case.resource
        self.ids = {item[resource.id_path] for item in objects}
        self.names = Counter(item[resource.fields[0].at[0]] for item in objects)
        # To have nothing is to have an empty value: some calls leave the one behind, some the other.
        kept = (
            {key: value for key, value in item.items() if value and not VOLATILE.fullmatch(key)} for item in objects
        )
        self.values = sorted(json.dumps(item, sort_keys=True) for item in kept)

    @property
    def duplicates(self) -> int:
        return sum(self.names.values()) - len(self.names)


@dataclass
class Counts:
    """What the users of many runs would have seen. Only ``cases`` may be more than 0."""

    cases: int = 0
    duplicates: int = 0
    losses: int = 0
    changed: int = 0

    def __str__(self) -> str:
        return (
            f"{self.cases} cases: {self.duplicates} duplicates, {self.losses} losses,"
            f" {self.changed} times a wrong 'changed'"
        )

    def add(self, other: dict[str, int]) -> None:
        for name, number in other.items():
            setattr(self, name, getattr(self, name) + number)

    def look(self, result: dict[str, Any], before: State, after: State, wanted: State, stays: set[Any]) -> list[str]:
        """Count what is wrong after a run; returns what that was, in words.

        :param stays: the ids of what no run may remove.
        """
        old = asdict(self)
        problems = [problem for problem in [unclean(result)] if problem]
        self.duplicates += max(after.duplicates - before.duplicates, 0)
        self.losses += len(stays - after.ids)
        done = before.values != after.values
        if result.get("failed"):
            # It may have done more than it knows of, but not less than it says.
            self.changed += bool(result.get("changed")) and not done
            self.changed += sum(name not in after.names for name in result.get("created", ()))
            self.changed += sum(name in after.names for name in result.get("deleted", ()))
        else:
            self.losses += sum((wanted.names - after.names).values())
            self.changed += result["changed"] != done
            if after.values != wanted.values:
                problems.append("not the desired state")
        problems += [f"{name}: {number}" for name, number in asdict(self).items() if number != old[name]]
        return problems


def unclean(result: dict[str, Any]) -> str | None:
    """What is wrong with how a failure is told."""
    if not result.get("failed"):
        return None
    message = result.get("msg") or ""
    if "exception" in result or "This should not happen" in message or "Traceback" in json.dumps(result):
        return "a crash"
    if not re.fullmatch(r"\S.*[^ .]\.", message) or "\n" in message:
        return "no sentence"
    error = result.get("error") or {"method": "", "path": ""}
    if f"{error['method']} {error['path']}" not in message:
        return "an error that does not name the call"
    return None
