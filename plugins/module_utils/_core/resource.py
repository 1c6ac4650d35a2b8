# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An integration described as data. PRIVATE to the collection.

Everything that is said about an integration of a service is said once, as a Resource of Fields. The argument spec, the
desired state, the comparison, the request body, the view and the diff are derived from it.

A *record* is an integration in the module's own option names, secrets in clear::

    {"id": "17", "kind": "slack", "name": "soc", "slack": {"url": "https://...", "channel": "#soc"}}

A record holds only what is known: of a desired record, what the user gave.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from dataclasses import field as attribute
from typing import Any, Callable, Iterator
from urllib.parse import urlsplit

from .errors import InputError
from .redact import CHANGED, MASK, mask, withheld


@dataclass(frozen=True)
class Field:
    """One option of an integration."""

    name: str
    type: str = "str"
    path: str = ""
    """Where the API keeps it, dotted; the option's name if empty, ``.`` for the object itself."""
    elements: str | None = None
    choices: tuple[str, ...] = ()
    required: bool = False
    """Demanded on creation; of a kind's fields, whenever the kind is given."""
    initial: Any = None
    """Sent where the service demands a value and the user gave none."""
    secret: bool = False
    write_only: bool = False
    """A secret that the service may keep to itself: then it cannot be compared."""
    read_only: bool = False
    unordered: bool = False
    open: bool = False
    """A dictionary of which the service, not this collection, knows the keys: each member is a field of its own."""
    max_length: int | None = None
    url: bool = False
    normal: Callable[[Any], Any] | None = None
    """The form in which the service keeps a value."""
    fields: tuple[Field, ...] = ()

    @property
    def at(self) -> tuple[str, ...]:
        return steps(self.path or self.name)

    def spec(self) -> dict[str, Any]:
        """The option's part of an argument spec."""
        spec: dict[str, Any] = {"type": self.type, "no_log": self.secret}
        if self.elements:
            spec["elements"] = self.elements
        if self.choices:
            spec["choices"] = list(self.choices)
        if self.required:
            spec["required"] = True
        if self.fields:
            spec["options"] = options(self.fields)
            spec.pop("no_log")
        return spec

    def typed(self, value: Any) -> Any:
        """The value in the documented type, if it was sent as text or number instead."""
        if self.type == "int" and isinstance(value, str) and re.fullmatch("-?[0-9]{1,18}", value):
            return int(value)
        if self.type == "bool" and isinstance(value, str) and value.lower() in ("true", "false"):
            return value.lower() == "true"
        if self.type == "str" and isinstance(value, (int, float)) and not isinstance(value, bool):
            return str(value)
        return value

    def canonical(self, value: Any) -> Any:
        """The form in which two values are compared: missing, null, empty and false are the same."""
        value = self.typed(value)
        if missing(value):
            return None
        # A service may answer with another type than it documents: that differs, but must not fail.
        if self.normal and isinstance(value, list if self.type == "list" else str):
            value = self.normal(value)
        if self.type == "list" and isinstance(value, list):
            items = [item if isinstance(item, str) else json.dumps(item, sort_keys=True) for item in value]
            return sorted(set(items)) if self.unordered else items
        return value


@dataclass(frozen=True)
class Kind(Field):
    """A variant of the integration: an option that holds the fields which only this variant has."""

    type: str = "dict"
    value: str = ""
    """The API's word for it; the option's name if empty."""
    other: bool = False
    """Stands for every kind that has no option of its own; its first field holds the API's word."""

    @property
    def word(self) -> str:
        return self.value or self.name


@dataclass(frozen=True)
class Resource:
    """What one service calls an integration."""

    title: str
    """As it is called in a sentence."""
    fields: tuple[Field, ...]
    kinds: tuple[Kind, ...] = ()
    kind_path: str = ""
    """Where the API keeps the kind's word, dotted."""
    nest: str = "."
    """Where the API keeps the kind's fields, dotted."""
    key: tuple[str, ...] = ("name", "kind")
    """What makes two records the same integration, as far as it is given."""
    fixed: tuple[str, ...] = ("kind",)
    """What cannot be changed once the integration exists."""
    replaces: bool = False
    """Whether an update replaces the whole object, so that what is not sent is lost."""
    id_path: str = "id"
    ids: tuple[str, ...] = ("id",)
    """By what a single integration can be asked for."""
    rules: Callable[[dict[str, Any]], Iterator[str]] | None = None
    """Yields a sentence for each thing that is wrong with what the user gave."""
    whole_rules: Callable[[dict[str, Any]], Iterator[str]] | None = None
    """Yields a sentence for each thing that is wrong with what would be written, given or not."""
    by_name: dict[str, Kind] = attribute(init=False, repr=False, compare=False)
    by_word: dict[str, Kind] = attribute(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {kind.name: kind for kind in self.kinds})
        object.__setattr__(self, "by_word", {kind.word: kind for kind in self.kinds if not kind.other})

    @property
    def withholds(self) -> bool:
        """Whether the service may keep secrets to itself."""
        fields = (*self.fields, *(field for kind in self.kinds for field in kind.fields))
        return any(field.write_only for field in fields)

    # -- arguments ----------------------------------------------------------------------------------------------

    def spec(self) -> dict[str, Any]:
        """The integration's part of an argument spec."""
        spec = options((*self.fields, *self.kinds))
        for option in spec.values():
            option.pop("required", None)
        return spec

    def desired(self, params: dict[str, Any]) -> dict[str, Any]:
        """What the user asks for, in the service's normal form; raises InputError if it cannot be right."""
        record = _given((*self.fields, *self.kinds), params)
        kind = next((kind for kind in self.kinds if kind.name in record), None)
        if kind:
            record["kind"] = record[kind.name][kind.fields[0].name] if kind.other else kind.name
            if kind.other and record["kind"] in self.by_word:
                raise InputError(f"Use the option '{record['kind']}' instead of '{kind.name}' for this kind.")
        new_name = {"name": params["new_name"]} if params.get("new_name") is not None else {}
        if record.get("name") == "" or new_name.get("name") == "":
            raise InputError("A name must not be empty.")
        problems = [*_problems((*self.fields, *self.kinds), record), *_problems(self.fields, new_name)]
        problems += self.rules(record) if self.rules else ()
        if problems:
            raise InputError(" ".join(problems))
        return record

    # -- the API's side -----------------------------------------------------------------------------------------

    def decode(self, raw: dict[str, Any]) -> dict[str, Any]:
        """A record from the API's object. Members that are missing or unknown are no error."""
        identity = pick(raw, steps(self.id_path))
        record = {"id": None if identity is None else str(identity), **_decode(self.fields, raw)}
        word = pick(raw, steps(self.kind_path))
        if not isinstance(word, str):
            return record
        nest = pick(raw, steps(self.nest))
        nest = nest if isinstance(nest, dict) else {}
        kind = self.by_word.get(word)
        record["kind"] = kind.name if kind else word
        if kind:
            record[kind.name] = _decode(kind.fields, nest)
            if self.replaces:
                record["unknown"] = sorted(nest.keys() - {field.at[0] for field in kind.fields})
        else:
            for kind in self.kinds:
                if kind.other:
                    record[kind.name] = {kind.fields[0].name: word, **_decode(kind.fields[1:], nest)}
        return record

    def encode(self, record: dict[str, Any]) -> dict[str, Any]:
        """The API's object for a record, complete with what the service demands."""
        body: dict[str, Any] = {}
        _encode(self.fields, record, body)
        kind = self.kind_of(record)
        if kind:
            nest: dict[str, Any] = {}
            _encode(kind.fields[1:] if kind.other else kind.fields, record.get(kind.name) or {}, nest)
            place(body, steps(self.nest), nest)
            place(body, steps(self.kind_path), record["kind"] if kind.other else kind.word)
        return body

    def kind_of(self, record: dict[str, Any]) -> Kind | None:
        """The kind that a record is of; none if the record does not say, or the kind is not one to manage."""
        return self.by_name.get(record.get("kind", "")) or next(
            (kind for kind in self.kinds if kind.other and kind.name in record), None
        )

    def manageable(self, record: dict[str, Any]) -> bool:
        """Whether the service lets such an integration be written."""
        kind = self.kind_of(record)
        return not self.kinds or (kind is not None and not kind.read_only)

    # -- comparison ---------------------------------------------------------------------------------------------

    def discloses(self, record: dict[str, Any]) -> bool:
        """Whether what the service, too, holds for a secret came back in clear: a URL may not be one to it."""
        kind = self.kind_of(record)
        pairs = [(self.fields, record), (kind.fields if kind else (), record.get(kind.name) if kind else None)]
        return any(
            field.write_only and not (field.url or field.open) and not withheld((values or {}).get(field.name))
            for fields, values in pairs
            for field in fields
        )

    def differences(
        self, current: dict[str, Any], desired: dict[str, Any], always: bool = False, disclosed: bool = False
    ) -> list[str]:
        """Dotted names of the fields that must change.

        A secret that the service withholds counts only with ``always``. One that is missing is not set if the service
        is known to disclose secrets, and withheld otherwise.
        """
        how = (always, disclosed)
        changes = list(_differences(self.fields, current, desired, *how))
        kind = self.kind_of(desired)
        if kind:
            if desired["kind"] != current.get("kind"):
                changes.append("kind")
                # The old kind says nothing about the new one's secrets.
                how = (True, disclosed)
            inner = _differences(kind.fields, current.get(kind.name) or {}, desired[kind.name], *how)
            changes += [f"{kind.name}.{name}" for name in inner]
        return changes

    def merge(self, current: dict[str, Any], desired: dict[str, Any]) -> dict[str, Any]:
        """The record that an update leaves: what exists, with what the user gave laid over it."""
        merged = {**current, **_merge(self.fields, current, desired)}
        kind = self.kind_of(desired)
        if kind:
            before = self.kind_of(current)
            if before and before.name != kind.name:
                merged.pop(before.name, None)
            merged["kind"] = desired["kind"]
            merged[kind.name] = _merge(kind.fields, current.get(kind.name) or {}, desired[kind.name])
        return merged

    def reveal(self, current: dict[str, Any], desired: dict[str, Any]) -> dict[str, Any]:
        """``current``, with the open members that the user gave as harmless moved out of the secret dictionary."""
        kind = self.kind_of(desired)
        revealed = reveal(self.fields, current, desired)
        if kind and isinstance(current.get(kind.name), dict):
            revealed = {**revealed, kind.name: reveal(kind.fields, current[kind.name], desired[kind.name])}
        return revealed

    # -- what is shown ------------------------------------------------------------------------------------------

    def view(
        self, record: dict[str, Any], changed: frozenset[str] = frozenset(), writable: bool = False
    ) -> dict[str, Any]:
        """The integration as the user sees it, every secret masked. There is no other way to show a record.

        ``changed`` names secrets to be shown as changed; ``writable`` leaves out what only the service sets.
        """
        shown: dict[str, Any] = {}
        if record.get("id") is not None:
            shown["id"] = record["id"]
        if record.get("kind") is not None:
            shown["kind"] = record["kind"]
        shown.update(_view(self.fields, record, changed, writable, ""))
        kind = self.kind_of(record)
        if kind:
            shown[kind.name] = _view(kind.fields, record.get(kind.name) or {}, changed, writable, f"{kind.name}.")
        return shown

    def diff(
        self, before: dict[str, Any] | None, after: dict[str, Any] | None, changes: list[str]
    ) -> dict[str, dict[str, Any]]:
        """The views before and after, of what can be written."""
        changed = frozenset(changes) if before else frozenset()
        if before and after:
            # A secret that the service keeps to itself must not look like one that was added.
            kind = self.kind_of(after)
            after = _unchanged_secrets(self.fields, before, after, changed, "")
            if kind and isinstance(before.get(kind.name), dict):
                inner = _unchanged_secrets(kind.fields, before[kind.name], after[kind.name], changed, f"{kind.name}.")
                after = {**after, kind.name: inner}
        return {
            "before": self.view(before, writable=True) if before else {},
            "after": self.view(after, changed, writable=True) if after else {},
        }

    def secrets(self, record: dict[str, Any]) -> dict[str, Any]:
        """The secrets of a record that are known, in clear, by option name."""
        kind = self.kind_of(record)
        known = _secrets(self.fields, record)
        if kind:
            known.update(_secrets(kind.fields, record.get(kind.name) or {}))
        return known

    def unseen(self, current: dict[str, Any], desired: dict[str, Any]) -> list[str]:
        """Dotted names of optional secrets of which the reply does not tell whether they are set."""
        kind = self.kind_of(current)
        fields, have = (kind.fields, current.get(kind.name) or {}) if kind else (self.fields, current)
        prefix = f"{kind.name}." if kind else ""
        given = desired.get(kind.name) or {} if kind else desired
        names = []
        for field in fields:
            if field.write_only and field.open:
                unknown = (given.get(field.name) or {}).keys() - (have.get(field.name) or {}).keys()
                names += [f"{prefix}{field.name}.{key}" for key in sorted(unknown)]
            elif field.write_only and not field.required and missing(have.get(field.name)):
                names.append(prefix + field.name)
        return names

    def lost(self, after: dict[str, Any]) -> list[str]:
        """Dotted names of the secrets that replacing the object by this record would lose: it does not hold them."""
        kind = self.kind_of(after)
        have = after.get(kind.name) or {} if kind else {}
        names = []
        for field in kind.fields if kind else ():
            value = have.get(field.name)
            if field.open and field.write_only:
                names += [f"{field.name}.{key}" for key, item in (value or {}).items() if withheld(item)]
            elif field.write_only and withheld(value) and (field.required or not missing(value)):
                names.append(field.name)
        return [f"{kind.name}.{name}" for name in names] if kind else []


def missing(value: Any) -> bool:
    """Whether there is no value, as services show it."""
    return value is None or value is False or value in ("", [], {})


def options(fields: tuple[Field, ...]) -> dict[str, Any]:
    """The argument spec of some fields."""
    return {field.name: field.spec() for field in fields if not field.read_only}


def steps(path: str) -> tuple[str, ...]:
    """The names on a dotted path; none for ``.``, the object itself."""
    return tuple(name for name in path.split(".") if name)


def pick(value: Any, path: tuple[str, ...]) -> Any:
    """The member at a path of names, null if there is none."""
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def place(body: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    """Put a value at a path of names; the members of a dictionary are added to those that are there."""
    if isinstance(value, dict):
        for name in path:
            body = body.setdefault(name, {})
        body.update(value)
        return
    for name in path[:-1]:
        body = body.setdefault(name, {})
    body[path[-1]] = value


def _given(fields: tuple[Field, ...], params: dict[str, Any]) -> dict[str, Any]:
    given: dict[str, Any] = {}
    for field in fields:
        value = params.get(field.name)
        if value is None or field.read_only:
            continue
        if field.fields:
            value = _given(field.fields, value)
        elif field.open:
            value = {key: item for key, item in value.items() if item is not None}
        elif field.normal:
            value = field.normal(value)
        given[field.name] = value
    return given


def _problems(fields: tuple[Field, ...], given: dict[str, Any]) -> Iterator[str]:
    for field in fields:
        value = given.get(field.name)
        if not value:
            continue
        if field.fields:
            for problem in _problems(field.fields, value):
                yield f"{field.name}: {problem}"
        if field.max_length and len(value) > field.max_length:
            yield f"{field.name} is {len(value)} characters long, the service takes {field.max_length} at most."
        if field.url and not is_url(value):
            yield f"{field.name} is not a URL with http or https and a host."


def is_url(value: str) -> bool:
    try:
        parts = urlsplit(value)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and not any(map(str.isspace, value))
    except ValueError:
        return False


def _decode(fields: tuple[Field, ...], raw: dict[str, Any]) -> dict[str, Any]:
    record: dict[str, Any] = {}
    for field in fields:
        value = pick(raw, field.at)
        if field.fields:
            value = _decode(field.fields, value) if isinstance(value, dict) else None
        # The secret one of two open dictionaries takes all that nobody declared harmless.
        if value is None or (field.open and not field.secret):
            continue
        record[field.name] = field.typed(value)
    return record


def _encode(fields: tuple[Field, ...], record: dict[str, Any], body: dict[str, Any]) -> None:
    for field in fields:
        value = record.get(field.name)
        if value is None:
            value = field.initial
        if value is None or field.read_only:
            continue
        if field.fields:
            inner: dict[str, Any] = {}
            _encode(field.fields, value, inner)
            value = inner
        place(body, field.at, value)


def _differences(
    fields: tuple[Field, ...], current: dict[str, Any], desired: dict[str, Any], always: bool, disclosed: bool
) -> Iterator[str]:
    for field in fields:
        want, have = desired.get(field.name), current.get(field.name)
        if want is None:
            continue
        if field.fields:
            for name in _differences(field.fields, have if isinstance(have, dict) else {}, want, always, disclosed):
                yield f"{field.name}.{name}"
        elif field.open:
            have = have if isinstance(have, dict) else {}
            for key in want:
                # A member that is there and empty is disclosed: it is not set.
                if _differs(field, want[key], have.get(key), always, disclosed or key in have):
                    yield f"{field.name}.{key}"
        elif _differs(field, want, have, always, disclosed):
            yield field.name


def _differs(field: Field, want: Any, have: Any, always: bool, disclosed: bool) -> bool:
    if field.write_only and withheld(have) and not (disclosed and missing(have)):
        return always
    return field.canonical(want) != field.canonical(have)


def _merge(fields: tuple[Field, ...], current: dict[str, Any], desired: dict[str, Any]) -> dict[str, Any]:
    merged = dict(current)
    for field in fields:
        want, have = desired.get(field.name), current.get(field.name)
        if want is None:
            continue
        # What only looks different stays as it is. Of a secret that cannot be read, nobody knows.
        if not field.write_only and field.canonical(want) == field.canonical(have):
            continue
        if isinstance(have, dict) and field.fields:
            want = _merge(field.fields, have, want)
        elif isinstance(have, dict) and field.open:
            want = {**have, **want}
        merged[field.name] = want
    return merged


def reveal(fields: tuple[Field, ...], current: dict[str, Any], desired: dict[str, Any]) -> dict[str, Any]:
    """``current``, with the members of its secret dictionary that ``desired`` has in the other one moved there."""
    plain = next((field for field in fields if field.open and not field.secret), None)
    hidden = next((field for field in fields if field.open and field.secret), None)
    if not plain or not hidden or not desired.get(plain.name):
        return current
    shown, secret = dict(current.get(plain.name) or {}), dict(current.get(hidden.name) or {})
    shown.update({key: secret.pop(key) for key in desired[plain.name] if key in secret})
    return {**current, plain.name: shown, hidden.name: secret}


def _view(
    fields: tuple[Field, ...], record: dict[str, Any], changed: frozenset[str], writable: bool, prefix: str
) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    for field in fields:
        value = record.get(field.name)
        name = prefix + field.name
        if value is None or (writable and field.read_only):
            continue
        if field.fields:
            value = _view(field.fields, value, changed, writable, f"{name}.") if isinstance(value, dict) else value
        elif field.secret and field.open and isinstance(value, dict):
            masks = {key: CHANGED if f"{name}.{key}" in changed else MASK for key in value}
            value = {key: item if missing(item) else mask(item, masks[key]) for key, item in value.items()}
        elif field.secret:
            value = mask(value, CHANGED if name in changed else MASK) if value not in ("", [], {}) else value
        shown[field.name] = value
    return shown


def _unchanged_secrets(
    fields: tuple[Field, ...], before: dict[str, Any], after: dict[str, Any], changed: frozenset[str], prefix: str
) -> dict[str, Any]:
    kept = dict(after)
    for field in fields:
        if field.secret and not field.open and prefix + field.name not in changed:
            kept[field.name] = before.get(field.name)
        elif field.secret and field.open and isinstance(after.get(field.name), dict):
            have = before.get(field.name) or {}
            kept[field.name] = {
                key: value
                for key, value in after[field.name].items()
                if key in have or f"{prefix}{field.name}.{key}" in changed
            }
    return kept


def _secrets(fields: tuple[Field, ...], record: dict[str, Any]) -> dict[str, Any]:
    known: dict[str, Any] = {}
    for field in fields:
        value = record.get(field.name)
        if field.fields and isinstance(value, dict):
            known.update(_secrets(field.fields, value))
        elif field.secret and value and not withheld(value):
            known[field.name] = value
    return known
