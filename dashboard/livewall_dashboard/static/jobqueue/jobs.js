// The queues and the list of jobs, the newest first.

import { getJson } from "../shared/api.js";
import { offerCsv } from "../shared/csv.js";
import { setText } from "../shared/dom.js";
import { between } from "../shared/elapsed.js";
import { duration, plural, short } from "../shared/format.js";
import { Filters } from "../shared/filters.js";
import { Live } from "../shared/live.js";
import { here, link, timeOf } from "../shared/page.js";
import { button, emptyList, settle, stateBadge } from "../shared/parts.js";
import { Table } from "../shared/table.js";
import { attributeChips, jobLink, queueLink } from "./dom.js";
import { nearest } from "./nearest.js";
import { Queues } from "./queues.js";
import { Removals } from "./removals.js";
import { ENDED, PHASES, jobState, phaseWord } from "./state.js";

/** @import { JobSummary, QueueInfo } from "types/api" */

const PAGE = 50;
const MOST = 1000;
const STATES = [
  ["", "Any"],
  ["active", "Not ended"],
  ["waiting", "Waiting"],
  ...PHASES.map((phase) => [phase, `In ${phaseWord(phase)}`]),
  ["complete", "Complete"],
  ["cancelled", "Cancelled"],
  ["lost", "Lost"],
];
const SUBMIT = `cat > job.yaml <<'END'
job_queue: local
test_data:
  test_cmds: robot --listener livewall_listener.Listener tests/
END
livewall job submit job.yaml --server ${location.origin} --poll`;
const AGENT = `livewall-agent run --server ${location.origin} --queue local`;

const host = document.getElementById("jobs");
const status = document.getElementById("status");
const queueList = document.getElementById("queues");
const removals = new Removals({
  pathOf: (name) => `/api/v1/queues/${encodeURIComponent(name)}`,
  onChange: draw,
  onDone: () => live.refresh(),
});
const queues = new Queues(queueList, "mayAct" in queueList.dataset ? removals : null);
/** @type {Table<JobSummary>} */
const table = new Table({
  name: "jobs-table",
  keyOf: ({ id }) => id,
  mark(row, { state }) {
    row.toggleAttribute("data-active", !ENDED.includes(state) && state !== "waiting");
  },
  columns: [
    { title: "State", name: "job-state", cell: (job) => [stateBadge(jobState(job))] },
    { title: "Job", name: "job-name", cell: (job) => [jobLink(job, "row-link"), ...tags(job), ...attributeChips(job.attributes)] },
    { title: "Queue", name: "job-queue", cell: (job) => [queueLink(job.queue)] },
    { title: "Agent", name: "job-agent", cell: agentCell },
    { title: "Submitted", name: "job-created", cell: (job) => [timeOf(job.created_at)] },
    { title: "Took", name: "job-took", cell: (job) => [tookText(job)] },
    { title: "Run", name: "job-runs", cell: runs },
  ],
});
const more = button("Show older jobs", "more", () => {
  size = Math.min(MOST, size + PAGE * 2);
  live.refresh();
});
const isSignedIn = document.querySelector(".account") !== null;
const filters = new Filters(document.getElementById("filters"), ["q", "state", "queue", "agent", "tag", "mine"], () => {
  size = PAGE;
  takeAll();
});
let size = PAGE;
/** Whether new jobs go into the list wherever the pointer is. */
let isTaking = false;
let shownPage = { jobs: [], next: null };
/** @type {QueueInfo[]} */
let found = [];

filters.addText("q", "Text", "name, agent or id");
filters.addChoice("state", "State", STATES);
filters.addChoice("queue", "Queue", [["", "All"]]);
if (isSignedIn) filters.addChoice("mine", "Submitted by", [["", "Anybody"], ["true", "My token"]]);
filters.addText("agent", "Agent", "any agent");
filters.addText("tag", "Tag", "any tag");
filters.foldOthers();
filters.show();

function takeAll() {
  isTaking = true;
  return live.refresh();
}

async function read() {
  const asked = location.search;
  offerCsv("These jobs", "/api/v1/jobs.csv", filters.values());
  for (const [name, value] of Object.entries(filters.values())) filters.mark(name, Boolean(value));
  const [page, answer] = await Promise.all([
    getJson("/api/v1/jobs", { ...filters.values(), limit: size }),
    getJson("/api/v1/queues"),
  ]);
  if (asked !== location.search) return;
  shownPage = page;
  found = answer.queues;
  filters.setOptions("queue", [["", "All"], ...found.map(({ name }) => [name, name])]);
  draw();
}

function draw() {
  const { jobs, next } = shownPage;
  queues.update(found);
  table.update(jobs, { take: isTaking });
  isTaking = false;
  setText(status, jobs.length ? summary(jobs, next) : "");
  const older = next && size < MOST ? [more] : [];
  settle(host, jobs.length ? [table.node, ...older] : [empty()]);
}

/** @param {JobSummary[]} jobs */
function summary(jobs, next) {
  const waiting = found.reduce((sum, queue) => sum + queue.waiting, 0);
  const running = found.reduce((sum, queue) => sum + queue.running, 0);
  const many = next ? `the newest ${plural(jobs.length, "job")}` : plural(jobs.length, "job");
  return `${many} · ${waiting} waiting, ${running} at work in all queues`;
}

/** @param {JobSummary} job */
function agentCell({ agent }) {
  return agent ? [link(short(agent, 80), here(`/jobs?agent=${encodeURIComponent(agent)}`))] : [];
}

/** @param {JobSummary} job */
function tags(job) {
  return job.tags.map((tag) => link(short(tag, 60), here(`/jobs?tag=${encodeURIComponent(tag)}`), { className: "tag" }));
}

/** @param {JobSummary} job */
function tookText({ state, created_at: created, started_at: started, ended_at: ended }) {
  if (state === "waiting") return `waits ${duration(between(created))}`;
  if (!started) return "";
  return `${duration(between(started, ended))}${ended ? "" : " so far"}`;
}

/** @param {JobSummary} job */
function runs(job) {
  return job.runs.map((run, index) =>
    link(job.runs.length > 1 ? `run ${index + 1} ` : "run", here(`/runs/${encodeURIComponent(run)}`)),
  );
}

/** Somebody mistyped it, or nothing has used it yet. */
function unknownQueue(queue) {
  const meant = nearest(queue, found.map(({ name }) => name));
  const node = emptyList(`No queue is called ${short(queue, 60)}`, meant.length ? "Did you mean one of these?" : "These there are:");
  const names = meant.length ? meant : found.map(({ name }) => name).filter(Boolean);
  node.append(...names.slice(0, 20).flatMap((name, at) => [at ? ", " : "", queueLink(name)]));
  return node;
}

function empty() {
  const { queue } = filters.values();
  if (queue && !found.some(({ name }) => name === queue)) return unknownQueue(queue);
  if (Object.values(filters.values()).some(Boolean)) {
    const node = emptyList("No job matches", "Nothing here fits the filters above.");
    node.append(link("Show all jobs", here("/jobs")));
    return node;
  }
  if (found.some(({ agents }) => agents)) {
    return emptyList("No jobs yet", "Agents wait for some. A job is a small file with commands; this submits one:", SUBMIT);
  }
  const why = "Jobs wait in queues until an agent takes them, and no agent serves one yet. This starts one on this machine:";
  return emptyList("No jobs, no agents", why, AGENT);
}

const live = new Live({ topics: ["jobs", "agents"], read, tick: () => shownPage.jobs.length && draw() });
live.start();
