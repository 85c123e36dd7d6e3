// The lines of a log that are in sight, however many there are.

import { element } from "../shared/dom.js";
import { lowered, nodesOf } from "./log-line.js";
import { LongScroll } from "./long-scroll.js";

const AROUND = 30;
const SETTLE = 150;
const DRIFT = 200;

export class LogView {
  #find = "";
  /** @type {[number, number]} */
  #marked = [0, -1];
  /** @type {Map<number, string>} */
  #complaints = new Map();
  #timer = 0;
  #widest = 0;

  /** `source`: a LogSource that is open; `onPick(line, extends)` when a reader wants a line. */
  constructor(host, source, total, onPick) {
    this.host = host;
    this.source = source;
    this.onPick = onPick;
    this.spacer = element("div", "log-spacer");
    this.lines = element("div", "log-lines");
    this.spacer.append(this.lines);
    host.replaceChildren(this.spacer);
    this.scroll = new LongScroll({ lines: total, lineHeight: this.#lineHeight(), viewHeight: host.clientHeight });
    this.spacer.style.setProperty("--digits", String(String(total).length));
    this.#resize();
    host.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    new ResizeObserver(() => this.#resize()).observe(host);
    host.addEventListener("click", (event) => this.#clicked(event));
    this.draw();
  }

  /** Brings a line into sight. */
  reveal(line) {
    if (this.scroll.reveal(line)) this.#place();
    this.draw();
  }

  /** The line in the middle of what is in sight, from 1. */
  get middle() {
    return Math.floor(this.scroll.top + this.scroll.viewHeight / this.scroll.lineHeight / 2) + 1;
  }

  /** The first line that is marked; 0 for none. */
  get marked() {
    return this.#marked[0];
  }

  /** Marks lines `first` to `last`. */
  mark(first, last) {
    this.#marked = [first, last];
    this.draw();
  }

  /** Marks a text wherever it is. */
  find(text) {
    this.#find = lowered(text);
    this.draw();
  }

  /** Of which lines the report knows a complaint: by number "error" or "warning". */
  setComplaints(complaints) {
    this.#complaints = complaints;
    this.draw();
  }

  draw() {
    const [first, last] = this.scroll.window(AROUND);
    this.source.want(first, last);
    const rows = [];
    for (let index = first; index < last; index += 1) rows.push(this.#row(index));
    this.lines.replaceChildren(...rows);
    const offset = this.host.scrollTop - (this.scroll.top - first) * this.scroll.lineHeight;
    this.lines.style.transform = `translateY(${offset}px)`;
    this.#widest = Math.max(this.#widest, this.lines.scrollWidth);
    this.spacer.style.minWidth = `${this.#widest}px`;
  }

  #row(index) {
    const number = index + 1;
    const row = element("div", "log-line");
    const link = element("a", "log-number", String(number));
    link.href = `#L${number}`;
    const complaint = this.#complaints.get(number);
    if (complaint) {
      row.dataset.complaint = complaint;
      link.title = complaint;
    }
    if (number >= this.#marked[0] && number <= this.#marked[1]) row.dataset.marked = "";
    const text = element("span", "log-text");
    const pieces = this.source.line(index);
    if (pieces) text.append(...nodesOf(pieces, this.#find));
    else text.textContent = "…";
    row.append(link, text);
    return row;
  }

  #scrolled() {
    this.scroll.scrolled(this.host.scrollTop);
    if (Math.abs(this.host.scrollTop - this.scroll.scrollTop) > DRIFT) this.#place();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#place(), SETTLE);
    this.draw();
  }

  /** Brings the bar in line with what is in sight. */
  #place() {
    const wanted = this.scroll.scrollTop;
    if (Math.abs(this.host.scrollTop - wanted) < 1) return;
    this.host.scrollTop = wanted;
    this.scroll.placed(this.host.scrollTop);
    this.draw();
  }

  #resize() {
    this.scroll.viewHeight = this.host.clientHeight;
    this.spacer.style.height = `${this.scroll.height}px`;
    this.draw();
  }

  #lineHeight() {
    const row = element("div", "log-line", "0");
    this.lines.append(row);
    const { height } = row.getBoundingClientRect();
    return height;
  }

  #clicked(event) {
    const link = event.target.closest(".log-number");
    if (!link) return;
    event.preventDefault();
    this.onPick(Number(link.textContent), event.shiftKey);
  }
}
