// How a setup's last runs ended, as a row of bars that leads to its history: high is failed, low is well.
// The history tells them once; what ends from then on is seen on the tile first.

import { getJson } from "../shared/api.js";
import { element, setHidden } from "../shared/dom.js";
import { plural } from "../shared/format.js";

/** @import { Tile } from "types/live" */

const SVG = "http://www.w3.org/2000/svg";
/** Runs in a row. */
const MOST = 12;
/** Units of a bar's place and width, and of the whole height. */
const STEP = 9;
const WIDE = 7;
const HIGH = 16;
const HEIGHTS = { failed: 16, incomplete: 11, abandoned: 11, passed: 6, skipped: 3 };
/** Milliseconds in which screens that were all loaded at once ask, and until one asks again that was told nothing. */
const SPREAD = 2000;
const AGAIN = 60_000;

/** How a run ended, a name of `HEIGHTS`; "" while it goes on. Pure. */
export function endOf({ state, status }) {
  if (state === "abandoned") return "abandoned";
  if (state === "running" || state === "stale") return "";
  return { PASS: "passed", FAIL: "failed", SKIP: "skipped" }[status] ?? "incomplete";
}

/**
 * "Last 12 runs: 2 failed, 10 passed". Pure.
 *
 * @param {string[]} ends
 */
export function textOf(ends) {
  const count = (kind) => ends.filter((end) => end === kind).length;
  const told = Object.keys(HEIGHTS).filter(count).map((kind) => `${count(kind)} ${kind}`);
  return `Last ${plural(ends.length, "run")}: ${told.join(", ")}`;
}

/**
 * The outline of all bars of a kind. Pure.
 *
 * @param {string[]} ends
 */
export function barsOf(ends, kind) {
  const height = HEIGHTS[kind];
  return ends.map((end, place) => (end === kind ? `M${place * STEP} ${HIGH}v-${height}h${WIDE}v${height}z` : "")).join("");
}

/** The runs of one setup: `Map` of their ids to how they ended, the oldest first. */
class Row {
  /** @type {Map<string, string>} */
  #ends = new Map();
  #shown = "";

  constructor(setup, query) {
    this.node = element("p", "row recent");
    this.link = element("a", "recent-link");
    const search = new URLSearchParams(query);
    search.set("setup", setup);
    this.link.href = `/history?${search}`;
    this.node.append(this.link);
    setHidden(this.node, true);
  }

  /** What the history has, the oldest first; a run that it does not have yet stays the last. */
  replace(runs, tile) {
    this.#ends = new Map(runs.map((run) => [run.id, endOf(run)]).filter(([, end]) => end));
    this.observe(tile);
  }

  /**
   * Whether a run has ended, or the one that was shown is another.
   *
   * @param {Tile} tile
   */
  observe(tile) {
    const { run } = tile;
    const end = run?.ended_at || tile.state === "abandoned" ? endOf(tile) : "";
    const isNew = Boolean(end) && this.#ends.get(run.id) !== end;
    if (isNew) this.#ends.set(run.id, end);
    return isNew;
  }

  /** The node where there is a row to show: one run is none. */
  draw() {
    const ends = [...this.#ends.values()].slice(-MOST);
    if (ends.length < 2) return null;
    const text = ends.join(" ");
    if (this.#shown === text) return this.node;
    this.#shown = text;
    this.link.title = textOf(ends);
    this.link.replaceChildren(element("span", "sr-only", textOf(ends)), chart(ends));
    return this.node;
  }
}

export class RecentRuns {
  /** @type {Map<string, Row>} */
  #rows = new Map();
  /** @type {Map<string, Tile>} */
  #tiles = new Map();
  #wanted = new Set();
  #timer = 0;

  /** `query` is what links carry on; `onNews(names)` is called with the setups whose row is another. */
  constructor(query, onNews) {
    this.query = query;
    this.onNews = onNews;
  }

  /**
   * The row of a setup, null while there is none.
   *
   * @param {Tile} tile
   */
  rowOf(tile) {
    let row = this.#rows.get(tile.setup);
    const isFirst = !row;
    if (!row) {
      row = new Row(tile.setup, this.query);
      this.#rows.set(tile.setup, row);
    }
    this.#tiles.set(tile.setup, tile);
    if (row.observe(tile) || isFirst) this.#want([tile.setup]);
    return row.draw();
  }

  /** The line was cut: nobody knows what ended meanwhile. */
  refresh() {
    this.#want(this.#rows.keys());
  }

  forget(setup) {
    this.#rows.delete(setup);
    this.#tiles.delete(setup);
    this.#wanted.delete(setup);
  }

  #want(setups, after = SPREAD * (0.5 + Math.random())) {
    for (const setup of setups) this.#wanted.add(setup);
    if (this.#wanted.size && !this.#timer) this.#timer = setTimeout(() => this.#ask(), after);
  }

  async #ask() {
    const asked = [...this.#wanted];
    this.#wanted.clear();
    let told;
    try {
      told = await getJson("/api/v1/grid/setups", { setup: asked, columns: MOST + 1 });
    } catch {
      this.#timer = 0;
      this.#want(asked.filter((setup) => this.#rows.has(setup)), AGAIN);
      return;
    }
    this.#timer = 0;
    for (const { setup, runs } of told.setups) this.#rows.get(setup)?.replace(runs, this.#tiles.get(setup));
    this.onNews(told.setups.map(({ setup }) => setup).filter((setup) => this.#rows.has(setup)));
    this.#want([]);
  }
}

function chart(ends) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", `0 0 ${ends.length * STEP - STEP + WIDE} ${HIGH}`);
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", "recent-chart");
  for (const kind of new Set(ends)) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("class", kind);
    path.setAttribute("d", barsOf(ends, kind));
    svg.append(path);
  }
  return svg;
}
