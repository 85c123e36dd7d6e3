// Rows that are the suites and tests of a folder, where each suite opens to what is in it. Pure.

import { pointsOf } from "./points.js";

/** @import { Timeline } from "types/api" */
/** @import { Group, Row } from "./rows.js" */
/** @import { Point } from "./points.js" */

const inOrder = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

/**
 * The points of all folders that are told of.
 *
 * @param {Map<string, Timeline>} levels by the folder that was asked for
 * @returns {Point[]}
 */
export function pointsOfParts(levels) {
  return [...levels.values()].flatMap(pointsOf);
}

/**
 * @param {Map<string, Timeline>} levels by the folder that was asked for
 * @param {string} root the folder that the page is of
 * @param {Set<string>} open longnames
 * @returns {{groups: Group[], rowOf: (point: Point) => string}}
 */
export function partRows(levels, root, open) {
  const below = (folder, level) => {
    const parts = [...(levels.get(folder)?.parts ?? [])].sort((a, b) => inOrder.compare(a.name, b.name));
    return parts.flatMap((part) => {
      const row = rowOfPart(part, folder, level);
      return row.isGroup && open.has(row.key) ? [row, ...below(row.key, level + 1)] : [row];
    });
  };
  return { groups: [{ head: null, rows: below(root, 0) }], rowOf: ({ part }) => part.longname };
}

/** @returns {Row} */
function rowOfPart({ longname, name, kind }, folder, level) {
  return { key: longname, name, title: longname, detail: "", level, group: folder, isGroup: kind === "suite", setup: "", part: kind };
}
