// One run: what failed and why, first; then everything else about it. While it runs, the page goes along.

import { getJson, runPath } from "../shared/api.js";
import { element } from "../shared/dom.js";
import { keepFresh } from "../shared/page.js";
import { showPanels } from "../shared/panels.js";
import { Suites } from "./suites.js";
import { drawNow, drawSummary } from "./summary.js";
import { Tests } from "./tests.js";

const REFRESH = 2000;

const page = document.getElementById("run");
const id = page.dataset.run;
const notice = document.getElementById("notice");
const summary = document.getElementById("summary");
const tests = new Tests(document.getElementById("tests"), id);
const suites = new Suites(document.getElementById("suites"), id, (node) => tests.showSuite(node));
let shown = "";

tests.onFilter = showSuite;

/** The suite that the list is about, marked in the tree and named above the list. */
function showSuite() {
  const isIt = (node) => tests.showsSuite(node);
  suites.mark(isIt);
  tests.nameSuite(suites.nameOf(isIt));
}

async function loadRun() {
  const run = await getJson(runPath(id));
  const state = JSON.stringify(run);
  const changed = state !== shown;
  if (changed) {
    shown = state;
    drawSummary(summary, run, loadRun);
    showPanels({ run });
  }
  return { run, changed };
}

/** What the wall knows beyond the history: what is being run at this moment. */
async function loadNow(run) {
  if (run.state !== "running") return drawNow(null);
  const { server_time, setups } = await getJson("/api/v1/live", { setup: run.setup });
  const tile = setups.find((known) => known.run?.id === id);
  return drawNow(tile && { ...tile, server_time });
}

async function start() {
  const { run } = await loadRun();
  await Promise.all([tests.start(run), suites.load({ running: run.state === "running" }), loadNow(run)]);
  showSuite();
  if (run.state === "running" || run.verification === "pending") keepFresh(follow, REFRESH);
}

/** One look at a running run; false once it has ended and nothing more will come. */
async function follow() {
  try {
    const { run, changed } = await loadRun();
    if (changed) await Promise.all([tests.refresh(run), suites.load({ running: run.state === "running" })]);
    await loadNow(run);
    say("");
    return run.state === "running" || run.verification === "pending";
  } catch (error) {
    say(error.message);
    return true;
  }
}

function say(text) {
  notice.textContent = text;
  notice.hidden = !text;
}

start().catch((error) => {
  summary.removeAttribute("aria-busy");
  if (error.status === 404) {
    const nothing = element("div", "quiet");
    nothing.append(element("h1", "", "No such run"), element("p", "", error.message));
    page.replaceChildren(nothing);
    return;
  }
  say(error.message);
  if (error.status === 0 || error.status >= 500) setTimeout(() => location.reload(), 10_000);
});
