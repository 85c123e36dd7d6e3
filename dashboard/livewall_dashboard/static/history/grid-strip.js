// A row of cells: one drawing of few paths, however many runs; a button, so that a keyboard gets into it.

import { element } from "../shared/dom.js";
import { cellAt, paths } from "./grid-cells.js";

const SVG = "http://www.w3.org/2000/svg";
export const HEIGHT = 18;

/**
 * `onPick(place)`: a cell was chosen; `onPoint(place)`: the pointer is over one, or null. `label`: what the row says.
 */
export function strip(cells, width, label, { onPick, onPoint }) {
  const node = element("button", "strip");
  node.type = "button";
  node.setAttribute("aria-label", label);
  node.append(drawing(cells, width));
  const place = (event) => cellAt(event.clientX - node.getBoundingClientRect().left, width, cells.length);
  node.addEventListener("click", (event) => onPick(event.detail ? place(event) : lastThere(cells)));
  node.addEventListener("pointermove", (event) => onPoint(place(event)));
  node.addEventListener("pointerleave", () => onPoint(null));
  return node;
}

function drawing(cells, width) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("width", String(cells.length * width));
  svg.setAttribute("height", String(HEIGHT));
  svg.setAttribute("aria-hidden", "true");
  for (const [kind, data] of Object.entries(paths(cells, width, HEIGHT))) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("class", `cell-${kind}`);
    path.setAttribute("d", data);
    svg.append(path);
  }
  return svg;
}

/** By keyboard: the latest run that has it. */
function lastThere(cells) {
  const place = cells.length - 1 - [...cells].reverse().findIndex((letter) => letter !== ".");
  return Math.min(cells.length - 1, place);
}
