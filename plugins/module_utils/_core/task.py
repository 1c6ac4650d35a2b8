# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a module's arguments to its result. PRIVATE to the collection."""

from __future__ import annotations

import traceback
from abc import ABC, abstractmethod
from dataclasses import replace
from typing import Any, Callable

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.errors import UnsupportedError

from .connection import COMMON, Client
from .errors import Error, Failed, InputError, ServiceError
from .reconcile import Listing, Plan, Request, apply, apply_all, decide, decide_all
from .redact import Secrets, printable, secret_values, without_secrets

# Connections that a task may use at once, if it does not say how many: for the pages of a long list.
POOL = 4


class Module(AnsibleModule):
    """A module that shows no argument unmasked, and none at all before it is known which of them are secrets.

    Ansible masks the values of no_log options wherever they occur. That garbles a result when one is as short as "1",
    and misses those that are spelled differently, which quotes and line breaks in a dictionary are. Here they are
    masked where they stand, and in all of their spellings wherever else they occur.
    """

    def __init__(self, task: Task) -> None:
        self._task = task
        super().__init__(supports_check_mode=True, **task.arguments())

    def _log_invocation(self) -> None:
        self.log(printable(f"Invoked with {without_secrets(self.argument_spec, self.params)}"))

    def fail_json(self, msg: str, **result: Any) -> None:
        if "invocation" not in result:
            # Of arguments that are not valid, nobody knows what they hold.
            msg, result["invocation"] = self._task.explain(msg, self.params), {"module_args": {}}
        super().fail_json(msg, **result)


class Task(ABC):
    """What a module does with the integrations of one service."""

    def __init__(self, client: type[Client]) -> None:
        self.client = client
        self.resource = client.resource
        self.connection_options = {**client.options, **COMMON}

    @abstractmethod
    def spec(self) -> dict[str, Any]:
        """The arguments of AnsibleModule, apart from the connection options."""

    @abstractmethod
    def run(self, params: dict[str, Any], listing: Listing) -> dict[str, Any]:
        """The task's result; raises Error if it has none."""

    def arguments(self) -> dict[str, Any]:
        """The arguments of AnsibleModule."""
        spec = self.spec()
        return {**spec, "argument_spec": {**self.connection_options, **spec["argument_spec"]}}

    def explain(self, message: str, params: dict[str, Any]) -> str:
        """What is wrong with arguments, given Ansible's message about it."""
        return message

    def connect(self, params: dict[str, Any], check_mode: bool) -> Listing:
        """A client with nothing read so far; raises Error if the options cannot be right."""
        return Listing(self.client(params, read_only=check_mode, pool=params.get("workers") or POOL))

    def perform(
        self,
        params: dict[str, Any],
        argument_spec: dict[str, Any],
        connect: Callable[[], Listing],
        tell: Callable[[str], None] = lambda text: None,
    ) -> dict[str, Any]:
        """Run with valid arguments: the whole result, also of a failure, with no secret but in RV(secrets).

        :param connect: returns the listing to use, of this task or shared with those before.
        :param tell: called now and then by a task that takes long.
        """
        secrets = Secrets(secret_values(argument_spec, params))
        result: dict[str, Any] = {}
        warnings: list[str] = []
        listing = None
        try:
            listing = connect()
            secrets = listing.client.secrets
            secrets.add(tuple(secret_values(argument_spec, params)))
            listing.client.warn, listing.tell = warnings.append, tell
            warnings += listing.client.cautions
            result = self.run(params, listing)
        except Error as error:
            result = failure(error)
        except Exception as error:
            # Whatever it is, the user gets a sentence, and no secret in a traceback.
            text = secrets.scrub(str(error))
            result = {"failed": True, "msg": f"This should not happen: {type(error).__name__}: {text}"}
            result["exception"] = traceback.format_exc()
        if result.get("failed") and listing:
            listing.forget()
        returned = result.pop("secrets", None)
        result["invocation"] = {"module_args": without_secrets(argument_spec, params)}
        result = secrets.scrub(result) if result.get("failed") else secrets.clean(result)
        if "msg" in result:
            result["msg"] = printable(result["msg"])
        if returned is not None:
            result["secrets"] = returned
        if warnings:
            result["warnings"] = [printable(secrets.scrub(text)) for text in dict.fromkeys(warnings)]
        return result

    def main(self) -> None:
        """Run as an Ansible module."""
        module = Module(self)
        params = module.params
        result = self.perform(params, module.argument_spec, lambda: self.connect(params, module.check_mode))
        module.no_log_values = set()
        if not module._diff:
            result.pop("diff", None)
        for text in result.pop("warnings", ()):
            module.warn(text)
        if result.get("failed"):
            module.fail_json(**result)
        module.exit_json(**result)


def failure(error: Error) -> dict[str, Any]:
    """The result of a task that failed."""
    result: dict[str, Any] = {"failed": True, "msg": error.message}
    if isinstance(error, Failed):
        result.update(error.result)
    elif isinstance(error, ServiceError):
        result["error"] = error.details
    else:
        result.update(error.details)
    return result


def given_id(params: dict[str, Any]) -> str | None:
    """The id in the arguments; raises InputError if it would name something else than an integration."""
    id = params["id"]
    if id is not None and not id.strip("."):
        raise InputError(f"'{id}' is no id.")
    return id


class Manage(Task):
    """Bring one integration to a desired state."""

    def spec(self) -> dict[str, Any]:
        options = {
            "id": {"type": "str"},
            "new_name": {"type": "str"},
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
            "return_secrets": {"type": "bool", "default": False, "no_log": False},
            **self.resource.spec(),
        }
        if self.resource.withholds:
            choices = ["on_create", "always"]
            options["update_secrets"] = {"type": "str", "choices": choices, "default": "on_create", "no_log": False}
        if self.client.can_test:
            options["send_test"] = {"type": "bool", "default": False}
        spec: dict[str, Any] = {"argument_spec": options, "required_one_of": [["name", "id"]]}
        if self.resource.kinds:
            spec["mutually_exclusive"] = [[kind.name for kind in self.resource.kinds if not kind.read_only]]
        return spec

    def run(self, params: dict[str, Any], listing: Listing) -> dict[str, Any]:
        client = listing.client
        request = self.request(params)
        request = replace(request, desired=client.resolve(request.desired))
        todo = decide(listing, request)
        if todo.action != "none" and not client.read_only:
            todo = apply(listing, request, todo)
        for text in todo.warnings:
            client.warn(text)
        result = {
            "changed": todo.action != "none",
            "action": todo.action,
            "changes": todo.changes,
            "integration": self.resource.view(todo.after) if todo.after else {},
            "diff": self.resource.diff(todo.before, todo.after, todo.changes),
        }
        if params["return_secrets"] and todo.after:
            result["secrets"] = client.disclose(todo.after)
        problem = client.problem(todo.after) if todo.after and todo.seen else None
        if problem:
            raise Failed(problem, result)
        return result

    def request(self, params: dict[str, Any]) -> Request:
        """What the arguments ask for; raises InputError if that cannot be right."""
        if params["new_name"] is not None and params["state"] == "absent":
            raise InputError("'new_name' is for integrations that are to be there, not for state=absent.")
        desired = self.resource.desired(params)
        if params["state"] == "absent":
            # What tells it from others is enough to remove it.
            desired = {name: desired[name] for name in ("name", "kind", *self.resource.fixed) if name in desired}
        return Request(
            id=given_id(params),
            desired=desired,
            absent=params["state"] == "absent",
            new_name=params["new_name"],
            always=params.get("update_secrets") == "always",
            send_test=params.get("send_test") or False,
        )


class ManageSet(Manage):
    """Bring a set of integrations to a desired state. All is planned before the first write."""

    def spec(self) -> dict[str, Any]:
        entry = super().spec()
        del entry["argument_spec"]["return_secrets"]
        entry["options"] = entry.pop("argument_spec")
        return {
            "argument_spec": {
                "integrations": {"type": "list", "elements": "dict", "required": True, "no_log": False, **entry},
                "purge": {"type": "bool", "default": False},
                "purge_limit": {"type": "int", "default": 10},
                "workers": {"type": "int", "default": 4},
            }
        }

    def explain(self, message: str, params: dict[str, Any]) -> str:
        """Ansible does not say which entry it is about."""
        entry = self.spec()["argument_spec"]["integrations"]
        rules = {name: value for name, value in entry.items() if name in ("mutually_exclusive", "required_one_of")}
        validator = ArgumentSpecValidator(entry["options"], **rules)
        entries = params.get("integrations")
        problems = []
        for index, one in enumerate(entries if isinstance(entries, list) else ()):
            if isinstance(one, dict):
                # Of what is not given, Ansible may have made null by now, which counts as given.
                one = {name: value for name, value in one.items() if value is not None}
                for error in validator.validate(one).errors.errors:
                    what = "unsupported parameters: " if isinstance(error, UnsupportedError) else ""
                    problems.append(f"{entry_label(index, one)}: {what}{error.msg.rstrip('.')}.")
        return " ".join(problems) or message

    def run(self, params: dict[str, Any], listing: Listing) -> dict[str, Any]:
        client, entries = listing.client, params["integrations"]
        if not 1 <= params["workers"] <= 16:
            raise InputError("'workers' must be from 1 to 16.")
        if params["purge_limit"] < 0:
            raise InputError("'purge_limit' must not be negative.")
        labels = [entry_label(index, entry) for index, entry in enumerate(entries)]
        requests = for_each(self.request, labels, entries)
        requests = for_each(lambda one: replace(one, desired=client.resolve(one.desired)), labels, requests)
        plans = for_each(lambda one: decide(listing, one), labels, requests)
        purged = decide_all(listing, labels, requests, plans, params["purge"], params["purge_limit"])
        remark = client.remark(list(listing.all())) if params["purge"] else None
        if remark:
            client.warn(f"{remark} They are not purged.")
        jobs = [*zip(requests, plans)]
        jobs += [(Request({}, id=todo.before["id"], absent=True), todo) for todo in purged if todo.before]
        if client.read_only:
            return self._result(client, jobs, [todo for _request, todo in jobs], len(entries))
        return self._result(client, jobs, apply_all(listing, jobs, params["workers"]), len(entries))

    def _result(
        self, client: Client, jobs: list[tuple[Request, Plan]], outcomes: list[Plan | Error], entries: int
    ) -> dict[str, Any]:
        views, errors = [], []
        names: dict[str, list[Any]] = {"create": [], "update": [], "delete": [], "none": []}
        before, after = {}, {}
        for index, ((request, planned), outcome) in enumerate(zip(jobs, outcomes)):
            record = planned.after or planned.before or request.desired
            name = record.get("name") or request.id
            if isinstance(outcome, Error):
                errors.append({"name": name, "action": planned.action, **failure(outcome)})
                del errors[-1]["failed"]
                continue
            names[outcome.action].append(name)
            for text in outcome.warnings:
                client.warn(f"'{name}': {text}")
            problem = client.problem(outcome.after) if outcome.after and outcome.seen else None
            if problem:
                errors.append({"name": name, "action": outcome.action, "msg": problem})
            if outcome.after and index < entries:
                views.append(self.resource.view(outcome.after))
            if outcome.action != "none":
                one = self.resource.diff(outcome.before, outcome.after, outcome.changes)
                label = " ".join(str(word) for word in (name, record.get("kind"), record.get("id")) if word)
                before.update({label: one["before"]} if one["before"] else {})
                after.update({label: one["after"]} if one["after"] else {})
        result = {
            "changed": any(names[action] for action in ("create", "update", "delete")),
            "created": names["create"],
            "updated": names["update"],
            "deleted": names["delete"],
            "unchanged": names["none"],
            "integrations": views,
            "diff": {"before": before, "after": after},
        }
        if errors:
            what = f"{len(errors)} of {len(jobs)} integrations could not be brought to the desired state"
            raise Failed(f"{what}. First: '{errors[0]['name']}': {errors[0]['msg']}", {**result, "errors": errors})
        return result


def entry_label(index: int, entry: dict[str, Any]) -> str:
    """What an entry of a set is called in a sentence."""
    name = entry.get("name") or entry.get("id")
    return f"integrations[{index}] '{name}'" if name else f"integrations[{index}]"


def for_each(do: Callable[[Any], Any], labels: list[str], items: list[Any]) -> list[Any]:
    """Do the same with all entries; raises one InputError for all that are wrong."""
    done, problems = [], []
    for label, item in zip(labels, items):
        try:
            done.append(do(item))
        except InputError as error:
            problems.append(f"{label}: {error.message}")
    if problems:
        raise InputError(f"{' '.join(problems)} Nothing was written.")
    return done


class Info(Task):
    """List integrations, or what else a service has."""

    def __init__(self, client: type[Client], result: str = "integrations") -> None:
        super().__init__(client)
        self.result = result

    def spec(self) -> dict[str, Any]:
        options = {"id": {"type": "str"}, "name": {"type": "str"}, **self.client.lookup}
        if self.resource.kind_path:
            options["kind"] = {"type": "str"}
        if any(field.name == "enabled" for field in self.resource.fields):
            options["enabled"] = {"type": "bool"}
        return {"argument_spec": options, "required_by": dict.fromkeys(self.client.lookup, "id")}

    def run(self, params: dict[str, Any], listing: Listing) -> dict[str, Any]:
        id = given_id(params)
        if id is None:
            records = list(listing.all())
            remark = listing.client.remark(records)
            if remark:
                listing.client.warn(remark)
        else:
            one = listing.client.get(id, **{name: params[name] for name in self.client.lookup})
            records = [one] if one else []
        for name in ("name", "kind", "enabled"):
            if params.get(name) is not None:
                records = [record for record in records if record.get(name) == params[name]]
        return {"changed": False, self.result: [self.resource.view(record) for record in records]}
