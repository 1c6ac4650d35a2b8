// Copyright: Contributors to the saas.integrations collection
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later
"use strict";

const report = JSON.parse(document.getElementById("report").textContent);
const TITLES = {
  confluent: "Confluent Cloud",
  netography: "Netography",
  pagertree: "PagerTree",
  rocketchat: "Rocket.Chat",
};
const STATES = {
  missing: ["Missing", "It is described but does not exist."],
  changed: ["Changed", "It exists but differs from its description."],
  unknown: ["Unknown", "It exists but is not described, or is described as absent."],
  unchanged: ["Unchanged", "It is as described."],
};
const DRIFT = ["missing", "changed", "unknown"];
// How many entries that are open from the start help more than they hide.
const OPEN_AT_ONCE = 10;

// -- building ---------------------------------------------------------------------------------------------------

const byId = (id) => document.getElementById(id);

/** An element with attributes and children; whatever is text stays text. */
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children.filter((child) => child !== null && child !== ""));
  return element;
}

function icon(state) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#icon-${state}`);
  svg.setAttribute("class", `icon ${state}`);
  svg.setAttribute("aria-hidden", "true");
  svg.append(use);
  return svg;
}

const number = (count) => count.toLocaleString("en");
const count = (amount, word) => `${number(amount)} ${word}${amount === 1 ? "" : "s"}`;
const listed = (words) => new Intl.ListFormat("en").format(words);

// -- the data ---------------------------------------------------------------------------------------------------

const services = Object.entries(report.services)
  .map(([key, found]) => ({ key, title: TITLES[key] ?? key, ...found }))
  .sort((one, other) => one.title.localeCompare(other.title));
const total = (state) => services.reduce((sum, service) => sum + service.counts[state], 0);
const failed = services.filter((service) => service.error !== null);
const drift = DRIFT.reduce((sum, state) => sum + total(state), 0);

// -- the overall state ------------------------------------------------------------------------------------------

function overall() {
  const compared = `${count(drift + total("unchanged"), "integration")} of ${count(services.length, "service")}`;
  const parts = listed(DRIFT.filter(total).map((state) => `${number(total(state))} ${state}`));
  if (failed.length) {
    const title = `The comparison failed for ${listed(failed.map((service) => service.title))}`;
    return ["failed", title, drift ? `Of what was compared: ${parts}.` : "Of what was compared, nothing differs."];
  }
  if (drift) {
    const title = `${count(drift, "integration")} ${drift === 1 ? "differs" : "differ"} from what is described`;
    return ["changed", title, `${parts}, of ${compared}.`];
  }
  return ["unchanged", "Everything is as described", `Nothing differs in ${compared}.`];
}

function showState() {
  const [state, title, text] = overall();
  byId("state").classList.add(state);
  byId("state").append(icon(state), make("div", {}, make("h2", { id: "state-title" }, title), make("p", {}, text)));
  document.title = `${title} – ${document.title}`;
}

function showTime() {
  const format = { dateStyle: "long", timeStyle: "short", timeZone: "UTC" };
  byId("time").textContent = `${new Intl.DateTimeFormat("en-GB", format).format(new Date(report.generated_at))} UTC`;
}

// -- the services -----------------------------------------------------------------------------------------------

function card(service) {
  const counts = make("dl");
  const share = make("div", { class: "share", "aria-hidden": "true" });
  for (const [state, [label]] of Object.entries(STATES)) {
    const amount = service.counts[state];
    const term = make("dt", {}, icon(state), label);
    counts.append(make("div", { class: amount ? "" : "none" }, term, make("dd", {}, number(amount))));
    const part = make("span", { class: state });
    part.style.flexGrow = amount;
    if (amount) share.append(part);
  }
  const problem = make("p", { class: "problem" }, icon("failed"), make("span", { dir: "auto" }, service.error ?? ""));
  const remarks = make("details", { class: "remarks" }, make("summary", {}, count(service.warnings.length, "remark")));
  remarks.append(make("ul", {}, ...service.warnings.map((text) => make("li", { dir: "auto" }, text))));
  const failure = service.error !== null;
  // Of a service that was not compared, nothing is known: not even that it has none.
  const known = !failure || share.childElementCount;
  const parts = [failure && problem, known && counts, known && share, service.warnings.length && remarks];
  const heading = make("h3", {}, service.title);
  return make("article", { class: failure ? "card failed" : "card" }, heading, ...parts.filter(Boolean));
}

// -- the integrations -------------------------------------------------------------------------------------------

const code = (item) => make("code", { dir: "auto" }, typeof item === "string" ? item : JSON.stringify(item));

/** A value as a person reads it; ``other`` is the one it differs from. */
function value(item, other) {
  if (item === null) return make("span", { class: "muted" }, "not set");
  if (item.length === 0) return make("span", { class: "muted" }, "empty");
  if (!Array.isArray(item)) return code(item);
  const same = new Set(Array.isArray(other) ? other.map((one) => JSON.stringify(one)) : []);
  const line = (one) => make("li", { class: same.has(JSON.stringify(one)) ? "same" : "other" }, code(one));
  return make("ul", { class: Array.isArray(other) ? "compared" : "" }, ...item.map(line));
}

const SIDES = { before: "Exists", after: "Described" };

function table(entry) {
  const sides = Object.keys(SIDES).filter(
    (side) => entry.state === "changed" || (side === "after") === (entry.state === "missing"),
  );
  const head = make(
    "tr",
    {},
    ...["Field", ...sides.map((side) => SIDES[side])].map((text) => make("th", { scope: "col" }, text)),
  );
  const rows = entry.fields.map((field) =>
    make(
      "tr",
      {},
      make("th", { scope: "row", dir: "auto" }, field.field),
      ...sides.map((side) =>
        make(
          "td",
          { class: side, "data-label": SIDES[side] },
          value(field[side], field[side === "before" ? "after" : "before"]),
        ),
      ),
    ),
  );
  return make("table", {}, make("thead", {}, head), make("tbody", {}, ...rows));
}

/** Fields are built when they are seen for the first time: there may be thousands. */
function fill(entry) {
  if (!entry.node.open || entry.node.childElementCount > 1) return;
  const about = make("p", { class: "muted" }, STATES[entry.state][1]);
  if (entry.id !== null) about.append(" Its id is ", make("code", {}, entry.id), ".");
  entry.node.append(make("div", { class: "body" }, about, entry.fields.length ? table(entry) : null));
}

function build(entry) {
  const name = make("bdi", { class: entry.name ? "name" : "name muted" }, entry.name || "without a name");
  const kind = entry.kind === null ? null : make("bdi", { class: "kind" }, entry.kind);
  const state = make("span", { class: "badge" }, icon(entry.state), STATES[entry.state][0]);
  if (entry.state === "unchanged") {
    entry.node = make("div", { class: "entry" }, make("div", { class: "line" }, state, name, kind));
    return entry.node;
  }
  const fields =
    entry.state === "changed"
      ? make("span", { class: "fields" }, entry.fields.map((field) => field.field).join(", "))
      : null;
  entry.node = make("details", { class: "entry" }, make("summary", { class: "line" }, state, name, kind, fields));
  entry.node.addEventListener("toggle", () => fill(entry));
  return entry.node;
}

function entries(service) {
  return Object.keys(STATES).flatMap((state) =>
    service[state].map((one) => {
      const words = [one.name, one.kind, one.id, ...(one.fields ?? []).map((field) => field.field)];
      return { ...one, state, words: words.join("\n").toLowerCase() };
    }),
  );
}

function showList() {
  for (const service of services) {
    service.entries = entries(service);
    service.shown = make("span", { class: "muted" });
    service.group = make(
      "section",
      { class: "group", "aria-label": service.title },
      make("h2", {}, service.title, " ", service.shown),
    );
    service.group.append(make("div", { class: "entries" }, ...service.entries.map(build)));
    byId("list").append(service.group);
  }
}

// -- filters ----------------------------------------------------------------------------------------------------

function choice(type, name, value, checked, ...label) {
  const input = make("input", { type, name, value });
  input.checked = checked;
  return make("label", {}, input, make("span", { class: STATES[value] ? value : "" }, ...label));
}

function showControls() {
  byId("by-service").append(choice("radio", "service", "", true, "All"));
  for (const service of services)
    byId("by-service").append(choice("radio", "service", service.key, false, service.title));
  for (const [state, [label]] of Object.entries(STATES)) {
    const amount = make("span", { class: "amount" }, number(total(state)));
    byId("by-state").append(
      choice("checkbox", "state", state, !drift || state !== "unchanged", icon(state), label, amount),
    );
  }
}

const visible = () => services.flatMap((service) => service.entries.filter((entry) => !entry.node.hidden));

function filter() {
  const form = new FormData(byId("controls"));
  const states = new Set(form.getAll("state"));
  const words = byId("search").value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  let elsewhere = 0;
  for (const service of services) {
    let here = 0;
    for (const entry of service.entries) {
      const found = words.every((word) => entry.words.includes(word));
      const wanted = found && states.has(entry.state) && ["", service.key].includes(form.get("service"));
      entry.node.hidden = !wanted;
      here += wanted;
      elsewhere += found && !wanted;
    }
    service.group.hidden = !here;
    service.shown.textContent = number(here);
    shown += here;
  }
  const hidden =
    words.length && elsewhere ? ` ${number(elsewhere)} more match, but are not of the chosen service and states.` : "";
  byId("shown").textContent = `${shown ? count(shown, "integration") : "No integration to show"}.${hidden}`;
}

function setOpen(entry, open) {
  entry.node.open = open;
  fill(entry);
}

const setAll = (open) =>
  visible()
    .filter((entry) => entry.fields)
    .forEach((entry) => setOpen(entry, open));

// -- theme and print --------------------------------------------------------------------------------------------

const system = matchMedia("(prefers-color-scheme: dark)");
const isDark = () => (document.documentElement.dataset.theme ?? (system.matches ? "dark" : "light")) === "dark";

function showTheme() {
  byId("theme").textContent = isDark() ? "Light theme" : "Dark theme";
}

let opened = [];

function beforePrint() {
  const closed = visible().filter((entry) => entry.fields && !entry.node.open);
  opened = [...closed.map((entry) => entry.node), ...document.querySelectorAll(".remarks:not([open])")];
  for (const details of opened) details.open = true;
  closed.forEach(fill);
}

function afterPrint() {
  for (const details of opened) details.open = false;
}

// -- start ------------------------------------------------------------------------------------------------------

showState();
showTime();
showTheme();
showControls();
byId("services").append(...services.map(card));
showList();
const changed = services.flatMap((service) => service.entries.filter((entry) => entry.state === "changed"));
if (changed.length <= OPEN_AT_ONCE) for (const entry of changed) setOpen(entry, true);
byId("expand").hidden = byId("collapse").hidden = !drift;
filter();

byId("controls").addEventListener("input", filter);
byId("controls").addEventListener("submit", (event) => event.preventDefault());
byId("expand").addEventListener("click", () => setAll(true));
byId("collapse").addEventListener("click", () => setAll(false));
byId("theme").addEventListener("click", () => {
  document.documentElement.dataset.theme = isDark() ? "light" : "dark";
  showTheme();
});
system.addEventListener("change", showTheme);
addEventListener("beforeprint", beforePrint);
addEventListener("afterprint", afterPrint);
