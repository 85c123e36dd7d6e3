import assert from "node:assert/strict";
import test from "node:test";

import { failure, load, tile } from "./wall.mjs";

const present = await load("present.js");
const { allWell, failureUrl, hasFailed, kindOf, progress, summarise, wordOf } = present;

const with_ = (state, status) => tile("a", { state, status });

test("what is not known is never well", () => {
  for (const state of ["nodata", "stale", "abandoned"]) {
    for (const status of ["PASS", "FAIL", null]) assert.equal(kindOf(with_(state, status)), state);
  }
  assert.equal(kindOf(with_("idle", null)), "idle");
  assert.equal(kindOf(with_("a state of a later version", "PASS")), "nodata");
});

test("a run that failed is failing while it runs, and failed afterwards", () => {
  assert.equal(wordOf(with_("running", "FAIL")), "Failing");
  assert.equal(wordOf(with_("idle", "FAIL")), "Failed");
  assert.equal(wordOf(with_("running", "PASS")), "Running");
});

test("all is well only where nothing failed, nothing is missing, and something passed", () => {
  assert.ok(allWell([with_("idle", "PASS"), with_("running", "PASS")]));
  for (const other of [with_("idle", "FAIL"), with_("nodata", null), with_("stale", "PASS")]) {
    assert.equal(allWell([with_("idle", "PASS"), other]), false);
  }
  assert.equal(allWell([]), false);
  assert.equal(allWell([with_("idle", "SKIP")]), false);
});

test("a failing setup that runs counts as both", () => {
  const { failing, running, stale } = summarise([with_("running", "FAIL"), with_("running", "PASS"), with_("abandoned", "FAIL")]);
  assert.deepEqual([failing, running, stale], [1, 2, 1]);
  assert.ok(hasFailed(with_("abandoned", "FAIL")));
});

test("parts of a bar fill it and no more, and one failure among thousands is seen", () => {
  const { passed, failed, skipped, done } = progress({ total: 5000, passed: 4998, failed: 1, skipped: 1 });
  assert.equal(done, 5000);
  assert.ok(failed >= 0.01 && skipped >= 0.01);
  assert.ok(passed + failed + skipped <= 1 + 1e-9);
  assert.equal(progress({ total: 3, passed: 5, failed: 0, skipped: 0 }).total, 5, "more tests than planned");
  assert.equal(progress(null).total, 0);
  const none = progress({ total: 10, passed: 0, failed: 0, skipped: 0 });
  assert.deepEqual([none.passed, none.failed, none.skipped], [0, 0, 0]);
});

test("a failure's link leads to its own process in a pabot run", () => {
  const run = { id: "a b", pabot: true };
  assert.equal(failureUrl({ run }, failure("s1-t1", "1-x"), "?theme=dark"), "/runs/a%20b?theme=dark#1-x%2Fs1-t1");
  assert.equal(failureUrl({ run: { id: "r", pabot: false } }, failure("s1-t1")), "/runs/r#s1-t1");
  assert.equal(failureUrl({ run: null }, failure("s1-t1")), "");
});
