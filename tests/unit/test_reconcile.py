# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Decisions, without HTTP: what is compared, what is kept, what is refused."""

from __future__ import annotations

import pytest

from ansible_collections.saas.integrations.plugins.module_utils._core.errors import InputError
from ansible_collections.saas.integrations.plugins.module_utils._core.reconcile import Listing, Request, find, plan
from ansible_collections.saas.integrations.plugins.module_utils._core.redact import CHANGED, MASK
from ansible_collections.saas.integrations.plugins.module_utils._core.resource import Field, Kind, Resource

RESOURCE = Resource(
    title="thing",
    kind_path="target.type",
    nest="target",
    fields=(
        Field("name", path="display_name", max_length=8),
        Field("enabled", type="bool", initial=True),
        Field("count", type="int"),
        Field("tags", type="list", elements="str", unordered=True),
        Field("steps", type="list", elements="str"),
        Field("owner", path="meta.owner", read_only=True),
    ),
    kinds=(
        Kind("hook", value="Hook", fields=(Field("url", secret=True, write_only=True, url=True), Field("note"))),
        Kind("mail", fields=(Field("to", type="dict", fields=(Field("box"), Field("host"))),)),
        Kind("built_in", value="BuiltIn", read_only=True, fields=(Field("role"),)),
    ),
)
RAW = {
    "id": 7,
    "display_name": "one",
    "enabled": "true",
    "count": "3",
    "tags": ["b", "a"],
    "steps": ["x", "y"],
    "meta": {"owner": "me"},
    "target": {"type": "Hook", "url": "https://example.com/secret", "note": "n", "new": 1},
    "unknown": {"a": 1},
}


NOTHING = ()


def decide(desired, raw=NOTHING, disclosed=False, **options):
    raw = RAW if raw is NOTHING else raw
    current = RESOURCE.decode(raw) if raw else None
    request = Request(RESOURCE.desired({"name": "one", **desired}), **options)
    return plan(RESOURCE, request, current, disclosed)


def test_decode_and_view():
    assert RESOURCE.view(RESOURCE.decode(RAW)) == {
        "id": "7",
        "kind": "hook",
        "name": "one",
        "enabled": True,
        "count": 3,
        "tags": ["b", "a"],
        "steps": ["x", "y"],
        "owner": "me",
        "hook": {"url": MASK, "note": "n"},
    }


@pytest.mark.parametrize(
    "raw",
    [
        {},
        {"id": None, "target": None, "meta": "text"},
        {"display_name": ["list"], "enabled": {"a": 1}, "count": "many", "tags": "text", "target": {"type": 5}},
        {"target": {"type": "New", "url": "https://x"}, "tags": [{"a": 1}, 5, None]},
        {"tags": 5},
        {"target": {"type": "mail", "to": "text"}},
        {"target": ["Hook"]},
    ],
)
def test_replies_of_other_types_than_documented_are_no_crash(raw):
    record = RESOURCE.decode(raw)
    assert "https://x" not in str(RESOURCE.view(record))
    desired = RESOURCE.desired({"enabled": True, "count": 1, "tags": ["a"], "mail": {"to": {"box": "b"}}})
    assert RESOURCE.differences(record, desired)


@pytest.mark.parametrize(("shown", "value"), [("False", False), ("TRUE", True), ("off", "off"), (1, 1)])
def test_a_switch_that_is_sent_as_text(shown, value):
    assert RESOURCE.decode({**RAW, "enabled": shown})["enabled"] == value


def test_encode():
    desired = RESOURCE.desired({"name": "one", "tags": [], "mail": {"to": {"box": "b"}}})
    assert RESOURCE.encode(desired) == {
        "display_name": "one",
        "enabled": True,
        "tags": [],
        "target": {"type": "mail", "to": {"box": "b"}},
    }


@pytest.mark.parametrize(
    "desired",
    [
        {},
        {"enabled": True},
        {"count": 3},
        {"tags": ["a", "b"]},
        {"tags": ["a", "b", "a"]},
        {"steps": ["x", "y"]},
        {"hook": {"url": "https://example.com/secret", "note": "n"}},
        {"hook": {"url": "https://example.com/secret"}},
    ],
)
def test_what_is_the_same(desired):
    assert decide(desired).action == "none"


@pytest.mark.parametrize(
    ("desired", "changes"),
    [
        ({"enabled": False}, ["enabled"]),
        ({"count": 0}, ["count"]),
        ({"tags": []}, ["tags"]),
        ({"tags": ["a"]}, ["tags"]),
        ({"steps": ["y", "x"]}, ["steps"]),
        ({"hook": {"url": "https://example.com/other", "note": ""}}, ["hook.url", "hook.note"]),
    ],
)
def test_what_differs(desired, changes):
    todo = decide(desired)
    assert (todo.action, todo.changes) == ("update", changes)
    assert RESOURCE.differences(todo.after, RESOURCE.desired({"name": "one", **desired})) == []


def test_what_only_looks_different_stays_as_it_is():
    todo = decide({"count": 4, "tags": ["a", "b", "a"], "hook": {"note": "n"}})
    assert todo.after == {**todo.before, "count": 4}


@pytest.mark.parametrize("empty", [None, "", [], False, {}])
def test_empty_values_are_the_same(empty):
    raw = {**RAW, "enabled": empty, "tags": empty, "target": {"type": "Hook", "note": empty}}
    desired = {"enabled": False, "tags": [], "hook": {"url": "https://x.example", "note": ""}}
    assert decide(desired, raw).action == "none"


@pytest.mark.parametrize("shown", [None, "********", "https://example.com/****"])
def test_a_withheld_secret_is_compared_by_policy_only(shown):
    raw = {**RAW, "target": {"type": "Hook", "url": shown}}
    desired = {"hook": {"url": "https://example.com/mine"}}
    assert decide(desired, raw).action == "none"
    assert decide(desired, raw, always=True).changes == ["hook.url"]
    # With proof that the service discloses secrets, a missing one is not set.
    assert decide(desired, raw, disclosed=True).action == ("none" if shown else "update")


def test_a_withheld_member_is_named_by_itself():
    kind = Kind("head", fields=(Field("headers", type="dict", open=True, secret=True, write_only=True),))
    resource = Resource(**{**vars_of(RESOURCE), "kinds": (kind,)})
    current = resource.decode({"id": 1, "display_name": "one", "target": {"type": "head", "headers": {"a": "***"}}})
    desired = resource.desired({"name": "one", "head": {"headers": {"a": "1", "b": "2"}}})
    todo = plan(resource, Request(desired), current, False)
    assert todo.action == "none" and len(todo.warnings) == 1 and "head.headers.b " in todo.warnings[0]
    todo = plan(resource, Request(desired, always=True), current, False)
    assert todo.changes == ["head.headers.a", "head.headers.b"]
    changed = resource.diff(todo.before, todo.after, ["head.headers.b"])["after"]["head"]["headers"]
    assert changed == {"a": MASK, "b": CHANGED}


def test_kinds_do_not_change_unless_the_service_lets_them():
    with pytest.raises(InputError, match="the kind 'hook', which cannot be changed to 'mail'"):
        decide({"mail": {"to": {"box": "b"}}}, id="7")
    free = Resource(**{**vars_of(RESOURCE), "fixed": ()})
    request = Request(free.desired({"name": "one", "mail": {"to": {"box": "b"}}}))
    todo = plan(free, request, free.decode(RAW), False)
    assert todo.changes == ["kind", "mail.to.box"] and "hook" not in todo.after
    assert free.encode(todo.after)["target"] == {"type": "mail", "to": {"box": "b"}}


def vars_of(resource):
    names = ("title", "fields", "kinds", "kind_path", "nest", "key", "fixed", "replaces", "id_path")
    return {name: getattr(resource, name) for name in names}


def test_an_integration_without_a_name_is_nobody_s():
    class Service:
        resource = RESOURCE

        def list(self):
            return [RESOURCE.decode({**RAW, "display_name": None})]

    request = Request(RESOURCE.desired({"name": "one", "hook": {"url": "https://example.com/mine"}}))
    assert find(Listing(Service()), request) is None


def test_nothing_is_created_by_halves():
    with pytest.raises(InputError, match="one of hook, mail"):
        decide({}, raw=None)
    with pytest.raises(InputError, match="no thing with id 9"):
        decide({"mail": {"to": {}}}, raw=None, id="9")
    assert decide({}, raw=None, absent=True).action == "none"
    assert decide({"mail": {"to": {"box": "b"}}}, raw=None, new_name="two").after["name"] == "two"


def test_input_is_checked():
    with pytest.raises(InputError, match="name is 9 characters long, the service takes 8"):
        RESOURCE.desired({"name": "123456789"})
    for url in ("example.com", "ftp://example.com", "https://", "https://a b", "https://[::1"):
        with pytest.raises(InputError, match="hook: url is not a URL"):
            RESOURCE.desired({"hook": {"url": url}})


def test_the_diff_shows_that_a_secret_changes_and_not_what_it_is():
    todo = decide({"hook": {"url": "https://example.com/other"}})
    diff = RESOURCE.diff(todo.before, todo.after, todo.changes)
    assert (diff["before"]["hook"]["url"], diff["after"]["hook"]["url"]) == (MASK, CHANGED)
    assert "owner" not in diff["before"]
    todo = decide({"count": 4})
    diff = RESOURCE.diff(todo.before, todo.after, todo.changes)
    assert {key for key in diff["before"] if diff["before"][key] != diff["after"][key]} == {"count"}


def test_a_withheld_secret_does_not_look_like_one_that_is_added():
    raw = {**RAW, "target": {"type": "Hook"}}
    todo = decide({"count": 4, "hook": {"url": "https://example.com/mine"}}, raw)
    diff = RESOURCE.diff(todo.before, todo.after, todo.changes)
    assert diff["before"]["hook"] == diff["after"]["hook"] == {}
