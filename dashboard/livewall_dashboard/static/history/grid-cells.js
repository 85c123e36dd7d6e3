// The cells of a row of the grid as paths of one drawing, and in words. Pure.

import { plural } from "./text.js";

/** By the letters of the API, and those of folderCells: what the drawing calls it, and the word. */
export const LETTERS = {
  P: ["passed", "passed"],
  R: ["retried", "passed at a later try"],
  F: ["failed", "failed"],
  c: ["some", "up to half failed"],
  b: ["few", "up to a tenth failed"],
  X: ["expected", "failed as expected"],
  S: ["skipped", "skipped"],
  N: ["notrun", "not run"],
  ".": ["none", "not in this run"],
};

/** Between cells, where there is room for it. */
const GAP = 1;
const GAP_FROM = 4;

/**
 * Path data by kind, in the order of drawing: a square for each cell, `width` apart and `height` high, then a cross on what
 * failed where there is room for one, so that it is not told by colour alone.
 */
export function paths(cells, width, height) {
  const squares = {};
  const marks = {};
  const add = (kind, path, found = squares) => {
    found[kind] = (found[kind] ?? "") + path;
  };
  const side = width >= GAP_FROM ? width - GAP : width;
  [...cells].forEach((letter, place) => {
    const [kind] = LETTERS[letter] ?? LETTERS["."];
    const x = place * width;
    if (kind === "none") {
      add(kind, `M${x + side / 2 - 1} ${height / 2 - 1}h2v2h-2z`);
      return;
    }
    add(kind, `M${x} 0h${side}v${height}h-${side}z`);
    const mark = MARKS[kind];
    if (mark && side >= 7) add(kind === "few" ? "mark-few" : "mark", mark(x + side / 2, height / 2, Math.min(side, height) / 4), marks);
  });
  return { ...squares, ...marks };
}

const cross = (x, y, r) => `M${x - r} ${y - r}l${2 * r} ${2 * r}M${x + r} ${y - r}l${-2 * r} ${2 * r}`;
const MARKS = {
  failed: cross,
  some: cross,
  few: cross,
  expected: (x, y, r) => `M${x - r} ${y - r / 2}h${2 * r}M${x - r} ${y + r / 2}h${2 * r}`,
};

/** A row to hear: "failed in 3 of 40 runs, 2 changes; in the latest: failed". */
export function rowText({ cells, failed, flips }) {
  const ran = [...cells].filter((letter) => letter !== ".").length;
  const latest = [...cells].reverse().find((letter) => letter !== ".");
  const parts = [`failed in ${failed} of ${plural(ran, "run")}`];
  if (flips) parts.push(plural(flips, "change"));
  return `${parts.join(", ")}; in the latest: ${(LETTERS[latest] ?? LETTERS["."])[1]}`;
}

/** The cell at `x` of a strip, or the nearest. */
export function cellAt(x, width, count) {
  return Math.min(count - 1, Math.max(0, Math.floor(x / width)));
}

/** How wide cells are so that `count` of them fit: at most 22, and whole pixels where they are not tiny. */
export function cellWidth(room, count) {
  const each = room / Math.max(1, count);
  return each < GAP_FROM ? Math.max(0.5, Math.floor(each * 8) / 8) : Math.min(22, Math.floor(each));
}

/** Passed of what passed or failed, of all runs; null where nothing did. */
export function rate({ passed, failed }) {
  const sum = (numbers) => numbers.reduce((all, number) => all + number, 0);
  const [good, bad] = [sum(passed), sum(failed)];
  return good + bad ? good / (good + bad) : null;
}

/** A rate that never rounds up to all: 399 of 400 are 99.7 %. */
export function percent(part) {
  if (part === null) return "–";
  const shown = Math.floor(part * 1000) / 10;
  return `${shown === 100 || shown === 0 ? shown : shown.toFixed(1)} %`;
}

/** The mean of the runs that have any of it. */
export function meanSeconds({ seconds, total }) {
  const ran = seconds.filter((_, place) => total[place]);
  return ran.length ? ran.reduce((all, each) => all + each, 0) / ran.length : null;
}

/** How the time goes: the last quarter of the runs beside the first, as a ratio; null where these are too few. */
export function drift({ seconds, total }) {
  const ran = seconds.filter((_, place) => total[place]);
  const quarter = Math.floor(ran.length / 4);
  if (quarter < 2) return null;
  const mean = (part) => part.reduce((all, each) => all + each, 0) / part.length;
  const before = mean(ran.slice(0, quarter));
  return before ? mean(ran.slice(-quarter)) / before : null;
}

/** What so many failures are among so many tests: 1 is not 360. */
function share(failed, total) {
  const part = failed / total;
  return part > 0.5 ? "F" : part > 0.1 ? "c" : "b";
}

/** A letter for each run of a folder. */
export function folderCells({ total, failed, passed }) {
  return total.map((all, place) => (failed[place] ? share(failed[place], all) : passed[place] ? "P" : all ? "S" : ".")).join("");
}

/** A letter for each run as a whole; one without a status is not known to be well. */
export function runCells(runs) {
  const letter = ({ status, counts }) => (status === "FAIL" ? share(counts.failed, counts.total) : { PASS: "P", SKIP: "S" }[status] ?? "N");
  return runs.map(letter).join("");
}

/** What of a longname is below a folder: that is on the page already. */
export function below(longname, folder) {
  if (longname === folder) return "";
  return folder && longname.startsWith(folder) ? longname.slice(folder.length + 1) : longname;
}
