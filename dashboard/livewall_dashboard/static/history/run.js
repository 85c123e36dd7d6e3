// One run: what failed and why, first; then everything else about it. While it runs, the page goes along.

import { getJson, runPath } from "../shared/api.js";
import { showPanels } from "../shared/panels.js";
import { missing } from "../shared/parts.js";
import { Suites } from "./suites.js";
import { drawElapsed, drawNow, drawSummary } from "./summary.js";
import { Tests } from "./tests.js";

/** Milliseconds between two looks at least: a test may end all the time. */
const REST = 1000;
/** Milliseconds until a wall that did not answer is asked again. */
const RETRY = 10_000;

const page = document.getElementById("run");
const id = page.dataset.run;
const notice = document.getElementById("notice");
const summary = document.getElementById("summary");
const tests = new Tests(document.getElementById("tests"), id);
const suites = new Suites(document.getElementById("suites"), id, (node) => tests.showSuite(node));
let shown = "";
let hasBegun = false;
let now = null;
/** Which process's clock is asked what time it is. */
let time = () => Date.now();

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
  now = null;
  if (run.state === "running") {
    const { setups } = await getJson("/api/v1/live", { setup: run.setup });
    now = setups.find((known) => known.run?.id === id) ?? null;
  }
  drawNow(now, time());
}

async function start() {
  const { run } = await loadRun();
  const isOpen = run.state === "running" || run.verification === "pending";
  const shownTests = hasBegun ? tests.refresh(run) : tests.start(run);
  hasBegun = true;
  await Promise.all([shownTests, suites.load({ running: run.state === "running" }), loadNow(run)]);
  showSuite();
  say("");
  if (isOpen) await follow(run);
}

/** From now on what changes is shown; also what comes after its end, such as its log. */
async function follow(begun) {
  const { Live, clock } = await import("../shared/live.js");
  let latest = begun;
  time = () => clock.now();
  const read = async () => {
    const { run, changed } = await loadRun();
    latest = run;
    if (changed) await Promise.all([tests.refresh(run), suites.load({ running: run.state === "running" })]);
    await loadNow(run);
  };
  const tick = () => {
    drawElapsed(summary, latest);
    drawNow(now, time());
  };
  new Live({ topics: [`run/${id}`], read, tick, rest: REST }).start();
}

function say(text) {
  notice.textContent = text;
  notice.hidden = !text;
}

start().catch(giveUp);

function giveUp(error) {
  summary.removeAttribute("aria-busy");
  if (error.status === 404) {
    page.replaceChildren(missing("No such run", error.message));
    return;
  }
  say(error.message);
  if (error.status === 0 || error.status >= 500) setTimeout(() => start().catch(giveUp), RETRY);
}
