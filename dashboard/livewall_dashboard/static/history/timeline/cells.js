// Points at one place of a row: what is seen there. Pure.

/** @import { Axis } from "./axis.js" */
/** @import { Point } from "./points.js" */
/** @import { Row } from "./rows.js" */

/**
 * @typedef {object} Switches
 * @property {boolean} expected whether an expected failure is grey, not a failure
 * @property {boolean} flaky whether what passed and failed at one place is told apart from a failure
 */

/**
 * @typedef {object} Cell
 * @property {Point[]} points
 * @property {Kind} kind
 * @property {number} count failures where several things are at the place, else 0
 * @property {number} share of failures among all, 0 to 1
 * @property {number} elapsed seconds, the mean; -1 where nobody knows
 */

/**
 * @typedef {object} Scene what is drawn
 * @property {Row[]} rows
 * @property {Axis} axis
 * @property {Map<string, (Cell | undefined)[]>} cells
 * @property {Map<string, number>} breaks of a row the column in which it began to fail
 * @property {boolean} times
 */

/** @typedef {"failed" | "known" | "broken" | "abandoned" | "incomplete" | "running" | "flaky" | "expected" | "notrun" | "skipped" | "passed"} Kind */

/** @type {Record<string, Kind>} */
const KIND_OF = {
  p: "passed", f: "failed", u: "failed", s: "skipped", n: "notrun", e: "expected", t: "flaky", r: "running",
  a: "abandoned", i: "incomplete",
};
/** The first of these that is there is what is seen. @type {Kind[]} */
const WORST_FIRST = ["failed", "broken", "abandoned", "incomplete", "running", "flaky", "expected", "notrun", "passed", "skipped"];

/** @type {Record<Kind, string>} */
export const WORDS = {
  failed: "failed", known: "failed, as before", broken: "broken rig", abandoned: "abandoned", incomplete: "incomplete",
  running: "running", flaky: "flaky", expected: "failed as expected", notrun: "not run", skipped: "skipped", passed: "passed",
};

/** @param {Kind} kind */
export function isFailure(kind) {
  return kind === "failed" || kind === "known";
}

/**
 * @param {Point} point
 * @param {Switches} switches
 * @returns {Kind}
 */
export function kindOf({ outcome, run, failed }, { expected, flaky }) {
  if (outcome === "e" && !expected) return "failed";
  if (outcome === "u" && !expected) return "passed";
  if (outcome === "t" && !flaky) return "passed";
  const kind = KIND_OF[outcome] ?? "incomplete";
  return run.broken && failed ? "broken" : kind;
}

/**
 * @param {Point[]} points at one place of one row
 * @param {Switches} switches
 * @returns {Cell}
 */
export function cellOf(points, switches) {
  const kinds = points.map((point) => kindOf(point, switches));
  const there = new Set(kinds);
  let kind = WORST_FIRST.find((each) => there.has(each)) ?? "incomplete";
  if (kind === "failed" && there.has("passed") && switches.flaky && points.every(({ test }) => test) && isOneRow(points)) kind = "flaky";
  const failing = points.filter((_, place) => kinds[place] === kind || kinds[place] === "failed");
  const failed = failing.reduce((sum, point) => sum + (point.test ? 1 : point.failed), 0);
  const total = points.reduce((sum, point) => sum + Math.max(point.total, 1), 0);
  const counts = kind === "failed" || kind === "broken";
  return { points, kind, count: counts && (total > 1) ? failed : 0, share: counts ? failed / total : 0, elapsed: meanOf(points) };
}

/** Of one setup: that two setups differ is not flaky. */
function isOneRow(points) {
  return points.every(({ run }) => run.setup === points[0].run.setup);
}

function meanOf(points) {
  const known = points.map(({ elapsed }) => elapsed).filter((elapsed) => elapsed >= 0);
  return known.length ? known.reduce((sum, elapsed) => sum + elapsed, 0) / known.length : -1;
}

/**
 * @param {Point[]} points
 * @param {Axis} axis
 * @param {(point: Point) => string} keyOf a row's key
 * @param {Switches} switches
 * @returns {Map<string, (Cell | undefined)[]>} of each row its cells, by column
 */
export function cellsOf(points, axis, keyOf, switches) {
  const found = new Map();
  for (const point of points) {
    const place = axis.placeOf(point);
    if (place < 0) continue;
    const key = keyOf(point);
    if (!found.has(key)) found.set(key, new Array(axis.columns.length));
    const row = found.get(key);
    if (row[place]) row[place].push(point);
    else row[place] = [point];
  }
  for (const [key, row] of found) found.set(key, markKnown(row.map((each) => each && cellOf(each, switches))));
  return found;
}

/** A failure that the row had at its place before is known: what is new stands out. */
function markKnown(cells) {
  let before = null;
  for (const cell of cells) {
    if (!cell) continue;
    const failed = cell.kind === "failed";
    if (failed && before === "failed") cell.kind = "known";
    if (!["broken", "running", "incomplete", "abandoned", "skipped", "notrun"].includes(cell.kind)) before = failed ? "failed" : cell.kind;
  }
  return cells;
}

/**
 * Where a row stands: since when it fails, and when it was last well; null where nothing is known of it.
 *
 * @param {(Cell | undefined)[]} cells
 * @returns {{kind: Kind, firstBad: number, lastGood: number, latest: number} | null} numbers of columns, -1 for none
 */
export function standing(cells) {
  let latest = -1;
  let firstBad = -1;
  let lastGood = -1;
  cells.forEach((cell, place) => {
    if (!cell || cell.kind === "running") return;
    latest = place;
    if (isFailure(cell.kind)) firstBad = firstBad < 0 ? place : firstBad;
    else if (cell.kind === "passed" || cell.kind === "expected" || cell.kind === "flaky") {
      lastGood = place;
      firstBad = -1;
    }
  });
  if (latest < 0) return null;
  return { kind: cells[latest].kind, firstBad, lastGood, latest };
}
