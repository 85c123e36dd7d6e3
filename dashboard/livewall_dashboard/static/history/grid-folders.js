// The folders of a folder: how much passes, how long it takes, how both go. Each leads deeper. They are named before it is
// known how they did: a row keeps its place.

import { element } from "../shared/dom.js";
import { here, link } from "../shared/page.js";
import { drift, folderCells, meanSeconds, percent, rate } from "./grid-cells.js";
import { strip } from "./grid-strip.js";
import { duration, lastPart, plural } from "./text.js";

/** @import { FolderByRuns, GridFolder } from "types/api" */

const DRIFTS = 1.2;

/**
 * `onOpen(folder)`, `onPick(folder, place, node)`, `onPoint(place)`. Returns the table, and what tells it how they did.
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
  const rows = new Map(folders.map((folder) => [folder.longname, row(folder)]));
  body.append(...rows.values());
  table.append(top, body);
  return { table, show: (told) => told.forEach((folder) => rows.get(folder.longname)?.replaceChildren(...cells(folder))) };

  /** @param {GridFolder} folder */
  function row(folder) {
    const node = element("tr");
    node.append(nameCell(folder), ...countCells(folder), ...[1, 2, 3].map(() => cell("number", "…")));
    return node;
  }

  /** @param {GridFolder} folder */
  function nameCell({ longname }) {
    const name = link(lastPart(longname), here(addressOf(longname)), { className: "folder-link" });
    name.title = longname;
    name.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      onOpen(longname);
    });
    return cell("", name);
  }

  /** @param {FolderByRuns} folder */
  function cells(folder) {
    const label = `${lastPart(folder.longname)}: ${folder.failing} of ${plural(folder.tests, "test")} failing now, ${percent(rate(folder))} passed`;
    const shown = strip(folderCells(folder), width, label, {
      onPick: (place) => onPick(folder, place, shown),
      onPoint: (place) => onPoint(place, place === null ? "" : ofRun(folder, place)),
    });
    return [
      nameCell(folder), ...countCells(folder),
      cell("number", percent(rate(folder))),
      cell("number folder-time", ...time(folder)),
      cell("folder-cells", shown),
    ];
  }
}

/** @param {GridFolder} folder */
function countCells({ tests, failing }) {
  return [cell("number", tests.toLocaleString("en")), cell(failing ? "number bad" : "number", failing.toLocaleString("en"))];
}

/** @param {FolderByRuns} folder */
function time(folder) {
  const ratio = drift(folder);
  const parts = [duration(meanSeconds(folder))];
  if (ratio === null || (ratio < DRIFTS && ratio > 1 / DRIFTS)) return parts;
  const mark = element("span", ratio > 1 ? "drift-slower" : "drift-faster", ` ${ratio > 1 ? "▲" : "▼"} ${ratio.toFixed(1)}×`);
  mark.title = "The last quarter of these runs beside the first";
  return [...parts, mark];
}

/** @param {FolderByRuns} folder */
function ofRun(folder, place) {
  if (!folder.total[place]) return "not in this run";
  return `${folder.failed[place]} of ${folder.total[place]} failed, ${duration(folder.seconds[place])}`;
}

function cell(className, ...content) {
  const node = element("td", className);
  node.append(...content);
  return node;
}
