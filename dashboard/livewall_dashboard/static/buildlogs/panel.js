// On the page of a run that is a build report: what happened in each step, and why it failed.

import { getJson } from "../shared/api.js";
import { element } from "../shared/dom.js";
import { duration, plural, short } from "../shared/format.js";
import { here, link } from "../shared/page.js";
import { addPanel } from "../shared/panels.js";
import { stateBadge } from "../shared/parts.js";
import { answersOf, changedAnswersOf } from "./answers.js";
import { errorLine, logPath, projectLink } from "./dom.js";
import { contextOf } from "./error-context.js";
import { stateOfStep, stepWord, systemText, testsText, versionPath } from "./state.js";
import { warningsOf } from "./warnings.js";

/** @import { ReportDetail, RunDetail, Step } from "types/api" */

const STEPS = ["configure", "make", "make-check"];
let shown = "";

addPanel("Build report", draw);

/**
 * Whether there is one. A run that is shown while it is built has its report at the end.
 *
 * @param {{ run: RunDetail }} about
 */
async function draw(body, about) {
  const { run } = about;
  if (run.state === "running") return false;
  const { reports } = await getJson("/api/v1/reports", { run: run.id, limit: 1 });
  if (!reports.length) return false;
  const report = await getJson(`/api/v1/reports/${encodeURIComponent(run.id)}`);
  const state = JSON.stringify(report);
  if (state !== shown) body.replaceChildren(...partsOf(report));
  shown = state;
  return true;
}

/** @param {ReportDetail} report */
function partsOf(report) {
  const main = element("div", "report-main");
  main.append(...errorsOf(report));
  const beside = element("div", "report-beside");
  beside.append(warningsOf(report), ...answersOf(report), ...changedAnswersOf(report));
  const columns = element("div", main.childElementCount ? "report-columns" : "");
  columns.append(...(main.childElementCount ? [main] : []), beside);
  return [factsOf(report), ...report.notes.map((note) => element("p", "notice", note)), stepsOf(report), columns];
}

/** @param {ReportDetail} report */
function factsOf(report) {
  const node = element("p", "report-facts");
  const version = link(short(report.version || "no version", 60), here(versionPath(report.project, report.version)));
  version.title = "This version on all systems";
  const tarball = link(report.is_masked ? "tarball, secrets masked" : "tarball", report.tarball);
  const parameters = Object.values(report.parameters).join(" ").trim();
  const parts = [
    span(projectLink(report.project), " ", version),
    systemText(report),
    parameters && span("with ", element("code", "", short(parameters, 200))),
    report.source && span("source ", element("code", "", short(report.source, 200))),
    span(tarball),
  ];
  node.append(...parts.filter(Boolean).flatMap((part, index) => (index ? [" · ", part] : [part])));
  return node;
}

function span(...content) {
  const node = element("span");
  node.append(...content);
  return node;
}

// ------------------------------------------------------------------- steps

/** @param {ReportDetail} report */
function stepsOf(report) {
  const list = element("ol", "report-steps");
  list.setAttribute("aria-label", "Steps");
  const taken = report.steps.map(({ name }) => name);
  list.append(...report.steps.map((step) => stepCard(step, report)));
  for (const name of STEPS.filter((each) => !taken.includes(each))) {
    const card = element("li", "report-step");
    card.dataset.status = "none";
    card.append(element("span", "report-step-name", stepWord(name)), element("span", "", "not reached"));
    list.append(card);
  }
  return list;
}

/**
 * @param {Step} step
 * @param {ReportDetail} report
 */
function stepCard(step, report) {
  const card = element("li", "report-step");
  card.dataset.status = step.status;
  card.append(stateBadge(stateOfStep(step, report), true), element("span", "report-step-name", stepWord(step.name)));
  if (step.name === "make-check") card.append(element("span", "", testsText(report.counts, report.missing_tests)));
  if (step.elapsed_time !== null) card.append(element("span", "number", duration(step.elapsed_time)));
  const log = link(plural(step.lines, "line"), logPath(report.run, step.name));
  log.title = "The log of this step";
  card.append(log);
  return card;
}

// ------------------------------------------------------------------- errors

/** @param {ReportDetail} report */
function errorsOf(report) {
  const failed = report.steps.filter((step) => step.first_error);
  const cards = failed.map((step) => errorCard(step, report));
  if (report.failed_check) cards.push(checkCard(report.failed_check));
  return cards;
}

/**
 * @param {Step} step
 * @param {ReportDetail} report
 */
function errorCard({ name, first_error: error }, report) {
  const card = element("article", "report-why");
  const isTest = error.kind === "test";
  const among = report.errors > 1 && name === report.failed_step ? `First of ${plural(report.errors, "error")}` : "First error";
  const title = element("h3", "", isTest ? "First test that failed" : `${among} of ${stepWord(name)}`);
  const head = element("div", "report-why-head");
  head.append(title, element("span", "report-kind", [isTest ? "" : error.kind, error.flag].filter(Boolean).join(" ")));
  head.append(link(`${name}.log, line ${error.at}`, logPath(report.run, name, error.at), { className: "report-why-log" }));
  card.append(head, errorLine(error, 2000));
  if (error.hint) card.append(element("p", "report-hint", error.hint));
  if (error.context.length) card.append(contextOf(error, (line) => logPath(report.run, name, line)));
  return card;
}

function checkCard({ name, output }) {
  const card = element("article", "report-why");
  const head = element("div", "report-why-head");
  head.append(element("h3", "", "What configure asked last"), element("span", "report-kind", name));
  const text = element("pre", "context report-output", output.join("\n"));
  text.tabIndex = 0;
  card.append(head, text);
  return card;
}
