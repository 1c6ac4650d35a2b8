# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the gates: python3 tests/gates.py [GATE ...]. Needs git and Python 3.11 or newer; it installs the rest."""

from __future__ import annotations

import argparse
import concurrent.futures
import os
import re
import shutil
import subprocess
import sys
import tarfile
import time
from pathlib import Path

import toolbox
from toolbox import BUILD, COLLECTION, HOME, LOGS, ROOT, STAGE, Failure, run

VENV = BUILD / "venv"
BIN = VENV / "bin"
STAGED = STAGE / COLLECTION
LIMIT = 900  # seconds that one command of a gate may take


def setup(log: Path) -> None:
    toolbox.make_venv("venv", [toolbox.TOOLS, toolbox.SANDBOX, toolbox.RUN_TIME], log)
    toolbox.stage()


def ruff(log: Path) -> None:
    check(log, "ruff", "check", cwd=ROOT)


def mypy(log: Path) -> None:
    settings = STAGED / "pyproject.toml"
    check(log, "mypy", "--config-file", settings, "-p", "ansible_collections.saas.integrations.plugins", cwd=STAGE)


def unit(log: Path) -> None:
    pytest(log, "tests/unit", f"--cov={STAGED / 'plugins'}", "--cov-report=term")


def contract(log: Path) -> None:
    pytest(log, "tests/contract", "--numprocesses=2")


def sanity(log: Path) -> str:
    if ignored := list(STAGED.glob("tests/sanity/ignore-*")):
        raise Failure(f"{ignored[0].name}: nothing is to be ignored")
    seed_get_pip(log)
    check(log, "ansible-test", "sanity", "--local", "--color", "no", PATH=os.pathsep.join([str(BIN), *interpreters()]))
    skipped = re.findall(r"Skipping .* on Python (\S+) because", log.read_text(encoding="utf-8"))
    return f"without Python {', '.join(dict.fromkeys(skipped))}, not found here" if skipped else ""


def ansible_lint(log: Path) -> None:
    check(log, "ansible-lint", "--profile", "production", "--offline", "--nocolor")


def docs_lint(log: Path) -> None:
    check(
        log,
        *("antsibull-docs", "lint-collection-docs", "--plugin-docs", "--check-extra-docs-refs"),
        *("--validate-collection-refs=all", "--disallow-unknown-collection-refs", "."),
    )


def changelog(log: Path) -> None:
    check(log, "antsibull-changelog", "lint")
    check(log, "antsibull-changelog", "lint-changelog-yaml", "changelogs/changelog.yaml")


def build(log: Path) -> None:
    """Two builds hold the same files, all that a user needs and nothing else."""
    first, second = (contents(toolbox.build_artifact(VENV, BUILD / name, log)) for name in ("build-1", "build-2"))
    if first != second:
        raise Failure("two builds differ in " + ", ".join(sorted({item[0] for item in first.items() ^ second.items()})))
    top = {path.partition("/")[0] for path in first}
    needed = {"CHANGELOG.rst", "LICENSE", "README.md", "changelogs", "meta", "playbooks", "plugins"}
    allowed = needed | {"FILES.json", "MANIFEST.json", "docs", "extensions", "roles"}
    if wrong := (needed - top) | (top - allowed):
        raise Failure("missing in the artifact, or not for it: " + ", ".join(sorted(wrong)))


def importer(log: Path) -> None:
    """What Galaxy does with an upload."""
    artifact = toolbox.build_artifact(VENV, BUILD / "importer", log)
    check(log, "python", "-m", "galaxy_importer.main", artifact, cwd=BUILD, GALAXY_IMPORTER_CHECK_REQUIRED_TAGS="true")


# In the order of the report.
GATES = {
    function.__name__.replace("_", "-"): function
    for function in (setup, ruff, mypy, unit, contract, sanity, ansible_lint, docs_lint, changelog, build, importer)
}
# Two lanes for two cores: the long ones start first. The others are short.
LONGEST = ["sanity", "contract", "importer", "ansible-lint"]


def check(log: Path, *command: str | Path, cwd: Path = STAGED, **variables: str) -> None:
    variables.setdefault("RUFF_CACHE_DIR", str(BUILD / "cache" / "ruff"))
    variables.setdefault("MYPY_CACHE_DIR", str(BUILD / "cache" / "mypy"))
    program, *arguments = command
    env = toolbox.environment(VENV)
    env.update(variables)
    run([BIN / program, *arguments], log, timeout=LIMIT, cwd=cwd, env=env)


def pytest(log: Path, *arguments: str) -> None:
    cache, coverage = BUILD / "cache" / "pytest", LOGS / f"{log.stem}.coverage"
    check(
        *(log, "pytest", "--color=no", "-o", f"cache_dir={cache}", *arguments),
        PYTHONPATH=str(STAGE),
        COVERAGE_FILE=str(coverage),
    )


def contents(artifact: Path) -> dict[str, bytes]:
    with tarfile.open(artifact) as archive:
        return {member.name: archive.extractfile(member).read() for member in archive if member.isfile()}


def interpreters() -> list[str]:
    """A PATH on which each pythonX.Y really runs: without pyenv's shims, with the versions behind them.

    ansible-test tries every supported version that it finds, and a shim without a version behind it fails.
    """
    folders = [Path(folder) for folder in os.environ.get("PATH", os.defpath).split(os.pathsep)]
    if pyenv := shutil.which("pyenv"):
        root = subprocess.run([pyenv, "root"], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
        folders = sorted(Path(root, "versions").glob("*/bin")) + folders
    return [str(folder) for folder in folders if all(map(works, folder.glob("python3.*")))]


def works(python: Path) -> bool:
    if not re.fullmatch(r"python3\.\d+", python.name):
        return True
    command = [python, "-c", ""]
    return not subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode


def seed_get_pip(log: Path) -> None:
    """Give ansible-test the pip that it wants from PyPI; by itself it asks a server that not every machine reaches."""
    (source,) = VENV.glob("lib/python3.*/site-packages/ansible_test/_internal/python_requirements.py")
    versions = set(re.findall(r"""\bpip=['"]([0-9.]+)['"]""", source.read_text(encoding="utf-8")))
    if not versions:
        raise Failure("cannot see which pip this ansible-test wants")
    cache = HOME / ".ansible" / "test" / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    for version in versions:
        script = cache / f"get_pip_{version.replace('.', '_')}.py"
        if script.exists():
            continue
        wheel = f"pip-{version}-py3-none-any.whl"
        check(log, "python", "-m", "pip", "download", "--no-deps", f"pip=={version}", cwd=cache)
        script.write_text(
            "import os, runpy, sys\n"
            f"sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), {wheel!r}))\n"
            "sys.argv[1:] = ['install'] + [a for a in sys.argv[1:] if a not in ('--no-setuptools', '--no-wheel')]\n"
            "runpy.run_module('pip.__main__', run_name='__main__', alter_sys=True)\n",
            encoding="utf-8",
        )


def try_gate(name: str) -> tuple[bool, str]:
    """Run a gate: did it pass, and its line in the report."""
    log = LOGS / f"{name}.log"
    log.unlink(missing_ok=True)
    print(f"...   {name}", flush=True)
    start = time.monotonic()
    passed, note, details = True, "", ""
    try:
        note = GATES[name](log) or ""
    except Exception as error:  # a gate that cannot be run has failed
        passed = False
        reason = str(error) if isinstance(error, Failure) else f"{type(error).__name__}: {error}"
        shown = ["| " + line for line in toolbox.tail(log).splitlines()]
        details = "\n      ".join(["", reason, f"the end of {log.relative_to(ROOT)}:", *shown])
    line = f"{'ok' if passed else 'FAIL':<5} {name:<14} {time.monotonic() - start:6.1f} s  {note}".rstrip()
    print(line + details, flush=True)
    return passed, line


def run_gates(names: list[str]) -> dict[str, tuple[bool, str]]:
    results = {"setup": try_gate("setup")}
    names = [name for name in names if name != "setup"]
    if not results["setup"][0]:
        return results | {name: (False, f"FAIL  {name:<14} not run") for name in names}
    queue = sorted(names, key=lambda name: LONGEST.index(name) if name in LONGEST else len(LONGEST))
    lanes = concurrent.futures.ThreadPoolExecutor(2)
    try:
        running = {name: lanes.submit(try_gate, name) for name in queue}
        return results | {name: running[name].result() for name in names}
    finally:
        lanes.shutdown(wait=False, cancel_futures=True)


def main() -> int:
    parser = argparse.ArgumentParser(description="Run the gates; without names, all of them.")
    parser.add_argument("gate", nargs="*", help=", ".join(GATES))
    chosen = parser.parse_args().gate or list(GATES)
    if unknown := set(chosen) - set(GATES):
        parser.error("no such gate: " + ", ".join(sorted(unknown)))
    with toolbox.session():
        results = run_gates([name for name in GATES if name in chosen])
    passed = sum(result[0] for result in results.values())
    print("", *(result[1] for result in results.values()), sep="\n")
    print(f"\n{passed} passed, {len(results) - passed} failed")
    return int(passed < len(results))


if __name__ == "__main__":
    sys.exit(main())
