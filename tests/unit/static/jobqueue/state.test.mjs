import assert from "node:assert/strict";
import test from "node:test";

import { load } from "../pages.mjs";

const { agentState, countText, jobState, runState } = await load("jobqueue/state.js");

for (const [state, statuses, kind, word] of [
  ["waiting", {}, "waiting", "Waits"],
  ["firmware_update", {}, "running", "Firmware update"],
  ["complete", { test: 0 }, "PASS", "Passed"],
  ["complete", { provision: 0, test: 3 }, "FAIL", "Failed"],
  ["complete", { provision: 1, cleanup: 0 }, "FAIL", "Failed: provision"],
  ["complete", { test: 0, cleanup: 2 }, "FAIL", "Failed: cleanup"],
  ["complete", {}, "none", "Complete"],
  ["complete", { provision: 0 }, "none", "Complete"],
  ["cancelled", { test: 0 }, "none", "Cancelled"],
  ["lost", { test: 0 }, "abandoned", "Lost"],
]) {
  test(`a job that is ${state} with ${JSON.stringify(statuses)}: ${word}`, () => {
    const shown = jobState({ state, statuses });
    assert.deepEqual([shown.kind, shown.word], [kind, word]);
  });
}

for (const [agent, word] of [
  [{ state: "waiting", paused: false, job: null }, "Waits"],
  [{ state: "waiting", paused: true, job: null }, "Paused"],
  [{ state: "test", paused: true, job: "1" }, "Test"],
  [{ state: "offline", paused: true, job: null }, "Offline"],
]) {
  test(`an agent ${JSON.stringify(agent)}: ${word}`, () => assert.equal(agentState(agent).word, word));
}

for (const [run, kind, text] of [
  [{ state: "running", status: "FAIL", missing: 0, counts: [400, 210, 2, 0, 0] }, "running", "212 of 400 tests, 2 failed"],
  [{ state: "finished", status: "PASS", missing: 0, counts: [1, 1, 0, 0, 0] }, "PASS", "1 test"],
  [{ state: "finished", status: null, missing: 3, counts: [5, 4, 0, 1, 0] }, "incomplete", "5 of 8 tests"],
  [{ state: "abandoned", status: null, missing: 2, counts: [6, 3, 0, 0, 1] }, "abandoned", "4 of 6 tests"],
]) {
  test(`a run that is ${run.state}, ${run.status}: ${text}`, () => {
    const [total, passed, failed, skipped, expected_failures] = run.counts;
    const told = { ...run, counts: { total, passed, failed, skipped, expected_failures } };
    assert.deepEqual([runState(told).kind, countText(told)], [kind, text]);
  });
}

test("an agent that is not heard of any more is silent, unless it said that it goes", () => {
  assert.equal(agentState({ state: "waiting", paused: false, job: null }, true).word, "Silent");
  assert.equal(agentState({ state: "offline", paused: false, job: null }, true).word, "Offline");
});
