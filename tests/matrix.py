# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run sanity, unit and contract tests on every supported ansible-core, as far as its Python is found."""

from __future__ import annotations

import argparse
import sys
from functools import partial
from pathlib import Path

import gates
import toolbox
from toolbox import BUILD, Failure, run

# Each ansible-core with a Python that it runs on, and the oldest on which its modules run.
CORES = {"2.18": ("3.11", "3.8"), "2.19": ("3.11", "3.8"), "2.20": ("3.12", "3.9"), "2.21": ("3.13", "3.9")}


def setup(log: Path, core: str, python: str) -> None:
    requirements = [f"ansible-core~={core}.0", toolbox.TESTS, toolbox.SANDBOX, toolbox.RUN_TIME]
    toolbox.make_venv(f"core-{core}", requirements, log, python)
    toolbox.stage()


def target(log: Path, venv: Path, python: str) -> None:
    """The demo, with modules that run on another Python than Ansible."""
    other = toolbox.make_venv(f"target-{Path(python).name}", [toolbox.RUN_TIME], log, python)
    with toolbox.sandbox(venv, log) as (_url, variables):
        env = {**toolbox.environment(venv), **variables}
        interpreter = f"ansible_python_interpreter={other / 'bin' / 'python'}"
        run([venv / "bin" / "ansible-playbook", "-vvv", "saas.integrations.demo", "-e", interpreter], log, env=env)
    printed = log.read_text(encoding="utf-8")
    if "in the worker process" in printed or f"as a module: the interpreter is {other}" not in printed:
        raise Failure(f"the modules did not run on {python}")


def run_core(core: str, version: str, oldest: str) -> dict[str, tuple[bool | None, str]]:
    if not (python := gates.interpreter(version)):
        return {core: (None, f"skip  {core:<14} no Python {version}")}
    first, venv = f"{core} setup", BUILD / f"core-{core}"
    others: dict[str, gates.Gate] = {
        f"{core} sanity": partial(gates.sanity, venv=venv),
        f"{core} contract": lambda log: gates.pytest(log, "tests/contract", "--numprocesses=2", venv=venv),
        f"{core} unit": lambda log: gates.pytest(log, "tests/unit", venv=venv),
    }
    name, old = f"{core} on {oldest}", gates.interpreter(oldest)
    if old:
        others[name] = partial(target, venv=venv, python=old)
    chosen = {first: partial(setup, core=core, python=python), **others}
    results = gates.run_gates(chosen, dict.fromkeys(others, [first]))
    return results if old else {**results, name: (None, f"skip  {name:<14} no Python {oldest}")}


def main() -> int:
    parser = argparse.ArgumentParser(description="Test on these versions of ansible-core; without any, on all.")
    parser.add_argument("core", nargs="*", help=", ".join(CORES))
    chosen = parser.parse_args().core or list(CORES)
    if unknown := set(chosen) - set(CORES):
        parser.error("not supported: " + ", ".join(sorted(unknown)))
    results = {}
    with toolbox.session():
        # One after the other: two sanity tests at once would make the same virtual environments.
        for core in chosen:
            results |= run_core(core, *CORES[core])
    return gates.report(results)


if __name__ == "__main__":
    sys.exit(main())
