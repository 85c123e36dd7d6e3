// What programs print for a terminal, as text with a look: colours and weight stay, all other control goes. Pure.

const ESC = "\u001b";
/* eslint-disable no-control-regex -- those are what is looked for */
// A colour or other control sequence; a title; one of two characters; and at the end of what came, the beginning of one.
const SEQUENCE = /\u001b(?:\[([0-?]*)[ -/]*([@-~])|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[()][0-9A-B]|[=>78cDEHMNOZ])/y;
const LONGEST = 300;
const PLAIN = /[^\u0000-\u0008\u000a-\u001f\u007f\u0080-\u009f]+/y;
/* eslint-enable no-control-regex */
const SEQUENCES = new RegExp(SEQUENCE.source, "g");

/** A line's text alone. */
export function plainText(line) {
  return line.includes(ESC) ? line.replace(SEQUENCES, "") : line;
}

/**
 * @typedef {{ bold: boolean, faint: boolean, italic: boolean, underline: boolean, inverse: boolean, front: string,
 * back: string }} Look
 */

/** @type {Look} */
const NONE = { bold: false, faint: false, italic: false, underline: false, inverse: false, front: "", back: "" };

export class AnsiReader {
  #rest = "";
  #look = NONE;

  /**
   * `text` goes on where the text before ended -> pieces in order: `{text, look}`, or "\n" for a new line, "\r" for the
   * same once more from its beginning.
   *
   * @param {string} text
   */
  read(text) {
    const all = this.#rest + text;
    const pieces = [];
    let at = 0;
    this.#rest = "";
    while (at < all.length) {
      const next = this.#step(all, at, pieces);
      if (next < 0) {
        this.#rest = all.slice(at);
        break;
      }
      at = next;
    }
    return pieces;
  }

  /** Reads one thing -> where the next begins, -1 where its end has not come yet. */
  #step(all, at, pieces) {
    const letter = all[at];
    if (letter === ESC) return this.#escape(all, at);
    if (letter === "\r") {
      if (at + 1 === all.length) return -1;
      if (all[at + 1] !== "\n") pieces.push("\r");
      return at + 1;
    }
    if (letter === "\n") pieces.push("\n");
    PLAIN.lastIndex = at;
    const plain = PLAIN.exec(all);
    if (!plain) return at + 1;
    pieces.push({ text: plain[0], look: this.#look });
    return PLAIN.lastIndex;
  }

  #escape(all, at) {
    SEQUENCE.lastIndex = at;
    const found = SEQUENCE.exec(all);
    if (found) {
      if (found[2] === "m") this.#look = looked(this.#look, found[1].split(/[;:]/).map(Number));
      return SEQUENCE.lastIndex;
    }
    return all.length - at < LONGEST ? -1 : at + 1;
  }
}

/**
 * The look after such codes; those that nobody knows change nothing.
 *
 * @param {Look} before
 * @param {number[]} codes
 * @returns {Look}
 */
function looked(before, codes) {
  let look = before;
  for (let at = 0; at < codes.length; at += 1) {
    const code = codes[at];
    if (code === 38 || code === 48) {
      const [colour, used] = extended(codes.slice(at + 1));
      look = { ...look, [code === 38 ? "front" : "back"]: colour };
      at += used;
    } else look = { ...look, ...simple(code) };
  }
  return look;
}

/** @returns {Partial<Look>} */
function simple(code) {
  if (code === 0) return NONE;
  if (code === 1) return { bold: true };
  if (code === 2) return { faint: true };
  if (code === 3) return { italic: true };
  if (code === 4) return { underline: true };
  if (code === 7) return { inverse: true };
  if (code === 22) return { bold: false, faint: false };
  if (code === 23) return { italic: false };
  if (code === 24) return { underline: false };
  if (code === 27) return { inverse: false };
  if (code === 39) return { front: "" };
  if (code === 49) return { back: "" };
  const tens = Math.floor(code / 10);
  if (code % 10 > 7) return {};
  if (tens === 3 || tens === 9) return { front: COLOURS[code % 10] };
  return tens === 4 || tens === 10 ? { back: COLOURS[code % 10] } : {};
}

const COLOURS = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"];

/**
 * One of the eight, nearest to one of 256 or of all -> it, and how many codes that took.
 *
 * @param {number[]} codes
 * @returns {[string, number]}
 */
function extended(codes) {
  const [kind, ...values] = codes;
  if (kind === 2) return [nearest(values.slice(0, 3)), 4];
  if (kind !== 5) return ["", 0];
  const number = values[0] ?? 0;
  if (number < 16) return [COLOURS[number % 8], 2];
  if (number > 231) return [number < 244 ? "black" : "white", 2];
  const cube = number - 16;
  return [nearest([Math.floor(cube / 36), Math.floor(cube / 6) % 6, cube % 6].map((part) => part * 51)), 2];
}

function nearest(parts) {
  const most = Math.max(...parts, 1);
  const bits = parts.map((part) => (most > 64 && part > most * 0.6 ? 1 : 0));
  return COLOURS[bits[0] + bits[1] * 2 + bits[2] * 4];
}
