# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import base64
import json
from urllib.parse import quote, quote_plus

import pytest

from ansible_collections.saas.integrations.plugins.module_utils._core.redact import (
    MASK,
    Secrets,
    leaves,
    mask,
    secret_values,
    withheld,
)

SECRET = 'p@ss w"ö/+=\\&<x>'


@pytest.mark.parametrize(
    "spelling",
    [
        SECRET,
        quote(SECRET),
        quote(SECRET, safe=""),
        quote_plus(SECRET),
        json.dumps("in " + SECRET),
        json.dumps("in " + SECRET, ensure_ascii=False),
        base64.b64encode(SECRET.encode()).decode(),
        base64.urlsafe_b64encode(SECRET.encode()).decode(),
    ],
)
def test_every_spelling_is_masked(spelling):
    cleaned = Secrets([SECRET, "word"]).clean({"word": [f"before {spelling} after", 1, None]})
    assert SECRET not in str(cleaned) and spelling.strip('"').rstrip("=") not in str(cleaned)
    assert MASK in str(cleaned) and "before" in str(cleaned) and 1 in cleaned["word"]


LONG = "abcdefgh-ijklmnop/qrst"


@pytest.mark.parametrize(
    "spelling",
    [
        LONG.replace("-", "%2d").replace("/", "&#x2f;"),
        "".join(f"\\u{ord(letter):04x}" for letter in LONG),
        "".join(f"\\x{ord(letter):02x}" for letter in LONG),
        LONG.replace("-", " "),
        *(base64.b64encode(f"{'x' * before}{LONG}".encode()).decode() for before in (1, 2)),
        LONG.encode().hex(),
        "f" + LONG.encode().hex(),
    ],
)
def test_what_nobody_foresaw_is_masked_as_a_whole(spelling):
    secrets = Secrets([LONG])
    assert secrets.scrub({"said": [f"before {spelling} after", "more", 1]}) == {"said": [MASK, "more", 1]}
    assert secrets.scrub("before and after") == "before and after"


def test_the_longest_secret_goes_first():
    assert Secrets(["abcd", "abcdefgh"]).clean("abcdefgh") == MASK


def test_short_strings_occur_by_chance_and_stay():
    assert Secrets(["abc", ""]).clean("abcdef") == "abcdef"


def test_nested_secrets_and_secrets_added_later():
    secrets = Secrets([])
    assert secrets.clean("nothing known") == "nothing known"
    secrets.add({"a": ["first-secret", {"b": "second-secret"}], "c": 12345, "d": True, "e": None})
    assert secrets.clean("first-secret second-secret 12345 True a") == f"{MASK} {MASK} {MASK} True a"
    secrets.add("later-secret")
    assert secrets.clean("later-secret") == MASK


def test_a_lone_surrogate_is_no_crash():
    assert Secrets(["abc\ud800def"]).clean("abc\ud800def") == MASK


@pytest.mark.parametrize(
    "value",
    [
        *(None, "", {}, {"a": "***"}, ["****"]),
        *("********", "sk-****abcd", "\u2022\u2022\u2022\u2022", "<redacted>", "[REDACTED]", "xxxx"),
    ],
)
def test_withheld(value):
    assert withheld(value)


@pytest.mark.parametrize("value", ["secret-value", "a**b", "https://example.com/hook", 0, {"a": "***", "b": "clear"}])
def test_not_withheld(value):
    assert not withheld(value)


def test_mask_keeps_the_shape():
    assert mask({"a": ["x", 1], "b": {"c": None}}) == {"a": [MASK, MASK], "b": {"c": MASK}}
    assert list(leaves({"a": ["x", 1], "b": {"c": None, "d": False}})) == ["x", "1"]


def test_secret_values_follow_the_spec():
    spec = {
        "token": {"type": "str", "no_log": True},
        "plain": {"type": "str", "no_log": False},
        "one": {"type": "dict", "options": {"key": {"no_log": True}, "name": {}}},
        "many": {"type": "list", "options": {"headers": {"no_log": True}}},
    }
    params = {
        "token": "t1",
        "plain": "p",
        "one": {"key": "k1", "name": "n"},
        "many": [{"headers": {"h": "h1"}}, {"headers": None}],
        "absent": None,
    }
    assert list(secret_values(spec, params)) == ["t1", "k1", "h1"]
    assert list(secret_values(spec, {"one": None, "many": None})) == []
