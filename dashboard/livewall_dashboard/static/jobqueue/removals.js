// Takes off the lists an agent or a queue that is no more; it is back as soon as anybody names it.

import { change } from "../shared/change.js";
import { element } from "../shared/dom.js";
import { button } from "../shared/parts.js";

export class Removals {
  #asked = "";
  #refused = { name: "", why: "" };

  /**
   * `onChange()`: draw it again; `onDone()`: one is gone, so that all is to be read anew.
   *
   * @param {{ pathOf: (name: string) => string, onChange: () => unknown, onDone: () => unknown }} settings
   */
  constructor({ pathOf, onChange, onDone }) {
    this.pathOf = pathOf;
    this.onChange = onChange;
    this.onDone = onDone;
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
    if (this.#refused.name === name) {
      const why = element("p", "bad", this.#refused.why);
      why.setAttribute("role", "alert");
      node.append(why);
    }
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
      this.onDone();
    } catch (error) {
      this.#refused = { name, why: error.message };
    }
    this.onChange();
  }
}
