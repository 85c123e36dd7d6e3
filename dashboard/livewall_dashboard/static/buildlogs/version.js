// A version over all systems: what failed, on how many; each system's steps; a text for a release mail.

import { getJson } from "../shared/api.js";
import { copyButton } from "../shared/copy.js";
import { offerCsv } from "../shared/csv.js";
import { element } from "../shared/dom.js";
import { duration, plural, short } from "../shared/format.js";
import { Live } from "../shared/live.js";
import { link, timeOf } from "../shared/page.js";
import { emptyList, settle, stateBadge } from "../shared/parts.js";
import { cell, errorLine, logPath, rowOf, runPath, tableOf } from "./dom.js";
import { contextOf } from "./error-context.js";
import { changesText, reportState, stateOfStep, stepWord, testsText } from "./state.js";

/** @import { SharedError, SystemReport, VersionSummary } from "types/api" */

const root = document.getElementById("version");
const status = document.getElementById("status");
const errors = document.getElementById("errors");
const systems = document.getElementById("systems");
const mail = document.getElementById("mail");
const { project, version } = root.dataset;
let shown = "";

/** False where there is nothing that could change. */
async function read() {
  try {
    /** @type {VersionSummary} */
    const found = await getJson("/api/v1/reports/summary", { project, version });
    if (JSON.stringify(found) === shown) return true;
    shown = JSON.stringify(found);
    status.textContent = sentence(found.systems);
    errors.hidden = !found.errors.length;
    systems.hidden = false;
    settle(document.getElementById("error-list"), found.errors.map((error) => errorCard(error, found.systems)));
    settle(document.getElementById("system-table"), [systemTable(found)]);
    offerCsv("These systems", "/api/v1/reports/summary.csv", { project, version });
    showMail(found.text);
  } catch (error) {
    if (error.status !== 404) throw error;
    root.replaceChildren(emptyList("No such version", error.message));
    return false;
  }
  return true;
}

/** @param {SystemReport[]} found */
function sentence(found) {
  const of = (kind) => found.filter((report) => reportState(report).kind === kind).length;
  const failed = found.filter((report) => report.failed_step);
  const fresh = failed.filter((report) => !isKnown(report)).length;
  const parts = [
    failed.length && `${failed.length} failed${fresh ? ` (${fresh} new)` : ""}`,
    of("incomplete") && `${of("incomplete")} not known`,
    of("none") && `${of("none")} without tests`,
    of("PASS") && `${of("PASS")} passed`,
  ];
  return `${plural(found.length, "system")}: ${parts.filter(Boolean).join(", ")}`;
}

/** @param {SystemReport} report */
function isKnown({ status: now, former_status: before }) {
  return now !== "ok" && now === before;
}

/** @param {SharedError} shared @param {SystemReport[]} all */
function errorCard({ step, error, runs, is_known: known }, all) {
  const card = element("article", "error-card");
  const head = element("div", "error-head");
  const word = known ? "Known" : "New";
  head.append(stateBadge({ kind: known ? "known" : "FAIL", glyph: "failing", word }), element("span", "error-step", stepWord(step)));
  head.append(element("strong", "error-count", runs.length > 1 ? `the same error on ${plural(runs.length, "system")}` : "on one system"));
  const list = element("ul", "error-systems");
  for (const run of runs) {
    const item = element("li");
    item.append(link(short(all.find((report) => report.run === run)?.name ?? run, 120), runPath(run)));
    list.append(item);
  }
  card.append(head, errorLine(error, 1000));
  if (error.hint) card.append(element("p", "error-hint", error.hint));
  card.append(list, contextDetails(error, runs[0], step));
  return card;
}

function contextDetails(error, run, step) {
  const details = element("details", "error-context");
  details.append(element("summary", "", "What is around it"), contextOf(error, (line) => logPath(run, step, line)));
  return details;
}

/** @param {VersionSummary} found */
function systemTable({ systems: reports, steps }) {
  const body = element("tbody");
  body.append(...reports.map((report) => systemRow(report, steps)));
  return tableOf("systems-table", ["System", ...steps.map(stepWord), "Warnings", "Before", "Built"], body);
}

/** @param {SystemReport} report */
function systemRow(report, steps) {
  const name = link(short(report.name, 120), runPath(report.run), { className: "report-link" });
  const who = element("div");
  who.append(name, element("span", "system-setup", short(report.setup, 60)));
  for (const note of report.notes.slice(0, 3)) who.append(element("span", "system-note", note));
  const system = element("div", "system");
  system.append(stateBadge(reportState(report, isKnown(report)), true), who);
  return rowOf(
    cell("system-name", system),
    ...steps.map((step) => stepCell(report, step)),
    cell("system-warnings", ...warnings(report)),
    cell("system-before", beforeText(report)),
    cell("system-time", timeOf(report.started_at)),
  );
}

/** @param {SystemReport} report */
function stepCell(report, name) {
  const step = report.steps.find((each) => each.name === name);
  const node = cell("system-step");
  node.dataset.step = stepWord(name);
  if (!step) {
    node.append(element("span", "step-none", "not reached"));
    return node;
  }
  const took = step.elapsed_time === null ? "" : duration(step.elapsed_time);
  const told = name === "make-check" ? testsText(report.counts, report.missing_tests) : took || plural(step.lines, "line");
  const lead = link("", logPath(report.run, name), { className: "step-link" });
  lead.append(stateBadge(stateOfStep(step, report, isKnown(report)), true), element("span", "", told));
  node.append(lead);
  return node;
}

/** @param {SystemReport} report */
function warnings(report) {
  const changes = changesText(report);
  if (!report.warnings && !changes) return ["none"];
  return [String(report.warnings), ...(changes ? [" ", element("span", report.new_warnings ? "report-new" : "", changes)] : [])];
}

/** @param {SystemReport} report */
function beforeText({ former, former_version: was, former_status: said, status: now }) {
  if (!former) return "first report";
  const told = said === "ok" ? "passed" : stepWord(said);
  const text = was === version ? `${told}, same version` : `${told} at ${was || "no version"}`;
  return link(now !== "ok" && now === said ? `${text}, too` : text, runPath(former));
}

function showMail(text) {
  mail.hidden = false;
  const there = mail.querySelector("pre");
  if (there) {
    if (there.textContent !== text) there.textContent = text;
    return;
  }
  const head = element("div", "mail-head");
  const title = element("h2", "", "For a mail");
  title.id = "mail-title";
  const block = element("pre", "command mail-text", text);
  block.tabIndex = 0;
  head.append(title, copyButton("Copy the text", () => block));
  mail.append(head, block);
}

new Live({ topics: ["reports"], read }).start();
