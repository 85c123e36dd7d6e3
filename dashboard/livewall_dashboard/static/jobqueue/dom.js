// Building blocks of the pages of jobs and agents.

import { element, icon } from "../shared/dom.js";
import { short } from "../shared/format.js";
import { ICONS } from "../shared/icons.js";
import { here, link } from "../shared/page.js";
import { jobName } from "./state.js";

const PAUSE = "M5.5 3.5v9M10.5 3.5v9";

/** A state as glyph and word; `glyphOnly`: the word is for screen readers alone. */
export function stateBadge({ kind, glyph, word }, glyphOnly = false) {
  const node = element("span", glyphOnly ? "badge badge-glyph" : "badge");
  node.dataset.status = kind;
  node.append(icon(glyph === "pause" ? PAUSE : ICONS[glyph]), element("span", glyphOnly ? "sr-only" : "", word));
  return node;
}

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

export function button(text, className, onClick) {
  const node = element("button", className, text);
  node.type = "button";
  node.addEventListener("click", onClick);
  return node;
}

/** Attributes, "arch = arm64", as chips. */
export function attributeChips(attributes) {
  return Object.entries(attributes).map(([key, value]) => {
    const chip = element("span", "chip");
    chip.append(element("span", "chip-key", short(key, 60)), element("span", "", short(value, 120)));
    return chip;
  });
}

/** What to do where a list is empty: a heading, a sentence, and the command that fills it. */
export function emptyList(title, why, command) {
  const node = element("div", "quiet");
  node.append(element("h2", "", title), element("p", "", why));
  if (command) node.append(element("pre", "command", command));
  return node;
}
