# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Find, plan, apply: the one engine of all services. PRIVATE to the collection."""

from __future__ import annotations

import itertools
import threading
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field, replace
from typing import Any, Callable, Iterator

from .connection import Client
from .errors import Error, Failed, InputError, Unclear
from .resource import Resource, pick, steps

# How often a write without a clear answer is looked after and, if it is still needed, made again.
TRIES = 3
# How often a list, which may lag behind what was written, is looked at before something is created again.
LOOKS = 5


@dataclass(frozen=True)
class Request:
    """What a task asks of one integration."""

    desired: dict[str, Any]
    """The fields that the user gave; its ``name`` is the one to find, see ``new_name``."""
    id: str | None = None
    absent: bool = False
    new_name: str | None = None
    always: bool = False
    """Whether secrets that cannot be read are written every time."""
    send_test: bool = False
    """Whether the service sends its test message before anything is written."""

    @property
    def wanted(self) -> dict[str, Any]:
        """The fields as they are to be, a new name included."""
        return self.desired if self.new_name is None else {**self.desired, "name": self.new_name}


@dataclass(frozen=True)
class Plan:
    """What has to be done. Made without HTTP."""

    action: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    changes: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    seen: bool = False
    """Whether ``after`` is what the service has, and not what it is expected to have."""


class Listing:
    """The integrations of a service: read once, kept true by every write."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self._by_name: dict[Any, list[dict[str, Any]]] | None = None
        self._disclosed = False
        self._lock = threading.RLock()
        self.tell: Callable[[str], None] = lambda text: None

    def all(self) -> Iterator[dict[str, Any]]:
        """Every integration."""
        return itertools.chain.from_iterable(self._load().values())

    def get(self, id: str) -> dict[str, Any] | None:
        """The integration with an id: from the list, if it was read, or from the service."""
        if self._by_name is None:
            return self.client.get(id)
        names = self.client.resource.ids
        return next((record for record in self.all() if id in [record.get(name) for name in names]), None)

    def named(self, name: Any) -> list[dict[str, Any]]:
        """The integrations that have this name."""
        return self._load().get(name, [])

    def discloses(self, record: dict[str, Any] | None) -> bool:
        """Whether the service is known to give secrets back: this record, or another in the list, shows one."""
        return self._disclosed or (record is not None and self.client.resource.discloses(record))

    def replace(self, before: dict[str, Any] | None, after: dict[str, Any] | None) -> None:
        """Note a write: the integration ``before`` is ``after`` now."""
        with self._lock:
            if self._by_name is None:
                return
            for record in filter(None, (before, after)):
                same = self._by_name.setdefault(_name(record), [])
                same[:] = [other for other in same if other["id"] != record["id"]]
            if after:
                self._by_name[_name(after)].append(after)

    def forget(self) -> None:
        """Look at the service again next time."""
        with self._lock:
            self._by_name = None
        self.client.forget()

    def _load(self) -> dict[Any, list[dict[str, Any]]]:
        with self._lock:
            if self._by_name is None:
                by_name: dict[Any, list[dict[str, Any]]] = {}
                for record in self.client.list():
                    by_name.setdefault(_name(record), []).append(record)
                self._by_name = by_name
                self._disclosed = any(map(self.client.resource.discloses, self.all()))
            return self._by_name


def find(listing: Listing, request: Request) -> dict[str, Any] | None:
    """The one integration that is meant; none if there is none.

    :raises InputError: several are meant, or a rename meets a name that is taken.
    """
    resource, desired = listing.client.resource, request.desired
    if request.id is not None:
        current = listing.get(request.id)
        if current and not resource.manageable(current):
            raise _unmanageable(resource, current)
        return current
    found = _match(resource, listing.named(desired.get("name")), desired)
    if request.new_name is not None and request.new_name != desired.get("name"):
        renamed = _match(resource, listing.named(request.new_name), desired)
        if found and renamed:
            raise InputError(
                f"Cannot rename '{desired['name']}' to '{request.new_name}': {_ids(found + renamed)} have these names."
            )
        found = found or renamed
    if len(found) > 1:
        raise InputError(
            f"{len(found)} {resource.title}s are named '{desired.get('name')}': {_ids(found)}. Say which one with 'id'."
        )
    return found[0] if found else None


def decide(listing: Listing, request: Request) -> Plan:
    """Find what is meant and plan for it."""
    current = find(listing, request)
    return plan(listing.client.resource, request, current, listing.discloses(current))


def plan(resource: Resource, request: Request, current: dict[str, Any] | None, disclosed: bool) -> Plan:
    """Decide what brings ``current`` to what is asked for. Pure: no HTTP, no Ansible.

    :param disclosed: whether the service is known to give secrets back.
    :raises InputError: it cannot be brought there.
    """
    if request.absent:
        return Plan("delete", current, None) if current else Plan("none", None, None)
    desired = request.wanted
    if current is None:
        return Plan("create", None, _created(resource, request, desired))
    current = resource.reveal(current, desired)
    changes = resource.differences(current, desired, request.always, disclosed)
    for name in resource.fixed:
        if name in changes:
            raise InputError(
                f"The {resource.title} with id {current['id']} has the {name} '{current.get(name)}', which cannot be"
                f" changed to '{desired[name]}'. Remove it first, or leave 'id' out to create another."
            )
    unseen = [] if disclosed or request.always else resource.unseen(current, desired)
    if not changes:
        given = [name for name in unseen if pick(desired, steps(name)) is not None]
        advice = "It was not compared; update_secrets=always sets it."
        return Plan("none", current, current, warnings=_unseen(given, advice), seen=True)
    after = resource.merge(current, desired)
    _check_whole(resource, after)
    lost = resource.lost(after) if resource.replaces or request.send_test else []
    if lost:
        raise InputError(
            f"The whole {resource.title} has to be sent, and the service does not give back {', '.join(lost)}:"
            " give them in the task."
        )
    return Plan("update", current, after, changes, _losses(after, unseen) if resource.replaces else [])


def _losses(after: dict[str, Any], unseen: list[str]) -> list[str]:
    """Warnings about what may be lost when the object is replaced."""
    unset = [name for name in unseen if pick(after, steps(name)) is None]
    warnings = _unseen(unset, "The update replaces the whole object and leaves it unset, as the task does not give it.")
    if after.get("unknown"):
        warnings.append(
            f"The update replaces the whole object and leaves out {', '.join(after['unknown'])}:"
            " the service shows them, but does not document them."
        )
    return warnings


def apply(listing: Listing, request: Request, todo: Plan) -> Plan:
    """Carry a plan out; returns it with what the service made of it.

    A write without a clear answer is looked after: what the service has decides whether it is done, and nothing is
    made twice.
    """
    first = todo
    client = listing.client
    for record in filter(None, (todo.before, todo.after)):
        client.secrets.add(client.resource.secrets(record))
    if request.send_test and todo.after:
        client.test(todo.after)
    for attempt in range(1, TRIES + 1):
        try:
            after = _write(client, todo)
            if attempt > 1 and todo.action == "create":
                _check_alone(listing, after or {})
            break
        except Unclear:
            todo = _look_after(listing, request)
            if todo.action == "none":
                after = todo.after
                break
            if attempt == TRIES:
                raise
    listing.replace(todo.before, after)
    ignored = client.resource.differences(after, request.wanted) if after else []
    warnings = [f"{client.title} accepted the call but did not take over {', '.join(ignored)}."] if ignored else []
    return replace(first, after=after, warnings=[*first.warnings, *warnings], seen=True)


def _look_after(listing: Listing, request: Request) -> Plan:
    """What is left to do after a write without a clear answer."""
    for attempt in itertools.count(1):
        listing.forget()
        todo = decide(listing, request)
        if todo.action != "create" or attempt == LOOKS:
            break
        listing.client.http.pause(attempt)
    return todo


def _check_alone(listing: Listing, made: dict[str, Any]) -> None:
    """Raises Failed if what was created again has appeared from the first time as well."""
    resource = listing.client.resource
    listing.forget()
    found = _match(resource, listing.named(made.get("name")), made)
    twins = [*(record for record in found if record["id"] != made["id"]), made]
    if len(twins) > 1:
        raise Failed(
            f"The {resource.title} '{made.get('name')}' was created more than once: the first answer was lost, and"
            f" {listing.client.title} did not list it for a while. Keep one of {_ids(twins)}, and remove the others.",
            {"changed": True, "action": "create"},
        )


def decide_all(
    listing: Listing, labels: list[str], requests: list[Request], plans: list[Plan], purge: bool, limit: int
) -> list[Plan]:
    """Check that a set's plans go together; returns the plans that remove what the set does not have, if asked to.

    :raises InputError: two entries mean the same integration, or more than ``limit`` would be removed.
    """
    resource = listing.client.resource
    meant: dict[Any, str] = {}
    named: dict[Any, list[tuple[str, bool, list[Any]]]] = {}
    for label, request, todo in zip(labels, requests, plans):
        key = [(todo.after or todo.before or request.wanted).get(name) for name in resource.key]
        # Who is there already and keeps its name may share it; who comes to a name may not.
        comes = todo.before is None or "name" in todo.changes
        others = named.setdefault(key[0], [])
        same = [other for other, also, its in others if (comes or also) and _alike(key, its)]
        if todo.before:
            same += filter(None, [meant.get(todo.before["id"])])
            meant[todo.before["id"]] = label
        if same:
            raise InputError(f"{same[0]} and {label} mean the same {resource.title}. Nothing was written.")
        others.append((label, comes, key))
    if not purge:
        return []
    surplus = [
        Plan("delete", record, None)
        for record in listing.all()
        if resource.manageable(record) and record["id"] not in meant
    ]
    surplus.sort(key=lambda todo: (str((todo.before or {}).get("name")), str((todo.before or {}).get("id"))))
    if len(surplus) > limit:
        names = ", ".join(f"'{todo.before.get('name')}'" for todo in surplus[: limit + 1] if todo.before)
        raise InputError(
            f"'purge' would remove {len(surplus)} {resource.title}s, more than 'purge_limit' ({limit}): {names}"
            f"{' and more' if len(surplus) > limit + 1 else ''}. Nothing was written."
        )
    return surplus


def _alike(one: list[Any], other: list[Any]) -> bool:
    """Whether two keys may mean the same: what is not given means any."""
    return all(a is None or b is None or a == b for a, b in zip(one, other))


# What is removed first makes room for what is created: for names that must be unique, and within quotas.
ORDER = ("delete", "update", "create")
# Seconds after which a long run says how far it is, again and again.
PATIENCE = 5


def apply_all(listing: Listing, jobs: list[tuple[Request, Plan]], workers: int) -> list[Plan | Error]:
    """Carry plans out with several threads; returns, in the same order, what came of each.

    One failure stops no other.
    """
    outcomes: list[Plan | Error] = [todo for _request, todo in jobs]
    phases = [[index for index, (_request, todo) in enumerate(jobs) if todo.action == action] for action in ORDER]
    total, done, told = sum(map(len, phases)), 0, time.monotonic()

    def carry_out(index: int) -> tuple[int, Plan | Error]:
        try:
            return index, apply(listing, *jobs[index])
        except Error as error:
            return index, error

    with ThreadPoolExecutor(workers) as pool:
        for phase in phases:
            futures = [pool.submit(carry_out, index) for index in phase]
            try:
                for future in as_completed(futures):
                    index, outcomes[index] = future.result()
                    done += 1
                    if time.monotonic() - told > PATIENCE:
                        told = time.monotonic()
                        listing.tell(f"{listing.client.title}: {done} of {total} integrations written.")
            finally:
                for future in futures:
                    future.cancel()
    return outcomes


def _write(client: Client, todo: Plan) -> dict[str, Any] | None:
    if todo.action == "create":
        after = client.create(todo.after or {})
    elif todo.action == "update":
        after = client.update(todo.before or {}, todo.after or {}, todo.changes)
    else:
        client.delete(todo.before or {})
        return None
    return client.resource.reveal(after, todo.after or {})


def _created(resource: Resource, request: Request, desired: dict[str, Any]) -> dict[str, Any]:
    if request.id is not None:
        raise InputError(f"There is no {resource.title} with id {request.id}. Leave 'id' out to create one.")
    missing = [field.name for field in resource.fields if field.required and desired.get(field.name) is None]
    if missing:
        raise InputError(f"To create the {resource.title}, give {', '.join(missing)}.")
    if resource.kinds and not resource.kind_of(desired):
        names = ", ".join(kind.name for kind in resource.kinds if not kind.read_only)
        raise InputError(f"To create the {resource.title} '{desired.get('name')}', give its kind: one of {names}.")
    _check_whole(resource, desired)
    return desired


def _check_whole(resource: Resource, after: dict[str, Any]) -> None:
    problems = list(resource.whole_rules(after)) if resource.whole_rules else []
    if problems:
        raise InputError(" ".join(problems))


def _unseen(names: list[str], advice: str) -> list[str]:
    return [f"The service does not show whether {name} is set. {advice}" for name in names]


def _match(resource: Resource, records: list[dict[str, Any]], desired: dict[str, Any]) -> list[dict[str, Any]]:
    found = [record for record in records if resource.manageable(record)]
    if records and not found and desired.get("kind") is None:
        raise _unmanageable(resource, records[0])
    given = [name for name in resource.key if name != "name" and desired.get(name) is not None]
    return [record for record in found if all(record.get(name) == desired[name] for name in given)]


def _unmanageable(resource: Resource, record: dict[str, Any]) -> InputError:
    return InputError(
        f"The {resource.title} '{record.get('name')}' with id {record['id']} is of kind '{record.get('kind')}',"
        " which can be shown but not managed."
    )


def _name(record: dict[str, Any]) -> Any:
    name = record.get("name")
    return name if isinstance(name, str) else None


def _ids(records: list[dict[str, Any]]) -> str:
    return "ids " + ", ".join(str(record["id"]) for record in records)
