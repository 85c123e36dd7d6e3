// The head of a job's page: what it is, what holds it, what came of it.

import { element } from "../shared/dom.js";
import { between } from "../shared/elapsed.js";
import { Facts } from "../shared/facts.js";
import { duration, plural, rough, short } from "../shared/format.js";
import { moment } from "../shared/moment.js";
import { link, timeOf } from "../shared/page.js";
import { stateBadge } from "../shared/parts.js";
import { attributeChips, jobPath, queueLink } from "./dom.js";
import { remainingText } from "./remaining.js";
import { ENDED, PHASES, jobName, jobState, phaseWord } from "./state.js";

/** @import { JobDetail } from "types/api" */

const MOST_FACTS = 12;
const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/**
 * `artifact`: the address of its file, "" where it has none; `actions`: a node.
 *
 * @param {JobDetail} job
 */
export function summaryOf(job, artifact, actions) {
  const state = jobState(job);
  const title = element("div", "thing-title");
  const words = element("div", "job-words");
  words.append(element("h1", "", short(jobName(job))), where(job), ...sentences(job));
  title.append(stateBadge(state), words);
  return { kind: state.kind, parts: [title, ...(actions ? [actions] : []), facts(job, artifact)] };
}

/** @param {JobDetail} job */
function where(job) {
  const node = element("p", "thing-where");
  if (job.agent) node.append("on ", element("strong", "", short(job.agent, 80)), " · ");
  node.append("queue ", queueLink(job.queue), " · submitted ", timeOf(job.created_at));
  if (!job.started_at) return node;
  const total = duration(between(job.started_at, job.ended_at));
  node.append(` · waited ${duration(between(job.created_at, job.started_at))} · `);
  node.append(job.ended_at ? `took ${total}` : `at work for ${total}`);
  return node;
}

/**
 * What holds it, and what one must know of its end.
 *
 * @param {JobDetail} job
 */
function sentences(job) {
  const said = [];
  if (job.state === "waiting") said.push(waitingText(job));
  if (job.remaining) said.push(remainingText(job, between(phaseStart(job))));
  if (job.state === "reserve" && job.reserved_until) said.push(`Reserved until ${moment(job.reserved_until)}.`);
  if (ENDED.includes(job.state) && job.end_reason) said.push(job.end_reason);
  return said.filter(Boolean).map((text) => element("p", "job-sentence", short(text, 500)));
}

/** @param {JobDetail} job */
function waitingText({ position, wait }) {
  if (position === null) return "It waits for an agent.";
  const place = position ? `${plural(position, "job")} before it` : "The next one of its queue";
  if (wait === null) return `${place}; nobody can tell yet when it starts. Is there an agent for its queue?`;
  return wait ? `${place}; it starts in about ${rough(wait)}.` : `${place}; an agent is free.`;
}

/** When its phase began; of one that is in none yet, when the job did. */
function phaseStart({ phases, state, started_at: started }) {
  return phases.find(({ phase }) => phase === state)?.started_at ?? started;
}

/** The job of several devices that it is one of; "" where it is none's. */
function parentOf({ definition }) {
  const { parent_job_id: parent } = definition;
  return typeof parent === "string" && UUID.test(parent) ? parent : "";
}

/** @param {JobDetail} job */
function facts(job, artifact) {
  const list = new Facts();
  const add = (name, ...content) => list.add(name, ...content);
  if (artifact) add("Artifacts", link("artifacts.tar.gz", artifact));
  const parent = parentOf(job);
  if (parent) add("Part of", link(`job ${parent.slice(0, 8)}`, jobPath(parent)));
  if (job.retry_of) add("Again after", link(`lost job ${job.retry_of.slice(0, 8)}`, jobPath(job.retry_of)));
  if (job.retried_as) add("Run again as", link(job.retried_as.slice(0, 8), jobPath(job.retried_as)));
  if (job.priority) add("Priority", String(job.priority));
  add("Attributes", ...attributeChips(job.attributes));
  add("Tags", ...job.tags.map((tag) => element("span", "tag", short(tag, 60))));
  for (const [name, value] of Object.entries(job.device_info).slice(0, MOST_FACTS)) {
    add(short(name, 40), element("code", "", short(typeof value === "string" ? value : JSON.stringify(value), 300)));
  }
  add("Id", element("code", "", job.id));
  return list.node;
}

/**
 * The phases that the job has or had, each with its time. Agents pass through those that have nothing to do: they have no
 * exit code, and are named together; of a job that was ended, the last one was cut off.
 *
 * @param {JobDetail} job
 */
export function phasesOf(job) {
  const known = new Map(job.phases.map((phase) => [phase.phase, phase]));
  const begun = PHASES.filter((phase) => known.has(phase));
  const cut = ["lost", "cancelled"].includes(job.state) ? begun.filter((phase) => phase !== "cleanup").at(-1) : "";
  const isRun = (phase) => known.get(phase).status !== null || !known.get(phase).ended_at || phase === cut;
  const idle = begun.filter((phase) => !isRun(phase));
  return [...begun.filter(isRun).map((phase) => phaseItem(known.get(phase))), ...(idle.length ? [notRun(idle)] : [])];
}

/** @param {JobDetail["phases"][number]} times */
function phaseItem({ phase, status, started_at: started, ended_at: ended }) {
  const node = element("li", "phase");
  const badge = stateBadge(phaseState(status, ended));
  const took = started ? duration(between(started, ended)) : "";
  node.dataset.status = badge.dataset.status;
  node.append(element("span", "phase-name", phaseWord(phase)), badge, element("span", "phase-took number", took));
  return node;
}

function notRun(phases) {
  const node = element("li", "phase");
  node.dataset.status = "skipped";
  node.append(element("span", "phase-name", "not run"), element("span", "phase-took", phases.map(phaseWord).join(", ")));
  return node;
}

function phaseState(status, ended) {
  if (status === 0) return { kind: "PASS", glyph: "passed", word: "Done" };
  if (status !== null) return { kind: "FAIL", glyph: "failing", word: `Exit ${status}` };
  if (ended) return { kind: "none", glyph: "nodata", word: "Cut off" };
  return { kind: "running", glyph: "running", word: "At work" };
}
