// What the whole wall must know and no tile can say: "Configuration, since 10:02: ...". Calm, and gone when cleared.

import { element, icon } from "../shared/dom.js";
import { timeOfDay } from "../shared/format.js";
import { ICONS } from "../shared/icons.js";

/** @import { Notice } from "types/api" */

const KINDS = { config: "Configuration", database: "History", jenkins: "Jenkins" };

/**
 * `{head, text}` of a notice as the server sends it: `{kind, text, since}`. Pure.
 *
 * @param {Notice} notice
 */
export function toldAs({ kind, text, since }) {
  const at = Date.parse(since);
  const what = KINDS[kind] ?? "Notice";
  return { head: Number.isNaN(at) ? what : `${what}, since ${timeOfDay(at).slice(0, 5)}`, text };
}

export class Notices {
  #node = document.getElementById("notices");
  #fromServer = [];
  #ofThisScreen = [];

  /** The server's notices, all of them; undefined where a frame says nothing of them. */
  show(notices) {
    if (notices === undefined) return;
    this.#fromServer = notices;
    this.#render();
  }

  /** Something only this screen has to say; it goes with the next picture of the server. */
  add(text) {
    this.#ofThisScreen = [{ kind: "", text, since: new Date().toISOString() }];
    this.#render();
  }

  forgetOwn() {
    if (!this.#ofThisScreen.length) return;
    this.#ofThisScreen = [];
    this.#render();
  }

  #render() {
    const notices = [...this.#fromServer, ...this.#ofThisScreen];
    this.#node.hidden = notices.length === 0;
    this.#node.replaceChildren(...notices.map((notice) => {
      const { head, text } = toldAs(notice);
      const item = element("p", "notice");
      item.append(icon(ICONS.abandoned), element("strong", "", head), element("span", "", text));
      return item;
    }));
  }
}
