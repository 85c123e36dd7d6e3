// Which lines a tile shows when there is room for so many: the most telling first. Pure.

import { isAgentTelling, kindOf, lostOf } from "./present.js";

/** @import { Tile } from "types/live" */

const MOST_MESSAGE_LINES = 3;

/**
 * What would be shown, most telling first: names of rows, "failure" for one more failed test, "message" for one line
 * more of each failure's message, "wrap" for a second line of a long test name.
 *
 * @param {Tile} tile
 */
function wishes(tile, keyword) {
  if (!tile.agent) return wishesOfRun(tile, keyword);
  const wanted = wishesOfRun(tile, keyword);
  if (isAgentTelling(tile)) return ["agent", ...wanted];
  const before = wanted.findIndex((wish) => wish === "code" || wish === "meta");
  return [...wanted.slice(0, before), "agent", ...wanted.slice(before)];
}

/** @param {Tile} tile */
function wishesOfRun(tile, keyword) {
  const failures = tile.failures?.length ?? 0;
  const first = failures ? ["failure", "message"] : [];
  const others = Array.from({ length: Math.max(0, failures - 1) }, () => "failure");
  const detail = keyword ? ["detail"] : [];
  const processes = (tile.processes ?? []).map(() => "process");
  const isPartial = tile.state !== "running" && Boolean(lostOf(tile));
  const news = isPartial ? ["meta", "code"] : ["code", "meta"];
  switch (kindOf(tile)) {
    case "failing":
      return tile.state === "running"
        ? [...first, "now", "suite", ...others.slice(0, 1), ...detail, ...news, ...others.slice(1), "wrap", "message",
          "message", ...processes]
        : [...first, ...others.slice(0, 1), ...news, ...others.slice(1), "message", "message"];
    case "running":
      return ["now", "suite", ...detail, ...news, "wrap", ...processes];
    case "stale":
    case "abandoned":
      return isPartial
        ? ["since", "meta", "now", ...first, "suite", "code", ...others]
        : ["since", "now", ...first, "suite", ...news, ...others];
    case "nodata":
      return ["since", "meta"];
    default:
      return isPartial ? [...news, "name"] : ["name", ...news];
  }
}

/**
 * `{now, suite, detail, agent, name, since, code, meta, recent, wrap: true or absent, failures, messageLines, processes: counts}`.
 * `keyword`: whether there is a keyword to show beside the test; `recent`: whether there are runs before this one.
 *
 * @param {Tile} tile
 */
export function allot(tile, lines, keyword = false, recent = false) {
  const rows = { failures: 0, messageLines: 0, processes: 0 };
  let free = lines;
  for (const wish of [...wishes(tile, keyword), ...(recent ? ["recent"] : [])]) {
    if (wish === "message") {
      if (rows.failures === 0 || rows.messageLines >= MOST_MESSAGE_LINES || free < rows.failures) continue;
      rows.messageLines += 1;
      free -= rows.failures;
      continue;
    }
    const height = wish === "failure" ? 1 + rows.messageLines : 1;
    if (free < height) continue;
    if (wish === "failure") rows.failures += 1;
    else if (wish === "process") rows.processes += 1;
    else rows[wish] = true;
    free -= height;
  }
  return rows;
}

/** Widths in ems: of a figure's glyph with the space beside it, of a digit, of a letter among others. */
const MARK = 1.8;
const DIGIT = 0.6;
const LETTER = 0.51;
const BY_WEIGHT = ["failed", "eta", "passed", "skipped", "expected_failures"];

/**
 * Which figures of the counts' line fit beside the fraction, as a Set of their names. `texts`: `{fraction, eta, passed,
 * failed, skipped, expected_failures}`, "" for none; `columns`: the line's width in ems.
 */
export function fitFigures(texts, columns) {
  const shown = new Set();
  let free = columns - (texts.fraction ?? "").length * LETTER;
  for (const name of BY_WEIGHT) {
    const text = texts[name];
    if (!text) continue;
    const width = name === "eta" ? text.length * LETTER + 1.9 : text.length * DIGIT + MARK;
    if (width > free) continue;
    shown.add(name);
    free -= width;
  }
  return shown;
}
