// All tiles on one screen: who stands where, and how they move there.

import { buildsLink, searchFor, titleFor } from "../shared/builds.js";
import { element } from "../shared/dom.js";
import { CROWD, crowd, typeFor, uniform } from "./layout.js";
import { hasFailed, isRunning } from "./present.js";
import { Tile } from "./tile.js";

/** @import { Tile as Told } from "types/live" */

const LOW_TILES = '.tile[data-jobs]:is([data-shape="inline"], [data-shape="cell"])';
const GAP = 8;
/** Milliseconds of a picture that clocks may take. */
const SLICE = 4;
const MOVE = { duration: 450, easing: "cubic-bezier(0.3, 0, 0.1, 1)" };

/** Widths of texts in ems, as the page's own type draws them. */
class Ruler {
  #widths = new Map();
  #context = document.createElement("canvas").getContext("2d");

  width(text) {
    let width = this.#widths.get(text);
    if (width === undefined) {
      this.#context.font = `650 100px ${getComputedStyle(document.body).fontFamily}`;
      width = this.#context.measureText(text).width / 100;
      this.#widths.set(text, width);
    }
    return width;
  }

  /** Of the longest names but the very longest few, which are cut rather than making all others small. */
  typical(names) {
    const widths = names.map((name) => this.width(name)).sort((a, b) => a - b);
    return Math.min(16, Math.max(4, widths[Math.ceil((widths.length - 1) * 0.95)] ?? 4));
  }

  forget() {
    this.#widths.clear();
  }
}

export class Board {
  #tiles = new Map();
  #ruler = new Ruler();
  #capacity = { texts: 0, rest: 0 };
  #order = [];
  #key = "";
  #rectangles = [];
  /** Tiles whose clocks are to be written anew, the last first. */
  #waiting = [];
  /** Rows of the last runs of setups; null: none are shown. */
  recent = null;

  constructor(host, clock, settings, query, onTypeReady) {
    this.clock = clock;
    this.settings = settings;
    this.query = query;
    this.node = element("ul", "board");
    this.node.setAttribute("aria-label", "Setups");
    host.append(this.node);
    followLowTiles(this.node);
    document.fonts?.ready.then(() => {
      this.#ruler.forget();
      onTypeReady();
    });
  }

  /**
   * `tiles` in the order of the configuration; `changed`: names to write anew; `list`: the phone's list.
   *
   * @param {Told[]} tiles
   */
  render(tiles, changed, list) {
    this.#keep(tiles, changed);
    const ordered = this.#sort(tiles, list);
    const places = list ? ordered.map(() => null) : this.#places(ordered, tiles);
    this.node.classList.toggle("list", list);
    this.#arrange(ordered, places, changed, list);
  }

  /** A few tiles a picture: all at once would hold up the news. */
  tick() {
    const waiting = this.#waiting.length > 0;
    this.#waiting = [...this.#tiles.values()].reverse();
    if (!waiting) this.#tickSome();
  }

  #tickSome() {
    const until = performance.now() + SLICE;
    while (this.#waiting.length && performance.now() < until) this.#waiting.pop().tick();
    if (this.#waiting.length) requestAnimationFrame(() => this.#tickSome());
  }

  /** @param {Told[]} tiles */
  #keep(tiles, changed) {
    const names = new Set(tiles.map((tile) => tile.setup));
    for (const [name, shown] of this.#tiles) {
      if (names.has(name)) continue;
      shown.node.remove();
      this.recent?.forget(name);
      this.#tiles.delete(name);
    }
    for (const tile of tiles) {
      let shown = this.#tiles.get(tile.setup);
      if (!shown) {
        shown = new Tile(tile.setup, this.clock, this.query);
        this.#tiles.set(tile.setup, shown);
        changed.add(tile.setup);
      }
      shown.update(tile, this.recent?.rowOf(tile));
    }
  }

  /**
   * Failing first; in a crowd running next, because those keep their text.
   *
   * @param {Told[]} tiles
   */
  #sort(tiles, list) {
    if (this.settings.order === "config") return tiles;
    const crowded = this.#crowded(tiles.length);
    const failed = (tile) => (crowded && !list ? hasFailed(tile) && inText(tile) : hasFailed(tile));
    const rank = (tile) => (failed(tile) ? 0 : crowded && isRunning(tile) ? 1 : 2);
    return tiles.map((tile, index) => ({ tile, index, rank: rank(tile) }))
      .sort((a, b) => a.rank - b.rank || a.index - b.index)
      .map(({ tile }) => tile);
  }

  #crowded(count) {
    const { columns, rows } = this.settings;
    return count >= CROWD && !columns && !rows;
  }

  /** @param {Told[]} ordered */
  #places(ordered, tiles) {
    const width = this.node.clientWidth;
    const height = this.node.clientHeight;
    const nameWidth = this.#ruler.typical(tiles.map((tile) => tile.setup));
    const area = { width, height, gap: GAP, nameWidth };
    const { columns, rows } = this.settings;
    const crowded = this.#crowded(ordered.length);
    const kinds = crowded ? ordered.map(placing).join("") : "";
    // Most changes move nothing, and finding the best places is dear: the very same places then.
    const key = [width, height, innerHeight, nameWidth, ordered.length, kinds].join(" ");
    if (key !== this.#key) {
      this.#key = key;
      const split = crowded && this.settings.order === "failures";
      const places = split ? this.#crowd(kinds, area) : uniform({ count: ordered.length, ...area, columns, rows });
      this.#rectangles = places.map((place, index) => ({
        ...place,
        ...typeFor(place.width, place.height, innerHeight, nameWidth),
        cell: kinds[index] === "c",
      }));
    }
    return this.#rectangles.map((place, index) => this.#unchanged(ordered[index], place));
  }

  #crowd(kinds, area) {
    const count = (kind) => kinds.split(kind).length - 1;
    const plan = crowd({
      failing: count("f"), running: count("r"), resting: count("c"), ...area, previous: this.#capacity,
    });
    this.#capacity = plan.capacity;
    return [...plan.text, ...plan.heat];
  }

  /** The very object of last time where nothing moved: a tile compares by identity. */
  #unchanged({ setup }, place) {
    const before = this.#tiles.get(setup).place;
    if (before === place) return place;
    return before && Object.keys(place).every((key) => before[key] === place[key]) ? before : place;
  }

  #arrange(ordered, places, changed, list) {
    const sequence = ordered.map((tile) => tile.setup);
    const reordered = sequence.length !== this.#order.length || sequence.some((name, i) => name !== this.#order[i]);
    const focused = document.activeElement;
    const moves = [];
    ordered.forEach((tile, index) => {
      const shown = this.#tiles.get(tile.setup);
      const before = shown.place;
      if (changed.has(tile.setup) || before !== places[index]) shown.render(places[index]);
      if (before && places[index] && (before.x !== places[index].x || before.y !== places[index].y)) {
        moves.push([shown.node, before, places[index]]);
      }
      if (reordered && this.node.children[index] !== shown.node) {
        this.node.insertBefore(shown.node, this.node.children[index] ?? null);
      }
    });
    this.#order = sequence;
    if (focused !== document.activeElement && this.node.contains(focused)) focused.focus({ preventScroll: true });
    if (!moves.length || list || document.hidden || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    for (const move of moves) animate(...move);
  }
}

/**
 * Tiles whose text stays in a crowd; one without news is at rest, whatever it was.
 *
 * @param {Told} tile
 */
function inText(tile) {
  return tile.state === "running" || tile.state === "idle";
}

/**
 * How a tile stands in a crowd: failing (f) and running (r) ones as text, the others as cells (c) of the heat map.
 *
 * @param {Told} tile
 */
function placing(tile) {
  if (hasFailed(tile) && inText(tile)) return "f";
  return isRunning(tile) ? "r" : "c";
}

function animate(node, from, to) {
  node.animate(
    [{ transform: `translate(${from.x}px, ${from.y}px)` }, { transform: `translate(${to.x}px, ${to.y}px)` }],
    MOVE,
  );
}

/** One link for all tiles too low for one of their own, which comes to where the pointer or the focus is. */
function followLowTiles(board) {
  const link = buildsLink("", "tile-builds", "", "");
  const visit = ({ type, target }) => {
    // A pointer that only rests there takes nothing away from somebody at the keyboard.
    if (type === "pointerover" && board.querySelector(":focus-visible")) return;
    const tile = target.closest?.(LOW_TILES);
    if (!tile || link.parentNode === tile) return;
    const { setup } = tile.dataset;
    link.href = searchFor(location.search, setup);
    link.dataset.builds = setup;
    link.title = titleFor(setup);
    link.setAttribute("aria-label", link.title);
    tile.append(link);
  };
  board.addEventListener("pointerover", visit);
  board.addEventListener("focusin", visit);
}
