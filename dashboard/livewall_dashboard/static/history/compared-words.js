// What a comparison of two runs says, in words. Pure.

import { partialText } from "../shared/format.js";
import { plural } from "./text.js";

/** @import { Comparison, Run } from "types/api" */

/** In the order of the list. `word`: of one test; `many`: of a choice; `none`: instead of an empty list. */
export const KINDS = {
  new_failures: { word: "new failure", many: "New failures", none: "Nothing newly fails." },
  not_executed: { word: "not executed", many: "Not executed", none: "Every test of the run before has a result." },
  still_failing: { word: "still failing", many: "Still failing", none: "Nothing fails in both runs." },
  fixed: { word: "fixed", many: "Fixed", none: "Nothing that failed passes now." },
  slower: { word: "slower", many: "Slower", none: "No test took at least 1.5 times as long and 0.5 s longer." },
};

/**
 * The whole in one line: "3 new failures, 1 fixed"; it never sounds well while a run lacks results.
 *
 * @param {Comparison} told
 */
export function verdict(told) {
  const { new_failures: fresh, fixed, still_failing: still, not_executed: gone, slower } = told.counts;
  const parts = [
    fresh && plural(fresh, "new failure"),
    gone && `${gone.toLocaleString("en")} not executed`,
    still && `${still.toLocaleString("en")} still failing`,
    fixed && `${fixed.toLocaleString("en")} fixed`,
    slower && `${slower.toLocaleString("en")} slower`,
  ].filter(Boolean);
  if (parts.length) return parts.join(", ");
  return doubts(told).length ? "no difference in what is stored" : "no difference";
}

/** @param {Comparison} told */
export function NOTHING(told) {
  if (doubts(told).length) return "No test went otherwise, as far as results are stored.";
  return told.right.counts.total ? "No test went otherwise." : "Neither run has a test that went otherwise, or any at all.";
}

/**
 * Why not all of it can be believed: what a run lacks, and that they are of different suites.
 *
 * @param {Comparison} told
 */
export function doubts({ left, right }) {
  const found = [...lacking(left, "The run before"), ...lacking(right, "The run now")];
  if (left.id === right.id) found.push("This is one run, compared with itself.");
  else if (left.suite !== right.suite) {
    found.push(`These are runs of different suites, ${left.suite || "one without a name"} and ${right.suite || "one without a name"}.`);
  }
  return found;
}

/** @param {Run} run */
function lacking(run, name) {
  if (run.state === "running") return [`${name} goes on: what it has not come to yet counts as not executed.`];
  const what = partialText(run) || (run.state === "abandoned" ? "it was given up before its end" : "");
  return what ? [`${name} is partial: ${what}.`] : [];
}

/** "1.2 s → 4.8 s, 4.0 times as long" in numbers: how many times as long; "" where that says nothing. */
export function ratio(before, now) {
  if (!before || now < before) return "";
  const times = now / before;
  return `▲ ${times < 10 ? times.toFixed(1) : Math.round(times)}×`;
}
