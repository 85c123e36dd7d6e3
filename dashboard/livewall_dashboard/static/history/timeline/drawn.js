// How much of a timeline is drawn, and what of it is left out. Pure.

import { lastPart, plural } from "../text.js";

/** @import { Timeline } from "types/api" */
/** @import { Row } from "./rows.js" */

/** Runs of a setup that the API tells of where nobody says how many. */
const USUAL = "60";
/** Suites that are named. */
const MOST_NAMED = 3;

/**
 * "2 runs on 1 setup; 30 older not drawn: the latest 60 of each setup".
 *
 * @param {Timeline} timeline
 * @param {[string, Timeline][]} opened longnames of the suites that are open in it, and what is told of each
 */
export function drawnText(timeline, opened, limit) {
  const { points, runs, setups } = timeline;
  const what = `${points.test[0] >= 0 ? plural(points.run.length, "result") : plural(runs.id.length, "run")} on ${plural(setups.length, "setup")}`;
  return [what, partsText(timeline, "it"), ...suiteTexts(opened, timeline), olderText(timeline, limit)].filter(Boolean).join("; ");
}

/**
 * The suites that are open, each with what is told of it.
 *
 * @param {Row[]} rows
 * @param {Map<string, Timeline>} levels by the folder that was asked for
 * @param {Set<string>} open longnames
 * @returns {[string, Timeline][]}
 */
export function openedOf(rows, levels, open) {
  return rows.flatMap(({ key, isGroup }) => (isGroup && open.has(key) && levels.has(key) ? [[key, levels.get(key)]] : []));
}

/** @param {Timeline} timeline */
function partsText({ parts, parts_not_drawn: left }, name) {
  return left ? `${left.toLocaleString("en")} more suites and tests of ${name} than the first ${parts.length.toLocaleString("en")} are not drawn` : "";
}

/** Of an open suite fewer runs may be drawn than of what it is in: it has more parts. @param {Timeline} whole */
function suiteTexts(opened, whole) {
  const texts = opened.flatMap(([longname, level]) => {
    const runs = level.is_cut && !whole.is_cut ? `only the latest ${plural(level.runs.id.length, "run")} of ${lastPart(longname)} drawn` : "";
    const text = [partsText(level, lastPart(longname)), runs].filter(Boolean).join(", ");
    return text ? [text] : [];
  });
  const others = texts.length - MOST_NAMED;
  return others > 0 ? [...texts.slice(0, MOST_NAMED), `nor is all of ${plural(others, "other suite")} that ${others === 1 ? "is" : "are"} open`] : texts;
}

/** @param {Timeline} timeline */
function olderText({ not_drawn: beyond, is_cut: isCut }, limit) {
  const older = beyond.reduce((sum, { runs }) => sum + runs, 0).toLocaleString("en");
  if (isCut) return `${beyond.length ? `more than ${older} older` : "older ones"} not drawn: at most the latest ${limit || USUAL} of each setup`;
  return beyond.length ? `${older} older not drawn: the latest ${limit || USUAL} of each setup` : "";
}
