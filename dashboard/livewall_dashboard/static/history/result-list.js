// Results of one test as a list.

import { element } from "../shared/dom.js";
import { short } from "../shared/format.js";
import { here, link, timeOf } from "../shared/page.js";
import { badge, commitLink, durationOf, labelChips, resultStatus, triesText } from "./dom.js";
import { beginning, plainMessage } from "./text.js";

/** @import { TestOfRun } from "types/api" */

/**
 * @param {TestOfRun[]} rows
 * @param {{longname: string, label: string | undefined}} page what it is called; the label it is ordered by
 */
export function resultList(rows, page) {
  const longest = Math.max(...rows.map((row) => row.elapsed_time), 0.001);
  const node = element("ol", "results");
  node.append(...rows.map((row) => result(row, longest, page)));
  return node;
}

/** @param {TestOfRun} row */
function result(row, longest, page) {
  const item = element("li", "result");
  item.dataset.status = resultStatus(row);
  const when = link("", addressOf(row), { className: "result-when" });
  when.append(timeOf(row.start_time));
  const where = element("span", "result-where");
  where.append(element("strong", "", row.setup));
  if (row.branch) where.append(" ", element("span", "branch", row.branch));
  if (row.commit) where.append(" ", commitLink(row.commit));
  where.append(...placeOf(row, page), ...otherName(row, page));
  const took = element("span", "result-took");
  const bar = element("span", "result-bar");
  bar.style.width = `${Math.max(1, (100 * row.elapsed_time) / longest)}%`;
  const track = element("span", "result-track");
  track.append(bar);
  took.append(track, durationOf(row.elapsed_time));
  const tries = triesText(row);
  if (tries) where.append(" ", element("span", "tries", tries));
  item.append(badge(resultStatus(row)), when, where, took);
  if (row.message) item.append(element("pre", "result-message", beginning(plainMessage(row.message))));
  return item;
}

/**
 * Where a run stands in the chosen order.
 *
 * @param {TestOfRun} row
 */
function placeOf(row, { label }) {
  if (label) return [" ", ...labelChips({ [label]: row.labels[label] })];
  if (!row.repository_commit) return [];
  const { identifier, message } = row.repository_commit;
  const title = element("span", "result-commit", short([identifier, message.split("\n", 1)[0]].filter(Boolean).join(" · "), 120));
  title.title = short(message, 2000);
  return [" ", title];
}

/**
 * What the test was called there, where it is not what the page is called.
 *
 * @param {TestOfRun} row
 */
function otherName(row, { longname }) {
  if (row.longname === longname) return [];
  const name = element("span", "result-name", short(row.longname, 120));
  name.title = row.longname;
  return [" ", name];
}

/** @param {TestOfRun} row */
function addressOf(row) {
  return here(`/runs/${encodeURIComponent(row.run)}#${row.process}/${row.id}`);
}
