// The last build reports, and the projects they are of.

import { getJson } from "../shared/api.js";
import { offerCsv } from "../shared/csv.js";
import { element, setText } from "../shared/dom.js";
import { Filters } from "../shared/filters.js";
import { plural, short } from "../shared/format.js";
import { Live } from "../shared/live.js";
import { here, link, timeOf } from "../shared/page.js";
import { button, emptyList, settle, stateBadge } from "../shared/parts.js";
import { Table } from "../shared/table.js";
import { errorLine, runPath } from "./dom.js";
import { changesText, reportState, systemText, testsText, versionPath } from "./state.js";

/** @import { Report, ReportProject } from "types/api" */

const PAGE = 50;
const MOST = 1000;
const MOST_PROJECTS = 24;
const STATUSES = [
  ["", "Any"],
  ["ok", "Passed"],
  ["bootstrap failed", "bootstrap failed"],
  ["configure failed", "configure failed"],
  ["make failed", "make failed"],
  ["make-check failed", "make check failed"],
  ["unknown", "Not known"],
];
const SEND = `livewall build https://ftp.gnu.org/gnu/hello/hello-2.10.tar.gz -r ${location.origin}/upload
pretest-auto-build-check -r ${location.origin}/upload https://ftp.gnu.org/gnu/hello/hello-2.10.tar.gz`;

const host = document.getElementById("reports");
const status = document.getElementById("status");
const projects = document.getElementById("projects");
/** @type {Table<Report>} */
const table = new Table({
  name: "reports-table",
  keyOf: ({ run }) => run,
  foldsBelow: "64rem",
  columns: [
    { title: "Result", name: "report-state", cell: (report) => [stateBadge(reportState(report))] },
    { title: "Package", name: "report-name", cell: packageOf },
    { title: "What it says", name: "report-says", cell: (report) => [says(report)] },
    { title: "System", name: "report-system", cell: (report) => [short(systemText(report), 120)] },
    { title: "Setup", name: "report-setup", cell: (report) => [short(report.setup, 80)] },
    { title: "Warnings", name: "report-warnings", cell: warnings },
    { title: "Built", name: "report-time", cell: (report) => [timeOf(report.started_at)] },
  ],
});
const more = button("Show older reports", "more", () => {
  size = Math.min(MOST, size + PAGE * 2);
  live.refresh();
});
const filters = new Filters(document.getElementById("filters"), ["project", "version", "setup", "status"], () => {
  size = PAGE;
  takeAll();
});
let size = PAGE;
/** Whether new reports go into the list wherever the pointer is. */
let isTaking = false;

filters.addChoice("project", "Package", [["", "All"]]);
filters.addChoice("status", "Result", STATUSES);
filters.addChoice("setup", "Setup", [["", "All"]]);
filters.show();

function takeAll() {
  isTaking = true;
  return live.refresh();
}

async function read() {
  const asked = location.search;
  offerCsv("These reports", "/api/v1/reports.csv", filters.values());
  const [page, { projects: found }] = await Promise.all([
    getJson("/api/v1/reports", { ...filters.values(), limit: size }),
    getJson("/api/v1/reports/projects"),
  ]);
  if (asked !== location.search) return;
  const names = found.map(({ project }) => project).sort((one, other) => one.localeCompare(other));
  filters.setOptions("project", [["", "All"], ...names.map((name) => [name, short(name, 80)])]);
  settle(projects, found.slice(0, MOST_PROJECTS).map(projectCard));
  projects.hidden = found.length < 2;
  draw(page.reports, page.next);
}

/** @param {Report[]} reports */
function draw(reports, next) {
  table.update(reports, { take: isTaking });
  isTaking = false;
  const setups = [...new Set(reports.map(({ setup }) => setup))].sort((one, other) => one.localeCompare(other));
  filters.setOptions("setup", [["", "All"], ...setups.map((name) => [name, short(name, 80)])]);
  setText(status, summary(reports, next));
  const older = next && size < MOST ? [more] : [];
  settle(host, reports.length ? [table.node, ...older] : [empty()]);
}

/** @param {Report[]} reports */
function summary(reports, next) {
  if (!reports.length) return "";
  const failed = reports.filter((report) => report.failed_step).length;
  const many = next ? `the newest ${plural(reports.length, "report")}` : plural(reports.length, "report");
  return `${many} · ${failed ? `${failed} failed` : "none failed"}`;
}

/** @param {ReportProject} project */
function projectCard({ project, version, reports }) {
  const card = element("li", "project linked-card");
  card.append(
    link(short(project, 60), here(`/reports/${encodeURIComponent(project)}`), { className: "card-link" }),
    element("span", "project-latest", `${short(version, 40)} · ${plural(reports, "report")}`),
  );
  return card;
}

/** @param {Report} report */
function packageOf({ project, version: name, run }) {
  const version = link(short(name || "no version", 60), here(versionPath(project, name)), { className: "report-version" });
  version.title = "This version on all systems";
  return [link(short(project, 60), runPath(run), { className: "row-link report-link" }), " ", version];
}

/** @param {Report} report */
function says(report) {
  if (report.first_error) return errorLine(report.first_error, 240);
  return element("span", "report-tests", testsText(report.counts, report.missing_tests));
}

/** @param {Report} report */
function warnings(report) {
  const changes = changesText(report);
  if (!report.warnings && !changes) return [];
  const node = element("span", report.new_warnings ? "report-new" : "", changes);
  return [String(report.warnings), ...(changes ? [", ", node] : [])];
}

function empty() {
  if (Object.values(filters.values()).some(Boolean)) {
    const node = emptyList("No report matches", "Nothing here fits the filters above.");
    node.append(link("Show all reports", here("/reports")));
    return node;
  }
  const why = "A report says what happened in configure, make and make check of a package, on any machine. Either of these sends one:";
  return emptyList("No build reports yet", why, SEND);
}

const live = new Live({ topics: ["reports"], read });
live.start();
