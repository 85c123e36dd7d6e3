// Tests by runs: which tests of a suite fail, flip, get slow; by folder, each with its rate, time and trend.

import { ApiError, getJson, searchOf } from "../shared/api.js";
import { csvLink, offerCsv } from "../shared/csv.js";
import { element } from "../shared/dom.js";
import { Filters } from "../shared/filters.js";
import { short } from "../shared/format.js";
import { moment } from "../shared/moment.js";
import { here, link } from "../shared/page.js";
import { emptyList } from "../shared/parts.js";
import { noRuns } from "./dom.js";
import { LETTERS, below, cellWidth, folderCells, rowText, runCells } from "./grid-cells.js";
import { Details } from "./grid-details.js";
import { folderTable } from "./grid-folders.js";
import { strip } from "./grid-strip.js";
import { crumbs, duration, parentName, plural } from "./text.js";

/** @import { FolderByRuns, Grid, GridRun, GridTest, SetupGrid, SetupRow } from "types/api" */

const PATH = "/api/v1/grid";
const PAGE = 100;
/** Each page costs the wall what the first did. */
const NEXT_PAGE = 500;
const NAMES = ["rows", "suite", "setup", "branch", "match", "sort", "columns", "folder"];
const SORTS = [["", "Failing first"], ["flips", "Most changes"], ["slow", "Slowest"], ["name", "Name"]];
const ROWS = [["", "Tests"], ["setups", "Setups"]];
const COLUMNS = [["", "50 runs"], ["20", "20 runs"], ["100", "100 runs"], ["200", "200 runs"]];
const NAME_ROOM = 420;
const NARROW = 640;

const status = document.getElementById("status");
const host = document.getElementById("tests");
const folders = document.getElementById("folders");
const trail = document.getElementById("crumbs");
const readout = element("p", "readout");
const rows = element("div", "grid-rows");
const more = element("button", "more", "Show more tests");
const details = new Details(document.getElementById("details"));
const chosen = new URLSearchParams(location.search).getAll("run");
const filters = new Filters(document.getElementById("filters"), NAMES, () => load());
/** @type {GridRun[]} */
let runs = [];
let width = 0;
let next = null;
let turn = 0;
let folder = "";

function build() {
  if (!chosen.length) {
    filters.addChoice("rows", "Rows", ROWS);
    filters.addText("suite", "Suite", "of the newest run");
    filters.addChoice("setup", "Setup", [["", "All"]]);
    filters.addText("branch", "Branch", "all branches");
    filters.addChoice("columns", "Runs", COLUMNS);
  }
  filters.addText("match", "Tests", "regular expression");
  filters.addChoice("sort", "Order", SORTS);
  filters.foldOthers();
  filters.show();
  more.type = "button";
  more.hidden = true;
  more.addEventListener("click", loadMore);
  new IntersectionObserver(([entry]) => entry.isIntersecting && loadMore(), { rootMargin: "600px" }).observe(more);
  host.append(readout, rows, more);
}

function query() {
  return { ...filters.values(), rows: "", run: chosen };
}

async function load() {
  const mine = ++turn;
  status.textContent = "Loading…";
  const bySetup = filters.values().rows === "setups";
  drawActions(bySetup);
  try {
    if (bySetup) {
      const { suite, branch, columns } = filters.values();
      const told = await getJson(`${PATH}/setups`, { suite, branch, columns });
      if (mine === turn) drawSetups(told);
      return;
    }
    const told = await getJson(PATH, { ...query(), limit: PAGE });
    if (mine !== turn) return;
    draw(told);
    if (told.folders.length) await loadFolders(told, mine);
  } catch (error) {
    if (mine === turn) fail(error);
  }
}

/**
 * How folders did is asked once the tests are there: it is half of the work.
 *
 * @param {Grid} told
 */
async function loadFolders(told, mine) {
  const table = drawFolders(told);
  const suite = chosen.length ? "" : told.suite;
  const { runs: ids, folders: found } = await getJson(`${PATH}/folders`, { ...query(), suite, sort: "" });
  if (mine === turn) table.show(found.map((each) => inColumns(each, runs.map(({ id }) => ids.indexOf(id)))));
}

/**
 * A run may have begun since the tests were told: `places`, of each column among the folder's runs, -1 for one without.
 *
 * @param {FolderByRuns} each
 * @param {number[]} places
 */
function inColumns(each, places) {
  const of = (list) => places.map((place) => list[place] ?? 0);
  return { ...each, total: of(each.total), failed: of(each.failed), passed: of(each.passed), seconds: of(each.seconds) };
}

async function loadMore() {
  if (!next || more.disabled) return;
  const mine = turn;
  more.disabled = true;
  try {
    const told = await getJson(PATH, { ...query(), limit: NEXT_PAGE, after: next });
    if (mine !== turn) return;
    next = told.next;
    rows.append(...told.tests.map(row));
    more.hidden = !next;
  } catch (error) {
    fail(error);
  } finally {
    more.disabled = false;
  }
}

/** @param {Grid} told */
function draw(told) {
  ({ runs, next, folder } = told);
  width = cellWidth(room(), runs.length);
  status.textContent = summary(told);
  drawTrail();
  folders.hidden = !told.folders.length;
  readout.textContent = idle();
  rows.replaceChildren(...(runs.length ? [header()] : []), ...told.tests.map(row));
  if (!told.tests.length) rows.replaceChildren(nothing());
  more.hidden = !next;
}

/** @param {SetupGrid} told */
function drawSetups({ setups }) {
  next = null;
  runs = setups.reduce((most, each) => (each.runs.length > most.length ? each.runs : most), []);
  width = cellWidth(room(), runs.length);
  trail.hidden = folders.hidden = true;
  status.textContent = plural(setups.length, "setup");
  readout.textContent = "the newest run of each setup at the right";
  rows.replaceChildren(...setups.map((each) => setupRow(each, runs.length)));
  if (!setups.length) rows.replaceChildren(nothing());
  more.hidden = true;
}

/** @param {SetupRow} each */
function setupRow({ setup, runs: own }, count) {
  const cells = ".".repeat(count - own.length) + runCells(own);
  const node = element("div", "grid-row");
  const name = element("span", "grid-name");
  name.append(link(short(setup, 200), here(`/runs?${searchOf({ setup })}`), { className: "grid-test" }));
  const failed = own.filter(({ status: told }) => told === "FAIL").length;
  const facts = element("span", "grid-facts number", `${failed} of ${own.length} ✕`);
  const at = (place) => own[place - count + own.length];
  const shown = strip(cells, width, `${setup}: ${failed} of ${plural(own.length, "run")} failed`, {
    onPick: (place) => at(place) && details.show({ test: null, cells: runCells(own), runs: own, place: place - count + own.length, from: shown }),
    onPoint: (place) => {
      const run = place === null ? null : at(place);
      readout.textContent = run ? [ofRun(run), moment(run.started_at), short(run.name, 60), run.commit.slice(0, 10)].filter(Boolean).join(" · ") : "";
    },
  });
  node.append(name, facts, shown);
  return node;
}

/** What is left beside names; on a phone cells have a line of their own. */
function room() {
  const all = host.clientWidth;
  return all < NARROW ? all : all - NAME_ROOM;
}

/** @param {Grid} told */
function summary({ suite, total }) {
  if (!runs.length) return "";
  return `${chosen.length ? "" : `${short(suite, 80)}: `}${plural(total, "test")}, ${plural(runs.length, "run")}`;
}

function idle() {
  if (!runs.length) return "";
  return `${moment(runs[0].started_at)} to ${moment(runs.at(-1).started_at)}, the newest at the right`;
}

/** The runs themselves, above the tests. */
function header() {
  const cells = runCells(runs);
  const node = element("div", "grid-row grid-head");
  const shown = strip(cells, width, `${plural(runs.length, "run")}, the newest last`, {
    onPick: (place) => details.show({ test: null, cells, runs, place, from: shown }),
    onPoint: (place) => point(place, place === null ? "" : ofRun(runs[place])),
  });
  node.append(element("span", "grid-name", "Runs"), element("span", "grid-facts", "failed · time"), shown);
  return node;
}

/** @param {GridRun} run */
function ofRun({ counts, state }) {
  return state === "running" ? "goes on" : `${counts.failed} of ${counts.total} failed`;
}

/** @param {GridTest} test */
function row(test) {
  const node = element("div", "grid-row");
  const name = element("span", "grid-name");
  const longname = link(short(test.name, 200), here(`/tests?${new URLSearchParams({ longname: test.longname })}`), { className: "grid-test" });
  const parent = below(parentName(test.longname, test.name), folder);
  longname.title = test.longname;
  name.append(longname, element("span", "grid-parent", short(parent, 200)));
  const facts = element("span", "grid-facts number");
  if (test.failed) facts.append(element("span", "bad", `${test.failed} ✕`), " ");
  facts.append(duration(test.seconds));
  const shown = strip(test.cells, width, `${test.name}: ${rowText(test)}`, {
    onPick: (place) => details.show({ test, cells: test.cells, runs, place, from: shown }),
    onPoint: (place) => point(place, place === null ? "" : LETTERS[test.cells[place]][1]),
  });
  node.append(name, facts, shown);
  return node;
}

/** Says what is under the pointer. */
function point(place, what) {
  if (place === null) {
    readout.textContent = idle();
    return;
  }
  const { setup, started_at: at, branch, commit } = runs[place];
  readout.textContent = [what, moment(at), short(setup, 60), short(branch, 40), commit.slice(0, 10)].filter(Boolean).join(" · ");
}

function drawTrail() {
  const parts = crumbs(folder);
  trail.hidden = parts.length < 2 && !filters.values().folder;
  const go = (longname, text) => {
    const button = element("button", "crumb", text);
    button.type = "button";
    button.addEventListener("click", () => filters.set({ folder: longname }));
    return button;
  };
  trail.replaceChildren(
    ...[["", "All folders"], ...parts].flatMap(([longname, title], index) => [
      ...(index ? [element("span", "crumb-sign", "›")] : []),
      longname === folder ? element("strong", "", title) : go(longname, title),
    ]),
  );
}

/** @param {Grid} told */
function drawFolders(told) {
  const shown = folderTable(told.folders, Math.min(width, 12), {
    addressOf: (longname) => `/history/grid?${searchOf({ ...query(), folder: longname })}`,
    onOpen: (longname) => filters.set({ folder: longname }),
    onPick: (picked, place, from) => details.show({ test: null, cells: folderCells(picked), runs, place, from }),
    onPoint: point,
  });
  const head = element("div", "section-head");
  head.append(csvLink("These folders", `${PATH}/folders.csv`, { ...query(), sort: "" }));
  folders.replaceChildren(head, shown.table);
  return shown;
}

function drawActions(bySetup) {
  const actions = document.getElementById("actions");
  const { suite, branch, columns, folder: chosenFolder } = filters.values();
  actions.replaceChildren(link("Timeline", here(`/history?${searchOf({ suite, folder: chosenFolder })}`)));
  if (bySetup) offerCsv("These runs", `${PATH}/setups.csv`, { suite, branch, columns });
  else offerCsv("This grid", `${PATH}.csv`, query());
}

function nothing() {
  const { match, folder: chosenFolder, suite, setup, branch } = filters.values();
  const isFiltered = match || chosenFolder || suite || setup || branch;
  if (!isFiltered) return noRuns();
  const node = emptyList("No test matches", "Nothing here fits the filters above.");
  node.append(link("Show all tests", here("/history/grid")));
  return node;
}

function fail(error) {
  if (!(error instanceof ApiError)) throw error;
  status.textContent = error.message;
}

async function loadSetups() {
  const { setups } = await getJson("/api/v1/setups");
  filters.setOptions("setup", [["", "All"], ...setups.map(({ name }) => [name, name])]);
}

build();
load();
if (!chosen.length) loadSetups().catch(fail);
