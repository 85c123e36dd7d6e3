// The agents: is a rig idle, stuck, out?

import { getJson } from "../shared/api.js";
import { offerCsv } from "../shared/csv.js";
import { element, setText } from "../shared/dom.js";
import { between } from "../shared/elapsed.js";
import { plural, rough, short } from "../shared/format.js";
import { Live } from "../shared/live.js";
import { fullMoment, moment } from "../shared/moment.js";
import { here, link } from "../shared/page.js";
import { button, emptyList, stateBadge } from "../shared/parts.js";
import { Rows } from "../shared/rows.js";
import { attributeChips, jobLink, jobPath, queueLink } from "./dom.js";
import { agentPath, askToPause, letGoOn } from "./pause.js";
import { Removals } from "./removals.js";
import { agentState, jobName, jobState } from "./state.js";

/** @import { AgentInfo } from "types/api" */

const COMMAND = `livewall-agent run --server ${location.origin} --queue local`;

/** Seconds without a word after which nobody counts on an agent; one that is there asks at least every half minute. */
const SILENT_AFTER = 120;

const host = document.getElementById("agents");
const status = document.getElementById("status");
const dialog = document.getElementById("pause");
const list = element("ul", "agents");
const rows = new Rows(list, { keyOf: ({ name }) => name, draw: card });
const mayAct = "mayAct" in host.dataset;

/** @type {AgentInfo[]} */
let agents = [];
let trouble = "";

async function read() {
  ({ agents } = await getJson("/api/v1/agents"));
  offerCsv("These agents", "/api/v1/agents.csv");
  draw();
  if (agents.length ? !list.isConnected : !host.children.length || list.isConnected) {
    host.replaceChildren(agents.length ? list : noAgents());
  }
}

function draw() {
  rows.update(agents);
  setText(status, trouble || (agents.length ? summary() : ""));
}

/** What the wall refused, until something else is done. */
function tell(text) {
  trouble = text;
  draw();
}

function summary() {
  const count = (test) => agents.filter(test).length;
  const parts = [
    [count(({ job }) => job), "at work"],
    [count((agent) => agent.state === "waiting" && !agent.paused && !agent.job && !isSilent(agent)), "free"],
    [count(isSilent), "silent"],
    [count(({ paused }) => paused), "paused"],
    [count(({ state }) => state === "offline"), "offline"],
  ];
  const said = parts.filter(([number]) => number).map(([number, word]) => `${number} ${word}`);
  return [plural(agents.length, "agent"), said.join(", ")].filter(Boolean).join(" · ");
}

/** @param {AgentInfo} agent */
function card(agent) {
  const state = agentState(agent, isSilent(agent));
  const node = element("li", "agent");
  node.dataset.status = state.kind;
  const head = element("div", "agent-head");
  const from = isSilent(agent) ? agent.heard_at : agent.since;
  const since = element("span", "agent-since", `for ${rough(between(from))}`);
  since.title = fullMoment(from);
  head.append(element("h2", "", short(agent.name, 80)), stateBadge(state), since);
  node.append(head, ...doing(agent), ...pauseNote(agent), ...comment(agent), lastJobs(agent), about(agent));
  if (mayAct) node.append(isUnheard(agent) && !agent.job ? removals.node(agent.name) : pauseButton(agent));
  return node;
}

/** @param {AgentInfo} agent */
function isUnheard({ heard_at: heardAt }) {
  return between(heardAt) > SILENT_AFTER;
}

/** @param {AgentInfo} agent */
function isSilent(agent) {
  return agent.state !== "offline" && isUnheard(agent);
}

/** @param {AgentInfo} agent */
function doing({ job, last_jobs: last }) {
  if (!job) return [];
  const node = element("p", "agent-doing", "works on ");
  node.append(jobLink(last.find(({ id }) => id === job) ?? { id: job, name: "" }));
  return [node];
}

/** @param {AgentInfo} agent */
function pauseNote({ paused, pause_note: note, paused_until: until }) {
  if (!paused) return [];
  const end = until ? `until ${moment(until)}` : "until somebody lets it go on";
  return [element("p", "agent-note", short([`Paused ${end}`, note].filter(Boolean).join(": "), 1000))];
}

/** @param {AgentInfo} agent */
function comment({ comment: text }) {
  return text ? [element("p", "agent-note", short(text, 1000))] : [];
}

/**
 * The last ten as cells, the newest at the right.
 *
 * @param {AgentInfo} agent
 */
function lastJobs({ last_jobs: last }) {
  const node = element("p", "agent-last");
  if (!last.length) return element("p", "agent-last agent-none", "no job yet");
  for (const job of [...last].reverse()) {
    const state = jobState(job);
    const cell = element("a", "agent-cell");
    cell.href = jobPath(job.id);
    cell.title = `${short(jobName(job), 120)}: ${state.word}`;
    cell.append(stateBadge(state, true), element("span", "sr-only", jobName(job)));
    node.append(cell);
  }
  return node;
}

/** @param {AgentInfo} agent */
function about({ name, queues, attributes, location: place, last_jobs: last }) {
  const node = element("div", "agent-about");
  const served = element("p", "agent-queues", queues.length ? "takes from " : "takes from no queue");
  queues.forEach((queue, at) => served.append(at ? ", " : "", queueLink(queue)));
  if (last.length) served.append(" · ", link("all its jobs", here(`/jobs?agent=${encodeURIComponent(name)}`)));
  node.append(served, ...(place ? [element("span", "chip", short(place, 80))] : []), ...attributeChips(attributes));
  return node;
}

/** @param {AgentInfo} agent */
function pauseButton({ name, paused }) {
  if (!paused) return button("Pause…", "clear", () => askToPause(dialog, name, () => live.refresh()));
  return button("Let it go on", "clear", async () => {
    try {
      await letGoOn(name);
      tell("");
      await live.refresh();
    } catch (error) {
      tell(error.message);
    }
  });
}

function noAgents() {
  return emptyList("No agents yet", "An agent stands beside a rig, takes jobs from queues and runs them. This starts one:", COMMAND);
}

const removals = new Removals({
  pathOf: agentPath,
  onChange: draw,
  onDone: () => live.refresh(),
});
const live = new Live({ topics: ["agents"], read, tick: draw });
live.start();
