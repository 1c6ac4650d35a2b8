# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run a module's task in Ansible's worker process, where that gives the same answer. PRIVATE to the collection.

Starting a module costs some 0.4 s for each item of a loop; in the worker process an item costs milliseconds, and the
items share one connection and one listing.
"""

from __future__ import annotations

import gc
import os
import sys
from typing import Any, ClassVar

from ansible import constants as C
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.errors import UnsupportedError
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.action.normal import ActionModule as NormalAction
from ansible.utils.display import Display

from ..module_utils._core.http import REQUESTS_ERROR
from ..module_utils._core.reconcile import Listing
from ..module_utils._core.task import Task
from .plain import plain

display = Display()

SWITCH = "saas_integrations_in_process"
# Since ansible-core 2.21, results show the invocation only if they are asked to.
INVOCATION = "INJECT_INVOCATION"
INVOCATION_IS_OPTIONAL = INVOCATION in C.config.get_configuration_definitions()


class Sessions:
    """The listings that the items of one task share: one for each service, endpoint and account.

    All items of a task run in one worker process, and a worker runs one task. Should that ever change, the sessions of
    another task or process are still not used.
    """

    def __init__(self) -> None:
        self._owner: Any = None
        self._item: Any = None
        self._listings: dict[Any, Listing] = {}

    def listing(self, item: Any, task: Task, params: dict[str, Any], check_mode: bool) -> Listing:
        """The listing for an item, which Ansible makes a task of its own with the identity of the whole."""
        owner = (os.getpid(), item._uuid)
        if owner != self._owner:
            self._owner, self._listings = owner, {}
        connection = tuple(params[name] for name in task.connection_options)
        key = (task.client, check_mode, connection, params.get("workers"))
        if key not in self._listings:
            self._listings[key] = task.connect(params, check_mode)
        if item is self._item:  # a retry: the world may have changed since the last attempt
            self._listings[key].forget()
        self._item = item
        return self._listings[key]


SESSIONS = Sessions()


class InProcess(NormalAction):
    """The action plugin of all modules; a subclass says which task it is."""

    task: ClassVar[Task]
    _validator: ClassVar[ArgumentSpecValidator]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        # Once for each module, in the process from which the workers are forked.
        cls._validator = ArgumentSpecValidator(**cls.task.arguments())
        # What is there now, the workers share. To look for garbage in it would copy it to each of them.
        gc.freeze()

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        obstacle = self._obstacle(task_vars or {})
        host = (task_vars or {}).get("inventory_hostname")
        if obstacle:
            display.vvv(f"{self._task.action} runs as a module: {obstacle}", host=host)
            return super().run(tmp, task_vars)
        display.vvv(f"{self._task.action} runs in the worker process", host=host)
        return self._run_here(task_vars or {})

    def _obstacle(self, task_vars: dict[str, Any]) -> str | None:
        """Why the task has to run as a module."""
        delegate = self._task.delegate_to
        variables = task_vars.get("ansible_delegated_vars", {}).get(delegate, task_vars) if delegate else task_vars
        if self._task.async_val:
            return "async is set"
        if self._connection.transport != "local":
            return f"the connection is {self._connection.transport}"
        if self._connection.become:
            return "become is set"
        if any(self._task.environment or ()):
            return "environment is set"
        if REQUESTS_ERROR:
            return "the controller's Python has no requests"
        if SWITCH in task_vars and not boolean(self._templar.template(task_vars[SWITCH])):
            return f"{SWITCH} is false"
        interpreter = C.config.get_config_value("INTERPRETER_PYTHON", variables=variables)
        interpreter = str(self._templar.template(interpreter) or "auto")
        if not interpreter.startswith("auto") and os.path.realpath(interpreter) != os.path.realpath(sys.executable):
            return f"the interpreter is {interpreter}"
        return None

    def _run_here(self, task_vars: dict[str, Any]) -> dict[str, Any]:
        args = plain(self._task.args)
        validated = self._validator.validate(args)
        params = validated.validated_parameters
        if validated.error_messages:
            message = validated.errors.msg
            if isinstance(validated.errors[0], UnsupportedError):
                message = f"Unsupported parameters for ({self._task.action}) module: {message}"
            return {"failed": True, "msg": self.task.explain(message, args)}

        def connect() -> Listing:
            return SESSIONS.listing(self._task, self.task, params, self._task.check_mode)

        spec = self._validator.argument_spec
        result = self.task.perform(params, spec, connect, tell=display.display)
        if not self._task.diff:
            result.pop("diff", None)
        if INVOCATION_IS_OPTIONAL and not C.config.get_config_value(INVOCATION, variables=task_vars):
            del result["invocation"]
        return result
