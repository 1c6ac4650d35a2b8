# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the gates: python3 tests/gates.py [GATE ...]. Needs git and Python 3.11 or newer; it installs the rest."""

from __future__ import annotations

import argparse
import concurrent.futures
import contextlib
import os
import re
import shutil
import subprocess
import sys
import tarfile
import time
from collections.abc import Callable
from pathlib import Path

import toolbox
from toolbox import BUILD, COLLECTION, HOME, LOGS, ROOT, STAGE, Failure, run

import docs as site

VENV = BUILD / "venv"
STAGED = STAGE / COLLECTION
LIMIT = 1800  # seconds that one command of a gate may take
COVERAGE = 95  # per cent of the lines and branches of the plugins
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")

Gate = Callable[[Path], str | None]


def setup(log: Path) -> None:
    toolbox.make_tools(log)
    toolbox.stage()


def ruff(log: Path) -> None:
    check(log, "ruff", "check", cwd=ROOT)
    check(log, "ruff", "format", "--check", cwd=ROOT)


def mypy(log: Path) -> None:
    settings = STAGED / "pyproject.toml"
    check(log, "mypy", "--config-file", settings, "-p", "ansible_collections.saas.integrations.plugins", cwd=STAGE)


def unit(log: Path) -> str:
    return pytest(log, "tests/unit", f"--cov={STAGED / 'plugins'}", "--cov-report=")


def contract(log: Path) -> str:
    return pytest(log, "tests/contract", "--numprocesses=2", f"--cov={STAGED / 'plugins'}", "--cov-report=")


def coverage(log: Path) -> str:
    """What the unit and the contract tests run together."""
    data = f"--data-file={LOGS / 'all.coverage'}"
    check(log, "coverage", "combine", "--keep", data, LOGS / "unit.coverage", LOGS / "contract.coverage")
    check(log, "coverage", "report", data, "--precision=1", f"--fail-under={COVERAGE}")
    return re.findall(r"^TOTAL .* (\S+)$", log.read_text(encoding="utf-8"), re.MULTILINE)[-1]


def integration(log: Path) -> str:
    install_chromium(log)
    return pytest(log, "tests/integration")


def molecule(log: Path) -> None:
    check(log, "molecule", "test", "--all")


def sanity(log: Path, venv: Path = VENV) -> str:
    if ignored := list(STAGED.glob("tests/sanity/ignore-*")):
        raise Failure(f"{ignored[0].name}: nothing is to be ignored")
    seed_get_pip(log, venv)
    path = os.pathsep.join([str(venv / "bin"), *interpreters()])
    check(log, "ansible-test", "sanity", "--local", "--color", "no", venv=venv, PATH=path)
    skipped = re.findall(r"Skipping .* on Python (\S+) because", log.read_text(encoding="utf-8"))
    return f"without Python {', '.join(dict.fromkeys(skipped))}, not found here" if skipped else ""


def ansible_lint(log: Path) -> None:
    check(log, "ansible-lint", "--profile", "production", "--offline", "--nocolor")


def docs(log: Path) -> str:
    return str(site.build(log).relative_to(ROOT))


def docs_lint(log: Path) -> None:
    check(
        log,
        *("antsibull-docs", "lint-collection-docs", "--plugin-docs", "--check-extra-docs-refs"),
        *("--validate-collection-refs=all", "--disallow-unknown-collection-refs", "."),
    )


def changelog(log: Path) -> None:
    check(log, "antsibull-changelog", "lint")
    check(log, "antsibull-changelog", "lint-changelog-yaml", "changelogs/changelog.yaml")


def reuse(log: Path) -> None:
    check(log, "reuse", "lint", cwd=ROOT)


def build(log: Path) -> str:
    """Two builds are the same, byte by byte, and hold all that a user needs and nothing else."""
    first, second = (toolbox.build_artifact(VENV, BUILD / name, log) for name in ("build-1", "build-2"))
    if first.read_bytes() != second.read_bytes():
        raise Failure("two builds differ")
    with tarfile.open(first) as archive:
        files = [member.name for member in archive if member.isfile()]
    top = {name.partition("/")[0] for name in files}
    needed = {"CHANGELOG.rst", "LICENSE", "README.md", "changelogs", "meta", "playbooks", "plugins"}
    allowed = needed | {"FILES.json", "MANIFEST.json", "SECURITY.md", "docs", "extensions", "roles"}
    if wrong := (needed - top) | (top - allowed):
        raise Failure("missing in the artifact, or not for it: " + ", ".join(sorted(wrong)))
    return f"{len(files)} files, {first.stat().st_size / 1024:.0f} KiB"


def importer(log: Path) -> None:
    """What Galaxy does with an upload."""
    artifact = toolbox.build_artifact(VENV, BUILD / "importer", log)
    check(log, "python", "-m", "galaxy_importer.main", artifact, cwd=BUILD, GALAXY_IMPORTER_CHECK_REQUIRED_TAGS="true")


# In the order of the report.
GATES: dict[str, Gate] = {
    function.__name__.replace("_", "-"): function
    for function in (
        *(setup, ruff, mypy, unit, contract, coverage, integration, molecule, sanity),
        *(ansible_lint, docs_lint, docs, changelog, reuse, build, importer),
    )
}
# The long ones start first. The others are short.
LONGEST = ["sanity", "contract", "integration", "molecule", "unit", "importer", "docs", "ansible-lint"]
NEEDED = {name: ["setup"] for name in GATES if name != "setup"} | {"coverage": ["unit", "contract"]}


def check(log: Path, *command: str | Path, venv: Path = VENV, cwd: Path = STAGED, **variables: str) -> None:
    variables.setdefault("RUFF_CACHE_DIR", str(BUILD / "cache" / "ruff"))
    variables.setdefault("MYPY_CACHE_DIR", str(BUILD / "cache" / "mypy"))
    program, *arguments = command
    env = toolbox.environment(venv)
    env.update(variables)
    run([venv / "bin" / program, *arguments], log, timeout=LIMIT, cwd=cwd, env=env)


def pytest(log: Path, *arguments: str, venv: Path = VENV) -> str:
    """Run tests; returns why some were skipped."""
    cache, data = BUILD / "cache" / "pytest", LOGS / f"{log.stem}.coverage"
    check(
        *(log, "pytest", "--color=no", "-o", f"cache_dir={cache}", *arguments),
        venv=venv,
        PYTHONPATH=str(STAGE),
        COVERAGE_FILE=str(data),
    )
    skipped = re.findall(r"^SKIPPED \[\d+\] \S+: (.+)$", log.read_text(encoding="utf-8"), re.MULTILINE)
    return "skipped: " + ", ".join(dict.fromkeys(skipped)) if skipped else ""


def install_chromium(log: Path) -> None:
    """The tests of pages want a browser, which PyPI does not have; where it cannot be installed they are skipped."""
    if os.geteuid() or not shutil.which("apt-get") or any(map(shutil.which, CHROMIUM)):
        return
    with contextlib.suppress(Failure):
        check(log, "/usr/bin/apt-get", "update", cwd=ROOT)
        check(log, "/usr/bin/apt-get", "install", "--yes", "--no-install-recommends", "chromium", cwd=ROOT)


def interpreter(*versions: str) -> str | None:
    """The first of these Pythons that is found and can make virtual environments."""
    path = os.pathsep.join(interpreters())
    found = (shutil.which(f"python{version}", path=path) for version in versions)
    return next((python for python in found if python and works(Path(python), "import ensurepip, venv")), None)


def interpreters() -> list[str]:
    """A PATH on which each pythonX.Y really runs: without pyenv's shims, with the versions behind them.

    ansible-test tries every supported version that it finds, and a shim without a version behind it fails.
    """
    folders = [Path(folder) for folder in os.environ.get("PATH", os.defpath).split(os.pathsep)]
    if pyenv := shutil.which("pyenv"):
        root = subprocess.run([pyenv, "root"], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
        folders = sorted(Path(root, "versions").glob("*/bin")) + folders
    return [str(folder) for folder in folders if all(map(works, folder.glob("python3.*")))]


def works(python: Path, code: str = "") -> bool:
    if not re.fullmatch(r"python3\.\d+", python.name):
        return True
    command = [python, "-c", code]
    return not subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode


def seed_get_pip(log: Path, venv: Path) -> None:
    """Give ansible-test the pip that it wants from PyPI; by itself it asks a server that not every machine reaches."""
    (source,) = venv.glob("lib/python3.*/site-packages/ansible_test/_internal/python_requirements.py")
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
        check(log, "python", "-m", "pip", "download", "--no-deps", f"pip=={version}", venv=venv, cwd=cache)
        script.write_text(
            "import os, runpy, sys\n"
            f"sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), {wheel!r}))\n"
            "sys.argv[1:] = ['install'] + [a for a in sys.argv[1:] if a not in ('--no-setuptools', '--no-wheel')]\n"
            "runpy.run_module('pip.__main__', run_name='__main__', alter_sys=True)\n",
            encoding="utf-8",
        )


def try_gate(name: str, gate: Gate) -> tuple[bool, str]:
    """Run a gate: did it pass, and its line in the report."""
    log = LOGS / f"{name.replace(' ', '-')}.log"
    log.unlink(missing_ok=True)
    print(f"...   {name}", flush=True)
    start = time.monotonic()
    passed, note, details = True, "", ""
    try:
        note = gate(log) or ""
    except Exception as error:  # a gate that cannot be run has failed
        passed = False
        reason = str(error) if isinstance(error, Failure) else f"{type(error).__name__}: {error}"
        shown = ["| " + line for line in toolbox.tail(log).splitlines()]
        details = "\n      ".join(["", reason, f"the end of {log.relative_to(ROOT)}:", *shown])
    line = f"{'ok' if passed else 'FAIL':<5} {name:<14} {time.monotonic() - start:6.1f} s  {note}".rstrip()
    print(line + details, flush=True)
    return passed, line


def run_gates(gates: dict[str, Gate], needed: dict[str, list[str]]) -> dict[str, tuple[bool, str]]:
    """Run gates in this order, in two lanes for two cores.

    :param needed: for a gate, those that come before it and have to pass.
    """
    running: dict[str, concurrent.futures.Future] = {}

    def wait_and_try(name: str) -> tuple[bool, str]:
        if all(running[other].result()[0] for other in needed.get(name, [])):
            return try_gate(name, gates[name])
        return False, f"FAIL  {name:<14} not run"

    lanes = concurrent.futures.ThreadPoolExecutor(2)
    try:
        for name in gates:
            running[name] = lanes.submit(wait_and_try, name)
        return {name: running[name].result() for name in gates}
    finally:
        lanes.shutdown(wait=False, cancel_futures=True)


def report(results: dict[str, tuple[bool | None, str]]) -> int:
    """Print the lines of the results, and how many passed, failed and, with None, were skipped."""
    passed, failed, skipped = ([result[0] for result in results.values()].count(each) for each in (True, False, None))
    print("", *(result[1] for result in results.values()), sep="\n")
    print(f"\n{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return int(failed > 0 or not passed)


def main() -> int:
    parser = argparse.ArgumentParser(description="Run the gates; without names, all of them.")
    parser.add_argument("gate", nargs="*", help=", ".join(GATES))
    chosen = set(parser.parse_args().gate or GATES)
    if unknown := chosen - set(GATES):
        parser.error("no such gate: " + ", ".join(sorted(unknown)))
    chosen |= {"setup", *(other for name in chosen for other in NEEDED.get(name, []))}
    order = dict.fromkeys(["setup", *LONGEST, *GATES])
    with toolbox.session():
        results = run_gates({name: GATES[name] for name in order if name in chosen}, NEEDED)
    return report({name: results[name] for name in GATES if name in chosen})


if __name__ == "__main__":
    sys.exit(main())
