// What the import dialog says.

import assert from "node:assert/strict";
import { test } from "node:test";

import { load } from "../pages.mjs";

const { labelsOf, size, summary, told } = await load("importing/report.js");

const file = (fields) => ({
  path: "a.xml", result: "imported", reason: null, run: "r", url: "/runs/r", setup: "vm1", tests: 2,
  counts: { total: 2, passed: 1, failed: 1, skipped: 0 }, is_new: true, is_partial: false, note: null, change: null, ...fields,
});

test("a summary counts what became of files, and names only what there is", () => {
  assert.equal(summary([]), "");
  assert.equal(summary([file({})]), "1 file: 1 imported");
  const others = ["broken", "nothing_new", "broken", "skipped"].map((result) => file({ result }));
  assert.equal(summary([file({}), ...others]), "5 files: 1 imported, 1 with nothing new, 2 broken, 1 skipped");
});

test("a file is told by what it did, or by the reason", () => {
  assert.equal(told(file({})), "on vm1 is new: 2 tests, 1 failed.");
  const whole = { total: 1, passed: 1, failed: 0, skipped: 0 };
  assert.equal(told(file({ is_new: false, counts: whole })), "on vm1 was complete: 1 test.");
  const got = file({ is_new: false, change: { tests_added: 1 }, is_partial: true, note: "It ends in the middle." });
  assert.equal(told(got), "on vm1 got 1 test it lacked: 2 tests, 1 failed, partial. It ends in the middle.");
  assert.equal(told(file({ run: null, reason: "It is empty." })), "It is empty.");
});

test("labels are pairs, parted by commas", () => {
  assert.deepEqual(labelsOf(" a=1, b=x=y ,"), { labels: ["a=1", "b=x=y"], trouble: "" });
  assert.deepEqual(labelsOf(""), { labels: [], trouble: "" });
  assert.match(labelsOf("a=1, os").trouble, /“os”/);
});

test("sizes have a unit that people read", () => {
  assert.deepEqual([0, 999, 1500, 3_400_000, 25_000_000, 2e12].map(size), ["0 B", "999 B", "1.5 kB", "3.4 MB", "25 MB", "2000 GB"]);
});
