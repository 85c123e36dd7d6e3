// Pieces of the board, drawn once and then only copied: a step of a pan copies some dozens of them.

import { LEGIBLE, textOf } from "./glyphs.js";

/** @import { Scene } from "./cells.js" */
/** @import { Glyphs } from "./glyphs.js" */

const ROWS = 8;
/** Pixels that a piece is wide, about. */
const WIDTH = 160;
/** Kept at most, the latest: some three screens full. */
const MOST = 400;
/** Pixels of zoom from which on there is a gap between cells. */
const GAP_FROM = 4;
/** Pixels of zoom from which on a cell holds two letters. */
const READABLE = 16;

export class Tiles {
  #tiles = new Map();

  /**
   * @param {Scene} scene
   * @param {Glyphs} glyphs
   * @param {{zoom: number, rowHeight: number, above: number, cellHeight: number}} size
   */
  constructor(scene, glyphs, size) {
    this.scene = scene;
    this.glyphs = glyphs;
    this.size = size;
    this.columns = Math.max(4, Math.round(WIDTH / size.zoom));
    this.width = this.columns * size.zoom;
    this.height = ROWS * size.rowHeight;
  }

  /** Copies those that lie within these pixels to where they belong. */
  draw(pen, { left, top, right, bottom }) {
    const { rows, axis } = this.scene;
    const [wide, high] = [Math.ceil(axis.columns.length / this.columns), Math.ceil(rows.length / ROWS)];
    for (let y = Math.max(0, Math.floor(top / this.height)); y < Math.min(high, Math.ceil(bottom / this.height)); y += 1) {
      for (let x = Math.max(0, Math.floor(left / this.width)); x < Math.min(wide, Math.ceil(right / this.width)); x += 1) {
        pen.drawImage(this.#tile(x, y), x * this.width, y * this.height, this.width, this.height);
      }
    }
  }

  #tile(x, y) {
    const key = `${x}|${y}`;
    let tile = this.#tiles.get(key);
    if (!tile) {
      tile = this.#drawn(x * this.columns, y * ROWS);
      if (this.#tiles.size >= MOST) this.#tiles.delete(this.#tiles.keys().next().value);
      this.#tiles.set(key, tile);
    }
    return tile;
  }

  #drawn(column, row) {
    const { ratio } = this.glyphs;
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(this.width * ratio);
    canvas.height = Math.round(this.height * ratio);
    const pen = canvas.getContext("2d");
    pen.scale(ratio, ratio);
    for (let down = 0; down < ROWS && row + down < this.scene.rows.length; down += 1) {
      this.#drawRow(pen, this.scene.rows[row + down], down * this.size.rowHeight + this.size.above, column);
    }
    return canvas;
  }

  #drawRow(pen, row, y, column) {
    const { zoom, cellHeight } = this.size;
    const cells = this.scene.cells.get(row.key) ?? [];
    const tall = row.isGroup ? cellHeight - 6 : cellHeight - 2;
    const top = y + (cellHeight - tall) / 2;
    for (let across = 0; across < this.columns; across += 1) {
      const cell = cells[column + across];
      if (!cell) continue;
      if (zoom < LEGIBLE) {
        pen.fillStyle = this.glyphs.plain(cell.kind);
        pen.fillRect(across * zoom, top, zoom < GAP_FROM ? zoom : zoom - 0.5, tall);
      } else {
        const sprite = this.glyphs.of(cell, zoom, tall, zoom >= READABLE ? textOf(cell, this.scene.times) : "");
        pen.drawImage(sprite, across * zoom, top, zoom, tall);
      }
    }
  }
}
