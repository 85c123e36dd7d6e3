import assert from "node:assert/strict";
import test from "node:test";

import { load } from "../pages.mjs";

const { buildState, complaintsText, distanceText, errorText, htmlText, ruleOf, stepState } = await load("branches/state.js");

for (const [state, result, kind, word] of [
  ["gathering", null, "waiting", "Gathering"],
  ["waiting", null, "waiting", "Waiting"],
  ["building", null, "running", "Building"],
  ["building", "ok", "running", "Building"],
  ["done", "ok", "PASS", "Passed"],
  ["done", "warnings", "incomplete", "Warnings"],
  ["done", "failed", "FAIL", "Failed"],
  ["done", "killed", "none", "Killed"],
  ["done", "skipped", "none", "Skipped"],
  ["done", null, "none", "No result"],
  ["done", "of a later release", "none", "No result"],
]) {
  test(`a build that is ${state}, ${result}: ${word}`, () => {
    const shown = buildState({ state, result });
    assert.deepEqual([shown.kind, shown.word], [kind, word]);
  });
}

test("states differ in their shape, not by colour alone", () => {
  const all = ["ok", "warnings", "failed", "killed", "skipped", null].map((result) => buildState({ state: "done", result }));
  all.push(...["gathering", "waiting", "building"].map((state) => buildState({ state, result: null })));
  assert.equal(new Set(all.map(({ glyph }) => glyph)).size, all.length);
});

for (const [status, warnings, kind] of [
  ["ok", 0, "PASS"],
  ["ok", 2, "incomplete"],
  ["failed", 2, "FAIL"],
  ["killed", 0, "none"],
  ["skipped", 0, "none"],
  ["running", 1, "running"],
]) {
  test(`a step that is ${status} with ${warnings} warnings: ${kind}`, () => assert.equal(stepState({ status, warnings }).kind, kind));
}

test("what is said of errors and rules", () => {
  assert.equal(errorText({ text: "no zorch", file: "x.c", line: 7 }), "x.c:7: no zorch");
  assert.equal(errorText({ text: "no zorch", file: null, line: null }), "no zorch");
  assert.equal(complaintsText({ warnings: 1, errors: 2 }), "2 errors, 1 warning");
  assert.equal(ruleOf({ match: "base_match" }).word, "base, matched");
  assert.equal(ruleOf({ match: "of a later release" }).word, "of a later release");
});

for (const [ahead, behind, text] of [
  [2, 3, "2 ahead, 3 behind"],
  [0, 1, "1 behind"],
  [1, 0, "1 ahead"],
  [0, 0, ""],
  [null, null, ""],
]) {
  test(`a commit that is ${ahead}, ${behind} from its base: "${text}"`, () => {
    assert.equal(distanceText({ ahead, behind }), text);
  });
}

for (const [name, coverage, text] of [
  ["htmlcov", 87.5, "Coverage 87.5 %"],
  ["lcov", 0, "Coverage 0 %"],
  ["Coverage", null, "Coverage"],
  ["docs/<b>", null, "docs/<b>"],
]) {
  test(`a folder of HTML called ${name}, ${coverage} % covered: ${text}`, () => {
    assert.equal(htmlText({ name, coverage }), text);
  });
}
