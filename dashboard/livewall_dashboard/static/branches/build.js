// One build of a branch, until a while after its end.

import { getJson } from "../shared/api.js";
import { element, titled } from "../shared/dom.js";
import { Live } from "../shared/live.js";
import { missing, settle } from "../shared/parts.js";
import { RunList } from "../shared/run-list.js";
import { commitTable } from "./build-commits.js";
import { headOf } from "./build-head.js";
import { instanceCard, noInstance, orderOf } from "./instance.js";
import { stepItem } from "./build-steps.js";
import { buildPath } from "./dom.js";
import { Orders } from "./orders.js";

/** @import { BranchBuild } from "types/api" */

const TOPIC = "branches";

const root = document.getElementById("build");
const head = document.getElementById("head");
const commits = document.getElementById("commits");
const steps = document.getElementById("steps");
const instance = document.getElementById("instance");
const { number } = root.dataset;
const orders = "mayAct" in root.dataset ? new Orders(() => draw(), changed) : null;
const runs = new RunList(document.getElementById("runs"), (topics) => live.watch(topics), "Tests");

/** @type {BranchBuild | null} */
let build = null;

async function read(news) {
  if (!news.has(TOPIC)) {
    runs.hear(news);
    return true;
  }
  try {
    build = await getJson(`/api/v1/branch-builds/${encodeURIComponent(number)}`);
  } catch (error) {
    if (error.status !== 404 && error.status !== 400) throw error;
    root.replaceChildren(missing("No such build", error.message));
    return false;
  }
  draw();
  await runs.update(build.runs);
  return true;
}

function draw() {
  if (!build) return;
  document.title = titled(`#${build.number} ${build.bundle}`);
  const { project, bundle } = build;
  const { kind, parts } = headOf(build, orders?.nodeFor({ project, bundle, build, commitsOf: true }));
  head.dataset.status = kind;
  head.removeAttribute("aria-busy");
  settle(head, parts);
  fill(instance, build.instance ? [instanceCard(build.instance, build.number, order(build))] : nothingLeft(build));
  fill(commits, build.commits.length ? [commitTable(build.commits)] : []);
  fill(steps, build.steps.length ? [stepList(build)] : []);
}

/** A button, where the reader may press it and it is of use. @param {BranchBuild} shown */
function order({ project, bundle, number: own, instance: left, kept, state, same_as: same }) {
  return orders?.instanceFor({ project, bundle, build: { number: own, state, kept, same_as: same } }, orderOf(left));
}

/** @param {BranchBuild} shown */
function nothingLeft({ state, no_instance: reason }) {
  return state === "done" && reason ? [noInstance(`Nothing: ${reason}.`)] : [];
}

/** A section, below its heading. */
function fill(section, wanted) {
  section.hidden = !wanted.length;
  settle(section, [section.firstElementChild, ...wanted]);
}

/** @param {BranchBuild} shown */
function stepList(shown) {
  const list = element("ol", "steps");
  list.append(...shown.steps.map(stepItem));
  return list;
}

/** Where the order made another build, that is what the reader wants to see. @param {BranchBuild} made */
function changed(made) {
  if (made.number !== build.number) location.assign(buildPath(made.number));
  else live.refresh();
}

function tick() {
  draw();
  runs.draw();
}

const live = new Live({ topics: [TOPIC], read, tick });
live.start();
