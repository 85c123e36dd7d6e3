// Our own runs of a build: what was counted, what failed, and since when.

import { element, icon } from "../shared/dom.js";
import { badge, theirs } from "./dom.js";
import { GLYPHS } from "./icons.js";
import { countsText, failingSince, failurePlace } from "./reading.js";

/** @import { BuildFailure, RunOfBuild } from "types/api" */

const KINDS = { PASS: "success", FAIL: "failure", SKIP: "notbuilt" };
const VERIFICATIONS = {
  verified: "verified",
  partial: "not all of it arrived",
  pending: "",
};

/** @param {RunOfBuild} run */
function kindOf(run) {
  return run.state === "running" ? "running" : (KINDS[run.status] ?? "incomplete");
}

/**
 * Of a run that is over without a status: why it has none.
 *
 * @param {RunOfBuild} run
 */
function lackOf(run) {
  if (run.state === "abandoned") return "abandoned";
  return run.state === "finished" && run.status === null ? "incomplete" : "";
}

/** @param {RunOfBuild} run */
function shortText(run) {
  if (run.state === "running") return "running";
  const { failed, total, passed } = run.counts;
  if (run.status === "FAIL" && !failed) return "failed";
  if (!failed && lackOf(run)) return lackOf(run);
  if (failed) return `${failed} failed`;
  return passed === total ? `${total} passed` : `${passed} of ${total} passed`;
}

/**
 * The way to a run in a few words. `query`: what links to other pages carry on.
 *
 * @param {RunOfBuild} run
 */
export function runLink(run, query) {
  const node = element("a", "run-link");
  node.href = `/runs/${encodeURIComponent(run.id)}${query}`;
  const kind = kindOf(run);
  node.dataset.kind = kind;
  node.title = `Our run${run.setup ? ` on ${run.setup}` : ""}: ${countsText(run.counts)}`;
  node.append(icon(GLYPHS[kind]), element("span", "", `Run: ${shortText(run)}`));
  if (run.verification === "verified") {
    const mark = element("span", "verified");
    mark.title = VERIFICATIONS.verified;
    mark.append(icon(GLYPHS.success), element("span", "sr-only", ", verified"));
    node.append(mark);
  }
  return node;
}

/**
 * A run with its failing tests, each with the way to its place on our page and in log.html where there is one.
 *
 * @param {RunOfBuild} run
 */
export function runDetails(run, query, now) {
  const node = element("div", "run-details");
  const head = element("p", "run-head");
  const link = element("a", "", "Run");
  link.href = `/runs/${encodeURIComponent(run.id)}${query}`;
  if (run.setup) link.append(" on ", theirs(run.setup));
  const checked = VERIFICATIONS[run.verification];
  const text = element("span");
  text.append(link, `: ${[countsText(run.counts), lackOf(run), checked].filter(Boolean).join(", ")}`);
  head.append(badge(kindOf(run), ""), text);
  node.append(head);
  if (run.failures.length) {
    const list = element("ul", "failing-list");
    for (const failure of run.failures) list.append(failureItem(failure, run, query, now));
    const more = run.counts.failed - run.failures.length;
    if (more > 0) {
      const item = element("li", "more");
      const rest = element("a", "", `${more} more failed`);
      rest.href = link.href;
      item.append(rest);
      list.append(item);
    }
    node.append(list);
  }
  return node;
}

/**
 * @param {BuildFailure} failure
 * @param {RunOfBuild} run
 */
function failureItem(failure, run, query, now) {
  const item = element("li", "failing-test");
  const link = element("a", "failing-name");
  link.href = `/runs/${encodeURIComponent(run.id)}${query}#${failurePlace(failure)}`;
  link.append(theirs(failure.longname.split(".").pop() || failure.longname));
  link.title = failure.longname;
  const what = element("span", "failing-what");
  what.append(link);
  item.append(icon(GLYPHS.failure), what);
  if (run.has_log) {
    const inLog = element("a", "failing-log", "log");
    inLog.href = `/runs/${encodeURIComponent(run.id)}/artifacts/log.html#${encodeURIComponent(failure.id)}`;
    inLog.setAttribute("aria-label", `${failure.longname} in log.html`);
    what.append(inLog);
  }
  const since = failingSince(failure, run, now);
  if (since) what.append(element("span", "failing-since", since));
  if (failure.message) item.append(theirs(failure.message, "failing-message"));
  return item;
}
