// What a comparison of two runs says.

import assert from "node:assert/strict";
import test from "node:test";

import { load } from "../pages.mjs";

const { NOTHING, doubts, ratio, verdict } = await load("history/compared-words.js");

const NONE = { new_failures: 0, fixed: 0, still_failing: 0, not_executed: 0, slower: 0 };
const run = (fields = {}) => ({
  id: "one", suite: "Shop", state: "finished", verification: "verified", missing: 0, missing_failures: 0, counts: { total: 3 }, ...fields,
});
const told = (counts = {}, left = {}, right = {}) => ({
  left: run(left), right: run({ id: "two", ...right }), counts: { ...NONE, ...counts }, tests: [], next: null,
});

test("the verdict counts what went otherwise, the worst first", () => {
  assert.equal(verdict(told({ new_failures: 1, fixed: 1200 })), "1 new failure, 1,200 fixed");
  assert.equal(verdict(told({ not_executed: 2, slower: 1, still_failing: 3 })), "2 not executed, 3 still failing, 1 slower");
  assert.equal(verdict(told()), "no difference");
});

test("a run that lacks results never looks well", () => {
  for (const right of [{ state: "running" }, { state: "abandoned" }, { missing: 2 }, { missing_failures: 1 }, { verification: "partial" }]) {
    assert.equal(verdict(told({}, {}, right)), "no difference in what is stored");
    assert.match(NOTHING(told({}, {}, right)), /as far as results are stored/);
    assert.equal(doubts(told({}, {}, right)).length, 1);
  }
  assert.deepEqual(doubts(told()), []);
});

test("runs of different suites, and one run twice, are named as such", () => {
  assert.match(doubts(told({}, { suite: "" }))[0], /different suites, one without a name and Shop/);
  assert.match(doubts(told({}, {}, { id: "one" }))[0], /one run, compared with itself/);
});

test("how many times as long", () => {
  assert.equal(ratio(1, 2.4), "▲ 2.4×");
  assert.equal(ratio(0.5, 30), "▲ 60×");
  assert.equal(ratio(0, 3), "");
  assert.equal(ratio(3, 1), "");
});
