// The server's clock, as this screen knows it, and the one ticker everything that counts seconds hangs on.

import { attempt } from "./attempt.js";

const FRAMES_KEPT = 12;

/**
 * Every frame brings the server's time, late by its way here: the largest difference of the last frames is nearest to
 * the truth. `monotonic` is milliseconds of a clock nobody sets.
 */
export class Clock {
  #offsets = [];
  #monotonic;

  constructor(monotonic = () => performance.now(), wall = () => Date.now()) {
    this.#monotonic = monotonic;
    this.#offsets.push(wall() - monotonic());
    this.synchronised = false;
  }

  /** `serverTime`: ISO 8601. */
  observe(serverTime) {
    const at = Date.parse(serverTime);
    if (Number.isNaN(at)) return;
    if (!this.synchronised) this.#offsets.length = 0;
    this.synchronised = true;
    this.#offsets.push(at - this.#monotonic());
    if (this.#offsets.length > FRAMES_KEPT) this.#offsets.shift();
  }

  /** Forget what was learned: the next connection may lead to another server. */
  restart() {
    this.synchronised = false;
  }

  /** Milliseconds since 1970 by the server's clock. */
  now() {
    return this.#monotonic() + Math.max(...this.#offsets);
  }

  /** Seconds since an ISO 8601 time, never negative. */
  since(time) {
    return Math.max(0, (this.now() - Date.parse(time)) / 1000);
  }
}

/** Calls every listener once a second, at the turn of the server's second, so that all figures move together. */
export class Ticker {
  #listeners = new Set();
  #clock;

  constructor(clock) {
    this.#clock = clock;
  }

  add(listener) {
    this.#listeners.add(listener);
  }

  start() {
    const beat = () => {
      for (const listener of this.#listeners) attempt(listener);
      setTimeout(beat, 1000 - (this.#clock.now() % 1000) + 5);
    };
    beat();
  }
}
