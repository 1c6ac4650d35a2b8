# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading a whole list. Each way ends or raises; none returns a short list. PRIVATE to the collection."""

from __future__ import annotations

from typing import Any, Callable, Sequence

from .errors import ServiceError

# A list that others write to while it is read is read again.
ATTEMPTS = 3


def complete(title: str, items: Sequence[Any], total: int) -> None:
    """Raises ServiceError unless all the announced items are there."""
    if len(items) < total:
        raise _incomplete(title, len(items), total)


def by_offset(
    title: str, identity: str, fetch: Callable[[int], tuple[list[dict[str, Any]], int]]
) -> list[dict[str, Any]]:
    """Read a list in a stable order; ``fetch(offset)`` returns a page and the total that it announces.

    The page size is what the first page has, as services cut what they are asked for.
    """
    found: dict[Any, dict[str, Any]] = {}
    totals: list[int] = []
    for _attempt in range(ATTEMPTS):
        found, totals, offset = {}, [], 0
        while not totals or offset < totals[-1]:
            page, total = fetch(offset)
            size = len(found)
            found.update((item.get(identity, offset + index), item) for index, item in enumerate(page))
            totals.append(total)
            offset += len(page)
            if len(found) == size:
                break
        # A total that shrank tells that items moved to pages already read.
        if totals == sorted(totals) and len(found) >= totals[-1]:
            return list(found.values())
    raise _incomplete(title, len(found), totals[-1])


def by_link(
    title: str, identity: str, first: str, fetch: Callable[[str], tuple[list[dict[str, Any]], str | None]]
) -> list[dict[str, Any]]:
    """Read a list page by page; ``fetch(link)`` returns a page and the link to the next, if there is one."""
    found: dict[Any, dict[str, Any]] = {}
    link: str | None = first
    seen = {first}
    while link:
        page, link = fetch(link)
        size = len(found)
        found.update((item.get(identity, size + index), item) for index, item in enumerate(page))
        if link in seen or len(found) < size + len(page):
            raise ServiceError(f"{title} sent a page of its list twice. Nothing was done with a part of the list.")
        if link:
            seen.add(link)
    return list(found.values())


def _incomplete(title: str, listed: int, total: int) -> ServiceError:
    return ServiceError(f"{title} listed {listed} of {total} integrations. Nothing was done with a part of the list.")
