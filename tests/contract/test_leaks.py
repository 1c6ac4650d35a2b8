# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""No secret leaves by any channel, whatever the service answers and in whatever spelling.

Canaries stand in every secret field. Their first word looks the same in JSON, URLs, HTML and Python, so that a search
for it, its base64 and its hexadecimal digits finds each of them in every spelling.
"""

from __future__ import annotations

import base64
import html
import json
import os
import re
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
from ansible.module_utils import basic
from cases import CASES, IDS, KINDS, each_case, plant, put
from servers import Proxy, serve

from ansible_collections.saas.integrations.plugins.module_utils._core.redact import MASK
from ansible_collections.saas.integrations.plugins.module_utils._services.pagertree import CLASSES, parse

COLLECTION = "saas.integrations."
WORD = "canary"


def in_base64(text: str, offset: int = 0) -> str:
    return base64.b64encode(b"x" * offset + text.encode("utf-8", "surrogatepass")).decode()


# How a service, or a program on the way, may spell what it was sent.
SPELLINGS = {
    "plain": str,
    "json": json.dumps,
    "json-unicode": lambda text: json.dumps(text, ensure_ascii=False),
    "json-html": lambda text: re.sub("[<>&']", lambda found: f"\\u{ord(found[0]):04x}", json.dumps(text)),
    "json-slash": lambda text: json.dumps(text).replace("/", "\\/"),
    "json-upper": lambda text: re.sub(r"\\u[0-9a-f]{4}", lambda found: "\\u" + found[0][2:].upper(), json.dumps(text)),
    "url": quote,
    "url-segment": lambda text: quote(text, safe=""),
    "url-component": lambda text: quote(text, safe="!'()*"),
    "url-lower": lambda text: re.sub("%..", lambda found: found[0].lower(), quote(text, safe="")),
    "form": quote_plus,
    "html": html.escape,
    "html-decimal": lambda text: html.escape(text).replace("&#x27;", "&#39;"),
    "python": repr,
    "python-ascii": ascii,
    "python-bytes": lambda text: repr(text.encode()),
    "hex": lambda text: text.encode().hex(),
    "base64": in_base64,
    "base64-1": lambda text: in_base64(text, 1),
    "base64-2": lambda text: in_base64(text, 2),
    "base64url": lambda text: in_base64(text).replace("+", "-").replace("/", "_").rstrip("="),
    "base64url-1": lambda text: in_base64(text, 1).replace("+", "-").replace("/", "_"),
    "base64url-2": lambda text: in_base64(text, 2).replace("+", "-").replace("/", "_"),
}


def needles(secret: str) -> set[str]:
    """What to search for to find a secret, of letters and digits mostly, in every spelling."""
    raw = secret.encode()
    found = {secret, raw.hex(), raw.hex().upper()}
    for offset in range(3):
        # Without the characters that also depend on what is around it.
        text = in_base64(secret, offset)[-(-offset * 8 // 6) : (offset + len(raw)) * 8 // 6]
        found |= {text, text.replace("+", "-").replace("/", "_")}
    return found


def leaks(text: str, *secrets: str) -> list[str]:
    """Where a canary or one of the secrets is in a text."""
    found = [text.find(needle) for secret in (WORD, *secrets) for needle in needles(secret)]
    return [text[max(start - 60, 0) : start + 60] for start in found if start >= 0]


@pytest.mark.parametrize("name", SPELLINGS)
def test_the_search_knows_every_spelling(name):
    secret = f"{WORD}-+/\"'\\ä&<\n> \U0001f426-end"
    assert leaks(f"before {SPELLINGS[name](f'Bearer {secret}')} after") and leaks(SPELLINGS[name](secret))
    assert not leaks("before after")


def sharp(args, word=WORD):
    """The arguments with canaries that have a character for every spelling to change."""
    if isinstance(args, dict):
        return {key: sharp(value, word) for key, value in args.items()}
    if isinstance(args, list):
        return [sharp(value, word) for value in args]
    if not isinstance(args, str) or WORD not in args:
        return args
    return args.replace(WORD, word) + (f"?a={word}&b='{word}'*" if args.startswith("http") else "'<(!*\r\n  \t)>")


def credentials(sandbox):
    """The sandbox's credentials that are secret."""
    return {name: value for name, value in sandbox.env.items() if not name.endswith(("URL", "USER_ID"))}


def options(case, sandbox):
    """The same, of one service, as options."""
    names = {name: spec["fallback"][1][0] for name, spec in case.client.options.items() if spec["no_log"]}
    return {name: sandbox.env[variable] for name, variable in names.items() if variable in sandbox.env}


def sent(seen):
    """The credentials in requests, with the parts of those that have parts."""
    found = set()
    for request in seen:
        headers = {name.lower(): value for name, value in request.headers.items()}
        names = ("authorization", "proxy-authorization", "x-auth-token")
        found.update(headers[name].split()[-1] for name in names if name in headers)
        if b'"jwt"' in request.body:
            token = json.loads(request.body)["jwt"]
            found.update((token, *token.split(".")[1:]))
    return found


# Names that sound like secrets, and are none: names of accounts and addresses, switches, texts.
HARMLESS = {
    *("netography.crowdstrike.url", "netography.route53.accesskeyid", "netography.webhook.authusername"),
    *("netography.twilio.accountsid", "netography.twilio.messagingservicesid"),
    *(f"rocketchat.{kind}.{name}" for kind in ("incoming", "outgoing") for name in ("script_enabled", "script_engine")),
    *("rocketchat.script_error", "pagertree.account_sid", "pagertree.authorization_token_expires_at"),
    *("pagertree.form_header", "pagertree.server_url", "pagertree.wrapper_key"),
}
SOUNDS_SECRET = re.compile("auth|code|cred|header|hook|key|pass|(?<!de)script|secret|sid|token|ur[il]")


def test_what_sounds_like_a_secret_is_one():
    """All other tests rely on what the resources say."""
    named = {}
    for case in CASES:
        named.update({f"{case.service}.{item.name}": item.secret for item in case.resource.fields})
        for kind in case.resource.kinds:
            named.update({f"{case.service}.{kind.name}.{item.name}": item.secret for item in kind.fields})
    for catalogue in map(parse, CLASSES.values()):
        named.update({f"pagertree.{name}": option.secret for name, option in catalogue.items()})
    sounding = {name for name in named if SOUNDS_SECRET.search(name.rpartition(".")[2])}
    assert {name for name in sounding if not named[name]} == HARMLESS


# -- in this process: every kind, every spelling --------------------------------------------------------------------


@pytest.fixture
def watched(call, capsys, monkeypatch):
    """Run a module's task like ``call``; ``watched.leaks()`` tells of secrets in all that was told so far."""
    told = []
    monkeypatch.setattr(basic, "has_journal", False)
    monkeypatch.setattr(basic.syslog, "syslog", lambda *args: told.append(args[-1]))

    def run(module, args, **more):
        result = call(module, args, **more)
        told.append(result.pop("_output"))
        return result

    def search(*secrets):
        told.extend(capsys.readouterr())
        return [leak for text in told for leak in leaks(text, *secrets)]

    run.leaks = search
    return run


class Echo(Proxy):
    """Passes requests on, but for those that ``server.echoes`` picks: they are repeated in an error."""

    def note(self):
        seen = super().note()
        self.server.notice()
        return seen

    def otherwise(self, seen):
        if not self.server.echoes(seen):
            return super().otherwise(seen)
        parts = [f"{seen.method} {seen.path}", *(f"{name}: {value}" for name, value in seen.headers.items())]
        parts.append(seen.body.decode())
        if seen.body:
            parts += [str(json.loads(seen.body)), *values(json.loads(seen.body))]
        text = self.server.spell(" ; ".join(parts))
        error = {"code": text, "message": text, "detail": text, "title": text}
        body = {"errors": [error], "error": text, "errorType": text, "name": text, **error}
        headers = {"X-Request-Id": quote(text[:9000], safe="/ :;,=+")}
        return 400, headers, json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")


def values(data):
    """Every text in JSON data."""
    if isinstance(data, (dict, list)):
        return [text for item in (data.values() if isinstance(data, dict) else data) for text in values(item)]
    return [data] if isinstance(data, str) else []


@pytest.fixture
def echo():
    with serve(handler=Echo) as server:
        server.proxy = server.url.replace("//", f"//me:{WORD}%2Fpass%22word%40@")
        server.spell, server.echoes, server.notice = str, lambda seen: False, lambda: None
        yield server


@pytest.mark.parametrize(("case", "kind"), KINDS, ids=IDS)
def test_no_secret_in_any_result(case, kind, watched, sandbox):
    args = sharp(plant(case, kind))

    def run(more=(), check=False):
        return watched(case.manage, {**args, **dict(more)}, check=check)

    assert run(check=True)["action"] == "create"
    assert run()["action"] == "create"
    stored = json.dumps(sandbox.objects(case.service), ensure_ascii=False)
    if any(item.secret for item, _name in case.fields(kind)):
        assert WORD in stored  # the secrets did arrive
    assert run()["action"] == "none"
    changed = sharp(plant(case, kind), f"{WORD}2")
    for update in ({"new_name": "renamed"}, changed, {}):
        sandbox.fault(case.service, "echo", method="PUT", times=None)
        sandbox.fault(case.service, "echo", method="PATCH", times=None)
        assert "failed" in run(update) or not update or changed == args
        sandbox.control("DELETE", "faults")
    sandbox.fault(case.service, "echo", method="GET")
    assert run()["error"]["message"]
    watched(case.manage, changed)
    args["name"] = "another"
    for status in (400, 403, 409, 500):
        sandbox.fault(case.service, "echo", method="POST", times=None, status=status)
        assert run()["failed"]
        sandbox.control("DELETE", "faults")
    entries = [{**args, "name": f"n{number}"} for number in range(3)]
    sandbox.fault(case.service, "echo", method="POST", skip=1)
    failed = watched(case.manage_set, {"integrations": [*entries, changed]})
    assert failed["failed"] and len(failed["created"]) == 2
    assert watched(case.manage_set, {"integrations": entries, "purge": True})["changed"]
    assert watched(case.info, {})["integrations"]
    assert not watched.leaks(*credentials(sandbox).values())


@pytest.mark.parametrize("spelling", SPELLINGS)
@each_case
def test_an_error_in_any_spelling(case, spelling, watched, echo, sandbox):
    """Of a service, or a proxy, that repeats the request: credentials, the proxy's password, all fields."""
    echo.spell = SPELLINGS[spelling]
    kind = next(kind for kind in reversed(case.kinds) if kind is None or not kind.other)
    args, changed = sharp(plant(case, kind)), sharp(plant(case, kind), f"{WORD}2")
    other, proxy = {**args, "name": "other"}, {"proxy": echo.proxy}
    assert watched(case.manage, {**args, **proxy})["action"] == "create"
    echo.echoes = lambda seen: seen.method != "GET"
    for refused in (changed, other, {**args, "state": "absent"}):
        assert watched(case.manage, {**refused, **proxy})["error"]["message"]
    assert len(watched(case.manage_set, {"integrations": [changed, other], **proxy})["errors"]) == 2
    echo.echoes = lambda seen: True
    for module in (case.info, case.manage):
        assert watched(module, {"name": "sample", **proxy})["error"]["message"]
    assert not watched.leaks(*credentials(sandbox).values(), *sent(echo.seen))


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_what_is_derived_from_a_netosecret(spelling, watched, echo, sandbox, monkeypatch):
    """The shared secret, the JWT signed with it, and the token that it is exchanged for."""
    monkeypatch.delenv("NETOGRAPHY_ACCESS_TOKEN")
    echo.spell = SPELLINGS[spelling]
    args = {"netosecret": sandbox.netosecret[:20] + "\n" + sandbox.netosecret[20:] + "\n", "proxy": echo.proxy}
    module = "netography_response_integration_info"
    assert watched(module, args)["integrations"] == []
    for method in ("GET", "POST"):
        echo.echoes = lambda seen, method=method: seen.method == method
        assert watched(module, args)["error"]["message"]
    key = json.loads(base64.b64decode(sandbox.netosecret))
    derived = sent(echo.seen)
    # The proxy's password; the access token; and JWTs with their payloads and signatures, a new one for each login.
    assert len(derived) >= 2 + 3 * 2
    assert not watched.leaks(sandbox.netosecret, args["netosecret"], key["sharedsecret"], key["appkey"], *derived)


@each_case
def test_wrong_credentials(case, watched, sandbox, monkeypatch):
    """They are refused with an echo of themselves, whether a task or the environment gives them."""
    secret = [name for name, option in case.client.options.items() if option["no_log"] and name != "netosecret"]
    as_options = {name: f"{WORD}-{name}" for name in secret}
    variables = {case.client.options[name]["fallback"][1][0]: value for name, value in as_options.items()}
    for name in variables:
        monkeypatch.delenv(name, raising=False)
    for options, env in ((as_options, {}), ({}, variables)):
        for name, value in env.items():
            monkeypatch.setenv(name, value)
        for module in (case.manage, case.info):
            refused = watched(module, {"name": "x", **options})
            assert refused["error"]["status"] == 401 and "credentials" in refused["msg"]
            sandbox.fault(case.service, "echo", status=403)
            assert watched(module, {"name": "x", **options})["error"]["status"] == 403
    assert not watched.leaks()


@each_case
@pytest.mark.parametrize("place", ["credentials", "list", "create"])
def test_an_exception_that_nobody_expects(case, place, watched, sandbox, monkeypatch):
    """It becomes a sentence and a traceback, both without the secrets that its message holds."""

    def fail(self, *args):
        params = args[0] if place == "credentials" else self.params
        raise RuntimeError(f"{params} {' '.join(values(params))}")

    monkeypatch.setattr(case.client, place, fail)
    args = sharp(plant(case, case.kinds[-1]))
    secret = [name for name, option in case.client.options.items() if option["no_log"]]
    login = dict.fromkeys(secret, f"{WORD}-login'\"") if place == "credentials" else {}
    for module, asked in ((case.manage, args), (case.manage_set, {"integrations": [args]})):
        failed = watched(module, {**asked, **login})
        assert failed["failed"] and "RuntimeError" in failed["msg"] and MASK in failed["msg"]
    assert not watched.leaks(*credentials(sandbox).values())


def test_a_compiler_that_quotes_the_script(watched, sandbox):
    frame = f"unknown: Unexpected token (2:3)\n\n  1 | const key = '{WORD}'\n> 2 | ???"
    script = {"script": f"const key = '{WORD}'\n???", "scriptEnabled": True, "scriptError": {"message": frame}}
    sandbox.add("rocketchat", {"type": "webhook-incoming", "name": "in", "channel": ["#ops"], **script})
    [view] = watched("rocketchat_integration_info", {})["integrations"]
    assert view["script_error"] == "unknown: Unexpected token (2:3)"
    assert watched("rocketchat_integration", {"name": "in"})["msg"].endswith("unknown: Unexpected token (2:3)")
    assert not watched.leaks()


def misplaced(case):
    """Arguments that are not valid, with secrets where nobody looks for them."""
    for kind in case.kinds:
        args = sharp(plant(case, kind))
        for item, name in case.fields(kind):
            if item.secret:
                yield {**args, f"{item.name}_": WORD}
                wrong = [(f"{name}_", WORD)] if kind else []
                for place, value in [*wrong, *([(name, f"{WORD} no dictionary")] if item.type == "dict" else [])]:
                    asked = json.loads(json.dumps(args))
                    put(asked, place, value)
                    yield asked
        if kind:
            yield {**args, kind.name: f"https://{WORD}.example"}
            yield {**args, kind.name: [{"url": f"https://{WORD}.example"}]}
    yield {"name": "x", "integrations": [WORD]}
    yield {"integrations": [WORD]}


@each_case
def test_arguments_that_are_not_valid(case, watched, sandbox):
    for args in misplaced(case):
        for module, asked in ((case.manage, args), (case.manage_set, {"integrations": [args]}), (case.info, args)):
            assert watched(module, asked).get("failed"), asked
    assert not watched.leaks() and sandbox.log() == []


# -- real runs: every channel ---------------------------------------------------------------------------------------

# Where each ends up in the folder of a run.
CHANNELS = {
    "what is printed": "output",
    "arguments and environment of processes": "processes",
    "what modules tell syslog": "syslog",
    "log file": "log",
    "callbacks": "callbacks",
    "JUnit": "junit/**/*",
    "registered results": "registered",
    "fact cache": "facts/**/*",
    "export": "export/**/*",
    "drift report": "drift/**/*",
    "inventory": "inventory",
    "inventory cache": "cache/**/*",
    "home": "home/**/*",
    "temporary files": "tmp/**/*",
}

CALLBACK = """
DOCUMENTATION = '''
name: keep
type: notification
short_description: Keep all results
description: Keeps all results.
'''
import json, os
from ansible.plugins.callback import CallbackBase

class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "keep"

    def keep(self, result, **kwargs):
        with open(os.environ["KEPT_RESULTS"], "a") as file:
            file.write(json.dumps(result._result, default=str, ensure_ascii=False) + "\\n")

    v2_runner_on_ok = v2_runner_on_failed = v2_runner_on_skipped = v2_runner_on_unreachable = keep
    v2_runner_item_on_ok = v2_runner_item_on_failed = v2_runner_retry = v2_on_file_diff = keep
    v2_runner_on_async_ok = v2_runner_on_async_failed = v2_runner_on_async_poll = keep
"""

# Every Python that starts loads it.
SITE = """
import os, sys, syslog
sys.modules["systemd"] = None  # or modules would prefer the journal

def keep(*args):
    with open(os.environ["KEPT_SYSLOG"], "a") as file:
        file.write(args[-1] + "\\n")

syslog.syslog = keep
"""


def processes():
    """The arguments and the environment of every process that descends from this one."""
    parents, kept = {}, []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    for process in parents:
        ancestor = process
        while ancestor in parents and ancestor != os.getpid():
            ancestor = parents[ancestor]
        if ancestor == os.getpid() != process:
            for name in ("cmdline", "environ"):
                try:
                    kept.append(Path(f"/proc/{process}/{name}").read_bytes().replace(b"\0", b"\n").decode())
                except OSError:
                    continue
    return "\n".join(kept)


class Observed:
    """Playbooks with every channel of theirs kept in a folder."""

    def __init__(self, playbooks, echo, folder):
        self._playbooks, self._echo, self.folder = playbooks, echo, folder
        self.secrets = {}
        for name in ("given/plugins", "given/site", "home", "tmp", "facts"):
            (folder / name).mkdir(parents=True)
        (folder / "given/plugins/keep.py").write_text(CALLBACK, encoding="utf-8")
        (folder / "given/site/sitecustomize.py").write_text(SITE, encoding="utf-8")
        self.env = {
            **dict.fromkeys(credentials(playbooks.sandbox), ""),
            "ANSIBLE_CALLBACK_PLUGINS": str(folder / "given/plugins"),
            "ANSIBLE_CALLBACKS_ENABLED": "keep,ansible.builtin.junit",
            "JUNIT_OUTPUT_DIR": str(folder / "junit"),
            "ANSIBLE_LOG_PATH": str(folder / "log"),
            "ANSIBLE_CACHE_PLUGIN": "ansible.builtin.jsonfile",
            "ANSIBLE_CACHE_PLUGIN_CONNECTION": str(folder / "facts"),
            "ANSIBLE_RETRY_FILES_ENABLED": "true",
            "ANSIBLE_HOME": str(folder / "home/.ansible"),
            "ANSIBLE_REMOTE_TMP": str(folder / "home/remote"),
            "ANSIBLE_ASYNC_DIR": str(folder / "home/async"),
            "TMPDIR": str(folder / "tmp"),
            "KEPT_RESULTS": str(folder / "callbacks"),
            "KEPT_SYSLOG": str(folder / "syslog"),
            "PYTHONPATH": os.pathsep.join([str(folder / "given/site"), os.environ.get("PYTHONPATH", "")]),
        }
        echo.notice = self._notice

    def _notice(self):
        """Called while a request waits for its answer."""
        with (self.folder / "processes").open("a", encoding="utf-8") as file:
            file.write(processes())

    def hidden(self, value):
        """The value with its secrets taken from variables, as nobody writes them into playbooks."""
        if isinstance(value, dict):
            return {key: self.hidden(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self.hidden(item) for item in value]
        if not isinstance(value, str) or not (WORD in value or value in credentials(self._playbooks.sandbox).values()):
            return value
        name = f"vault_{len(self.secrets)}"
        self.secrets[name] = value
        return f"{{{{ {name} }}}}"

    def run(self, tasks, status=0, **play):
        plays = [{"hosts": "localhost", "gather_facts": True, "tasks": tasks, **play}]
        variables = self.folder / "given/secrets.json"
        variables.write_text(json.dumps(self.secrets), encoding="utf-8")
        output = self._playbooks.run(plays, "-vvvv", "--diff", "-e", f"@{variables}", status=status, **self.env)
        (self.folder / "output").write_text(output, encoding="utf-8")

    def leaks(self, *secrets):
        """What leaked, by channel."""
        found = {}
        for channel, pattern in CHANNELS.items():
            for path in self.folder.glob(pattern):
                text = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
                found.setdefault(channel, []).extend(leaks(f"{path.name}\n{text}", *secrets))
        return {channel: where for channel, where in found.items() if where}


@pytest.fixture
def observed(playbooks, echo, tmp_path_factory):
    # Not below the folder of the test, which has a long name: Ansible puts sockets into TMPDIR, whose paths have to fit
    # into a hundred characters.
    return Observed(playbooks, echo, tmp_path_factory.mktemp("seen"))


def life(case):
    """Tasks that succeed and tasks that fail, with a canary in every secret."""
    kind = next(kind for kind in reversed(case.kinds) if kind is None or not kind.other)
    args, changed = sharp(plant(case, kind)), sharp(plant(case, kind), f"{WORD}2")
    wrong = {"name": "x", kind.name if kind else "secret_options": WORD}
    fails = {"ignore_errors": True}
    return [
        (case.manage, args, {"check_mode": True}),
        (case.manage, args, {}),
        (case.manage, changed, {}),
        (case.manage, {**changed, "return_secrets": True}, {"no_log": True}),
        (case.manage, {**changed, "new_name": "echo this"}, fails),
        (case.manage, {**args, "name": "echo this"}, fails),
        (case.manage, wrong, fails),
        (case.manage_set, {"integrations": [args, {**args, "name": "other"}, {**args, "name": "echo this"}]}, fails),
        (case.info, {}, {}),
    ]


def roles(folder, observed):
    """The roles, with what the services are to have; then with other secrets, so that there is drift."""
    for role, word in (("bootstrap", WORD), ("export", WORD), ("drift", f"{WORD}2")):
        variables = {"export_dir": str(folder / "export"), "drift_dir": str(folder / "drift")}
        for case in CASES:
            kinds = [kind for kind in case.kinds if kind is None or not kind.other]
            wanted = [{**sharp(plant(case, kind), word), "name": f"n{number}"} for number, kind in enumerate(kinds)]
            variables[f"{case.service}_integrations"] = observed.hidden(wanted)
        yield {"ansible.builtin.include_role": {"name": COLLECTION + role}, "vars": variables}


@pytest.mark.parametrize("in_process", [False, True], ids=["module", "worker"])
def test_no_secret_in_any_channel(in_process, observed, echo, sandbox, playbooks):
    echo.echoes = lambda seen: b"echo this" in seen.body
    # What runs in the background comes first: it removes its files a moment after it has said that it is done.
    tasks = [{COLLECTION + CASES[0].info: {}, "async": 30, "poll": 1}]
    folder, defaults = observed.folder, {}
    for case in CASES:
        given = {**options(case, sandbox), "proxy": echo.proxy}
        defaults[f"group/{COLLECTION}{case.service}"] = observed.hidden(given)
        for number, (module, args, more) in enumerate(life(case)):
            name = f"result_{case.service}_{number}"
            tasks.append({"name": name, COLLECTION + module: observed.hidden(args), "register": name, **more})
    names = [task["name"] for task in tasks if "register" in task and "no_log" not in task]
    registered = "{{ {" + ", ".join(f"'{name}': {name}" for name in names) + "} }}"
    tasks += [
        {"ansible.builtin.copy": {"dest": str(folder / "registered"), "content": registered, "mode": "600"}},
        {"ansible.builtin.debug": {"var": "result_netography_5"}},
    ]
    # Both of them are made of modules, which the other way has shown.
    tasks += roles(folder, observed) if in_process else ()
    observed.run(tasks, module_defaults=defaults, vars={"saas_integrations_in_process": in_process})
    running = (folder / "processes").read_text(encoding="utf-8")
    assert "ansible-playbook" in running and ("AnsiballZ_netography_response_integration.py" in running) != in_process
    echo.notice = lambda: None  # an inventory has its credentials from the environment
    for case in CASES if in_process else ():
        cache = {"cache": True, "cache_plugin": "jsonfile", "cache_connection": str(folder / "cache")}
        source = folder / f"given/all.{case.service}.yml"
        source.write_text(json.dumps({"plugin": COLLECTION + case.manage_set, "proxy": echo.proxy, **cache}))
        with (folder / "inventory").open("a", encoding="utf-8") as file:
            file.writelines(playbooks.inventory(source, "-vvvv"))
    results = json.loads((folder / "registered").read_text(encoding="utf-8"))
    failed = {name.rpartition("_")[2] for name, result in results.items() if result.get("failed")}
    assert failed == {"4", "5", "6", "7"} and sum(map(bool, map(echo.echoes, echo.seen))) >= 3 * len(CASES)
    assert all(
        (folder / name).exists() == in_process for name in ("drift/drift.json", "export/pagertree.yml", "inventory")
    )
    left = [path for name in ("tmp", "home/remote", "home/.ansible/tmp") for path in (folder / name).glob("*")]
    assert left == []
    assert observed.leaks(*credentials(sandbox).values(), *sent(echo.seen)) == {}


def test_every_channel_is_searched(observed, echo):
    """What leaks in each of them is found in each of them."""
    code = f"import sys, urllib.request; urllib.request.urlopen('{echo.url}'); print(sys.argv)"
    echo.replies = [(200, {}, b"")]
    secret = observed.hidden(f"{WORD}-planted")
    files = ("home/left", "tmp/left", "registered", "export/left", "drift/left", "inventory", "cache/left")
    for name in ("export", "drift", "cache"):
        (observed.folder / name).mkdir()
    tasks = [
        {"ansible.builtin.command": {"argv": ["{{ ansible_playbook_python }}", "-c", code, secret]}},
        {"ansible.builtin.set_fact": {"leaked": secret, "cacheable": True}},
        {"ansible.builtin.copy": {"dest": f"{observed.folder}/{{{{ item }}}}", "content": secret}, "loop": files},
    ]
    observed.run(tasks)
    assert observed.leaks().keys() == CHANNELS.keys()


def test_the_items_of_a_loop_are_hidden_by_no_log(observed, sandbox):
    """As SECURITY.md says: Ansible shows them otherwise."""
    items = [{"name": f"n{number}", "url": f"https://hooks.example.com/{WORD}{number}"} for number in range(2)]
    task = {
        f"{COLLECTION}netography_response_integration": {"name": "{{ item.name }}", "teams": {"url": "{{ item.url }}"}},
        "loop": observed.hidden(items),
        "module_defaults": {f"group/{COLLECTION}netography": observed.hidden(options(CASES[0], sandbox))},
    }
    observed.run([{**task, "no_log": True}])
    assert observed.leaks(*credentials(sandbox).values()) == {}
    observed.run([task])
    assert observed.leaks(*credentials(sandbox).values()).keys() == {
        "what is printed",
        "log file",
        "callbacks",
        "JUnit",
    }
