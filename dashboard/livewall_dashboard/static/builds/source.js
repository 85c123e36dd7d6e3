// Asks the wall for builds again and again while somebody looks, and only for what is new.

import { ApiError } from "../shared/api.js";

export const EVERY = 5000;
const PATIENCE = 10_000;

/** Events go to `on`: `answer(body)` for a new answer, `same()` for the old one again, `trouble(error)`. */
export class Source {
  #path;
  #on;
  #etag = null;
  #timer = null;
  #asking = null;
  #again = false;
  #stopped = false;

  constructor(path, on) {
    this.#path = path;
    this.#on = on;
  }

  start() {
    document.addEventListener("visibilitychange", this.#seen);
    this.ask();
  }

  stop() {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#asking?.abort();
    document.removeEventListener("visibilitychange", this.#seen);
  }

  /** Ask now; while an answer is on its way, once more after it. */
  async ask() {
    if (this.#stopped) return;
    if (this.#asking) {
      this.#again = true;
      return;
    }
    clearTimeout(this.#timer);
    this.#asking = new AbortController();
    const patience = setTimeout(() => this.#asking?.abort(), PATIENCE);
    try {
      const body = await this.#fetch(this.#asking.signal);
      if (this.#stopped) return;
      if (body === null) this.#on.same();
      else this.#on.answer(body);
    } catch (error) {
      if (!this.#stopped) this.#on.trouble(error);
    } finally {
      clearTimeout(patience);
      this.#asking = null;
    }
    if (this.#stopped || document.hidden) return;
    this.#timer = setTimeout(() => this.ask(), this.#again ? 0 : EVERY);
    this.#again = false;
  }

  #seen = () => {
    clearTimeout(this.#timer);
    if (!document.hidden) this.ask();
  };

  /** The body, or null where it is the one already known. Throws ApiError with words for the reader. */
  async #fetch(signal) {
    const headers = { Accept: "application/json" };
    if (this.#etag) headers["If-None-Match"] = this.#etag;
    let response, body;
    try {
      response = await fetch(this.#path, { headers, signal, cache: "no-store" });
      if (response.status === 304) return null;
      body = await response.json().catch((error) => {
        if (signal.aborted) throw error;
        return null;
      });
    } catch {
      throw new ApiError("The wall does not answer.", 0);
    }
    if (!response.ok || !body) {
      throw new ApiError(body?.error?.message ?? `The wall answered ${response.status}.`, response.status);
    }
    this.#etag = response.headers.get("ETag");
    return body;
  }
}
