// Output of a program as lines on the page, the newest of them: a browser does not draw millions.

import { AnsiReader } from "../shared/ansi.js";
import { partOf } from "../shared/ansi-text.js";
import { element } from "../shared/dom.js";
import { plural } from "../shared/format.js";

const MOST = 10_000;
/** Characters of one line that are drawn: a program may write for ever without ending one. */
const MOST_OF_LINE = 10_000;

export class OutputLines {
  #reader = new AnsiReader();
  #line = null;
  /** Characters of the line that is not at its end. */
  #length = 0;
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
      else if (piece === "\r") this.#restart();
      else this.#write(piece);
    }
    this.#markCut();
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
    this.#length = 0;
    return text.slice(from + 1);
  }

  /** Only lines with this text are shown, "" for all -> how many have it. */
  find(text) {
    this.#find = text.toLowerCase();
    let found = 0;
    for (const line of this.host.children) found += Number(this.#show(line));
    return found;
  }

  #restart() {
    this.#open().replaceChildren();
    this.#length = 0;
  }

  #write(piece) {
    const line = this.#open();
    const room = MOST_OF_LINE - this.#length;
    this.#length += piece.text.length;
    if (room > 0) line.append(partOf({ ...piece, text: piece.text.slice(0, room) }));
  }

  /** Says how much of the line is not drawn. */
  #markCut() {
    const more = this.#length - MOST_OF_LINE;
    if (!this.#line || more <= 0) return;
    const mark = this.#line.querySelector(".output-cut") ?? element("span", "output-cut");
    mark.textContent = ` … ${plural(more, "character")} more`;
    this.#line.append(mark);
  }

  #open() {
    if (this.#line) return this.#line;
    this.#line = element("div", "output-line");
    this.host.append(this.#line);
    return this.#line;
  }

  #end() {
    const line = this.#line ?? null;
    this.#markCut();
    if (line) this.#show(line);
    else if (this.host.childElementCount) this.host.append(element("div", "output-line"));
    this.#line = null;
    this.#length = 0;
  }

  #show(line) {
    if (!line) return false;
    const has = !this.#find || line.textContent.toLowerCase().includes(this.#find);
    if (line.hidden === has) line.hidden = !has;
    return has;
  }
}
