# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""execution-environment.yml, as far as it can be followed without a container engine."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml
from integration.runner import environment
from programs import COLLECTION, execute

DEFINITION = COLLECTION / "execution-environment.yml"
REQUIREMENTS = COLLECTION / "meta" / "ee-requirements.txt"


@pytest.fixture
def run(tmp_path, unused_port):
    """Run a program of the virtual environment, far from any Galaxy server."""

    def run(program: str, *arguments: str | Path, cwd: Path = tmp_path) -> str:
        env = environment(tmp_path)
        env["ANSIBLE_COLLECTIONS_PATH"] = str(tmp_path / "image")
        env["ANSIBLE_GALAXY_SERVER"] = f"http://127.0.0.1:{unused_port}"
        return execute(program, *arguments, env=env, cwd=cwd).stdout

    return run


@pytest.fixture
def artifact(run, tmp_path):
    """The collection's artifact, where `make dist` puts it."""
    run("ansible-galaxy", "collection", "build", "--output-path", tmp_path / "dist", COLLECTION)
    (built,) = (tmp_path / "dist").glob("*.tar.gz")
    return built


@pytest.fixture
def context(run, tmp_path, artifact):
    """What the container engine gets: everything that the image is made of."""
    shutil.copy(DEFINITION, tmp_path)
    said = run("ansible-builder", "create", "--output-filename", "Containerfile", "--verbosity", "2")
    assert "warning" not in said.lower()
    return tmp_path / "context"


def test_the_context_has_the_artifact_and_installs_it(context, artifact, run, tmp_path):
    content = context / "_build"
    requirements = yaml.safe_load((content / "requirements.yml").read_text(encoding="utf-8"))
    (wanted,) = requirements["collections"]
    assert (content / wanted["name"]).read_bytes() == artifact.read_bytes()
    # As the image does it.
    steps = (context / "Containerfile").read_text(encoding="utf-8")
    assert "ansible-galaxy collection install $ANSIBLE_GALAXY_CLI_COLLECTION_OPTS -r requirements.yml" in steps
    run("ansible-galaxy", "collection", "install", "-r", "requirements.yml", cwd=content)
    assert (tmp_path / "image" / "ansible_collections" / "saas" / "integrations" / "MANIFEST.json").is_file()


def test_the_image_gets_what_the_collection_needs(context, artifact, run, tmp_path):
    run("ansible-galaxy", "collection", "install", "--offline", artifact)
    pip = tmp_path / "requirements.txt"
    script = context / "_build" / "scripts" / "introspect.py"
    run("python", script, "introspect", "--write-pip", pip, tmp_path / "image")
    found = [line.partition("#")[0].strip() for line in pip.read_text(encoding="utf-8").splitlines()]
    assert found == REQUIREMENTS.read_text(encoding="utf-8").split()


def test_the_image_has_an_ansible_that_the_collection_runs_on():
    definition = yaml.safe_load(DEFINITION.read_text(encoding="utf-8"))
    runtime = yaml.safe_load((COLLECTION / "meta" / "runtime.yml").read_text(encoding="utf-8"))
    core = definition["dependencies"]["ansible_core"]["package_pip"]
    assert core >= f"ansible-core{runtime['requires_ansible'].removesuffix('.0')}"
