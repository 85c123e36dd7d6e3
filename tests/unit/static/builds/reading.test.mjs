import assert from "node:assert/strict";
import test from "node:test";

import { load } from "../pages.mjs";

const reading = await load("builds/reading.js");
const { askedFor, searchFor } = await load("shared/builds.js");

const NOW = Date.parse("2026-11-22T12:00:00Z");
const before = (seconds) => new Date(NOW - seconds * 1000).toISOString();
const commit = (id, message = "Change it") => ({ id: id.padEnd(40, "0"), author: "Ada", message });

/** Builds, newest first, by their results' first letters; R runs. */
function job(results, fields = {}) {
  const kinds = { S: "SUCCESS", U: "UNSTABLE", F: "FAILURE", A: "ABORTED", N: "NOT_BUILT", R: null };
  const builds = [...results].map((letter, index) => ({
    number: 100 - index, result: kinds[letter], building: letter === "R", started_at: before(3600 * (index + 1)),
    elapsed_time: letter === "R" ? null : 60, estimated_time: 60, commits: [commit(`${index}`)],
  }));
  return { jenkins: "main", name: "team/smoke", title: "smoke", state: "ok", message: "", builds, ...fields };
}

test("the address says whose builds are open", () => {
  assert.equal(askedFor("?view=table"), null);
  assert.equal(askedFor("?builds=*"), "*");
  assert.equal(askedFor("?builds="), "");
  for (const name of ["VM 1", "a&b=c", "Prüfstand/7", "100%", "<b>"]) {
    assert.equal(askedFor(searchFor("?theme=dark", name)), name);
  }
  assert.equal(searchFor("?theme=dark&builds=VM1", null), "?theme=dark");
  assert.equal(searchFor("?builds=VM1", null), "?");
});

test("a result is a kind and a word, an unknown one too", () => {
  const kinds = [["S", "Passed"], ["F", "Failed"], ["U", "Unstable"], ["A", "Aborted"], ["N", "Not built"], ["R", "Running"]];
  for (const [letter, word] of kinds) assert.equal(reading.wordOf(job(letter).builds[0]), word);
  assert.equal(reading.wordOf({ result: "SOMETHING_NEW", building: false }), "No result");
  assert.equal(reading.wordOf({ result: "FAILURE", building: true }), "Running, failed");
  assert.equal(reading.kindOf({ result: "FAILURE", building: true }), "running");
});

test("a job fails since the first build after its last good one", () => {
  const broken = reading.brokenSince(job("FFSFS"));
  assert.deepEqual([broken.first.number, broken.count, broken.whole], [99, 2, true]);
  assert.equal(reading.brokenText(broken, { result: "FAILURE" }, NOW), "Failing since #99, 2 h ago");
  assert.equal(reading.brokenText(broken, { result: "UNSTABLE" }, NOW), "Unstable since #99, 2 h ago");
  assert.equal(reading.brokenSince(job("SFFF")), null);
  assert.equal(reading.brokenSince(job("")), null);
});

test("what runs or was aborted neither breaks nor mends a job, but its commits are suspects", () => {
  const broken = reading.brokenSince(job("RAFANS"));
  assert.equal(broken.first.number, 98);
  assert.deepEqual(broken.commits.map(({ id }) => id[0]), ["2", "3", "4"]);
  assert.equal(reading.brokenSince(job("RAN")), null);
});

test("where no good build is known nothing is said of the beginning", () => {
  const broken = reading.brokenSince(job("FUF"));
  assert.equal(broken.whole, false);
  assert.equal(reading.brokenText(broken, { result: "FAILURE" }, NOW), "Failing in all of the last 3 builds");
  assert.equal(reading.brokenText(reading.brokenSince(job("F")), { result: "FAILURE" }, NOW), "Failing");
});

test("a running build has a share, and says when it is over its estimate", () => {
  const running = (age, estimate) => reading.progressOf({ started_at: before(age), estimated_time: estimate }, NOW);
  assert.deepEqual(running(30, 120), { share: 0.25, text: "2 min left", overrun: false });
  assert.deepEqual(running(180, 120), { share: 1, text: "1 min over", overrun: true });
  assert.deepEqual(running(30, null), { share: null, text: "no estimate", overrun: false });
  assert.equal(reading.lasted({ building: true, started_at: before(187) }, NOW), "for 3:07");
  assert.equal(reading.lasted({ building: false, elapsed_time: 252 }, NOW), "took 4:12");
  assert.equal(reading.lasted({ building: false, elapsed_time: null }, NOW), "");
});

test("a failing test says since when, if the history knows", () => {
  const since = { run: "r-1", build: "118", commit: "abcdef0123456789", started_at: before(2 * 86400) };
  assert.equal(reading.failingSince({ since }, { id: "r-3" }, NOW), "failing since #118, 2 d ago, commit abcdef01");
  assert.equal(reading.failingSince({ since: { ...since, build: { number: "118" } } }, { id: "r-3" }, NOW),
    "failing since #118, 2 d ago, commit abcdef01");
  assert.equal(reading.failingSince({ since: { ...since, build: null, commit: "" } }, { id: "r-3" }, NOW), "failing since 2 d ago");
  assert.equal(reading.failingSince({ since }, { id: "r-1" }, NOW), "new in this build");
  assert.equal(reading.failingSince({ since: null }, { id: "r-1" }, NOW), "");
});

test("a Jenkins that is away is not silence", () => {
  const server = { name: "main", state: "away", since: before(600), message: "It timed out", polled_at: before(660) };
  assert.match(reading.serverText(server, NOW), /^Jenkins main is away since .*\d\d:\d\d: It timed out\. What is shown it said 11 min ago\.$/);
  assert.match(reading.serverText({ ...server, polled_at: null, message: "" }, NOW), /^Jenkins main is away since .*\d\d:\d\d\.$/);
  assert.equal(reading.serverText({ ...server, state: "unknown", message: "" }, NOW), "Jenkins main has not been asked yet.");
  assert.equal(reading.serverText({ ...server, state: "ok", message: "" }, NOW), "");
});

test("the age is that of the oldest answer", () => {
  assert.equal(reading.asOf([{ polled_at: before(12) }, { polled_at: before(75) }, { polled_at: null }], NOW), "as of 1 min ago");
  assert.equal(reading.asOf([{ polled_at: null }], NOW), "");
});

test("a job without builds says why", () => {
  assert.equal(reading.jobTrouble(job("", { state: "missing" })), "Jenkins main has no job “team/smoke”.");
  assert.equal(reading.jobTrouble(job("", { state: "unknown" })), "Not asked yet.");
  assert.equal(reading.jobTrouble(job("")), "No builds yet.");
  assert.equal(reading.jobTrouble(job("S")), "");
  assert.equal(reading.jobTrouble(job("S", { state: "missing", message: "Gone since 10:02." })), "Gone since 10:02.");
});

test("jobs are counted by their last result, and those that run besides", () => {
  assert.deepEqual(reading.tally([job("FS"), job("RS"), job("S"), job("RF"), job("")]),
    { failure: 2, success: 2, running: 2, unknown: 1 });
  assert.deepEqual(reading.tally([job("R")]), { running: 1 });
});

test("a short stage can still be seen, and one that runs grows", () => {
  const stage = (name, status, took) => ({ name, status, started_at: before(30), elapsed_time: took });
  const shares = reading.stageShares([stage("a", "SUCCESS", 0), stage("b", "SUCCESS", 970), stage("c", "IN_PROGRESS", null)], NOW);
  assert.deepEqual(shares.map((share) => Math.round(share)), [30, 970, 30]);
  assert.ok(reading.stageShares([stage("a", "NOT_EXECUTED", 0)], NOW)[0] > 0);
  assert.equal(reading.stageText(stage("Build", "SUCCESS", 123), NOW), "Build 2:03");
  assert.equal(reading.stageText(stage("Test", "FAILED", 3), NOW), "Test 3 s, failed");
  assert.equal(reading.stageText(stage("Test", "IN_PROGRESS", 12), NOW), "Test 30 s, running");
  assert.equal(reading.stageText(stage("Ask", "PAUSED_PENDING_INPUT", 5), NOW), "Ask 5 s, waiting for input");
  assert.equal(reading.stageText(stage("Odd", "WHATEVER", 5), NOW), "Odd 5 s, no result");
});

test("of a commit its first line is told", () => {
  assert.deepEqual(reading.commitText({ id: "a".repeat(40), author: "Ada", message: "\nFix it\n\nBecause.\n" }),
    { sha: "aaaaaaaa", text: "Ada: Fix it" });
  assert.deepEqual(reading.commitText({ id: "", author: "", message: "" }), { sha: "", text: "" });
});

test("a build keeps the name somebody gave it", () => {
  assert.equal(reading.titleOf({ number: 7, name: "#7" }), "#7");
  assert.equal(reading.titleOf({ number: 7, name: "4.2-rc1" }), "#7 4.2-rc1");
});

test("a build of which nobody knows when it began says nothing of its age", () => {
  const running = { building: true, started_at: null, estimated_time: 60, elapsed_time: null };
  assert.equal(reading.lasted(running, NOW), "");
  assert.equal(reading.progressOf(running, NOW).share, null);
  const [first, good] = job("FS").builds;
  assert.equal(reading.brokenText(reading.brokenSince({ builds: [{ ...first, started_at: null }, good] }), first, NOW), "Failing since #100");
});
