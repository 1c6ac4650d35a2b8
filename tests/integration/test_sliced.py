# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""playbooks/apply_sliced.yml, as AWX runs it: several jobs at once, each with its share of the inventory."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from cases import CASES
from integration.runner import Job, inventory

FLEET = 1000
SLICES = 4
PLAYBOOK = "playbooks/apply_sliced.yml"
# The task of each service.
TASKS = {case.service: case.client.title for case in CASES}
# Whoever contacts a host fails.
HOST = {"ansible_host": "192.0.2.1", "ansible_connection": "no.such.connection"}


def fleet(size: int, suffix: str = "") -> dict[str, dict[str, Any]]:
    """Hosts by name, each with an integration, of each service as many as of the others."""
    hosts = {}
    for case in CASES:
        kind = case.kinds[0]
        for number in range(size // len(CASES)):
            name = f"{case.service}-{number:03}{suffix}"
            args = {**case.sample(kind, required_only=True), "name": name}
            hosts[name] = {**HOST, f"{case.service}_integration": args}
    return hosts


@pytest.fixture
def job(sandbox, tmp_path):
    """Make a job; its inventory is a share of the hosts."""

    def make(hosts: dict[str, Any], *arguments: str, share: tuple[int, int] = (1, 1), **env: str) -> Job:
        folder = tmp_path / f"job-{len(list(tmp_path.glob('job-*')))}"
        folder.mkdir()
        return Job(folder, PLAYBOOK, inventory(hosts, None, *share), *arguments, **{**sandbox.env, **env})

    return make


def assert_read_once(sandbox) -> None:
    read = [entry["path"] for entry in sandbox.log() if entry["method"] == "GET"]
    assert len(read) == len(set(read)), read


def names(sandbox, service: str) -> list[str]:
    return sorted(item.get("name") or item["display_name"] for item in sandbox.objects(service))


def test_slices_make_the_fleet_together(job, sandbox):
    others, hosts = fleet(len(CASES), "other"), fleet(FLEET)
    job(others).run()
    jobs = [job(hosts, share=(number, SLICES)) for number in range(1, SLICES + 1)]
    with ThreadPoolExecutor(SLICES) as pool:
        list(pool.map(Job.run, jobs))
    for case in CASES:
        wanted = [name for name in (*hosts, *others) if name.startswith(case.service)]
        assert names(sandbox, case.service) == sorted(wanted)
    sandbox.log()
    again = job(hosts).run()
    assert [again.results[task]["changed"] for task in TASKS.values()] == [False] * len(CASES), again.output
    assert {entry["method"] for entry in sandbox.log()} == {"GET"}


def test_one_task_for_each_service_and_no_secret_in_what_the_controller_keeps(job, sandbox):
    done = job(fleet(40), "-vvvv").run()
    for task in TASKS.values():
        assert len(done.results[task]["created"]) == 10
    assert_read_once(sandbox)
    kept = [path.read_text(encoding="utf-8") for path in done.artifacts.rglob("*") if path.is_file()]
    assert sum(map(len, kept)) > 100_000
    assert not any("hooks.example.com" in text for text in kept)


@pytest.mark.parametrize("arguments", [("--limit", "netography-*"), ("--forks", "1"), ("--check",)], ids=" ".join)
def test_what_a_job_template_may_say(job, sandbox, arguments):
    job(fleet(8), *arguments).run()
    made = {case.service: len(sandbox.objects(case.service)) for case in CASES}
    expected = {"--limit": {"netography": 2}, "--forks": dict.fromkeys(made, 2), "--check": {}}[arguments[0]]
    assert made == {**dict.fromkeys(made, 0), **expected}


def test_the_strategy_of_the_job_does_not_matter(job, sandbox):
    job(fleet(8), ANSIBLE_STRATEGY="free").run()
    assert all(len(sandbox.objects(case.service)) == 2 for case in CASES)
    assert_read_once(sandbox)


def test_empty_shares(job, sandbox):
    hosts = fleet(4)
    one = {name: value for name, value in hosts.items() if name.startswith("netography")}
    # No host at all; no host for most services, whose credentials are then not needed.
    job({}).run()
    job(one, **dict.fromkeys((name for name in sandbox.env if not name.startswith("NETO")), "")).run()
    assert [len(sandbox.objects(case.service)) for case in CASES] == [1, 0, 0, 0]
    assert {entry["service"] for entry in sandbox.log()} == {"netography"}


def test_a_wrong_entry_is_named_and_stops_its_service_alone(job, sandbox):
    hosts = fleet(8)
    hosts["netography-wrong"] = {"netography_integration": {"name": "netography-wrong"}}
    failed = job(hosts).run(status=2)
    for task in ("Netography", "Every service has its share"):
        assert "'netography-wrong'" in failed.results[task]["msg"]
        assert "Nothing was written" in failed.results[task]["msg"]
    assert [len(sandbox.objects(case.service)) for case in CASES] == [0, 2, 2, 2]


def test_a_host_without_an_integration_is_named(job, sandbox):
    failed = job({**fleet(8), "misspelt": {"netograpy_integration": {"name": "x"}}}).run(status=2)
    assert failed.results["Every host stands for an integration"]["msg"] == "Without an integration: misspelt"
    assert all(not sandbox.objects(case.service) for case in CASES)


def test_an_unknown_variable_is_named_and_not_written(job, sandbox):
    hosts = fleet(4)
    hosts["confluent-000"]["confluent_integration"]["description"] = "{{ no_such_variable }}"
    failed = job(hosts).run(status=2)
    assert "no_such_variable" in failed.output
    assert not sandbox.objects("confluent")
