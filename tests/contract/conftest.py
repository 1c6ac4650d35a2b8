# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Modules run both ways in which Ansible runs them: arguments in, JSON out."""

from __future__ import annotations

import contextlib
import importlib
import io
import itertools
import json
from types import SimpleNamespace
from typing import Any

import pytest
from ansible.module_utils import basic
from ansible.module_utils.common import warnings
from truth import Clock, Counts

from ansible_collections.saas.integrations.plugins.module_utils._core import http


def pytest_terminal_summary(terminalreporter):
    """Say in numbers what the tests have counted, wherever they ran."""
    counts = Counts()
    for report in itertools.chain.from_iterable(terminalreporter.stats.values()):
        for name, value in getattr(report, "user_properties", ()):
            if name == "counts" and report.when == "teardown":
                counts.add(value)
    if counts.cases:
        terminalreporter.write_line(f"Faults: {counts}.")


PLUGINS = "ansible_collections.saas.integrations.plugins"


def as_module(module: str, args: dict[str, Any], check: bool, diff: bool, monkeypatch: Any) -> str:
    """What a module prints, as Ansible starts it."""
    args = {**args, "_ansible_check_mode": check, "_ansible_diff": diff}
    monkeypatch.setattr(basic, "_ANSIBLE_ARGS", json.dumps({"ANSIBLE_MODULE_ARGS": args}).encode())
    # Since ansible-core 2.19 the serialization of the arguments has a name, which the module wrapper sets.
    monkeypatch.setattr(basic, "_ANSIBLE_PROFILE", "legacy", raising=False)
    with contextlib.suppress(ImportError):  # no such thing before ansible-core 2.19
        internal = importlib.import_module("ansible.module_utils._internal")
        # A process that also runs action plugins holds itself for a controller, which shows warnings at once.
        monkeypatch.setattr(internal, "is_controller", False, raising=False)
    # Kept for the life of a process, which for Ansible is one run.
    warnings._global_warnings.clear()
    output = io.StringIO()
    with contextlib.redirect_stdout(output), contextlib.suppress(SystemExit):
        importlib.import_module(f"{PLUGINS}.modules.{module}").TASK.main()
    return output.getvalue()


def in_worker(module: str, args: dict[str, Any], check: bool, diff: bool, monkeypatch: Any) -> str:
    """What the module's action plugin returns, as a task's worker process calls it."""
    task = SimpleNamespace(
        action=f"saas.integrations.{module}",
        args=args,
        async_val=0,
        check_mode=check,
        delegate_to=None,
        diff=diff,
        environment=[{}],
        _uuid=object(),
    )
    connection = SimpleNamespace(transport="local", become=None)
    templar = SimpleNamespace(template=lambda value: value)
    plugin = importlib.import_module(f"{PLUGINS}.action.{module}").ActionModule
    action = plugin(task, connection, play_context=None, loader=None, templar=templar, shared_loader_obj=None)
    return json.dumps(action.run(task_vars={"inventory_hostname": "localhost"}), ensure_ascii=False)


@pytest.fixture
def waits(monkeypatch):
    """Waits pass at once; the seconds of each are kept."""
    clock = Clock()
    monkeypatch.setattr(http, "time", clock)
    return clock.passed


WAYS = {"module": as_module, "worker": in_worker}


@pytest.fixture(params=WAYS)
def call(request, sandbox, monkeypatch, waits):
    """Run a module's task in this process; returns its result, with its whole output under ``_output``.

    Nobody waits for real, neither for a retry nor for a list that lags.
    """

    def run(module: str, args: dict[str, Any], check: bool = False, diff: bool = True) -> dict[str, Any]:
        output = WAYS[request.param](module, args, check, diff, monkeypatch)
        return {**json.loads(output), "_output": output}

    return run


@pytest.fixture
def converge(sandbox, call):
    """Bring an integration to a state, and prove on the way what holds for every run.

    Check mode writes nothing and says the same; the real run does what was said; once more changes nothing.
    """

    def run(case: Any, args: dict[str, Any], action: str, **more: Any) -> dict[str, Any]:
        module, args = case.manage, {**args, **more}
        sandbox.log()
        before = sandbox.objects(case.service)
        told = call(module, args, check=True)
        assert not told.get("failed"), told
        assert [entry for entry in sandbox.log() if entry["method"] != "GET"] == []
        assert sandbox.objects(case.service) == before
        done = call(module, args)
        assert not done.get("failed"), done
        writes = [entry for entry in sandbox.log() if entry["method"] != "GET"]
        assert len(writes) == (action != "none"), writes
        for key in ("action", "changed", "changes"):
            assert told[key] == done[key], key
        assert done["action"] == action, done
        assert done["changed"] == (action != "none")
        again = call(module, args)
        assert (again["action"], again["changed"], again["changes"]) == ("none", False, []), again
        asked = [(entry["method"], entry["path"], str(entry["query"])) for entry in sandbox.log()]
        assert {method for method, _path, _query in asked} == {"GET"}
        assert len(set(asked)) == len(asked) <= 1 + case.lookups(args), asked
        assert not [result["warnings"] for result in (told, done, again) if result.get("warnings")]
        return done

    return run
