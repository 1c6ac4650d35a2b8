# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The medians as bars, in SVG."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Protocol
from xml.sax.saxutils import escape

from report import Cell, Results

# Rows of panels. The size is the largest that every approach was run with.
ROWS = (
    [Cell("create", 100, 0), Cell("create", 100, 50)],
    [Cell("same", 100, 0), Cell("same", 100, 50)],
    [Cell("drift", 100, 0), Cell("drift", 100, 50)],
    [Cell("list", 10_000, 0), Cell("graph", 10_000, 0)],
    [Cell("bootstrap", 250, 0)],
)
LEFT, WIDTH, RIGHT = 190, 260, 60  # of a panel: titles, bars, room for the figure behind the longest bar
ROW, HEAD, FOOT, MARGIN = 18, 30, 30, 20
TITLES = {
    "create": "create {n}, latency {latency} ms",
    "same": "{n} unchanged, latency {latency} ms",
    "drift": "{changed} of {n} changed, latency {latency} ms",
    "list": "ansible-inventory --list, {n:,} hosts",
    "graph": "ansible-inventory --graph, {n:,} hosts",
    "bootstrap": "four services with {n} unchanged each",
}

# The background is part of the picture, so that it can be read wherever it is shown.
STYLE = """
  svg { color-scheme: light dark; font: 12px system-ui, sans-serif }
  text { fill: #1f2328 } .back { fill: #ffffff } .grid { stroke: #d1d9e0 } .small { font-size: 10px; fill: #59636e }
  .title { font-weight: 600 }
  .baseline { fill: #8b949e } .usual { fill: #d97706 } .collection { fill: #2563eb } .floor { fill: #0f9488 }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc } .back { fill: #0d1117 } .grid { stroke: #3d444d } .small { fill: #9198a1 }
    .usual { fill: #f59e0b } .collection { fill: #60a5fa } .floor { fill: #2dd4bf }
  }"""


class Bar(Protocol):
    """What the chart wants to know about an approach."""

    title: str
    group: str


def chart(results: Results, approaches: Mapping[str, Bar]) -> str:
    """A panel for each of the cells in ROWS that was measured: seconds on a logarithmic scale."""
    measured = {(name, cell): results.seconds(name, *cell) for (name, cell), runs in results.items() if runs}
    known = {cell for _name, cell in measured}
    rows = [cells for row in ROWS if (cells := [cell for cell in row if cell in known])]
    shown = [seconds for (_name, cell), seconds in measured.items() if any(cell in row for row in rows)]
    low = math.floor(math.log10(min(shown, default=0.1)))
    high = max(math.ceil(math.log10(max(shown, default=1))), low + 1)
    parts, top = [], MARGIN
    for row in rows:
        names = [name for name in approaches if any((name, cell) in measured for cell in row)]
        for column, cell in enumerate(row):
            bars = [(approaches[name], measured.get((name, cell))) for name in names]
            left = MARGIN + column * (LEFT + WIDTH + RIGHT)
            parts.append(f'<g transform="translate({left} {top})">\n{_panel(cell, bars, low, high)}\n</g>')
        top += HEAD + ROW * len(names) + FOOT
    size = 2 * (MARGIN + LEFT + WIDTH + RIGHT), top + MARGIN
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size[0]}" height="{size[1]}"'
        f' viewBox="0 0 {size[0]} {size[1]}" role="img">\n'
        f"<title>Seconds that whole runs take, shorter is better</title>\n<style>{STYLE}\n</style>\n"
        f'<rect class="back" width="{size[0]}" height="{size[1]}"/>\n' + "\n".join(parts) + "\n</svg>\n"
    )


def _panel(cell: Cell, bars: list[tuple[Bar, float | None]], low: int, high: int) -> str:
    def x(seconds: float) -> float:
        return round(LEFT + WIDTH * (math.log10(seconds) - low) / (high - low), 1)

    bottom = HEAD + ROW * len(bars)
    title = TITLES[cell.workload].format(n=cell.n, changed=cell.drifted, latency=cell.latency_ms)
    lines = [f'<text class="title" x="{LEFT}" y="16">{title}</text>']
    for power in range(low, high + 1):
        lines.append(f'<path class="grid" d="M{x(10.0**power)} {HEAD - 4}V{bottom}"/>')
        lines.append(
            f'<text class="small" text-anchor="middle" x="{x(10.0**power)}" y="{bottom + 12}">{10.0**power:g} s</text>'
        )
    for number, (row, seconds) in enumerate(bars):
        y = HEAD + ROW * number
        lines.append(f'<text text-anchor="end" x="{LEFT - 8}" y="{y + 11}">{escape(row.title)}</text>')
        if seconds is None:
            lines.append(f'<text class="small" x="{LEFT + 4}" y="{y + 11}">not run</text>')
            continue
        lines.append(
            f'<rect class="{row.group}" x="{LEFT}" y="{y}" width="{x(seconds) - LEFT:.1f}" height="{ROW - 4}" rx="2"/>'
        )
        lines.append(f'<text class="small" x="{x(seconds) + 4}" y="{y + 11}">{seconds:.2f} s</text>')
    return "\n".join(lines)
