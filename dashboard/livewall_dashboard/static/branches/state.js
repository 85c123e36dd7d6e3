// What a build of a branch is in, and why a commit is in it: words and kinds of badges. Pure.

/** @import { BranchBuild, BuildPoint, BuildStep, BundleCommit, HtmlPages, Instance } from "types/api" */

const STATES = {
  gathering: { kind: "waiting", glyph: "incomplete", word: "Gathering" },
  waiting: { kind: "waiting", glyph: "stale", word: "Waiting" },
  building: { kind: "running", glyph: "running", word: "Building" },
};
const RESULTS = {
  ok: { kind: "PASS", glyph: "passed", word: "Passed" },
  warnings: { kind: "incomplete", glyph: "abandoned", word: "Warnings" },
  failed: { kind: "FAIL", glyph: "failing", word: "Failed" },
  killed: { kind: "none", glyph: "idle", word: "Killed" },
  skipped: { kind: "none", glyph: "skipped", word: "Skipped" },
};
const STEPS = {
  waiting: { kind: "waiting", glyph: "stale", word: "Waiting" },
  running: { kind: "running", glyph: "running", word: "Running" },
  ok: RESULTS.ok,
  failed: RESULTS.failed,
  killed: RESULTS.killed,
  skipped: { ...RESULTS.skipped, word: "Not run" },
};
const INSTANCES = {
  starting: { kind: "waiting", glyph: "stale", word: "Starting" },
  running: { kind: "running", glyph: "running", word: "Runs" },
  stopping: { kind: "waiting", glyph: "stale", word: "Stopping" },
  stopped: { kind: "none", glyph: "idle", word: "Sleeps" },
  failed: { kind: "FAIL", glyph: "failing", word: "Failed" },
};
const UNHEALTHY = { kind: "incomplete", glyph: "abandoned", word: "Unhealthy" };
const LOST = { kind: "incomplete", glyph: "abandoned", word: "Agent away" };
const RULES = {
  head: { word: "head", title: "The newest commit of the branch of this name" },
  base_match: { word: "base, matched", title: "What the base was last built with where this branch left it" },
  base: { word: "base", title: "There is no branch of this name: the newest commit of the base stands in" },
  none: { word: "none", title: "There is no branch of this name, and none that stands in" },
};
const UNKNOWN = { kind: "none", glyph: "nodata", word: "No result" };

/**
 * `{kind, glyph, word}` of a build. Nothing is well of which no result says so.
 *
 * @param {Pick<BranchBuild | BuildPoint, "state" | "result">} build
 */
export function buildState({ state, result }) {
  return (state === "done" ? RESULTS[result] : STATES[state]) ?? UNKNOWN;
}

/** @param {Pick<BuildStep, "status" | "warnings">} step */
export function stepState({ status, warnings }) {
  return status === "ok" && warnings ? RESULTS.warnings : (STEPS[status] ?? UNKNOWN);
}

/** @param {Pick<Instance, "state" | "away" | "unhealthy_since">} instance */
export function instanceState({ state, away, unhealthy_since: unhealthy }) {
  if (away) return LOST;
  return unhealthy ? UNHEALTHY : (INSTANCES[state] ?? UNKNOWN);
}

/**
 * By which rule a commit was chosen: a word, and what it means.
 *
 * @param {Pick<BundleCommit, "match">} commit
 */
export function ruleOf({ match }) {
  return RULES[match] ?? { word: match, title: "" };
}

/**
 * How far a commit is from the newest of its base: "2 ahead, 3 behind"; "" where it is level with it, or nobody knows.
 *
 * @param {Pick<BundleCommit, "ahead" | "behind">} commit
 */
export function distanceText({ ahead, behind }) {
  return [ahead ? `${ahead} ahead` : "", behind ? `${behind} behind` : ""].filter(Boolean).join(", ");
}

/**
 * What a folder of HTML is called: "Coverage 87.5 %", or as its folder is.
 *
 * @param {Pick<HtmlPages, "name" | "coverage">} pages
 */
export function htmlText({ name, coverage }) {
  if (coverage !== null) return `Coverage ${coverage} %`;
  return /cov/i.test(name) ? "Coverage" : name;
}

/**
 * Where an error is, and what it says: "src/x.c:40: no such file".
 *
 * @param {BuildStep["first_error"]} error
 */
export function errorText({ text, file, line }) {
  if (!file) return text;
  return `${file}${line ? `:${line}` : ""}: ${text}`;
}

/** "3 warnings, 1 error"; "" for none. */
export function complaintsText({ warnings, errors }) {
  const many = (count, noun) => `${count} ${noun}${count === 1 ? "" : "s"}`;
  return [errors ? many(errors, "error") : "", warnings ? many(warnings, "warning") : ""].filter(Boolean).join(", ");
}
