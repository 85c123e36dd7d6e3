// One job. What changed is asked for every two seconds, until a while after its end.

import { getJson } from "../shared/api.js";
import { element } from "../shared/dom.js";
import { keepFresh } from "../shared/page.js";
import { emptyList, settle } from "../shared/parts.js";
import { Actions } from "./actions.js";
import { Output } from "./output.js";
import { between, jobName } from "./state.js";
import { phasesOf, summaryOf } from "./summary.js";

/** @import { JobDetail } from "types/api" */

const REFRESH = 2000;
const LATE = 60;
/** Seconds after its end in which output and files may still come. */

const root = document.getElementById("job");
const summary = document.getElementById("summary");
const phases = document.getElementById("phases");
const notice = document.getElementById("notice");
const id = root.dataset.job;
const actions = "mayAct" in root.dataset ? new Actions(() => look()) : null;
const outputs = [
  new Output(document.getElementById("output"), id, "output", "Output"),
  new Output(document.getElementById("serial"), id, "serial", "Serial console"),
];
const file = `/v1/result/${encodeURIComponent(id)}/artifact`;
let artifact = "";

/** Whether to look again. */
async function look() {
  try {
    /** @type {JobDetail} */
    const job = await getJson(`/api/v1/jobs/${encodeURIComponent(id)}`);
    if (!artifact && job.started_at && (await hasFile())) artifact = file;
    draw(job);
    for (const output of outputs) await output.update(job);
    notice.hidden = true;
    return !job.ended_at || between(job.ended_at, null) < LATE;
  } catch (error) {
    if (error.status === 404 || error.status === 400) return gone(error.message);
    notice.textContent = error.message;
    notice.hidden = false;
    return true;
  }
}

/** @param {JobDetail} job */
function draw(job) {
  document.title = `${jobName(job)} · livewall`;
  actions?.update(job);
  const { kind, parts } = summaryOf(job, artifact, actions?.node);
  summary.dataset.status = kind;
  summary.removeAttribute("aria-busy");
  settle(summary, parts);
  settle(phases, phasesOf(job));
  phases.hidden = !phases.children.length;
  showDefinition(job);
}

/** @param {JobDetail} job */
function showDefinition(job) {
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
  root.replaceChildren(emptyList("No such job", message));
  return false;
}

if (await look()) keepFresh(look, REFRESH);
