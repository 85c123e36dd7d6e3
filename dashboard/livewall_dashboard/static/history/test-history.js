// One test over runs: where and since when it fails, what it failed with, how long it takes, and a list of its results.

import { getJson } from "../shared/api.js";
import { csvLink } from "../shared/csv.js";
import { element, titled } from "../shared/dom.js";
import { Filters } from "../shared/filters.js";
import { short } from "../shared/format.js";
import { here, link } from "../shared/page.js";
import { emptyList } from "../shared/parts.js";
import { resultList } from "./result-list.js";
import { alsoKnownAs } from "./test-names.js";
import { lastPart, parentName, plural } from "./text.js";
import { timelineOf } from "./timeline/first-answer.js";
import { messageList } from "./timeline/messages.js";
import { pointsOf } from "./timeline/points.js";
import { queryOf } from "./timeline/query.js";
import { rateTable } from "./timeline/rate-table.js";
import { tellStory } from "./timeline/sentence.js";
import { Trend } from "./timeline/trend.js";
import { TimelineView } from "./timeline/view.js";

const PAGE = 100;
const BY_LABEL = "label:";
const ASKED = ["setup", "branch", "order"];

const host = document.getElementById("history");
const status = document.getElementById("status");
const sentence = document.getElementById("sentence");
const longname = new URLSearchParams(location.search).get("longname") ?? "";
/** The setup that the reader comes from: it is marked among all others. */
const marked = new URLSearchParams(location.search).get("mark") ?? "";
const moreRuns = moreButton("Show older runs", loadRuns);
const list = element("section", "result-section");
let turn = 0;
let shown = null;
let asked = "";

const filters = new Filters(document.getElementById("filters"), ASKED, changed);
filters.addChoice("setup", "Setup", [["", "All"]]);
filters.addText("branch", "Branch", "all branches");
filters.addChoice("order", "Order of the list", orders([]));
filters.show();

/** The back button also leads through what was picked in the timeline, which is nothing new to ask for. */
function changed() {
  if (JSON.stringify(filters.values()) !== asked) load();
}

async function load() {
  const mine = ++turn;
  asked = JSON.stringify(filters.values());
  const fresh = { names: [], counts: null, rows: [], nextRuns: "", timeline: null, messages: [] };
  try {
    // The picture first: the wall answers one after the other, and the others are asked while it is looked at.
    fresh.timeline = await timelineOf(queryOf(new URLSearchParams(asking())));
    if (mine !== turn) return;
    shown = fresh;
    drawPicture();
    const counts = ask("setups", { limit: 1 }).then((page) => { fresh.counts = page.counts; });
    const messages = ask("messages", {}).then((told) => { fresh.messages = told.messages; });
    await Promise.all([addRuns(fresh), counts, messages]);
    if (mine !== turn) return;
    drawRest();
  } catch (error) {
    if (mine === turn) status.textContent = error.message;
  }
}

/** The test, and what of it is wanted. */
function asking() {
  const { setup, branch } = filters.values();
  return { longname, setup, branch };
}

/** The list has an order of the reader's choice; the timeline has its own. */
function ask(path, query) {
  return getJson(`/api/v1/tests/${path}`, { ...asking(), ...query });
}

/** By when runs started, by their commits, or by any label: `label:version`. */
function orders(labels) {
  return [["", "Started"], ["commit", "Commit"], ...labels.map(({ name }) => [`${BY_LABEL}${name}`, `Label ${short(name, 60)}`])];
}

/**
 * As the API is asked.
 *
 * @returns {Record<string, string>}
 */
function order() {
  const { order: chosen } = filters.values();
  if (chosen.startsWith(BY_LABEL)) return { order: "label", label: chosen.slice(BY_LABEL.length) };
  return chosen === "commit" ? { order: chosen } : {};
}

async function addRuns(state) {
  const page = await ask("history", { limit: PAGE, after: state.nextRuns, ...order() });
  state.rows.push(...page.history);
  state.names = page.names;
  state.nextRuns = page.next;
}

async function loadRuns() {
  const state = shown;
  moreRuns.disabled = true;
  try {
    await addRuns(state);
    if (state === shown) drawList();
  } catch (error) {
    status.textContent = error.message;
  } finally {
    moreRuns.disabled = false;
  }
}

function moreButton(text, onClick) {
  const button = element("button", "more", text);
  button.type = "button";
  button.addEventListener("click", onClick);
  return button;
}

function drawPicture() {
  shown.points = pointsOf(shown.timeline);
  sentence.replaceChildren();
  host.replaceChildren();
  if (shown.points.length) drawTimeline(shown.points);
}

function drawRest() {
  const { names, points, messages } = shown;
  drawList();
  host.prepend(...alsoKnownAs(names));
  const beside = element("div", "test-parts");
  if (messages.length) beside.append(messageList(messages, asking()));
  if (points.length) beside.append(durations(points));
  host.append(beside, list);
}

function drawTimeline(points) {
  const { labels } = shown.timeline;
  shown.view = new TimelineView(host, {
    hrefOf: ({ setup }) => here(`/tests?${new URLSearchParams({ longname, setup })}`),
    marked,
    onStory: (story, view) => tellStory(sentence, story, view),
  });
  shown.view.show(points, labels);
  shown.view.node.append(wholeTimeline());
}

function wholeTimeline() {
  const { setup, branch } = asking();
  const search = new URLSearchParams({ longname });
  if (setup) search.set("setup", setup);
  if (branch) search.set("branch", branch);
  const way = element("p", "tl-note");
  way.append(link("More runs, filters and axes", here(`/history?${search}`)));
  return way;
}

function durations(points) {
  const node = element("div", "test-durations");
  const trend = new Trend();
  node.append(trend.node, rateTable([points, shown.view.grouped], asking()));
  // It can be drawn once it has a width.
  requestAnimationFrame(() => trend.show(points).catch((error) => { status.textContent = error.message; }));
  return node;
}

function drawList() {
  const { rows, counts, nextRuns } = shown;
  status.textContent = rows.length ? summary(rows.length, counts) + leftOut(rows.length, counts, nextRuns) : "";
  list.replaceChildren(...(rows.length ? [listHead(), resultList(rows, { longname, label: order().label }), ...(nextRuns ? [moreRuns] : [])] : [nothing()]));
}

function listHead() {
  const head = element("div", "section-head");
  head.append(element("h2", "", "Results"), csvLink("These results", "/api/v1/tests/history.csv", { ...asking(), ...order() }));
  return head;
}

function nothing() {
  const { order: by } = order();
  const node = element("div", "quiet");
  node.append(
    element("h2", "", by ? "None in this order" : "Never seen"),
    element("p", "", `No run with these filters has a test of this name${by ? " and a place in this order" : ""}.`),
  );
  if (by === "commit") {
    const remedy = element("p", "", "The wall learns the order of commits by ");
    remedy.append(element("code", "", "livewall commits sync CLONE"), ".");
    node.append(remedy);
  }
  return node;
}

/** "100 of 900 runs, 12 failed": the figures are of all there are, not of those that are loaded. */
function summary(loaded, { total, failed, expected_failures: expected }) {
  const runs = loaded < total ? `${loaded.toLocaleString("en")} of ${plural(total, "run")}` : plural(total, "run");
  return `${runs}, ${failed.toLocaleString("en")} failed${expected ? `, ${expected.toLocaleString("en")} as expected` : ""}`;
}

/** How many have no place in the chosen order: said, lest they be taken for nothing. */
function leftOut(loaded, { total }, following) {
  const { order: chosen, label } = order();
  if (!chosen || following || loaded >= total) return "";
  const lack = chosen === "label" ? `no ${short(label)}` : "no commit that a repository here has";
  return `; ${(total - loaded).toLocaleString("en")} left out: ${lack}`;
}

async function loadSetups() {
  const { setups } = await getJson("/api/v1/setups");
  filters.setOptions("setup", [["", "All"], ...setups.map(({ name }) => [name, name])]);
}

async function loadLabels() {
  const { labels } = await getJson("/api/v1/labels");
  filters.setOptions("order", orders(labels));
}

function drawTitle() {
  const name = lastPart(longname) || "Test over time";
  document.title = titled(`${short(name)} over time`);
  const title = document.getElementById("title");
  title.replaceChildren(element("span", "title-where", parentName(longname, name)), name);
}

/** The address names no test. */
function askForName() {
  const node = emptyList("Which test?", "A test is found by words of its name.");
  node.append(link("Search", here("/search")));
  filters.form.hidden = true;
  host.replaceChildren(node);
}

drawTitle();
if (longname) {
  // What can be chosen is not needed for the first picture.
  load().then(() => Promise.all([loadSetups(), loadLabels()])).catch((error) => {
    status.textContent = error.message;
  });
} else askForName();
