// Rows and columns on a canvas, in a box that scrolls by itself: only what is seen is drawn.

import { element } from "../../shared/dom.js";
import { Glyphs } from "./glyphs.js";
import { Tiles } from "./tiles.js";
import { USUAL_ZOOM } from "./zoom.js";

/** @import { Scene } from "./cells.js" */
/** @import { Row } from "./rows.js" */

const ROW = 28;
/** On a phone a row's name stands above it. */
const NAME = 22;
const NARROW = 640;
const AXIS = 20;
/** Pixels the pointer must move before that is a selection. */
const DRAG = 6;

export class Board {
  #frame = 0;
  #glyphs = null;
  #tiles = null;
  #drag = null;

  /**
   * @param {HTMLElement} host
   * @param {{onPick: (row: number, column: number) => void, onRange: (from: number, to: number) => void,
   *   onFold: (key: string) => void, isFolded: (key: string) => boolean, onZoom: (step: number, at: number) => void, hrefOf: (row: Row) => string, inHref: (row: Row) => string, isMarked: (row: Row) => boolean,
   *   titleOf: (row: number, column: number) => string}} hooks
   */
  constructor(host, hooks) {
    this.hooks = hooks;
    this.zoom = USUAL_ZOOM;
    this.cursor = null;
    this.range = null;
    this.scene = null;
    this.scroll = element("div", "tl-scroll");
    this.space = element("div", "tl-space");
    this.canvas = element("canvas", "tl-canvas");
    this.corner = element("div", "tl-corner");
    this.heads = element("ul", "tl-heads");
    this.canvas.setAttribute("aria-hidden", "true");
    this.heads.setAttribute("aria-label", "Configurations and setups");
    this.space.append(this.canvas, this.heads, this.corner);
    this.scroll.append(this.space);
    host.append(this.scroll);
    this.scroll.addEventListener("scroll", () => this.redraw(), { passive: true });
    this.scroll.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    this.canvas.addEventListener("pointerdown", (event) => this.#press(event));
    this.canvas.addEventListener("pointermove", (event) => this.#move(event));
    this.canvas.addEventListener("pointerup", (event) => this.#release(event));
    this.canvas.addEventListener("pointercancel", () => this.#letGo());
    new ResizeObserver(() => this.#settle()).observe(this.scroll);
    new MutationObserver(() => this.#recolour()).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  }

  /** @param {Scene} scene */
  show(scene) {
    const atEnd = !this.scene || this.scroll.scrollLeft + this.scroll.clientWidth >= this.scroll.scrollWidth - 2;
    this.scene = scene;
    this.#writeHeads();
    this.#settle();
    if (atEnd) this.scroll.scrollLeft = this.scroll.scrollWidth;
    this.redraw();
  }

  /** Keeps what is at the pointer, or at the right, where it is. */
  setZoom(zoom, at = this.scroll.clientWidth - this.gutter) {
    if (zoom === this.zoom || !this.scene) return;
    const column = (this.scroll.scrollLeft + at) / this.zoom;
    this.zoom = zoom;
    this.#settle();
    this.scroll.scrollLeft = column * zoom - at;
    this.redraw();
  }

  /** Pixels that columns have beside the names. */
  get room() {
    return this.scroll.clientWidth - this.gutter - 8;
  }

  /** @param {{row: number, column: number} | null} cursor */
  point(cursor, { scroll = true } = {}) {
    this.cursor = cursor;
    if (cursor && scroll) this.reveal(cursor);
    this.redraw();
  }

  /** @param {{from: number, to: number} | null} range columns, both included */
  mark(range) {
    this.range = range;
    this.redraw();
  }

  redraw() {
    if (this.#frame) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.draw();
    });
  }

  #recolour() {
    this.#glyphs = null;
    this.redraw();
  }

  /** Sizes that hang on the room there is. */
  #settle() {
    if (!this.scene) return;
    const { rows, axis } = this.scene;
    const narrow = this.scroll.clientWidth < NARROW;
    // By what the page has, so that a drawer that opens moves nothing.
    this.gutter = narrow ? 0 : Math.min(280, Math.round(innerWidth * 0.2));
    this.above = narrow ? NAME : 0;
    this.rowHeight = ROW + this.above;
    this.head = axis.names.length * AXIS + 4;
    this.scroll.toggleAttribute("data-narrow", narrow);
    const width = this.gutter + axis.columns.length * this.zoom + 8;
    const height = this.head + rows.length * this.rowHeight + 4;
    const { style } = this.space;
    style.width = `${Math.max(width, this.scroll.clientWidth)}px`;
    style.height = `${height}px`;
    style.setProperty("--gutter", `${narrow ? this.scroll.clientWidth : this.gutter}px`);
    style.setProperty("--head", `${this.head}px`);
    style.setProperty("--row", `${this.rowHeight}px`);
    const [seenWidth, seenHeight] = [this.scroll.clientWidth, Math.min(this.scroll.clientHeight, height)];
    const ratio = devicePixelRatio || 1;
    this.canvas.width = Math.round(seenWidth * ratio);
    this.canvas.height = Math.round(seenHeight * ratio);
    this.canvas.style.width = `${seenWidth}px`;
    this.canvas.style.height = `${seenHeight}px`;
    this.redraw();
  }

  /** What can be drawn before it is seen, again where the theme, the screen, the zoom or the scene changed. */
  #prepare(ratio) {
    if (this.#glyphs?.ratio !== ratio) {
      this.#glyphs = new Glyphs(ratio);
      this.#tiles = null;
    }
    const { zoom, rowHeight, above, scene } = this;
    const size = { zoom, rowHeight, above, cellHeight: ROW };
    const isSame = this.#tiles?.scene === scene && JSON.stringify(this.#tiles.size) === JSON.stringify(size);
    if (!isSame) this.#tiles = new Tiles(scene, this.#glyphs, size);
  }

  /** Draws what is seen, at once. */
  draw() {
    if (!this.scene || !this.canvas.width) return;
    const ratio = devicePixelRatio || 1;
    this.#prepare(ratio);
    const pen = this.canvas.getContext("2d");
    const { scrollLeft: left, scrollTop: top, clientWidth: width, clientHeight: height } = this.scroll;
    const { rows, axis } = this.scene;
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, width, height);
    /** @type {[number, number]} */
    const columns = [Math.max(0, Math.floor(left / this.zoom)), Math.min(axis.columns.length, Math.ceil((left + width) / this.zoom))];
    const first = Math.max(0, Math.floor(top / this.rowHeight));
    const last = Math.min(rows.length, Math.ceil((top + height) / this.rowHeight));
    pen.save();
    pen.beginPath();
    pen.rect(this.gutter, this.head, width - this.gutter, height - this.head);
    pen.clip();
    pen.translate(this.gutter - left, this.head - top);
    this.#drawRange(pen, top, height);
    this.#drawGaps(pen, columns, top, height);
    this.#tiles.draw(pen, { left, top, right: left + width - this.gutter, bottom: top + height - this.head });
    for (let row = first; row < last; row += 1) this.#drawBreak(pen, row);
    this.#drawCursor(pen);
    pen.restore();
    this.#drawAxes(pen, columns, left, width);
  }

  /** Where a row that was well began to fail. */
  #drawBreak(pen, row) {
    const column = this.scene.breaks.get(this.scene.rows[row].key);
    if (!(column > 0)) return;
    pen.fillStyle = this.#glyphs.colour("text");
    pen.fillRect(column * this.zoom - 1.5, row * this.rowHeight + this.above, 3, ROW);
  }

  #drawRange(pen, top, height) {
    if (!this.range) return;
    const { from, to } = this.range;
    pen.fillStyle = this.#glyphs.colour("focus");
    pen.globalAlpha = 0.18;
    pen.fillRect(from * this.zoom, top, (to - from + 1) * this.zoom, height);
    pen.globalAlpha = 1;
    pen.fillRect(from * this.zoom - 1, top, 2, height);
    pen.fillRect((to + 1) * this.zoom - 1, top, 2, height);
  }

  /** Commits that nobody ran: a thin line. */
  #drawGaps(pen, [from, to], top, height) {
    if (this.zoom < 10) return;
    pen.fillStyle = this.#glyphs.colour("line");
    for (let column = from; column < to; column += 1) {
      if (this.scene.axis.columns[column].gap) pen.fillRect(column * this.zoom - 0.5, top, 1, height);
    }
  }

  #drawCursor(pen) {
    if (!this.cursor) return;
    const { row, column } = this.cursor;
    pen.strokeStyle = this.#glyphs.colour("focus");
    pen.lineWidth = 3;
    pen.strokeRect(column * this.zoom - 1, row * this.rowHeight + this.above + 0.5, this.zoom + 2, ROW - 1);
  }

  #drawAxes(pen, [from, to], left, width) {
    const { axis } = this.scene;
    pen.fillStyle = this.#glyphs.colour("surface");
    pen.fillRect(0, 0, width, this.head);
    pen.save();
    pen.beginPath();
    pen.rect(this.gutter, 0, width - this.gutter, this.head);
    pen.clip();
    pen.translate(this.gutter - left, 0);
    pen.font = `500 12px ${this.#glyphs.font}`;
    pen.textBaseline = "middle";
    axis.names.forEach((_, place) => this.#drawAxis(pen, place, from, to, left));
    pen.restore();
    pen.fillStyle = this.#glyphs.colour("line");
    pen.fillRect(0, this.head - 1, width, 1);
  }

  /** As many labels as there is room for, from the right: the newest is always told. */
  #drawAxis(pen, place, from, to, left) {
    const { columns } = this.scene.axis;
    const y = place * AXIS + AXIS / 2 + 1;
    let free = Infinity;
    for (let column = to - 1; column >= from; column -= 1) {
      const text = columns[column].labels[place];
      if (!text || (place < this.scene.axis.names.length - 1 && text === columns[column - 1]?.labels[place])) continue;
      const long = pen.measureText(text).width;
      const right = (column + 1) * this.zoom - 3;
      if (right > free || right - long < left) continue;
      pen.fillStyle = this.#glyphs.colour("text-soft");
      pen.textAlign = "right";
      pen.fillText(text, right, y);
      free = right - long - 14;
    }
  }

  #writeHeads() {
    const { rows, axis } = this.scene;
    this.corner.replaceChildren(...axis.names.map((name) => element("span", "", name)));
    this.heads.replaceChildren(...rows.map((row) => this.#head(row)));
  }

  /** @param {Row} row */
  #head(row) {
    const item = element("li", "tl-head");
    item.dataset.level = String(row.level);
    if (row.part) item.dataset.part = row.part;
    const isMarked = this.hooks.isMarked(row);
    if (isMarked) item.dataset.marked = "";
    item.title = row.title || row.name;
    item.style.setProperty("--level", String(row.level));
    if (row.isGroup) item.append(this.#foldButton(row));
    if (!row.isGroup || row.part) {
      const node = element("a", "tl-name", row.name);
      node.href = this.hooks.hrefOf(row);
      item.append(node);
      if (isMarked) item.append(element("span", "sr-only", " (where you come from)"));
      if (row.detail) item.append(" ", element("span", "tl-detail", row.detail));
    }
    if (this.hooks.inHref(row)) item.append(this.#inside(row));
    return item;
  }

  /** The keyboard goes on at the button that opens the row. */
  focusFold(key) {
    const place = this.scene.rows.findIndex((row) => row.isGroup && row.key === key);
    this.heads.children[place]?.querySelector("button")?.focus();
  }

  /** The way to what is in a suite. @param {Row} row */
  #inside(row) {
    const node = element("a", "tl-inside", "inside");
    node.href = this.hooks.inHref(row);
    node.setAttribute("aria-label", `Suites and tests in ${row.group}`);
    return node;
  }

  /** @param {Row} row */
  #foldButton(row) {
    const button = element("button", "tl-fold", row.part ? "" : row.name);
    button.type = "button";
    if (row.part) button.setAttribute("aria-label", `What is in ${row.name}`);
    button.setAttribute("aria-expanded", String(!this.hooks.isFolded(row.key)));
    button.addEventListener("click", () => this.hooks.onFold(row.key));
    return button;
  }

  #wheel(event) {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const { left } = this.scroll.getBoundingClientRect();
    this.hooks.onZoom(event.deltaY < 0 ? 1 : -1, Math.max(0, event.clientX - left - this.gutter));
  }

  /** The row and column there, or null. */
  #at(event) {
    const box = this.scroll.getBoundingClientRect();
    const x = event.clientX - box.left - this.gutter + this.scroll.scrollLeft;
    const y = event.clientY - box.top - this.head + this.scroll.scrollTop;
    const isSeen = event.clientY - box.top >= this.head && event.clientX - box.left >= this.gutter;
    const column = Math.floor(x / this.zoom);
    const row = Math.floor(y / this.rowHeight);
    const isThere = this.scene && column >= 0 && column < this.scene.axis.columns.length && row >= 0 && row < this.scene.rows.length;
    return { column: Math.max(0, Math.min(column, (this.scene?.axis.columns.length ?? 1) - 1)), row, isThere: isThere && isSeen, inAxis: event.clientY - box.top < this.head };
  }

  #press(event) {
    if (event.button !== 0 || event.pointerType === "touch") {
      this.#drag = event.pointerType === "touch" ? { x: event.clientX, y: event.clientY, from: null } : null;
      return;
    }
    this.#drag = { x: event.clientX, y: event.clientY, from: this.#at(event).column };
    this.canvas.setPointerCapture(event.pointerId);
  }

  #move(event) {
    if (!this.#drag) {
      const { row, column, isThere } = this.#at(event);
      const title = isThere ? this.hooks.titleOf(row, column) : "";
      if (this.canvas.title !== title) this.canvas.title = title;
      return;
    }
    if (this.#drag.from === null || Math.abs(event.clientX - this.#drag.x) < DRAG) return;
    const { column } = this.#at(event);
    this.#drag.range = { from: Math.min(column, this.#drag.from), to: Math.max(column, this.#drag.from) };
    this.mark(this.#drag.range);
  }

  #release(event) {
    const drag = this.#drag;
    this.#letGo();
    if (!drag) return;
    if (drag.range) {
      this.hooks.onRange(drag.range.from, drag.range.to);
      return;
    }
    const { row, column, isThere, inAxis } = this.#at(event);
    if (isThere) this.hooks.onPick(row, column);
    else if (inAxis) this.hooks.onRange(column, column);
  }

  #letGo() {
    this.#drag = null;
  }

  /** Scrolls so far that it is seen; without a row, the column. */
  reveal({ row, column }) {
    const { scroll } = this;
    const x = column * this.zoom;
    const y = row * this.rowHeight;
    const [wide, high] = [scroll.clientWidth - this.gutter, scroll.clientHeight - this.head];
    if (x < scroll.scrollLeft) scroll.scrollLeft = x - this.zoom;
    else if (x + this.zoom > scroll.scrollLeft + wide) scroll.scrollLeft = x + 2 * this.zoom - wide;
    if (row === null) return;
    if (y < scroll.scrollTop) scroll.scrollTop = y;
    else if (y + this.rowHeight > scroll.scrollTop + high) scroll.scrollTop = y + this.rowHeight - high;
  }
}
