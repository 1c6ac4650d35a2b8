# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a module's arguments to its result. PRIVATE to the collection."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, Callable

from ansible.module_utils.basic import AnsibleModule

from .connection import COMMON, Client
from .errors import Error, Failed, InputError, ServiceError
from .reconcile import Listing, Plan, Request, apply, decide
from .redact import SHORTEST, Secrets, secret_values, without_secrets


class Task(ABC):
    """What a module does with the integrations of one service."""

    def __init__(self, client: type[Client]) -> None:
        self.client = client
        self.resource = client.resource

    @abstractmethod
    def spec(self) -> dict[str, Any]:
        """The arguments of AnsibleModule, apart from the connection options."""

    @abstractmethod
    def run(self, params: dict[str, Any], listing: Listing, check_mode: bool, warn: Callable[[str], None]) -> Any:
        """The task's result; raises Error if it has none."""

    def main(self) -> None:
        """Run as an Ansible module."""
        spec = self.spec()
        spec["argument_spec"] = {**self.client.options, **COMMON, **spec["argument_spec"]}
        module = AnsibleModule(supports_check_mode=True, **spec)
        params = module.params
        secrets = Secrets(secret_values(module.argument_spec, params))
        # Ansible masks values wherever they occur, which garbles results when a secret is short, as "1" may be: hide
        # all secrets where they stand, and have it look for the others only.
        module.params = without_secrets(module.argument_spec, params)
        module.no_log_values = {value for value in module.no_log_values if len(value) >= SHORTEST}

        def warn(text: str) -> None:
            module.warn(secrets.clean(text))

        try:
            client = self.client(params, secrets=secrets, warn=warn, read_only=module.check_mode)
            result = self.run(params, Listing(client), module.check_mode, warn)
        except Error as error:
            result = failure(error, secrets)
        if not module._diff:
            result.pop("diff", None)
        if result.get("failed"):
            module.fail_json(**result)
        module.exit_json(**result)


def given_id(params: dict[str, Any]) -> str | None:
    """The id in the arguments; raises InputError if it would name something else than an integration."""
    id = params["id"]
    if id is not None and not id.strip("."):
        raise InputError(f"'{id}' is no id.")
    return id


def failure(error: Error, secrets: Secrets) -> dict[str, Any]:
    """The result of a task that failed."""
    result: dict[str, Any] = {"failed": True, "msg": secrets.clean(error.message)}
    if isinstance(error, Failed):
        result.update(error.result)
    elif isinstance(error, ServiceError):
        result["error"] = secrets.clean(error.details)
    else:
        result.update(error.details)
    return result


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

    def run(self, params: dict[str, Any], listing: Listing, check_mode: bool, warn: Callable[[str], None]) -> Any:
        if params["new_name"] is not None and params["state"] == "absent":
            raise InputError("'new_name' is for integrations that are to be there, not for state=absent.")
        request = Request(
            id=given_id(params),
            desired=listing.client.resolve(self.resource.desired(params)),
            absent=params["state"] == "absent",
            new_name=params["new_name"],
            always=params.get("update_secrets") == "always",
        )
        todo = decide(listing, request)
        if todo.action != "none" and not check_mode:
            if params.get("send_test") and todo.after:
                listing.client.test(todo.after)
            todo = apply(listing, request, todo)
        for text in todo.warnings:
            warn(text)
        result = self._result(todo)
        if params["return_secrets"] and todo.after:
            result["secrets"] = {**self.resource.secrets(todo.after), **listing.client.addresses(todo.after)}
        written = todo.action == "none" or not check_mode
        problem = listing.client.problem(todo.after) if todo.after and written else None
        if problem:
            raise Failed(problem, result)
        return result

    def _result(self, todo: Plan) -> dict[str, Any]:
        return {
            "changed": todo.action != "none",
            "action": todo.action,
            "changes": todo.changes,
            "integration": self.resource.view(todo.after) if todo.after else {},
            "diff": self.resource.diff(todo.before, todo.after, todo.changes),
        }


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

    def run(self, params: dict[str, Any], listing: Listing, check_mode: bool, warn: Callable[[str], None]) -> Any:
        id = given_id(params)
        if id is None:
            records = list(listing.all())
            remark = listing.client.remark(records)
            if remark:
                warn(remark)
        else:
            one = listing.client.get(id, **{name: params[name] for name in self.client.lookup})
            records = [one] if one else []
        for name in ("name", "kind", "enabled"):
            if params.get(name) is not None:
                records = [record for record in records if record.get(name) == params[name]]
        return {"changed": False, self.result: [self.resource.view(record) for record in records]}
