// Building blocks of the pages. Text always goes in as text: no name or message is ever markup.

import { element, icon } from "../shared/dom.js";
import { short } from "../shared/format.js";
import { ICONS } from "../shared/icons.js";
import { here, link } from "../shared/page.js";
import { emptyList } from "../shared/parts.js";
import { duration, shortHash } from "./text.js";

/** @import { Commit, Counts, Run, Test, TestOfRun } from "types/api" */

const KINDS = {
  PASS: ["passed", "Passed"],
  FAIL: ["failing", "Failed"],
  SKIP: ["skipped", "Skipped"],
  "NOT RUN": ["idle", "Not run"],
  expected: ["expected", "As expected"],
  unexpected: ["failing", "Unexpected"],
  incomplete: ["incomplete", "Incomplete"],
  running: ["running", "Running"],
  abandoned: ["abandoned", "Abandoned"],
  none: ["nodata", "No result"],
};

export function statusWord(status) {
  return (KINDS[status] ?? KINDS.none)[1];
}

/** A status as glyph and word; with `glyphOnly` the word is for screen readers alone. */
export function badge(status, glyphOnly = false) {
  const [name, word] = KINDS[status] ?? KINDS.none;
  const node = element("span", glyphOnly ? "badge badge-glyph" : "badge");
  node.dataset.status = status ?? "none";
  node.append(icon(ICONS[name]), element("span", glyphOnly ? "sr-only" : "", word));
  return node;
}

/**
 * Which badge a run gets: how it stands while it runs or was given up, else its status; without one it lacks something.
 *
 * @param {Run} run
 */
export function runStatus(run) {
  return run.state === "finished" ? (run.status ?? "incomplete") : run.state;
}

/**
 * Which badge a result gets: its status, unless that is not what it counts as.
 *
 * @param {{status: string, outcome: string}} result
 */
export function resultStatus({ status, outcome }) {
  if (outcome === "expected_failure") return "expected";
  return outcome === "failed" && status === "PASS" ? "unexpected" : status;
}

/**
 * "passed at try 2", where it failed before, or how often it was tried; "" for once.
 *
 * @param {Test | TestOfRun} result
 */
export function triesText({ status, attempts, failed_attempts: failed }) {
  if (attempts < 2) return "";
  return status === "PASS" && failed ? `passed at try ${attempts}` : `${attempts} tries`;
}

export function durationOf(seconds, className = "number") {
  return element("span", className, duration(seconds));
}

/**
 * Seconds a run took, or takes up to now by our clock.
 *
 * @param {Run} run
 */
export function elapsed(run) {
  if (run.state !== "running") return run.elapsed_time;
  return Math.max(0, (Date.now() - Date.parse(run.received_at)) / 1000);
}

/**
 * How many tests are here.
 *
 * @param {Counts} counts
 */
export function done({ passed, failed, skipped, expected_failures }) {
  return passed + failed + skipped + expected_failures;
}

/**
 * Passed, failed, skipped and still to come as one bar, with the numbers as its name.
 *
 * @param {Counts} counts
 */
export function mixBar(counts) {
  const bar = element("div", "mix");
  const rest = Math.max(0, counts.total - done(counts));
  bar.setAttribute("role", "img");
  bar.setAttribute("aria-label", mixText(counts));
  /** @type {[string, number][]} */
  const parts = [
    ["failed", counts.failed],
    ["expected", counts.expected_failures],
    ["skipped", counts.skipped],
    ["passed", counts.passed],
    ["rest", rest],
  ];
  for (const [kind, count] of parts) {
    if (!count) continue;
    const part = element("span", `mix-${kind}`);
    part.style.flexGrow = String(count);
    bar.append(part);
  }
  return bar;
}

/**
 * The counts of a run, in whose total is what is missing: a bar of what is stored alone would look whole.
 *
 * @param {Run} run
 */
export function withMissing({ counts, state, missing }) {
  if (state === "running") return counts;
  return { ...counts, total: Math.max(counts.total, done(counts) + missing) };
}

/** @param {Counts} counts */
export function mixText(counts) {
  const expected = counts.expected_failures ? `, ${counts.expected_failures} failed as expected` : "";
  return `${counts.failed} failed, ${counts.skipped} skipped, ${counts.passed} passed${expected} of ${counts.total}`;
}

/** Labels as chips, "os = debian", that lead to their runs: the first `most`, and how many more there are. */
export function labelChips(labels, most = 100) {
  const entries = Object.entries(labels);
  const chips = entries.slice(0, most).map(([key, value]) => {
    const chip = link("", here(`/runs?label=${encodeURIComponent(`${key}=${value}`)}`), { className: "chip" });
    chip.title = short(`${key} = ${value}`, 2000);
    chip.append(element("span", "chip-key", short(key)), element("span", "", short(value)));
    return chip;
  });
  return entries.length > most ? [...chips, element("span", "chip", `${entries.length - most} more`)] : chips;
}

/** A commit's hash, short, that leads to what ran at it. */
export function commitLink(hash, title = hash) {
  const node = link(short(shortHash(hash), 100), here(`/runs?commit=${encodeURIComponent(hash)}`), { className: "commit-hash" });
  node.title = short(title, 2000);
  return node;
}

/**
 * What a commit is: `12@main · Speed up CSV`.
 *
 * @param {Commit} commit
 */
export function commitWords({ identifier, message }) {
  return short([identifier, message.split("\n", 1)[0]].filter(Boolean).join(" · "), 200);
}

/** What fills the pages of the history. */
export function noRuns() {
  const why = "A run appears here as soon as a robot reports it, or when its results are imported:";
  const ways = [`robot --listener livewall_listener.Listener:${location.origin} tests/`, "livewall import --setup NAME FOLDER"];
  return emptyList("No runs yet", why, ways.join("\n"));
}
