import assert from "node:assert/strict";
import test from "node:test";

import { load } from "../pages.mjs";

const { KINDS, allWell, countLine, failureUrl, hasFailed, kindOf, logUrl, lostOf, progress, runUrl, setupUrl, summarise,
  wordOf } = await load("wall/present.js");
const { shortCommit } = await load("shared/format.js");
const { ICONS } = await load("shared/icons.js");

const STATES = ["nodata", "idle", "running", "stale", "abandoned"];
const STATUSES = ["PASS", "FAIL", "SKIP", null];
const all = STATES.flatMap((state) => STATUSES.map((status) => ({ state, status })));
const counts = (total, passed, failed = 0, skipped = 0) => ({ total, passed, failed, skipped });

test("missing tests are told once the run has ended, lost events till then", () => {
  const run = { missing: 12, lost: 3 };
  assert.equal(lostOf({ state: "idle", run }), "partial: 12 tests missing");
  assert.equal(lostOf({ state: "abandoned", run: { ...run, missing: 1 } }), "partial: 1 test missing");
  assert.equal(lostOf({ state: "running", run }), "3 events lost");
  assert.equal(lostOf({ state: "idle", run: { missing: 0, lost: 0 } }), "");
  assert.equal(lostOf({ state: "nodata", run: null }), "");
  assert.equal(lostOf({ state: "idle", run: { ...run, missing_failures: 5 } }), "partial: 12 tests missing, 5 failed");
  assert.equal(lostOf({ state: "idle", run: { missing: 0, missing_failures: 1 } }), "partial: 1 failure missing");
  assert.equal(lostOf({ state: "idle", run: { missing: 0, verification: "partial" } }), "partial: parts are missing or differ");
});

test("only a run that ended well, or goes on, looks well", () => {
  const well = all.filter((tile) => ["passed", "running"].includes(kindOf(tile)));
  assert.ok(well.length);
  for (const { state, status } of well) {
    assert.ok(["idle", "running"].includes(state));
    assert.notEqual(status, "FAIL");
  }
});

test("a run that ended without a status is incomplete, never well", () => {
  assert.equal(kindOf({ state: "idle", status: null }), "incomplete");
  assert.equal(wordOf({ state: "idle", status: null }), "Incomplete");
  assert.equal(summarise([{ state: "idle", status: null }, { state: "idle", status: "PASS" }]).incomplete, 1);
});

test("a setup without news is neither well nor failing, whatever its status", () => {
  for (const status of STATUSES) {
    for (const state of ["stale", "abandoned", "nodata"]) assert.equal(kindOf({ state, status }), state);
  }
});

test("a running setup with a failure is failing already", () => {
  assert.equal(kindOf({ state: "running", status: "FAIL" }), "failing");
});

test("every kind has a word and a glyph of its own", () => {
  const kinds = new Set(all.map(kindOf));
  for (const kind of kinds) {
    assert.ok(KINDS.includes(kind), kind);
    assert.ok(ICONS[kind], kind);
  }
  assert.equal(new Set([...kinds].map((kind) => ICONS[kind])).size, kinds.size);
  for (const tile of all) assert.ok(wordOf(tile).length > 2);
  assert.equal(wordOf({ state: "running", status: "FAIL" }), "Failing");
  assert.equal(wordOf({ state: "idle", status: "FAIL" }), "Failed");
});

test("a state of a later version counts as no data, not as well", () => {
  assert.equal(kindOf({ state: "hibernating", status: "PASS" }), "nodata");
});

test("parts of the bar never exceed it, and one failure among thousands can be seen", () => {
  for (const given of [counts(0, 0), counts(10, 3), counts(10_000, 9_998, 1, 1), counts(5, 9, 3, 2), counts(1, 0, 1),
    counts(100_000, 0, 1, 99_999), counts(7, 0, 0, 7), null]) {
    const { done, total, passed, failed, skipped } = progress(given);
    assert.ok(done <= total);
    for (const part of [passed, failed, skipped]) assert.ok(part >= 0 && part <= 1, JSON.stringify(given));
    assert.ok(passed + failed + skipped <= 1 + 1e-9, JSON.stringify(given));
    if (given?.failed) assert.ok(failed >= 0.005, "a failure must be seen");
  }
  assert.equal(progress(counts(10, 3)).passed, 0.3);
});

test("more tests than were planned are a full bar, not an overflowing one", () => {
  assert.deepEqual({ ...progress(counts(3, 5)), skipped: 0 }, { done: 5, total: 5, passed: 1, failed: 0, skipped: 0, expected_failures: 0 });
  assert.equal(countLine({ state: "running", counts: counts(3, 5) }), "5 / 5");
});

test("the header counts every setup, those that run and fail twice", () => {
  const summary = summarise(all);
  assert.equal(summary.setups, all.length);
  assert.equal(summary.running, 4);
  assert.equal(summary.failing, 2);
  assert.equal(summary.stale, 8);
  assert.equal(summary.nodata, 4);
});

test("all is well only where nothing failed and nothing is missing", () => {
  const passed = { state: "idle", status: "PASS" };
  const running = { state: "running", status: "PASS" };
  assert.equal(allWell([passed, running]), true);
  assert.equal(allWell([]), false);
  assert.equal(allWell([{ state: "idle", status: "SKIP" }]), false);
  assert.equal(allWell([passed, { state: "idle", status: "SKIP" }]), true);
  for (const bad of [
    { state: "nodata", status: null }, { state: "stale", status: "PASS" }, { state: "abandoned", status: "PASS" },
    { state: "idle", status: "FAIL" }, { state: "running", status: "FAIL" }, { state: "idle", status: null },
    { state: "running", status: null, run: { lost: 3 } },
  ]) {
    assert.equal(allWell([passed, bad]), false, JSON.stringify(bad));
  }
});

test("a run without news that had failed is still one to look at", () => {
  assert.equal(hasFailed({ state: "stale", status: "FAIL" }), true);
  assert.equal(hasFailed({ state: "nodata", status: "FAIL" }), false);
});

test("addresses are made of ids whatever stands in them", () => {
  const tile = { setup: "a b&c=d#e", run: { id: "../../x?y#z\"" }, failures_log: "/api/log.html" };
  assert.equal(runUrl(tile), "/runs/..%2F..%2Fx%3Fy%23z%22");
  assert.equal(failureUrl(tile, { id: "s1-t1 \"" }).split("#")[1], "s1-t1%20%22");
  assert.equal(logUrl(tile, { id: "s1-s2-t3" }), "/api/log.html#s1-s2-t3");
  assert.equal(new URLSearchParams(setupUrl(tile).split("?")[1]).get("setup"), tile.setup);
  assert.equal(runUrl({ run: null }), "");
  assert.equal(logUrl({ failures_log: null }, { id: "s1-t1" }), "");
});

test("a failure's link leads to its own process in a pabot run", () => {
  const run = { id: "a b", pabot: true };
  const failure = { id: "s1-t1", process: "1-x" };
  assert.equal(failureUrl({ run }, failure, "?theme=dark"), "/runs/a%20b?theme=dark#1-x%2Fs1-t1");
  assert.equal(failureUrl({ run: { id: "r", pabot: false } }, failure), "/runs/r#s1-t1");
  assert.equal(failureUrl({ run: null }, failure), "");
});

test("the theme goes along to other pages", () => {
  assert.equal(runUrl({ run: { id: "r" } }, "?theme=dark"), "/runs/r?theme=dark");
  assert.equal(setupUrl({ setup: "vm" }, "?theme=dark"), "/runs?theme=dark&setup=vm");
});

test("a hash is cut, a tag is not", () => {
  assert.equal(shortCommit("0123456789abcdef0123456789abcdef01234567"), "01234567");
  assert.equal(shortCommit("v1.2.3-release-candidate"), "v1.2.3-release-candidate");
});

test("what is done and what is planned", () => {
  assert.equal(countLine({ state: "nodata", counts: counts(0, 0) }), "");
  assert.equal(countLine({ state: "idle", counts: counts(1, 1) }), "1 test");
  assert.equal(countLine({ state: "idle", counts: counts(9, 5) }), "5 / 9");
});
