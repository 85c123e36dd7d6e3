// The queues: how many wait in each, who serves it, how long one waits.

import { element, setHidden } from "../shared/dom.js";
import { plural, rough, short } from "../shared/format.js";
import { here, link } from "../shared/page.js";
import { Rows } from "../shared/rows.js";

/** @import { QueueInfo } from "types/api" */

/** Seconds that nobody counts. */
const SOON = 10;

export class Queues {
  /** `removals`: null where the reader may remove none. */
  constructor(host, removals = null) {
    this.host = host;
    this.rows = new Rows(host, { keyOf: ({ name }) => name, draw: (queue) => queueCard(queue, removals) });
  }

  /** @param {QueueInfo[]} queues */
  update(queues) {
    setHidden(this.host, !queues.length);
    this.rows.update(queues);
  }
}

/** @param {QueueInfo} queue */
function queueCard(queue, removals) {
  const card = element("li", "queue linked-card");
  if (!queue.there) card.dataset.unserved = "";
  if (new URLSearchParams(location.search).get("queue") === queue.name) card.dataset.chosen = "";
  const name = link(short(queue.name, 60), here(`/jobs?queue=${encodeURIComponent(queue.name)}`), { className: "card-link" });
  if (queue.description) card.title = short(queue.description, 500);
  const numbers = element("p", "queue-numbers");
  numbers.append(element("strong", "", String(queue.waiting)), " waiting", ` · ${queue.running} at work`);
  card.append(name, numbers, element("p", "queue-agents", agentsText(queue)));
  if (removals && !queue.agents && !queue.waiting && !queue.running) card.append(removals.node(queue.name));
  return card;
}

/**
 * Who serves the queue, and when a job that came now would start.
 *
 * @param {QueueInfo} queue
 */
export function agentsText({ agents, there, free, wait }) {
  if (!agents) return "no agent serves it";
  if (!there) return agents === 1 ? "its agent is not there" : `none of its ${agents} agents is there`;
  const who = `${free} of ${plural(agents, "agent")} free`;
  if (!wait) return who;
  return `${who} · a new job waits ${wait < SOON ? "a few seconds" : `about ${rough(wait)}`}`;
}
