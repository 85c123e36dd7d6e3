// The cells of the grid, drawn and told.

import assert from "node:assert/strict";
import test from "node:test";

import { load } from "../pages.mjs";

const cells = await load("history/grid-cells.js");
const { crumbs } = await load("history/text.js");

test("each kind of cell is one path, and failures have a cross where there is room", () => {
  const wide = cells.paths("PFP.X", 12, 18);
  assert.deepEqual(Object.keys(wide).sort(), ["expected", "failed", "mark", "none", "passed"]);
  assert.equal(wide.passed.match(/M/g).length, 2);
  assert.equal(cells.paths("F", 6, 18).mark, undefined);
  assert.match(cells.paths("PF", 12, 18).failed, /^M12 0h11v18h-11z$/);
  assert.match(cells.paths("PF", 2, 18).failed, /^M2 0h2v18h-2z$/, "tiny ones have no gap between");
});

test("marks are drawn above all squares", () => {
  assert.deepEqual(Object.keys(cells.paths("bFcP", 12, 18)).slice(-2), ["mark-few", "mark"]);
});

test("all runs fit, the newest too", () => {
  for (const [room, count] of [[366, 200], [366, 100], [1440, 50], [1440, 200], [300, 1], [300, 0]]) {
    const width = cells.cellWidth(room, count);
    assert.ok(width * count <= room && width > 0 && width <= 22, `${room} ${count}: ${width}`);
  }
  assert.equal(cells.cellAt(-3, 10, 5), 0);
  assert.equal(cells.cellAt(49, 10, 5), 4);
  assert.equal(cells.cellAt(50, 10, 5), 4);
});

test("a row says how often it failed and how it is now", () => {
  assert.equal(cells.rowText({ cells: "PF.F.", failed: 2, flips: 1 }), "failed in 2 of 3 runs, 1 change; in the latest: failed");
  assert.equal(cells.rowText({ cells: "..", failed: 0, flips: 0 }), "failed in 0 of 0 runs; in the latest: not in this run");
});

test("a rate never rounds up to all, and nothing has none", () => {
  assert.equal(cells.percent(cells.rate({ passed: [3999], failed: [1] })), "99.9 %");
  assert.equal(cells.percent(cells.rate({ passed: [4, 4], failed: [0, 0] })), "100 %");
  assert.equal(cells.percent(cells.rate({ passed: [0], failed: [0] })), "–");
});

test("one failure of many is not all of them, and a run without a status is not well", () => {
  assert.equal(cells.folderCells({ total: [100, 100, 100, 2, 0], failed: [1, 20, 60, 0, 0], passed: [99, 80, 40, 0, 0] }), "bcFS.");
  const counts = { failed: 1, total: 1 };
  assert.equal(cells.runCells([{ status: "PASS" }, { status: "FAIL", counts }, { status: null }, { status: "SKIP" }]), "PFNS");
});

test("the time is told by the runs that have any of it", () => {
  const slower = { seconds: [1, 1, 0, 1, 1, 1, 1, 2, 2], total: [5, 5, 0, 5, 5, 5, 5, 5, 5] };
  assert.equal(cells.drift(slower), 2);
  assert.equal(cells.meanSeconds(slower), 1.25);
  assert.equal(cells.drift({ seconds: [1, 2], total: [1, 1] }), null);
});

test("the folders above one, and what is below it", () => {
  assert.equal(cells.below("Shop.Cart", "Shop"), "Cart");
  assert.equal(cells.below("Shop", "Shop"), "");
  assert.equal(cells.below("Shop.Cart", ""), "Shop.Cart");
  assert.deepEqual(crumbs("Shop.Cart"), [["Shop", "Shop"], ["Shop.Cart", "Cart"]]);
  assert.deepEqual(crumbs("fast/css"), [["fast", "fast"], ["fast/css", "css"]]);
  assert.deepEqual(crumbs(""), []);
});
