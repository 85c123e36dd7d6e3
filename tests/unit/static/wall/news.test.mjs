import assert from "node:assert/strict";
import test from "node:test";

import { failure, load, tile } from "../pages.mjs";

const { newFailures, sentence } = await load("wall/announce.js");
const { iconFor } = await load("wall/favicon.js");
const { moodOf, moodText } = await load("wall/present.js");
const { shouldReload } = await load("wall/upgrade.js");
const { toldAs } = await load("wall/notices.js");
const { releaseText } = await load("wall/release.js");
const { cutText } = await load("shared/format.js");
const { commands } = await load("wall/welcome.js");
const { groupsOf, searchOf } = await load("wall/nobody.js");
const { carriedQuery, readSettings, searchWith } = await load("wall/settings.js");

const failing = (run, ...ids) => tile("a", {
  state: "running", status: "FAIL", run: { id: run }, failures: ids.map((id) => failure(id)),
});
const ids = (failures) => failures.map(({ id }) => id);

test("only failures nobody heard of are announced", () => {
  assert.deepEqual(ids(newFailures(failing("1", "s1-t1"), failing("1", "s1-t2", "s1-t1"))), ["s1-t2"]);
  assert.deepEqual(ids(newFailures(failing("1", "s1-t1"), failing("2", "s1-t1"))), ["s1-t1"], "another run");
  assert.deepEqual(newFailures(undefined, failing("1", "s1-t1")), [], "the first picture is no news");
  assert.deepEqual(newFailures(failing("1", "s1-t1"), tile("a")), []);
});

test("the same id of another process is another test", () => {
  const both = { ...failing("1", "s1-t1"), failures: [failure("s1-t1", "1"), failure("s1-t1")] };
  assert.deepEqual(newFailures(failing("1", "s1-t1"), both).map(({ process }) => process), ["1"]);
});

test("many failures are one sentence", () => {
  assert.equal(sentence([["a", [failure("s1-t1")]]]), "a: Test s1-t1 failed.");
  const many = ["a", "b", "c", "d", "e"].map((name) => [name, [failure("s1-t1"), failure("s1-t2")]]);
  assert.match(sentence(many), /^a: 2 more tests failed; .*; and failures on 2 more setups\.$/);
});

test("the tab follows the worst there is, and a cut line above all", () => {
  assert.equal(moodOf({ failing: 1, running: 3, passed: 2 }, false), "failing");
  assert.equal(moodOf({ failing: 0, running: 3, passed: 2 }, false), "running");
  assert.equal(moodOf({ failing: 0, running: 0, passed: 2 }, false), "well");
  assert.equal(moodOf({ failing: 0, running: 0, passed: 0 }, false), "empty");
  assert.equal(moodOf({ failing: 1, running: 3, passed: 2 }, true), "cut");
  assert.equal(moodOf({ failing: 0, incomplete: 1, running: 3, passed: 2 }, false), "incomplete");
  assert.equal(moodText({ incomplete: 2 }, "incomplete"), "! 2 incomplete");
  assert.equal(moodText({ failing: 2 }, "failing"), "✗ 2 failing");
  assert.equal(moodText({}, "empty"), "");
});

test("no tab says that all is well over setups nobody hears of, or of which something is missing", () => {
  for (const other of [{ stale: 2 }, { nodata: 1 }, { incomplete: 1 }]) {
    const summary = { setups: 3, failing: 0, running: 0, passed: 1, skipped: 0, stale: 0, nodata: 0, incomplete: 0, ...other };
    assert.doesNotMatch(moodText(summary, moodOf(summary, false)), /all well/);
  }
});

test("each mood has an icon of its own", () => {
  const moods = ["failing", "incomplete", "running", "well", "cut", "empty"];
  assert.equal(new Set(moods.map(iconFor)).size, moods.length);
});

test("another version reloads once, and again only after a rest", () => {
  assert.equal(shouldReload("1", "1", null, 0), false);
  assert.equal(shouldReload("1", "2", null, 0), true);
  assert.equal(shouldReload("1", "2", { version: "2", at: 0 }, 60_000), false, "no reload in a circle");
  assert.equal(shouldReload("1", "2", { version: "2", at: 0 }, 3_600_000), true);
  assert.equal(shouldReload("1", "3", { version: "2", at: 0 }, 60_000), true);
  assert.equal(shouldReload("1", undefined, null, 0), false);
  assert.equal(shouldReload("", "1", null, 0), false);
});

test("the banner counts down and says why", () => {
  const now = new Date(2026, 2, 1, 12, 0, 30).getTime();
  assert.equal(
    cutText({ silentFor: 30, nextTryIn: 3.2, reason: "" }, now),
    "No news from the server since 12:00:00, trying again in 4 s",
  );
  assert.match(cutText({ silentFor: null, nextTryIn: null, reason: "token" }, now), /^No answer .*trying again now \(token\)$/);
});

test("settings live in the address, and nonsense counts as not said", () => {
  const settings = readSettings("?view=table&order=config&theme=light&columns=6&rows=-1&group=A&group=B");
  assert.deepEqual(settings, { view: "table", order: "config", theme: "light", columns: 6, rows: 0, groups: ["A", "B"] });
  assert.deepEqual(readSettings("?view=x&columns=1e9&rows=many"), {
    view: "wall", order: "failures", theme: "auto", columns: 60, rows: 0, groups: [],
  });
  assert.equal(searchWith("?columns=6", "view", "table"), "?columns=6&view=table");
  assert.equal(searchWith("?view=table", "view", "wall"), "?");
  assert.equal(carriedQuery(settings), "?theme=light");
});

test("a screen of no group tells of those there are", () => {
  assert.deepEqual(groupsOf([{ group: "b" }, { group: "" }, { group: "a b" }, { group: "b" }]), ["b", "a b"]);
  assert.equal(searchOf("?theme=dark&group=x&group=y", "a b"), "?theme=dark&group=a+b");
  assert.equal(searchOf("?group=x", ""), "?");
});

test("the first commands speak of this very wall", () => {
  const lines = commands("http://wall:8000", "0.1.0");
  assert.equal(lines[0], "pip install livewall-0.1.0-py3-none-any.whl", "no package index has it");
  assert.ok(lines.includes("export LIVEWALL_URL=http://wall:8000"));
  assert.ok(lines.some((line) => line.includes("robot --listener livewall_listener.Listener")));
});

test("a notice says of what and since when", () => {
  const since = new Date(2026, 10, 22, 10, 2).toISOString();
  assert.deepEqual(toldAs({ kind: "config", text: "Line 7: ...", since }), { head: "Configuration, since 10:02", text: "Line 7: ..." });
  assert.equal(toldAs({ kind: "other", text: "", since: "" }).head, "Notice");
});

test("the release says what was deployed when, as far as anybody knows", () => {
  const now = Date.parse("2026-11-22T12:00:00Z");
  const release = { commit: "427246ad0c".padEnd(40, "0"), subject: "Hold a run", branch: "main", deployed_at: "2026-11-22T11:48:00Z" };
  assert.equal(releaseText("0.1.0", release, now), "livewall 0.1.0 · 427246ad “Hold a run” (main), deployed 12 min ago");
  assert.equal(releaseText("0.1.0", null, now), "livewall 0.1.0");
  assert.equal(releaseText("0.1.0", { commit: "v2", subject: "", branch: "", deployed_at: null }, now), "livewall 0.1.0 · v2");
});
