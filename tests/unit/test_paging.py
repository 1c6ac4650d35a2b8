# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import threading

import pytest

from ansible_collections.saas.integrations.plugins.module_utils._core.errors import ServiceError
from ansible_collections.saas.integrations.plugins.module_utils._core.paging import at_once, by_link, by_offset


class Reply:
    """Names what is wrong with it."""

    @staticmethod
    def malformed(what, advice):
        return ServiceError(what)


def items(*numbers):
    return [{"id": number} for number in numbers]


class Pages:
    """Answers each fetch with the next of the given (page, total)."""

    def __init__(self, *pages):
        self.pages = list(pages)
        self.offsets = []

    def __call__(self, offset):
        self.offsets.append(offset)
        return (Reply, *self.pages.pop(0))


@pytest.mark.parametrize(
    ("pages", "offsets", "found"),
    [
        ([([], 0)], [0], []),
        ([(items(1, 2), 2)], [0], [1, 2]),
        ([(items(1, 2), 5), (items(3, 4), 5), (items(5), 5)], [0, 2, 4], [1, 2, 3, 4, 5]),
        # grows while it is read: the tail is read, too
        ([(items(1, 2), 3), (items(3, 4), 5), (items(5), 5)], [0, 2, 4], [1, 2, 3, 4, 5]),
        # grows by one that is missing: read again
        ([(items(1, 2), 3), (items(3), 4), ([], 4), (items(1, 2), 4), (items(3, 4), 4)], [0, 2, 3, 0, 2], [1, 2, 3, 4]),
        # shrinks while it is read: an item may have moved to a page already read
        ([(items(1, 2), 4), (items(4), 3), (items(2, 3), 3), (items(4), 3)], [0, 2, 0, 2], [2, 3, 4]),
        # the same page twice: read again
        ([(items(1, 2), 4), (items(1, 2), 4), (items(1, 2), 4), (items(3, 4), 4)], [0, 2, 0, 2], [1, 2, 3, 4]),
    ],
)
def test_by_offset(pages, offsets, found):
    fetch = Pages(*pages)
    assert [item["id"] for item in by_offset("id", fetch)] == found
    assert fetch.offsets == offsets


@pytest.mark.parametrize("first", [[], items(1)])
@pytest.mark.parametrize("others", [[], items(1)])
def test_by_offset_never_returns_a_short_list(first, others):
    reads = []

    def fetch(offset):
        reads.append(offset)
        return Reply, others if offset else first, 3

    with pytest.raises(ServiceError, match="out of 3"):
        by_offset("id", fetch)
    assert reads.count(0) == 3


def test_by_offset_fetches_the_other_pages_at_once():
    together = threading.Barrier(3, timeout=10)

    def fetch(offset):
        if offset:
            together.wait()
        return Reply, items(offset, offset + 1), 8

    assert [item["id"] for item in by_offset("id", fetch, threads=3)] == list(range(8))


def test_by_offset_takes_no_announcement_for_granted():
    with pytest.raises(ServiceError, match="4 out of 1000000000000000000000"):
        by_offset("id", lambda offset: (Reply, items(offset, offset + 1) if offset < 4 else [], 10**21), threads=2)


def test_by_offset_fails_with_any_of_its_pages():
    def fetch(offset):
        if offset == 4:
            raise ServiceError("no answer")
        return Reply, items(offset, offset + 1), 8

    with pytest.raises(ServiceError, match="no answer"):
        by_offset("id", fetch, threads=2)


def test_items_without_an_id_are_all_kept():
    assert len(by_offset("id", Pages(([{}, {}], 3), ([{}], 3)))) == 3


def test_by_link():
    links = {"a": (items(1, 2), 3, "b"), "b": (items(3), 4, "c"), "c": (items(4), 4, "")}
    assert [item["id"] for item in by_link("id", "a", lambda link: (Reply, *links[link]))] == [1, 2, 3, 4]


@pytest.mark.parametrize("second", [(items(3), 0, "a"), (items(3), 0, "b"), (items(1), 0, None)])
def test_by_link_never_reads_a_page_twice(second):
    links = {"a": (items(1, 2), 0, "b"), "b": second}
    with pytest.raises(ServiceError, match="before"):
        by_link("id", "a", lambda link: (Reply, *links[link]))


def test_by_link_misses_nothing_that_was_announced():
    with pytest.raises(ServiceError, match="2 out of 3"):
        by_link("id", "a", lambda link: (Reply, items(1, 2), 3, None))


def test_at_once():
    assert at_once(Reply, [1, 2], 2) == at_once(Reply, [1, 2], 0) == [1, 2]
    with pytest.raises(ServiceError, match="2 out of 3"):
        at_once(Reply, [1, 2], 3)
