// How a test, or a suite, did everywhere: the page /history.

import { getJson, searchOf } from "../shared/api.js";
import { offerCsv } from "../shared/csv.js";
import { element, titled } from "../shared/dom.js";
import { Filters } from "../shared/filters.js";
import { short } from "../shared/format.js";
import { debounced, here, link } from "../shared/page.js";
import { emptyList } from "../shared/parts.js";
import { noRuns } from "./dom.js";
import { crumbs, lastPart, parentName } from "./text.js";
import { drawnText, openedOf } from "./timeline/drawn.js";
import { timelineOf } from "./timeline/first-answer.js";
import { pointsOfParts } from "./timeline/part-rows.js";
import { pointsOf } from "./timeline/points.js";
import { ASKED, PARTS, queryOf } from "./timeline/query.js";
import { tellStory } from "./timeline/sentence.js";
import { TimelineView } from "./timeline/view.js";

/** @import { Timeline } from "types/api" */

/** Suites whose parts are asked for at once. */
const MOST_OPEN = 30;
/** Runs of a setup that are drawn at most. */
const ALL = "1000";
const LIMITS = [["", "60"], ["30", "30"], ["120", "120"], ["300", "300"], [ALL, "1,000"]];

const host = document.getElementById("timeline");
const status = document.getElementById("status");
const sentence = document.getElementById("sentence");
let turn = 0;
let asked = "";
let view = null;
/** What is known of the folder, and of each suite in it that was opened, by longname. @type {Map<string, Timeline>} */
let levels = new Map();

const filters = new Filters(document.getElementById("filters"), [...ASKED, "axis", "rows"], changed);
filters.addText("suite", "Suite", "all suites");
filters.addText("longname", "Test", "the whole suite");
filters.addChoice("setup", "Setup", [["", "All"]]);
filters.addText("branch", "Branch", "all branches");
filters.addText("label", "Configuration", "os=debian, v=2");
filters.addText("tag", "Tag", "any tag");
filters.addDay("from", "From");
filters.addDay("to", "To");
filters.addChoice("limit", "Runs of a setup", LIMITS);
filters.addChoice("axis", "Across", [["", "As it fits"]]);
filters.addChoice("rows", "Down", [["", "Configuration"]]);
filters.foldOthers();
filters.show();

/** What is asked anew of the wall, and what is only looked at otherwise. */
function changed() {
  if (JSON.stringify(query()) !== asked) load();
  else if (view?.parts) showParts();
  else view?.render();
}

function query() {
  return queryOf(new URLSearchParams(location.search));
}

async function load() {
  const mine = ++turn;
  const wanted = query();
  asked = JSON.stringify(wanted);
  for (const [name, value] of Object.entries(filters.values())) filters.mark(name, Boolean(value));
  drawTitle(wanted);
  offerCsv("This timeline", "/api/v1/timeline.csv", wanted);
  host.setAttribute("aria-busy", "true");
  try {
    const timeline = await timelineOf(wanted);
    if (mine !== turn) return;
    levels = new Map([[wanted.folder, timeline]]);
    draw(timeline, wanted);
    if (wanted.parts && view) await showParts();
  } catch (error) {
    if (mine === turn) status.textContent = error.message;
  } finally {
    if (mine === turn) host.removeAttribute("aria-busy");
  }
}

/** @param {Timeline} timeline */
function draw(timeline, wanted) {
  const points = pointsOf(timeline);
  filters.suggest("suite", timeline.suites);
  filters.suggest("branch", timeline.branches.filter(Boolean));
  if (!points.length) {
    view = null;
    status.textContent = "";
    sentence.replaceChildren();
    host.replaceChildren(nothing(wanted));
    return;
  }
  host.replaceChildren();
  view = new TimelineView(host, {
    hrefOf: ({ setup, key, part }) => (part ? wayTo(key, part) : here(`/history?${withSetup(setup)}`)),
    inHref: ({ group, level }) => (level ? "" : here(`/history?${searchOf({ suite: group, rows: PARTS })}`)),
    bySuite: !wanted.suite && !wanted.longname && !wanted.folder,
    onStory: (story, shown) => tellStory(sentence, story, shown),
    onOpen: () => showParts(),
  });
  view.show(points, timeline.labels, wanted.parts ? { levels, root: wanted.folder } : null);
  tell(wanted);
  filters.setOptions("axis", view.axes());
  filters.setOptions("rows", view.groupings());
}

/** With the parts of every suite that the address says is open: what is not known of them is asked for. */
async function showParts() {
  const mine = turn;
  const wanted = query();
  const unknown = [...new Set(new URLSearchParams(location.search).getAll("open"))].filter((folder) => !levels.has(folder)).slice(0, MOST_OPEN);
  try {
    const found = await Promise.all(unknown.map((folder) => getJson("/api/v1/timeline", { ...wanted, folder })));
    if (mine !== turn) return;
    unknown.forEach((folder, place) => levels.set(folder, found[place]));
    if (unknown.length || view.points.length) view.show(pointsOfParts(levels), levels.get(wanted.folder).labels, { levels, root: wanted.folder });
    tell(wanted);
  } catch (error) {
    if (mine === turn) status.textContent = error.message;
  }
}

/** A suite by configuration, or all about a test. */
function wayTo(longname, part) {
  if (part === "test") return here(`/tests?${new URLSearchParams({ longname })}`);
  const search = new URLSearchParams(location.search);
  for (const name of ["at", "range", "open", "rows", "theme"]) search.delete(name);
  search.set("folder", longname);
  return here(`/history?${search}`);
}

function withLimit(limit) {
  const search = new URLSearchParams(location.search);
  for (const name of ["at", "range", "theme"]) search.delete(name);
  search.set("limit", limit);
  return search;
}

function withSetup(setup) {
  const search = new URLSearchParams(location.search);
  for (const name of ["at", "range"]) search.delete(name);
  if (search.get("setup") === setup) search.delete("setup");
  else search.set("setup", setup);
  search.delete("theme");
  return search;
}

/** How much is drawn, and the way to more. */
function tell(wanted) {
  const timeline = levels.get(wanted.folder);
  status.textContent = drawnText(timeline, wanted.parts ? openedOf(view.rowsOfParts, levels, view.view.open) : [], wanted.limit);
  const isFull = timeline.is_cut && timeline.parts.length; // more runs would not fit
  if (timeline.not_drawn.length && wanted.limit !== ALL && !isFull) {
    status.append(" · ", link(moreText(timeline, wanted), here(`/history?${withLimit(ALL)}`)));
  }
}

/** What a click draws: as many as there can be. @param {Timeline} timeline */
function moreText({ not_drawn: older }, { limit }) {
  const fits = older.every(({ runs }) => runs + Number(limit || 60) <= Number(ALL));
  return fits ? "all of them" : `the latest ${Number(ALL).toLocaleString("en")} of each`;
}

function nothing(wanted) {
  if (!ASKED.some((name) => name !== "limit" && wanted[name].length)) return noRuns();
  const node = emptyList("No run matches", "Nothing here fits the filters above.");
  node.append(link("Show all runs", here("/history")));
  return node;
}

function drawTitle({ longname, suite, folder }) {
  const title = document.getElementById("title");
  const of = longname || folder;
  const name = of ? lastPart(of) : suite || "History";
  const where = of ? parentName(of, name) : "";
  document.title = titled(`${short(name)} · history`);
  title.replaceChildren(...(where ? [folder ? trail(folder) : element("span", "title-where", where)] : []), name);
  const way = document.getElementById("ways");
  const grid = link("Tests by runs", here(`/history/grid?${searchOf({ suite, folder })}`));
  way.replaceChildren(longname ? link("All about this test", here(`/tests?${new URLSearchParams({ longname })}`)) : grid);
}

/** The folders that a folder is in, each a way back to it. */
function trail(folder) {
  const node = element("span", "title-where");
  const search = new URLSearchParams(location.search);
  for (const name of ["at", "range", "open", "theme"]) search.delete(name);
  crumbs(folder).slice(0, -1).forEach(([longname, text]) => {
    search.set("folder", longname);
    node.append(link(text, here(`/history?${search}`)), " › ");
  });
  return node;
}

/** Tests of the suite's latest run that a reader may mean. */
const suggestTests = debounced(async (text) => {
  try {
    const { runs } = await getJson("/api/v1/runs", { suite: filters.values().suite, limit: 1 });
    if (!runs.length) return;
    const { tests } = await getJson(`/api/v1/runs/${encodeURIComponent(runs[0].id)}/tests`, { q: text, limit: 20 });
    filters.suggest("longname", [...new Set(tests.map(({ longname }) => longname))]);
  } catch {
    // Without suggestions a name can still be written.
  }
}, 300);

filters.controls.get("longname").addEventListener("focus", (event) => suggestTests(event.target.value));
filters.controls.get("longname").addEventListener("input", (event) => suggestTests(event.target.value));

async function loadChoices() {
  const [{ setups }, { labels }] = await Promise.all([getJson("/api/v1/setups"), getJson("/api/v1/labels")]);
  filters.setOptions("setup", [["", "All"], ...setups.map(({ name }) => [name, name])]);
  filters.suggest("label", labels.flatMap(({ name, values }) => values.map((value) => `${name}=${value}`)).slice(0, 500));
}

// What can be chosen is not needed for the first picture.
load().then(loadChoices).catch((error) => {
  status.textContent = error.message;
});
