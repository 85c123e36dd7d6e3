// The y axis: configurations, which fold, and in them a row for each setup and SDK. Pure.

import { LABEL } from "./axis.js";
import { countingLabels } from "./points.js";

/** @import { Point } from "./points.js" */

/**
 * @typedef {object} Row
 * @property {string} key how an address names it
 * @property {string} name
 * @property {string} title
 * @property {string} detail what is told beside the name
 * @property {number} level 0 of a configuration, 1 of what is in it; 0 also of a setup that stands alone
 * @property {string} group the key of its configuration
 * @property {boolean} isGroup
 * @property {string} setup "" of several
 * @property {"suite" | "test"} [part] where rows are the suites and tests of a folder
 */

/**
 * @typedef {object} Group
 * @property {Row | null} head null where there is only one row in it
 * @property {Row[]} rows
 */

export const BY_SETUP = "setup";
const SDK = "sdk";
const inOrder = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

/**
 * @param {Point[]} points
 * @param {{by: string, axis: string, bySuite: boolean}} options `by`: "" for the whole configuration, "setup", or
 *   "label:NAME"; `bySuite`: points are of several suites, which then are what folds
 * @returns {{groups: Group[], rowOf: (point: Point) => string}} `rowOf`: a row's key
 */
export function rowsOf(points, { by, axis, bySuite }) {
  const counting = countingLabels(points);
  const groupOf = grouping(by, bySuite, (name) => name === SDK || counting.has(name) || axis === `${LABEL}${name}`);
  const found = new Map();
  for (const { run } of points) {
    const { key, name } = groupOf(run);
    const group = found.get(key) ?? { key, name, rows: new Map(), setups: new Set() };
    found.set(key, group);
    group.setups.add(run.setup);
    const row = rowKey(key, run);
    if (!group.rows.has(row)) group.rows.set(row, { setup: run.setup, sdk: run.labels[SDK] ?? "" });
  }
  const groups = [...found.values()].map(groupFrom).sort((a, b) => inOrder.compare(nameOf(a), nameOf(b)));
  return { groups, rowOf: ({ run }) => rowKey(groupOf(run).key, run) };
}

function nameOf({ head, rows }) {
  return (head ?? rows[0]).name;
}

function rowKey(group, { setup, labels }) {
  return [group, setup, labels[SDK] ?? ""].join("|");
}

/** Labels of a run are one object for all runs of a configuration: what they make is remembered. */
function grouping(by, bySuite, isLeftOut) {
  const known = new Map();
  return ({ labels, suite }) => {
    if (bySuite) return { key: suite, name: suite };
    if (!known.has(labels)) known.set(labels, configuration(labels, by, isLeftOut));
    return known.get(labels);
  };
}

function configuration(labels, by, isLeftOut) {
  if (by === BY_SETUP) return { key: "", name: "" };
  if (by.startsWith(LABEL)) {
    const value = labels[by.slice(LABEL.length)] ?? "";
    return { key: value, name: value || `no ${by.slice(LABEL.length)}` };
  }
  const told = Object.entries(labels).filter(([name]) => !isLeftOut(name)).sort(([a], [b]) => (a < b ? -1 : 1));
  return { key: told.map(([name, value]) => `${name}=${value}`).join(","), name: told.map(([, value]) => value).join(" · ") };
}

/** A configuration of one setup bears its name: what is in it are its SDKs. @returns {Group} */
function groupFrom({ key, name, rows, setups }) {
  const [only] = setups.size === 1 ? setups : [""];
  const made = [...rows].map(([rowName, { setup, sdk }]) => ({
    key: rowName, group: key, level: 1, isGroup: false, setup,
    name: only ? sdk || "no SDK" : [setup, sdk].filter(Boolean).join(" · "),
    title: [setup, sdk && `SDK ${sdk}`, name].filter(Boolean).join(" · "), detail: "",
  }));
  made.sort((a, b) => inOrder.compare(a.name, b.name));
  if (made.length === 1) {
    const [row] = made;
    return { head: null, rows: [{ ...row, level: 0, name: row.setup, detail: name }] };
  }
  if (!name && !only) return { head: null, rows: made.map((row) => ({ ...row, level: 0 })) };
  const head = { key, group: key, level: 0, isGroup: true, setup: only, name: only || name, title: name, detail: only && name };
  return { head, rows: made };
}

/**
 * The rows that are drawn.
 *
 * @param {Group[]} groups
 * @param {Set<string>} folded keys of groups
 * @param {(row: Row) => boolean} isWanted
 * @returns {Row[]}
 */
export function shownRows(groups, folded, isWanted) {
  return groups.flatMap(({ head, rows }) => {
    const wanted = rows.filter(isWanted);
    if (!head || !wanted.length) return wanted;
    return folded.has(head.key) ? [head] : [head, ...wanted];
  });
}
