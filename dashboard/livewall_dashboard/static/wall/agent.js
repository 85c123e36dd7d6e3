// What the agent beside a setup does, in words. Pure.

import { short } from "../shared/format.js";
import { moment } from "../shared/moment.js";

/** @import { Agent, Tile } from "types/live" */

const WORDS = {
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
const TELLING = ["setup", "provision", "firmware_update", "allocate", "reserve", "offline", "paused"];

/** @param {Agent} agent */
function words({ state, until }) {
  const word = WORDS[state] ?? short(`Agent: ${state}`, 60);
  return until ? `${word} until ${moment(until)}` : word;
}

/**
 * Its job while a robot of it runs; else what it does, and for which job.
 *
 * @param {Tile} tile
 */
export function agentText({ agent, state }) {
  if (!agent) return "";
  const job = agent.job && (agent.job.name ? short(agent.job.name, 80) : agent.job.id.slice(0, 8));
  if (state === "running" && agent.state === "test" && job) return `Job ${job}`;
  return job ? `${words(agent)} · ${job}` : words(agent);
}

/**
 * Whether what it does says more of this setup than its last run.
 *
 * @param {Tile} tile
 */
export function isAgentTelling({ agent, state }) {
  return Boolean(agent) && state !== "running" && TELLING.includes(agent.state);
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
