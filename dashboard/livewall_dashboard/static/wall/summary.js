// The bar at the top: how many of what, the time, and whether what is shown can be believed.

import { element, icon, setData, setHidden, setText } from "../shared/dom.js";
import { ago, cutText, timeOfDay } from "../shared/format.js";
import { ICONS } from "../shared/icons.js";

/** @import { QueueLength } from "types/api" */

const CHIPS = [
  ["failing", "failing"],
  ["incomplete", "incomplete"],
  ["running", "running"],
  ["passed", "passed"],
  ["skipped", "skipped"],
  ["stale", "no news"],
  ["nodata", "no data"],
];

export class Summary {
  #chips = new Map();

  constructor(clock, query) {
    this.clock = clock;
    this.query = query;
    this.node = document.getElementById("summary");
    this.clockNode = document.getElementById("clock");
    this.connectionNode = document.getElementById("connection");
    this.banner = document.getElementById("banner");
    this.well = element("p", "all-well");
    this.wellText = element("span");
    this.well.append(icon(ICONS.passed), this.wellText);
    this.well.hidden = true;
    this.list = element("ul", "chips");
    for (const [name, word] of CHIPS) this.list.append(this.#chip(name, word));
    this.queue = this.#queueChip();
    this.node.append(this.well, this.list, this.queue);
  }

  #queueChip() {
    const node = element("a", "chip queue-length");
    node.href = `/jobs${this.query}`;
    this.queueFigure = element("span", "number");
    this.queueWord = element("span", "chip-word");
    node.append(icon(ICONS.stale), this.queueFigure, this.queueWord);
    node.hidden = true;
    return node;
  }

  /**
   * How many jobs wait and are at work; null where the lab has no queue.
   *
   * @param {QueueLength | null} queue
   */
  showQueue(queue) {
    setHidden(this.queue, !queue);
    if (!queue) return;
    setText(this.queueFigure, String(queue.waiting));
    setText(this.queueWord, queue.waiting === 1 ? "job waiting" : "jobs waiting");
    setData(this.queue, "zero", queue.waiting ? "no" : "yes");
    this.queue.title = `${queue.waiting} waiting, ${queue.at_work} at work`;
  }

  #chip(name, word) {
    const node = element("li", `chip ${name}`);
    const figure = element("span", "number");
    node.append(icon(ICONS[name]), figure, element("span", "chip-word", word));
    node.hidden = true;
    this.#chips.set(name, { node, figure });
    return node;
  }

  /** `wellSince`: milliseconds since 1970 from which nothing failed here, null where something does. */
  render(summary, allWell, wellSince) {
    for (const [name, { node, figure }] of this.#chips) {
      // Where something runs or fails a zero says something too; the others come when there is one.
      setHidden(node, summary.setups === 0 || (summary[name] === 0 && !["failing", "running"].includes(name)));
      setText(figure, String(summary[name]));
      setData(node, "zero", summary[name] === 0 ? "yes" : "no");
    }
    setHidden(this.well, !allWell);
    setHidden(this.#chips.get("failing").node, allWell || summary.setups === 0);
    const since = wellSince === null ? "" : ` since ${timeOfDay(wellSince).slice(0, 5)}`;
    setText(this.wellText, allWell ? `All well${since}` : "");
    setData(document.body, "well", allWell ? "yes" : "no");
    setData(document.body, "failing", summary.failing > 0 ? "yes" : "no");
  }

  tick({ live, silentFor, nextTryIn, reason }, pausedAt) {
    const now = this.clock.now();
    setText(this.clockNode, timeOfDay(now));
    const heard = silentFor === null ? "" : ago(silentFor);
    const word = live ? `Live, updated ${heard}` : silentFor === null ? "Connecting" : `Offline, updated ${heard}`;
    setText(this.connectionNode, word);
    setData(this.connectionNode, "live", live ? "yes" : "no");
    const cut = !live && (silentFor === null ? nextTryIn !== null : true);
    setData(document.body, "cut", cut && silentFor !== null ? "yes" : "no");
    setHidden(this.banner, !cut && pausedAt === null);
    if (cut) setText(this.banner, cutText({ silentFor, nextTryIn, reason }, now));
    else if (pausedAt !== null) setText(this.banner, `Paused since ${timeOfDay(pausedAt)}: the picture stands still`);
  }
}
