// Building blocks of the pages of jobs and agents.

import { element } from "../shared/dom.js";
import { short } from "../shared/format.js";
import { here, link } from "../shared/page.js";
import { jobName } from "./state.js";

export function jobPath(id) {
  return here(`/jobs/${encodeURIComponent(id)}`);
}

/** @param {{ id: string, name: string }} job */
export function jobLink(job, className = "") {
  const node = link(short(jobName(job), 120), jobPath(job.id), { className });
  node.title = job.id;
  return node;
}

export function queueLink(queue) {
  return queue ? link(short(queue, 80), here(`/jobs?queue=${encodeURIComponent(queue)}`)) : element("span", "", "any queue");
}

/** Attributes, "arch = arm64", as chips. */
export function attributeChips(attributes) {
  return Object.entries(attributes).map(([key, value]) => {
    const chip = element("span", "chip");
    chip.append(element("span", "chip-key", short(key, 60)), element("span", "", short(value, 120)));
    return chip;
  });
}
