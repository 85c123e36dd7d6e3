// All tiles on one screen: who stands where, and how they move there.

import { attempt } from "../shared/attempt.js";
import { buildsLink, searchFor, titleFor } from "../shared/builds.js";
import { element } from "../shared/dom.js";
import { CROWD, crowd, seated, staying, typeFor, uniform } from "./layout.js";
import { hasFailed, isRunning } from "./present.js";
import { Tile } from "./tile.js";

/** @import { Tile as Told } from "types/live" */

const LOW_TILES = '.tile[data-jobs]:is([data-shape="inline"], [data-shape="cell"])';
const GAP = 8;
/** Milliseconds of a picture that clocks may take. */
const SLICE = 4;
/** Milliseconds between two placings at least: where a whole lab fails within seconds, each failure would move all tiles. */
const REST = 1000;
/** As many after one that moves a crowd: a slow screen needs most of a second for it. */
const REST_OF_CROWD = 3000;
/** As many until a crowd, in which tiles stay where they are as far as they can, is in the order of the configuration again. */
const ORDER_EACH = 300_000;
/** Tiles of a crowd that a picture draws anew: to style, lay out and paint all of it takes as long as many pictures. */
const MOST_DRAWN = 12;
/** As many on a slow screen, which would otherwise never be done. */
const LEAST_DRAWN = 6;
/** What a tile counts of them that stays what it is, and where it is: its bar or a name has changed. */
const SMALL = 0.25;
/** Milliseconds after which a picture is late, and the next ones draw fewer tiles: half of a task that is felt. */
const LATE = 25;
/** Tiles that became another and that a picture draws, however many bars and names are to be written. */
const LEAST_TURNED = 3;
/** Tiles that a picture moves, however much news there is: a slow screen is never done with that. */
const LEAST_MOVED = 3;
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
  /** Of a crowd, as it was last on this area. */
  #room = undefined;
  /** Of the board, as it was measured last: to ask for it lays out what was written since. */
  #area = null;
  #isResized = false;
  #key = "";
  #rectangles = [];
  /** Tiles that are to be written anew where they stand: those of which little changed, and those that became another. */
  #changed = new Set();
  #turned = new Set();
  #isDue = false;
  #placedAt = -Infinity;
  #orderedAt = -Infinity;
  #orderTimer = 0;
  #rest = REST;
  #timer = 0;
  /** Who is to stand where, in order, as far as it was not done yet: `{shown, place, stays}`, the last in the document. */
  #plan = [];
  /** The node that stands before the first of them. */
  #previous = null;
  /** Whether what is left is drawn in the next one. */
  #picture = false;
  /** Tiles that a picture may draw on this screen, and how many of them the next one may still. */
  #most = MOST_DRAWN;
  #left = MOST_DRAWN;
  /** Tiles whose clocks are to be written anew, the last first. */
  #waiting = [];
  /** Rows of the last runs of setups; null: none are shown. */
  recent = null;

  /** `onDue()` is called when it is to be rendered again, though there is no news. */
  constructor(host, clock, settings, query, onDue) {
    this.clock = clock;
    this.settings = settings;
    this.query = query;
    this.onDue = onDue;
    this.node = element("ul", "board");
    this.node.setAttribute("aria-label", "Setups");
    host.append(this.node);
    followLowTiles(this.node);
    new ResizeObserver(() => { this.#isResized = true; }).observe(this.node);
    document.fonts?.ready.then(() => {
      this.#ruler.forget();
      this.#hurry();
      this.onDue();
    });
  }

  /**
   * `tiles` in the order of the configuration; `changed`: names to write anew; `list`: the phone's list.
   *
   * News is drawn first, where its tile stands: it is true there, too. Order comes after it, and in a crowd not all at once.
   *
   * @param {Told[]} tiles
   */
  render(tiles, changed, list) {
    const isFirst = this.#area?.list !== list;
    this.node.classList.toggle("list", list);
    this.#keep(tiles, changed);
    if (isFirst || (this.#isResized && !list)) this.#measure(list);
    const rest = this.#placedAt + this.#rest - performance.now();
    const isPlaced = this.#isDue && rest <= 0;
    if (isPlaced) this.#place(tiles, list);
    else if (this.#isDue && !this.#timer) this.#timer = setTimeout(() => { this.#timer = 0; this.onDue(); }, rest);

    const isWhole = isFirst || document.hidden || tiles.length < CROWD;
    if (isWhole) this.#left = Infinity;
    this.#renew();
    if (isWhole || (isPlaced && this.#plan.filter(isMoved).length <= this.#left)) this.#moveAll();
    if (isWhole) this.#left = this.#most;
    else if (this.#left < this.#most / 2 || this.#hasMore()) this.#drawOn();
  }

  /** What is left, some in each picture, beside what was drawn since the last one. */
  #drawOn() {
    if (this.#picture) return;
    this.#picture = true;
    requestAnimationFrame((begun) => {
      let isFull = false;
      attempt(() => {
        this.#renew();
        isFull = this.#left <= 0;
        this.#left = Math.max(LEAST_MOVED, this.#left);
        this.#move();
      });
      setTimeout(() => this.#endPicture(begun, isFull || this.#left <= 0)); // once it is drawn
    });
  }

  /** A slow screen draws fewer tiles in a picture, and more of them where it is quick with as many as it may. */
  #endPicture(begun, isFull) {
    if (performance.now() - begun > LATE) this.#most = Math.max(LEAST_DRAWN, Math.floor(this.#most / 2));
    else if (isFull) this.#most = Math.min(MOST_DRAWN, this.#most + 1);
    this.#left = this.#most;
    this.#picture = false;
    if (this.#hasMore()) this.#drawOn();
  }

  /** A few tiles a picture: all at once would hold up the news. */
  tick() {
    const waiting = this.#waiting.length > 0;
    this.#waiting = [...this.#tiles.values()].reverse();
    if (!waiting) this.#tickSome();
  }

  #tickSome() {
    const until = performance.now() + SLICE;
    while (this.#waiting.length && performance.now() < until) {
      const shown = this.#waiting.pop();
      attempt(() => shown.tick());
    }
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
      this.#changed.delete(shown);
      this.#turned.delete(shown);
      this.#hurry(); // the plan that there is knows of it
    }
    for (const tile of tiles) {
      let shown = this.#tiles.get(tile.setup);
      if (!shown) {
        shown = new Tile(tile.setup, this.clock, this.query);
        this.#tiles.set(tile.setup, shown);
        this.#isDue = true;
        this.#rest = REST; // it is nowhere to be seen until then
      }
      shown.update(tile, this.recent?.rowOf(tile));
      if (changed.has(tile.setup)) this.#note(shown, tile);
    }
  }

  /** @param {Told} tile */
  #note(shown, tile) {
    const rank = [tile.order, placing(tile), hasFailed(tile)].join(" ");
    const hasTurned = shown.rank !== rank;
    shown.rank = rank;
    if (hasTurned) this.#isDue = true;
    if (shown.place === undefined) return; // it is drawn when it is placed
    if (hasTurned) this.#turned.add(shown);
    if (this.#turned.has(shown)) this.#changed.delete(shown);
    else this.#changed.add(shown);
  }

  #measure(list) {
    const before = this.#area;
    const { clientWidth: width, clientHeight: height } = this.node;
    this.#isResized = false;
    this.#area = { list, width, height, screen: innerHeight };
    if (before && Object.keys(before).every((key) => before[key] === this.#area[key])) return;
    this.#room = undefined;
    this.#hurry();
  }

  /** Where tiles stand is wrong, and not only no longer the best. */
  #hurry() {
    this.#isDue = true;
    this.#placedAt = -Infinity;
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

  /** Whether failing and running ones stand apart from those at rest. */
  #split(count) {
    return this.#crowded(count) && this.settings.order === "failures";
  }

  /** @param {Told[]} ordered */
  #places(ordered, tiles) {
    const { width, height, screen } = this.#area;
    const nameWidth = this.#ruler.typical(tiles.map((tile) => tile.setup));
    const area = { width, height, gap: GAP, nameWidth };
    const { columns, rows } = this.settings;
    const crowded = this.#crowded(ordered.length);
    const kinds = crowded ? ordered.map(placing).join("") : "";
    const split = this.#split(ordered.length);
    // Most changes move nothing, and finding the best places is dear: the very same places then.
    const key = [width, height, screen, nameWidth, ordered.length, kinds].join(" ");
    if (key !== this.#key) {
      this.#key = key;
      const places = split ? this.#crowd(kinds, area) : uniform({ count: ordered.length, ...area, columns, rows });
      // The very object that a tile has where nothing moved: it compares by identity.
      const before = new Map([...this.#tiles.values()].map(({ place }) => [JSON.stringify(place), place]));
      this.#rectangles = places.map((place, index) => {
        const type = typeFor(place.width, place.height, screen, nameWidth);
        const rectangle = { ...place, ...type, cell: kinds[index] === "c" };
        return before.get(JSON.stringify(rectangle)) ?? rectangle;
      });
    }
    return this.#rectangles;
  }

  #crowd(kinds, area) {
    const count = (kind) => kinds.split(kind).length - 1;
    const plan = crowd({
      failing: count("f"), running: count("r"), resting: count("c"), ...area, previous: this.#room,
    });
    this.#room = plan.room;
    return [...plan.text, ...plan.heat];
  }

  /**
   * Who is to stand where from now on.
   *
   * @param {Told[]} tiles
   */
  #place(tiles, list) {
    this.#isDue = false;
    this.#placedAt = performance.now();
    const sorted = this.#sort(tiles, list);
    const places = list ? sorted.map(() => null) : this.#places(sorted, tiles);
    const untilOrder = this.#orderedAt + ORDER_EACH - this.#placedAt;
    const isSeated = !list && this.#split(sorted.length) && untilOrder > 0;
    if (!isSeated) this.#orderedAt = this.#placedAt;
    const ordered = isSeated ? this.#seated(sorted, places) : sorted;
    if (isSeated && !this.#orderTimer) this.#orderTimer = setTimeout(() => this.#putInOrder(), untilOrder);
    const all = ordered.map(({ setup }) => this.#tiles.get(setup));
    const stay = staying([...this.node.children], all.map(({ node }) => node));
    this.#plan = all.map((shown, index) => ({ shown, place: places[index], stays: stay.has(shown.node) }));
    this.#previous = null;
    const moves = this.#plan.filter((step) => step.shown.place !== undefined && isMoved(step));
    this.#rest = moves.length < CROWD ? REST : REST_OF_CROWD;
  }

  /** Also where nothing happens any more. */
  #putInOrder() {
    this.#orderTimer = 0;
    this.#isDue = true;
    this.onDue();
  }

  /**
   * Among those of its kind each stays where it is, if that is still a place of theirs.
   *
   * @param {Told[]} sorted
   */
  #seated(sorted, places) {
    const seats = [];
    for (const kind of "frc") {
      const tiles = sorted.filter((tile) => placing(tile) === kind);
      const free = places.slice(seats.length, seats.length + tiles.length);
      seats.push(...seated(tiles, free, ({ setup }) => this.#tiles.get(setup).place));
    }
    return seats;
  }

  #hasMore() {
    return this.#changed.size > 0 || this.#turned.size > 0 || this.#plan.length > 0;
  }

  /** Tiles are written, as many as the picture may still draw: many that changed take as long as few that turned. */
  #renew() {
    this.#write(this.#changed, SMALL, Math.min(LEAST_TURNED, this.#turned.size));
    this.#write(this.#turned, 1, 0);
  }

  /** `cost`: what each counts of the tiles that a picture may draw; `spared`: as many of them are left for others. */
  #write(tiles, cost, spared) {
    for (const shown of tiles) {
      if (this.#left <= spared) break;
      this.#draw(shown, shown.place);
      this.#left -= cost;
    }
  }

  /** With all that is known of it. */
  #draw(shown, place) {
    this.#changed.delete(shown);
    this.#turned.delete(shown);
    attempt(() => shown.render(place));
  }

  /** Tiles go where they are to stand, as many. */
  #move() {
    const focused = document.activeElement;
    while (this.#plan.length && this.#left > 0) {
      const step = this.#plan.shift();
      const { shown, place, stays } = step;
      if (isMoved(step)) this.#left -= 1;
      if (shown.place !== place) this.#draw(shown, place);
      if (!stays && this.#previous) this.#previous.after(shown.node);
      else if (!stays) this.node.prepend(shown.node);
      this.#previous = shown.node;
    }
    if (focused !== document.activeElement && this.node.contains(focused)) focused.focus({ preventScroll: true });
  }

  /** Where the eye can follow, it may. */
  #moveAll() {
    const moves = this.#plan.map(({ shown, place }) => [shown.node, shown.place, place])
      .filter(([, from, to]) => from && to && (from.x !== to.x || from.y !== to.y));
    this.#move();
    if (document.hidden || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    for (const move of moves) animate(...move);
  }
}

function isMoved({ shown, place, stays }) {
  return shown.place !== place || !stays;
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
