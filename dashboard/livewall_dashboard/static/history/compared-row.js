// A test of two runs: a line that opens to both messages. What newly fails is open, because people come for that.

import { element } from "../shared/dom.js";
import { here, link } from "../shared/page.js";
import { KINDS, ratio } from "./compared-words.js";
import { badge, durationOf, resultStatus, statusWord } from "./dom.js";
import { message } from "./test-row.js";
import { lastPart, parentName } from "./text.js";

/** @import { ComparedResult, ComparedTest, Comparison, Run } from "types/api" */

const LONGEST_ADDRESS = 7500;

export class ComparedRow {
  /**
   * @param {ComparedTest} test
   * @param {Comparison} runs
   */
  constructor(test, runs) {
    this.test = test;
    this.runs = runs;
    this.node = element("details", "test");
    this.node.dataset.kind = test.kind;
    this.node.dataset.status = test.kind === "new_failures" ? "FAIL" : "";
    this.body = element("div", "test-body compared-body");
    this.node.append(this.#line(), this.body);
    this.node.addEventListener("toggle", () => this.node.open && this.#draw());
    if (test.kind === "new_failures") {
      this.node.open = true;
      this.#draw();
    }
  }

  #line() {
    const { longname, left, right, kind } = this.test;
    const title = lastPart(longname);
    const line = element("summary", "test-line compared-line");
    const name = element("span", "test-name");
    name.append(element("span", "test-title", title), element("span", "test-where", parentName(longname, title)));
    line.append(both(left, right), name, element("span", "compared-kind", KINDS[kind].word), times(left, right));
    return line;
  }

  #draw() {
    if (this.drawn) return;
    this.drawn = true;
    const { left, right } = this.test;
    this.body.append(this.#side("Before", left, this.runs.left), this.#side("Now", right, this.runs.right));
  }

  /**
   * @param {ComparedResult | null} result
   * @param {Run} run
   */
  #side(title, result, run) {
    const node = element("div", "compared-side");
    const head = element("p", "compared-head", `${title}: `);
    node.append(head);
    if (!result) {
      head.append("no result in this run");
      return node;
    }
    const test = run.processes > 1 ? `${result.process}/${result.id}` : result.id;
    head.append(
      link(statusWord(resultStatus(result)), here(`/runs/${encodeURIComponent(run.id)}#${test}`)), " · ", durationOf(result.elapsed_time),
    );
    if (result.longname !== this.test.longname) head.append(` · as ${result.longname}`);
    const history = here(`/tests?${new URLSearchParams({ longname: result.longname, mark: run.setup })}`);
    if (history.length < LONGEST_ADDRESS) head.append(" · ", link("History", history));
    if (result.message) node.append(message(result, lastPart(result.longname)));
    return node;
  }
}

/** Both statuses with an arrow between, "–" for none. */
function both(left, right) {
  const node = element("span", "compared-badges");
  node.append(of(left), element("span", "compared-arrow", "→"), of(right));
  return node;
}

function of(result) {
  return result ? badge(resultStatus(result), true) : badge("none", true);
}

/**
 * @param {ComparedResult | null} left
 * @param {ComparedResult | null} right
 */
function times(left, right) {
  const node = element("span", "number test-duration");
  if (left && right) node.append(durationOf(left.elapsed_time), " → ", durationOf(right.elapsed_time));
  else if (left ?? right) node.append(durationOf((left ?? right).elapsed_time));
  const times_ = left && right && left.status === "PASS" && right.status === "PASS" ? ratio(left.elapsed_time, right.elapsed_time) : "";
  if (times_) node.append(element("span", "compared-ratio", times_));
  return node;
}
