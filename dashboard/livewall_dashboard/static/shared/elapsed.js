// How long something took, or has taken so far, by the server's clock.

import { clock } from "./live.js";

/** Seconds between two times of the API; up to now where the second is none. */
export function between(from, to = null) {
  return to ? Math.max(0, (Date.parse(to) - Date.parse(from)) / 1000) : clock.since(from);
}
