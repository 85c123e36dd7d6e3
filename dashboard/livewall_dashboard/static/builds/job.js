// A job with its builds, newest first, and what they come to.

import { element, setData, setHidden, setText } from "../shared/dom.js";
import { BuildRow } from "./build.js";
import { badge, button, commitNode, keep, outside, theirs } from "./dom.js";
import {
  WORDS, brokenSince, brokenText, goingOn, jobKey, jobKind, jobTrouble, jobWord, labels, lastTelling,
} from "./reading.js";
import { StartForm } from "./start.js";

/** @import { JobBuilds } from "types/api" */

export class JobSection {
  #builds = new Map();
  #form = null;
  #verdict = () => {};

  /** `context`: `{clock, query, acted()}`. */
  constructor(context, job) {
    this.context = context;
    this.node = element("section", "job");
    this.node.dataset.job = jobKey(job);
    this.head = element("header", "job-head");
    this.trouble = element("p", "job-trouble");
    this.formPlace = element("div");
    this.list = element("ol", "build-list");
    this.node.append(this.head, this.trouble, this.formPlace, this.list);
    this.startButton = button("Start a build…", "plain", () => this.#toggleForm());
    this.verdict = element("p", "verdict");
  }

  /** @param {JobBuilds} job */
  update(job) {
    this.job = job;
    const wanted = JSON.stringify({ ...job, builds: null });
    if (this.shown !== wanted) {
      this.shown = wanted;
      this.#renderHead();
    }
    this.#renderVerdict();
    setData(this.node, "state", job.state);
    setText(this.trouble, jobTrouble(job));
    setHidden(this.trouble, !jobTrouble(job));
    const failing = brokenSince(job) && lastTelling(job);
    const rows = job.builds.map((build) => ({ build, open: build === failing }));
    keep(this.list, this.#builds, rows, ({ build }) => build.number, () => new BuildRow(this.context, job));
    setHidden(this.list, !job.builds.length);
  }

  tick() {
    this.#verdict();
    for (const row of this.#builds.values()) row.tick();
  }

  #renderHead() {
    const { job } = this;
    const heading = element("h3");
    const title = outside("", job.url, "job-title");
    title.append(theirs(job.title || job.name));
    heading.append(title);
    this.head.replaceChildren(heading);
    if (job.title && job.title !== job.name) this.head.append(theirs(job.name, "job-path"));
    this.head.append(this.verdict, this.startButton);
    this.startButton.setAttribute("aria-label", `Start a build of ${job.title}…`);
    setHidden(this.startButton, !job.can_start);
    if (!job.can_start && this.#form) this.#toggleForm();
  }

  #renderVerdict() {
    const { job } = this;
    const broken = brokenSince(job);
    const kind = jobKind(job);
    this.verdict.dataset.kind = broken ? jobKindOfBroken(job) : kind;
    this.verdict.replaceChildren();
    this.#verdict = () => {};
    if (!broken) return;
    const last = lastTelling(job);
    const mark = badge(this.verdict.dataset.kind, "");
    const text = element("span", "number");
    this.verdict.append(mark, text);
    const [commit] = broken.commits.slice(-1);
    if (broken.whole && commit) {
      this.verdict.append(commitNode(commit));
      if (broken.commits.length > 1) this.verdict.append(element("span", "more", `+${broken.commits.length - 1} more`));
    }
    this.#verdict = () => setText(text, brokenText(broken, last, this.context.clock.now()));
    this.#verdict();
  }

  #toggleForm() {
    if (this.#form) {
      this.#form = null;
      this.formPlace.replaceChildren();
      this.startButton.focus();
    } else {
      this.#form = new StartForm(this.context, this.job, () => this.#toggleForm());
      this.formPlace.replaceChildren(this.#form.node);
      this.#form.focus();
    }
    this.startButton.setAttribute("aria-expanded", String(this.#form !== null));
  }
}

/** @param {JobBuilds} job */
function jobKindOfBroken(job) {
  return lastTelling(job).result === "UNSTABLE" ? "unstable" : "failure";
}

/**
 * What a job is besides its last result: what goes on in it, and that it is disabled.
 *
 * @param {JobBuilds} job
 */
export function alsoOf(job) {
  const also = [];
  const going = goingOn(job);
  if (going && going !== jobKind(job)) also.push(badge(going, WORDS[going]));
  if (job.state === "disabled" && job.builds.length) also.push(badge("notbuilt", "Disabled"));
  return also;
}

/**
 * The last result of every job, as links to their sections. `onChoose(key)`.
 *
 * @param {JobBuilds[]} jobs
 */
export function jobStrip(jobs, onChoose) {
  const list = element("ul", "strip");
  list.setAttribute("aria-label", "Last results");
  const called = labels(jobs);
  for (const job of jobs) {
    const item = element("li");
    const chip = button("", "strip-job", () => onChoose(jobKey(job)));
    const kind = jobKind(job);
    chip.dataset.kind = kind;
    chip.append(badge(kind, jobWord(job)), theirs(called.get(jobKey(job))));
    chip.append(...alsoOf(job));
    item.append(chip);
    list.append(item);
  }
  return list;
}
