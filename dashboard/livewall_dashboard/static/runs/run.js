// One run: what failed and why, first; then everything else about it. While it runs, the page goes along.

import { getJson, runPath } from "./api.js";
import { keepFresh } from "./dom.js";
import { Suites } from "./suites.js";
import { drawSummary } from "./summary.js";
import { Tests } from "./tests.js";

const REFRESH = 2000;

const page = document.getElementById("run");
const id = page.dataset.run;
const notice = document.getElementById("notice");
const summary = document.getElementById("summary");
const tests = new Tests(document.getElementById("tests"), id);
const suites = new Suites(document.getElementById("suites"), id, (suite) => tests.showSuite(suite));
let shown = "";

tests.onFilter = (filters) => suites.mark(filters.suite);

async function loadRun() {
  const run = await getJson(runPath(id));
  const state = JSON.stringify(run);
  const changed = state !== shown;
  if (changed) {
    shown = state;
    drawSummary(summary, run);
  }
  return { run, changed };
}

async function start() {
  const { run } = await loadRun();
  await Promise.all([tests.start(run), suites.load()]);
  if (run.state === "running") keepFresh(follow, REFRESH);
}

/** One look at a running run; false once it has ended and nothing more will come. */
async function follow() {
  try {
    const { run, changed } = await loadRun();
    if (changed) await Promise.all([tests.refresh(run), suites.load()]);
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
  say(error.message);
  summary.removeAttribute("aria-busy");
  if (error.status === 0 || error.status >= 500) setTimeout(() => location.reload(), 10_000);
});
