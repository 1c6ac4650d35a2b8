# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From what a service shows to what a user would have written. PRIVATE to the collection."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Iterator

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from .errors import InputError
from .resource import Field, Resource, missing

# A text that every secret may be: a URL and, as Ansible reads options, also a list and a dictionary.
ANY_SECRET = "https://example.com/?any=secret"
# Characters of an integration's name in the name of a variable.
LONGEST = 40


@dataclass
class Reference:
    """Stands for a secret: ``variable`` is the one that has to hold it."""

    path: tuple[str, ...]
    identity: tuple[str, ...] = ()
    variable: str = ""

    def distinguish(self) -> None:
        """Tell the variable from others of the same name.

        Not by a number: when another integration comes or goes, no variable may get another's secret.
        """
        digest = hashlib.sha256(json.dumps([*self.identity, *self.path]).encode()).hexdigest()
        self.variable += f"_{digest[:8]}"


@dataclass
class Export:
    """The desired state that is what the service has."""

    entries: list[dict[str, Any]] = field(default_factory=list)
    """Options of the module that manages one integration, references in the place of secrets."""
    references: list[Reference] = field(default_factory=list)
    left_out: list[dict[str, str]] = field(default_factory=list)
    """The ``name`` of each integration that cannot be managed, and the ``reason``."""


def export(service: str, resource: Resource, views: list[dict[str, Any]]) -> Export:
    """The desired state that ``resource.view`` shows, in a stable order. Pure: no HTTP, no Ansible."""

    def key(view: dict[str, Any]) -> tuple[str, ...]:
        return tuple(text(view.get(name)) for name in resource.key)

    exported = Export()
    validator = ArgumentSpecValidator(resource.spec())
    sharing = Counter(key(view) for view in views if resource.manageable(view))
    for view in sorted(views, key=lambda view: (key(view), text(view.get("id")))):
        name = text(view.get("name"))
        # Only where it is needed: elsewhere the same integration has another id.
        id = {"id": text(view.get("id"))} if sharing[key(view)] > 1 or not name else {}
        entry = {**id, **desired(resource, view)}
        reason = obstacle(resource, validator, view, entry)
        if reason:
            exported.left_out.append({"name": name, "reason": reason})
            continue
        exported.entries.append(entry)
        for reference in references(entry):
            words = ("vault", service, slug(name)[:LONGEST], *map(slug, reference.path))
            reference.variable = "_".join(filter(None, words))
            reference.identity = (*key(view), *id.values())
            exported.references.append(reference)
    names = Counter(reference.variable for reference in exported.references)
    for reference in exported.references:
        if names[reference.variable] > 1:
            reference.distinguish()
    return exported


def desired(resource: Resource, view: dict[str, Any]) -> dict[str, Any]:
    """What a user would have written to get this integration."""
    entry = options(resource.fields, view, ())
    kind = resource.kind_of(view)
    if kind:
        entry[kind.name] = options(kind.fields, view[kind.name], ())
    if not entry.get("name"):
        entry.pop("name", None)
    return entry


def options(fields: tuple[Field, ...], shown: dict[str, Any], path: tuple[str, ...]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for one in fields:
        value, at = ordered(shown.get(one.name)), (*path, one.name)
        if one.read_only:
            continue
        if one.fields and isinstance(value, dict):
            value = options(one.fields, value, at)
        elif one.open and isinstance(value, dict):
            # Null stands for the service's default.
            members = {name: item for name, item in value.items() if item is not None}
            if one.secret:
                members = {name: secret(item, (*at, name)) if item else item for name, item in members.items()}
            value = members or None
        elif one.secret:
            value = secret(value, at) if one.required or not missing(value) else None
        elif one.unordered and isinstance(value, list):
            value = sorted(value, key=text)
        if value is not None:
            found[one.name] = value
    return found


def ordered(value: Any) -> Any:
    """The value with the members of dictionaries in the order of their names: services give them in any."""
    if isinstance(value, dict):
        return {name: ordered(item) for name, item in sorted(value.items())}
    return [ordered(item) for item in value] if isinstance(value, list) else value


def secret(masked: Any, path: tuple[str, ...]) -> Any:
    """References in the shape of a masked secret."""
    if isinstance(masked, dict) and masked:
        return {name: secret(item, (*path, name)) for name, item in masked.items()}
    if isinstance(masked, list) and masked:
        return [secret(item, (*path, str(number))) for number, item in enumerate(masked, 1)]
    return Reference(path)


def references(value: Any) -> Iterator[Reference]:
    """All references in a value."""
    if isinstance(value, Reference):
        yield value
    elif isinstance(value, (dict, list)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from references(item)


def obstacle(
    resource: Resource, validator: ArgumentSpecValidator, view: dict[str, Any], entry: dict[str, Any]
) -> str | None:
    """Why the integration cannot be managed, whatever its secrets are."""
    if not resource.manageable(view):
        return f"Its kind, {view.get('kind')}, can be shown but not managed."
    if entry.get("id") == "":
        return "It has no id, and its name does not tell which one it is."
    validated = validator.validate(revealed({name: value for name, value in entry.items() if name != "id"}))
    if validated.error_messages:
        return "; ".join(validated.error_messages)
    try:
        resource.desired(validated.validated_parameters)
    except InputError as error:
        return error.message
    return None


def revealed(value: Any) -> Any:
    """The value with a text in the place of every reference."""
    if isinstance(value, Reference):
        return ANY_SECRET
    if isinstance(value, dict):
        return {name: revealed(item) for name, item in value.items()}
    return [revealed(item) for item in value] if isinstance(value, list) else value


def slug(value: str) -> str:
    """The value as a part of a variable's name."""
    plain = unicodedata.normalize("NFKD", value).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "_", plain.lower()).strip("_")


def text(value: Any) -> str:
    return "" if value is None else str(value)
