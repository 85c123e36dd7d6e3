// One test over runs: a strip for each setup, and the same as a list.

import { getJson } from "../shared/api.js";
import { element } from "../shared/dom.js";
import { Filters } from "../shared/filters.js";
import { short } from "../shared/format.js";
import { fullMoment } from "../shared/moment.js";
import { here, link, timeOf } from "../shared/page.js";
import { badge, commitLink, durationOf, labelChips, resultStatus, statusWord, triesText } from "./dom.js";
import { alsoKnownAs } from "./test-names.js";
import { beginning, duration, lastPart, parentName, plainMessage, plural } from "./text.js";

/** @import { SetupOfTest, TestOfRun } from "types/api" */

const PAGE = 100;
const BY_LABEL = "label:";

const host = document.getElementById("history");
const status = document.getElementById("status");
const longname = new URLSearchParams(location.search).get("longname") ?? "";
/** The setup that the reader comes from: it is shown first, among all others. */
const marked = new URLSearchParams(location.search).get("mark") ?? "";
const moreSetups = moreButton("Show more setups", loadSetupsOfTest);
const moreRuns = moreButton("Show older runs", loadRuns);
let turn = 0;
let shown = null;

const filters = new Filters(document.getElementById("filters"), ["setup", "branch", "order"], load);
filters.addChoice("setup", "Setup", [["", "All"]]);
filters.addText("branch", "Branch", "all branches");
filters.addChoice("order", "Order", orders([]));
filters.show();

async function load() {
  const mine = ++turn;
  const fresh = { names: [], counts: null, setups: [], nextSetups: "", rows: [], nextRuns: "" };
  try {
    await Promise.all([addSetups(fresh), addRuns(fresh), marked && !filters.values().setup ? addMarked(fresh) : null]);
    if (mine !== turn) return;
    shown = fresh;
    draw();
  } catch (error) {
    if (mine === turn) status.textContent = error.message;
  }
}

/** The list has an order of the reader's choice; setups have their latest runs. */
function ask(path, query) {
  const { setup, branch } = filters.values();
  return getJson(`/api/v1/tests/${path}`, { setup, branch, longname, ...query });
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

async function addSetups(state) {
  const page = await ask("setups", { after: state.nextSetups });
  state.counts = page.counts;
  const known = new Set(state.setups.map(({ setup }) => setup));
  state.setups.push(...page.setups.filter(({ setup }) => !known.has(setup)));
  state.nextSetups = page.next;
}

/** However many setups there are, the one the reader comes from is among them. */
async function addMarked(state) {
  const { setups } = await ask("setups", { setup: marked });
  state.setups = [...setups, ...state.setups.filter(({ setup }) => setup !== marked)];
}

async function addRuns(state) {
  const page = await ask("history", { limit: PAGE, after: state.nextRuns, ...order() });
  state.rows.push(...page.history);
  state.names = page.names;
  state.nextRuns = page.next;
}

async function loadSetupsOfTest() {
  await loadMore(moreSetups, addSetups);
}

async function loadRuns() {
  await loadMore(moreRuns, addRuns);
}

async function loadMore(button, add) {
  const state = shown;
  button.disabled = true;
  try {
    await add(state);
    if (state === shown) draw();
  } catch (error) {
    status.textContent = error.message;
  } finally {
    button.disabled = false;
  }
}

function moreButton(text, onClick) {
  const button = element("button", "more", text);
  button.type = "button";
  button.addEventListener("click", onClick);
  return button;
}

function draw() {
  const { names, counts, setups, rows, nextSetups, nextRuns } = shown;
  status.textContent = rows.length ? summary(rows.length, counts) + leftOut(rows.length, counts, nextRuns) : "";
  if (!rows.length) {
    const nothing = element("div", "quiet");
    const { order: by } = order();
    nothing.append(
      element("h2", "", by ? "None in this order" : "Never seen"),
      element("p", "", `No run with these filters has a test of this name${by ? " and a place in this order" : ""}.`),
    );
    if (by === "commit") {
      const remedy = element("p", "", "The wall learns the order of commits by ");
      remedy.append(element("code", "", "livewall commits sync CLONE"), ".");
      nothing.append(remedy);
    }
    host.replaceChildren(...alsoKnownAs(names), nothing);
    return;
  }
  host.replaceChildren(...alsoKnownAs(names), strips(setups, nextSetups), list(rows), ...(nextRuns ? [moreRuns] : []));
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

/**
 * A line for each setup with its latest runs, the latest to the right.
 *
 * @param {SetupOfTest[]} setups
 */
function strips(setups, next) {
  const node = element("div", "strips");
  node.append(...setups.map(strip), ...(next ? [moreSetups] : []));
  return node;
}

/** @param {SetupOfTest} setup */
function strip({ setup, counts, history }) {
  const line = element("div", "strip");
  const isMarked = setup === marked;
  if (isMarked) line.dataset.marked = "";
  const name = element("h2", "strip-name");
  const alone = here(`/tests?${new URLSearchParams({ longname, setup })}`);
  name.append(link(short(setup, 120), alone, { className: "setup-link" }));
  const expected = counts.expected_failures ? `, ${counts.expected_failures} as expected` : "";
  const told = element("p", "strip-counts", `${plural(counts.total, "run")}, ${counts.failed} failed${expected}`);
  if (isMarked) name.append(element("span", "sr-only", " (where you come from)"));
  const head = element("div", "strip-head");
  head.append(name, told);
  const cells = element("ol", "strip-cells");
  cells.setAttribute("aria-label", `${setup}, its latest ${plural(history.length, "result")}, the oldest first`);
  cells.append(...[...history].reverse().map(stripCell));
  line.append(head, cells);
  return line;
}

/** @param {TestOfRun} row */
function stripCell(row) {
  const item = element("li");
  const cell = link("", addressOf(row), { className: "strip-cell" });
  const counted = resultStatus(row);
  const told = [statusWord(counted), triesText(row), fullMoment(row.start_time), duration(row.elapsed_time)];
  const words = told.filter(Boolean).join(", ");
  cell.title = row.message ? `${words}\n${beginning(plainMessage(row.message))}` : words;
  cell.append(badge(counted, true), element("span", "sr-only", words));
  item.append(cell);
  return item;
}

/** @param {TestOfRun[]} rows */
function list(rows) {
  const longest = Math.max(...rows.map((row) => row.elapsed_time), 0.001);
  const node = element("ol", "results");
  node.append(...rows.map((row) => result(row, longest)));
  return node;
}

/** @param {TestOfRun} row */
function result(row, longest) {
  const item = element("li", "result");
  item.dataset.status = resultStatus(row);
  const when = link("", addressOf(row), { className: "result-when" });
  when.append(timeOf(row.start_time));
  const where = element("span", "result-where");
  where.append(element("strong", "", row.setup));
  if (row.branch) where.append(" ", element("span", "branch", row.branch));
  if (row.commit) where.append(" ", commitLink(row.commit));
  where.append(...placeOf(row), ...otherName(row));
  const took = element("span", "result-took");
  const bar = element("span", "result-bar");
  bar.style.width = `${Math.max(1, (100 * row.elapsed_time) / longest)}%`;
  const track = element("span", "result-track");
  track.append(bar);
  took.append(track, durationOf(row.elapsed_time));
  const tries = triesText(row);
  if (tries) where.append(" ", element("span", "tries", tries));
  item.append(badge(resultStatus(row)), when, where, took);
  if (row.message) item.append(element("pre", "result-message", beginning(plainMessage(row.message))));
  return item;
}

/**
 * Where a run stands in the chosen order.
 *
 * @param {TestOfRun} row
 */
function placeOf(row) {
  const { order: chosen, label } = order();
  if (chosen === "label") return [" ", ...labelChips({ [label]: row.labels[label] })];
  if (!row.repository_commit) return [];
  const { identifier, message } = row.repository_commit;
  const title = element("span", "result-commit", short([identifier, message.split("\n", 1)[0]].filter(Boolean).join(" · "), 120));
  title.title = short(message, 2000);
  return [" ", title];
}

/**
 * What the test was called there, where it is not what the page is called.
 *
 * @param {TestOfRun} row
 */
function otherName(row) {
  if (row.longname === longname) return [];
  const name = element("span", "result-name", short(row.longname, 120));
  name.title = row.longname;
  return [" ", name];
}

/** @param {TestOfRun} row */
function addressOf(row) {
  return here(`/runs/${encodeURIComponent(row.run)}#${row.process}/${row.id}`);
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
  document.title = `${short(name)} over time · livewall`;
  const title = document.getElementById("title");
  title.replaceChildren(element("span", "title-where", parentName(longname, name)), name);
}

drawTitle();
load();
Promise.all([loadSetups(), loadLabels()]).catch((error) => {
  status.textContent = error.message;
});
