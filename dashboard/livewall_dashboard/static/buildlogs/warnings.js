// The warnings of a report: new, fixed and outstanding beside the report before of the same project and system.

import { getJson } from "../shared/api.js";
import { csvLink } from "../shared/csv.js";
import { element } from "../shared/dom.js";
import { plural, short } from "../shared/format.js";
import { link } from "../shared/page.js";
import { logPath, runPath } from "./dom.js";
import { placeText } from "./state.js";

/** @import { ReportDetail, ReportDiagnostic } from "types/api" */

const PAGE = 100;

/** @param {ReportDetail} report */
export function warningsOf(report) {
  const node = element("section", "report-part");
  const { warnings, new_warnings: fresh, fixed_warnings: fixed, former } = report;
  const head = element("div", "report-part-head");
  head.append(element("h3", "", "Warnings"), element("span", "report-kind", warnings ? plural(warnings, "warning") : "none"));
  if (warnings || fixed) head.append(csvLink("These warnings", `/api/v1/reports/${encodeURIComponent(report.run)}/diagnostics.csv`, { kind: "warning" }));
  node.append(head);
  if (!former) {
    if (warnings) node.append(element("p", "report-kind", "The first report of this package on this system: nothing to compare with."));
    if (warnings) node.append(warningList(report, "All", warnings, "", true));
    return node;
  }
  if (fresh) node.append(warningList(report, "New", fresh, "new", true));
  if (fixed) node.append(warningList(report, "Fixed", fixed, "fixed", false));
  const old = warnings - fresh;
  if (old) node.append(warningList(report, "Outstanding", old, "outstanding", false));
  const before = element("p", "report-kind");
  before.append(fresh || fixed ? "beside " : "the same as in ", link("the report before", runPath(former)));
  node.append(before);
  return node;
}

/** Of one kind; read when it is first open. */
function warningList(report, title, count, change, isOpen) {
  const details = element("details", "report-warnings-of");
  const summary = element("summary", change === "new" ? "report-new" : "", `${title} ${count}`);
  details.append(summary);
  const load = async () => {
    const list = element("ul", "report-list");
    try {
      const path = `/api/v1/reports/${encodeURIComponent(report.run)}/diagnostics`;
      const { diagnostics, next } = await getJson(path, { kind: "warning", change, limit: PAGE });
      list.append(...diagnostics.map((each) => warningItem(each, report.run)));
      if (next) list.append(element("li", "report-kind", `${plural(count - diagnostics.length, "more")} by the API: ${path}`));
    } catch (error) {
      list.append(element("li", "bad", error.message));
    }
    details.append(list);
  };
  details.addEventListener("toggle", () => details.open && details.childElementCount === 1 && load());
  details.open = isOpen;
  return details;
}

/**
 * A warning with a link to where it stands in the log of `run`; what is fixed is in none of that run's.
 *
 * @param {ReportDiagnostic} warning
 */
export function warningItem(warning, run) {
  const item = element("li");
  const place = placeText({ file: warning.file, line: warning.line });
  const text = short(warning.text, 300);
  const isInLog = warning.at > 0 && warning.change !== "fixed"; // what an analyser's file says is in no log
  if (place) item.append(element("span", "report-where", short(place, 160)), " ");
  item.append(isInLog ? link(text, logPath(run, warning.step, warning.at)) : element("span", "", text));
  if (!warning.at) item.append(" ", element("span", "report-kind", `of ${short(warning.step, 80)}`));
  if (warning.flag) item.append(" ", element("span", "report-flag", short(warning.flag, 80)));
  if (warning.count > 1) item.append(" ", element("span", "report-kind", `${warning.count} times`));
  return item;
}
