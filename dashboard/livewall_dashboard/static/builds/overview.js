// All setups: what their jobs come to, and a row for each with its last builds as blocks.

import { element, icon, setHidden, setText } from "../shared/dom.js";
import { age, badge, button, keep, theirs } from "./dom.js";
import { CHEVRON } from "./icons.js";
import { JobSection, alsoOf } from "./job.js";
import { WORDS, blocksText, jobKey, jobKind, jobWord, kindOf, labels, tally, titleOf } from "./reading.js";

/** @import { JenkinsBuild, JobBuilds, SetupBuilds } from "types/api" */

export const OWN_TITLE = "This wall";
const nameOf = ({ setup }) => setup ?? OWN_TITLE;

/**
 * How many jobs of all failed, passed, run.
 *
 * @param {SetupBuilds[]} setups
 */
export function tallyStrip(setups) {
  const counts = tally(setups.flatMap(({ jobs }) => jobs));
  const list = element("ul", "tally");
  list.setAttribute("aria-label", "Jobs by their last result");
  for (const [kind, word] of Object.entries(WORDS)) {
    if (!counts[kind]) continue;
    const item = element("li");
    item.dataset.kind = kind;
    const mark = badge(kind, word.toLowerCase());
    mark.insertBefore(element("strong", "number", String(counts[kind])), mark.lastChild);
    item.append(mark);
    list.append(item);
  }
  return list;
}

export class SetupRow {
  #lines = new Map();
  #jobs = new Map();
  #open = false;

  /** `context`: `{clock, query, acted()}`. */
  constructor(context) {
    this.context = context;
    this.node = element("li", "setup-row");
    this.toggle = button("", "toggle setup-toggle", () => this.expand(!this.#open));
    this.toggle.dataset.stop = "";
    this.name = theirs("");
    this.toggle.append(icon(CHEVRON), this.name);
    this.lines = element("ul", "lines");
    this.sections = element("div", "setup-jobs");
    const head = element("div", "setup-head");
    head.append(this.toggle, this.lines);
    this.node.append(head, this.sections);
    this.node.expand = (whether) => this.expand(whether);
  }

  /** @param {SetupBuilds} setup */
  update(setup) {
    this.setup = setup;
    setText(this.name, nameOf(setup));
    const called = labels(setup.jobs);
    const lines = setup.jobs.map((job) => ({ job, label: called.get(jobKey(job)) }));
    keep(this.lines, this.#lines, lines, ({ job }) => jobKey(job), () => new JobLine(this.context));
    this.#render();
  }

  expand(whether) {
    this.#open = whether;
    this.#render();
  }

  tick() {
    for (const line of this.#lines.values()) line.tick();
    for (const job of this.#jobs.values()) job.tick();
  }

  #render() {
    this.toggle.setAttribute("aria-expanded", String(this.#open));
    this.node.dataset.expanded = this.#open ? "yes" : "no";
    setHidden(this.sections, !this.#open);
    const jobs = this.#open ? this.setup.jobs : [];
    keep(this.sections, this.#jobs, jobs, jobKey, (job) => new JobSection(this.context, job));
  }
}

/** One job of a setup: what it is called here, its builds as blocks with the newest last, and what the newest came to. */
class JobLine {
  /** @type {(now: number) => void} */
  #tick = () => {};

  constructor(context) {
    this.context = context;
    this.node = element("li", "job-line");
  }

  /** @param {{ job: JobBuilds, label: string }} line */
  update({ job, label }) {
    const builds = job.builds.map(({ number, result, building, input_url: input, started_at: at }) => [number, result, building, input, at]);
    const wanted = JSON.stringify([label, job.name, job.state, builds]);
    if (this.shown === wanted) return;
    this.shown = wanted;
    const kind = jobKind(job);
    const title = theirs(label, "line-title");
    title.title = job.name;
    this.#tick = () => {};
    this.node.replaceChildren(title, blocks(job.builds), badge(kind, jobWord(job)));
    const ended = job.builds.find((build) => !build.building);
    if (ended?.started_at) {
      const when = age(ended.started_at);
      this.#tick = when.tick;
      this.node.append(when.node);
    }
    this.node.append(...alsoOf(job));
    this.tick();
  }

  tick() {
    this.#tick(this.context.clock.now());
  }
}

/** @param {JenkinsBuild[]} builds */
function blocks(builds) {
  const node = element("span", "blocks");
  if (!builds.length) return node;
  node.setAttribute("role", "img");
  node.setAttribute("aria-label", blocksText(builds));
  for (const build of [...builds].reverse()) {
    const block = element("i");
    block.dataset.kind = kindOf(build);
    block.title = `${titleOf(build)} ${WORDS[kindOf(build)].toLowerCase()}`;
    node.append(block);
  }
  return node;
}
