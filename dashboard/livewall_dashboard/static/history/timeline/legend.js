// What the marks mean.

import { element } from "../../shared/dom.js";
import { WORDS } from "./cells.js";
import { Glyphs } from "./glyphs.js";

/** @import { Kind } from "./cells.js" */

const SIZE = 20;
/** @type {Kind[]} */
const TOLD = ["passed", "failed", "known", "flaky", "expected", "skipped", "broken", "incomplete", "running"];

export function legend() {
  const list = element("ul", "tl-legend");
  list.setAttribute("aria-label", "Legend");
  const draw = () => list.replaceChildren(...TOLD.map(entry));
  draw();
  new MutationObserver(draw).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  return list;
}

/** @param {Kind} kind */
function entry(kind) {
  const item = element("li");
  const sprite = new Glyphs(devicePixelRatio || 1).of({ kind, share: 1, points: [], count: 0, elapsed: -1 }, SIZE, SIZE, "");
  sprite.setAttribute("aria-hidden", "true");
  item.append(sprite, kind === "failed" ? "newly failed" : WORDS[kind]);
  return item;
}
