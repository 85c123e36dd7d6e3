import assert from "node:assert/strict";
import test from "node:test";

import { load } from "../pages.mjs";

const { changesText, errorText, reportState, stateOfStep, stepState, testsText, versionPath } = await load("buildlogs/state.js");

const counts = (more = {}) => ({ total: 5, passed: 5, failed: 0, skipped: 0, expected_failures: 0, ...more });

for (const [report, kind, word] of [
  [{ status: "ok", failed_step: "", counts: counts() }, "PASS", "Passed"],
  [{ status: "ok", failed_step: "", counts: counts({ total: 0 }) }, "none", "No tests"],
  [{ status: "ok", failed_step: "", counts: counts(), missing_tests: 2 }, "incomplete", "Tests missing"],
  [{ status: "unknown", failed_step: "", counts: counts() }, "incomplete", "Not known"],
  [{ status: "make failed", failed_step: "make", counts: counts({ total: 0 }) }, "FAIL", "make failed"],
  [{ status: "make-check failed", failed_step: "make-check", counts: counts({ failed: 2 }) }, "FAIL", "2 of 5 failed"],
  [{ status: "make-check failed", failed_step: "make-check", counts: counts() }, "FAIL", "make check failed"],
]) {
  test(`a report that is ${report.status} with ${report.counts.total} tests: ${word}`, () => {
    const state = reportState({ missing_tests: 0, ...report });
    assert.deepEqual([state.kind, state.word], [kind, word]);
  });
}

test("what failed before, too, is known, and what did not fail is never", () => {
  assert.equal(reportState({ status: "make failed", failed_step: "make", counts: counts(), missing_tests: 0 }, true).kind, "known");
  assert.equal(reportState({ status: "ok", failed_step: "", counts: counts(), missing_tests: 0 }, true).kind, "PASS");
});

test("a step passed or failed as everything else does, and make check is as well as its tests are", () => {
  assert.deepEqual([stepState("ok"), stepState("failed")].map(({ kind, word }) => [kind, word]), [["PASS", "Passed"], ["FAIL", "Failed"]]);
  assert.deepEqual([stepState("ok", true).kind, stepState("failed", true).kind], ["PASS", "known"]);
  const untested = { status: "ok", failed_step: "", counts: counts({ total: 0 }), missing_tests: 0 };
  const wordOf = (name, status) => stateOfStep({ name, status }, untested).word;
  assert.deepEqual([wordOf("make", "ok"), wordOf("make-check", "ok"), wordOf("make-check", "failed")], ["Passed", "No tests", "Failed"]);
});

test("tests, errors and changes as text", () => {
  assert.equal(testsText(counts({ total: 1, passed: 0, expected_failures: 1 })), "1 test, 1 failed as expected");
  assert.equal(testsText(counts({ total: 0, passed: 0 }), 3), "3 tests, 3 not named");
  assert.equal(errorText({ file: "a.c", line: 3, text: "no" }), "a.c:3: no");
  assert.equal(errorText({ file: null, line: null, text: "no" }), "no");
  assert.equal(changesText({ new_warnings: 2, fixed_warnings: 0 }), "2 new");
  assert.equal(changesText({ new_warnings: null, fixed_warnings: null }), "");
  assert.equal(versionPath("a/b", ""), "/reports/a%2Fb/-");
});
