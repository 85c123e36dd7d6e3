// The dialog in which somebody pauses an agent: why, and until when.

import { change } from "../shared/change.js";
import { element } from "../shared/dom.js";
import { button } from "../shared/parts.js";

const HOUR = 3600;
/** @type {[string, number][]} */
const ENDS = [
  ["somebody lets it go on", 0],
  ["in one hour", HOUR],
  ["in four hours", 4 * HOUR],
  ["tomorrow at this time", 24 * HOUR],
  ["in a week", 7 * 24 * HOUR],
];

export function agentPath(name) {
  return `/api/v1/agents/${encodeURIComponent(name)}`;
}

export function letGoOn(name) {
  return change("POST", `${agentPath(name)}/resume`);
}

/** Asks why and until when; `onDone()` once the agent pauses. */
export function askToPause(dialog, name, onDone) {
  const form = element("form");
  const title = element("h2", "", `Pause ${name}`);
  title.id = "pause-title";
  const note = element("input");
  note.maxLength = 1000;
  note.placeholder = "for whoever wonders why";
  const until = element("select");
  until.append(...ENDS.map(([text, seconds]) => Object.assign(element("option", "", text), { value: String(seconds) })));
  const trouble = element("p", "bad");
  trouble.setAttribute("role", "alert");
  const start = element("button", "clear", "Pause it");
  const foot = element("div", "pause-foot");
  foot.append(start, button("Leave it", "clear", () => dialog.close()));
  form.append(title, element("p", "", "It gets no new job; what it is at goes on."));
  form.append(field("Note", note), field("Until", until), trouble, foot);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    start.disabled = true;
    try {
      const body = { note: note.value.trim(), until: endAfter(Number(until.value)) };
      await change("POST", `${agentPath(name)}/pause`, body);
      dialog.close();
      onDone();
    } catch (error) {
      trouble.textContent = error.message;
    }
    start.disabled = false;
  });
  dialog.replaceChildren(form);
  dialog.showModal();
}

function endAfter(seconds) {
  return seconds ? new Date(Date.now() + seconds * 1000).toISOString() : null;
}

function field(title, control) {
  const label = element("label", "filter");
  label.append(element("span", "filter-title", title), control);
  return label;
}
