import assert from "node:assert/strict";
import test from "node:test";

import { load } from "../pages.mjs";

const { remainingText } = await load("jobqueue/remaining.js");

const remaining = { seconds: 100, rest: 40, usual: 200, jobs: 12, of_name: true };
const nightly = "by the medians of the last 12 jobs called nightly.";

for (const [about, more, spent, said] of [
  ["in a phase that goes as usual", {}, 20, `About 4 min left, ${nightly}`],
  ["in a phase that takes longer", {}, 201, `Its phase test takes longer than usual (3:20); about 40 s after it, ${nightly}`],
  ["in a last phase that takes longer", { rest: 0 }, 201, `Its phase test takes longer than usual (3:20), ${nightly}`],
  ["before its first phase", { usual: null, rest: 240 }, 3, `About 4 min left, ${nightly}`],
  ["by jobs of other names", { of_name: false, jobs: 5 }, 20, "About 4 min left, by the medians of the last 5 jobs of its queue."],
]) {
  test(`what is left of a job ${about}`, () => {
    const job = { state: "test", name: "nightly", reserved_until: null, remaining: { ...remaining, ...more } };
    assert.equal(remainingText(job, spent), said);
  });
}

test("what is left after a reservation, whose end the page says itself", () => {
  const job = { state: "reserve", name: "nightly", reserved_until: "2026-05-04T10:00:00Z" };
  assert.equal(remainingText({ ...job, remaining: { ...remaining, rest: 0 } }, 5), "");
  assert.equal(remainingText({ ...job, remaining }, 5), `About 40 s after its reservation, ${nightly}`);
});
