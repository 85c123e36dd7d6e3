// One test over runs: a strip for each setup, and the same as a list.

import { getJson } from "./api.js";
import { badge, durationOf, element, here, link, statusWord, timeOf } from "./dom.js";
import { Filters } from "./filters.js";
import { beginning, duration, fullMoment, parentName, plainMessage, plural, short, shortHash } from "./text.js";

const MOST = 200;

const host = document.getElementById("history");
const status = document.getElementById("status");
const longname = new URLSearchParams(location.search).get("longname") ?? "";
let turn = 0;

const filters = new Filters(document.getElementById("filters"), ["setup", "branch"], load);
filters.addChoice("setup", "Setup", [["", "All"]]);
filters.addText("branch", "Branch", "all branches");
filters.show();

async function load() {
  const mine = ++turn;
  try {
    const { history } = await getJson("/api/v1/tests/history", { ...filters.values(), longname, limit: MOST });
    if (mine === turn) draw(history);
  } catch (error) {
    if (mine === turn) status.textContent = error.message;
  }
}

function draw(rows) {
  const failed = rows.filter((row) => row.status === "FAIL").length;
  status.textContent = rows.length ? `${plural(rows.length, "run")}, ${failed} failed` : "";
  if (!rows.length) {
    const nothing = element("div", "quiet");
    nothing.append(
      element("h2", "", "Never seen"),
      element("p", "", "No run with these filters has a test of this name."),
    );
    host.replaceChildren(nothing);
    return;
  }
  host.replaceChildren(strips(rows), list(rows));
}

/** A line for each setup, its latest run to the right. */
function strips(rows) {
  const node = element("div", "strips");
  for (const [setup, ofSetup] of bySetup(rows)) {
    const line = element("div", "strip");
    const cells = element("ol", "strip-cells");
    cells.setAttribute("aria-label", `${setup}, the oldest first`);
    cells.append(...ofSetup.map(stripCell));
    line.append(element("h2", "strip-name", setup), cells);
    node.append(line);
  }
  return node;
}

/** Pairs of a setup and its rows, the oldest first. */
function bySetup(rows) {
  const groups = new Map();
  for (const row of rows) {
    if (!groups.has(row.setup)) groups.set(row.setup, []);
    groups.get(row.setup).unshift(row);
  }
  return [...groups].sort(([a], [b]) => a.localeCompare(b));
}

function stripCell(row) {
  const item = element("li");
  const cell = link("", addressOf(row), { className: "strip-cell" });
  const words = `${statusWord(row.status)}, ${fullMoment(row.start_time)}, ${duration(row.elapsed_time)}`;
  cell.title = row.message ? `${words}\n${beginning(plainMessage(row.message))}` : words;
  cell.append(badge(row.status, true), element("span", "sr-only", words));
  item.append(cell);
  return item;
}

function list(rows) {
  const longest = Math.max(...rows.map((row) => row.elapsed_time), 0.001);
  const node = element("ol", "results");
  node.append(...rows.map((row) => result(row, longest)));
  return node;
}

function result(row, longest) {
  const item = element("li", "result");
  item.dataset.status = row.status;
  const when = link("", addressOf(row), { className: "result-when" });
  when.append(timeOf(row.start_time));
  const where = element("span", "result-where");
  where.append(element("strong", "", row.setup));
  if (row.branch) where.append(" ", element("span", "branch", row.branch));
  if (row.commit) {
    const hash = element("code", "", shortHash(row.commit));
    hash.title = row.commit;
    where.append(" ", hash);
  }
  const took = element("span", "result-took");
  const bar = element("span", "result-bar");
  bar.style.width = `${Math.max(1, (100 * row.elapsed_time) / longest)}%`;
  const track = element("span", "result-track");
  track.append(bar);
  took.append(track, durationOf(row.elapsed_time));
  item.append(badge(row.status), when, where, took);
  if (row.message) item.append(element("pre", "result-message", beginning(plainMessage(row.message))));
  return item;
}

function addressOf(row) {
  return here(`/runs/${encodeURIComponent(row.run)}#${row.process}/${row.id}`);
}

async function loadSetups() {
  const { setups } = await getJson("/api/v1/setups");
  filters.setOptions("setup", [["", "All"], ...setups.map(({ name }) => [name, name])]);
}

function drawTitle() {
  const parts = longname.split(".");
  const name = parts.pop() || "Test over time";
  document.title = `${short(name)} over time · livewall`;
  const title = document.getElementById("title");
  title.replaceChildren(element("span", "title-where", parentName(longname, name)), name);
}

drawTitle();
load();
loadSetups().catch((error) => {
  status.textContent = error.message;
});
