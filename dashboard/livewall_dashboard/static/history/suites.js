// The tree of suites: what failed is unfolded, everything else waits until it is asked for.

import { eachPage, runPath } from "../shared/api.js";
import { element } from "../shared/dom.js";
import { badge, durationOf } from "./dom.js";
import { plainMessage, plural } from "./text.js";
import { grow } from "./tree.js";

/** @import { Suite } from "types/api" */

const PAGE = 1000;
const UNFOLD_AT_MOST = 40;
const PHASE_WORTH_SHOWING = 5;

export class Suites {
  /** `onPick(node)` when a reader wants the tests of one suite, null for all. */
  constructor(host, runId, onPick) {
    this.path = `${runPath(runId)}/suites`;
    this.onPick = onPick;
    this.opened = new Map();
    const head = element("div", "section-head");
    const title = element("h2", "", "Suites");
    title.id = "suites-title";
    this.count = element("p", "status-line");
    head.append(title, this.count);
    this.tree = element("ul", "suite-tree");
    host.append(head, this.tree);
  }

  /** `running`: whether a suite without an end may still come to one. */
  async load({ running }) {
    const rows = [];
    await eachPage(this.path, "suites", { limit: PAGE }, (page) => rows.push(...page));
    const state = JSON.stringify([rows, running]);
    if (state === this.state) return;
    this.state = state;
    this.unended = running ? "running" : "abandoned";
    const { roots, nodes } = grow(rows);
    this.nodes = nodes;
    this.count.textContent = plural(nodes.length, "suite");
    this.budget = UNFOLD_AT_MOST;
    const focused = document.activeElement?.dataset?.key;
    this.tree.replaceChildren(...roots.map((node) => this.#item(node, 0)));
    this.mark(this.marked);
    if (focused) this.tree.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  }

  /** Shows which suite the list of tests is about, as `isIt(node)` says. */
  mark(isIt) {
    this.marked = isIt;
    for (const button of this.tree.querySelectorAll(".suite-pick")) {
      if (isIt?.(button.node)) button.setAttribute("aria-current", "true");
      else button.removeAttribute("aria-current");
    }
  }

  /** The longname of the first suite of which `isIt(node)` is true, or "". */
  nameOf(isIt) {
    return (this.nodes ?? []).find(isIt)?.longname ?? "";
  }

  #item(node, depth) {
    const item = element("li", "suite");
    const line = this.#line(node);
    item.append(line);
    if (!node.children.length) return item;
    const list = element("ul", "suite-children");
    const toggle = element("button", "suite-toggle");
    toggle.type = "button";
    toggle.setAttribute("aria-label", `Suites of ${node.name}`);
    const show = (open) => {
      toggle.setAttribute("aria-expanded", String(open));
      list.hidden = !open;
      if (open && !list.children.length) {
        list.append(...node.children.map((child) => this.#item(child, depth + 1)));
        this.mark(this.marked);
      }
    };
    toggle.addEventListener("click", () => {
      const open = list.hidden;
      this.opened.set(node.key, open);
      show(open);
    });
    line.prepend(toggle);
    item.append(list);
    show(this.#wantsOpen(node, depth));
    return item;
  }

  #wantsOpen(node, depth) {
    const chosen = this.opened.get(node.key);
    if (chosen !== undefined) return chosen;
    const wanted = depth === 0 || node.counts.failed > 0 || node.status === null;
    if (!wanted || this.budget <= 0) return false;
    this.budget -= node.children.length;
    return true;
  }

  #line(node) {
    const line = element("div", "suite-line");
    const pick = element("button", "suite-pick", node.name);
    pick.type = "button";
    pick.node = node;
    pick.dataset.key = node.key;
    pick.title = node.longname;
    pick.addEventListener("click", () => this.onPick(pick.hasAttribute("aria-current") ? null : node));
    const text = element("div", "suite-text");
    text.append(pick, ...counts(node));
    for (const suite of node.suites) {
      text.append(...phases(suite));
      if (suite.message) text.append(element("p", "suite-message", plainMessage(suite.message)));
    }
    line.append(badge(node.status ?? this.unended, true), text, durationOf(node.elapsed_time, "number suite-duration"));
    return line;
  }
}

function counts(node) {
  const parts = [element("span", "suite-count", plural(node.test_count, "test"))];
  if (node.counts.failed) parts.unshift(element("span", "suite-failed", `${node.counts.failed} failed`));
  return parts;
}

/** @param {Suite} suite */
function phases(suite) {
  const parts = [];
  for (const [title, phase] of Object.entries({ setup: suite.setup, teardown: suite.teardown })) {
    if (!phase || (phase.status !== "FAIL" && phase.elapsed_time < PHASE_WORTH_SHOWING)) continue;
    const node = element("span", "suite-phase");
    node.dataset.status = phase.status;
    node.append(`${title} ${phase.status === "FAIL" ? "failed, " : ""}`, durationOf(phase.elapsed_time));
    node.title = phase.name;
    parts.push(node);
  }
  return parts;
}
