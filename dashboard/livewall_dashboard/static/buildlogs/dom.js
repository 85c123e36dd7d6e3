// Building blocks of the pages of build reports.

import { element } from "../shared/dom.js";
import { short } from "../shared/format.js";
import { here, link } from "../shared/page.js";
import { placeText } from "./state.js";

/** @import { ReportError } from "types/api" */

export function runPath(run) {
  return here(`/runs/${encodeURIComponent(run)}`);
}

/** The page of a step's log, at a line of it. */
export function logPath(run, step, line = 0) {
  return here(`/runs/${encodeURIComponent(run)}/logs/${encodeURIComponent(step)}${line ? `#L${line}` : ""}`);
}

export function projectLink(project) {
  return link(short(project, 80), here(`/reports/${encodeURIComponent(project)}`));
}

/**
 * An error: where it is, and what it says.
 *
 * @param {ReportError} error
 */
export function errorLine(error, most = 400) {
  const node = element("p", "report-error");
  const place = placeText(error);
  if (place) node.append(element("span", "report-place", short(place, 160)), " ");
  node.append(short(error.text, most));
  return node;
}

/** A table with these columns. Phones lay it out otherwise, so its parts say what they are. */
export function tableOf(className, columns, body) {
  const node = element("table", className);
  node.setAttribute("role", "table");
  const head = element("thead");
  head.setAttribute("role", "rowgroup");
  const row = element("tr");
  row.setAttribute("role", "row");
  for (const title of columns) {
    const heading = element("th");
    heading.append(title);
    heading.scope = "col";
    heading.setAttribute("role", "columnheader");
    row.append(heading);
  }
  head.append(row);
  body.setAttribute("role", "rowgroup");
  node.append(head, body);
  return node;
}

export function cell(className, ...content) {
  const node = element("td", className);
  node.setAttribute("role", "cell");
  node.append(...content.filter((part) => part !== ""));
  return node;
}

export function rowOf(...cells) {
  const node = element("tr");
  node.setAttribute("role", "row");
  node.append(...cells);
  return node;
}
