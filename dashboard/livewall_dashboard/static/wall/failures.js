// The last failed tests of a tile: each leads to its own place on the run's page, and in log.html where there is one.

import { element, icon, safeUrl, setData, setHidden, setLink, setText } from "../shared/dom.js";
import { ICONS } from "../shared/icons.js";
import { failureUrl, logUrl } from "./present.js";

/** @import { Tile } from "types/live" */

/** Pixels a finger or a pointer needs (WCAG 2.2, target size); a lower line is no link, the tile around it is. */
const TARGET = 24;
const LINE_HEIGHT = 1.3;

export class Failures {
  constructor() {
    this.node = element("ul", "failures");
    this.node.hidden = true;
  }

  /**
   * `most` failures with `messageLines` lines of message each; `font`: pixels of the tile's type; `query`: of links.
   *
   * @param {Tile} tile
   */
  render(tile, { most, messageLines, font, query }) {
    const failures = (tile.failures ?? []).slice(0, most);
    setHidden(this.node, failures.length === 0);
    while (this.node.childElementCount > failures.length) this.node.lastChild.remove();
    while (this.node.childElementCount < failures.length) this.node.append(item());
    failures.forEach((failure, index) => {
      const { link, name, message, log } = this.node.children[index].parts;
      const lines = failure.message ? messageLines : 0;
      const easy = font * LINE_HEIGHT * (1 + lines) >= TARGET;
      setText(name, failure.name);
      setText(message, lines ? failure.message : "");
      setHidden(message, !lines);
      setData(message, "lines", String(lines));
      setLink(link, (easy && failureUrl(tile, failure, query)) || null);
      const inLog = easy && safeUrl(logUrl(tile, failure));
      setHidden(log, !inLog);
      setLink(log, inLog || null);
    });
  }
}

function item() {
  const node = element("li", "failure");
  const link = element("a", "failure-link");
  const name = element("span", "failed-test");
  const message = element("span", "message");
  const log = element("a", "log", "log");
  link.append(icon(ICONS.failing), name, message);
  node.append(link, log);
  node.parts = { link, name, message, log };
  return node;
}
