// The branches of a project: what each is made of, and its last builds.

import { getJson } from "../shared/api.js";
import { offerCsv } from "../shared/csv.js";
import { element, setText } from "../shared/dom.js";
import { between } from "../shared/elapsed.js";
import { Filters } from "../shared/filters.js";
import { duration, short } from "../shared/format.js";
import { Live } from "../shared/live.js";
import { link } from "../shared/page.js";
import { button, emptyList, settle } from "../shared/parts.js";
import { Table } from "../shared/table.js";
import { ageOf, buildPath, distanceOf, hashOf, pointOf, projectPath, ruleTag, subjectOf } from "./dom.js";
import { Orders } from "./orders.js";
import { instanceLine, noInstance, orderOf } from "./instance.js";
import { noBranches, noSuchProject, notices, summary } from "./project-words.js";
import { buildState } from "./state.js";

/** @import { Bundle, BundleCommit, BundleList, ProjectInfo } from "types/api" */

const PAGE = 100;
const MOST = 1000;

const host = document.getElementById("branches");
const status = document.getElementById("status");
const troubles = document.getElementById("troubles");
const name = host.dataset.project;
const mayAct = "mayAct" in host.dataset;
const orders = new Orders(() => draw(), () => live.refresh());
/** @type {Table<Bundle>} */
const table = new Table({
  name: "branches-table",
  keyOf: (bundle) => bundle.name,
  foldsBelow: "88rem",
  mark(row, { builds: [newest] }) {
    row.toggleAttribute("data-active", newest?.state === "building");
  },
  columns: [
    { title: "Branch", name: "branch-name", cell: nameCell },
    { title: "Commits", name: "branch-commits", cell: ({ commits }) => commits.map(commitLine) },
    { title: "Last builds", name: "branch-builds", cell: pointsCell },
    { title: "Running", name: "branch-instance", cell: instanceCell },
    { title: "State", name: "branch-state", cell: ({ builds }) => [stateText(builds[0])] },
    { title: "Pushed", name: "branch-pushed", cell: (bundle) => [ageOf(bundle.pushed_at)] },
    ...(mayAct ? [{ title: "Actions", name: "branch-orders", cell: ordersCell }] : []),
  ],
});
const more = button("Show older branches", "more", () => {
  size = Math.min(MOST, size + PAGE * 2);
  live.refresh();
});
const filters = new Filters(document.getElementById("filters"), ["q"], () => {
  size = PAGE;
  isTaking = true;
  live.refresh();
});
let size = PAGE;
/** Whether new branches go into the list wherever the pointer is. */
let isTaking = false;
/** @type {{ project: ProjectInfo, projects: string[], page: BundleList } | null} */
let shown = null;

filters.addText("q", "Branch", "part of its name");
filters.show();

async function read() {
  const asked = location.search;
  const { projects } = await getJson("/api/v1/projects");
  const project = projects.find((each) => each.name === name);
  const query = { project: name, ...filters.values(), limit: size };
  const page = project ? await getJson("/api/v1/bundles", query) : { bundles: [], next: null };
  if (asked !== location.search) return;
  if (project) offerCsv("These branches", "/api/v1/bundles.csv", { project: name, ...filters.values() });
  shown = { project, projects: projects.map((each) => each.name), page };
  draw();
}

function draw() {
  if (!shown) return;
  const { project, page: { bundles, next } } = shown;
  table.update(bundles, { take: isTaking });
  isTaking = false;
  setText(status, project ? summary(project, bundles.length, next !== null) : "");
  settle(troubles, project ? notices(project) : []);
  const older = next && size < MOST ? [more] : [];
  settle(host, bundles.length ? [table.node, ...older] : [empty()]);
}

/** @param {Bundle} bundle */
function nameCell({ name: text, sticky, alive, builds: [newest] }) {
  const label = short(text, 120);
  const title = newest ? link(label, buildPath(newest.number), { className: "row-link" }) : element("span", "row-title", label);
  return [title, sticky ? element("span", "tag", "sticky") : "", alive ? "" : element("span", "tag", "gone")];
}

/** @param {BundleCommit} commit */
function commitLine(commit) {
  const node = element("div", "commit-line");
  node.append(element("span", "commit-repository", short(commit.repository, 40)), " ", hashOf(commit));
  if (commit.match !== "head") node.append(" ", ruleTag(commit));
  node.append(" ", distanceOf(commit), " ", subjectOf(commit, "commit-subject"));
  return node;
}

/** @param {Bundle} bundle */
function pointsCell({ builds }) {
  if (!builds.length) return ["never built"];
  const list = element("div", "points");
  list.append(...builds.map(pointOf));
  return [list];
}

/** @param {Bundle} bundle */
function instanceCell({ project, name: bundle, instance, no_instance: reason }) {
  if (!instance) return reason ? [noInstance(reason)] : [];
  const build = { number: instance.build, state: "done", kept: false, same_as: null };
  return [instanceLine(instance, mayAct ? orders.instanceFor({ project, bundle, build }, orderOf(instance)) : null)];
}

/** @param {Bundle["builds"][number] | undefined} newest */
function stateText(newest) {
  if (!newest) return "";
  const { word } = buildState(newest);
  const node = element("span", "", word);
  const { state, started_at: started, ended_at: ended } = newest;
  if (state === "building" && started) node.append(` for ${duration(between(started))}`);
  if (ended && started) node.append(` after ${duration(between(started, ended))}`);
  if (ended) node.append(" · ", ageOf(ended));
  return node;
}

/** @param {Bundle} bundle */
function ordersCell({ project, name: bundle, builds }) {
  return [orders.nodeFor({ project, bundle, build: builds[0] ?? null })];
}

function empty() {
  const { project, projects } = shown;
  if (!project) return noSuchProject(name, projects);
  const { q } = filters.values();
  if (!q) return noBranches(project);
  const node = emptyList("No branch matches", `None has "${short(q, 60)}" in its name.`);
  node.append(link("Show all branches", projectPath(name)));
  return node;
}

const live = new Live({ topics: ["branches"], read, tick: draw });
live.start();
