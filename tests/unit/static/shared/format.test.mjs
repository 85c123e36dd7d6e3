import assert from "node:assert/strict";
import test from "node:test";

import { load } from "../pages.mjs";

const { ago, duration, left, over, plural, rough, timeOfDay } = await load("shared/format.js");

const cases = (of, table) => {
  for (const [given, wanted] of table) {
    test(`${of.name}(${given}) is "${wanted}"`, () => assert.equal(of(given), wanted));
  }
};

cases(duration, [
  [0, "0 s"], [0.9, "0 s"], [-3, "0 s"], [59.99, "59 s"], [60, "1:00"], [187, "3:07"], [3599, "59:59"], [3600, "1:00:00"],
  [3727, "1:02:07"], [86399, "23:59:59"], [86400, "1 d 0 h"], [183600, "2 d 3 h"], [100 * 86400, "100 d 0 h"],
]);
cases(rough, [[0, "0 s"], [59, "59 s"], [60, "1 min"], [3599, "59 min"], [3600, "1 h"], [86400, "1 d"], [-1, "0 s"]]);
cases(ago, [[3, "3 s ago"], [40, "40 s ago"], [10800, "3 h ago"]]);
cases(left, [
  [10, "10 s left"], [11, "20 s left"], [59, "60 s left"], [60, "1 min left"],
  [61, "2 min left"], [3599, "60 min left"], [3600, "1 h 00 min left"], [3660, "1 h 01 min left"], [7201, "2 h 01 min left"],
]);
cases(over, [[0.4, "any moment"], [5, "5 s over"], [190, "3 min over"]]);

test("what is a moment away or ago needs no figure that ticks", () => {
  assert.equal(ago(0), ago(2.9));
  assert.match(ago(0), /now/);
  assert.equal(left(0), left(9.9));
  assert.doesNotMatch(left(0), /\b0/);
});

test("a promise is never shorter than the time left", () => {
  const seconds = (text) => {
    const [, hours = 0] = /(\d+) h/.exec(text) ?? [];
    const [, minutes = 0] = /(\d+) min/.exec(text) ?? [];
    const [, rest = 0] = /(\d+) s/.exec(text) ?? [];
    return hours * 3600 + minutes * 60 + Number(rest);
  };
  for (let time = 10; time < 20_000; time += 1) assert.ok(seconds(left(time)) >= time, `${time}: ${left(time)}`);
});

test("times of day have two digits each", () => {
  assert.equal(timeOfDay(new Date(2026, 2, 1, 4, 2, 7).getTime()), "04:02:07");
});

test("one is not many", () => {
  assert.deepEqual([0, 1, 2].map((count) => plural(count, "test")), ["0 tests", "1 test", "2 tests"]);
});
