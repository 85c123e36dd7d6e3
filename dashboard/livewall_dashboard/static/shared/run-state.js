// How a run stands: its word and its kind of badge, and its tests in numbers. Pure.

import { plural } from "./format.js";

/** @import { Run } from "types/api" */

const RUNS = {
  running: { kind: "running", glyph: "running", word: "Running" },
  abandoned: { kind: "abandoned", glyph: "abandoned", word: "Abandoned" },
  PASS: { kind: "PASS", glyph: "passed", word: "Passed" },
  FAIL: { kind: "FAIL", glyph: "failing", word: "Failed" },
  SKIP: { kind: "SKIP", glyph: "skipped", word: "Skipped" },
  incomplete: { kind: "incomplete", glyph: "incomplete", word: "Incomplete" },
};

/**
 * `{kind, glyph, word}` of a run; one that ended without a status lacks something.
 *
 * @param {Pick<Run, "state" | "status">} run
 */
export function runState({ state, status }) {
  return RUNS[state === "finished" ? (status ?? "incomplete") : state];
}

/**
 * "212 of 400 tests, 2 failed"; of a run that is over, what is missing counts among all.
 *
 * @param {Pick<Run, "counts" | "missing" | "state">} run
 */
export function countText({ counts, missing, state }) {
  const done = counts.passed + counts.failed + counts.skipped + counts.expected_failures;
  const total = Math.max(counts.total, done + (state === "running" ? 0 : missing));
  const tests = done === total ? plural(total, "test") : `${done} of ${plural(total, "test")}`;
  return counts.failed ? `${tests}, ${counts.failed} failed` : tests;
}
