// One job, until a while after its end.

import { getJson } from "../shared/api.js";
import { element, titled } from "../shared/dom.js";
import { between } from "../shared/elapsed.js";
import { Live } from "../shared/live.js";
import { missing, settle } from "../shared/parts.js";
import { RunList } from "../shared/run-list.js";
import { Actions } from "./actions.js";
import { Output } from "./output.js";
import { jobName } from "./state.js";
import { phasesOf, summaryOf } from "./summary.js";

/** @import { JobDetail } from "types/api" */

const LATE = 60;
/** Seconds after its end in which output and files may still come. */

const root = document.getElementById("job");
const summary = document.getElementById("summary");
const phases = document.getElementById("phases");
const id = root.dataset.job;
const actions = "mayAct" in root.dataset ? new Actions(() => live.refresh()) : null;
const outputs = [
  new Output(document.getElementById("output"), id, "output", "Output"),
  new Output(document.getElementById("serial"), id, "serial", "Serial console"),
];
const runs = new RunList(document.getElementById("runs"), (topics) => live.watch(topics));
const TOPIC = `job/${id}`;
const OUTPUT = `${TOPIC}/output`;
const file = `/v1/result/${encodeURIComponent(id)}/artifact`;
let artifact = "";

/** @type {JobDetail | null} */
let job = null;

/** Whether more may come. Where another job has changed it is asked for only while this one waits behind it. */
async function read(news) {
  try {
    if (news.has(TOPIC) || (news.has("jobs") && !job?.started_at)) await readJob();
    if (news.has(TOPIC)) await runs.update(job.runs);
    else runs.hear(news);
    if (news.has(TOPIC) || news.has(OUTPUT)) for (const output of outputs) await output.update(job);
    return !job.ended_at || between(job.ended_at) < LATE;
  } catch (error) {
    if (error.status === 404 || error.status === 400) return gone(error.message);
    throw error;
  }
}

async function readJob() {
  job = await getJson(`/api/v1/jobs/${encodeURIComponent(id)}`);
  if (!artifact && job.started_at && (await hasFile())) artifact = file;
  draw();
}

function draw() {
  if (!job) return;
  document.title = titled(jobName(job));
  actions?.update(job);
  const { kind, parts } = summaryOf(job, artifact, actions?.node);
  summary.dataset.status = kind;
  summary.removeAttribute("aria-busy");
  settle(summary, parts);
  settle(phases, phasesOf(job));
  phases.hidden = !phases.children.length;
  showDefinition();
}

function tick() {
  draw();
  runs.draw();
}

function showDefinition() {
  const host = document.getElementById("definition");
  if (!host.hidden) return;
  const details = element("details");
  details.append(element("summary", "", "Definition"), element("pre", "command", JSON.stringify(job.definition, null, 2)));
  host.append(details);
  host.hidden = false;
}

async function hasFile() {
  const response = await fetch(file, { method: "HEAD" });
  return response.status === 200;
}

function gone(message) {
  root.replaceChildren(missing("No such job", message));
  return false;
}

const live = new Live({ topics: [TOPIC, OUTPUT, "jobs"], read, tick });
live.start();
