# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every integration of every service goes through. ``converge`` runs each step in check mode first, and again."""

from __future__ import annotations

import pytest
from cases import FIELD_IDS, FIELDS, IDS, KINDS, pick, put


@pytest.mark.parametrize(("case", "kind"), KINDS, ids=IDS)
def test_from_creation_to_removal(case, kind, converge, call, sandbox):
    args = case.sample(kind)
    created = converge(case, args, "create")["integration"]
    assert created["name"] == "sample"
    [item, name] = next((item, name) for item, name in reversed(list(case.fields(kind))) if not item.write_only)
    put(args, name, case.pair(item, name)[1])
    updated = converge(case, args, "update")
    assert updated["integration"]["id"] == created["id"]
    assert updated["changes"] and all(change.startswith(name) for change in updated["changes"])
    listed = call(case.info, {"name": "sample"})["integrations"]
    if kind and kind.other:  # only who wrote it knows which of its members are no secrets
        assert [view["id"] for view in listed] == [created["id"]]
    else:
        assert listed == [updated["integration"]]
    assert call(case.info, {"id": created["id"]})["integrations"] == listed
    renamed = converge(case, args, "update", new_name="renamed")
    assert renamed["changes"] == ["name"]
    args["name"] = "renamed"
    removed = converge(case, args, "delete", state="absent")
    assert removed["integration"] == {}
    assert sandbox.objects(case.service) == []
    assert call(case.info, {})["integrations"] == []
    assert call(case.info, {"id": created["id"]})["integrations"] == []


@pytest.mark.parametrize(("case", "kind"), KINDS, ids=IDS)
def test_what_is_required_is_enough(case, kind, converge):
    converge(case, case.sample(kind, required_only=True), "create")


@pytest.mark.parametrize(("case", "kind", "item", "name"), FIELDS, ids=FIELD_IDS)
def test_every_field_can_be_set_changed_and_cleared(case, kind, item, name, converge, call, sandbox):
    if case.evidence:
        sandbox.add(case.service, case.evidence)
    args = case.sample(kind, required_only=True)
    first, second = case.pair(item, name)
    converge(case, args, "create")
    if pick(args, name) is None and first != second:
        have = next(view for view in call(case.info, {})["integrations"] if view["name"] == "sample")
        put(args, name, first)
        same = not item.secret and item.canonical(pick(have, name)) == item.canonical(first)
        result = converge(case, args, "none" if same else "update")
        assert all(change.startswith(name) for change in result["changes"])
    if (kind and kind.other and item is kind.fields[0]) or name in case.resource.fixed:
        return  # another value is another integration
    put(args, name, second)
    converge(case, args, "update" if first != second else "none")
    empty = {"str": "", "list": [], "bool": False}.get(item.type)
    if empty is not None and not case.needed(item) and not item.choices and name not in case.lasting:
        put(args, name, empty)
        converge(case, args, "update" if item.canonical(second) is not None else "none")


@pytest.mark.parametrize(
    ("case", "kind", "item", "name"),
    [field for field in FIELDS if field[2].unordered],
    ids=[i for i, field in zip(FIELD_IDS, FIELDS, strict=True) if field[2].unordered],
)
def test_order_that_means_nothing_is_no_change(case, kind, item, name, converge, call):
    args = case.sample(kind)
    values, _others = case.pair(item, name)
    assert len(values) > 1
    put(args, name, values)
    call(case.manage, args)
    put(args, name, values[::-1])
    converge(case, args, "none")


@pytest.mark.parametrize(("case", "kind"), KINDS, ids=IDS)
def test_unmanaged_fields_stay(case, kind, converge, sandbox):
    """The same object is left behind, apart from its new name, whatever the way in which the service is updated."""
    converge(case, case.sample(kind), "create")
    [before] = sandbox.objects(case.service)
    converge(case, {"name": "sample"}, "none")
    converge(case, {"name": "sample", "new_name": "other"}, "update")
    [after] = sandbox.objects(case.service)
    changed = {key for key in {*before, *after} if before.get(key) != after.get(key)}
    assert len({key for key in changed if "update" not in key.lower() and key not in ("token", "metadata")}) == 1
