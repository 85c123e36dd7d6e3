import assert from "node:assert/strict";
import test from "node:test";

import { load } from "../pages.mjs";

const { median, rateText, ratesOf } = await load("history/timeline/rates.js");
const { durationLines } = await load("history/timeline/durations.js");
const { screenshotsOf } = await load("history/timeline/screenshots.js");

const point = (setup, outcome, elapsed = 2, { at = 0, broken = false } = {}) => ({
  run: { id: "r", setup, suite: "S", branch: "", labels: {}, commits: [], revision: "", startedAt: at, broken },
  outcome, elapsed, failed: outcome === "f" ? 1 : 0, total: 1, test: { process: "0", id: "s1-t1" },
});
const row = (setup) => ({ key: setup, name: setup, level: 0, group: "", isGroup: false });
const rowOf = ({ run }) => run.setup;

test("a rate counts what says something: no skips, and no broken rig", () => {
  const points = [..."ppfts"].map((outcome) => point("a", outcome)).concat(point("a", "f", 2, { broken: true }), point("b", "e"));
  const rates = ratesOf(points, { groups: [{ head: null, rows: [row("a"), row("b")] }], rowOf });
  assert.deepEqual(rates.map(({ passed, failed }) => [passed, failed]), [[3, 1], [1, 0]]);
  assert.deepEqual(rates.map(rateText), ["75 %", ""]);
});

test("a configuration is the sum of its rows", () => {
  const head = { ...row("all"), isGroup: true };
  const rates = ratesOf([point("a", "p"), point("b", "f")], { groups: [{ head, rows: [row("a"), row("b")] }], rowOf });
  assert.deepEqual(rates.map(({ row: { name }, passed, failed }) => [name, passed, failed]), [["all", 1, 1], ["a", 1, 0], ["b", 0, 1]]);
});

test("one failure of a thousand is not 100 %, one pass not 0 %", () => {
  assert.equal(rateText({ passed: 999, failed: 1 }), "99 %");
  assert.equal(rateText({ passed: 1, failed: 999 }), "1 %");
  assert.equal(rateText({ passed: 7, failed: 0 }), "100 %");
  assert.equal(rateText({ passed: 0, failed: 7 }), "0 %");
});

test("a trend compares the latest ten with those before", () => {
  const points = [...Array(10).fill(4), ...Array(10).fill(2)].map((elapsed) => point("a", "p", elapsed));
  const trendOf = (some) => ratesOf(some, { groups: [{ head: null, rows: [row("a")] }], rowOf })[0].trend;
  assert.equal(trendOf(points), 2);
  assert.equal(trendOf(points.slice(0, 19)), 0);
  assert.deepEqual([median([]), median([3, 1, 2]), median([4, 1])], [-1, 2, 2.5]);
});

test("a line for each setup, of the six with the most results; nothing where one did not run", () => {
  const points = ["a", "a", "b"].map((setup, place) => point(setup, "p", place + 1, { at: 30 - 10 * place }));
  assert.deepEqual(durationLines(points), {
    times: [10, 20, 30], lines: [{ setup: "a", values: [null, 2, 1] }, { setup: "b", values: [3, null, null] }], left: 0,
  });
  const many = durationLines([..."abcdefgh"].map((setup) => point(setup, "p")));
  assert.deepEqual([many.lines.length, many.left], [6, 2]);
  assert.deepEqual(durationLines([point("a", "s", 0)]).times, []);
});

test("a screenshot belongs to a test by its name, its id or the message; or to the only failure", () => {
  const files = ["valid-login-1.png", "s1-t2 end.png", "other.png", "named.jpg", "valid-login.txt"].map((name) => ({
    name, content_type: name.endsWith("txt") ? "text/plain" : "image/png",
  }));
  const names = (wanted, failed = 3) => screenshotsOf(files, { name: "Other Thing", id: "s1-t9", message: "", ...wanted }, failed).map(({ name }) => name);
  assert.deepEqual(names({ name: "Valid Login" }), ["valid-login-1.png"]);
  assert.deepEqual(names({ id: "s1-t2" }), ["s1-t2 end.png"]);
  assert.deepEqual(names({ id: "s1-t" }), []);
  assert.deepEqual(names({ message: "see named.jpg" }), ["named.jpg"]);
  assert.deepEqual(names({}), []);
  assert.equal(names({}, 1).length, 4);
});
