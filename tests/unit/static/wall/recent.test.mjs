import assert from "node:assert/strict";
import test from "node:test";

import { load, tile } from "../pages.mjs";

const { barsOf, endOf, textOf } = await load("wall/recent.js");
const { allot } = await load("wall/rows.js");

test("a run that goes on has not ended, and one of which something is missing has not passed", () => {
  assert.equal(endOf({ state: "finished", status: "PASS" }), "passed");
  assert.equal(endOf({ state: "idle", status: null }), "incomplete");
  assert.equal(endOf({ state: "abandoned", status: "FAIL" }), "abandoned");
  assert.equal(endOf({ state: "running", status: "FAIL" }), "");
  assert.equal(endOf({ state: "stale", status: "FAIL" }), "");
});

test("a row of runs is told in words", () => {
  assert.equal(textOf(["passed", "failed", "passed"]), "Last 3 runs: 1 failed, 2 passed");
});

test("kinds differ in height, not in colour alone", () => {
  assert.equal(barsOf(["passed", "failed", "passed"], "passed"), "M0 16v-6h7v6zM18 16v-6h7v6z");
  assert.equal(barsOf(["passed", "failed", "passed"], "failed"), "M9 16v-16h7v16z");
});

test("the row of runs takes what no other line wants", () => {
  const idle = tile("vm1", { state: "idle", status: "PASS" });
  assert.equal(allot(idle, 3, false, true).recent, undefined);
  assert.equal(allot(idle, 4, false, true).recent, true);
  assert.equal(allot(idle, 9).recent, undefined);
});
