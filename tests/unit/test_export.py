# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What exists as code: which integrations, in which order, and with which references."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest
import yaml
from ansible.errors import AnsibleFilterError
from cases import IDS, KINDS, pick, put

from ansible_collections.saas.integrations.plugins.filter.as_code import as_code
from ansible_collections.saas.integrations.plugins.module_utils._core.export import Export, export
from ansible_collections.saas.integrations.plugins.module_utils._core.resource import Field, Kind, Resource
from ansible_collections.saas.integrations.plugins.module_utils._services.netography import Netography

TOKEN = Field("token", secret=True, write_only=True)
RESOURCE = Resource(
    title="thing",
    kind_path="kind",
    fields=(
        Field("name", required=True),
        Field("note", max_length=10),
        Field("tags", type="list", elements="str", unordered=True),
        Field("made_at", read_only=True),
    ),
    kinds=(
        Kind("mail", fields=(Field("to", required=True), Field("level", choices=("low", "high")), TOKEN)),
        Kind("chat", fields=(Field("url", required=True, secret=True, write_only=True, url=True), TOKEN)),
        Kind("many", fields=(Field("urls", type="list", elements="str", required=True, secret=True),)),
        Kind("head", fields=(Field("headers", type="dict", secret=True, write_only=True),)),
        Kind("shown", read_only=True, fields=(Field("role"),)),
        Kind(
            "other",
            other=True,
            fields=(
                Field("word", required=True),
                Field("config", type="dict", path=".", open=True),
                Field("secret_config", type="dict", path=".", open=True, secret=True, write_only=True),
            ),
        ),
    ),
)


def view(kind: str = "mail", id: str = "1", name: Any = "one", **more: Any) -> dict[str, Any]:
    own = {"mail": {"to": "a"}, "chat": {"url": "********"}}.get(kind, {})
    return {"id": id, "kind": kind, "name": name, kind: {**own, **more.pop("own", {})}, **more}


def code(*views: dict[str, Any]) -> Export:
    return export("it", RESOURCE, list(views))


def variables(*views: dict[str, Any]) -> list[str]:
    return [reference.variable for reference in code(*views).references]


def test_only_what_a_user_would_have_written():
    exported = code(view(made_at="now", note="", tags=["b", "a"], new="x", own={"level": "low", "token": "", "new": 1}))
    assert exported.entries == [
        {"name": "one", "note": "", "tags": ["a", "b"], "mail": {"to": "a", "level": "low"}},
    ]
    assert exported.left_out == []


def test_an_id_only_where_the_name_does_not_tell():
    exported = code(view(id="2"), view(), view("chat", "3"), view(id="4", name="two"), view("shown", "5", "two"))
    assert [entry.get("id") for entry in exported.entries] == [None, "1", "2", None]
    assert [entry["name"] for entry in exported.entries] == ["one", "one", "one", "two"]
    for nothing in (None, ""):
        [entry] = code(view(name=nothing)).entries
        assert entry == {"id": "1", "mail": {"to": "a"}}


def test_without_an_id_the_name_has_to_tell():
    for one in (view(id=None), view(name=None, id=None)):
        del one["id"]
        exported = code(one, view(id="2"))
        assert [entry.get("id") for entry in exported.entries] == (["2"] if one["name"] else [None])
        assert [left["reason"] for left in exported.left_out] == [
            "It has no id, and its name does not tell which one it is."
        ]
    assert code({"kind": "mail", "name": "one", "mail": {"to": "a"}}).entries == [{"name": "one", "mail": {"to": "a"}}]


def test_what_cannot_be_managed_shares_no_name():
    exported = export("it", replace(RESOURCE, key=("name",)), [view(), view("shown", "2")])
    assert [entry.get("id") for entry in exported.entries] == [None]


@pytest.mark.parametrize(
    ("one", "reason"),
    [
        (view("shown"), "Its kind, shown, can be shown but not managed."),
        (view("new", new=None), "Its kind, new, can be shown but not managed."),
        (view(own={"level": "medium"}), "value of level must be one of: low, high, got: medium found in mail"),
        (view(own={"to": None}), "missing required arguments: to found in mail"),
        (view(note="much too long"), "note is 13 characters long, the service takes 10 at most."),
    ],
)
def test_what_cannot_be_managed_is_named(one, reason):
    exported = code(one, view(name="two"))
    assert exported.left_out == [{"name": "one", "reason": reason}]
    assert [entry["name"] for entry in exported.entries] == ["two"]


@pytest.mark.parametrize(
    ("kind", "own", "paths"),
    [
        ("mail", {}, []),
        ("mail", {"token": "********"}, ["token"]),
        ("chat", {}, ["url"]),
        ("chat", {"url": ""}, ["url"]),
        ("chat", {"url": None, "token": None}, ["url"]),
        ("many", {"urls": ["********", "********"]}, ["urls_1", "urls_2"]),
        ("many", {"urls": []}, ["urls"]),
        ("many", {"urls": "********"}, ["urls"]),
        ("head", {"headers": {"X-B": "********", "x-a": "********"}}, ["headers_x_b", "headers_x_a"]),
        ("head", {"headers": "********"}, ["headers"]),
        ("head", {"headers": {}}, []),
        ("other", {"word": "w", "secret_config": {"b": "********", "a": ["********"], "c": None}}, ["a_1", "b"]),
    ],
)
def test_every_secret_that_there_is_or_has_to_be_is_a_reference(kind, own, paths):
    prefix = "vault_it_one_secret_config_" if kind == "other" else "vault_it_one_"
    assert variables(view(kind, own=own)) == [prefix + path for path in paths]
    assert len(code(view(kind, own=own)).entries) == 1


def test_what_is_set_to_nothing_is_no_secret():
    [entry] = code(view("other", own={"word": "w", "secret_config": {"a": False, "b": "", "c": None}})).entries
    assert entry["other"] == {"word": "w", "secret_config": {"a": False, "b": ""}}


def test_names_become_names_of_variables():
    names = {"On-call (24/7)": "on_call_24_7", "Zürich": "zurich", "x" * 99: "x" * 40, "{{ a }}": "a", "警報": ""}
    for name, slug in names.items():
        assert variables(view("chat", name=name)) == ["_".join(filter(None, ["vault_it", slug, "url"]))]


def test_no_variable_gets_another_s_secret():
    """Neither when several names come to the same, nor when one of them comes or goes."""
    alike = [view("chat", "1", "a b"), view("chat", "2", "a-b"), view("chat", "3", "A B"), view("chat", "4", "c")]
    every = variables(*alike)
    assert len(set(every)) == 4 and "vault_it_a_b_url" not in every and "vault_it_c_url" in every
    fewer = variables(*alike[1:])
    assert set(fewer) < set(every)
    assert variables(alike[0]) == ["vault_it_a_b_url"]
    # One integration may have such members, too.
    config = {"a-b": "********", "a_b": "********"}
    assert len(set(variables(view("other", own={"word": "w", "secret_config": config})))) == 2
    # Of those that share name and kind, each has its own.
    assert len(set(variables(view("chat", "1"), view("chat", "2")))) == 2


def test_the_order_does_not_depend_on_the_service():
    views = [view(kind, str(n), f"name {n % 3}") for n in range(12) for kind in ("mail", "chat")]
    views += [view("other", "99", "o", own={"word": "w", "secret_config": {"b": 0, "a": 0, "d": "********"}})]
    first = code(*views)
    for seed in range(5):
        mixed = [dict(sorted(one.items(), key=lambda _item: random.random())) for one in views]
        random.Random(seed).shuffle(mixed)
        again = code(*mixed)
        assert repr(again) == repr(first)
    assert list(first.entries[-1]["other"]["secret_config"]) == ["a", "b", "d"]


@pytest.mark.parametrize(("case", "kind"), KINDS, ids=IDS)
def test_every_kind_can_be_exported(case, kind):
    """Its view is the desired state again, with a reference for each secret."""
    desired = case.resource.desired(case.sample(kind))
    exported = export(case.service, case.resource, [case.resource.view({**desired, "id": "17"})])
    assert exported.left_out == []
    [entry] = exported.entries
    assert bool(exported.references) == any(item.secret for item, _name in case.fields(kind))
    for item, name in case.fields(kind):
        if item.secret:
            put(desired, name, None)
            put(entry, name, None)
        elif item.unordered:
            put(desired, name, sorted(pick(desired, name)))
    desired.pop("kind", None)
    assert entry == desired


class Loader(yaml.SafeLoader):
    """Tells texts that are marked as no templates."""


Loader.add_constructor("!unsafe", lambda loader, node: ("unsafe", node.value))


def test_only_references_are_templates():
    keys = ["{{ x }}", "yes", "<<", "a: b", "#jinja2: x", "plain", "2"]
    one = {
        "id": "1",
        "kind": "new",
        "name": "{{ vault_netography_secret }}",
        "description": "{% raw %}",
        "other": {"adapter": "#jinja2: x", "secret_config": dict.fromkeys(keys, "********")},
    }
    made = as_code([one], "netography")
    assert (made["count"], made["left_out"]) == (1, [])
    [entry] = yaml.load(made["variables"], Loader)["netography_integrations"]
    assert entry["name"] == ("unsafe", "{{ vault_netography_secret }}")
    assert entry["description"] == ("unsafe", "{% raw %}")
    assert entry["other"]["adapter"] == ("unsafe", "#jinja2: x")
    config = entry["other"]["secret_config"]
    assert {key[1] if isinstance(key, tuple) else key for key in config} == set(keys)
    assert set(config.values()) == {f"{{{{ {variable} }}}}" for variable in made["vault"]}
    assert len(set(made["vault"])) == len(keys)


def test_a_service_without_integrations_has_an_empty_list():
    assert as_code([], "pagertree")["variables"] == "---\npagertree_integrations: []\n"


def test_an_unknown_service_is_refused():
    with pytest.raises(AnsibleFilterError, match="'nobody'.*netography"):
        as_code([], "nobody")


def test_a_kind_that_nobody_knows_yet_is_exported():
    one = {"adapter": "brand_new", "name": "n", "id": "1", "config": {"apikey": "********", "retries": 3, "on": False}}
    resource = Netography.resource
    exported = export("netography", resource, [resource.view(resource.decode(one))])
    [entry] = exported.entries
    assert entry["other"]["adapter"] == "brand_new" and entry["other"]["secret_config"]["on"] is False
    assert [reference.variable for reference in exported.references] == [
        "vault_netography_n_secret_config_apikey",
        "vault_netography_n_secret_config_retries",
    ]
