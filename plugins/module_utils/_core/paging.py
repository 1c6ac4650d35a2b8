# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading a whole list. Each way ends or raises; none returns a short list. PRIVATE to the collection.

``identity`` is the member of an item that tells it from all others.
"""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Callable, Dict, List, Sequence, Tuple

from .errors import ServiceError
from .http import Reply

# A list that others write to while it is read is read again.
ATTEMPTS = 3


def at_once(reply: Reply, items: list[dict[str, Any]], total: int) -> list[dict[str, Any]]:
    """A list that comes in one reply, which announces the total."""
    if len(items) < total:
        raise _incomplete(reply, len(items), total)
    return items


Page = Tuple[Reply, List[Dict[str, Any]], int]


def by_offset(
    identity: str, fetch: Callable[[int], Page], threads: int = 1, full: float = math.inf
) -> list[dict[str, Any]]:
    """Read a list in a stable order; ``fetch(offset)`` returns a page and the total that it announces.

    The page size is what the service sends first, as services cut what they are asked for. The other pages that the
    total announces are fetched by several threads. After a page of ``full`` items there may be another, whatever the
    total says, which is counted at another moment.
    """
    for attempt in range(1, ATTEMPTS + 1):
        found: dict[Any, dict[str, Any]] = {}
        totals: list[int] = []
        offsets: Sequence[int] = [0]
        step = 0
        while offsets:
            size, pages = len(found), _in_threads(threads, fetch, offsets)
            for offset, (_reply, page, total) in zip(offsets, pages):
                found.update((str(item.get(identity, offset + index)), item) for index, item in enumerate(page))
                totals.append(total)
            step = step or len(page)
            end = offset + len(page)
            total = max(total, end + (len(page) >= full))
            # No more at once than threads: who announces millions has to send them.
            offsets = range(end, total, step)[:threads] if len(found) > size else ()
        # A total that shrank tells that items moved to pages already read.
        if totals == sorted(totals) and len(found) >= totals[-1]:
            break
        if attempt == ATTEMPTS:
            raise _incomplete(pages[-1][0], len(found), totals[-1])
    return list(found.values())


def _in_threads(threads: int, fetch: Callable[[int], Page], offsets: Sequence[int]) -> list[Page]:
    with ThreadPoolExecutor(threads) as pool:
        futures = [pool.submit(fetch, offset) for offset in offsets]
        try:
            return [future.result() for future in futures]
        finally:
            for future in futures:
                future.cancel()


def by_link(
    identity: str, first: str, fetch: Callable[[str], tuple[Reply, list[dict[str, Any]], int, str | None]]
) -> list[dict[str, Any]]:
    """Read a list page by page; ``fetch(link)`` returns a page, the announced total, and the link to the next page."""
    found: dict[Any, dict[str, Any]] = {}
    link: str | None = first
    seen = {first}
    while link:
        reply, page, total, link = fetch(link)
        size = len(found)
        found.update((str(item.get(identity, size + index)), item) for index, item in enumerate(page))
        if link in seen or len(found) < size + len(page):
            raise reply.malformed("a page that was in the list before", WHOLE)
        if link:
            seen.add(link)
        elif len(found) < total:
            raise _incomplete(reply, len(found), total)
    return list(found.values())


WHOLE = "Nothing was done with a part of the list."


def _incomplete(reply: Reply, listed: int, total: int) -> ServiceError:
    return reply.malformed(f"a list of {listed} out of {total}", WHOLE)
