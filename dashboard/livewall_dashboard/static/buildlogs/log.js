// The log of a step, from any line of it: search, the next error, links to lines.

import { eachPage, getJson } from "../shared/api.js";
import { element } from "../shared/dom.js";
import { short } from "../shared/format.js";
import { onKey } from "../shared/keys.js";
import { here, link } from "../shared/page.js";
import { missing } from "../shared/parts.js";
import { logPath, projectLink, runPath } from "./dom.js";
import { LogSearch } from "./log-search.js";
import { LogSource } from "./log-source.js";
import { arrows, number, pick, searchTools, setLinked, showLinked } from "./log-tools.js";
import { LogView } from "./log-view.js";
import { stepState, stepWord, systemText, versionPath } from "./state.js";

/** @import { ReportDetail, ReportDiagnostic } from "types/api" */

const root = document.getElementById("log");
const status = document.getElementById("status");
const host = document.getElementById("view");
const tools = document.getElementById("tools");
const { run, step } = root.dataset;

async function start() {
  const path = `/api/v1/reports/${encodeURIComponent(run)}`;
  const source = new LogSource(run, step, { onLines: () => view.draw(), onError: (error) => (status.textContent = error.message) });
  const [{ total, url }, report] = await Promise.all([source.open(), getJson(path)]);
  drawHead(report, total);
  const view = new LogView(host, source, total, (line, isMore) => pick(line, isMore));
  const search = searchTools(host, view, new LogSearch(source.path, total, (count, share) => search.counted(count, share)));
  tools.append(...search.nodes);
  const raw = link("Raw", url, { className: "log-raw" });
  raw.title = "The log as a file, colours and all";
  const complaints = await complaintsOf(path, report);
  for (const kind of ["error", "warning"]) tools.append(...jumps(view, kind, complaints));
  tools.append(raw);
  view.setComplaints(complaints);
  addEventListener("hashchange", () => showLinked(view, total));
  if (!showLinked(view, total)) showFirstError(view, report);
  host.focus({ preventScroll: true });
}

/** @param {ReportDetail} report */
function drawHead(report, total) {
  const { status: said } = report.steps.find(({ name }) => name === step);
  status.textContent = `${stepState(said).word} · ${number(total)} line${total === 1 ? "" : "s"} · ${systemText(report) || report.setup}`;
  const version = link(short(report.version || "no version", 60), here(versionPath(report.project, report.version)));
  const others = report.steps.filter(({ name }) => name !== step).map(({ name }) => link(`${name}.log`, logPath(run, name)));
  document.getElementById("trail").append(
    ...[link("Build reports", here("/reports")), projectLink(report.project), version, link(short(report.setup, 60), runPath(run))].flatMap(
      (part) => [part, " › "],
    ),
    element("span", "", stepWord(step)),
    ...others.flatMap((each) => [" · ", each]),
  );
}

// ------------------------------------------------------------------- complaints

/**
 * By line what the report knows to be an error or a warning there.
 *
 * @param {ReportDetail} report
 */
async function complaintsOf(path, report) {
  /** @type {Map<number, string>} */
  const found = new Map();
  await eachPage(`${path}/diagnostics`, "diagnostics", { limit: 1000 }, (/** @type {ReportDiagnostic[]} */ page) => {
    for (const { step: of, at, kind, change } of page) {
      if (of === step && change !== "fixed" && found.get(at) !== "error") found.set(at, kind);
    }
  });
  const { first_error: first } = report.steps.find(({ name }) => name === step);
  if (first) found.set(first.at, "error");
  return found;
}

/** To the next of a kind, and the one before. */
function jumps(view, kind, complaints) {
  const lines = [...complaints].filter(([, each]) => each === kind).map(([line]) => line).sort((one, other) => one - other);
  if (!lines.length) return [];
  const jump = (line) => {
    view.mark(line, line);
    view.reveal(line);
    setLinked(line, line);
  };
  const next = () => jump(lines.find((line) => line > view.marked) ?? lines[0]);
  const previous = () => jump(lines.filter((line) => line < view.marked).at(-1) ?? lines.at(-1));
  if (kind === "error") {
    onKey("n", next, "To the next error");
    onKey("p", previous, "To the error before");
  }
  const group = element("span", "log-jumps");
  group.dataset.kind = kind;
  group.append(element("span", "", `${number(lines.length)} ${kind}${lines.length === 1 ? "" : "s"}`), ...arrows(kind, previous, next));
  return [group];
}

/** @param {ReportDetail} report */
function showFirstError(view, report) {
  const { first_error: error } = report.steps.find(({ name }) => name === step);
  if (!error) return;
  view.reveal(error.at);
  view.mark(error.at, error.at);
}

start().catch((error) => root.replaceChildren(missing("No such log", error.message)));
