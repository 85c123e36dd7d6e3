// Stopping a build: asked twice, because nobody can undo it.

import { element } from "../shared/dom.js";
import { stopBuild, troubleText } from "./actions.js";
import { button } from "./dom.js";

/** @import { JenkinsBuild } from "types/api" */

export class StopButton {
  #asking = false;
  #said = "";

  constructor(context, job) {
    this.context = context;
    this.job = job;
    this.node = element("span", "stop");
  }

  /** @param {JenkinsBuild} build */
  update(build) {
    this.build = build;
    if (!build.building) this.#said = "";
    this.#render();
  }

  #render() {
    const { number, building, can_stop: canStop } = this.build;
    const possible = building && canStop;
    this.node.hidden = !possible && !this.#said;
    const said = element("span", "said", this.#said);
    said.setAttribute("role", "status");
    if (!possible) this.node.replaceChildren(said);
    else if (this.#asking) {
      const really = button(`Stop #${number}`, "danger", () => this.#stop());
      const keep = button("Let it run", "plain", () => this.#ask(false));
      really.dataset.part = "stop";
      this.node.replaceChildren(element("span", "said", "Really?"), really, keep);
    } else {
      const ask = button("Stop…", "plain", () => this.#ask(true));
      ask.dataset.part = "stop";
      ask.setAttribute("aria-label", `Stop #${number}…`);
      this.node.replaceChildren(ask, said);
    }
  }

  #ask(whether) {
    this.#asking = whether;
    this.#said = "";
    this.#render();
    this.node.querySelector('[data-part="stop"]')?.focus();
  }

  async #stop() {
    const { jenkins, name } = this.job;
    this.#asking = false;
    this.#said = "Asking Jenkins to stop it";
    this.#render();
    try {
      await stopBuild(jenkins, name, this.build.number);
      this.#said = "Jenkins is stopping it";
    } catch (error) {
      this.#said = troubleText(error);
    }
    this.#render();
    this.context.acted();
  }
}
