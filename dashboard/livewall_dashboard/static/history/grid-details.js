// One result of the grid: what it was, why, and the way to its log. Arrows lead to the run before and after.

import { getJson, runPath } from "../shared/api.js";
import { element } from "../shared/dom.js";
import { short } from "../shared/format.js";
import { tellKeys } from "../shared/keys.js";
import { here, link, timeOf } from "../shared/page.js";
import { badge, commitLink, durationOf, resultStatus, runStatus } from "./dom.js";
import { LETTERS } from "./grid-cells.js";
import { logOf, message } from "./test-row.js";

/** @import { GridRun, RunDetail, Test } from "types/api" */

export class Details {
  /** @param {HTMLElement} host */
  constructor(host) {
    this.host = host;
    this.turn = 0;
    host.tabIndex = -1;
    tellKeys("Enter", "On a row: its latest result");
    tellKeys("← →", "In a result: to the run before, to the one after");
    tellKeys("Esc", "Close the result");
    host.addEventListener("keydown", (event) => this.#key(event));
  }

  /**
   * A test, or a folder where there is no `test`, in the run at `place`; `from` gets the focus back.
   *
   * @param {{ test: any, cells: string, runs: GridRun[], place: number, from: HTMLElement }} shown
   */
  show(shown) {
    this.shown = shown;
    this.host.hidden = false;
    this.host.focus({ preventScroll: true });
    this.#draw();
  }

  close() {
    this.host.hidden = true;
    this.shown?.from.focus({ preventScroll: true });
    this.shown = null;
  }

  #key(event) {
    const step = { ArrowLeft: -1, ArrowRight: 1, "[": -1, "]": 1 }[event.key];
    if (event.key === "Escape") this.close();
    else if (step) this.#step(step);
    else return;
    event.preventDefault();
  }

  #step(step) {
    const { place, runs } = this.shown;
    const next = place + step;
    if (next < 0 || next >= runs.length) return;
    this.shown = { ...this.shown, place: next };
    this.#draw();
  }

  async #draw() {
    const mine = ++this.turn;
    const { test, cells, runs, place } = this.shown;
    const run = runs[place];
    const body = element("div", "details-body");
    this.host.replaceChildren(this.#head(place, runs.length), about(test, run, cells[place]), body);
    if (!test || cells[place] === ".") return;
    try {
      const [{ tests }, detail] = await Promise.all([
        getJson(`${runPath(run.id)}/tests`, { longname: test.longname, limit: 20 }), getJson(runPath(run.id)),
      ]);
      if (mine === this.turn) body.replaceChildren(...tests.map((found) => result(found, detail)));
    } catch (error) {
      if (mine === this.turn) body.replaceChildren(element("p", "bad", error.message));
    }
  }

  #head(place, count) {
    const head = element("div", "details-head");
    const button = (text, title, act, disabled = false) => {
      const node = element("button", "clear", text);
      node.type = "button";
      node.title = title;
      node.setAttribute("aria-label", title);
      node.disabled = disabled;
      node.addEventListener("click", act);
      return node;
    };
    head.append(
      button("←", "The run before", () => this.#step(-1), place === 0),
      button("→", "The run after", () => this.#step(1), place === count - 1),
      element("span", "details-place", `run ${place + 1} of ${count}`),
      button("✕", "Close", () => this.close()),
    );
    return head;
  }
}

/** @param {GridRun} run */
function about(test, run, letter) {
  const node = element("div", "details-about");
  const heading = element("h2", "", test ? test.name : short(run.name, 120));
  const where = element("p", "details-where");
  where.append(
    badge(runStatus(/** @type {any} */ (run)), true), " run ",
    link(short(run.name, 80) || "run", here(`/runs/${encodeURIComponent(run.id)}`)), ` on ${short(run.setup, 80)} · `, timeOf(run.started_at),
  );
  if (run.branch) where.append(" · ", element("span", "branch", short(run.branch, 60)));
  if (run.commit) where.append(" ", commitLink(run.commit));
  node.append(heading);
  if (test) {
    const longname = element("p", "details-longname", test.longname);
    longname.append(" ", link("History", here(`/tests?${new URLSearchParams({ longname: test.longname, mark: run.setup })}`)));
    node.append(longname);
  }
  node.append(where);
  if (test && letter === ".") node.append(element("p", "", "This run does not have it."));
  else if (test) node.append(element("p", "sr-only", LETTERS[letter][1]));
  return node;
}

/**
 * @param {Test} found
 * @param {RunDetail} run
 */
function result(found, run) {
  const node = element("div", "details-result test");
  node.dataset.status = resultStatus(found);
  const line = element("p", "details-line");
  line.append(badge(resultStatus(found)), " ", durationOf(found.elapsed_time));
  if (found.attempts > 1) line.append(element("span", "tries", ` ${found.attempts} tries`));
  line.append(" ", link("In the run", here(`/runs/${encodeURIComponent(run.id)}#${encodeURIComponent(found.process)}/${found.id}`)));
  const log = logOf(run, found);
  if (log) line.append(" ", link("In log.html", `${log}#${found.id}`, { newTab: true }));
  node.append(line, ...(found.message ? [message(found)] : []));
  return node;
}
