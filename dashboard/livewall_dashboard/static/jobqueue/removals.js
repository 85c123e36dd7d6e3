// Takes off the lists an agent or a queue that is no more; it is back as soon as anybody names it.

import { change } from "../shared/change.js";
import { element } from "../shared/dom.js";
import { button } from "../shared/parts.js";

export class Removals {
  #asked = "";
  #refused = { name: "", why: "" };

  /**
   * `onChange()` when all is to be read and drawn anew.
   *
   * @param {{ pathOf: (name: string) => string, onChange: () => unknown }} settings
   */
  constructor({ pathOf, onChange }) {
    this.pathOf = pathOf;
    this.onChange = onChange;
  }

  /** The button for one of them; once it was pressed the two that it becomes, and why the wall refused. */
  node(name) {
    const node = element("div", "removal");
    if (this.#asked === name) {
      node.append(
        "Really?",
        button("Remove it", "clear danger", () => this.#remove(name)),
        button("Keep it", "clear", () => this.#ask("")),
      );
    } else {
      node.append(button("Remove…", "clear", () => this.#ask(name)));
    }
    if (this.#refused.name === name) node.append(element("p", "bad", this.#refused.why));
    return node;
  }

  #ask(name) {
    this.#asked = name;
    this.#refused = { name: "", why: "" };
    this.onChange();
  }

  async #remove(name) {
    this.#asked = "";
    try {
      await change("DELETE", this.pathOf(name));
    } catch (error) {
      this.#refused = { name, why: error.message };
    }
    this.onChange();
  }
}
