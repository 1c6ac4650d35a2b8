# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""extensions/awx by the rules of AWX, and at work as AWX makes it work: ansible-runner, credentials, surveys."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from cases import CASES, SERVICES, each_case
from integration.runner import Job, environment, inventory
from jinja2 import StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jsonschema import Draft202012Validator
from programs import COLLECTION, execute

from ansible_collections.saas.integrations.plugins.module_utils._core.task import Info

AWX = COLLECTION / "extensions" / "awx"


def read(path: Path) -> dict[str, Any]:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def folder(name: str) -> dict[str, dict[str, Any]]:
    """The data of a folder, by the names of its files."""
    return {path.stem: read(path) for path in sorted((AWX / name).glob("*.yml"))}


TYPES = folder("credential_types")
TEMPLATES = folder("job_templates")
SOURCES = folder("inventory_sources")
SCHEDULES = folder("schedules")

# -- Credential types, by AWX's rules for them ------------------------------------------------------------------------

NAME = "^[a-zA-Z_][a-zA-Z0-9_]*$"
TEXT = {"type": "string", "minLength": 1}
FIELD = {
    "type": "object",
    "additionalProperties": False,
    "required": ["id", "label", "type"],
    "properties": {
        "id": {"type": "string", "pattern": NAME, "not": {"const": "tower"}},
        "label": TEXT,
        "help_text": TEXT,
        "type": {"enum": ["string", "boolean"]},
        "format": {"enum": ["ssh_private_key", "url"]},
        "choices": {"type": "array", "minItems": 1, "uniqueItems": True, "items": {"type": "string"}},
        "multiline": {"type": "boolean"},
        "secret": {"type": "boolean"},
        "default": {"type": ["string", "boolean"]},
    },
    # These say something about strings only.
    "if": {"properties": {"type": {"const": "boolean"}}},
    "then": {
        "not": {"anyOf": [{"required": [name]} for name in ("choices", "multiline", "format", "secret")]},
        "properties": {"default": {"type": "boolean"}},
    },
    "else": {"properties": {"default": {"type": "string"}}},
}
CREDENTIAL_TYPE = Draft202012Validator(
    {
        "type": "object",
        "additionalProperties": False,
        "required": ["name", "description", "kind", "inputs", "injectors"],
        "properties": {
            "name": TEXT,
            "description": TEXT,
            "kind": {"enum": ["cloud", "net"]},
            "inputs": {
                "type": "object",
                "additionalProperties": False,
                "required": ["fields"],
                "properties": {
                    "fields": {"type": "array", "minItems": 1, "items": FIELD},
                    "required": {"type": "array", "items": {"type": "string"}},
                },
            },
            "injectors": {
                "type": "object",
                "additionalProperties": False,
                "properties": {
                    "env": {
                        "type": "object",
                        "additionalProperties": False,
                        "patternProperties": {
                            "^(?!ANSIBLE_)[A-Z_][A-Z0-9_]*$": {"type": "string", "pattern": "^[ -~]*$"}
                        },
                    },
                    "extra_vars": {
                        "type": "object",
                        "additionalProperties": False,
                        "patternProperties": {NAME: {"type": "string"}},
                    },
                    "file": {
                        "type": "object",
                        "additionalProperties": False,
                        "patternProperties": {r"^template(\.[a-zA-Z_]\w*)?$": {"type": "string"}},
                    },
                },
            },
        },
    }
)


def complaints(type_: dict[str, Any]) -> list[str]:
    """What AWX would refuse about a credential type."""
    found = [f"{error.json_path}: {error.message}" for error in CREDENTIAL_TYPE.iter_errors(type_)]
    if found:
        return found
    ids = [field["id"] for field in type_["inputs"]["fields"]]
    found += [f"{id} is there twice" for id in {id for id in ids if ids.count(id) > 1}]
    found += [f"{id} is required, but no field" for id in type_["inputs"].get("required", ()) if id not in ids]
    known: dict[str, Any] = dict.fromkeys(ids, "EXAMPLE")
    if "template" in type_["injectors"].get("file", {}):
        known["tower"] = {"filename": "EXAMPLE"}
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined)
    for injectors in type_["injectors"].values():
        for name, template in injectors.items():
            try:
                environment.from_string(template).render(known)
            except Exception as error:
                found.append(f"{name}: {error}")
    return found


def changed(path: str, value: Any) -> dict[str, Any]:
    """A sound credential type in which one thing is not."""
    sound = {
        "name": "Sound",
        "description": "Sound",
        "kind": "cloud",
        "inputs": {"fields": [{"id": "token", "label": "Token", "type": "string"}], "required": ["token"]},
        "injectors": {"env": {"TOKEN": "{{ token }}"}},
    }
    here: Any = sound
    *steps, last = path.split("/")
    for step in steps:
        here = here[int(step)] if isinstance(here, list) else here[step]
    here[last] = value
    return sound


FAULTS = [
    ("kind", "ssh"),
    ("inputs/required", ["nothing"]),
    ("inputs/dependencies", {}),
    ("inputs/fields", [{"id": "token", "label": "Token", "type": "string"}] * 2),
    ("inputs/fields/0/id", "tower"),
    ("inputs/fields/0/id", "api-key"),
    ("inputs/fields/0/type", "integer"),
    ("inputs/fields/0/placeholder", "x"),
    ("inputs/fields/0/default", 3),
    ("inputs/fields/0", {"id": "token", "label": "Token", "type": "boolean", "secret": True}),
    ("injectors/environment", {}),
    ("injectors/env/ANSIBLE_CONFIG", "x"),
    ("injectors/env/2ND", "x"),
    ("injectors/env/TOKEN", "{{ tokn }}"),
    ("injectors/env/TOKEN", "{{ token"),
    ("injectors/env/TOKEN", "{{ token.__class__.__mro__ }}"),
    ("injectors/env/TOKEN", "{{ tower.filename }}"),
    ("injectors/env/TOKEN", "ä"),
    ("injectors/file", {"other": "x"}),
]


@pytest.mark.parametrize(("path", "value"), FAULTS)
def test_the_checker_finds_what_awx_refuses(path, value):
    if path == "inputs/fields/0":
        type_ = changed("inputs/fields", [value])
    else:
        type_ = changed(path, value)
    assert complaints(type_)


def test_the_checker_lets_pass_what_awx_takes():
    assert not complaints(changed("injectors/file", {"template": "{{ token }}"}))


def test_a_credential_type_for_each_service():
    assert sorted(TYPES) == sorted(SOURCES) == sorted(SERVICES)
    assert len({type_["name"] for type_ in TYPES.values()}) == len(TYPES)


@each_case
def test_credential_types(case):
    type_ = TYPES[case.service]
    assert not complaints(type_)
    fields = {field["id"]: field for field in type_["inputs"]["fields"]}
    options = case.client.options
    assert fields.keys() == options.keys()
    assert all("help_text" in field for field in fields.values())
    secret = {name for name, field in fields.items() if field.get("secret")}
    assert secret == {name for name, option in options.items() if option["no_log"]}
    variables = {name: option["fallback"][1][0] for name, option in options.items()}
    assert type_["injectors"] == {"env": {variables[name]: f"{{{{ {name} }}}}" for name in fields}}


# -- Credentials at work ----------------------------------------------------------------------------------------------


def injected(service: str, inputs: dict[str, str]) -> dict[str, str]:
    """The variables that AWX sets for a job with such a credential: what was not filled in is an empty text."""
    env = TYPES[service]["injectors"]["env"]
    filled = {name: value for name, value in inputs.items() if value}
    return {name: ImmutableSandboxedEnvironment().from_string(text).render(filled) for name, text in env.items()}


def inputs(service: str, env: dict[str, str]) -> dict[str, str]:
    """The fields of a credential for the sandbox, whose environment this is."""
    case = CASES[SERVICES.index(service)]
    return {name: env.get(option["fallback"][1][0], "") for name, option in case.client.options.items()}


@pytest.fixture
def job(sandbox, tmp_path):
    """Make a job from a template, with answers to its survey and a credential for each of the services."""

    def make(template: str, services: list[str], variables: dict[str, Any], answers: dict[str, Any], **env: str) -> Job:
        playbook, credentials = TEMPLATES[template]["playbook"], {}
        for service in services:
            credentials.update(injected(service, inputs(service, sandbox.env)))
        here = tmp_path / f"job-{len(list(tmp_path.glob('job-*')))}"
        here.mkdir()
        given = {**defaults(TEMPLATES[template]), **answers}
        return Job(here, playbook, inventory({}, variables), extra_vars=given, **{**credentials, **env})

    return make


def defaults(template: dict[str, Any]) -> dict[str, Any]:
    """What AWX gives a job when nobody changes the answers to its survey."""
    answers = {question["variable"]: question for question in template["survey"]}
    return {
        name: question["default"].split("\n") if question["type"] == "multiselect" else question["default"]
        for name, question in answers.items()
    }


def lists(*services: str) -> dict[str, Any]:
    """What is to be there: an integration on each service."""
    cases = [case for case in CASES if case.service in services]
    return {f"{case.service}_integrations": [case.sample(case.kinds[0], required_only=True)] for case in cases}


@pytest.mark.parametrize("service", [*SERVICES, "netosecret"])
def test_credentials_reach_the_modules(job, sandbox, tmp_path, service):
    env = {}
    if service == "netosecret":
        service, env = "netography", injected("netography", {"netosecret": sandbox.netosecret})
    exported = tmp_path / "exported"
    job("export", [service], {}, {"export_services": [service], "export_dir": str(exported)}, **env).run()
    assert (exported / f"{service}.yml").exists()
    log = sandbox.log()
    assert {entry["service"] for entry in log} == {service}
    assert {entry["status"] for entry in log} == {200}


@each_case
def test_an_empty_variable_counts_as_none(case, monkeypatch):
    validator = ArgumentSpecValidator(**Info(case.client).arguments())

    def seen() -> tuple[Any, Any]:
        validated = validator.validate({})
        return validated.error_messages, validated.validated_parameters

    for name in injected(case.service, {}):
        monkeypatch.delenv(name, raising=False)
    without = seen()
    for name, value in injected(case.service, {}).items():
        assert value == ""
        monkeypatch.setenv(name, value)
    assert seen() == without


def update(source: str, home: Path, status: int = 0, **credentials: str) -> str:
    """Update an inventory source; returns what was found, or why that failed."""
    arguments = ("--list", "--export", "-i", COLLECTION / SOURCES[source]["source_path"])
    options = {"env": {**environment(home), **credentials}, "cwd": COLLECTION, "stderr": subprocess.PIPE}
    done = execute("ansible-inventory", *arguments, status=status, **options)
    return done.stderr if status else done.stdout


@pytest.mark.parametrize("service", [*SERVICES, "netosecret"])
def test_inventory_sources(job, sandbox, tmp_path, service):
    fields = inputs(service, sandbox.env) if service in SERVICES else {"netosecret": sandbox.netosecret}
    service = service if service in SERVICES else "netography"
    job("apply", [service], lists(service), {}).run()
    found = json.loads(update(service, tmp_path, **injected(service, fields)))
    assert f"{service}: sample" in found[service]["hosts"]
    name = "api_key" if "api_key" in fields else next(name for name in fields if name in ("auth_token", "netosecret"))
    refused = update(service, tmp_path, 1, **injected(service, {**fields, name: "wrong", "access_token": ""}))
    assert "401" in refused or "netosecret" in refused


# -- Job templates ----------------------------------------------------------------------------------------------------

QUESTION = {
    "question_name": str,
    "question_description": str,
    "variable": str,
    "type": str,
    "required": bool,
    "default": (str, int, float),
    "choices": list,
    "min": int,
    "max": int,
}
ANSWERS = {"text": str, "textarea": str, "password": str, "integer": int, "float": float}
CHOICE = ("multiplechoice", "multiselect")
# What asks for an option of a role.
ASKS = {"bool": "multiplechoice", "int": "integer", "str": "text", "path": "text", "list": "multiselect"}


def objections(questions: list[dict[str, Any]]) -> list[str]:
    """What AWX would refuse about a survey."""
    found = []
    variables = [question.get("variable") for question in questions]
    if len(set(variables)) < len(variables):
        found.append("a variable is asked for twice")
    for question in questions:
        missing = {"question_name", "variable", "type", "required"} - question.keys()
        wrong = [name for name, value in question.items() if not isinstance(value, QUESTION.get(name, ()))]
        if missing or wrong:
            found.append(f"missing {missing}, wrong {wrong}")
            continue
        type_, low, high = question["type"], question.get("min"), question.get("max")
        if type_ not in (*ANSWERS, *CHOICE):
            found.append(f"no such type: {type_}")
        elif type_ in CHOICE:
            choices = question.get("choices", [])
            default = question.get("default", "")
            chosen = default.split("\n") if type_ == "multiselect" else [default]
            if not choices or not all(isinstance(choice, str) for choice in choices) or set(chosen) - {*choices, ""}:
                found.append(f"{question['variable']}: {choices} {default}")
        elif "default" in question:
            default = question["default"]
            size = len(default) if isinstance(default, str) else default
            fits = isinstance(default, ANSWERS[type_]) and not isinstance(default, bool)
            if not fits or not (low or 0) <= size <= (size if high is None else high):
                found.append(f"{question['variable']}: {default}")
    return found


SOUND = {"question_name": "A", "variable": "a", "type": "integer", "required": True, "default": 3, "min": 1, "max": 5}


@pytest.mark.parametrize(
    "wrong",
    [
        *({"type": type_, "choices": ["x"]} for type_ in ("boolean", "multiplechoice")),
        {"type": "multiplechoice", "default": "false", "choices": [False, True]},
        {"type": "multiselect", "default": "x\nz", "choices": ["x", "y"]},
        {"required": "yes"},
        {"default": "3"},
        {"default": 6},
        {"default": 0},
        {"help": "x"},
    ],
    ids=str,
)
def test_the_survey_checker_finds_what_awx_refuses(wrong):
    assert objections([{**SOUND, **wrong}])


def test_the_survey_checker_finds_what_is_missing_and_what_is_there_twice():
    assert not objections([SOUND])
    assert objections([SOUND, SOUND])
    for name in ("question_name", "variable", "type", "required"):
        assert objections([{key: value for key, value in SOUND.items() if key != name}])


def role_options(template: dict[str, Any]) -> dict[str, Any]:
    """The options of the roles that a template's playbook applies."""
    playbook = (COLLECTION / template["playbook"]).read_text(encoding="utf-8")
    names = re.findall(r"\b(?:role|name): saas\.integrations\.(\w+)$", playbook, re.MULTILINE)
    assert names
    specs = [read(COLLECTION / "roles" / name / "meta" / "argument_specs.yml") for name in names]
    return {name: option for spec in specs for name, option in spec["argument_specs"]["main"]["options"].items()}


@pytest.mark.parametrize("template", [name for name in TEMPLATES if "survey" in TEMPLATES[name]])
def test_surveys_ask_for_options_of_the_roles(template):
    questions = TEMPLATES[template]["survey"]
    assert not objections(questions)
    options = role_options(TEMPLATES[template])
    for question in questions:
        option = options[question["variable"]]
        assert question["type"] == ASKS[option["type"]], question
        choices = option.get("choices", ["false", "true"] if option["type"] == "bool" else [])
        assert sorted(question.get("choices", [])) == sorted(choices), question
    # A schedule gives no answers.
    assert all("default" in question for question in questions if question["required"])
    required = {name for name, option in options.items() if option.get("required")}
    assert required <= {question["variable"] for question in questions}


def test_apply_and_drift(job, sandbox, tmp_path):
    wanted = lists(*SERVICES)
    said = job("apply", SERVICES, wanted, {}).run().output
    assert said.count("1 created") == len(SERVICES), said
    report = {"drift_dir": str(tmp_path / "report")}
    job("drift", SERVICES, wanted, report).run()
    assert json.loads((tmp_path / "report" / "drift.json").read_text(encoding="utf-8"))["drift"] is False
    more = {"confluent_integrations": [{**wanted["confluent_integrations"][0], "name": "one more"}]}
    job("apply", ["confluent"], more, {}).run()
    for answer, status in (("true", 2), ("false", 0)):
        job("drift", SERVICES, wanted, {**report, "drift_fail": answer}).run(status)
        assert json.loads((tmp_path / "report" / "drift.json").read_text(encoding="utf-8"))["drift"] is True
    for answers, left in (({}, 2), ({"bootstrap_purge": "true", "bootstrap_purge_limit": 1}, 1)):
        job("apply", ["confluent"], lists("confluent"), answers).run()
        assert len(sandbox.objects("confluent")) == left


# -- The playbook that sets AWX up ------------------------------------------------------------------------------------

STUB = """\
import json
from ansible.module_utils.basic import AnsibleModule

module = AnsibleModule(argument_spec=json.loads({spec!r}))
with open({calls!r}, "a", encoding="utf-8") as calls:
    given = {{name: value for name, value in module.params.items() if value is not None}}
    calls.write(json.dumps([{name!r}, given]) + "\\n")
module.exit_json(changed=True)
"""


@pytest.fixture
def set_up(tmp_path):
    """Run the playbook against modules that take what those of awx.awx take, and only note it."""
    collections, calls = tmp_path / "collections", tmp_path / "calls"
    modules = collections / "ansible_collections" / "awx" / "awx" / "plugins" / "modules"
    modules.mkdir(parents=True)
    # The options of awx.awx 24.6.1.
    known = json.loads(Path(__file__).with_name("awx_modules.json").read_text(encoding="utf-8"))
    for name, spec in known.items():
        stub = STUB.format(name=name, spec=json.dumps(spec), calls=str(calls))
        (modules / f"{name}.py").write_text(stub, encoding="utf-8")

    def run(status: int = 0, **variables: Any) -> tuple[list[tuple[str, dict[str, Any]]], str]:
        env = environment(tmp_path)
        env["ANSIBLE_COLLECTIONS_PATH"] = os.pathsep.join([str(collections), env["ANSIBLE_COLLECTIONS_PATH"]])
        env["ANSIBLE_INVENTORY_UNPARSED_FAILED"] = "false"
        arguments = ("saas.integrations.awx_setup", "-vvv", "-e", json.dumps(variables))
        done = execute("ansible-playbook", *arguments, status=status, env=env, cwd=tmp_path)
        lines = calls.read_text(encoding="utf-8").splitlines() if calls.exists() else []
        return [tuple(json.loads(line)) for line in lines], done.stdout

    return run


def test_awx_setup(set_up):
    credentials = {"netography": {"netosecret": "hidden-1"}, "rocketchat": {"auth_token": "hidden-2", "user_id": "u"}}
    calls, output = set_up(awx_setup_image="registry.example.com/ee:1", awx_setup_credentials=credentials)
    assert "hidden-" not in output.replace(json.dumps(credentials), "")
    made: dict[str, list[dict[str, Any]]] = {}
    for module, given in calls:
        references(given, made)
        made.setdefault(module, []).append(given)

    def values(module: str, names: Any) -> list[dict[str, Any]]:
        return [{name: given[name] for name in names if name in given} for given in made[module]]

    assert values("credential_type", ["name", "description", "kind", "inputs", "injectors"]) == list(TYPES.values())
    assert [given["inputs"] for given in made["credential"]] == list(credentials.values())
    for given, template in zip(made["job_template"], TEMPLATES.values(), strict=True):
        asked = {name: value for name, value in template.items() if name != "survey"}
        assert {name: given[name] for name in asked} == asked
        assert given["survey_enabled"] == ("survey" in template)
        assert given["survey_spec"].get("spec", []) == template.get("survey", [])
        assert (COLLECTION / given["playbook"]).is_file()
        assert given["credentials"] == [credential["name"] for credential in made["credential"]]
    sources = [SOURCES[service] for service in credentials]
    assert values("inventory_source", sources[0]) == sources
    assert values("schedule", next(iter(SCHEDULES.values()))) == list(SCHEDULES.values())


def references(given: dict[str, Any], made: dict[str, list[dict[str, Any]]]) -> None:
    """Whatever is referred to by name was made before."""
    for option, module in (
        ("credential_type", "credential_type"),
        ("credential", "credential"),
        ("default_environment", "execution_environment"),
        ("execution_environment", "execution_environment"),
        ("project", "project"),
        ("source_project", "project"),
        ("inventory", "inventory"),
        ("unified_job_template", "job_template"),
    ):
        if option in given:
            assert given[option] in [each["name"] for each in made[module]], option
    assert given.get("organization", "Default") == "Default"


def test_awx_setup_without_an_image(set_up):
    calls, output = set_up(status=2)
    assert not calls
    assert "awx_setup_image" in output


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_schedules(schedule):
    # AWX takes one start, with its time zone, and rules that say their interval.
    start, rule = r"DTSTART(;TZID=[\w/]+:\d{8}T\d{6}|:\d{8}T\d{6}Z)", r"RRULE:FREQ=\w+;INTERVAL=\d+(;\w+=[\w,]+)*"
    assert re.fullmatch(f"{start} {rule}", SCHEDULES[schedule]["rrule"])
    assert SCHEDULES[schedule]["unified_job_template"] in [template["name"] for template in TEMPLATES.values()]
