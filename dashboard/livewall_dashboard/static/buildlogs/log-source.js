// The lines of a log, asked for in parts as they are needed; of those that are not, a few are kept.

import { getJson } from "../shared/api.js";
import { piecesOf } from "./log-line.js";

/** @import { Piece } from "./log-line.js" */

const PART = 500;
const KEPT = 30;

export class LogSource {
  /** By number the parts that are here, the one used last at the end. @type {Map<number, Piece[][]>} */
  #parts = new Map();
  #asked = new Set();

  /** `onLines()` once more lines are here, `onError(error)` where they are not to be had. */
  constructor(run, step, { onLines, onError }) {
    this.path = `/api/v1/reports/${encodeURIComponent(run)}/log/${encodeURIComponent(step)}`;
    this.onLines = onLines;
    this.onError = onError;
  }

  /** Asks for the beginning -> how many lines there are, and the address of the file. Throws ApiError. */
  async open() {
    const { lines, total, url } = await getJson(this.path, { from: 1, lines: PART });
    this.#keep(0, lines);
    return { total, url };
  }

  /** The pieces of a line, from 0; none while they are on their way. */
  line(index) {
    return this.#parts.get(Math.floor(index / PART))?.[index % PART];
  }

  /** Asks for what is missing of lines `first` to `last`, from 0. */
  want(first, last) {
    for (let part = Math.floor(first / PART); part * PART < last; part += 1) this.#want(part);
  }

  #want(part) {
    const here = this.#parts.get(part);
    if (here) {
      this.#parts.delete(part);
      this.#parts.set(part, here);
    } else if (!this.#asked.has(part)) this.#ask(part);
  }

  async #ask(part) {
    this.#asked.add(part);
    try {
      const { lines } = await getJson(this.path, { from: part * PART + 1, lines: PART });
      this.#keep(part, lines);
      this.onLines();
    } catch (error) {
      this.onError(error);
    } finally {
      this.#asked.delete(part);
    }
  }

  #keep(part, lines) {
    this.#parts.set(part, piecesOf(lines));
    for (const oldest of this.#parts.keys()) {
      if (this.#parts.size <= KEPT) break;
      this.#parts.delete(oldest);
    }
  }
}
