import assert from "node:assert/strict";
import test from "node:test";

import { load } from "../pages.mjs";

const { axisOf, usualAxis } = await load("history/timeline/axis.js");
const { cellsOf, standing } = await load("history/timeline/cells.js");
const { drawnText, openedOf } = await load("history/timeline/drawn.js");
const { countingLabels, pointsOf } = await load("history/timeline/points.js");
const { partRows, pointsOfParts } = await load("history/timeline/part-rows.js");
const { queryOf } = await load("history/timeline/query.js");
const { rowsOf, shownRows } = await load("history/timeline/rows.js");
const { cellText, changesIn, endsOf, story } = await load("history/timeline/story.js");
const { searchOfView, viewOf } = await load("history/timeline/address.js");
const { fitting } = await load("history/timeline/zoom.js");
const { textOf, timeText } = await load("history/timeline/glyphs.js");

const ON = { expected: true, flaky: true };
const commit = (number, repository = "app", branch = "main") => ({
  repository, branch, hash: `${repository}${number}`, identifier: `${number}@${branch}`, uuid: number * 6000, committed_at: "2026-03-01T12:00:00Z",
  author: "Ann", message: `Change ${number}`,
});
let count = 0;
const point = (outcome, { setup = "vm1", labels = {}, at = 0, commits = [], revision = "", suite = "S", ...more } = {}) => ({
  run: { id: `run-${(count += 1)}`, setup, suite, branch: "main", labels, commits, revision, startedAt: at, broken: false },
  outcome, elapsed: 2, failed: outcome === "f" ? 1 : 0, total: 1, test: { process: "0", id: "s1-t1" }, ...more,
});
const cellsBy = (points, axis = axisOf(points, "commit", []), switches = ON) => cellsOf(points, axis, ({ run }) => run.setup, switches);
const kinds = (points, switches = ON) => cellsBy(points, undefined, switches).get("vm1").map((cell) => cell?.kind ?? "");

test("columns of the API are points of runs", () => {
  const timeline = {
    setups: ["vm1", "vm2"], suites: ["S"], branches: ["main"], configurations: [{ os: "x" }], labels: [], commits: [commit(7)],
    commit_sets: [[], [0]], revisions: ["abc"], tests: [{ process: "0", id: "s1-t1" }], not_drawn: [], is_cut: false,
    runs: {
      id: ["b", "a"], setup: [1, 0], suite: [0, 0], branch: [0, 0], configuration: [0, 0], commits: [1, 0], revision: [0, -1],
      started_at: [20, 10], broken: [0, 1],
    },
    parts: [],
    points: { run: [0, 1, 1], outcome: "pfs", elapsed_time: [1, 2, -1], failed: [0, 1, 0], total: [1, 1, 1], test: [0, 0, -1], part: [] },
  };
  const points = pointsOf(timeline);
  assert.deepEqual(points.map(({ run, outcome }) => [run.id, run.setup, outcome]), [["b", "vm2", "p"], ["a", "vm1", "f"], ["a", "vm1", "s"]]);
  assert.equal(points[0].run.commits[0].identifier, "7@main");
  assert.deepEqual([points[1].run.revision, points[1].run.broken, points[2].test], ["", true, null]);
});

test("commits stand in their own order, whenever they ran, and what nobody ran between them is a gap", () => {
  const points = [point("p", { commits: [commit(9)], at: 1 }), point("p", { commits: [commit(5)], at: 2 }), point("p", { commits: [commit(6)], at: 3 })];
  const axis = axisOf(points, "commit", []);
  assert.deepEqual(axis.columns.map(({ labels, gap }) => [labels[0], gap]), [["5@main", 0], ["6@main", 0], ["9@main", 2]]);
  assert.deepEqual(points.map(axis.placeOf), [2, 0, 1]);
});

test("a commit that no repository has stands where it first ran; a run without one is counted, not drawn", () => {
  const points = [point("p", { commits: [commit(5)] }), point("p", { revision: "feed", at: 400 }), point("p", { revision: "feed", at: 200 }), point("p")];
  const axis = axisOf(points, "commit", []);
  assert.deepEqual(axis.columns.map(({ key, startedAt }) => [key, startedAt]), [["feed", 200], ["app5", 0]]);
  assert.equal(axis.left, 1);
  assert.equal(usualAxis(points), "commit");
  assert.equal(usualAxis([point("p"), point("p"), point("p", { revision: "feed" })]), "start");
});

test("several repositories have an axis each, and one alone leaves the others out", () => {
  const points = [
    point("p", { commits: [commit(1), commit(1, "tests")] }), point("p", { commits: [commit(1), commit(2, "tests")] }), point("p", { commits: [commit(3)] }),
  ];
  const both = axisOf(points, "commit", []);
  assert.deepEqual(both.names, ["app", "tests"]);
  assert.deepEqual(both.columns.map(({ labels }) => labels), [["1@main", "1@main"], ["1@main", "2@main"], ["3@main", ""]]);
  const one = axisOf(points, "commit:tests", []);
  assert.deepEqual([one.columns.length, one.left], [2, 1]);
});

test("a label is in the order that the wall tells", () => {
  const points = ["2.10", "2.9", ""].map((version) => point("p", { labels: version ? { version } : {} }));
  const axis = axisOf(points, "label:version", [{ name: "version", values: ["2.9", "2.10"] }]);
  assert.deepEqual([axis.columns.map(({ key }) => key), axis.left], [["2.9", "2.10"], 1]);
});

test("starts are columns as fine as setups have runs", () => {
  const nights = [0, 1, 2].flatMap((night) => ["a", "b", "c", "d", "e"].map((setup, place) => point("p", { setup, at: night * 86400 + place * 400 })));
  const [columns] = [axisOf(nights, "start", []).columns];
  assert.equal(columns.length, 3);
  assert.equal(axisOf(nights.filter(({ run }) => run.setup === "a"), "start", []).names[0], "started");
});

test("days of several years are told with their year", () => {
  const label = (days) => axisOf([0, days].map((day) => point("p", { at: 1_700_000_000 + day * 86400 })), "start", []).columns[0].labels[0];
  assert.match(label(20), /^11-1/);
  assert.match(label(400), /^2023-11-1/);
});

test("a timeline is zoomed until it fits, never beyond the usual", () => {
  assert.deepEqual([[10, 1600], [100, 1600], [157, 1600], [5000, 1600]].map(([columns, width]) => fitting(columns, width)), [24, 16, 10, 1]);
});

test("labels of which a setup has many values tell of runs, not of a configuration", () => {
  const points = [1, 2, 3, 4].map((number) => point("p", { labels: { build: String(number), os: number % 2 ? "x" : "y" } }));
  assert.deepEqual([...countingLabels(points)], ["build"]);
  const { groups } = rowsOf(points, { by: "", axis: "commit", bySuite: false });
  assert.deepEqual(groups.flatMap(({ rows }) => rows.map(({ name, detail }) => [name, detail])), [["vm1", "x"], ["vm1", "y"]]);
});

test("a configuration folds, and SDKs are rows inside", () => {
  const labels = (os, sdk) => ({ os, ...(sdk && { sdk }) });
  const points = [
    point("p", { setup: "a10", labels: labels("x") }), point("p", { setup: "a9", labels: labels("x") }),
    point("p", { setup: "mac", labels: labels("mac", "22A") }), point("p", { setup: "mac", labels: labels("mac", "22B") }),
  ];
  const { groups, rowOf } = rowsOf(points, { by: "", axis: "commit", bySuite: false });
  assert.deepEqual(groups.map(({ head, rows }) => [head.name, rows.map(({ name }) => name)]), [["mac", ["22A", "22B"]], ["x", ["a9", "a10"]]]);
  assert.equal(shownRows(groups, new Set([groups[0].head.key]), () => true).length, 1 + 3);
  assert.deepEqual(shownRows(groups, new Set(), (row) => row.key === rowOf(points[0])).map(({ name }) => name), ["x", "a10"]);
  assert.deepEqual(rowsOf(points, { by: "setup", axis: "", bySuite: false }).groups.flatMap(({ rows }) => rows.map(({ name }) => name)).sort(), ["a10", "a9", "mac · 22A", "mac · 22B"]);
  assert.deepEqual(rowsOf(points, { by: "label:os", axis: "", bySuite: false }).groups.map(({ head }) => head.name), ["mac", "x"]);
});

test("a failure is new once; one that goes on is known, also after a run that says nothing", () => {
  const at = (outcome, number, more = {}) => point(outcome, { commits: [commit(number)], ...more });
  assert.deepEqual(kinds([at("p", 1), at("f", 2), at("s", 3), at("f", 4), at("p", 5), at("f", 6)]), ["passed", "failed", "skipped", "known", "passed", "failed"]);
});

test("what is missing, broken or not over is never green", () => {
  const broken = point("f", { commits: [commit(1)] });
  broken.run.broken = true;
  assert.deepEqual(kinds([broken, point("i", { commits: [commit(2)] }), point("a", { commits: [commit(3)] }), point("r", { commits: [commit(4)] })]),
    ["broken", "incomplete", "abandoned", "running"]);
  assert.deepEqual(kinds([point("p", { commits: [commit(1)] }), point("i", { commits: [commit(1)] })]), ["incomplete"]);
});

test("switches say what an expected failure and a flaky result count as", () => {
  const points = [point("e", { commits: [commit(1)] }), point("p", { commits: [commit(2)] }), point("f", { commits: [commit(2)] }), point("t", { commits: [commit(3)] })];
  assert.deepEqual(kinds(points), ["expected", "flaky", "flaky"]);
  assert.deepEqual(kinds(points, { expected: false, flaky: true }), ["failed", "flaky", "flaky"]);
  assert.deepEqual(kinds(points, { expected: true, flaky: false }), ["expected", "failed", "passed"]);
});

test("that two setups differ is no flakiness, and their failures are counted", () => {
  const points = [point("f", { commits: [commit(1)] }), point("p", { setup: "vm2", commits: [commit(1)] }), point("f", { setup: "vm3", commits: [commit(1)] })];
  const [cell] = cellsOf(points, axisOf(points, "commit", []), () => "all", ON).get("all");
  assert.deepEqual([cell.kind, cell.count, textOf(cell, false), textOf(cell, true), cellText(cell, ON)], ["failed", 2, "2", "2.0", "2 failed, 1 passed"]);
});

test("a run shows how many of its tests failed", () => {
  const [cell] = cellsBy([point("f", { commits: [commit(1)], test: null, failed: 3, total: 40 })]).get("vm1");
  assert.deepEqual([cell.count, cell.share, cellText(cell, ON)], [3, 3 / 40, "3 of 40 failed"]);
});

test("the sentence says where it fails, since when, and what was last well", () => {
  const series = (setup, outcomes) => [...outcomes].map((outcome, place) => point(outcome, { setup, commits: [commit(place + 1)] }));
  const points = [...series("a", "ppff"), ...series("b", "pppf"), ...series("c", "pppp")];
  const axis = axisOf(points, "commit", []);
  const rows = rowsOf(points, { by: "setup", axis: "commit", bySuite: false }).groups.flatMap((group) => group.rows);
  const cells = cellsOf(points, axis, ({ run }) => rows.find(({ setup }) => setup === run.setup).key, ON);
  const told = story(rows, cells, axis);
  assert.deepEqual([told.text, told.firstBad, told.lastGood], ["Failing on 2 of 3 setups (a, b), since 3@main", 2, 1]);
  const named = (list) => list.map(({ setup }) => setup);
  const { newly, fixed } = changesIn(rows, cells, { from: 1, to: 2 });
  assert.deepEqual([named(newly), named(fixed)], [["a"], []]);
  assert.equal(story(rows.slice(2), cells, axis).text, "Well on c");
  assert.deepEqual(standing(cells.get(rows[0].key)), { kind: "known", firstBad: 2, lastGood: 1, latest: 3 });
});

test("all that a reader sets is in the address, and what is usual is not", () => {
  const view = { axis: "label:os", rows: "setup", expected: false, flaky: true, times: true, failing: true, zoom: 10, folded: new Set(["a~b", "c"]), open: new Set(["S.A"]), at: ["x~y|z", "k"], range: null };
  const search = searchOfView(new URLSearchParams("longname=A"), view);
  assert.deepEqual(viewOf(search), view);
  assert.equal(search.get("longname"), "A");
  const usual = searchOfView(search, viewOf(new URLSearchParams()));
  assert.equal(usual.toString(), "longname=A");
  assert.equal(viewOf(new URLSearchParams("zoom=7")).zoom, 24);
});

test("times are told in four characters", () => {
  assert.deepEqual([-1, 0.04, 9.94, 9.96, 99.4, 61 * 60, 3 * 3600].map(timeText), ["", "0.0", "9.9", "10", "99", "61m", "3h"]);
});

test("the first and the last run of a row in a range are what is compared", () => {
  const cell = (...ids) => ({ points: ids.map((id) => ({ run: { id } })) });
  const row = [cell("a"), cell("c", "b"), undefined, cell("e", "d")]; // the latest of a cell comes first
  const ids = (from, to) => { const ends = endsOf(row, from, to); return ends && [ends.left.id, ends.right.id]; };
  assert.deepEqual(ids(0, 3), ["a", "e"]);
  assert.deepEqual(ids(1, 1), ["b", "c"]);
  assert.equal(ids(0, 0), null);
  assert.equal(ids(2, 2), null);
  assert.equal(endsOf(undefined, 0, 1), null);
});

test("rows are the suites and tests of a folder, and a suite opens to what is in it", () => {
  const level = (parts, part, outcome) => ({
    setups: ["vm1"], suites: ["S"], branches: [""], configurations: [{}], labels: [], commits: [], commit_sets: [[]], revisions: [],
    tests: [], not_drawn: [], is_cut: false, parts: parts.map(([longname, kind]) => ({ longname, name: longname.split(".").at(-1), kind })),
    runs: { id: ["a"], setup: [0], suite: [0], branch: [0], configuration: [0], commits: [0], revision: [-1], started_at: [10], broken: [0] },
    points: { run: part.map(() => 0), outcome, elapsed_time: part.map(() => 1), failed: part.map(() => 0), total: part.map(() => 1), test: part.map(() => -1), part },
  });
  const levels = new Map([
    ["", level([["S.Cart 10", "suite"], ["S.Cart 2", "suite"], ["S.Boot", "test"]], [0, 1, 2], "ppf")], ["S.Cart 2", level([["S.Cart 2.Add", "test"]], [0], "p")],
  ]);
  const told = (open) => partRows(levels, "", new Set(open)).groups[0].rows.map(({ name, level: depth, isGroup }) => [name, depth, isGroup]);
  assert.deepEqual(told([]), [["Boot", 0, false], ["Cart 2", 0, true], ["Cart 10", 0, true]]);
  assert.deepEqual(told(["S.Cart 2", "S.Cart 10"]).slice(1), [["Cart 2", 0, true], ["Add", 1, false], ["Cart 10", 0, true]]);
  const points = pointsOfParts(levels);
  const { rowOf } = partRows(levels, "", new Set());
  assert.deepEqual(points.map((each) => [rowOf(each), each.outcome]), [["S.Cart 10", "p"], ["S.Cart 2", "p"], ["S.Boot", "f"], ["S.Cart 2.Add", "p"]]);
});

test("parts are asked for where rows are these; a test has none", () => {
  const asked = (text) => queryOf(new URLSearchParams(text));
  assert.deepEqual([asked("rows=parts&folder=S.A").folder, asked("rows=parts").parts, asked("rows=setup").parts], ["S.A", "true", ""]);
  assert.equal(asked("rows=parts&longname=S.A").parts, "");
});

test("what is left out is told: older runs, parts beyond, and those of suites that are open", () => {
  const told = ({ runs = 2, parts = 2, left = 0, older = 0, cut = false } = {}) => ({
    points: { run: [], test: [-1] }, setups: ["vm1"], runs: { id: Array(runs) }, parts: Array(parts), parts_not_drawn: left, is_cut: cut,
    not_drawn: older ? [{ setup: "vm1", runs: older }] : [],
  });
  assert.equal(drawnText(told(), [], ""), "2 runs on 1 setup");
  assert.equal(drawnText(told({ older: 1200 }), [], ""), "2 runs on 1 setup; 1,200 older not drawn: the latest 60 of each setup");
  assert.equal(drawnText(told({ cut: true }), [], "30"), "2 runs on 1 setup; older ones not drawn: at most the latest 30 of each setup");
  assert.equal(
    drawnText(told({ runs: 1, parts: 20000, left: 5, older: 3, cut: true }), [], ""),
    "1 run on 1 setup; 5 more suites and tests of it than the first 20,000 are not drawn; more than 3 older not drawn: at most the latest 60 of each setup",
  );
  const roof = ["House.Roof", told({ runs: 1, parts: 4, left: 1, cut: true })];
  assert.equal(
    drawnText(told({ older: 3 }), [["House.Door", told()], roof], ""),
    "2 runs on 1 setup; 1 more suites and tests of Roof than the first 4 are not drawn, only the latest 1 run of Roof drawn; " +
      "3 older not drawn: the latest 60 of each setup",
  );
  assert.ok(drawnText(told(), Array(5).fill(roof), "").endsWith("; nor is all of 2 other suites that are open"));
});

test("suites that are open tell what is left out of them, and no others do", () => {
  const row = (key, isGroup = true) => ({ key, isGroup });
  const levels = new Map([["", 0], ["A", 1], ["B", 2]]);
  assert.deepEqual(openedOf([row("A"), row("B"), row("C"), row("A.x", false)], levels, new Set(["A", "C", "A.x"])), [["A", 1]]);
});
