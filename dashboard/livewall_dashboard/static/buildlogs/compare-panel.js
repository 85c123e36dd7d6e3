// Where two runs are compared that are build reports: steps, warnings and what configure found. Tests are the page's.

import { getJson } from "../shared/api.js";
import { element } from "../shared/dom.js";
import { plural, short } from "../shared/format.js";
import { link } from "../shared/page.js";
import { addPanel } from "../shared/panels.js";
import { stateBadge } from "../shared/parts.js";
import { answerChanges } from "./answers.js";
import { cell, errorLine, logPath, rowOf, tableOf } from "./dom.js";
import { reportState, stepState, stepWord, systemText, testsText } from "./state.js";
import { warningItem } from "./warnings.js";

/** @import { Report, ReportComparison, ReportDiagnostic } from "types/api" */

const MOST = 100;

addPanel("Build reports", draw);

/** Whether both are reports. */
async function draw(body, about) {
  const ids = [about.left.id, about.right.id];
  const found = await Promise.all(ids.map((run) => getJson("/api/v1/reports", { run, limit: 1 })));
  if (found.some(({ reports }) => !reports.length)) return false;
  const told = await getJson("/api/v1/reports/compare", { left: ids[0], right: ids[1] });
  body.replaceChildren(...partsOf(told));
  return true;
}

/** @param {ReportComparison} told */
function partsOf(told) {
  const sides = element("div", "report-sides");
  sides.append(side("Before", told.left), side("Now", told.right));
  const columns = element("div", "report-changes");
  columns.append(
    ...steps(told),
    ...warnings("New warnings", told.new_warnings, told.right.run),
    ...warnings("Fixed warnings", told.fixed_warnings, told.left.run),
    ...answers(told),
  );
  if (!columns.childElementCount) columns.append(element("p", "report-kind", "Steps, warnings and what configure found are the same."));
  return [sides, columns];
}

/** @param {Report} report */
function side(title, report) {
  const node = element("article", "report-part");
  const head = element("div", "report-part-head");
  head.append(element("h3", "", title), stateBadge(reportState(report)), element("strong", "", `${report.project} ${report.version}`));
  node.append(head, element("p", "report-kind", systemText(report) || report.setup));
  if (report.first_error) {
    const error = errorLine(report.first_error);
    error.append(" ", link(`${report.failed_step}.log`, logPath(report.run, report.failed_step, report.first_error.at)));
    node.append(error);
  } else node.append(element("p", "report-kind", testsText(report.counts, report.missing_tests)));
  return node;
}

/** @param {ReportComparison} told */
function steps({ steps: changes }) {
  if (!changes.length) return [];
  const body = element("tbody");
  const said = (status) => (status ? stepState(status).word : "Not reached");
  body.append(...changes.map(({ name, left, right }) => rowOf(cell("", stepWord(name)), cell("", said(left)), cell("", said(right)))));
  return [part("Steps", changes.length, tableOf("report-steps-table", ["Step", "Before", "Now"], body))];
}

/** @param {ReportDiagnostic[]} found */
function warnings(title, found, run) {
  if (!found.length) return [];
  const list = element("ul", "report-list");
  list.append(...found.slice(0, MOST).map((each) => warningItem(each, run)));
  if (found.length > MOST) list.append(element("li", "report-kind", `${plural(found.length - MOST, "more")} by the API`));
  return [part(title, found.length, list)];
}

/** @param {ReportComparison} told */
function answers({ answers: changes }) {
  return changes.length ? [part("What configure found otherwise", changes.length, answerChanges(changes))] : [];
}

function part(title, count, content) {
  const node = element("article", "report-part");
  const head = element("div", "report-part-head");
  head.append(element("h3", "", short(title)), element("span", "report-kind", String(count)));
  node.append(head, content);
  return node;
}
