// How often a test passes, and how long it takes, by configuration and setup. Pure.

import { shownRows } from "./rows.js";

/** @import { Group, Row } from "./rows.js" */
/** @import { Point } from "./points.js" */

/**
 * @typedef {object} Rate
 * @property {Row} row
 * @property {number} passed
 * @property {number} failed not as expected, on rigs that are well
 * @property {number} median seconds; -1 where nobody knows
 * @property {number} trend how much slower the latest ten are than those before, 1 for as ever; 0 where there are too few
 */

const PASSED = "pte";
const FAILED = "fu";
const LATEST = 10;

/**
 * @param {Point[]} points the latest first
 * @param {{groups: Group[], rowOf: (point: Point) => string}} rows
 * @returns {Rate[]}
 */
export function ratesOf(points, { groups, rowOf }) {
  const of = new Map();
  const groupOf = new Map(groups.flatMap(({ head, rows }) => (head ? rows.map(({ key }) => [key, head.key]) : [])));
  for (const point of points) {
    const key = rowOf(point);
    for (const each of groupOf.has(key) ? [key, groupOf.get(key)] : [key]) {
      if (!of.has(each)) of.set(each, []);
      of.get(each).push(point);
    }
  }
  return shownRows(groups, new Set(), () => true).map((row) => rateOf(row, of.get(row.key) ?? []));
}

function rateOf(row, points) {
  const sound = points.filter(({ run }) => !run.broken);
  const count = (letters) => sound.filter(({ outcome }) => letters.includes(outcome)).length;
  const times = sound.filter(({ outcome, elapsed }) => PASSED.includes(outcome) && elapsed >= 0).map(({ elapsed }) => elapsed);
  const [latest, before] = [times.slice(0, LATEST), times.slice(LATEST)];
  const trend = before.length >= LATEST && median(before) > 0 ? median(latest) / median(before) : 0;
  return { row, passed: count(PASSED), failed: count(FAILED), median: median(times), trend };
}

export function median(numbers) {
  if (!numbers.length) return -1;
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** "98 %": never 100 where something failed, nor 0 where something passed. */
export function rateText({ passed, failed }) {
  const total = passed + failed;
  if (total < 2) return "";
  const percent = Math.round((100 * passed) / total);
  return `${failed ? Math.min(99, passed ? Math.max(1, percent) : 0) : 100} %`;
}
