// The head of a run's page.

import { element, setHidden, setText, titled } from "../shared/dom.js";
import { Facts } from "../shared/facts.js";
import { partialText, short } from "../shared/format.js";
import { fullMoment } from "../shared/moment.js";
import { here, link, timeOf } from "../shared/page.js";
import {
  badge, commitLink, commitWords, done, durationOf, elapsed, labelChips, mixBar, runStatus, withMissing,
} from "./dom.js";
import { pinControl } from "./pin.js";
import { duration, plural } from "./text.js";

/** @import { ArtifactLink, Commit, RunDetail } from "types/api" */
/** @import { Tile } from "types/live" */

const VERIFICATIONS = {
  verified: ["✓ verified", "Everything the node counted is stored here, equal to the last letter."],
  partial: ["partial", "Parts are missing: the node counted something else than what is stored here, or the file was cut off."],
  pending: ["not verified yet", "The node has not yet said that it is done."],
};

/** The process of a run whose results were uploaded: no robot has a file of it. */
const UPLOADED = "upload";

const NARROW = matchMedia("(max-width: 40rem)");

/**
 * `onPin` is called when the run was pinned or let go.
 *
 * @param {HTMLElement} host
 * @param {RunDetail} run
 */
export function drawSummary(host, run, onPin) {
  /** @type {HTMLDetailsElement | null} */
  const details = host.querySelector(".about");
  const status = runStatus(run);
  host.dataset.status = status ?? "none";
  host.removeAttribute("aria-busy");
  document.title = titled(`${run.name || "Run"} on ${run.setup}`);
  const parts = [title(run, status), counts(run), ...partial(run), about(run, details?.open ?? !NARROW.matches, onPin)];
  host.replaceChildren(...parts);
}

/** @param {RunDetail} run */
function title(run, status) {
  const node = element("div", "thing-title");
  const words = element("div", "run-words");
  const heading = element("h1", "", short(run.name) || "Starting…");
  const where = element("p", "thing-where");
  where.append("on ", link(run.setup, here(`/runs?setup=${encodeURIComponent(run.setup)}`), { className: "setup-link" }));
  where.append(" · ", timeOf(run.started_at), " · ", durationOf(elapsed(run), "number run-elapsed"), run.state === "running" ? " so far" : "");
  const now = element("p", "run-now");
  now.id = "now";
  now.hidden = true;
  words.append(heading, where, now);
  node.append(badge(status), words);
  return node;
}

/**
 * How long it has been going on.
 *
 * @param {HTMLElement} host
 * @param {RunDetail} run
 */
export function drawElapsed(host, run) {
  if (run.state === "running") setText(host.querySelector(".run-elapsed"), duration(elapsed(run)));
}

/**
 * What is being run, by the wall's clock.
 *
 * @param {Tile | null} tile
 * @param {number} now
 */
export function drawNow(tile, now) {
  const node = document.getElementById("now");
  const doing = tile?.test ?? tile?.suite;
  setHidden(node, !doing);
  if (!doing) return;
  const seconds = Math.max(0, (now - Date.parse(doing.started_at)) / 1000);
  const keyword = tile.keyword?.path?.at(-1);
  setText(node, [`Now: ${doing.longname}`, tile.phase?.kind, keyword, duration(seconds)].filter(Boolean).join(" · "));
}

/** @param {RunDetail} run */
function counts(run) {
  const { total, passed, failed, skipped, expected_failures: expected } = run.counts;
  const node = element("div", "run-counts-big");
  const list = element("dl", "numbers");
  const isRunning = run.state === "running";
  const rest = Math.max(total - done(run.counts), isRunning ? 0 : run.missing);
  const restWord = isRunning ? "to come" : run.missing ? "missing" : "never ran";
  /** @type {[string, string, number][]} */
  const items = [
    ["failed", "failed", failed],
    ["skipped", "skipped", skipped],
    ["passed", "passed", passed],
    ["expected", "as expected", expected],
    ["rest", restWord, rest],
  ];
  for (const [kind, word, count] of items) {
    if ((kind === "rest" || kind === "expected") && count <= 0) continue;
    const item = element("div", `number-item number-${kind}`);
    if (!count) item.dataset.zero = "";
    if (kind === "expected") item.title = "Failed, and were expected to";
    item.append(element("dt", "", word), element("dd", "", count.toLocaleString("en")));
    list.append(item);
  }
  node.append(list, mixBar(withMissing(run)));
  return node;
}

/**
 * What is missing from a run that has ended, and the command that mends it; nothing for one that is whole.
 *
 * @param {RunDetail} run
 */
function partial(run) {
  const what = partialText(run);
  if (run.state === "running" || !what) return [];
  const node = element("p", "run-partial");
  node.append(element("strong", "", `partial: ${what}. `));
  if (run.process_list.some(({ name }) => name === UPLOADED)) return [node];
  const command = element("code", "", `livewall import --run ${run.id} output.xml`);
  node.append("Robot’s output.xml mends it: ", command);
  return [node];
}

/**
 * Everything else there is to know; on a phone what failed comes before it.
 *
 * @param {RunDetail} run
 */
function about(run, open, onPin) {
  const node = element("details", "about");
  node.open = open;
  node.append(element("summary", "about-title", "About this run"), facts(run, onPin));
  return node;
}

/** @param {RunDetail} run */
function facts(run, onPin) {
  const list = new Facts();
  const add = (name, ...content) => list.add(name, ...content);
  add("Suite", run.suite && link(short(run.suite), here(`/runs?suite=${encodeURIComponent(run.suite)}`)));
  add("Configuration", ...labelChips(run.labels));
  add("Commit", ...commit(run));
  add("Job", jobOf(run));
  add("Build", build(run));
  add("Started", fullMoment(run.started_at));
  if (run.ended_at) add("Ended", fullMoment(run.ended_at));
  add("Verification", verification(run));
  add("Processes", run.processes > 1 ? `${run.processes}${run.pabot ? " (pabot)" : ""}` : "");
  add(run.robot_version ? "Robot's own log" : "In its logs", troubles(run));
  add("Lost", run.lost ? element("span", "bad", `${plural(run.lost, "event")} the node could not keep`) : "");
  add("Node", run.host);
  add("Versions", versions(run));
  add("Files", ...run.artifacts.map(file));
  add("Compare", link("with the run before", here(`/compare?right=${encodeURIComponent(run.id)}`)));
  add("Kept", pinControl(run, onPin));
  return list.node;
}

/** @param {RunDetail} run */
function commit(run) {
  const parts = [];
  if (run.branch) parts.push(element("span", "branch", run.branch));
  if (run.commit && !run.commits.length) parts.push(commitLink(run.commit));
  if (run.repository) {
    const address = /^https?:\/\//i.test(run.repository) ? run.repository : "";
    parts.push(link(run.repository, address, { outside: true }));
  }
  return [...parts, ...run.commits.map((found) => known(found, run.commits.length > 1))];
}

/**
 * A commit as its repository has it; of several, each with its repository.
 *
 * @param {Commit} found
 */
function known(found, named) {
  const node = element("span", "commit-known");
  const { author, committed_at: at, message, hash, repository } = found;
  const whole = `${hash}\n${message}\n\n${author.name}, ${fullMoment(at)}`;
  node.append(...(named ? [`${short(repository, 100)} `] : []), commitLink(hash, whole), ` ${commitWords(found)}`);
  return node;
}

/**
 * The job of a queue that it is a run of, and who took that.
 *
 * @param {RunDetail} run
 */
function jobOf({ job: of }) {
  if (!of) return null;
  const node = element("span");
  const name = link(short(of.name, 100) || of.id.slice(0, 8), here(`/jobs/${encodeURIComponent(of.id)}`));
  node.append(name, of.agent ? ` on ${short(of.agent, 80)}` : "", of.queue ? ` · queue ${short(of.queue, 80)}` : "");
  return node;
}

/** @param {RunDetail} run */
function build(run) {
  if (!run.build) return null;
  const { system, job, number, url } = run.build;
  const text = [job, number && `#${number}`].filter(Boolean).join(" ") || system || "build";
  return link(text, url, { outside: true });
}

/** @param {RunDetail} run */
function verification(run) {
  const [text, meaning] = VERIFICATIONS[run.verification];
  const node = element("span", run.verification === "partial" ? "bad" : "", text);
  node.title = meaning;
  return node;
}

/** @param {RunDetail} run */
function troubles(run) {
  if (!run.warnings && !run.errors) return null;
  const parts = [];
  if (run.errors) parts.push(plural(run.errors, "error"));
  if (run.warnings) parts.push(plural(run.warnings, "warning"));
  return element("span", run.errors ? "bad" : "", parts.join(", "));
}

/** @param {RunDetail} run */
function versions(run) {
  const parts = [];
  if (run.robot_version) parts.push(`Robot Framework ${run.robot_version}`);
  if (run.python_version) parts.push(`Python ${run.python_version}`);
  if (run.platform) parts.push(run.platform);
  return parts.join(", ");
}

/** @param {ArtifactLink} artifact */
function file(artifact) {
  return link(artifact.name, artifact.url, { newTab: artifact.content_type.startsWith("text/html") });
}
