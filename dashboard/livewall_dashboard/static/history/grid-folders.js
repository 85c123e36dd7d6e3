// The folders of a folder: how much passes, how long it takes, how both go. Each leads deeper.

import { element } from "../shared/dom.js";
import { here, link } from "../shared/page.js";
import { drift, folderCells, meanSeconds, percent, rate } from "./grid-cells.js";
import { strip } from "./grid-strip.js";
import { duration, lastPart } from "./text.js";

/** @import { GridFolder } from "types/api" */

const DRIFTS = 1.2;

/**
 * `onOpen(folder)`, `onPick(folder, place, node)`, `onPoint(place)`.
 *
 * @param {GridFolder[]} folders
 * @param {number} width
 */
export function folderTable(folders, width, { addressOf, onOpen, onPick, onPoint }) {
  const table = element("table", "folder-table");
  const head = element("tr");
  for (const title of ["Folder", "Tests", "Fail now", "Pass rate", "Time a run", "Runs"]) {
    const heading = element("th", "", title);
    heading.scope = "col";
    head.append(heading);
  }
  const top = element("thead");
  const body = element("tbody");
  top.append(head);
  body.append(...folders.map((folder) => row(folder)));
  table.append(top, body);
  return table;

  /** @param {GridFolder} folder */
  function row(folder) {
    const node = element("tr");
    const name = link(lastPart(folder.longname), here(addressOf(folder.longname)), { className: "folder-link" });
    name.title = folder.longname;
    name.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      onOpen(folder.longname);
    });
    const cells = folderCells(folder);
    const label = `${lastPart(folder.longname)}: ${folder.failing} of ${folder.tests} tests fail now, ${percent(rate(folder))} passed`;
    const shown = strip(cells, width, label, {
      onPick: (place) => onPick(folder, place, shown),
      onPoint: (place) => onPoint(place, place === null ? "" : ofRun(folder, place)),
    });
    node.append(
      cell("", name),
      cell("number", folder.tests.toLocaleString("en")),
      cell(folder.failing ? "number bad" : "number", folder.failing.toLocaleString("en")),
      cell("number", percent(rate(folder))),
      cell("number folder-time", ...time(folder)),
      cell("folder-cells", shown),
    );
    return node;
  }
}

/** @param {GridFolder} folder */
function time(folder) {
  const ratio = drift(folder);
  const parts = [duration(meanSeconds(folder))];
  if (ratio === null || (ratio < DRIFTS && ratio > 1 / DRIFTS)) return parts;
  const mark = element("span", ratio > 1 ? "drift-slower" : "drift-faster", ` ${ratio > 1 ? "▲" : "▼"} ${ratio.toFixed(1)}×`);
  mark.title = "The last quarter of these runs beside the first";
  return [...parts, mark];
}

/** @param {GridFolder} folder */
function ofRun(folder, place) {
  if (!folder.total[place]) return "not in this run";
  return `${folder.failed[place]} of ${folder.total[place]} failed, ${duration(folder.seconds[place])}`;
}

function cell(className, ...content) {
  const node = element("td", className);
  node.append(...content);
  return node;
}
