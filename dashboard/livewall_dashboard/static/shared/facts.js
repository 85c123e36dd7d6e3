// What is known of a thing, as names and values: the lower part of the head of its page.

import { element } from "./dom.js";

export class Facts {
  constructor() {
    this.node = element("dl", "facts");
  }

  /** A fact; of what is empty nothing is said. */
  add(name, ...content) {
    const given = content.filter((part) => part !== "" && part !== null && part !== undefined);
    if (!given.length) return;
    const item = element("div", "fact");
    const value = element("dd");
    value.append(...given);
    item.append(element("dt", "", name), value);
    this.node.append(item);
  }
}
