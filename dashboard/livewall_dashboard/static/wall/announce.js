// For those who listen instead of look: new failures, and nothing else, in a polite live region.

import { plural } from "../shared/format.js";
import { hasFailed } from "./present.js";

/** @import { Failure, Tile } from "types/live" */

const GATHER = 2000;
const MOST_NAMED = 3;

/**
 * Failures in `after` that `before` did not have, newest first; none where there was no picture before. Pure.
 *
 * @param {Tile} before
 * @param {Tile} after
 */
export function newFailures(before, after) {
  if (!before || !after || !hasFailed(after)) return [];
  const sameRun = before.run?.id === after.run?.id;
  const known = new Set(sameRun ? (before.failures ?? []).map(keyOf) : []);
  return (after.failures ?? []).filter((failure) => !known.has(keyOf(failure)));
}

/** @param {Failure} failure */
function keyOf({ id, process }) {
  return `${process ?? ""} ${id}`;
}

/** One sentence about all that was gathered: `[[setup, failures], ...]`. Pure. */
export function sentence(gathered) {
  const named = gathered.slice(0, MOST_NAMED).map(([setup, failures]) =>
    `${setup}: ${failures.length === 1 ? `${failures[0].name} failed` : `${failures.length} more tests failed`}`);
  const others = gathered.length - named.length;
  if (others > 0) named.push(`and failures on ${plural(others, "more setup")}`);
  return `${named.join("; ")}.`;
}

export class Announcer {
  #gathered = new Map();
  #node = document.getElementById("announcements");

  add(before, after) {
    const failures = newFailures(before, after);
    if (failures.length === 0) return;
    if (this.#gathered.size === 0) setTimeout(() => this.#speak(), GATHER);
    this.#gathered.set(after.setup, [...(this.#gathered.get(after.setup) ?? []), ...failures]);
  }

  #speak() {
    this.#node.textContent = sentence([...this.#gathered]);
    this.#gathered.clear();
  }
}
