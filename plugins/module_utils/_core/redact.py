# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeping secrets out of everything that is shown. PRIVATE to the collection."""

from __future__ import annotations

import base64
import html
import json
import re
from typing import Any, Callable, Iterable, Iterator
from urllib.parse import quote, quote_plus, unquote

MASK = "********"
CHANGED = MASK + " (changed)"

# Shorter strings occur by chance: masking them would garble unrelated output.
SHORTEST = 4
# Fewer letters and digits occur by chance, wherever one looks behind escapes and encodings.
FEWEST = 8
# How many of them are looked behind.
LAYERS = 4

# What services put in the place of a secret: a run of mask characters, or a word that says so.
_MASKED = re.compile(
    r".*[*\u2022\u25cf]{3,}.*|[x.]{4,}|[<\[(]?(redacted|hidden|masked|secret)[>\])]?", re.IGNORECASE | re.DOTALL
)


def withheld(value: Any) -> bool:
    """Whether a reply keeps this secret to itself: it is missing, empty, or a mask stands in its place."""
    if isinstance(value, dict):
        return all(withheld(item) for item in value.values())
    if isinstance(value, list):
        return all(withheld(item) for item in value)
    return value is None or value == "" or (isinstance(value, str) and _MASKED.fullmatch(value) is not None)


def printable(text: str) -> str:
    """The same text with what a terminal would obey, or what hides other characters, spelled out."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def mask(value: Any, text: str = MASK) -> Any:
    """The same shape with ``text`` in the place of every value."""
    if isinstance(value, dict):
        return {key: mask(item, text) for key, item in value.items()}
    if isinstance(value, list):
        return [mask(item, text) for item in value]
    return text


def leaves(value: Any) -> Iterator[str]:
    """Every string and number inside ``value``, as text."""
    if isinstance(value, dict):
        for item in value.values():
            yield from leaves(item)
    elif isinstance(value, (list, tuple, set, frozenset)):
        for item in value:
            yield from leaves(item)
    elif value is not None and not isinstance(value, bool):
        yield str(value)


def secret_values(spec: dict[str, Any], params: dict[str, Any]) -> Iterator[str]:
    """The values of all ``no_log`` options, at any depth of an argument spec."""
    for name, option in spec.items():
        value = params.get(name)
        if option.get("no_log"):
            yield from leaves(value)
        elif option.get("options"):
            for item in value if isinstance(value, list) else [value]:
                if isinstance(item, dict):
                    yield from secret_values(option["options"], item)


def without_secrets(spec: dict[str, Any], params: dict[str, Any]) -> dict[str, Any]:
    """The options with those that are ``no_log`` masked, at any depth of an argument spec.

    Of suboptions, only those that were given: with all others, a large set would be many times as large.
    """
    shown = dict(params)
    for name, option in spec.items():
        value = params.get(name)
        if value is None:
            continue
        if option.get("no_log"):
            shown[name] = mask(value)
        elif option.get("options"):
            given = [
                {key: item for key, item in without_secrets(option["options"], one).items() if item is not None}
                for one in (value if isinstance(value, list) else [value])
            ]
            shown[name] = given if isinstance(value, list) else given[0]
    return shown


def _spellings(secret: str) -> Iterator[str]:
    yield secret
    yield quote(secret, errors="surrogatepass")
    yield quote(secret, safe="", errors="surrogatepass")
    yield quote_plus(secret, errors="surrogatepass")
    yield html.escape(secret)
    for ascii_only in (True, False):
        yield json.dumps(secret, ensure_ascii=ascii_only)[1:-1]
    raw = secret.encode("utf-8", "surrogatepass")
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        yield encode(raw).decode("ascii").rstrip("=")


_OTHER = re.compile("[^A-Za-z0-9]+")
_ESCAPED = re.compile(r"\\(?:(?:u|U[0-9a-fA-F]{4})([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|[bfnrtv]|(.))", re.DOTALL)
_ENCODED = re.compile("[A-Za-z0-9+/_-]{12,}")
_HEX = re.compile("[0-9a-fA-F]+")


def _letters(text: str) -> str:
    """The letters and digits of a text, which are the same in every spelling."""
    return _OTHER.sub("", text)


def _layers(text: str) -> Iterator[str]:
    """A text, and what is behind its escapes."""
    for _layer in range(LAYERS):
        yield text
        covered, text = text, _unescaped(text)
        if text == covered:
            break


def _behind(text: str) -> str:
    """The letters and digits of a text, and of what is behind its escapes and encodings."""
    layers = [*_layers(text)]
    for layer in tuple(layers):
        layers += _layers(_decoded(layer))
    return "".join(map(_letters, layers))


def _unescaped(text: str) -> str:
    if "\\" in text:
        text = _ESCAPED.sub(lambda found: found[3] or chr(int(found[1] or found[2] or "20", 16)), text)
    return unquote(html.unescape(text))


def _decoded(text: str) -> str:
    """What is in the words of a text that may be base64 or hexadecimal digits, wherever in them it begins."""
    found = []
    for word in {*_ENCODED.findall(text)}:
        for start in range(4):
            part = word[start:].translate({ord("-"): "+", ord("_"): "/"})
            found.append(base64.b64decode(part + "A" * (-len(part) % 4)))
        if _HEX.fullmatch(word):
            found += [bytes.fromhex(word[start : start + (len(word) - start) // 2 * 2]) for start in (0, 1)]
    return b"\n".join(found).decode("latin-1")


class Secrets:
    """Every string that must not be shown, in all the spellings in which it travels."""

    def __init__(self, values: Iterable[str] = ()) -> None:
        self._spellings: set[str] = set()
        # What every spelling has in common, if it is enough to tell a secret by.
        self._letters: set[str] = set()
        self.add(tuple(values))

    def add(self, values: Any) -> None:
        """Register a secret, or all that a list or the values of a dictionary hold."""
        for value in leaves(values):
            self._spellings.update(spelling for spelling in _spellings(value) if len(spelling) >= SHORTEST)
            self._letters.update(filter(lambda letters: len(letters) >= FEWEST, map(_letters, _layers(value))))

    def clean(self, value: Any) -> Any:
        """The same value with every secret masked; the keys of dictionaries are the collection's own words."""
        # One search for each spelling in all of the text: there may be thousands of both, and rarely a hit.
        text = "\n".join(_texts(value))
        # A copy, as other threads may add to them.
        found = [spelling for spelling in tuple(self._spellings) if spelling in text]
        if not found:
            return value
        # The longest first, so that no tail of a longer secret stays behind.
        pattern = re.compile("|".join(map(re.escape, sorted(found, key=len, reverse=True))))
        return _map_texts(lambda text: pattern.sub(MASK, text), value)

    def scrub(self, value: Any) -> Any:
        """The same for what a service, or a program on the way, put into words of its own.

        A text with a secret in a spelling that nobody foresaw is masked as a whole. That takes its time with thousands
        of objects.
        """
        cleaned = self.clean(value)
        text = _behind("\n".join(_texts(cleaned)))
        found = [letters for letters in tuple(self._letters) if letters in text]
        if not found:
            return cleaned
        return _map_texts(lambda text: MASK if any(map(_behind(text).__contains__, found)) else text, cleaned)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)


def _map_texts(change: Callable[[str], str], value: Any) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {key: _map_texts(change, item) for key, item in value.items()}
    if isinstance(value, list):
        return [_map_texts(change, item) for item in value]
    return value
