// What a job or an agent is in: its word and its kind of badge. Pure.

/** @import { AgentInfo } from "types/api" */

export const PHASES = ["setup", "provision", "firmware_update", "test", "allocate", "reserve", "cleanup"];
export const ENDED = ["complete", "cancelled", "lost"];

/** For people: "firmware update". */
export function phaseWord(phase) {
  return phase.replaceAll("_", " ");
}

/** The first phase that failed; "" where none has. */
export function failedPhase(statuses) {
  const known = PHASES.find((phase) => statuses[phase]);
  return known ?? Object.keys(statuses).find((phase) => statuses[phase]) ?? "";
}

/**
 * `{kind, glyph, word}` of a job. Nothing is well of which no test says so: a job that merely ended is "complete".
 *
 * @param {{ state: string, statuses: Record<string, number> }} job
 */
export function jobState({ state, statuses }) {
  const failed = failedPhase(statuses);
  if (state === "waiting") return { kind: "waiting", glyph: "stale", word: "Waits" };
  if (state === "cancelled") return { kind: "none", glyph: "idle", word: "Cancelled" };
  if (state === "lost") return { kind: "abandoned", glyph: "abandoned", word: "Lost" };
  if (state !== "complete") return { kind: "running", glyph: "running", word: capital(phaseWord(state)) };
  if (failed) return { kind: "FAIL", glyph: "failing", word: failed === "test" ? "Failed" : `Failed: ${phaseWord(failed)}` };
  if (statuses.test === 0) return { kind: "PASS", glyph: "passed", word: "Passed" };
  return { kind: "none", glyph: "idle", word: "Complete" };
}

/**
 * `{kind, glyph, word}` of an agent. `isSilent`: it said that it does something, and has not been heard of since.
 *
 * @param {AgentInfo} agent
 */
export function agentState({ state, paused, job }, isSilent = false) {
  if (state === "offline") return { kind: "abandoned", glyph: "abandoned", word: "Offline" };
  if (isSilent) return { kind: "abandoned", glyph: "stale", word: "Silent" };
  if (paused && !job) return { kind: "none", glyph: "pause", word: "Paused" };
  if (state === "waiting") return { kind: "waiting", glyph: "stale", word: "Waits" };
  return { kind: "running", glyph: "running", word: capital(phaseWord(state)) };
}

/** What a job is called: its name, else the beginning of its id. */
export function jobName({ name, id }) {
  return name || id.slice(0, 8);
}

function capital(word) {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
