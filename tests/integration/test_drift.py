# Copyright: Contributors to the saas.integrations collection
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role drift: what it finds, and its page in a real browser."""

from __future__ import annotations

import copy
import functools
import importlib
import json
import os
import re
from pathlib import Path

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from cases import CASES, each_case, plant, put
from conftest import Playbooks
from integration import browser

MODULES = "ansible_collections.saas.integrations.plugins.modules"
SERVICES = {case.service: case for case in CASES}
HOSTILE = "</script><img src=x onerror=alert(1)> {{ 1/0 }} {# \u202etxt #}"


def have(case, *entries):
    """Bring a service to a state, without a playbook."""
    task = importlib.import_module(f"{MODULES}.{case.manage_set}").TASK
    spec = task.arguments()
    validated = ArgumentSpecValidator(**spec).validate({"integrations": list(entries), "purge": True})
    assert not validated.error_messages
    params = validated.validated_parameters
    result = task.perform(params, spec["argument_spec"], lambda: task.connect(params, check_mode=False))
    assert not result.get("failed"), result


def compare(playbooks, described, *arguments, status=0, env=None, **variables):
    """Run the role; returns what it printed and its report. Nothing is ever written to a service."""
    folder = playbooks.folder / "report"
    variables |= {f"{service}_integrations": entries for service, entries in described.items()}
    play = {"hosts": "localhost", "gather_facts": False, "vars": {**variables, "drift_dir": str(folder)}}
    playbooks.sandbox.log()
    printed = playbooks.run(
        [{**play, "roles": [{"role": "saas.integrations.drift"}]}], *arguments, status=status, **(env or {})
    )
    assert {entry["method"] for entry in playbooks.sandbox.log()} <= {"GET"}
    assert "changed=0" in printed
    report = json.loads((folder / "drift.json").read_text(encoding="utf-8"))
    assert report == embedded(folder / "drift.html")
    return printed, report


@pytest.fixture
def drift(playbooks):
    return functools.partial(compare, playbooks)


DATA = re.compile(r'(?<=<script type="application/json" id="report">).*?(?=</script>)', re.DOTALL)


def embedded(page: Path) -> dict:
    return json.loads(DATA.search(page.read_text(encoding="utf-8"))[0])


def names(entries):
    return [entry["name"] for entry in entries]


def life(case):
    """Entries of one kind: as they exist and as they are described; with the name of the field that differs."""
    kind = case.kinds[0]
    same, old, new, gone, extra = ({**case.sample(kind), "name": name} for name in ("same", "old", "new", "gone", "x"))
    item, name = next((item, name) for item, name in reversed(list(case.fields(kind))) if not item.write_only)
    changed = copy.deepcopy(old)
    put(changed, name, case.pair(item, name)[1])
    absent = [{"name": "gone", "state": "absent"}, {"name": "never", "state": "absent"}]
    return [same, old, gone, extra], [same, changed, new, *absent], name


@each_case
def test_what_differs(case, drift, sandbox):
    exists, described, field = life(case)
    have(case, *exists)
    before = sandbox.objects(case.service)
    printed, report = drift({case.service: described})
    found = report["services"][case.service]
    assert report["drift"] is True and list(report["services"]) == [case.service] and found["error"] is None
    assert found["counts"] == {"missing": 1, "changed": 1, "unknown": 2, "unchanged": 1}
    assert {state: names(found[state]) for state in found["counts"]} == {
        "missing": ["new"],
        "changed": ["old"],
        "unknown": ["gone", "x"],
        "unchanged": ["same"],
    }
    assert "1 missing, 1 changed, 2 unknown, 1 unchanged" in printed
    [changed], [missing], [_gone, unknown], [same] = (
        found[state] for state in ("changed", "missing", "unknown", "unchanged")
    )
    assert {one["field"][: len(field)] for one in changed["fields"]} == {field}
    assert all(one["before"] != one["after"] for one in changed["fields"])
    assert all(one["before"] is None for one in missing["fields"]) and missing["id"] is None
    assert all(one["after"] is None for one in unknown["fields"]) and unknown["id"] and changed["id"] and same["id"]
    assert len(missing["fields"]) > 1 and len(unknown["fields"]) > 1
    if case.kinds[0]:
        assert {one["kind"] for one in (changed, missing, unknown, same)} == {case.kinds[0].name}
    assert sandbox.objects(case.service) == before


@each_case
def test_secrets_are_in_no_file_and_in_no_output(case, drift, sandbox, tmp_path):
    """Of what is missing, changed, and unknown."""
    planted = [{**plant(case, kind), "name": f"kind {number}"} for number, kind in enumerate(case.kinds)]
    have(case, *planted, {**planted[0], "name": "unknown"})
    assert "canary" in json.dumps(sandbox.objects(case.service))
    changed = [{**case.sample(kind), "name": f"kind {number}"} for number, kind in enumerate(case.kinds)]
    missing = [{**entry, "name": f"missing {entry['name']}"} for entry in planted]
    printed, report = drift({case.service: [*changed, *missing]}, "-vvvv")
    counts = report["services"][case.service]["counts"]
    assert (counts["missing"], counts["unknown"]) == (len(planted), 1) and counts["changed"] > 0
    page, data = (tmp_path / "report" / name for name in ("drift.html", "drift.json"))
    for text in (printed, page.read_text(encoding="utf-8"), data.read_text(encoding="utf-8")):
        assert "canary" not in text
    shown = [field["after"] for entry in report["services"][case.service]["changed"] for field in entry["fields"]]
    assert "******** (changed)" in json.dumps(shown)


def test_nothing_differs(drift):
    described = {case.service: [case.sample(case.kinds[0])] for case in CASES}
    for case in CASES:
        have(case, *described[case.service])
    _printed, report = drift(described, drift_fail=True)
    assert report["drift"] is False
    assert [found["counts"]["unchanged"] for found in report["services"].values()] == [1] * len(CASES)


def test_drift_fail_also_in_check_mode(drift):
    case = SERVICES["rocketchat"]
    described = {"confluent": [], case.service: [case.sample(case.kinds[0])]}
    reports = []
    for arguments in (("--check", "--diff"), ()):
        printed, report = drift(described, *arguments, status=2, drift_fail=True)
        assert "What exists differs from what is described" in printed
        reports.append({**report, "generated_at": None})
    assert reports[0] == reports[1]
    assert not any(reports[0]["services"]["confluent"]["counts"].values())


def test_a_service_that_cannot_be_compared_hides_no_other(drift, sandbox):
    case = SERVICES["confluent"]
    sandbox.fault("pagertree", "html", times=None)
    described = {"netography": [], "pagertree": [], "rocketchat": [{"name": "no kind"}]}
    described["confluent"] = [case.sample(case.kinds[0])]
    printed, report = drift(described, status=2, env={"NETOGRAPHY_ACCESS_TOKEN": "wrong"})
    services = report["services"]
    for service, words in {"netography": "401", "pagertree": "HTML", "rocketchat": "give its kind"}.items():
        assert words in services[service]["error"] and words in printed
        assert not any(services[service]["counts"].values())
    assert services["confluent"]["error"] is None and names(services["confluent"]["missing"]) == ["sample"]
    assert "Not compared: netography, rocketchat, pagertree." in printed


def test_a_failure_never_looks_fine(drift, sandbox):
    sandbox.fault("confluent", "status", status=500, times=None)
    printed, report = drift({"confluent": [], "rocketchat": []}, status=2)
    assert report["drift"] is True
    assert "Not compared: confluent." in printed


def test_nothing_is_described(playbooks):
    printed = playbooks.run([{"import_playbook": "saas.integrations.drift"}], status=2)
    assert "There is nothing to compare" in printed


def test_the_playbook_writes_where_ansible_was_started(playbooks, tmp_path):
    playbooks.run([{"import_playbook": "saas.integrations.drift"}], "-e", '{"pagertree_integrations": []}')
    assert {path.name for path in (tmp_path / "drift").iterdir()} == {"drift.html", "drift.json"}


def test_secrets_that_are_not_given_back_are_no_difference(drift, sandbox):
    case = SERVICES["netography"]
    entry = case.sample(case.resource.by_name["pagerduty"])
    have(case, entry)
    sandbox.switch("netography", secrets="omit")
    _printed, report = drift({"netography": [{**entry, "update_secrets": "always"}]})
    assert report["drift"] is False


def test_what_the_module_warns_about_is_in_the_report(drift):
    case = SERVICES["rocketchat"]
    have(case, case.sample(case.kinds[0]))
    _printed, report = drift({"rocketchat": [case.sample(case.kinds[0])]})
    [warning] = report["services"]["rocketchat"]["warnings"]
    assert "does not see those of other accounts" in warning


# -- the page -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def chromium(tmp_path_factory):
    if not browser.CHROMIUM:
        pytest.skip("there is no Chromium on this machine")
    with browser.started(tmp_path_factory.mktemp("browser")) as running:
        yield running


@pytest.fixture(scope="module")
def example(process, tmp_path_factory):
    """The page of an example."""
    data = yaml.safe_load(Path(__file__).with_name("drift_example.yml").read_text(encoding="utf-8"))
    process.control("POST", "reset", json={})
    process.switch("confluent", builtin=False)
    playbooks = Playbooks(process, tmp_path_factory.mktemp("example"))
    with pytest.MonkeyPatch.context() as patch:
        for name, value in process.env.items():
            patch.setenv(name, value)
        for service, entries in data["exists"].items():
            have(SERVICES[service], *entries)
    compare(playbooks, data["described"])
    return playbooks.folder / "report" / "drift.html"


@pytest.fixture
def page(chromium, example):
    with browser.opened(chromium, example) as opened:
        yield opened


def shown(page):
    """The names of the entries that are to be seen."""
    return page.locator(".entry:visible .name").all_text_contents()


def rows(entry):
    return [[cell.text_content() for cell in row.locator("th, td").all()] for row in entry.locator("tbody tr").all()]


DIFFERING = ["Escalation", "Security operations", "Event archive", "Tried out by hand"]
DIFFERING += ["Uptime monitor", "Tickets", "Former bot"]


def test_the_page_shows_what_differs(page):
    assert page.title() == "7 integrations differ from what is described – Integration drift"
    assert (
        page.locator("#state p").text_content()
        == "1 missing, 4 changed, and 2 unknown, of 12 integrations of 4 services."
    )
    cards = {
        card.locator("h3").text_content(): card.locator("dd").all_text_contents()
        for card in page.locator(".card").all()
    }
    assert cards == {
        "Confluent Cloud": ["0", "0", "0", "2"],
        "Netography": ["1", "2", "1", "1"],
        "PagerTree": ["0", "1", "0", "1"],
        "Rocket.Chat": ["0", "1", "1", "1"],
    }
    assert shown(page) == DIFFERING
    operations = page.locator(".entry", has_text="Security operations")
    assert rows(operations) == [
        ["description", "High severity events", "High severity events, for the analyst on duty"],
        ["slack.url", "********", "******** (changed)"],
    ]
    tickets = page.locator(".entry", has_text="Tickets")
    assert tickets.locator(".before .other, .after .other").all_text_contents() == ["!bug", "!incident"]


def test_entries_open_with_the_keyboard(page):
    missing = page.locator("details", has_text="Escalation")
    assert rows(missing) == []
    missing.locator("summary").focus()
    page.keyboard.press("Enter")
    missing.locator("tbody tr").last.wait_for()  # A browser tells the page in its own time that an entry is open
    assert rows(missing)[-1] == ["pagerduty.severity", "critical"]
    page.get_by_role("button", name="Collapse all").click()
    assert page.locator(".entry[open]").count() == 0
    page.get_by_role("button", name="Expand all").click()
    assert page.locator(".entry[open]").count() == len(DIFFERING)


def test_filters(page):
    service = functools.partial(page.get_by_role, "radio")
    state = functools.partial(page.get_by_role, "checkbox")
    service(name="Rocket.Chat").check(force=True)
    assert shown(page) == ["Tickets", "Former bot"]
    state(name="Unchanged").check(force=True)
    assert shown(page) == ["Tickets", "Former bot", "Deployments"]
    service(name="All").check(force=True)
    state(name="Changed 4").uncheck(force=True)
    assert page.get_by_role("status").text_content() == "8 integrations."
    for name in ("Missing", "Unknown", "Unchanged"):
        state(name=name).uncheck(force=True)
    assert shown(page) == [] and page.get_by_role("status").text_content() == "No integration to show."
    assert page.locator(".group:visible").count() == 0


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("EVENT arch", ["Event archive"]),
        ("pagerduty", ["Escalation"]),
        ("slack.url", ["Security operations", "Tried out by hand"]),
        ("mainframe", []),
    ],
)
def test_search_by_name_kind_and_field(page, words, found):
    page.get_by_label("Search").fill(words)
    assert shown(page) == found
    more = page.get_by_role("status").text_content().partition(". ")[2]
    assert more == ("" if found else "1 more match, but are not of the chosen service and states.")
    page.get_by_label("Search").fill("")
    assert shown(page) == DIFFERING


BACKGROUND = "getComputedStyle(document.body).backgroundColor"


def test_the_theme_follows_the_system_until_it_is_chosen(chromium, example):
    with browser.opened(chromium, example) as page:
        light = page.evaluate(BACKGROUND)
        page.get_by_role("button", name="Dark theme").click()
        dark = page.evaluate(BACKGROUND)
        page.get_by_role("button", name="Light theme").click()
        assert page.evaluate(BACKGROUND) == light != dark
    with browser.opened(chromium, example, color_scheme="dark") as page:
        assert page.evaluate(BACKGROUND) == dark
        page.emulate_media(media="print")
        assert page.evaluate(BACKGROUND) == "rgb(255, 255, 255)"


def test_print_shows_everything_but_the_controls(page):
    page.evaluate(
        """() => addEventListener("beforeprint", () => {
            window.printed = document.querySelectorAll(".entry[open] tbody").length;
        })"""
    )
    before = page.locator(".entry[open]").count()
    assert before < len(DIFFERING)
    page.pdf()
    assert page.evaluate("window.printed") == len(DIFFERING)
    assert page.locator(".entry[open]").count() == before
    page.emulate_media(media="print")
    assert page.locator("button:visible, input:visible").count() == 0


def test_the_page_fits_a_telephone(chromium, example):
    with browser.opened(chromium, example, viewport={"width": 360, "height": 740}) as page:
        page.get_by_role("button", name="Expand all").click()
        assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_only_the_script_of_the_page_is_run(chromium, example):
    """What the policy forbids is not done, and is complained about."""
    with pytest.raises(AssertionError, match="Content Security Policy"), browser.opened(chromium, example) as page:
        page.evaluate("document.body.append(Object.assign(document.createElement('script'), {text: 'window.x = 1'}))")
        assert page.evaluate("window.x") is None


def test_hostile_names_stay_text(chromium, drift, sandbox, tmp_path):
    sandbox.add(
        "netography",
        {
            "id": "a",
            "adapter": "slack",
            "name": HOSTILE,
            "description": HOSTILE,
            "config": {"url": "https://x.example"},
        },
        {"id": "b", "adapter": HOSTILE, "name": "other", "config": {HOSTILE: HOSTILE}},
    )
    sandbox.add("pagertree", {"name": HOSTILE, "options": {HOSTILE: "x"}})
    changed = {"id": "a", "description": "</script>"}
    printed, report = drift({"netography": [changed], "pagertree": []}, drift_title=HOSTILE[:36])
    netography = report["services"]["netography"]
    assert names(netography["changed"]) == names(report["services"]["pagertree"]["unknown"]) == [HOSTILE]
    assert netography["changed"][0]["fields"] == [{"field": "description", "before": HOSTILE, "after": "</script>"}]
    path = tmp_path / "report" / "drift.html"
    assert path.read_text(encoding="utf-8").count("</script>") == 2
    with browser.opened(chromium, path) as page:
        assert page.locator("h1").text_content() == HOSTILE[:36]
        page.get_by_role("button", name="Expand all").click()
        assert shown(page).count(HOSTILE) == 2
        assert f"secret_options.{HOSTILE}" in page.locator("th[scope=row]").all_text_contents()
        assert page.locator("img").count() == 0


def test_everything_is_as_described(chromium, drift, tmp_path):
    case = SERVICES["confluent"]
    have(case, case.sample(case.kinds[0]))
    drift({"confluent": [case.sample(case.kinds[0])]})
    with browser.opened(chromium, tmp_path / "report" / "drift.html") as page:
        assert page.locator("#state h2").text_content() == "Everything is as described"
        assert page.locator("#state p").text_content() == "Nothing differs in 1 integration of 1 service."
        assert shown(page) == ["sample"]


def test_the_page_of_a_failure(chromium, drift, sandbox, tmp_path):
    sandbox.fault("confluent", "status", status=500, times=None)
    _printed, report = drift({"confluent": [], "rocketchat": []}, status=2)
    with browser.opened(chromium, tmp_path / "report" / "drift.html") as page:
        assert page.locator("h2").first.text_content() == "The comparison failed for Confluent Cloud"
        failed, other = page.locator(".card").all()
        assert failed.locator(".problem").text_content() == report["services"]["confluent"]["error"]
        assert failed.locator("dd").count() == 0 and other.locator("dd").count() == 4


# The time from an action to what it shows.
TIMED = """async ([label, value]) => {
    const start = performance.now();
    const input = document.querySelector(label);
    if (value === null) input.click();
    else { input.value = value; input.dispatchEvent(new Event("input", { bubbles: true })); }
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    return performance.now() - start;
}"""
OPENED = """() => new Promise((done) => {
    const loaded = performance.getEntriesByType("navigation")[0].loadEventEnd;
    const observer = new PerformanceObserver((list) => done(Math.max(loaded, list.getEntries()[0].startTime)));
    observer.observe({ type: "paint", buffered: true });
})"""
ACTIONS = [("#search", "number 19"), ("#search", ""), ("[value=unchanged]", None), ("[value=rocketchat]", None)]


def test_two_thousand_integrations(chromium, drift, sandbox, tmp_path):
    """They open, and are filtered, within a second each; the best of three, as other programs run as well."""
    numbers = range(2000)
    incoming = {"username": "rocket.cat", "channels": ["#general"]}
    described = [{"name": f"number {number}", "incoming": incoming} for number in numbers[:1500]]
    stored = {"type": "webhook-incoming", "username": "rocket.cat"}
    channels = {number: ["#general"] if number < 1000 else ["#ops"] for number in numbers[500:]}
    sandbox.add("rocketchat", *({**stored, "name": f"number {n}", "channel": channels[n]} for n in numbers[500:]))
    _printed, report = drift({"rocketchat": described})
    assert set(report["services"]["rocketchat"]["counts"].values()) == {500}
    best = dict.fromkeys(["open", *ACTIONS], 9e9)
    for _attempt in range(3):
        with browser.opened(chromium, tmp_path / "report" / "drift.html") as page:
            best["open"] = min(best["open"], page.evaluate(OPENED))
            for action in ACTIONS:
                best[action] = min(best[action], page.evaluate(TIMED, action))
            assert len(shown(page)) == 2000
    print(best)
    assert max(best.values()) < 1000, best


def test_the_picture_in_the_documentation(page, tmp_path):
    """Made anew by DRIFT_PICTURE=docs/docsite/images/drift.png pytest tests/integration/test_drift.py -k picture."""
    picture = Path(os.environ.get("DRIFT_PICTURE", tmp_path / "drift.png"))
    page.set_viewport_size({"width": 1200, "height": 1240})
    page.screenshot(path=picture)
    assert 20_000 < picture.stat().st_size < 150_000
