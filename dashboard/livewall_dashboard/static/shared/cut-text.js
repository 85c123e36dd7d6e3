// What a page says while the connection is cut. Pure.

import { timeOfDay } from "./format.js";

/**
 * `state`: a Connection's; `now`: milliseconds since 1970.
 *
 * @param {{ silentFor: number | null, nextTryIn: number | null, reason: string }} state
 */
export function cutText({ silentFor, nextTryIn, reason }, now) {
  const since = silentFor === null ? "No answer from the server yet"
    : `No news from the server since ${timeOfDay(now - silentFor * 1000)}`;
  const next = nextTryIn === null ? "trying again now" : `trying again in ${Math.ceil(nextTryIn)} s`;
  return `${since}, ${next}${reason ? ` (${reason})` : ""}`;
}
