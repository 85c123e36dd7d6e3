// Runs that are ticked in a list, and the way to where they are compared: two side by side, more in the grid.

import { searchOf } from "../shared/api.js";
import { element } from "../shared/dom.js";
import { short } from "../shared/format.js";
import { here, link } from "../shared/page.js";

/** @import { Run } from "types/api" */

/** What an address has room for. */
const MOST = 30;

export class ChosenRuns {
  /** `host`: where the way is shown, as soon as something is ticked. */
  constructor(host) {
    this.runs = new Map();
    this.node = element("span", "compare-chosen");
    this.node.setAttribute("role", "status");
    host.prepend(this.node);
  }

  /** @param {Run} run */
  box(run) {
    const label = element("label", "run-choose");
    const box = element("input");
    box.type = "checkbox";
    box.checked = this.runs.has(run.id);
    box.setAttribute("aria-label", `Compare ${short(run.name, 80) || "the run"} on ${short(run.setup, 80)}`);
    box.addEventListener("change", () => {
      if (box.checked) this.runs.set(run.id, run.started_at);
      else this.runs.delete(run.id);
      this.#draw();
    });
    label.append(box);
    return label;
  }

  #draw() {
    const count = this.runs.size;
    this.node.replaceChildren();
    if (count === 1) this.node.append("Tick another run to compare");
    if (count > MOST) this.node.append(`At most ${MOST} runs are compared`);
    if (count < 2 || count > MOST) return;
    this.node.append(link(count === 2 ? "Compare" : `Compare ${count} runs`, here(comparison(this.runs)), { className: "compare-way" }));
  }
}

/** Where runs, with the times when they started, are compared: the older is the one before. */
export function comparison(runs) {
  const ids = [...runs.entries()].sort(([, a], [, b]) => Date.parse(a) - Date.parse(b)).map(([id]) => id);
  return ids.length === 2 ? `/compare?${searchOf({ left: ids[0], right: ids[1] })}` : `/history/grid?${searchOf({ run: ids })}`;
}
