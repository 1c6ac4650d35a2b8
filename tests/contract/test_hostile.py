# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Data that nobody expects, from the user and from the service: kept as it is, or refused with a sentence."""

from __future__ import annotations

import datetime
import importlib
import itertools
import json
import random
from urllib.parse import quote

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from cases import CASES, each_case, plant
from requests.structures import CaseInsensitiveDict

from ansible_collections.saas.integrations.plugins.module_utils._core.http import Answer, Http
from ansible_collections.saas.integrations.plugins.plugin_utils.plain import plain

COLLECTION = "saas.integrations."
PLUGINS = "ansible_collections.saas.integrations.plugins"


def is_sentence(text):
    """Whether it is one line that a terminal shows as it is."""
    return isinstance(text, str) and text.isprintable() and "This should not happen" not in text and text.strip() != ""


# -- texts ----------------------------------------------------------------------------------------------------------

TEXTS = {
    "template": "{{ 1/0 }}",
    "lookup": "{{ lookup('ansible.builtin.pipe', 'id') }}",
    "statement": "{% for x in range(9) %}x{% endfor %}",
    "raw": "{% raw %}{{ x }}",
    "comment": "{# gone",
    "tag": "!unsafe x",
    "vault": "$ANSIBLE_VAULT;1.1;AES256",
    "control": "bell\a backspace\b escape\x1b[2J\x1b]0;title\a delete\x7f",
    "c1": "\x9b31mred\u0085next",
    "nul": "nul\0end",
    "lines": "one\ntwo\r\nthree\u2028four",
    "blank": " \t leading and trailing \t ",
    "bidi": "\u202eesrever\u202c \u2066isolate\u2069",
    "zero-width": "zero\u200bwidth\ufeff",
    "emoji": "\U0001f468\u200d\U0001f469\u200d\U0001f467 \U0001f1e8\U0001f1ed \u2764\ufe0f",
    "combining": "e\u0301" + "\u0301" * 60,
    "case": "\u0130stanbul \u00df \ufb03",
    "quotes": "'\"`$(id)`;|&<>\\",
    "format": "%s %(x)s {0} {x!r} %n",
    "path": "../../../etc/passwd",
    "query": "?a=b&c=d#e%00%2e",
    "html": "<script>alert(1)</script>",
    **{
        f"yaml-{text}": text
        for text in ("yes", "no", "null", "~", "0x1F", "017", "1e3", "1_000", ".inf", ".nan", "2026-01-01")
    },
    **{
        f"yaml-{text}": text
        for text in ("- a", "a: b", "{a: b}", "[a]", "&a", "*a", "!!python/object:x", "---", "<<", "=", "key=value")
    },
    "number": "12345678901234567890",
    "64 KB": "x" * 65536,
}


def described(case, text):
    args = {**case.sample(case.kinds[0]), "name": text}
    return {**args, "description": text} if "description" in args else args


def fitting(case):
    """The texts that are not longer than the service takes."""
    limit = min((item.max_length for item in case.resource.fields if item.max_length), default=100_000)
    return [text for text in TEXTS.values() if len(text) <= limit]


@each_case
def test_texts_of_the_user_arrive_as_they_are(case, call, sandbox):
    """As names and descriptions: written, found again, shown, renamed and removed."""
    texts = fitting(case)
    for text in {*TEXTS.values()} - {*texts}:
        refused = call(case.manage, described(case, text))
        assert refused["failed"] and is_sentence(refused["msg"]) and sandbox.log() == []
    wanted = {"integrations": [described(case, text) for text in texts], "purge_limit": 99}
    assert call(case.manage_set, wanted, check=True)["created"] == texts
    done = call(case.manage_set, wanted)
    assert done["created"] == texts and [view["name"] for view in done["integrations"]] == texts
    stored = sandbox.objects(case.service)
    for item in case.resource.fields:
        if item.name in ("name", "description"):
            assert sorted(one[item.at[0]] for one in stored) == sorted(texts)
    assert call(case.manage_set, wanted)["unchanged"] == texts
    assert sorted(view["name"] for view in call(case.info, {})["integrations"]) == sorted(texts)
    for number, text in enumerate(texts):
        assert [view["name"] for view in call(case.info, {"name": text})["integrations"]] == [text]
        renamed = call(case.manage, {"name": text, "new_name": f"n{number}"})
        assert renamed["action"] == "update" and renamed["diff"]["before"]["name"] == text
    removed = call(case.manage_set, {**wanted, "integrations": [], "purge": True})
    assert len(removed["deleted"]) == len(texts) and sandbox.objects(case.service) == []


def test_numbers_that_json_does_not_have(call, sandbox):
    for number in (float("inf"), float("nan")):
        args = {"name": "x", "other": {"adapter": "new_one", "config": {"number": number}}}
        refused = call("netography_response_integration", args)
        assert refused["failed"] and is_sentence(refused["msg"]) and "could not be made" in refused["msg"]
    assert {entry["method"] for entry in sandbox.log()} == {"GET"}


def test_what_yaml_has_and_json_has_not():
    """In the worker process, such values come as they come to a module."""

    class Vaulted:
        """As ansible-core 2.18 has it: no text, but becomes one."""

        def __str__(self):
            return "clear"

    day, moment = datetime.date(2026, 1, 31), datetime.datetime(2026, 1, 31, 12)
    value = {"on": day, 2: [moment, None], True: (1, 1.5), None: {"vaulted": Vaulted()}, day: True}
    assert plain(value) == {
        **{"on": "2026-01-31", "2": ["2026-01-31T12:00:00", None], "true": [1, 1.5]},
        **{"null": {"vaulted": "clear"}, "2026-01-31": True},
    }


@each_case
def test_reasons_of_the_service_become_one_line(case, call, sandbox):
    for text in TEXTS.values():
        error = {"code": text, "message": text, "detail": text}
        body = {"errors": [error], "error": text, "errorType": text, "name": text, **error}
        sandbox.fault(case.service, "status", status=400, body=body, headers={"X-Request-Id": quote(text)[:9000]})
        refused = call(case.info, {})
        assert refused["error"]["status"] == 400 and is_sentence(refused["msg"]) and len(refused["msg"]) < 2000
        assert refused["error"]["code"] == text


@each_case
def test_an_id_leads_to_no_other_object(case, call, sandbox):
    args = case.sample(case.kinds[0])
    call(case.manage, args)
    before = sandbox.objects(case.service)
    sandbox.log()
    call(case.manage, args)
    lists = {entry["path"] for entry in sandbox.log()}
    for text in TEXTS.values():
        for module, more in ((case.info, {}), (case.manage, {"state": "absent"}), (case.manage, args)):
            result = call(module, {**more, "id": text})
            assert is_sentence(result["msg"]) if result.get("failed") else not result["changed"]
        for entry in sandbox.log():
            items = {f"{path}/{text}" for path in lists}
            assert entry["method"] == "GET"
            assert entry["path"] in lists | items or entry["query"].get("integrationId") == text
    # Ansible itself gives modules no such text, and a service could.
    result = operation(case.info, {"id": "lone \ud800 surrogate"})()
    assert is_sentence(result["msg"]) if result.get("failed") else result["integrations"] == []
    assert sandbox.objects(case.service) == before
    # Of paths that hold such an id, the contract knows nothing.
    sandbox.control("POST", "reset", json={"service": case.service})


@pytest.mark.parametrize("in_process", [False, True], ids=["module", "worker"])
def test_what_a_service_says_is_neither_evaluated_nor_obeyed(in_process, playbooks, sandbox, monkeypatch):
    """Neither by Ansible as a template, nor by a terminal as a command."""
    outputs, run = [], playbooks.run
    monkeypatch.setattr(playbooks, "run", lambda *args: outputs.append(run(*args)))
    flag = playbooks.folder / "flag"
    hostile = "{{ lookup('pipe', 'touch flag') }}{% raw %}\x1b[2J\u202e"
    tasks = []
    for case in CASES:
        assert operation(case.manage, case.sample(case.kinds[0]))()["changed"]
        [stored] = sandbox.objects(case.service)
        sandbox.control("POST", "reset", json={"service": case.service})
        sandbox.add(case.service, {**stored, case.resource.fields[0].at[0]: hostile})
        sandbox.switch(case.service, **case.switches)
        error = {"code": hostile, "message": hostile, "detail": hostile}
        body = {"errors": [error], "error": hostile, "errorType": hostile, "name": hostile, **error}
        sandbox.fault(case.service, "status", status=400, skip=2, body=body)
        found, failed = f"result_{case.service}", f"result_{case.service}_failed"
        names = f"{{{{ {found}.integrations }}}}"
        tasks += [
            {COLLECTION + case.info: {}, "register": found},
            {"ansible.builtin.debug": {"msg": "{{ item.name }}"}, "loop": names, "when": "item.name is search('pipe')"},
            {
                COLLECTION + case.manage: {"name": "{{ item.name }}", "state": "absent"},
                "loop": names,
                "check_mode": True,
            },
            {COLLECTION + case.info: {}, "register": failed, "ignore_errors": True},
            {"ansible.builtin.debug": {"msg": f"{{{{ {failed}.msg }}}} {{{{ {failed}.error.message }}}}"}},
        ]
    results = playbooks.results(tasks, vars={"saas_integrations_in_process": in_process})
    for case in CASES:
        assert [view["name"] for view in results[f"result_{case.service}"]["integrations"]] == [hostile]
        failed = results[f"result_{case.service}_failed"]
        assert failed["error"]["code"] == hostile and is_sentence(failed["msg"])
    assert not flag.exists()
    assert "\x1b" not in outputs[0]


# -- replies that are not as documented -----------------------------------------------------------------------------

# What may stand in the place of any member of a reply, as JSON.
VALUES = {
    **{text: text for text in ("null", "0", "-1", '""', '"text"', "[]", "{}", "true", "false", "1e400", "NaN", "1.5")},
    **{text: text for text in ("[null]", "[[]]", "[{}]", '["a"]', '{"id": {}}', '{"a": [1]}', '"--1"', '"\\u00b2"')},
    "huge integer": "9" * 400,
    "integer without end": "9" * 5000,
    "nested": "[" * 90 + "]" * 90,
    "nested deeper": '{"a":' * 700 + "1" + "}" * 700,
    "nested without end": "[" * 100_000 + "]" * 100_000,
    "surrogate": '"\\ud800"',
    "control": '"\\u0000\\u001b[2J\\u202e"',
    "missing": None,
}
ERRORS = (400, 401, 402, 403, 404, 409, 422, 429, 500, 503)
HEADERS = ("Retry-After", "X-RateLimit-Reset", "Date", "Location", "X-Request-Id")
HEADER_VALUES = (
    "",
    "0",
    "-1",
    "nan",
    "1e400",
    "9" * 400,
    "soon",
    "Fri, 31 Dec 9999 23:59:59 -9999",
    "\x1b[2J\x00",
    "http://[",
)
# So many of the mutants of an operation are tried, the same in every run.
SAMPLE = 400


def nodes(data, path=()):
    """Where something stands in JSON data; of arrays, in the first two items."""
    yield path
    if isinstance(data, (dict, list)):
        for key, item in data.items() if isinstance(data, dict) else enumerate(data[:2]):
            yield from nodes(item, (*path, key))


def mutant(data, path, text):
    """The JSON data with a text in the place of a node; none takes the node away."""
    mark = "the node to replace"
    whole = {"body": json.loads(json.dumps(data))}
    *way, last = ("body", *path)
    inner = whole
    for key in way:
        inner = inner[key]
    inner[last] = mark
    if text is None:
        del inner[last]
    return json.dumps(whole["body"]).replace(json.dumps(mark), text or "") if "body" in whole else ""


def operation(module, args):
    """A function that runs a module's task, without the ways in which Ansible starts it."""
    task = importlib.import_module(f"{PLUGINS}.modules.{module}").TASK
    validator = ArgumentSpecValidator(**task.arguments())
    validated = validator.validate(args)
    assert not validated.error_messages, validated.error_messages
    params = validated.validated_parameters
    return lambda: task.perform(params, validator.argument_spec, lambda: task.connect(params, False))


class Replies:
    """The replies of a service, recorded once, to be given again with one of them changed."""

    def __init__(self, monkeypatch):
        self._patch, self._send = monkeypatch, Http._send
        self.recorded = []

    def record(self, run):
        def send(client, method, path, params, *more):
            answer = self._send(client, method, path, params, *more)
            self.recorded.append(((method, path, str(params)), answer))
            return answer

        with self._patch.context() as patch:
            patch.setattr(Http, "_send", send)
            return run()

    def replay(self, run, index, changed):
        """The result of a run that gets another answer at one of its requests."""
        answers = {}
        for number, (request, answer) in enumerate(self.recorded):
            answers.setdefault(request, []).append(changed if number == index else answer)
        calls = []

        def send(client, method, path, params, *more):
            calls.append(path)
            assert len(calls) < 100, "there is no end to it"
            left = answers.get((method, path, str(params)), [Answer(404, {}, b"{}")])
            return left.pop(0) if len(left) > 1 else left[0]

        with self._patch.context() as patch:
            patch.setattr(Http, "_send", send)
            return run()


def flaw(result):
    """What is wrong with a result; none if it is fine."""
    try:
        text = json.dumps(result)
    except RecursionError:
        return "it cannot be shown"
    if "canary" in text:
        return f"it shows a secret: {text[:300]}"
    if not result.get("failed"):
        return None if isinstance(result["changed"], bool) else f"did it change anything? {text[:300]}"
    return None if is_sentence(result["msg"]) and "exception" not in result else f"no sentence: {text[:300]}"


OPERATIONS = {
    "info": lambda case, sample, id: (case.info, {}),
    "info by id": lambda case, sample, id: (case.info, {"id": id}),
    "create": lambda case, sample, id: (case.manage, {**sample, "name": "new"}),
    "update": lambda case, sample, id: (case.manage, {**sample, "new_name": "new"}),
    "update by id": lambda case, sample, id: (case.manage, {**sample, "id": id, "new_name": "new"}),
    "nothing to do": lambda case, sample, id: (case.manage, sample),
    "delete": lambda case, sample, id: (case.manage, {"name": "sample", "state": "absent"}),
    "set": lambda case, sample, id: (
        case.manage_set,
        {"integrations": [{**sample, "new_name": "x"}, {**sample, "name": "new"}], "purge": True, "workers": 1},
    ),
    "send a test": lambda case, sample, id: (case.manage, {**sample, "name": "new", "send_test": True}),
    "log in": lambda case, sample, id: (case.info, {"netosecret": "sandbox"}),
    "run a script": lambda case, sample, id: (
        case.manage,
        {**sample, "name": "new", "outgoing": {**sample["outgoing"], "script": "canary ("}},
    ),
    "types": lambda case, sample, id: ("pagertree_integration_type_info", {}),
}
ONLY = {"log in": "netography", "run a script": "rocketchat", "types": "pagertree"}
CALLS = [
    (case, label)
    for case in CASES
    for label in OPERATIONS
    if ONLY.get(label, case.service) == case.service and (label != "send a test" or case.client.can_test)
]


@pytest.fixture
def replies(waits, monkeypatch):
    return Replies(monkeypatch)


def mutants(case, replies, error):
    """Every answer with every node replaced, as is every error in its place, which also comes with any header."""
    # A word of the collection's own, where the service has others.
    values = {**VALUES, **{kind.name: json.dumps(kind.name) for kind in case.kinds[:1] if kind}}
    for index, (request, answer) in enumerate(replies.recorded):
        data = json.loads(answer.body or b"null")
        for path, (name, text) in itertools.product(nodes(data), values.items()):
            yield (*request, path, name), index, (answer.status, answer.headers, data, path, text)
        for status, path, (name, text) in itertools.product(ERRORS, nodes(error), VALUES.items()):
            yield (*request, status, path, name), index, (status, {}, error, path, text)
        for status, name, value in itertools.product((answer.status, 302, *ERRORS), HEADERS, HEADER_VALUES):
            yield (*request, status, name, value), index, (status, {name: value}, error, (), json.dumps(error))


@pytest.mark.parametrize(("case", "label"), CALLS, ids=[f"{case.service}-{label}" for case, label in CALLS])
def test_any_member_of_any_reply_may_be_anything(case, label, replies, sandbox, monkeypatch):
    """The result is right, or a sentence; it shows no secret, and there is an end to it."""
    kind = next(kind for kind in reversed(case.kinds) if kind is None or not kind.other)
    sample = plant(case, kind)
    operation(case.manage, sample)()
    [one] = sandbox.objects(case.service)
    set_by_service = (case.resource.id_path, "prefix_id", "tiny_id")
    other = {key: value for key, value in one.items() if key not in set_by_service}
    sandbox.add(case.service, {**other, case.resource.fields[0].at[0]: "other"})
    sandbox.fault(case.service, "status", status=400)
    replies.record(operation(case.info, {}))
    error = json.loads(replies.recorded.pop()[1].body)
    if label == "log in":
        monkeypatch.delenv("NETOGRAPHY_ACCESS_TOKEN")
    module, args = OPERATIONS[label](case, sample, one[case.resource.id_path])
    run = operation(module, {**args, "netosecret": sandbox.netosecret} if label == "log in" else args)
    assert flaw(replies.record(run)) is None
    tried = [*mutants(case, replies, error)]
    flaws = []
    for which, index, (status, headers, data, path, text) in random.Random(label).sample(tried, SAMPLE):
        answer = Answer(status, CaseInsensitiveDict(headers), mutant(data, path, text).encode())
        flaws += [(which, wrong) for wrong in [flaw(replies.replay(run, index, answer))] if wrong]
    assert flaws == []
