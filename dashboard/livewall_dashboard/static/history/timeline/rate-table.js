// Pass rate and duration by configuration, as a table.

import { csvLink } from "../../shared/csv.js";
import { element } from "../../shared/dom.js";
import { short } from "../../shared/format.js";
import { duration } from "../text.js";
import { rateText, ratesOf } from "./rates.js";

/** A change of the duration worth a word. */
const SLOWER = 1.3;

/**
 * @param {Parameters<typeof ratesOf>} given
 * @param {object} asked what the timeline was asked with
 */
export function rateTable(given, asked) {
  const rates = ratesOf(...given);
  const node = element("section", "rates");
  node.setAttribute("aria-labelledby", "rates-title");
  const title = element("h2", "", "Pass rate by configuration");
  title.id = "rates-title";
  const table = element("table", "rate-table");
  const head = element("tr");
  head.append(...["Configuration", "Passed", "Results", "Median", "Trend"].map(headCell));
  const [top, body] = [element("thead"), element("tbody")];
  top.append(head);
  body.append(...rates.map(line));
  table.append(top, body);
  const heading = element("div", "section-head");
  heading.append(title, csvLink("These rates", "/api/v1/tests/rates.csv", asked));
  node.append(heading, table);
  return node;
}

function headCell(text) {
  const cell = element("th", "", text);
  cell.scope = "col";
  return cell;
}

/** @param {import("./rates.js").Rate} rate */
function line(rate) {
  const { row, passed, failed, median, trend } = rate;
  const node = element("tr");
  node.dataset.level = String(row.level);
  const name = element("th", "", short(row.name, 80));
  name.scope = "row";
  name.title = row.title;
  if (row.detail) name.append(" ", element("span", "tl-detail", short(row.detail, 80)));
  const share = element("td", "rate-share");
  share.append(bar(passed, failed), element("span", "number", rateText(rate)));
  const counts = `${passed.toLocaleString("en")} of ${(passed + failed).toLocaleString("en")}`;
  const slower = trend >= SLOWER ? `▲ ${trend.toFixed(1)} × slower` : trend && trend <= 1 / SLOWER ? `▼ ${(1 / trend).toFixed(1)} × faster` : "";
  node.append(name, share, element("td", "number", counts), element("td", "number", median < 0 ? "" : duration(median)), element("td", "rate-trend", slower));
  return node;
}

function bar(passed, failed) {
  const node = element("span", "mix rate-bar");
  for (const [kind, count] of [["failed", failed], ["passed", passed]]) {
    if (!count) continue;
    const part = element("span", `mix-${kind}`);
    part.style.flexGrow = String(count);
    node.append(part);
  }
  return node;
}
