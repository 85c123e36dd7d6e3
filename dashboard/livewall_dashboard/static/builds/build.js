// One build: a line to take in at a glance, and its details below.

import { element, icon, safeUrl, setText } from "../shared/dom.js";
import { plural, shortCommit } from "../shared/format.js";
import { fullMoment } from "../shared/moment.js";
import { age, badge, button, commitNode, outside, theirs } from "./dom.js";
import { CHEVRON, GLYPHS } from "./icons.js";
import { countsText, kindOf, lasted, progressOf, sourceText, titleOf, wordOf } from "./reading.js";
import { runDetails, runLink } from "./runs.js";
import { stageBar, stageList } from "./stages.js";
import { StopButton } from "./stop.js";

/** @import { JenkinsBuild } from "types/api" */

const MOST_RUNS = 2;

export class BuildRow {
  #shown = "";
  #ticking = [];

  /** `context`: `{clock, query, acted()}`; `job`: what it is a build of. */
  constructor(context, job) {
    this.context = context;
    this.job = job;
    this.node = element("li", "build");
    this.chosen = null; // what a reader wants open or closed, null: as it comes
    this.stop = new StopButton(context, job);
  }

  /**
   * `open`: whether its details show as long as no reader chose.
   *
   * @param {{ build: JenkinsBuild, open: boolean }} row
   */
  update({ build, open }) {
    const wanted = JSON.stringify([build, open]);
    if (wanted === this.#shown) return;
    this.#shown = wanted;
    this.build = build;
    this.open = open;
    this.#render();
  }

  expand(whether) {
    this.chosen = whether;
    this.#render();
  }

  get expanded() {
    return this.chosen ?? this.open;
  }

  tick() {
    const now = this.context.clock.now();
    for (const tick of this.#ticking) tick(now);
  }

  #render() {
    const held = this.node.contains(document.activeElement) ? document.activeElement.dataset.part : null;
    this.#ticking = [];
    this.node.dataset.kind = kindOf(this.build);
    this.node.dataset.expanded = this.expanded ? "yes" : "no";
    const parts = [this.#line()];
    if (this.build.description) parts.push(this.#description());
    if (this.expanded) parts.push(this.#details());
    this.node.replaceChildren(...parts);
    this.node.expand = (whether) => this.expand(whether);
    this.tick();
    if (held) this.node.querySelector(`[data-part="${held}"]`)?.focus({ preventScroll: true });
  }

  #line() {
    const { build } = this;
    const line = element("div", "build-line");
    const title = outside(titleOf(build), build.url, "build-number");
    title.dataset.part = "number";
    title.dataset.stop = "";
    if (!title.hasAttribute("href")) title.tabIndex = -1;
    const runs = element("span", "build-runs");
    runs.append(...build.runs.slice(0, MOST_RUNS).map((run) => runLink(run, this.context.query)));
    if (build.runs.length > MOST_RUNS) runs.append(element("span", "more", `+${build.runs.length - MOST_RUNS} more`));
    line.append(this.#toggle(), this.#result(), title, this.#when(), this.#changes(), this.#tests());
    const stages = element("span", "build-stages");
    if (build.stages.length) stages.append(stageBar(build.stages, this.context.clock.now()));
    this.stop.update(build);
    line.append(stages, runs, this.stop.node);
    return line;
  }

  /** The result; of a build that waits for somebody to say whether it goes on, the way to that question. */
  #result() {
    const { build } = this;
    const mark = badge(kindOf(build), wordOf(build));
    if (!safeUrl(build.input_url)) return mark;
    const link = outside("", build.input_url, "input-link");
    link.dataset.part = "input";
    link.title = "Answer it in Jenkins";
    link.append(mark);
    return link;
  }

  #toggle() {
    const toggle = button("", "toggle", () => this.expand(!this.expanded));
    toggle.append(icon(CHEVRON));
    toggle.dataset.part = "toggle";
    toggle.setAttribute("aria-expanded", String(this.expanded));
    toggle.setAttribute("aria-label", `Details of #${this.build.number}`);
    return toggle;
  }

  #when() {
    const { build } = this;
    const node = element("span", "when");
    const took = element("span", "took number");
    this.#ticking.push((now) => setText(took, lasted(build, now)));
    if (build.started_at && build.building) took.title = fullMoment(build.started_at);
    else if (build.started_at) {
      const started = age(build.started_at);
      this.#ticking.push(started.tick);
      node.append(started.node);
    }
    node.append(took);
    if (build.building) node.append(this.#progress());
    return node;
  }

  #progress() {
    const { build } = this;
    const node = element("span", "build-progress");
    const bar = element("progress");
    bar.setAttribute("aria-label", `Progress of #${build.number}`);
    bar.max = 1;
    const text = element("span", "number");
    node.append(bar, text);
    this.#ticking.push((now) => {
      const { share, text: said, overrun } = progressOf(build, now);
      if (share !== null) bar.value = share;
      node.dataset.overrun = overrun ? "yes" : "no";
      setText(text, said);
    });
    return node;
  }

  #changes() {
    const { branch, commits, causes, revision } = this.build;
    const node = element("span", "changes");
    if (branch) node.append(theirs(branch, "branch"));
    if (commits.length) {
      node.append(commitNode(commits[0]));
      if (commits.length > 1) node.append(this.#more(commits.length - 1));
    } else {
      if (revision) node.append(element("code", "", shortCommit(revision)));
      node.append(theirs(causes[0] ?? "no changes", "cause"));
    }
    return node;
  }

  #more(count) {
    const more = button(`+${count} more`, "more", () => this.expand(true));
    more.dataset.part = "more";
    more.setAttribute("aria-label", `${plural(count, "more commit")} in #${this.build.number}`);
    return more;
  }

  #tests() {
    const { tests } = this.build;
    const node = element("span", "tests number");
    if (!tests) return node;
    const part = (kind, count, word) => {
      const figure = element("span", `count ${word}`);
      figure.append(icon(GLYPHS[kind]), String(count), element("span", "sr-only", ` ${word}`));
      return figure;
    };
    node.title = [countsText(tests), sourceText(tests)].filter(Boolean).join(", ");
    if (tests.failed) node.append(part("failure", tests.failed, "failed"));
    node.append(part("success", tests.passed, "passed"));
    if (tests.skipped) node.append(part("notbuilt", tests.skipped, "skipped"));
    return node;
  }

  #description() {
    const node = element("p", "description");
    node.append(theirs(this.build.description));
    if (!this.expanded) node.title = this.build.description;
    return node;
  }

  #details() {
    const { build } = this;
    const now = this.context.clock.now();
    const node = element("div", "details");
    const results = element("div", "results");
    for (const run of build.runs) results.append(runDetails(run, this.context.query, now));
    if (build.stages.length) {
      const stages = stageList(build.stages, now);
      this.#ticking.push(stages.tick);
      results.append(stages.node);
    }
    const facts = this.#facts();
    node.append(...[results, facts].filter((part) => part.childElementCount));
    if (!node.childElementCount) node.append(element("p", "quiet", "Jenkins tells nothing more of this build."));
    return node;
  }

  #facts() {
    const { causes, branch, revision, commits, culprits, node: machine, tests, url } = this.build;
    const list = element("dl", "facts");
    const fact = (name, ...content) => {
      const value = element("dd");
      value.append(...content);
      list.append(element("dt", "", name), value);
    };
    if (causes.length) fact("Why", theirs(causes.join("; ")));
    if (branch || revision) fact("Revision", theirs(branch), " ", element("code", "", revision));
    if (commits.length) {
      const changes = element("ul", "commits");
      for (const commit of commits) {
        const item = element("li");
        item.append(commitNode(commit));
        changes.append(item);
      }
      fact("Changes", changes);
    }
    if (culprits.length) fact("Culprits", theirs(culprits.join(", ")));
    if (tests) fact("Tests", [countsText(tests), sourceText(tests)].filter(Boolean).join(", "));
    if (machine) fact("Node", theirs(machine));
    if (safeUrl(url)) fact("Jenkins", outside("Build", url), " ", outside("Console", `${url}console`));
    return list;
  }
}
