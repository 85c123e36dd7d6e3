import assert from "node:assert/strict";
import test from "node:test";

import { load } from "../pages.mjs";

const { countText, runState } = await load("shared/run-state.js");

for (const [run, kind, text] of [
  [{ state: "running", status: "FAIL", missing: 0, counts: [400, 210, 2, 0, 0] }, "running", "212 of 400 tests, 2 failed"],
  [{ state: "finished", status: "PASS", missing: 0, counts: [1, 1, 0, 0, 0] }, "PASS", "1 test"],
  [{ state: "finished", status: null, missing: 3, counts: [5, 4, 0, 1, 0] }, "incomplete", "5 of 8 tests"],
  [{ state: "abandoned", status: null, missing: 2, counts: [6, 3, 0, 0, 1] }, "abandoned", "4 of 6 tests"],
]) {
  test(`a run that is ${run.state}, ${run.status}: ${text}`, () => {
    const [total, passed, failed, skipped, expected_failures] = run.counts;
    const told = { ...run, counts: { total, passed, failed, skipped, expected_failures } };
    assert.deepEqual([runState(told).kind, countText(told)], [kind, text]);
  });
}
