// The list of runs: those going on first, then the others, newest first.

import { getJson, runPath } from "../shared/api.js";
import { element } from "../shared/dom.js";
import { short } from "../shared/format.js";
import {
  badge, done, durationOf, elapsed, here, keepFresh, labelChips, link, mixBar, mixText, runStatus, timeOf, withMissing,
} from "./dom.js";
import { Filters } from "./filters.js";
import { duration, plural, shortHash } from "./text.js";

/** @import { Run } from "types/api" */

const PAGE = 50;
const MOST = 1000;
const LABELS = 12;
const REFRESH = 3000;
const COLUMNS = ["Status", "Setup and run", "Tests", "Started", "Duration", "Configuration", "Source", "Build"];
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
const table = emptyTable();
const body = table.tBodies[0];
let drawn = new Map();
let rows = new Map();
let next = null;
let paged = false;
let turn = 0;

const filters = new Filters(document.getElementById("filters"), ["setup", "suite", "status", "branch", "commit"], () => load());
filters.addChoice("setup", "Setup", [["", "All"]]);
filters.addText("suite", "Suite", "all suites");
filters.addChoice("status", "Status", STATUSES);
filters.addText("branch", "Branch", "all branches");
filters.addText("commit", "Commit", "hash or its beginning");
filters.show();

/**
 * To a reader "running" is a status like the others; the API keeps states apart.
 *
 * @returns {Record<string, string>}
 */
function query() {
  const { status: wanted, ...rest } = filters.values();
  return wanted === "running" || wanted === "abandoned" ? { ...rest, state: wanted } : { ...rest, status: wanted };
}

async function load() {
  const mine = ++turn;
  status.textContent = "Loading…";
  rows = new Map();
  paged = false;
  await look(mine);
}

/** The newest runs, and all that run: one that takes days has sunk deep into the list by its start. */
async function look(mine) {
  const asked = query();
  try {
    const [page, running] = await Promise.all([
      getJson("/api/v1/runs", { ...asked, limit: PAGE }),
      asked.state || asked.status ? { runs: [] } : getJson("/api/v1/runs", { ...asked, state: "running", limit: MOST }),
    ]);
    if (mine !== turn) return;
    if (!paged) next = page.next;
    const over = await endedSince([...page.runs, ...running.runs]);
    if (mine !== turn) return;
    take([...page.runs, ...running.runs, ...over]);
    draw();
  } catch (error) {
    if (mine === turn) status.textContent = error.message;
  }
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
  const runs = [...rows.values()].sort((a, b) => order(b) - order(a));
  const running = runs.filter((run) => run.state === "running");
  status.textContent = runs.length ? summary(runs.length, running.length) : "";
  drawn = new Map(runs.map((run) => [run.id, drawnRow(run)]));
  settle(body, [...drawn.values()].map(({ node }) => node));
  const parts = [runs.length ? table : empty(), ...(next ? [more] : [])];
  settle(host, parts);
}

/**
 * The row of a run; the one on the page where nothing of it changed, so that a reader's selection and focus stay.
 *
 * @param {Run} run
 */
function drawnRow(run) {
  const state = JSON.stringify([run, duration(elapsed(run))]);
  const known = drawn.get(run.id);
  return known?.state === state ? known : { state, node: runRow(run) };
}

/** Makes `wanted` the children of `parent`, touching only what differs. */
function settle(parent, wanted) {
  const focused = document.activeElement?.closest?.("[data-run]");
  wanted.forEach((node, index) => {
    if (parent.children[index] !== node) parent.insertBefore(node, parent.children[index] ?? null);
  });
  while (parent.children.length > wanted.length) parent.lastElementChild.remove();
  if (focused && !focused.isConnected) {
    parent.querySelector(`[data-run="${CSS.escape(focused.dataset.run)}"] a`)?.focus({ preventScroll: true });
  }
}

/** @param {Run} run */
function order(run) {
  return (run.state === "running" ? 1e14 : 0) + Date.parse(run.started_at);
}

function summary(shown, running) {
  const many = next ? `the newest ${plural(shown, "run")}` : plural(shown, "run");
  return running ? `${many}, ${running} running` : many;
}

function emptyTable() {
  const node = element("table", "runs-table");
  node.setAttribute("role", "table");
  const head = element("tr");
  head.setAttribute("role", "row");
  head.append(
    ...COLUMNS.map((title) => {
      const heading = element("th", "", title);
      heading.scope = "col";
      heading.setAttribute("role", "columnheader");
      return heading;
    }),
  );
  const top = element("thead");
  top.setAttribute("role", "rowgroup");
  top.append(head);
  const rowGroup = element("tbody");
  rowGroup.setAttribute("role", "rowgroup");
  node.append(top, rowGroup);
  return node;
}

/** @param {Run} run */
function runRow(run) {
  const row = element("tr");
  row.setAttribute("role", "row");
  row.dataset.run = run.id;
  row.dataset.state = run.state;
  row.dataset.status = runStatus(run) ?? "none";
  const name = link(short(run.name, 120) || "starting…", here(`/runs/${encodeURIComponent(run.id)}`), { className: "run-link" });
  row.append(
    cell("run-status", badge(runStatus(run))),
    cell("run-name", element("span", "run-setup", short(run.setup, 120)), name, ...suite(run)),
    cell("run-counts", mixBar(withMissing(run)), element("span", "run-numbers", numbers(run))),
    cell("run-started", timeOf(run.started_at)),
    cell("run-duration", durationOf(elapsed(run)), run.state === "running" ? " so far" : ""),
    cell("run-labels", ...labelChips(run.labels, LABELS)),
    cell("run-source", ...source(run)),
    cell("run-build", ...build(run)),
  );
  row.title = mixText(withMissing(run));
  return row;
}

function cell(className, ...content) {
  const node = element("td", className);
  node.setAttribute("role", "cell");
  node.append(...content);
  return node;
}

/** @param {Run} run */
function numbers({ counts, state, missing }) {
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
  const parts = [];
  if (run.branch) parts.push(element("span", "branch", short(run.branch, 100)));
  if (run.commit) {
    const hash = element("code", "", short(shortHash(run.commit), 100));
    hash.title = run.repository ? `${run.repository} ${run.commit}` : run.commit;
    parts.push(hash);
  }
  return parts;
}

/** @param {Run} run */
function build(run) {
  if (!run.build) return [];
  const title = [run.build.job, run.build.number && `#${run.build.number}`].filter(Boolean).join(" ") || "build";
  return [link(short(title, 100), run.build.url, { outside: true })];
}

function empty() {
  const node = element("div", "quiet");
  const filtered = Object.values(filters.values()).some(Boolean);
  node.append(
    element("h2", "", filtered ? "No run matches" : "No runs yet"),
    element(
      "p",
      "",
      filtered
        ? "Nothing here fits the filters above."
        : "As soon as a robot reports to this wall, its run appears here and stays.",
    ),
  );
  if (filtered) {
    node.append(link("Show all runs", here("/runs")));
  } else {
    node.append(
      element("pre", "command", `robot --listener livewall_listener.Listener:${location.origin} tests/`),
    );
  }
  return node;
}

function moreButton() {
  const button = element("button", "more", "Show older runs");
  button.type = "button";
  button.addEventListener("click", loadMore);
  return button;
}

async function loadSetups() {
  const { setups } = await getJson("/api/v1/setups");
  filters.setOptions("setup", [["", "All"], ...setups.map(({ name }) => [name, name])]);
}

load();
loadSetups().catch((error) => {
  status.textContent = error.message;
});
keepFresh(() => look(turn), REFRESH);
