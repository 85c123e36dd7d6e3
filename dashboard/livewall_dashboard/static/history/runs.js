// The list of runs: those going on first, then the others, newest first.

import { getJson, runPath } from "../shared/api.js";
import { offerCsv } from "../shared/csv.js";
import { element } from "../shared/dom.js";
import { Filters } from "../shared/filters.js";
import { short } from "../shared/format.js";
import { Live } from "../shared/live.js";
import { midnight } from "../shared/moment.js";
import { here, link, timeOf } from "../shared/page.js";
import { emptyList, settle } from "../shared/parts.js";
import { Table } from "../shared/table.js";
import { ChosenRuns } from "./chosen-runs.js";
import {
  badge, commitLink, commitWords, done, durationOf, elapsed, labelChips, mixBar, mixText, noRuns, runStatus, withMissing,
} from "./dom.js";
import { duration, plural } from "./text.js";

/** @import { Commit, Run } from "types/api" */

const PAGE = 50;
const MOST = 1000;
const LABELS = 12;
/** Milliseconds between two looks at least: somewhere a test ends all the time. */
const REST = 1000;
const STATUSES = [
  ["", "Any"],
  ["FAIL", "Failed"],
  ["PASS", "Passed"],
  ["SKIP", "Skipped"],
  ["running", "Running"],
  ["abandoned", "Abandoned"],
];

const host = document.getElementById("runs");
const status = document.getElementById("status");
const more = moreButton();
const chosen = new ChosenRuns(document.getElementById("actions"));
/** @type {Table<Run>} */
const table = new Table({
  name: "runs-table",
  foldsBelow: "80rem",
  keyOf: ({ id }) => id,
  stateOf: (run) => JSON.stringify([run, duration(elapsed(run))]),
  mark(row, run) {
    row.dataset.run = run.id;
    row.dataset.status = runStatus(run) ?? "none";
    row.toggleAttribute("data-active", run.state === "running");
    row.title = mixText(withMissing(run));
  },
  columns: [
    { title: "Status", name: "run-status", cell: (run) => [chosen.box(run), badge(runStatus(run))] },
    { title: "Setup and run", name: "run-name", cell: (run) => [element("span", "run-setup", short(run.setup, 120)), nameLink(run), ...suite(run)] },
    { title: "Tests", name: "run-counts", cell: (run) => [mixBar(withMissing(run)), element("span", "run-numbers", numbers(run))] },
    { title: "Started", name: "run-started", cell: (run) => [timeOf(run.started_at)] },
    {
      title: "Duration", name: "run-duration", isNumber: true,
      cell: (run) => [durationOf(elapsed(run)), run.state === "running" ? " so far" : ""],
    },
    { title: "Configuration", name: "run-labels", cell: (run) => labelChips(run.labels, LABELS) },
    { title: "Source", name: "run-source", cell: source },
    { title: "Build", name: "run-build", cell: build },
  ],
});
let isTaking = false;
let isLoaded = false;
let rows = new Map();
let next = null;
let paged = false;
let turn = 0;

const form = document.getElementById("filters");
const NAMES = ["q", "setup", "suite", "status", "from", "to", "branch", "commit", "label", "tag"];
const filters = new Filters(form, NAMES, () => load());
const live = new Live({ topics: ["runs"], read: () => look(turn), tick: draw, rest: REST });
addFilters();

function addFilters() {
  filters.addText("q", "Text", "name, label, commit");
  filters.addChoice("setup", "Setup", [["", "All"]]);
  filters.addChoice("status", "Status", STATUSES);
  filters.addText("suite", "Suite", "all suites");
  filters.addText("branch", "Branch", "all branches");
  filters.addText("commit", "Commit", "hash");
  filters.addText("label", "Labels", "os=debian, v=2");
  filters.addText("tag", "Tag", "any tag");
  filters.addDay("from", "From");
  filters.addDay("to", "To");
  filters.foldOthers();
  filters.show();
}

/**
 * As the API is asked. To a reader "running" is a status like the others, a day begins where they are, and labels are
 * one text.
 *
 * @returns {Record<string, string | string[]>}
 */
function query() {
  const { status: wanted, from, to, label, ...rest } = filters.values();
  const kind = wanted === "running" || wanted === "abandoned" ? "state" : "status";
  const labels = label.split(",").map((part) => part.trim());
  return { ...rest, [kind]: wanted, label: labels, from: midnight(from), to: midnight(to, 1) };
}

function load() {
  turn += 1;
  offerCsv("These runs", "/api/v1/runs.csv", query());
  for (const [name, value] of Object.entries(filters.values())) filters.mark(name, Boolean(value));
  status.textContent = "Loading…";
  rows = new Map();
  paged = false;
  isTaking = true;
  isLoaded = false;
  live.refresh();
}

/** The newest runs, and all that run: one that takes days has sunk deep into the list by its start. */
async function look(mine) {
  try {
    await readRuns(mine);
  } catch (error) {
    if (mine === turn) status.textContent = error.message;
    if (error.status === 0 || error.status >= 500) throw error;
  }
}

async function readRuns(mine) {
  const asked = query();
  const [page, running] = await Promise.all([
    getJson("/api/v1/runs", { ...asked, limit: PAGE }),
    asked.state || asked.status ? { runs: [] } : getJson("/api/v1/runs", { ...asked, state: "running", limit: MOST }),
  ]);
  if (mine !== turn) return;
  const over = await endedSince([...page.runs, ...running.runs]);
  if (mine !== turn) return;
  if (!paged) next = page.next;
  take([...page.runs, ...running.runs, ...over]);
  isLoaded = true;
  draw();
}

/** Those we show as running that are no longer among `current`. */
async function endedSince(current) {
  const known = new Set(current.map((run) => run.id));
  const gone = [...rows.values()].filter((run) => run.state === "running" && !known.has(run.id));
  return Promise.all(gone.map((run) => getJson(runPath(run.id))));
}

async function loadMore() {
  const mine = turn;
  more.disabled = true;
  try {
    const page = await getJson("/api/v1/runs", { ...query(), limit: PAGE, before: next });
    if (mine !== turn) return;
    paged = true;
    next = page.next;
    take(page.runs);
    draw();
  } catch (error) {
    status.textContent = error.message;
  } finally {
    more.disabled = false;
  }
}

/** @param {Run[]} runs */
function take(runs) {
  for (const run of runs) rows.set(run.id, run);
}

function draw() {
  if (!isLoaded) return;
  const runs = [...rows.values()].sort((a, b) => order(b) - order(a));
  const running = runs.filter((run) => run.state === "running");
  status.textContent = runs.length ? summary(runs.length, running.length) : "";
  table.update(runs, { take: isTaking });
  isTaking = false;
  const parts = [runs.length ? table.node : empty(), ...(next ? [more] : [])];
  settle(host, parts);
}

/** @param {Run} run */
function order(run) {
  return (run.state === "running" ? 1e14 : 0) + Date.parse(run.started_at);
}

function summary(shown, running) {
  const many = next ? `the newest ${plural(shown, "run")}` : plural(shown, "run");
  return running ? `${many}, ${running} running` : many;
}

/** @param {Run} run */
function nameLink({ id, name }) {
  return link(short(name, 120) || "starting…", here(`/runs/${encodeURIComponent(id)}`), { className: "row-link" });
}

/** @param {Run} run */
function numbers({ counts, state, missing }) {
  if (state !== "running" && !counts.total && !missing) return "no tests";
  const parts = [];
  if (counts.failed) parts.push(`${counts.failed} failed`);
  if (counts.skipped) parts.push(`${counts.skipped} skipped`);
  parts.push(`${counts.passed} passed`);
  if (counts.expected_failures) parts.push(`${counts.expected_failures} as expected`);
  const rest = counts.total - done(counts);
  if (state === "running" && rest > 0) parts.push(`${rest} to come`);
  if (state !== "running" && missing) parts.push(`${missing} missing`);
  return parts.join(" · ");
}

/**
 * What it is a run of, where its name does not say so.
 *
 * @param {Run} run
 */
function suite(run) {
  return run.suite === run.name ? [] : [element("span", "run-suite", short(run.suite, 120))];
}

/** @param {Run} run */
function source(run) {
  const parts = run.branch ? [element("span", "branch", short(run.branch, 100))] : [];
  if (run.commits.length) return [...parts, ...run.commits.map((commit) => commitLine(commit, run.commits.length > 1))];
  if (run.commit) parts.push(commitLink(run.commit, run.repository ? `${run.repository} ${run.commit}` : run.commit));
  return parts;
}

/**
 * A commit as its repository has it; of several, each with its repository.
 *
 * @param {Commit} commit
 */
function commitLine(commit, named) {
  const line = element("span", "run-commit");
  const title = `${commit.repository} ${commit.hash}\n${commit.message}`;
  line.append(...(named ? [element("span", "run-repository", short(commit.repository, 60))] : []), commitLink(commit.hash, title));
  line.append(" ", commitWords(commit));
  return line;
}

/** @param {Run} run */
function build(run) {
  if (!run.build) return [];
  const title = [run.build.job, run.build.number && `#${run.build.number}`].filter(Boolean).join(" ") || "build";
  return [link(short(title, 100), run.build.url, { outside: true })];
}

function empty() {
  if (!Object.values(filters.values()).some(Boolean)) return noRuns();
  const node = emptyList("No run matches", "Nothing here fits the filters above.");
  node.append(link("Show all runs", here("/runs")));
  return node;
}

function moreButton() {
  const button = element("button", "more", "Show older runs");
  button.type = "button";
  button.addEventListener("click", loadMore);
  return button;
}

/** What text filters complete to. */
async function loadLabels() {
  const { labels } = await getJson("/api/v1/labels");
  filters.suggest("label", labels.flatMap(({ name, values }) => values.slice(0, 20).map((value) => `${name}=${value}`)));
}

async function loadSetups() {
  const { setups } = await getJson("/api/v1/setups");
  filters.setOptions("setup", [["", "All"], ...setups.map(({ name }) => [name, name])]);
}

load();
live.start();
Promise.all([loadSetups(), loadLabels()]).catch((error) => {
  status.textContent = error.message;
});
