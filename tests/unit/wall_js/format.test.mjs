import assert from "node:assert/strict";
import test from "node:test";

import { load } from "./wall.mjs";

const { ago, duration, left, over, plural, rough, timeOfDay } = await load("format.js");

const same = (of, pairs) => pairs.forEach(([seconds, text]) => assert.equal(of(seconds), text));

test("durations", () => {
  same(duration, [
    [-1, "0 s"], [0.9, "0 s"], [59.9, "59 s"], [60, "1:00"], [187, "3:07"], [3599, "59:59"], [3727, "1:02:07"],
    [86_399, "23:59:59"], [97_200, "1 d 3 h"],
  ]);
});

test("ages in one rough unit", () => {
  same(rough, [[0, "0 s"], [59, "59 s"], [60, "1 min"], [3599, "59 min"], [3600, "1 h"], [86_400, "1 d"], [4e6, "46 d"]]);
  same(ago, [[0, "just now"], [2.9, "just now"], [3, "3 s ago"], [7200, "2 h ago"]]);
});

test("time to go is rounded up", () => {
  same(left, [
    [0, "under 10 s left"], [9.9, "under 10 s left"], [11, "20 s left"], [59, "60 s left"], [61, "2 min left"],
    [3599, "60 min left"], [3661, "1 h 02 min left"],
  ]);
  same(over, [[12, "12 s over"], [190, "3 min over"]]);
});

test("time of day, and plurals", () => {
  assert.equal(timeOfDay(new Date(2026, 2, 1, 4, 5, 6)), "04:05:06");
  assert.deepEqual([0, 1, 2].map((count) => plural(count, "test")), ["0 tests", "1 test", "2 tests"]);
});
