// What a cell looks like, drawn once for each look and size and then only copied.
// Filled: act. Outline: known. Hatched: do not believe it. Dotted: nothing is there.

import { ICONS } from "../../shared/icons.js";

/** @import { Cell, Kind } from "./cells.js" */

/** @typedef {{fill?: string, ink: string, icon: string, border?: string, dotted?: boolean, hatch?: boolean}} Look */

/** Names of colours in base.css. @type {Record<Kind, Look>} */
const LOOKS = {
  failed: { fill: "fail-fill", ink: "fail-ink", icon: ICONS.failing },
  known: { ink: "fail", icon: ICONS.failing, border: "fail" },
  broken: { ink: "warn", icon: ICONS.abandoned, hatch: true },
  abandoned: { ink: "warn", icon: ICONS.abandoned, border: "warn", dotted: true },
  incomplete: { ink: "warn", icon: ICONS.incomplete, border: "warn", dotted: true },
  running: { fill: "run-surface", ink: "run", icon: ICONS.running },
  flaky: { ink: "warn", icon: "M2.5 9.5c1.5-4 4-4 5.5-1.5s4 2.500 5.500-1.5", border: "warn" },
  expected: { fill: "surface-raised", ink: "text-soft", icon: ICONS.expected },
  notrun: { ink: "quiet", icon: ICONS.idle, border: "quiet", dotted: true },
  skipped: { fill: "skip-fill", ink: "skip-ink", icon: ICONS.skipped },
  passed: { fill: "pass-fill", ink: "pass-ink", icon: ICONS.passed },
};
/** Pixels of a cell's width below which a glyph says nothing. */
export const LEGIBLE = 13;
const SHADES = 5;

export class Glyphs {
  #sprites = new Map();
  #plain;

  /** Colours are those of the page's theme; `ratio`: of the screen's pixels. */
  constructor(ratio) {
    this.ratio = ratio;
    const style = getComputedStyle(document.documentElement);
    this.colour = (name) => style.getPropertyValue(`--${name}`).trim();
    this.font = style.getPropertyValue("--font");
    this.#plain = Object.fromEntries(Object.entries(LOOKS).map(([kind, look]) => [kind, this.colour(look.fill ?? look.border ?? look.ink)]));
  }

  /** The colour of a cell that is too small for more. @param {Kind} kind */
  plain(kind) {
    return this.#plain[kind];
  }

  /**
   * @param {Cell} cell
   * @param {number} width
   * @param {number} height
   * @param {string} text in place of the glyph
   */
  of({ kind, share }, width, height, text) {
    const shade = text && kind === "failed" ? Math.ceil(Math.sqrt(share) * SHADES) : SHADES;
    const key = `${kind}|${width}|${height}|${text}|${shade}`;
    let sprite = this.#sprites.get(key);
    if (!sprite) this.#sprites.set(key, (sprite = this.#draw(LOOKS[kind], width, height, text, shade)));
    return sprite;
  }

  #draw(look, width, height, text, shade) {
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(width * this.ratio);
    canvas.height = Math.round(height * this.ratio);
    const pen = canvas.getContext("2d");
    pen.scale(this.ratio, this.ratio);
    const box = new Path2D();
    box.roundRect(1, 1, width - 2, height - 2, 4);
    this.#ground(pen, box, look, shade / SHADES);
    if (text) this.#write(pen, look, text, width, height, shade < SHADES);
    else this.#glyph(pen, look, width, height);
    return canvas;
  }

  /** A light shade of a failure keeps an edge: one of many is still a failure. */
  #ground(pen, box, look, strength) {
    pen.save();
    pen.clip(box);
    if (look.fill) {
      pen.globalAlpha = 0.25 + 0.75 * strength;
      pen.fillStyle = this.colour(look.fill);
      pen.fill(box);
      pen.globalAlpha = 1;
    }
    if (look.hatch) this.#hatch(pen, look);
    pen.restore();
    if (look.border || strength < 1 || look.hatch) {
      pen.strokeStyle = this.colour(look.border ?? look.fill ?? look.ink);
      pen.lineWidth = 1.5;
      pen.setLineDash(look.dotted ? [2, 2.5] : []);
      pen.stroke(box);
      pen.setLineDash([]);
    }
  }

  #hatch(pen, { ink }) {
    pen.strokeStyle = this.colour(ink);
    pen.globalAlpha = 0.45;
    pen.lineWidth = 1.5;
    pen.beginPath();
    for (let x = -40; x < 80; x += 6) {
      pen.moveTo(x, 40);
      pen.lineTo(x + 40, 0);
    }
    pen.stroke();
    pen.globalAlpha = 1;
  }

  #glyph(pen, { icon, ink }, width, height) {
    const size = Math.min(width, height) * 0.62;
    pen.translate((width - size) / 2, (height - size) / 2);
    pen.scale(size / 16, size / 16);
    pen.strokeStyle = this.colour(ink);
    pen.lineWidth = 2;
    pen.lineCap = "round";
    pen.lineJoin = "round";
    pen.stroke(new Path2D(icon));
  }

  /** On a light shade the ink is that of the page. */
  #write(pen, { ink, fill }, text, width, height, isLight) {
    const size = Math.min(13, (width - 3) / (0.58 * text.length));
    pen.font = `600 ${size}px ${this.font}`;
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.fillStyle = this.colour(fill && isLight ? "text" : ink);
    pen.fillText(text, width / 2, height / 2 + 0.5);
  }
}

/** Seconds in at most four characters. Pure. */
export function timeText(seconds) {
  if (seconds < 0) return "";
  if (seconds < 9.95) return seconds.toFixed(1);
  if (seconds < 99.5) return String(Math.round(seconds));
  if (seconds < 5940) return `${Math.round(seconds / 60)}m`;
  return `${Math.round(seconds / 3600)}h`;
}

/** A count in at most three characters. Pure. */
export function countText(count) {
  return count > 999 ? "1k+" : String(count);
}

/**
 * What stands in a cell: a glyph, unless there is more to say.
 *
 * @param {Cell} cell
 */
export function textOf(cell, times) {
  if (times) return timeText(cell.elapsed);
  return cell.count ? countText(cell.count) : "";
}
