// One test: a line that opens. Failures are open from the start, because they are what people come for.

import { element } from "../shared/dom.js";
import { fullMoment } from "../shared/moment.js";
import { here, link } from "../shared/page.js";
import { Attempts } from "./attempts.js";
import { badge, durationOf, resultStatus, triesText } from "./dom.js";
import { beginning, fileName, parentName, plainMessage, plural } from "./text.js";

/** @import { RunDetail, Test } from "types/api" */

/** Servers and proxies take no longer ones. */
const LONGEST_ADDRESS = 7500;

/**
 * Ids repeat over the processes of a pabot run.
 *
 * @param {Test} test
 */
export function testKey(test) {
  return `${test.process}/${test.id}`;
}

export class TestRow {
  /** `onTag(tag)` when a reader picks one. */
  constructor(run, onTag) {
    this.run = run;
    this.onTag = onTag;
    this.node = element("details", "test");
    this.line = element("summary", "test-line");
    this.body = element("div", "test-body");
    this.node.append(this.line, this.body);
    this.node.addEventListener("toggle", () => this.node.open && this.#drawBody());
  }

  /**
   * @param {Test} test
   * @param {RunDetail} run
   */
  update(test, run) {
    const state = JSON.stringify([test, run.artifacts, run.setup]);
    if (state === this.state) return;
    const fresh = this.state === undefined;
    this.state = state;
    this.test = test;
    this.run = run;
    this.node.dataset.status = resultStatus(test);
    this.node.dataset.id = test.id;
    this.drawn = false;
    this.#drawLine();
    if (fresh && test.outcome === "failed") this.node.open = true;
    if (this.node.open) this.#drawBody();
  }

  open({ linked = false } = {}) {
    this.node.open = true;
    this.#drawBody();
    if (linked) this.node.classList.add("is-linked");
  }

  #drawLine() {
    const { test } = this;
    const name = element("span", "test-name");
    name.append(element("span", "test-title", test.name), element("span", "test-where", parentName(test.longname, test.name)));
    const tries = triesText(test);
    if (tries) name.append(element("span", "tries", tries));
    this.line.replaceChildren(
      badge(resultStatus(test), true), name, durationOf(test.elapsed_time, "number test-duration"),
    );
  }

  #drawBody() {
    if (this.drawn) return;
    this.drawn = true;
    const { test } = this;
    const parts = [];
    const words = expectation(test);
    if (words) parts.push(element("p", "test-expected", words));
    if (test.attempts > 1) parts.push(new Attempts(this.run.id, test).node);
    if (test.message) parts.push(message(test));
    parts.push(this.#links());
    this.body.replaceChildren(...parts);
  }

  #links() {
    const { test, run } = this;
    const node = element("div", "test-links");
    const address = logOf(run, test);
    if (address) {
      node.append(link("Open in log.html", `${address}#${test.id}`, { className: "primary", newTab: true }));
    }
    const history = here(`/tests?${new URLSearchParams({ longname: test.longname, mark: run.setup })}`);
    if (history.length < LONGEST_ADDRESS) node.append(link("History", history));
    node.append(link("Link to this test", run.processes > 1 ? `#${test.process}/${test.id}` : `#${test.id}`));
    if (test.source) {
      const source = element("span", "test-source", `${fileName(test.source)}${test.lineno ? `:${test.lineno}` : ""}`);
      source.title = test.source;
      node.append(source);
    }
    const began = element("span", "test-began", fullMoment(test.start_time));
    node.append(began, ...test.tags.map((tag) => this.#tag(tag)));
    return node;
  }

  #tag(tag) {
    const button = element("button", "tag", tag);
    button.type = "button";
    button.title = `Only tests tagged ${tag}`;
    button.addEventListener("click", () => this.onTag(tag));
    return button;
  }
}

/**
 * "CRASH TEXT, expected FAIL", where it was not plainly to pass or says more than its status; else "".
 *
 * @param {Test} test
 */
function expectation({ status, actual, expected }) {
  const isPlain = expected === "PASS" && (actual === status || !actual);
  return isPlain ? "" : `${actual || status}, expected ${expected.replaceAll(" ", " or ")}`;
}

/**
 * The log in which the test has this id: each process of a pabot run has its own.
 *
 * @param {RunDetail} run
 * @param {Test} test
 */
export function logOf(run, { process }) {
  const own = run.artifacts.find(({ name, process: of }) => of === process && /log\.html$/i.test(name));
  return own?.url ?? (run.processes > 1 ? null : run.log);
}

/**
 * The whole message; of a long one the beginning, until somebody asks for the rest.
 *
 * @param {{message: string, name?: string}} test
 */
export function message(test, name = test.name) {
  const whole = plainMessage(test.message);
  const start = beginning(whole);
  const box = element("div", "message-box");
  const text = element("pre", "message", start);
  text.tabIndex = 0;
  text.setAttribute("aria-label", `Message of ${name}`);
  box.append(text);
  if (start.length < whole.length) {
    const lines = whole.split("\n").length;
    const all = element("button", "more-message", lines > 1 ? `Show all ${plural(lines, "line")}` : "Show all of it");
    all.type = "button";
    all.addEventListener("click", () => {
      text.textContent = whole;
      all.remove();
    });
    text.classList.add("cut");
    all.addEventListener("click", () => text.classList.remove("cut"));
    box.append(all);
  }
  return box;
}
