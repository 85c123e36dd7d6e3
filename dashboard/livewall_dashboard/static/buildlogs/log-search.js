// Looks for a text in all of a log, part by part: how often it is there, and where the next one is.

import { getJson } from "../shared/api.js";

/** @import { LogMatches } from "types/api" */

export class LogSearch {
  #turn = 0;
  /** What was looked through: lines `from` to `to`, in which there are `count`. */
  #parts = [];

  /** `path`: of the log in the API; `onCount(count, share)`: so many so far, in this share of the log. */
  constructor(path, total, onCount) {
    this.path = `${path}/search`;
    this.total = total;
    this.onCount = onCount;
    this.text = "";
  }

  /** Gives up what was begun: what was counted so far stays. */
  stop() {
    this.#turn += 1;
  }

  get count() {
    return this.#parts.reduce((sum, part) => sum + part.count, 0);
  }

  /** Counts the lines that have a text; what was begun before is given up. Throws ApiError. */
  async start(text) {
    const mine = ++this.#turn;
    this.text = text;
    this.#parts = [];
    let from = text ? 1 : 0;
    while (from) {
      const { count, next } = await this.#ask({ from, limit: 1 });
      if (mine !== this.#turn) return;
      const to = next ? next - 1 : this.total;
      this.#parts.push({ from, to, count });
      from = next;
      this.onCount(this.count, to / Math.max(1, this.total));
    }
  }

  /** The first line from `line` on that has it, else the first of all; 0 for none, and where it is given up. */
  async next(line) {
    const mine = this.#turn;
    const found = await this.#first(line, this.total);
    return found || line === 1 || mine !== this.#turn ? found : this.#first(1, line - 1);
  }

  /** The last line up to `line` that has it, else the last of all; 0 for none. */
  async previous(line) {
    return (await this.#last(1, line)) || this.#last(line + 1, this.total);
  }

  /** How many lines up to `line` have it. */
  async upTo(line) {
    let count = 0;
    for (const part of this.#parts) {
      if (part.to <= line) count += part.count;
      else if (part.from <= line) count += (await this.#ask({ from: part.from, to: line, limit: 1 })).count;
    }
    return count;
  }

  async #first(from, to) {
    const mine = this.#turn;
    for (let at = from; at && at <= to; ) {
      const { lines, next } = await this.#ask({ from: at, to, limit: 1 });
      if (mine !== this.#turn) return 0;
      if (lines.length) return lines[0];
      at = next;
    }
    return 0;
  }

  async #last(from, to) {
    for (const part of [...this.#parts].reverse()) {
      if (!part.count || part.from > to || part.to < from) continue;
      const range = { from: Math.max(from, part.from), to: Math.min(to, part.to) };
      const { lines } = await this.#ask({ ...range, order: "last", limit: 1 });
      if (lines.length) return lines[0];
    }
    return 0;
  }

  /** @returns {Promise<LogMatches>} */
  #ask(query) {
    return getJson(this.path, { q: this.text, ...query });
  }
}
