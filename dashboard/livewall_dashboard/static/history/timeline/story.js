// What a timeline says, in words. Pure.

import { plural } from "../text.js";
import { WORDS, isFailure, kindOf, standing } from "./cells.js";

/** @import { Axis } from "./axis.js" */
/** @import { Cell } from "./cells.js" */
/** @import { Run } from "./points.js" */
/** @import { Row } from "./rows.js" */

/**
 * Of each row where it began to fail, if it still does and was well before.
 *
 * @param {Map<string, (Cell | undefined)[]>} cells
 * @returns {Map<string, number>}
 */
export function breaksOf(cells) {
  const breaks = new Map();
  for (const [key, row] of cells) {
    const now = standing(row);
    if (now && isFailure(now.kind) && now.lastGood >= 0) breaks.set(key, now.firstBad);
  }
  return breaks;
}

/** @typedef {{text: string, failing: Row[], kind: "failing" | "well" | "unclear" | "none", firstBad: number, lastGood: number}} Story */

/**
 * "Failing on 2 of 6 setups", with since when and what was last well: of the rows that fail now, the earliest bounds.
 *
 * @param {Row[]} rows those of single setups
 * @param {Map<string, (Cell | undefined)[]>} cells
 * @param {Axis} axis
 * @returns {Story}
 */
export function story(rows, cells, axis) {
  const known = rows.map((row) => ({ row, now: standing(cells.get(row.key) ?? []) })).filter(({ now }) => now);
  const failing = known.filter(({ now }) => isFailure(now.kind));
  const none = { firstBad: -1, lastGood: -1, failing: [] };
  if (!known.length) return { ...none, text: "", kind: "none" };
  const unclear = known.filter(({ now }) => !isFailure(now.kind) && !["passed", "expected", "skipped", "flaky"].includes(now.kind));
  const noun = new Set(known.map(({ row }) => row.setup)).size === known.length ? "setup" : "row";
  const places = (count) => (known.length === 1 ? nameOfRow(known[0].row) : `${count.toLocaleString("en")} of ${plural(known.length, noun)}`);
  if (!failing.length) {
    if (unclear.length) return { ...none, text: `Without a result that can be trusted on ${places(unclear.length)}`, kind: "unclear" };
    return { ...none, text: known.length === 1 ? `Well on ${places(1)}` : `Well on all ${plural(known.length, noun)}`, kind: "well" };
  }
  const withBounds = failing.filter(({ now }) => now.lastGood >= 0);
  const firstBad = Math.min(...failing.map(({ now }) => now.firstBad));
  const lastGood = withBounds.length ? Math.max(...withBounds.filter(({ now }) => now.lastGood < firstBad).map(({ now }) => now.lastGood), -1) : -1;
  // What failed in all that is drawn may have begun before it.
  const since = axis.columns[firstBad] ? `, since ${nameOf(axis.columns[firstBad])}${lastGood < 0 ? " or earlier" : ""}` : "";
  const names = failing.length <= 3 ? ` (${failing.map(({ row }) => nameOfRow(row)).join(", ")})` : "";
  return { text: `Failing on ${places(failing.length)}${known.length > 1 ? names : ""}${since}`, failing: failing.map(({ row }) => row), kind: "failing", firstBad, lastGood };
}

function nameOfRow({ setup, name }) {
  return setup || name;
}

/** A column in a sentence. */
export function nameOf({ labels, title }) {
  return labels.find(Boolean) ?? title;
}

/**
 * A cell in words: "2 failed of 3", "passed, 1.2 s".
 *
 * @param {Cell | undefined} cell
 * @param {import("./cells.js").Switches} switches
 */
export function cellText(cell, switches) {
  if (!cell) return "";
  const { points, kind } = cell;
  if (points.length === 1) return pointText(points[0], kind);
  const counts = new Map();
  for (const point of points) {
    const word = WORDS[kindOf(point, switches)];
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return [...counts].map(([word, count]) => `${count} ${word}`).join(", ");
}

function pointText({ test, failed, total, outcome }, kind) {
  if (test) return outcome === "t" ? "passed at a later try" : WORDS[kind];
  return failed ? `${failed} of ${total} failed` : WORDS[kind];
}

/**
 * What changed between two columns: rows that began to fail there and rows that ended it.
 *
 * @param {Row[]} rows
 * @param {Map<string, (Cell | undefined)[]>} cells
 * @param {{from: number, to: number}} range both included
 */
export function changesIn(rows, cells, { from, to }) {
  const newly = [];
  const fixed = [];
  for (const row of rows) {
    const all = cells.get(row.key) ?? [];
    const before = standing(all.slice(0, from)) ?? standing(all.slice(from, from + 1));
    const after = standing(all.slice(0, to + 1));
    if (!before || !after || !all.slice(from, to + 1).some(Boolean)) continue;
    if (!isFailure(before.kind) && isFailure(after.kind)) newly.push(row);
    if (isFailure(before.kind) && !isFailure(after.kind)) fixed.push(row);
  }
  return { newly, fixed };
}

/**
 * The first and the last run of a row in a range of columns; null where there are no two.
 *
 * @param {(Cell | undefined)[]} row
 * @returns {{left: Run, right: Run} | null}
 */
export function endsOf(row, from, to) {
  const there = (row ?? []).slice(from, to + 1).flatMap((cell) => (cell ? [cell] : []));
  const [left, right] = [there[0]?.points.at(-1)?.run, there.at(-1)?.points[0]?.run];
  return left && right && left.id !== right.id ? { left, right } : null;
}
