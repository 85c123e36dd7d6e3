import assert from "node:assert/strict";
import test from "node:test";

import { load } from "../pages.mjs";

const { agentState, jobState } = await load("jobqueue/state.js");

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

test("an agent that is not heard of any more is silent, unless it said that it goes", () => {
  assert.equal(agentState({ state: "waiting", paused: false, job: null }, true).word, "Silent");
  assert.equal(agentState({ state: "offline", paused: false, job: null }, true).word, "Offline");
});
