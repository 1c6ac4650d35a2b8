# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the gates, the demo and the benchmark share: virtual environments, staging, the artifact, the sandbox.

Standard library only: it runs before anything is installed. All it writes lies under .build/.
"""

from __future__ import annotations

import ast
import configparser
import contextlib
import fcntl
import gzip
import hashlib
import io
import json
import os
import re
import select
import shutil
import signal
import subprocess
import sys
import tarfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / ".build"
HOME = BUILD / "home"
LOGS = BUILD / "logs"
STAGE = BUILD / "stage"
COLLECTION = Path("ansible_collections", "saas", "integrations")

RUN_TIME = ROOT / "meta" / "ee-requirements.txt"
SANDBOX = ROOT / "tests" / "sandbox" / "requirements.txt"
TESTS = ROOT / "tests" / "requirements.txt"
TOOLS = ROOT / "tests" / "requirements-tools.txt"

# Of the caller's environment: settings of the tools, and credentials of real services, which no test may ever reach.
FOREIGN = re.compile(
    r"(ANSIBLE|CONFLUENT|COVERAGE|GALAXY|GIT|MOLECULE|MYPY|NETOGRAPHY|NETOSECRET|PAGERTREE|PYTEST|PYTHON|ROCKETCHAT"
    r"|RUFF|VIRTUAL_ENV|XDG)(_|$|[A-Z])"
)

_running: set[subprocess.Popen] = set()


class Failure(Exception):
    """Something that was to be shown does not hold; the message says what."""


def environment(venv: Path, collections: Path = STAGE, home: Path = HOME) -> dict[str, str]:
    """The environment of a child: nothing of the user's Ansible, and a HOME of its own."""
    env = {key: value for key, value in os.environ.items() if not FOREIGN.match(key)}
    env.update(
        PATH=os.pathsep.join([str(venv / "bin"), env.get("PATH", os.defpath)]),
        HOME=str(home),
        LC_ALL="en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8",  # Ansible refuses any other encoding
        ANSIBLE_HOME=str(home / ".ansible"),
        ANSIBLE_COLLECTIONS_PATH=str(collections),
        PIP_CACHE_DIR=str(HOME / ".cache" / "pip"),
    )
    # The sandbox is on loopback, also on a machine that reaches the rest through a proxy.
    direct = [env.get("no_proxy"), env.get("NO_PROXY"), "127.0.0.1", "localhost"]
    env["no_proxy"] = env["NO_PROXY"] = ",".join(filter(None, direct))
    home.mkdir(parents=True, exist_ok=True)
    return env


def run(command: list, log: Path | None = None, timeout: float | None = None, **options) -> None:
    """Run a command in a process group of its own, its output appended to the log; raise Failure if it fails."""
    command = [str(word) for word in command]
    with contextlib.ExitStack() as stack:
        if log:
            output = stack.enter_context(log.open("a", encoding="utf-8"))
            print("$", *command, file=output, flush=True)
            options.update(stdout=output, stderr=subprocess.STDOUT)
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True, **options)
        _running.add(child)
        try:
            status = child.wait(timeout)
        except subprocess.TimeoutExpired:
            raise Failure(f"{Path(command[0]).name} did not end within {timeout:.0f} s") from None
        finally:
            stop(child)
    if status:
        raise Failure(f"{Path(command[0]).name} ended with status {status}")


def stop(child: subprocess.Popen) -> None:
    """End a child and whatever it has left behind in its process group."""
    for number, patience in ((signal.SIGTERM, 5), (signal.SIGKILL, None)):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(patience)
            break
    _running.discard(child)


@contextlib.contextmanager
def session():
    """One run at a time in a clone; every child ends with it, however it ends."""
    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def interrupted(number, _frame):
        for each in signals:
            signal.signal(each, signal.SIG_IGN)
        sys.exit(128 + number)

    for number in signals:
        signal.signal(number, interrupted)
    BUILD.mkdir(exist_ok=True)
    LOGS.mkdir(exist_ok=True)
    with (BUILD / "lock").open("w", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Waiting for another run in this clone to end.", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            yield
        finally:
            for child in list(_running):
                stop(child)


@contextlib.contextmanager
def command(log: Path, failed: str):
    """A session with a new log. What goes wrong in it ends the program with a sentence, below the end of the log."""
    with session():
        log.unlink(missing_ok=True)
        try:
            yield
        except (Failure, OSError, subprocess.SubprocessError) as failure:
            print(tail(log), f"\n{failed}: {failure}", sep="\n", file=sys.stderr)
            sys.exit(1)


def make_venv(name: str, requirements: list[Path | str], log: Path, python: str = sys.executable) -> Path:
    """A virtual environment with these requirements; made again only if they, the Python or the clone's path change."""
    venv = BUILD / name
    version = subprocess.run([python, "-VV"], check=True, stdout=subprocess.PIPE, text=True).stdout
    arguments = [word for item in requirements for word in (["-r", str(item)] if isinstance(item, Path) else [item])]
    content = [item.read_text(encoding="utf-8") for item in requirements if isinstance(item, Path)]
    wanted = hashlib.sha256("\n".join([python, version, str(venv), *arguments, *content]).encode()).hexdigest()
    stamp = venv / "requirements.sha256"
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted:
        return venv
    shutil.rmtree(venv, ignore_errors=True)
    run([python, "-m", "venv", venv], log, env=environment(venv))
    _keep_pip_settings(venv)
    run([venv / "bin" / "python", "-m", "pip", "install", *arguments], log, env=environment(venv))
    stamp.write_text(wanted, encoding="utf-8")
    return venv


def make_tools(log: Path) -> Path:
    """The virtual environment of the gates: for all that is tested in this clone, and all that tests it."""
    return make_venv("venv", [TESTS, TOOLS, SANDBOX, RUN_TIME], log)


def _keep_pip_settings(venv: Path) -> None:
    """Give pip under our HOME the user's index, proxy and certificates: ansible-test passes no variables on to it."""
    listed = subprocess.run(
        [venv / "bin" / "python", "-m", "pip", "config", "list"], check=True, stdout=subprocess.PIPE, text=True
    ).stdout
    settings = configparser.RawConfigParser()
    settings["global"] = {"disable-pip-version-check": "true", "quiet": "1"}
    for line in listed.splitlines():
        key, _equals, value = line.partition("=")
        section, _dot, option = key.replace(":env:", "global", 1).partition(".")
        if not settings.has_section(section):
            settings.add_section(section)
        settings.set(section, option, ast.literal_eval(value))
    target = HOME / ".config" / "pip" / "pip.conf"
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("w", encoding="utf-8") as file:
        target.chmod(0o600)  # an index URL may hold a password
        settings.write(file)


def stage(top: Path = STAGE) -> Path:
    """Copy the working tree to where Ansible wants a collection. ansible-test refuses symbolic links."""
    env = _git_environment()
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, env=env, check=True, stdout=subprocess.PIPE).stdout
    wanted = {Path(os.fsdecode(name)) for name in listed.split(b"\0") if name}
    wanted = {name for name in wanted if (ROOT / name).is_file()}
    target = top / COLLECTION
    # A repository of its own: in the one around it, all of .build is ignored, and so would the collection be.
    run(["git", "init", "--quiet", target], env=env)
    for folder, folders, files in os.walk(target):
        here = Path(folder)
        # Not what the tools make that run here, perhaps at this moment.
        folders[:] = [name for name in folders if name not in (".git", ".ansible", "output")]
        for name in files:
            if (here / name).relative_to(target) not in wanted:
                (here / name).unlink()
    for name in wanted:
        source, copy = ROOT / name, target / name
        if not copy.exists() or _version(source) != _version(copy):
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, copy)
    return target


def _git_environment() -> dict[str, str]:
    # Not the HOME of the gates: whether git trusts a clone of another owner is in the user's settings.
    return {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}


def _version(path: Path) -> tuple:
    status = path.stat()
    return status.st_size, status.st_mtime_ns, status.st_mode


def build_artifact(venv: Path, destination: Path, log: Path) -> Path:
    """Build the collection's artifact from a fresh copy of the working tree: the same files give the same bytes."""
    top = BUILD / "source" / destination.name
    shutil.rmtree(top, ignore_errors=True)
    destination.mkdir(parents=True, exist_ok=True)
    for old in destination.glob("saas-integrations-*.tar.gz"):
        old.unlink()
    run(
        [venv / "bin" / "ansible-galaxy", "collection", "build", "--output-path", destination, stage(top)],
        log,
        env=environment(venv),
    )
    (artifact,) = destination.glob("saas-integrations-*.tar.gz")
    _normalise(artifact)
    return artifact


def _normalise(artifact: Path) -> None:
    """Pack an artifact anew: in order, and with the time of the last commit instead of the build's."""
    git = ["git", "log", "-1", "--format=%ct"]
    time = int(subprocess.run(git, cwd=ROOT, env=_git_environment(), check=True, stdout=subprocess.PIPE).stdout)
    with tarfile.open(artifact) as archive:
        members = {each.name: each for each in archive}
        content = {name: archive.extractfile(each).read() for name, each in members.items() if each.isfile()}
    files, manifest = (json.loads(content[name]) for name in ("FILES.json", "MANIFEST.json"))
    files["files"].sort(key=lambda each: each["name"])
    content["FILES.json"] = json.dumps(files, indent=True).encode()
    manifest["file_manifest_file"]["chksum_sha256"] = hashlib.sha256(content["FILES.json"]).hexdigest()
    content["MANIFEST.json"] = json.dumps(manifest, indent=True).encode()
    with (
        artifact.open("wb") as file,
        gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=time) as packed,
        tarfile.open(mode="w", fileobj=packed) as archive,
    ):
        for name, member in sorted(members.items()):
            member.pax_headers.clear()  # exact times are among them
            member.mtime, member.size = time, len(content.get(name, b""))
            archive.addfile(member, io.BytesIO(content.get(name, b"")))


def install_artifact(venv: Path, artifact: Path, folder: Path, log: Path) -> dict[str, str]:
    """Install an artifact as a user would who has nothing yet; returns the environment that uses it."""
    shutil.rmtree(folder, ignore_errors=True)
    env = environment(venv, folder / "collections", folder / "home")
    env.update(ANSIBLE_LOCALHOST_WARNING="false", ANSIBLE_INVENTORY_UNPARSED_WARNING="false")
    galaxy = venv / "bin" / "ansible-galaxy"
    run([galaxy, "collection", "install", "--offline", "-p", folder / "collections", artifact], log, env=env)
    return env


@contextlib.contextmanager
def sandbox(venv: Path, log: Path, patience: float = 30):
    """Start the sandbox; yields its address and the environment variables that point every module at it."""
    with log.open("a", encoding="utf-8") as errors:
        child = subprocess.Popen(
            [venv / "bin" / "python", "tests/sandbox", "--port", "0"],
            cwd=ROOT,
            env=environment(venv),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            start_new_session=True,
        )
        _running.add(child)
        try:
            ready = select.select([child.stdout], [], [], patience)[0]
            line = child.stdout.readline() if ready else ""
            try:
                started = json.loads(line)
            except ValueError:
                raise Failure("the sandbox did not start") from None
            yield started["url"], started["env"]
        finally:
            stop(child)


def tail(log: Path, count: int = 60) -> str:
    """The last lines of a log, and of those before them the ones that ansible-test marks as errors."""
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines() if log.exists() else []
    return "\n".join([line for line in lines[:-count] if line.startswith("ERROR")] + lines[-count:])
