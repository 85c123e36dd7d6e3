// Output of a program as lines on the page, the newest of them: a browser does not draw millions.

import { AnsiReader } from "../shared/ansi.js";
import { partOf } from "../shared/ansi-text.js";
import { element } from "../shared/dom.js";

const MOST = 10_000;

export class OutputLines {
  #reader = new AnsiReader();
  #line = null;
  #find = "";

  /** `dropped`: lines that are not on the page any more. */
  constructor(host) {
    this.host = host;
    this.dropped = 0;
  }

  /** A line that says which phase begins. */
  begin(title) {
    this.#end();
    this.host.append(element("div", "output-phase", title));
    this.#reader = new AnsiReader();
  }

  /** Goes on with the output of a phase. */
  add(text) {
    for (const piece of this.#reader.read(this.#latest(text))) {
      if (piece === "\n") this.#end();
      else if (piece === "\r") this.#open().replaceChildren();
      else this.#open().append(partOf(piece));
    }
    this.#show(this.#line);
    while (this.host.childElementCount > MOST) {
      this.dropped += Number(this.host.firstElementChild.matches(".output-line"));
      this.host.firstElementChild.remove();
    }
  }

  /** What is left of a text of which the first lines would be dropped at once. */
  #latest(text) {
    let from = text.length;
    for (let lines = 0; lines < MOST && from > 0; lines += 1) from = text.lastIndexOf("\n", from - 1);
    if (from <= 0) return text;
    this.dropped += this.host.querySelectorAll(".output-line").length + text.slice(0, from).split("\n").length;
    this.host.replaceChildren();
    this.#line = null;
    return text.slice(from + 1);
  }

  /** Only lines with this text are shown, "" for all -> how many have it. */
  find(text) {
    this.#find = text.toLowerCase();
    let found = 0;
    for (const line of this.host.children) found += Number(this.#show(line));
    return found;
  }

  #open() {
    if (this.#line) return this.#line;
    this.#line = element("div", "output-line");
    this.host.append(this.#line);
    return this.#line;
  }

  #end() {
    const line = this.#line ?? null;
    if (line) this.#show(line);
    else if (this.host.childElementCount) this.host.append(element("div", "output-line"));
    this.#line = null;
  }

  #show(line) {
    if (!line) return false;
    const has = !this.#find || line.textContent.toLowerCase().includes(this.#find);
    if (line.hidden === has) line.hidden = !has;
    return has;
  }
}
