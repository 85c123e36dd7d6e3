// The tries of one test, fetched when a reader opens it.

import { eachPage, runPath } from "../shared/api.js";
import { element } from "../shared/dom.js";
import { badge, durationOf } from "./dom.js";
import { beginning, plainMessage } from "./text.js";

/** @import { Attempt, Test } from "types/api" */

export class Attempts {
  /**
   * @param {string} runId
   * @param {Test} test
   */
  constructor(runId, { id, process, name }) {
    this.node = element("ol", "attempts");
    this.node.setAttribute("aria-label", `Tries of ${name}`);
    this.#load(runPath(runId), { test: id, process });
  }

  async #load(path, query) {
    try {
      await eachPage(`${path}/attempts`, "attempts", query, (attempts) => this.node.append(...attempts.map(attemptRow)));
      if (!this.node.children.length) this.node.append(element("li", "", "Of each try nothing more is told."));
    } catch (error) {
      this.node.replaceChildren(element("li", "", error.message));
    }
  }
}

/** @param {Attempt} attempt */
function attemptRow({ no, status, message, elapsed_time: took }) {
  const row = element("li", "attempt");
  row.append(badge(status, true), element("span", "attempt-no", `Try ${no}`));
  if (took !== null) row.append(durationOf(took));
  if (message) row.append(element("pre", "attempt-message", beginning(plainMessage(message))));
  return row;
}
