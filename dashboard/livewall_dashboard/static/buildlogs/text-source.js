// A log that comes as one text: its lines, and what is looked for in them. What is beyond `MOST` is in the file alone.

import { plainText } from "../shared/ansi.js";
import { ApiError } from "../shared/api.js";
import { lowered, piecesOf } from "./log-line.js";

const MOST = 128 * 1024 * 1024;
const PART = 500;
const KEPT = 30;
const AT_ONCE = 50_000;

export class TextSource {
  /** @type {string[]} */
  lines = [];
  /** Whether there is more than is here. */
  isCut = false;
  #parts = new Map();

  /** Reads it to its end -> how many lines there are. Throws ApiError. */
  async open(address) {
    const response = await fetch(address, { headers: { Accept: "text/plain, application/json" } });
    if (!response.ok || !response.body) {
      const body = await response.json().catch(() => null);
      throw new ApiError(body?.error?.message ?? `The wall answered ${response.status}.`, response.status);
    }
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    let size = 0;
    for (let part = await reader.read(); !part.done && !this.isCut; part = await reader.read()) {
      const lines = (rest + part.value).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) this.lines.push(line);
      size += part.value.length;
      this.isCut = size > MOST;
    }
    if (this.isCut) await reader.cancel();
    else if (rest) this.lines.push(rest);
    return this.lines.length;
  }

  /** The pieces of a line, from 0. */
  line(index) {
    const no = Math.floor(index / PART);
    let part = this.#parts.get(no);
    if (!part) {
      part = piecesOf(this.lines.slice(no * PART, (no + 1) * PART));
      this.#parts.set(no, part);
      if (this.#parts.size > KEPT) this.#parts.delete(this.#parts.keys().next().value);
    }
    return part[index % PART];
  }

  /** All is here. */
  want() {}
}

/** Looks for a text in the lines of a source, many at a time, so that the page goes on meanwhile. */
export class TextSearch {
  #turn = 0;
  #wanted = "";
  /** @type {number[]} */
  #found = [];

  /** `onCount(count, share)`: so many so far, in this share of the log. */
  constructor(source, onCount) {
    this.source = source;
    this.onCount = onCount;
  }

  async start(text) {
    const mine = ++this.#turn;
    const { lines } = this.source;
    this.#wanted = lowered(text);
    this.#found = [];
    const end = text ? lines.length : 0;
    for (let at = 0; at < end && mine === this.#turn; at += AT_ONCE) {
      const until = Math.min(at + AT_ONCE, end);
      for (let index = at; index < until; index += 1) {
        if (this.#has(index)) this.#found.push(index + 1);
      }
      this.onCount(this.#found.length, until / end);
      await new Promise((done) => { setTimeout(done); });
    }
  }

  stop() {
    this.#turn += 1;
  }

  /** The first line from `line` on that has it, else the first of all; 0 for none. */
  async next(line) {
    const total = this.source.lines.length;
    for (let step = 0; step < total; step += 1) {
      const index = (Math.max(1, line) - 1 + step) % total;
      if (this.#has(index)) return index + 1;
    }
    return 0;
  }

  /** The last line up to `line` that has it, else the last of all; 0 for none. */
  async previous(line) {
    const total = this.source.lines.length;
    for (let step = 0; step < total; step += 1) {
      const index = (line - 1 - step + 2 * total) % total;
      if (this.#has(index)) return index + 1;
    }
    return 0;
  }

  #has(index) {
    return lowered(plainText(this.source.lines[index])).includes(this.#wanted);
  }

  async upTo(line) {
    return this.#found.filter((each) => each <= line).length;
  }
}
