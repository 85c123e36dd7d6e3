// A project: its systems down, its versions across, the newest first.

import { getJson } from "../shared/api.js";
import { offerCsv } from "../shared/csv.js";
import { element } from "../shared/dom.js";
import { plural, short } from "../shared/format.js";
import { fullMoment } from "../shared/moment.js";
import { Live } from "../shared/live.js";
import { here, link, timeOf } from "../shared/page.js";
import { emptyList, settle, stateBadge } from "../shared/parts.js";
import { runPath } from "./dom.js";
import { reportState, testsText, versionPath } from "./state.js";

/** @import { ProjectVersions, SystemOfProject, VersionOnSystem } from "types/api" */

const host = document.getElementById("versions");
const status = document.getElementById("status");
const project = host.dataset.project;

/** False where there is nothing that could change. */
async function read() {
  const after = new URLSearchParams(location.search).get("after") ?? "";
  try {
    const found = await getJson("/api/v1/reports/versions", { project, after });
    status.textContent = `${plural(found.systems.length, "system")} · ${after ? "older" : "the newest"} ${plural(found.versions.length, "version")}`;
    settle(host, [matrix(found), ...pages(found.next, after)]);
    offerCsv("These versions", "/api/v1/reports/versions.csv", { project });
  } catch (error) {
    if (error.status !== 404) throw error;
    settle(host, [emptyList("No such package", error.message)]);
    return false;
  }
  return true;
}

/** @param {ProjectVersions} found */
function matrix({ versions, systems }) {
  const frame = element("div", "matrix");
  frame.tabIndex = 0;
  frame.setAttribute("role", "region");
  frame.setAttribute("aria-label", `Versions of ${project} over systems`);
  const table = element("table");
  const head = element("tr");
  const corner = element("th", "matrix-corner", "System");
  corner.scope = "col";
  head.append(corner);
  for (const { version, started_at: at, reports } of versions) {
    const heading = element("th", "matrix-version");
    heading.scope = "col";
    const name = link(short(version || "no version", 30), here(versionPath(project, version)));
    name.title = `${plural(reports, "report")}, the last ${fullMoment(at)}`;
    heading.append(name, timeOf(at, "matrix-time"));
    head.append(heading);
  }
  const top = element("thead");
  top.append(head);
  const body = element("tbody");
  body.append(...systems.map((system) => systemRow(system, versions)));
  table.append(top, body);
  frame.append(table);
  return frame;
}

/** @param {SystemOfProject} found */
function systemRow({ system, architecture, compiler, cells }, versions) {
  const row = element("tr");
  const name = element("th", "matrix-system");
  name.scope = "row";
  name.append(
    element("span", "matrix-name", short(system || "unknown system", 60)),
    element("span", "matrix-about", [architecture, compiler].filter(Boolean).join(", ")),
  );
  row.append(name, ...cells.map((cell, index) => versionCell(cell, versions[index].version)));
  return row;
}

/** @param {VersionOnSystem | null} cell */
function versionCell(cell, version) {
  const node = element("td");
  if (!cell) {
    node.append(element("span", "sr-only", "nobody built it"));
    return node;
  }
  const state = reportState(cell, cell.is_known);
  const target = cell.reports > 1 ? here(versionPath(project, version)) : runPath(cell.run);
  const lead = link("", target, { className: "matrix-cell" });
  const words = state.kind === "PASS" ? String(cell.counts.total) : state.word.replace(" failed", "");
  lead.append(stateBadge({ ...state, word: words }));
  if (cell.reports > 1) lead.append(element("span", "matrix-count", `${cell.failed} of ${cell.reports}`));
  lead.title = `${state.word}${cell.is_known ? ", as the version before" : ""}: ${testsText(cell.counts, cell.missing_tests)}. ${cell.setup}, ${fullMoment(cell.started_at)}`;
  node.append(lead);
  return node;
}

function pages(next, after) {
  if (!next && !after) return [];
  const node = element("p", "matrix-pages");
  const own = `/reports/${encodeURIComponent(project)}`;
  if (after) node.append(link("The newest versions", here(own)), " ");
  if (next) node.append(link("Older versions", here(`${own}?after=${encodeURIComponent(next)}`)));
  return [node];
}

new Live({ topics: ["reports"], read }).start();
