// What a reader may do with a job: end it, run it again, keep its rig for longer.

import { change } from "../shared/change.js";
import { element } from "../shared/dom.js";
import { button } from "../shared/parts.js";
import { jobPath } from "./dom.js";
import { ENDED } from "./state.js";

/** @import { JobDetail } from "types/api" */

const HOUR = 3600;

export class Actions {
  #asking = false;
  #said = "";

  /** `onChange()` once something has changed. */
  constructor(onChange) {
    this.onChange = onChange;
    this.node = element("div", "job-actions");
  }

  /** @param {JobDetail} job */
  update(job) {
    if (this.job && this.job.state !== job.state) this.#said = "";
    this.job = job;
    if (ENDED.includes(job.state)) this.#asking = false;
    this.#render();
  }

  #render() {
    const said = element("span", "job-said", this.#said);
    said.setAttribute("role", "status");
    const label = document.activeElement?.textContent;
    const had = this.node.contains(document.activeElement);
    const fresh = element("div", "job-actions");
    fresh.append(...this.#buttons(), said);
    if (this.node.isEqualNode(fresh)) return;
    this.node.replaceChildren(...fresh.childNodes);
    if (had) [...this.node.querySelectorAll("button")].find((each) => each.textContent === label)?.focus();
  }

  #buttons() {
    const { state } = this.job;
    const again = button("Run again", "clear", () => this.#again());
    again.title = "The same definition as a new job";
    if (ENDED.includes(state)) return [again];
    if (this.#asking) {
      const really = button("End this job", "clear danger", () => this.#act("cancel", undefined, "It is being cancelled."));
      return [element("span", "job-said", "Really?"), really, button("Let it run", "clear", () => this.#ask(false))];
    }
    const longer = button("One hour more", "clear", () => this.#act("extend", { seconds: HOUR }, ""));
    return [...(state === "reserve" ? [longer] : []), button("Cancel…", "clear", () => this.#ask(true)), again];
  }

  #ask(whether) {
    this.#asking = whether;
    this.#said = "";
    this.#render();
    this.node.querySelector("button")?.focus();
  }

  async #again() {
    const made = await this.#act("again", undefined, "");
    if (made) location.assign(jobPath(made.id));
  }

  async #act(name, body, said) {
    this.#asking = false;
    try {
      const answer = await change("POST", `/api/v1/jobs/${encodeURIComponent(this.job.id)}/${name}`, body);
      this.#said = said;
      this.onChange();
      return answer;
    } catch (error) {
      this.#said = error.message;
      return null;
    } finally {
      this.#render();
    }
  }
}
