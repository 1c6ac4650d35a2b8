# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was measured, as a table, and what it was to reach."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any, NamedTuple

from services import SERVICES

PRINTED = ("list", "graph")
BASES = ("empty", "script")
RIVALS = ("uri", "one-uri", "guide")


class Cell(NamedTuple):
    """What all approaches that are compared have to do."""

    workload: str
    """create: all are missing; same: none differs; drift: one in a hundred differs; bootstrap: none of four services
    differs; list, graph: ansible-inventory prints them."""
    n: int
    """How many integrations of each service."""
    latency_ms: int

    def __str__(self) -> str:
        return f"{self.workload}, N = {self.n}, {self.latency_ms} ms"

    @property
    def drifted(self) -> int:
        return max(1, round(self.n / 100))

    @property
    def writes(self) -> int:
        """How many requests that write are needed."""
        return {"create": self.n, "drift": self.drifted}.get(self.workload, 0)

    @property
    def prints(self) -> bool:
        """Whether it is about what ansible-inventory prints."""
        return self.workload in PRINTED

    @property
    def services(self) -> tuple[str, ...]:
        """Netography alone where loops are compared: it needs one request for its list, whatever the approach."""
        if self.workload == "bootstrap":
            return tuple(SERVICES)
        return ("pagertree",) if self.prints else ("netography",)


@dataclass(frozen=True)
class Run:
    seconds: float
    cpu_seconds: float
    """Of all its processes."""
    peak_bytes: int
    """The peak memory of the largest process."""
    requests: int
    connections: int


class Results(dict[tuple[str, Cell], list[Run]]):
    def median(self, figure: str, approach: str, *cell: Any) -> float:
        """The median of a figure; LookupError if it was not measured."""
        runs = self[approach, Cell(*cell)]
        if not runs:
            raise LookupError(approach)
        return median(getattr(run, figure) for run in runs)

    def seconds(self, approach: str, workload: str, n: int, latency_ms: int = 0) -> float:
        return self.median("seconds", approach, workload, n, latency_ms)

    def worst(self, figure: Callable[[Cell, Run], float], *approaches: str) -> float:
        return max(figure(cell, run) for (name, cell), runs in self.items() for run in runs if name in approaches)

    def plain(self) -> list[dict[str, Any]]:
        return [
            {
                "approach": approach,
                **cell._asdict(),
                "median_seconds": self.median("seconds", approach, *cell),
                "runs": [asdict(run) for run in runs],
            }
            for (approach, cell), runs in self.items()
            if runs
        ]


def block(results: Results, cell: Cell, titles: Mapping[str, str]) -> str:
    """The part of the table that is about one cell."""
    base, rival = (next((name for name in names if results.get((name, cell))), None) for names in (BASES, RIVALS))
    ratios = (f"/ {base}" if base else "", f"{rival} /" if rival else "")
    head = ("seconds", *ratios, "CPU", "requests", "connections", "MB", "runs")
    lines = [" " * 28 + "".join(f"{word:>12}" for word in head)]
    for name, title in titles.items():
        runs = results[name, cell]
        if not runs:
            lines.append(f"{title:28}{'failed':>12}")
            continue
        seconds = results.seconds(name, *cell)
        words = (
            f"{seconds:.2f}",
            f"{seconds / results.seconds(base, *cell):.2f}" if base else "",
            f"{results.seconds(rival, *cell) / seconds:.2f}" if rival else "",
            f"{results.median('cpu_seconds', name, *cell):.2f}",
            f"{results.median('requests', name, *cell):.0f}",
            f"{results.median('connections', name, *cell):.0f}",
            f"{results.median('peak_bytes', name, *cell) / 1e6:.0f}",
            f"{len(runs)}",
        )
        lines.append(f"{title:28}" + "".join(f"{word:>12}" for word in words))
    return "\n".join(lines)


@dataclass(frozen=True)
class Target:
    text: str
    limit: float
    reach: Callable[[Results], float]
    """LookupError or ValueError if something was not measured."""
    at_least: bool = False


@dataclass(frozen=True)
class Verdict:
    target: Target
    reached: float | None

    @property
    def word(self) -> str:
        if self.reached is None:
            return "not measured"
        better = self.reached >= self.target.limit if self.target.at_least else self.reached <= self.target.limit
        return "ok" if better else "MISSED"

    def line(self) -> str:
        reached = "" if self.reached is None else f"{self.reached:.2f}"
        limit = f"{'at least' if self.target.at_least else 'at most'} {self.target.limit:g}"
        return f"{self.word:13}{reached:>7}  {limit:14}{self.target.text}"

    def plain(self) -> dict[str, Any]:
        names = ("text", "limit", "at_least")
        return {**{name: getattr(self.target, name) for name in names}, "reached": self.reached, "verdict": self.word}


def judge(results: Results) -> list[Verdict]:
    verdicts = []
    for target in TARGETS:
        try:
            reached = target.reach(results)
        except (LookupError, ValueError):
            reached = None
        verdicts.append(Verdict(target, reached))
    return verdicts


def _per_item(results: Results) -> float:
    """An item of an in-process loop against one of debug, of the longest loop: what a playbook takes is not theirs."""
    n = max(cell.n for name, cell in results if name == "debug-loop")
    empty = results.seconds("empty", "same", n)
    return (results.seconds("in-process-loop", "same", n) - empty) / (results.seconds("debug-loop", "same", n) - empty)


def _requests(cell: Cell, run: Run) -> float:
    return run.requests / (1 + cell.writes)


def _connections(_cell: Cell, run: Run) -> float:
    return run.connections


def _set_of_many(results: Results) -> list[tuple[str, Cell]]:
    return [(name, cell) for name, cell in results if name.startswith("set-") and cell.n > 100]


def _inventory(results: Results, figure: str, above: str, below: str, *workloads: str) -> float:
    """A figure of one inventory against that of another, the worst."""
    cells = [Cell(workload, 10_000, 0) for workload in workloads]
    return max(results.median(figure, above, *cell) / results.median(figure, below, *cell) for cell in cells)


TARGETS = (
    Target(
        "in-process loop: times faster than uri with one list (create 100, 0 ms)",
        20,
        lambda of: of.seconds("uri", "create", 100) / of.seconds("in-process-loop", "create", 100),
        at_least=True,
    ),
    Target(
        "in-process loop: times faster than uri with a GET per item (100 unchanged, 0 ms)",
        20,
        lambda of: of.seconds("uri-each", "same", 100) / of.seconds("in-process-loop", "same", 100),
        at_least=True,
    ),
    Target(
        "set task / empty playbook (create 100, 0 ms)",
        1.25,
        lambda of: of.seconds("set-1", "create", 100) / of.seconds("empty", "create", 100),
    ),
    Target(
        "set task, 8 workers / (empty playbook + bare http.client, 8 threads) (create 100, 50 ms)",
        1.25,
        lambda of: (
            of.seconds("set-8", "create", 100, 50)
            / (of.seconds("empty", "create", 100, 50) + of.seconds("http-8", "create", 100, 50))
        ),
    ),
    Target(
        "set task / empty playbook (990 unchanged, 0 ms)",
        2.2,
        lambda of: of.seconds("set-1", "same", 990) / of.seconds("empty", "same", 990),
    ),
    Target("item of an in-process loop / item of a debug loop (unchanged, 0 ms)", 3.5, _per_item),
    Target(
        "requests of an in-process loop / (list + writes), the worst",
        1,
        lambda of: of.worst(_requests, "in-process-loop"),
    ),
    Target(
        "requests of a set task / (list + writes), the worst",
        1,
        lambda of: of.worst(_requests, "set-1", "set-8"),
    ),
    Target(
        "connections of an in-process loop, the worst",
        1,
        lambda of: of.worst(_connections, "in-process-loop"),
    ),
    Target(
        "connections of a set task / (workers + 1), the worst",
        1,
        lambda of: max(of.worst(_connections, "set-1") / 2, of.worst(_connections, "set-8") / 9),
    ),
    Target(
        "peak memory of a set task of 990 / empty playbook, the worst",
        1.5,
        lambda of: max(
            of.median("peak_bytes", name, *cell) / of.median("peak_bytes", "empty", *cell)
            for name, cell in _set_of_many(of)
        ),
    ),
    Target(
        "one module / one uri, both a GET (1 unchanged, 0 ms)",
        1.25,
        lambda of: of.seconds("one-module", "same", 1) / of.seconds("one-uri", "same", 1),
    ),
    Target(
        "one module / two uri, both a GET and a POST (create 1, 0 ms)",
        1.25,
        lambda of: of.seconds("one-module", "create", 1) / of.seconds("one-uri", "create", 1),
    ),
    Target(
        "bootstrap / empty playbook (4 x 250 unchanged, 0 ms)",
        2.5,
        lambda of: of.seconds("bootstrap", "bootstrap", 250) / of.seconds("empty", "bootstrap", 250),
    ),
    Target(
        "inventory, no cache / script (--list, 10,000 hosts)",
        0.85,
        lambda of: _inventory(of, "seconds", "inventory-cold", "script", "list"),
    ),
    Target(
        "inventory, no cache / script (--graph, 10,000 hosts)",
        0.6,
        lambda of: _inventory(of, "seconds", "inventory-cold", "script", "graph"),
    ),
    Target(
        "inventory, warm cache / no cache (10,000 hosts), the worst",
        1,
        lambda of: _inventory(of, "seconds", "inventory-warm", "inventory-cold", *PRINTED),
    ),
    Target(
        "peak memory of an inventory / script (10,000 hosts), the worst",
        1.25,
        lambda of: max(
            _inventory(of, "peak_bytes", name, "script", *PRINTED) for name in ("inventory-cold", "inventory-warm")
        ),
    ),
)
