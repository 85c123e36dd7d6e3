// A line of a log as pieces, with what is looked for marked. Pure but for nodes.

import { AnsiReader } from "../shared/ansi.js";
import { partOf } from "../shared/ansi-text.js";
import { element } from "../shared/dom.js";

/** @import { Look } from "../shared/ansi.js" */
/** @typedef {{ text: string, look: Look }} Piece */

/**
 * Lines as pieces: a colour goes on from line to line, and what a program wrote over is not shown.
 *
 * @param {string[]} lines
 * @returns {Piece[][]}
 */
export function piecesOf(lines) {
  const reader = new AnsiReader();
  return lines.map((line) => {
    let pieces = [];
    for (const piece of reader.read(`${line}\n`)) {
      if (piece === "\r") pieces = [];
      else if (piece !== "\n") pieces.push(piece);
    }
    return pieces;
  });
}

/** As the wall compares: the case of ASCII alone makes no difference. */
export function lowered(text) {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** Where `wanted`, in lower case, is in a text: pairs of its begin and end. */
export function placesOf(text, wanted) {
  const found = [];
  if (!wanted) return found;
  const compared = lowered(text);
  for (let at = compared.indexOf(wanted); at >= 0; at = compared.indexOf(wanted, at + wanted.length)) {
    found.push([at, at + wanted.length]);
  }
  return found;
}

/**
 * The same pieces cut where a mark begins or ends, each with whether it is marked.
 *
 * @param {Piece[]} pieces
 * @returns {{ piece: Piece, marked: boolean }[]}
 */
export function cutAt(pieces, places) {
  const parts = [];
  let at = 0;
  for (const { text, look } of pieces) {
    const end = at + text.length;
    const cuts = [at, ...places.flat().filter((place) => place > at && place < end), end];
    for (let index = 1; index < cuts.length; index += 1) {
      const [from, to] = [cuts[index - 1], cuts[index]];
      const marked = places.some(([first, last]) => from >= first && to <= last);
      parts.push({ piece: { text: text.slice(from - at, to - at), look }, marked });
    }
    at = end;
  }
  return parts;
}

/**
 * @param {Piece[]} pieces
 * @param {string} wanted what is marked, in lower case
 */
export function nodesOf(pieces, wanted) {
  const text = pieces.map((piece) => piece.text).join("");
  return cutAt(pieces, placesOf(text, wanted)).map(({ piece, marked }) => {
    const node = partOf(piece);
    if (!marked) return node;
    const mark = element("mark");
    mark.append(node);
    return mark;
  });
}
