// What a reader may do with a branch or a build of it: build it, end it, keep it, wake or stop what it left running.

import { change } from "../shared/change.js";
import { element } from "../shared/dom.js";
import { button } from "../shared/parts.js";

/** @import { BranchBuild } from "types/api" */


/**
 * Of what it is: a bundle, and its newest build where there is one; `commitsOf`: that build's commits are built again, in
 * place of the bundle's newest.
 *
 * @typedef {{
 *   project: string, bundle: string, commitsOf?: boolean,
 *   build: { number: number, state: string, kept: boolean, same_as: number | null } | null,
 * }} Target
 */

export class Orders {
  /** The build of which it is asked whether to end it. */
  #asking = 0;
  /** By bundle what came of the last order. */
  #said = new Map();

  /** `onChange()`: draw it again; `onDone(build)`: something has changed, and that is the build then. */
  constructor(onChange, onDone) {
    this.onChange = onChange;
    this.onDone = onDone;
  }

  /** @param {Target} target */
  nodeFor(target) {
    const node = element("div", "orders");
    node.dataset.number = String(target.build?.number ?? "");
    const said = element("span", "order-said", this.#said.get(key(target)) ?? "");
    said.setAttribute("role", "status");
    node.append(...this.#buttons(target), said);
    return node;
  }

  /**
   * What wakes or stops the instance of a build; nothing where neither is of use.
   *
   * @param {Target} target
   * @param {{ what: string, word: string, title: string } | null} order
   */
  instanceFor(target, order) {
    if (!order) return null;
    const node = element("div", "orders");
    const said = element("span", "order-said", this.#said.get(instanceKey(target)) ?? "");
    said.setAttribute("role", "status");
    const pressed = this.#button(order.word, target, () => this.#order(target, order.what));
    pressed.title = order.title;
    node.append(pressed, said);
    return node;
  }

  /** @param {Target} target */
  async #order(target, what) {
    try {
      this.onDone(await change("POST", `/api/v1/branch-builds/${target.build.number}/${what}`));
      this.#said.delete(instanceKey(target));
    } catch (error) {
      this.#said.set(instanceKey(target), error.message);
    }
    this.onChange();
  }

  /** @param {Target} target */
  #buttons(target) {
    const { build } = target;
    const isOpen = build !== null && build.state !== "done";
    if (isOpen && this.#asking === build.number) {
      return [
        element("span", "", "Really?"),
        this.#button("End it", target, () => this.#act(target, `${build.number}/kill`), "clear danger"),
        this.#button("Let it run", target, () => this.#ask(0, target)),
      ];
    }
    const again = build?.state === "gathering" ? "Build now" : build ? "Rebuild" : "Build";
    const buttons = [this.#button(again, target, () => this.#build(target))];
    if (isOpen && !build.same_as) buttons.push(this.#button("Kill…", target, () => this.#ask(build.number, target)));
    if (build) buttons.push(this.#keep(target));
    return buttons;
  }

  /** @param {Target} target */
  #keep(target) {
    const { number, kept } = target.build;
    const node = this.#button("Keep", target, () => this.#act(target, `${number}/keep${kept ? "?keep=false" : ""}`));
    node.setAttribute("aria-pressed", String(kept));
    node.title = kept ? `Build ${number} stays. It may go again` : `Build ${number} stays until you say otherwise`;
    return node;
  }

  #button(text, target, onClick, className = "clear") {
    const { bundle, build } = target;
    const node = button(text, className, onClick);
    node.setAttribute("aria-label", `${text} ${build ? `#${build.number} of ` : ""}${bundle}`);
    return node;
  }

  /** @param {Target} target */
  #ask(number, target) {
    this.#asking = number;
    this.#said.delete(key(target));
    this.onChange();
    document.querySelector(`.orders[data-number="${number || target.build.number}"] button`)?.focus();
  }

  /** @param {Target} target */
  async #build({ project, bundle, build, commitsOf }) {
    const body = commitsOf && build?.state !== "gathering" ? { number: build.number } : { project, bundle };
    const made = await this.#act({ project, bundle, build }, "", body);
    if (made && made.number !== build?.number) this.#say({ project, bundle }, `#${made.number} is due`);
  }

  /**
   * @param {Target} target
   * @returns {Promise<BranchBuild | null>}
   */
  async #act(target, path, body = undefined) {
    this.#asking = 0;
    try {
      const made = await change("POST", `/api/v1/branch-builds${path && `/${path}`}`, body);
      this.#say(target, "");
      this.onDone(made);
      return made;
    } catch (error) {
      this.#say(target, error.message);
      return null;
    }
  }

  #say(target, text) {
    this.#said.set(key(target), text);
    this.onChange();
  }
}

function instanceKey({ build }) {
  return `instance ${build.number}`;
}

function key({ project, bundle }) {
  return `${project}/${bundle}`;
}
