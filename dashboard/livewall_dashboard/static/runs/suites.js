// The tree of suites: what failed is unfolded, everything else waits until it is asked for.

import { eachPage, runPath } from "./api.js";
import { badge, durationOf, element } from "./dom.js";
import { plainMessage, plural } from "./text.js";

const PAGE = 1000;
const UNFOLD_AT_MOST = 40;
const PHASE_WORTH_SHOWING = 1;

export class Suites {
  /** `onPick(id)` when a reader wants the tests of one suite, "" for all. */
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

  async load() {
    const rows = [];
    await eachPage(this.path, "suites", { limit: PAGE }, (page) => rows.push(...page));
    const state = JSON.stringify(rows);
    if (state === this.state) return;
    this.state = state;
    this.roots = grow(rows);
    this.count.textContent = plural(rows.length, "suite");
    this.budget = UNFOLD_AT_MOST;
    const focused = document.activeElement?.dataset?.suite;
    this.tree.replaceChildren(...this.roots.map((node) => this.#item(node, 0)));
    this.mark(this.marked);
    if (focused) this.tree.querySelector(`[data-suite="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  }

  /** Shows which suite the list of tests is about. */
  mark(id) {
    this.marked = id;
    for (const button of this.tree.querySelectorAll(".suite-pick")) {
      if (button.dataset.suite === id) button.setAttribute("aria-current", "true");
      else button.removeAttribute("aria-current");
    }
  }

  #item(node, depth) {
    const item = element("li", "suite");
    item.dataset.status = node.suite.status ?? "running";
    const line = this.#line(node);
    if (!node.children.length) {
      item.append(line);
      return item;
    }
    const branch = element("details", "suite-branch");
    const summary = element("summary", "suite-line");
    summary.append(...line.childNodes);
    branch.append(summary);
    branch.addEventListener("toggle", () => {
      this.opened.set(node.suite.longname, branch.open);
      if (branch.open) this.#unfold(branch, node, depth);
    });
    branch.open = this.#wantsOpen(node, depth);
    if (branch.open) this.#unfold(branch, node, depth);
    item.append(branch);
    return item;
  }

  #wantsOpen(node, depth) {
    const chosen = this.opened.get(node.suite.longname);
    if (chosen !== undefined) return chosen;
    const wanted = depth === 0 || node.suite.status === "FAIL" || node.suite.status === null;
    if (!wanted || this.budget <= 0) return false;
    this.budget -= node.children.length;
    return true;
  }

  #unfold(branch, node, depth) {
    if (branch.children.length > 1) return;
    const list = element("ul", "suite-children");
    list.append(...node.children.map((child) => this.#item(child, depth + 1)));
    branch.append(list);
  }

  #line({ suite }) {
    const line = element("div", "suite-line");
    const pick = element("button", "suite-pick", suite.name);
    pick.type = "button";
    pick.dataset.suite = suite.id;
    pick.title = suite.longname;
    pick.addEventListener("click", (event) => {
      event.preventDefault();
      this.onPick(this.marked === suite.id ? "" : suite.id);
    });
    const text = element("div", "suite-text");
    text.append(pick, element("span", "suite-count", plural(suite.test_count, "test")));
    for (const phase of phases(suite)) text.append(phase);
    if (suite.message) text.append(element("p", "suite-message", plainMessage(suite.message)));
    line.append(badge(suite.status ?? "running", true), text, durationOf(suite.elapsed_time, "number suite-duration"));
    return line;
  }
}

function phases(suite) {
  const parts = [];
  for (const [title, phase] of [["setup", suite.setup], ["teardown", suite.teardown]]) {
    if (!phase || (phase.status !== "FAIL" && phase.elapsed_time < PHASE_WORTH_SHOWING)) continue;
    const node = element("span", "suite-phase");
    node.dataset.status = phase.status;
    node.append(`${title} ${phase.status === "FAIL" ? "failed, " : ""}`, durationOf(phase.elapsed_time));
    node.title = phase.name;
    parts.push(node);
  }
  return parts;
}

/** Rows of suites -> their trees. A suite's id begins with its parent's; ids of different processes are apart. */
export function grow(rows) {
  const nodes = new Map(rows.map((suite) => [`${suite.process}/${suite.id}`, { suite, children: [] }]));
  const roots = [];
  for (const node of nodes.values()) {
    const { process, id } = node.suite;
    const parent = nodes.get(`${process}/${id.slice(0, Math.max(0, id.lastIndexOf("-")))}`);
    (parent ? parent.children : roots).push(node);
  }
  return roots;
}
