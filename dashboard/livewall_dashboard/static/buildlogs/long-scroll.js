// Which lines are in sight of a list that is higher than a browser can make a page. Pure.
//
// Up to some height a pixel of scrolling is a pixel of the list. Above that the scroll bar stands for all of it, and only
// small steps (wheel, keys, a finger) are still pixel by pixel; the bar is brought in line with the list in between.

/** The highest that a part of a page is made, in pixels: browsers differ in what they can. */
export const HIGHEST = 8_000_000;

export class LongScroll {
  #last = 0;

  /** `lines`: of how many there are; `lineHeight`, `viewHeight` in pixels. `top`: lines above the view, with a fraction. */
  constructor({ lines, lineHeight, viewHeight }) {
    this.lines = lines;
    this.lineHeight = lineHeight;
    this.viewHeight = viewHeight;
    this.top = 0;
  }

  /** Of what is scrolled, in pixels. */
  get height() {
    return Math.min(HIGHEST, Math.max(this.viewHeight, this.lines * this.lineHeight));
  }

  get isScaled() {
    return this.lines * this.lineHeight > HIGHEST;
  }

  /** The most lines that can be above the view. */
  get lastTop() {
    return Math.max(0, this.lines - this.viewHeight / this.lineHeight);
  }

  /** The bar stands at `scrollTop`. */
  scrolled(scrollTop) {
    const step = scrollTop - this.#last;
    this.#last = scrollTop;
    if (!this.isScaled) this.top = scrollTop / this.lineHeight;
    else if (Math.abs(step) < this.viewHeight) this.top += step / this.lineHeight;
    else this.top = (scrollTop / (this.height - this.viewHeight)) * this.lastTop;
    this.top = Math.min(Math.max(this.top, 0), this.lastTop);
  }

  /** Where the bar belongs. Whoever puts it there calls `placed` with what the browser made of it. */
  get scrollTop() {
    if (!this.isScaled) return this.top * this.lineHeight;
    return (this.top / this.lastTop) * (this.height - this.viewHeight);
  }

  placed(scrollTop) {
    this.#last = scrollTop;
  }

  /** Brings a line into the middle of the view, unless it is in sight: whether it had to. */
  reveal(line, edge = 2) {
    const inView = this.viewHeight / this.lineHeight;
    const index = line - 1;
    if (index >= this.top + edge && index < this.top + inView - edge) return false;
    this.top = Math.min(Math.max(index - inView / 2 + 0.5, 0), this.lastTop);
    return true;
  }

  /** The first line that is needed and the one behind the last, from 0, with some around what is in sight. */
  window(around) {
    const first = Math.max(0, Math.floor(this.top) - around);
    return [first, Math.min(this.lines, Math.ceil(this.top + this.viewHeight / this.lineHeight) + around)];
  }
}
