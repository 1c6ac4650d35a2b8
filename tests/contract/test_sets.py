# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sets of integrations: planned as a whole, written by several threads, reported in the order of the input."""

from __future__ import annotations

import re

import pytest
from cases import CASES, each_case

from ansible_collections.saas.integrations.plugins.module_utils._core import http, reconcile


def entries(case, count, start=0):
    kinds = case.kinds
    return [
        {**case.sample(kinds[number % len(kinds)]), "name": f"entry {number:03d}"}
        for number in range(start, start + count)
    ]


def names_of(case, sandbox):
    member = case.resource.fields[0].at[0]
    return sorted(item[member] for item in sandbox.objects(case.service))


def writes(sandbox):
    return [entry for entry in sandbox.log() if entry["method"] != "GET"]


@each_case
@pytest.mark.parametrize("workers", [1, 8])
def test_a_set_converges(case, workers, call, sandbox):
    wanted = entries(case, 20)
    args = {"integrations": wanted, "workers": workers}
    told = call(case.manage_set, args, check=True)
    assert writes(sandbox) == [] and sandbox.objects(case.service) == []
    done = call(case.manage_set, args)
    log = sandbox.log()
    assert len([entry for entry in log if entry["method"] != "GET"]) == 20
    assert len({entry["connection"] for entry in log}) <= workers + 1
    names = [entry["name"] for entry in wanted]
    for result in (told, done):
        assert (result["changed"], result["created"]) == (True, names)
        assert result["updated"] == result["deleted"] == result["unchanged"] == []
        assert [view["name"] for view in result["integrations"]] == names
        assert len(result["diff"]["after"]) == 20 and result["diff"]["before"] == {}
    assert names_of(case, sandbox) == names
    again = call(case.manage_set, args)
    assert (again["changed"], again["unchanged"], again["diff"]) == (False, names, {"before": {}, "after": {}})
    assert writes(sandbox) == []
    assert again["integrations"] == done["integrations"]


@each_case
def test_create_change_rename_and_remove_in_one_run(case, call, sandbox):
    call(case.manage_set, {"integrations": entries(case, 4)})
    change = entries(case, 5)
    change[1]["new_name"] = "renamed"
    change[2]["state"] = "absent"
    result = call(case.manage_set, {"integrations": change}, check=True)
    done = call(case.manage_set, {"integrations": change})
    assert {key: result[key] for key in ("created", "updated", "deleted", "unchanged")} == {
        key: done[key] for key in ("created", "updated", "deleted", "unchanged")
    }
    assert (done["created"], done["deleted"]) == (["entry 004"], ["entry 002"])
    assert (done["updated"], done["unchanged"]) == (["renamed"], ["entry 000", "entry 003"])
    assert names_of(case, sandbox) == ["entry 000", "entry 003", "entry 004", "renamed"]


@each_case
def test_one_bad_entry_and_nothing_is_written(case, call, sandbox):
    good, other = entries(case, 2)
    bad = {
        "no kind or field": ({"name": "bad"}, "create"),
        "an id that is not there": ({**good, "id": "0123456789abcdef01234567"}, "there is no|There is no"),
        "empty name": ({**good, "name": ""}, "must not be empty"),
        "twice": (good, "mean the same"),
        "absent and present": ({"name": good["name"], "state": "absent"}, "mean the same"),
        "renamed to another": ({**good, "name": "entry 005", "new_name": good["name"]}, "mean the same"),
    }
    for what, (entry, words) in bad.items():
        result = call(case.manage_set, {"integrations": [good, other, entry]})
        assert result["failed"] and any(word in result["msg"] for word in words.split("|")), (what, result["msg"])
        assert "Nothing was written" in result["msg"] and writes(sandbox) == []
    result = call(case.manage_set, {"integrations": [{"name": "bad", "nonsense": 1}]})
    assert result["failed"] and "nonsense" in result["msg"] and sandbox.log() == []
    assert sandbox.objects(case.service) == []


@each_case
def test_absent_entries_have_names(case, call, sandbox):
    args = {"integrations": [{"name": "nobody", "state": "absent"}]}
    assert call(case.manage_set, args)["unchanged"] == ["nobody"]


@each_case
def test_entries_that_would_end_with_one_name(case, call, sandbox):
    first, second = entries(case, 2)
    second = {**first, "name": second["name"]}
    call(case.manage_set, {"integrations": [first, second]})
    ids = {view["name"]: view["id"] for view in call(case.info, {})["integrations"]}
    one, two = ids[first["name"]], ids[second["name"]]
    refused = call(case.manage_set, {"integrations": [{"id": one, "name": second["name"]}, {"name": second["name"]}]})
    assert refused["failed"] and "mean the same" in refused["msg"] and writes(sandbox)[2:] == []
    # Two that share a name are two, as long as ids tell them apart.
    call(case.manage, {"id": two, "new_name": first["name"]})
    same = [{"id": one, "name": first["name"]}, {"id": two, "name": first["name"]}]
    assert call(case.manage_set, {"integrations": same})["changed"] is False


@each_case
def test_purge(case, call, sandbox):
    for switch in ("builtin",):
        if switch in sandbox.control("GET", "switches")[case.service]:
            sandbox.switch(case.service, **{switch: True})
    call(case.manage_set, {"integrations": entries(case, 6)})
    keep = {"integrations": entries(case, 2), "purge": True}
    for limit in (0, 3):
        refused = call(case.manage_set, {**keep, "purge_limit": limit})
        assert refused["failed"] and "would remove 4" in refused["msg"] and "entry 002" in refused["msg"]
        assert ("entry 005" in refused["msg"]) == (limit == 3) != (" and more" in refused["msg"])
    assert "must not be negative" in call(case.manage_set, {**keep, "purge_limit": -1})["msg"]
    assert call(case.manage_set, {"integrations": entries(case, 2)})["deleted"] == []
    surplus = [entry["name"] for entry in entries(case, 4, 2)]
    sandbox.log()
    told = call(case.manage_set, {**keep, "purge_limit": 4}, check=True)
    assert told["deleted"] == surplus and writes(sandbox) == []
    done = call(case.manage_set, keep)
    assert done["deleted"] == surplus and done["diff"] == told["diff"]
    assert names_of(case, sandbox) == ["entry 000", "entry 001"]
    assert call(case.manage_set, keep)["changed"] is False
    assert call(case.manage_set, {"integrations": [], "purge": True})["deleted"] == ["entry 000", "entry 001"]


@each_case
def test_one_failure_stops_no_other(case, call, sandbox):
    for skip, status in ((3, 400), (5, 403)):
        sandbox.fault(case.service, "status", status=status, method="POST", skip=skip)
    wanted = entries(case, 10)
    failed = call(case.manage_set, {"integrations": wanted, "workers": 4})
    assert failed["failed"] and failed["changed"] and "2 of 10" in failed["msg"]
    assert len(failed["created"]) == len(sandbox.objects(case.service)) == 8
    assert len(failed["errors"]) == 2
    first = failed["errors"][0]
    assert failed["msg"].endswith(f"First: '{first['name']}': {first['msg']}")
    for error in failed["errors"]:
        assert error["action"] == "create" and error["error"]["status"] in (400, 403)
        assert error["name"] not in failed["created"]
    done = call(case.manage_set, {"integrations": wanted})
    assert done["created"] == [error["name"] for error in failed["errors"]]


@each_case
@pytest.mark.parametrize("fault", ["drop_after", "drop_before", "truncate"])
def test_every_entry_is_created_once(case, fault, call, sandbox, monkeypatch):
    monkeypatch.setattr(http, "BACKOFF", 0)
    sandbox.fault(case.service, fault, method="POST", skip=2, times=3)
    wanted = entries(case, 12)
    done = call(case.manage_set, {"integrations": wanted, "workers": 4})
    assert len(done["created"]) == 12, done
    assert names_of(case, sandbox) == [entry["name"] for entry in wanted]


@each_case
@pytest.mark.parametrize("fault", ["drop_after", "drop_before", "truncate", "half_json"])
def test_every_surplus_one_is_removed_and_no_other(case, fault, call, sandbox, monkeypatch):
    monkeypatch.setattr(http, "BACKOFF", 0)
    call(case.manage_set, {"integrations": entries(case, 6)})
    keep = {"integrations": entries(case, 2), "purge": True}
    method = "POST" if case.service == "rocketchat" else "DELETE"
    sandbox.fault(case.service, fault, method=method, skip=1, times=2)
    done = call(case.manage_set, keep)
    assert not done.get("failed") and len(done["deleted"]) == 4, done
    assert names_of(case, sandbox) == ["entry 000", "entry 001"]


@each_case
def test_workers_have_bounds(case, call, sandbox):
    for workers in (0, 17):
        refused = call(case.manage_set, {"integrations": entries(case, 1), "workers": workers})
        assert refused["failed"] and "from 1 to 16" in refused["msg"] and sandbox.log() == []
    for workers in (1, 16):
        assert call(case.manage_set, {"integrations": entries(case, 1), "workers": workers})["integrations"]


def test_a_long_run_says_how_far_it_is(monkeypatch):
    told = []
    clock = iter(range(0, 1000, 4))
    monkeypatch.setattr(reconcile.time, "monotonic", lambda: next(clock))
    monkeypatch.setattr(reconcile, "apply", lambda listing, request, todo: todo)

    class Listing:
        class client:
            title = "It"

        tell = told.append

    jobs = [(None, reconcile.Plan("create", None, {})) for _number in range(6)]
    assert reconcile.apply_all(Listing, jobs, 2) == [todo for _request, todo in jobs]
    assert told == [f"It: {number} of 6 integrations written." for number in (2, 4, 6)]


def test_removals_come_before_creations(call, sandbox):
    """So that names that have to be unique, and quotas, leave room for what is new."""
    [case] = [case for case in CASES if case.service == "confluent"]
    sandbox.switch("confluent", quota=4, unique_names=True)
    call(case.manage_set, {"integrations": entries(case, 4)})
    done = call(case.manage_set, {"integrations": entries(case, 4, 4), "purge": True, "workers": 4})
    assert len(done["created"]) == len(done["deleted"]) == 4, done


@each_case
def test_entries_that_are_not_valid_are_named(case, call, sandbox):
    fine = {**case.sample(case.kinds[0]), "name": "fine"}
    wrong, odd = {**fine, "name": "wrong", "state": "gone"}, {**fine, "name": "odd", "nonsense": 1}
    result = call(case.manage_set, {"integrations": [fine, wrong, odd, {"state": "absent"}]})
    assert result["failed"] and sandbox.log() == []
    for name, words in (
        ("[1] 'wrong'", "gone"),
        ("[2] 'odd'", "unsupported parameters: nonsense"),
        ("[3]", "one of the following"),
    ):
        assert re.search(rf"integrations{re.escape(name)}: [^']*{words}", result["msg"]), result["msg"]
    assert "fine" not in result["msg"] and "\n" not in result["msg"] and ".." not in result["msg"]
