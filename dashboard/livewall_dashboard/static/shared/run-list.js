// The runs of a job or a build: how each stands, and the first thing that went wrong in it.

import { getJson, runPath } from "./api.js";
import { element, setHidden, setText } from "./dom.js";
import { between } from "./elapsed.js";
import { duration, short } from "./format.js";
import { here, link } from "./page.js";
import { stateBadge } from "./parts.js";
import { Rows } from "./rows.js";
import { countText, runState } from "./run-state.js";

/** @import { RunDetail, Test } from "types/api" */

const MOST = 20;
/** Milliseconds between two looks at least: a test may end all the time. */
const REST = 1000;
const MOST_OF_MESSAGE = 300;

export class RunList {
  /** @type {{ run: RunDetail, failed: Test | null }[]} */
  #known = [];
  #lookedAt = -Infinity;
  #isLooking = false;
  /** @type {string[]} */
  #runs = [];
  #timer = 0;
  /** Whether there was news while it looked. */
  #isDue = false;

  /** `watch(topics)`: told what to listen for, whenever that is something else; `title`: of its heading. */
  constructor(host, watch, title = "Runs") {
    this.host = host;
    this.watch = watch;
    const list = element("ul", "run-list");
    const heading = element("h2", "", title);
    heading.id = "runs-title";
    this.rest = element("p", "run-list-rest");
    host.append(heading, list, this.rest);
    this.rows = new Rows(list, { keyOf: ({ run }) => run.id, draw: runItem });
  }

  /**
   * Reads those that are new or go on. Throws ApiError.
   *
   * @param {string[]} runs
   */
  async update(runs) {
    this.#runs = runs;
    this.#isDue = this.#isLooking;
    if (this.#isLooking) return;
    this.#isLooking = true;
    try {
      const known = new Map(this.#known.map((each) => [each.run.id, each]));
      this.#known = (await Promise.all(runs.slice(0, MOST).map((id) => read(id, known.get(id))))).filter(Boolean);
    } finally {
      this.#isLooking = false;
      this.#lookedAt = performance.now();
    }
    setText(this.rest, runs.length > MOST ? `and ${runs.length - MOST} more` : "");
    setHidden(this.rest, runs.length <= MOST);
    this.watch(this.#known.filter(({ run }) => !isOver(run)).map(({ run }) => topicOf(run)));
    this.draw();
    if (this.#isDue) this.#lookSoon();
  }

  /**
   * Looks at those again that go on, where one of them has changed.
   *
   * @param {Set<string>} news
   */
  hear(news) {
    if (this.#known.some(({ run }) => news.has(topicOf(run)))) this.#lookSoon();
  }

  #lookSoon() {
    if (this.#timer) return;
    const look = () => {
      this.#timer = 0;
      this.update(this.#runs).catch(() => {}); // the page says itself that the wall does not answer
    };
    this.#timer = setTimeout(look, Math.max(0, this.#lookedAt + REST - performance.now()));
  }

  draw() {
    this.rows.update(this.#known);
    setHidden(this.host, !this.#known.length);
  }
}

/** @param {RunDetail} run */
function topicOf({ id }) {
  return `run/${id}`;
}

/** Nothing of it changes any more. @param {RunDetail} run */
function isOver({ state, verification }) {
  return state === "finished" && verification !== "pending";
}

/** A run and its first failed test; null where it is kept no longer. One that has ended is read once. */
async function read(id, known) {
  if (known && isOver(known.run)) return known;
  try {
    const run = await getJson(runPath(id));
    const failed = run.counts.failed ? (known?.failed ?? (await firstFailed(id))) : null;
    return { run, failed };
  } catch (error) {
    if (error.status === 404) return null;
    throw error;
  }
}

async function firstFailed(id) {
  const { tests } = await getJson(`${runPath(id)}/tests`, { outcome: "failed", limit: 1 });
  return tests[0] ?? null;
}

/** @param {{ run: RunDetail, failed: Test | null }} known */
function runItem({ run, failed }) {
  const node = element("li", "run-item");
  const head = element("p", "run-item-head");
  const path = `/runs/${encodeURIComponent(run.id)}`;
  const took = run.state === "running" ? `${duration(between(run.started_at))} so far` : duration(run.elapsed_time ?? 0);
  head.append(stateBadge(runState(run)), link(short(run.name, 120) || "starting…", here(path), { className: "run-item-link" }));
  head.append(element("span", "run-item-numbers", `on ${short(run.setup, 80)} · ${countText(run)} · ${took}`));
  node.append(head);
  if (failed) node.append(firstError(path, run, failed));
  return node;
}

function firstError(path, run, failed) {
  const node = element("p", "run-item-error");
  const place = run.pabot && failed.process ? `${failed.process}/${failed.id}` : failed.id;
  node.append(link(short(failed.name, 120), here(`${path}#${encodeURIComponent(place)}`)));
  node.append(element("code", "", short(failed.message || "It failed without a message.", MOST_OF_MESSAGE)));
  return node;
}
