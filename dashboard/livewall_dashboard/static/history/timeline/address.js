// What of the view is in the address: everything a reader can set. Pure.

import { USUAL_ZOOM, ZOOMS } from "./zoom.js";

/**
 * @typedef {object} View
 * @property {string} axis "" for the usual one
 * @property {string} rows
 * @property {boolean} expected
 * @property {boolean} flaky
 * @property {boolean} times
 * @property {boolean} failing whether rows that fail now are shown alone
 * @property {number} zoom
 * @property {Set<string>} folded
 * @property {Set<string>} open longnames of suites whose parts are shown
 * @property {[string, string] | null} at a row and a column
 * @property {[string, string] | null} range two columns
 */

const PART = "~";

/**
 * @param {URLSearchParams} search
 * @returns {View}
 */
export function viewOf(search) {
  const zoom = Number(search.get("zoom"));
  return {
    axis: search.get("axis") ?? "",
    rows: search.get("rows") ?? "",
    expected: search.get("expected") !== "no",
    flaky: search.get("flaky") !== "no",
    times: search.get("times") === "yes",
    failing: search.get("failing") === "yes",
    zoom: ZOOMS.includes(zoom) ? zoom : USUAL_ZOOM,
    folded: new Set(search.getAll("folded")),
    open: new Set(search.getAll("open")),
    at: pairOf(search.get("at")),
    range: pairOf(search.get("range")),
  };
}

/**
 * The same with changes, as a query.
 *
 * @param {URLSearchParams} search
 * @param {Partial<View>} changes
 */
export function searchOfView(search, changes) {
  const next = new URLSearchParams(search);
  for (const [name, value] of Object.entries(changes)) {
    next.delete(name);
    for (const text of textsOf(name, value)) next.append(name, text);
  }
  return next;
}

function textsOf(name, value) {
  if (value instanceof Set) return [...value];
  if (Array.isArray(value)) return [value.join(PART)];
  if (name === "expected" || name === "flaky") return value ? [] : ["no"];
  if (name === "zoom") return value === USUAL_ZOOM ? [] : [String(value)];
  if (value === true) return ["yes"];
  return value ? [String(value)] : [];
}

/** @returns {[string, string] | null} */
function pairOf(text) {
  const place = text?.lastIndexOf(PART) ?? -1;
  return place < 0 ? null : [text.slice(0, place), text.slice(place + 1)];
}
