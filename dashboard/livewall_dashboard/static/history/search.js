// Names of tests, and messages of failures of all runs, that have some words.

import { ApiError, getJson, searchOf } from "../shared/api.js";
import { offerCsv, withdrawCsv } from "../shared/csv.js";
import { element } from "../shared/dom.js";
import { Filters } from "../shared/filters.js";
import { short } from "../shared/format.js";
import { moment } from "../shared/moment.js";
import { here, link, timeOf } from "../shared/page.js";
import { badge, durationOf, resultStatus } from "./dom.js";
import { parentName, plainMessage, plural } from "./text.js";

/** @import { FoundName, FoundResult, SearchAnswer } from "types/api" */

const PATH = "/api/v1/search";
const PAGE = 50;
const LONGEST_ADDRESS = 7500;

const status = document.getElementById("status");
const names = document.getElementById("names");
const results = document.getElementById("results");
const list = element("div", "test-list");
const more = element("button", "more", "");
const filters = new Filters(document.getElementById("filters"), ["q"], () => load());
let next = null;
let count = 0;
let turn = 0;

function build() {
  filters.addText("q", "Words", "timeout board 7");
  filters.show();
  filters.controls.get("q").focus();
  more.type = "button";
  more.addEventListener("click", loadMore);
  const heading = element("h2", "", "Failures");
  heading.id = "results-title";
  results.append(heading, list, more);
}

async function load() {
  const mine = ++turn;
  const { q } = filters.values();
  if (!q.trim()) {
    clear();
    return;
  }
  status.textContent = "Searching…";
  offerCsv("These failures", `${PATH}.csv`, { q });
  try {
    const told = await getJson(PATH, { q, limit: PAGE });
    if (mine !== turn) return;
    drawNames(told.names, q);
    list.replaceChildren();
    count = 0;
    take(told);
  } catch (error) {
    if (mine === turn) fail(error);
  }
}

function clear() {
  status.textContent = "All words are looked for in the names of tests and in the messages of failures, of all runs.";
  names.hidden = results.hidden = true;
  withdrawCsv();
}

async function loadMore() {
  const mine = turn;
  more.disabled = true;
  try {
    const told = await getJson(PATH, { ...filters.values(), limit: PAGE, after: next });
    if (mine === turn) take(told);
  } catch (error) {
    fail(error);
  } finally {
    more.disabled = false;
  }
}

/** @param {SearchAnswer} told */
function take({ results: found, searched_back_to: back, next: following }) {
  next = following;
  count += found.length;
  list.append(...found.map(result));
  results.hidden = false;
  more.hidden = !next;
  more.textContent = back ? `Search runs before ${moment(back)}` : "Show more";
  const much = next ? `${count.toLocaleString("en")} failures so far` : plural(count, "failure");
  status.textContent = next && back ? `${much}, searched back to ${moment(back)}` : much;
  if (!count && !next) list.replaceChildren(element("p", "none", "No failure has these words in its message."));
}

/** @param {FoundName[]} found */
function drawNames(found, q) {
  names.hidden = false;
  const heading = element("h2", "", "Tests");
  heading.id = "names-title";
  const rows = element("ul", "found-names");
  rows.append(...found.map(name));
  const runs = link("Runs with these words", here(`/runs?${searchOf({ q })}`));
  names.replaceChildren(heading, found.length ? rows : element("p", "none", "No test has these words in its name."), runs);
}

/** @param {FoundName} found */
function name({ longname, name: title }) {
  const node = element("li");
  const address = here(`/tests?${new URLSearchParams({ longname })}`);
  node.append(
    link(short(title, 200), address.length < LONGEST_ADDRESS ? address : "", { className: "found-name" }),
    element("span", "test-where", short(parentName(longname, title), 300)),
  );
  return node;
}

/** @param {FoundResult} found */
function result(found) {
  const node = element("article", "test found");
  node.dataset.status = resultStatus(found);
  const line = element("p", "found-line");
  const address = here(`/runs/${encodeURIComponent(found.run)}#${encodeURIComponent(found.process)}/${found.id}`);
  line.append(
    badge(resultStatus(found), true),
    link(short(found.name, 200), address, { className: "test-title" }),
    element("span", "test-where", short(parentName(found.longname, found.name), 300)),
    foundRun(found),
  );
  node.append(line, element("pre", "message", plainMessage(found.message)));
  return node;
}

/** @param {FoundResult} found */
function foundRun({ setup, started_at: at, elapsed_time: took }) {
  const node = element("span", "found-run");
  node.append(element("span", "", short(setup, 80)), timeOf(at), durationOf(took, "number test-duration"));
  return node;
}

function fail(error) {
  if (!(error instanceof ApiError)) throw error;
  status.textContent = error.message;
}

build();
load();
