// From builds as the API tells them (docs/api.md, "Builds") to what a reader should see. Pure.

import { GRACE, ago, duration, left, over, plural, shortCommit } from "../shared/format.js";
import { moment } from "../shared/moment.js";

/** @import { BuildCommit, BuildFailure, BuildServer, BuildTests, JenkinsBuild, JobBuilds, RunOfBuild, Stage } from "types/api" */

const RESULTS = { SUCCESS: "success", UNSTABLE: "unstable", FAILURE: "failure", NOT_BUILT: "notbuilt", ABORTED: "aborted" };

const STAGES = {
  SUCCESS: "success",
  UNSTABLE: "unstable",
  FAILED: "failure",
  FAILURE: "failure",
  ABORTED: "aborted",
  NOT_EXECUTED: "notbuilt",
  IN_PROGRESS: "running",
  PAUSED_PENDING_INPUT: "paused",
};

/** Kinds of builds and stages, most urgent first, each with its word. */
export const WORDS = {
  failure: "Failed",
  unstable: "Unstable",
  running: "Running",
  paused: "Waiting for input",
  aborted: "Aborted",
  notbuilt: "Not built",
  success: "Passed",
  unknown: "No result",
};

const SOURCES = { junit: "JUnit report", robot: "Robot Framework report", description: "read from the description" };

/** @param {JenkinsBuild} build */
export function kindOf(build) {
  if (build.building) return build.input_url ? "paused" : "running";
  return RESULTS[build.result] ?? "unknown";
}

/** @param {JenkinsBuild} build */
export function wordOf(build) {
  const soFar = build.building && RESULTS[build.result];
  return soFar && soFar !== "success" && !build.input_url ? `Running, ${WORDS[soFar].toLowerCase()}` : WORDS[kindOf(build)];
}

/** @param {Stage} stage */
export function stageKind(stage) {
  return STAGES[stage.status] ?? "unknown";
}

/**
 * "#118", or the name somebody gave the build, behind it.
 *
 * @param {JenkinsBuild} build
 */
export function titleOf({ number, name }) {
  const own = name && name !== `#${number}` ? ` ${name}` : "";
  return `#${number}${own}`;
}

export function jobKey({ jenkins, name }) {
  return `${jenkins} ${name}`;
}

/** Seconds since an ISO 8601 time; `now` in milliseconds since 1970. */
export function secondsSince(time, now) {
  return Math.max(0, (now - Date.parse(time)) / 1000);
}

/**
 * `{share, text, overrun}` of a running build: share of 1, null where nobody knows how long it takes.
 *
 * @param {JenkinsBuild} build
 */
export function progressOf(build, now) {
  if (!build.estimated_time || !build.started_at) return { share: null, text: "no estimate", overrun: false };
  const elapsed = secondsSince(build.started_at, now);
  const rest = build.estimated_time - elapsed;
  return {
    share: Math.min(1, elapsed / build.estimated_time),
    text: rest >= 0 ? left(rest) : over(-rest),
    overrun: rest <= -GRACE,
  };
}

/**
 * "took 4:12", "for 3:07".
 *
 * @param {JenkinsBuild} build
 */
export function lasted(build, now) {
  if (build.building) return build.started_at ? `for ${duration(secondsSince(build.started_at, now))}` : "";
  return build.elapsed_time === null ? "" : `took ${duration(build.elapsed_time)}`;
}

const tells = (build) => !build.building && ["SUCCESS", "UNSTABLE", "FAILURE"].includes(build.result);
const isGood = (build) => build.result === "SUCCESS";

/**
 * The newest build that tells whether the job is well; aborted ones do not.
 *
 * @param {JobBuilds} job
 */
export function lastTelling({ builds }) {
  return builds.find(tells) ?? null;
}

/**
 * Since when a job fails: `{first, count, whole, commits}`, or null where its last telling build is well. `first`: the
 * oldest build of the present streak; `whole`: whether a good build before it is known; `commits`: all since that one.
 *
 * @param {JobBuilds} job
 */
export function brokenSince({ builds }) {
  const telling = builds.filter(tells);
  const good = telling.findIndex(isGood);
  if (telling.length === 0 || good === 0) return null;
  const count = good < 0 ? telling.length : good;
  const first = telling[count - 1];
  const from = builds.indexOf(first);
  const to = good < 0 ? from + 1 : builds.indexOf(telling[good]);
  return { first, count, whole: good >= 0, commits: builds.slice(from, to).flatMap((build) => build.commits) };
}

/** "Failing since #118, 2 d ago", or how much is known of that. */
export function brokenText({ first, count, whole }, last, now) {
  const word = last.result === "UNSTABLE" ? "Unstable" : "Failing";
  if (!whole) return count === 1 ? `${word}` : `${word} in all of the last ${count} builds`;
  const age = first.started_at ? `, ${ago(secondsSince(first.started_at, now))}` : "";
  return `${word} since #${first.number}${age}`;
}

export function firstLine(message) {
  return message.trim().split("\n", 1)[0];
}

/**
 * `{sha, text}` of a commit: "a1b2c3d4", "Ada: Raise the timeout".
 *
 * @param {BuildCommit} commit
 */
export function commitText({ id, author, message }) {
  return { sha: shortCommit(id), text: [author, firstLine(message)].filter(Boolean).join(": ") };
}

/** @param {BuildTests} tests */
export function sourceText(tests) {
  return SOURCES[tests.source] ?? "";
}

export function countsText({ total, passed, failed, skipped, expected_failures: expected = 0 }) {
  const parts = [
    `${passed} passed`, `${failed} failed`, skipped && `${skipped} skipped`, expected && `${expected} failed as expected`,
  ];
  return `${parts.filter(Boolean).join(", ")} of ${plural(total, "test")}`;
}

const numberOf = (build) => (build && typeof build === "object" ? build.number : build);

/**
 * "new", or "failing since #118, 2 d ago, commit a1b2c3d4"; "" where the history does not know.
 *
 * @param {BuildFailure} failure
 * @param {RunOfBuild} run
 */
export function failingSince({ since }, run, now) {
  if (!since) return "";
  if (since.run === run.id) return "new in this build";
  const number = numberOf(since.build);
  const parts = [
    number ? `#${number}` : "",
    since.started_at ? ago(secondsSince(since.started_at, now)) : "",
    since.commit ? `commit ${shortCommit(since.commit)}` : "",
  ];
  return `failing since ${parts.filter(Boolean).join(", ")}`;
}

/** Where a failed test stands on the page of its run. */
export function failurePlace({ process, id }) {
  return encodeURIComponent(process ? `${process}/${id}` : id);
}

/**
 * `{trouble, text}` of a Jenkins: what to say about how much of it is known, "" where it is well.
 *
 * @param {BuildServer} server
 */
export function serverText({ name, state, since, message, polled_at: polledAt }, now) {
  if (state === "away") {
    const from = since ? ` since ${moment(since, new Date(now))}` : "";
    const known = polledAt ? ` What is shown it said ${ago(secondsSince(polledAt, now))}.` : "";
    return `Jenkins ${name} is away${from}${message ? `: ${sentence(message)}` : "."}${known}`;
  }
  if (state === "unknown") return `Jenkins ${name} has not been asked yet${message ? `: ${sentence(message)}` : "."}`;
  return message ? `Jenkins ${name}: ${sentence(message)}` : "";
}

const sentence = (text) => (/[.!?]$/.test(text) ? text : `${text}.`);

/** "as of 12 s ago": how old the oldest answer of the servers is; "" before there was any. */
export function asOf(servers, now) {
  const asked = servers.filter((server) => server.polled_at).map((server) => secondsSince(server.polled_at, now));
  return asked.length ? `as of ${ago(Math.max(...asked))}` : "";
}

/**
 * What a job says of itself where that is not simply its builds.
 *
 * @param {JobBuilds} job
 */
export function jobTrouble({ state, message, builds, jenkins, name }) {
  if (state === "missing") return message || `Jenkins ${jenkins} has no job “${name}”.`;
  if (state === "disabled") return message || "This job is disabled in Jenkins.";
  if (message) return message;
  if (builds.length) return "";
  return state === "unknown" ? "Not asked yet." : "No builds yet.";
}

/**
 * What a job comes to at a glance: the kind of its newest build that is over, or of its state.
 *
 * @param {JobBuilds} job
 */
export function jobKind(job) {
  const ended = job.builds.find((build) => !build.building);
  return ended ? kindOf(ended) : (goingOn(job) ?? "unknown");
}

/**
 * What a job is at: "running", "paused" where a build of it waits for somebody, else null.
 *
 * @param {JobBuilds} job
 */
export function goingOn({ builds }) {
  const kinds = builds.filter((build) => build.building).map(kindOf);
  return kinds.includes("paused") ? "paused" : (kinds[0] ?? null);
}

/** @param {JobBuilds} job */
export function jobWord(job) {
  if (job.state === "missing") return "Missing";
  if (job.state === "disabled" && !job.builds.length) return "Disabled";
  return WORDS[jobKind(job)];
}

/** The levels of a full name as people write them: a branch "feature%2Fx" is "feature/x". */
function readable(name) {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/**
 * What to call each job beside others, as a Map by its key: as Jenkins titles it, with the folder it is in ("main" alone
 * tells nothing), with its full name where two would be called the same, and what was looked for where nothing is there.
 */
export function labels(jobs) {
  const ways = [shortLabel, ({ name }) => readable(name), ({ jenkins, name }) => `${jenkins}: ${readable(name)}`];
  let open = jobs;
  const found = new Map();
  for (const way of ways) {
    const times = new Map();
    for (const job of open) times.set(way(job), (times.get(way(job)) ?? 0) + 1);
    for (const job of open) found.set(jobKey(job), way(job));
    open = open.filter((job) => times.get(way(job)) > 1);
  }
  return found;
}

function shortLabel({ name, title, state }) {
  if (state === "missing") return readable(name);
  const levels = name.split("/").map(readable);
  if (title && title !== levels.at(-1)) return title;
  return levels.slice(-2).join("/");
}

/** Jobs by kind, and how many have a build going on: `{failure: 2, success: 14, ..., running: 1}`. */
export function tally(jobs) {
  const counts = {};
  for (const job of jobs) {
    const kind = jobKind(job);
    const going = goingOn(job);
    if (kind !== going) counts[kind] = (counts[kind] ?? 0) + 1;
    if (going) counts[going] = (counts[going] ?? 0) + 1;
  }
  return counts;
}

/** What the blocks of a job's builds say to those who do not see them. */
export function blocksText(builds) {
  return `Newest first: ${builds.map((build) => `#${build.number} ${WORDS[kindOf(build)].toLowerCase()}`).join(", ")}`;
}

/**
 * Seconds a stage took, or takes up to `now` while it runs.
 *
 * @param {Stage} stage
 */
function stageTime(stage, now) {
  const runs = stageKind(stage) === "running" && stage.started_at;
  return runs ? secondsSince(stage.started_at, now) : (stage.elapsed_time ?? 0);
}

/** Widths of stages as parts of their bar; a short one can still be seen. */
export function stageShares(stages, now) {
  const times = stages.map((stage) => stageTime(stage, now));
  const whole = times.reduce((sum, time) => sum + time, 0);
  return times.map((time) => Math.max(time, whole * 0.03, 0.001));
}

/**
 * "Build 2:03", "Deploy, waiting for input".
 *
 * @param {Stage} stage
 */
export function stageText(stage, now) {
  const kind = stageKind(stage);
  const told = kind === "success" ? "" : `, ${WORDS[kind].toLowerCase()}`;
  return `${stage.name}${kind === "notbuilt" ? "" : ` ${duration(stageTime(stage, now))}`}${told}`;
}
