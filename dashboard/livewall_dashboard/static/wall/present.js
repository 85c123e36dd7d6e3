// From a tile as the server sends it to what a reader should see of it. Pure.

import { partialText, plural, short } from "../shared/format.js";

/** @import { BuildLink, Counts } from "types/api" */
/** @import { Failure, Tile } from "types/live" */

/** Seconds after which a running test shows the keyword it is in. */
export const LONG_TEST = 5;

/** Kinds of tile, most urgent first. */
export const KINDS = ["failing", "incomplete", "running", "abandoned", "stale", "skipped", "passed", "nodata"];

const WORDS = {
  failing: "Failing",
  incomplete: "Incomplete",
  running: "Running",
  abandoned: "Abandoned",
  stale: "No news",
  skipped: "Skipped",
  passed: "Passed",
  nodata: "No data",
};

const LAST_RESULT = { PASS: "passed", FAIL: "failing", SKIP: "skipped" };

/**
 * What a tile is at first glance. A run nobody hears of says nothing about now, so it is neither well nor failing; one
 * that ended without a status is known to lack something.
 *
 * @param {Tile} tile
 */
export function kindOf(tile) {
  if (tile.state === "running") return tile.status === "FAIL" ? "failing" : "running";
  if (tile.state === "idle") return LAST_RESULT[tile.status] ?? "incomplete";
  return WORDS[tile.state] ? tile.state : "nodata";
}

/** @param {Tile} tile */
export function wordOf(tile) {
  const kind = kindOf(tile);
  return kind === "failing" && tile.state === "idle" ? "Failed" : WORDS[kind];
}

/**
 * Has a run that failed, also one without news: it belongs among what someone should look at.
 *
 * @param {Tile} tile
 */
export function hasFailed(tile) {
  return tile.state !== "nodata" && tile.status === "FAIL";
}

/** @param {Tile} tile */
export function isRunning(tile) {
  return tile.state === "running";
}

/** @param {Counts} counts */
export function done(counts) {
  return counts.passed + counts.failed + counts.skipped + (counts.expected_failures ?? 0);
}

/** Smallest part of a bar that can be seen: one failed test among thousands must not vanish. */
const LEAST_PART = 0.02;

/**
 * `{done, total, passed, failed, skipped, expected_failures}` with the last four as parts of 1; tests may outnumber the
 * plan.
 *
 * @param {Counts} counts
 */
export function progress(counts) {
  const finished = counts ? done(counts) : 0;
  const total = Math.max(counts?.total ?? 0, finished);
  const part = (count) => (count ? Math.max(LEAST_PART, count / total) : 0);
  const failed = part(counts?.failed ?? 0);
  const skipped = Math.min(part(counts?.skipped ?? 0), 1 - failed);
  const expected = Math.min(part(counts?.expected_failures ?? 0), 1 - failed - skipped);
  const passed = total ? Math.min((counts?.passed ?? 0) / total, 1 - failed - skipped - expected) : 0;
  return { done: finished, total, passed, failed, skipped, expected_failures: expected };
}

/**
 * What is known to be missing of the run shown: tests once it has ended, till then events its node could not keep.
 *
 * @param {Tile} tile
 */
export function lostOf({ state, run }) {
  const partial = run && state !== "running" ? partialText(run) : "";
  if (partial) return `partial: ${partial}`;
  return run?.lost ? `${plural(run.lost, "event")} lost` : "";
}

/**
 * Counts of the header: a failing setup that runs counts as both.
 *
 * @param {Tile[]} tiles
 */
export function summarise(tiles) {
  const summary = { setups: tiles.length, failing: 0, running: 0, passed: 0, skipped: 0, incomplete: 0, stale: 0, nodata: 0 };
  for (const tile of tiles) {
    const kind = kindOf(tile);
    if (isRunning(tile)) summary.running += 1;
    if (kind === "abandoned") summary.stale += 1;
    else if (kind !== "running") summary[kind] += 1;
  }
  return summary;
}

/**
 * Nothing failed, nothing is missing, and there is something that says so.
 *
 * @param {Tile[]} tiles
 */
export function allWell(tiles) {
  return (
    tiles.some((tile) => tile.status === "PASS") &&
    tiles.every((tile) => ["passed", "skipped"].includes(kindOf(tile)) || (kindOf(tile) === "running" && !tile.run?.lost))
  );
}

/**
 * Where a click on the tile leads: its current or last run.
 *
 * @param {Tile} tile
 */
export function runUrl(tile, query = "") {
  return tile.run ? `/runs/${encodeURIComponent(tile.run.id)}${query}` : "";
}

/**
 * @param {Tile} tile
 * @param {Failure} failure
 */
export function failureUrl(tile, failure, query = "") {
  if (!tile.run) return "";
  // Every process of a pabot run counts its suites from s1.
  const place = tile.run.pabot && failure.process ? `${failure.process}/${failure.id}` : failure.id;
  return `${runUrl(tile, query)}#${encodeURIComponent(place)}`;
}

/**
 * Where a failure stands in Robot Framework's own log.html, if that was uploaded.
 *
 * @param {Tile} tile
 * @param {Failure} failure
 */
export function logUrl(tile, failure) {
  return tile.failures_log ? `${tile.failures_log}#${encodeURIComponent(failure.id)}` : "";
}

/** @param {Tile} tile */
export function setupUrl(tile, query = "") {
  const parameters = new URLSearchParams(query);
  parameters.set("setup", tile.setup);
  return `/runs?${parameters}`;
}

/**
 * "regression #17", or "#17" where there is little room.
 *
 * @param {BuildLink} build
 */
export function buildTitle({ job, number }, isShort = false) {
  if (isShort && number) return `#${number}`;
  return [job, number && `#${number}`].filter(Boolean).join(" ") || "build";
}

/**
 * "380 tests" of an idle setup, "5 / 9" of a running one.
 *
 * @param {Tile} tile
 */
export function countLine(tile) {
  const { done: finished, total } = progress(tile.counts);
  if (tile.state === "nodata") return "";
  if (tile.state === "idle" && finished === total) return plural(total, "test");
  return `${finished} / ${total}`;
}

const AGENT_WORDS = {
  waiting: "Agent waits for a job",
  paused: "Agent paused",
  offline: "Agent offline",
  running: "Job begins",
  setup: "Sets up",
  provision: "Provisions",
  firmware_update: "Updates firmware",
  test: "Tests",
  allocate: "Allocates",
  reserve: "Reserved",
  cleanup: "Cleans up",
};
/** States of an agent that somebody who looks for a free rig must know before all else. */
const TELLING_STATES = ["setup", "provision", "firmware_update", "allocate", "reserve", "offline", "paused"];

/**
 * Its job while a robot of it runs; else what it does, and for which job.
 *
 * @param {Tile} tile
 */
export function agentText({ agent, state }) {
  if (!agent) return "";
  const job = agent.job && (agent.job.name ? short(agent.job.name, 80) : agent.job.id.slice(0, 8));
  if (state === "running" && agent.state === "test" && job) return `Job ${job}`;
  const word = AGENT_WORDS[agent.state] ?? short(`Agent: ${agent.state}`, 60);
  return job ? `${word} · ${job}` : word;
}

/**
 * Whether what it does says more of this setup than its last run.
 *
 * @param {Tile} tile
 */
export function isAgentTelling({ agent, state }) {
  return Boolean(agent) && state !== "running" && TELLING_STATES.includes(agent.state);
}

/**
 * Where its line leads: to its job, else to the agents.
 *
 * @param {Tile} tile
 */
export function agentUrl({ agent }, query = "") {
  if (!agent) return "";
  return agent.job ? `/jobs/${encodeURIComponent(agent.job.id)}${query}` : `/agents${query}`;
}

/** What the tab says: the worst there is. */
export function moodOf(summary, cut) {
  if (cut) return "cut";
  if (summary.failing) return "failing";
  if (summary.incomplete) return "incomplete";
  if (summary.running) return "running";
  return summary.passed && !summary.stale && !summary.nodata ? "well" : "empty";
}

/** What the title begins with. */
export function moodText(summary, mood) {
  const words = {
    failing: `✗ ${summary.failing} failing`,
    incomplete: `! ${summary.incomplete} incomplete`,
    running: `▶ ${summary.running} running`,
    well: "✓ all well",
    cut: "… no news",
    empty: "",
  };
  return words[mood];
}
