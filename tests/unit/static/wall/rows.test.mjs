import assert from "node:assert/strict";
import test from "node:test";

import { failure, load, tile } from "../pages.mjs";

const { allot, fitFigures } = await load("wall/rows.js");

const failing = tile("a", { state: "running", status: "FAIL", failures: [failure("s1-t1"), failure("s1-t2")] });
const failed = { ...failing, state: "idle" };
const running = tile("a", { state: "running", status: "PASS" });

test("without room nothing is promised", () => {
  for (const each of [failing, failed, running, tile("a")]) {
    assert.deepEqual(allot(each, 0), { failures: 0, messageLines: 0, processes: 0 });
  }
});

test("a running tile says first which test, then which suite", () => {
  assert.deepEqual(Object.keys(allot(running, 2)).filter((name) => allot(running, 2)[name]), ["now", "suite"]);
});

test("the keyword has a line only while there is one", () => {
  assert.equal(allot(running, 5, true).detail, true);
  assert.equal(allot(running, 5, false).detail, undefined);
});

test("failures show on every tile that has them, with their message before other news", () => {
  const small = allot(failing, 3);
  assert.deepEqual([small.now, small.failures, small.messageLines, small.code], [true, 1, 1, undefined]);
  assert.equal(allot(failed, 1).failures, 1);
  assert.equal(allot(failing, 20).failures, 2);
  assert.equal(allot({ ...failing, state: "stale" }, 4).failures, 1);
});

test("what is shown never takes more lines than there are", () => {
  for (const each of [failing, failed, running, { ...failing, state: "abandoned" }, tile("a")]) {
    for (let lines = 0; lines < 30; lines += 1) {
      const { failures, messageLines, processes, ...rows } = allot(each, lines, true);
      const used = failures * (1 + messageLines) + processes + Object.keys(rows).length;
      assert.ok(used <= lines, `${each.state}: ${used} of ${lines}`);
    }
  }
});

test("a run that lacks tests says so before other news", () => {
  const run = { missing: 12 };
  const shown = (fields, lines) => Object.keys(allot(tile("a", { ...fields, run }), lines)).slice(3);
  assert.deepEqual(shown({ state: "abandoned" }, 2), ["since", "meta"]);
  assert.deepEqual(shown({ state: "idle", status: "PASS" }, 1), ["meta"]);
  assert.deepEqual(shown({ state: "running", status: "PASS" }, 1), ["now"]);
  const ended = allot(tile("a", { state: "idle", status: "FAIL", failures: [failure("s1-t1")], run }), 3);
  assert.deepEqual([ended.failures, ended.messageLines, ended.meta], [1, 1, true]);
});

test("of the figures, failures go last", () => {
  const texts = { fraction: "52 / 114", eta: "10 min left", passed: "51", failed: "1", skipped: "3" };
  assert.deepEqual([...fitFigures(texts, Infinity)].sort(), ["eta", "failed", "passed", "skipped"]);
  assert.deepEqual([...fitFigures(texts, 8)], ["failed"]);
  assert.equal(fitFigures(texts, 2).size, 0);
  assert.equal(fitFigures({ ...texts, failed: "" }, Infinity).has("failed"), false);
});
