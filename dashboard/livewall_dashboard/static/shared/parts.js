// Building blocks of pages: states, buttons, empty lists, and parts that are drawn again and again.

import { element, icon } from "./dom.js";
import { ICONS } from "./icons.js";

const PAUSE = "M5.5 3.5v9M10.5 3.5v9";

/** A state as glyph and word; `glyphOnly`: the word is for screen readers alone. */
export function stateBadge({ kind, glyph, word }, glyphOnly = false) {
  const node = element("span", glyphOnly ? "badge badge-glyph" : "badge");
  node.dataset.status = kind;
  node.append(icon(glyph === "pause" ? PAUSE : ICONS[glyph]), element("span", glyphOnly ? "sr-only" : "", word));
  return node;
}

export function button(text, className, onClick) {
  const node = element("button", className, text);
  node.type = "button";
  node.addEventListener("click", onClick);
  return node;
}

/** What to do where a list is empty: a heading, a sentence, and the command that fills it. */
export function emptyList(title, why, command) {
  const node = element("div", "quiet");
  node.append(element("h2", "", title), element("p", "", why));
  if (command) node.append(element("pre", "command", command));
  return node;
}

/** What takes the place of a page about something that is not there. */
export function missing(title, why) {
  const node = element("div", "quiet");
  node.append(element("h1", "", title), element("p", "", why));
  return node;
}

/** Touches only what differs, so that selection and focus stay. */
export function settle(parent, wanted) {
  wanted.forEach((node, index) => {
    const there = parent.children[index];
    if (!there) parent.append(node);
    else if (there !== node && !there.isEqualNode(node)) there.replaceWith(node);
  });
  while (parent.children.length > wanted.length) parent.lastElementChild.remove();
}
