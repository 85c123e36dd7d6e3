// A piece of what a program printed, as a node: its look is classes of ansi.css.

import { element } from "./dom.js";

/** @import { Look } from "./ansi.js" */

/** @param {{ text: string, look: Look }} piece */
export function partOf({ text, look }) {
  const { bold, faint, italic, underline, inverse } = look;
  const [front, back] = inverse ? [look.back || "ground", look.front || "text"] : [look.front, look.back];
  const names = [
    bold && "ansi-bold", faint && "ansi-faint", italic && "ansi-italic", underline && "ansi-underline",
    front && `ansi-${front}`, back && `ansi-on-${back}`,
  ].filter(Boolean);
  return names.length ? element("span", names.join(" "), text) : document.createTextNode(text);
}
