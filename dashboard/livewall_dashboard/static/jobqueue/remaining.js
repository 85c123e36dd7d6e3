// What is left of a job that runs, in words.

import { duration, left, plural, rough, short } from "../shared/format.js";
import { phaseWord } from "./state.js";

/** @import { JobDetail } from "types/api" */

/**
 * What is left, and of what that is known. `spent`: seconds in its phase.
 *
 * @param {Pick<JobDetail, "remaining" | "state" | "name" | "reserved_until">} job
 * @param {number} spent
 */
export function remainingText({ remaining, state, name, reserved_until: until }, spent) {
  const { rest, usual, jobs, of_name: ofName } = remaining;
  const basis = `by the medians of the last ${plural(jobs, "job")} ${ofName ? `called ${short(name, 60)}` : "of its queue"}`;
  if (usual === null) return `About ${left(rest)}, ${basis}.`;
  if (state === "reserve" && until) return rest < 1 ? "" : `About ${rough(rest)} after its reservation, ${basis}.`;
  if (spent <= usual) return `About ${left(usual - spent + rest)}, ${basis}.`;
  const then = rest < 1 ? "" : `; about ${rough(rest)} after it`;
  return `Its phase ${phaseWord(state)} takes longer than usual (${duration(usual)})${then}, ${basis}.`;
}
