import assert from "node:assert/strict";
import test from "node:test";

import { load, tile } from "../pages.mjs";

const { agentText, agentUrl, isAgentTelling } = await load("wall/present.js");
const { allot } = await load("wall/rows.js");

const job = { id: "1f3a5b7c-0000", name: "nightly" };
const beside = (agent, more = {}) => tile("a", { agent: { name: "rpi4-2", since: "2026-05-04T10:00:00Z", job: null, until: null, ...agent }, ...more });

for (const [agent, state, text, telling] of [
  [{ state: "waiting" }, "idle", "Agent waits for a job", false],
  [{ state: "provision", job }, "idle", "Provisions · nightly", true],
  [{ state: "provision", job: { ...job, name: "" } }, "nodata", "Provisions · 1f3a5b7c", true],
  [{ state: "test", job }, "running", "Job nightly", false],
  [{ state: "reserve", job }, "idle", "Reserved · nightly", true],
  [{ state: "offline" }, "idle", "Agent offline", true],
  [{ state: "made up" }, "idle", "Agent: made up", false],
]) {
  test(`an agent in ${agent.state} beside a setup that is ${state}: ${text}`, () => {
    const each = beside(agent, { state });
    assert.deepEqual([agentText(each), isAgentTelling(each)], [text, telling]);
  });
}

test("its line leads to its job, else to the agents, and is none without an agent", () => {
  assert.equal(agentUrl(beside({ state: "test", job }), "?theme=light"), "/jobs/1f3a5b7c-0000?theme=light");
  assert.equal(agentUrl(beside({ state: "waiting" })), "/agents");
  assert.equal(agentText(tile("a")), "");
});

test("a rig that is being provisioned says so before all else, one that waits after the last run", () => {
  const shown = (agent, lines) => Object.keys(allot(beside(agent, { state: "idle", status: "PASS" }), lines)).filter((name) => !/failures|messageLines|processes/.test(name));
  assert.deepEqual(shown({ state: "provision", job }, 1), ["agent"]);
  assert.deepEqual(shown({ state: "waiting" }, 1), ["name"]);
  assert.deepEqual(shown({ state: "waiting" }, 2), ["name", "agent"]);
});
