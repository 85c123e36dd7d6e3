// What configure found: all of it by a search, and what it found otherwise than in the report before.

import { getJson } from "../shared/api.js";
import { element } from "../shared/dom.js";
import { plural, short } from "../shared/format.js";
import { debounced, here, link } from "../shared/page.js";

/** @import { AnswerChange, ReportDetail } from "types/api" */

const MOST = 200;

/** @param {ReportDetail} report */
export function answersOf({ answers }) {
  const all = Object.entries(answers);
  if (!all.length) return [];
  const details = element("details", "report-part");
  details.append(element("summary", "", `What configure found: ${plural(all.length, "answer")}`));
  details.addEventListener("toggle", () => details.open && details.childElementCount === 1 && details.append(...searchable(all)));
  return [details];
}

/** @param {[string, string][]} all */
function searchable(all) {
  const input = element("input", "search-field report-search");
  input.type = "search";
  input.placeholder = "ac_cv_header_…";
  input.setAttribute("aria-label", "Search what configure found");
  const count = element("p", "report-kind");
  count.setAttribute("role", "status");
  const table = element("table", "report-answers");
  const show = () => {
    const wanted = input.value.toLowerCase();
    const found = all.filter((pair) => pair.join("=").toLowerCase().includes(wanted));
    count.textContent = found.length > MOST ? `the first ${MOST} of ${found.length}` : plural(found.length, "answer");
    table.replaceChildren(...found.slice(0, MOST).map((pair) => answerRow(pair)));
  };
  input.addEventListener("input", debounced(show, 150));
  show();
  return [input, count, table];
}

/**
 * What differs from the report before; asked for when it is first wanted.
 *
 * @param {ReportDetail} report
 */
export function changedAnswersOf({ former, run, answers }) {
  if (!former || !Object.keys(answers).length) return [];
  const details = element("details", "report-part");
  details.append(element("summary", "", "What configure found otherwise than before"));
  const load = async () => {
    const body = element("div");
    details.append(body);
    try {
      const { answers: changes } = await getJson("/api/v1/reports/compare", { left: former, right: run });
      body.append(...(changes.length ? [answerChanges(changes)] : [element("p", "report-kind", "nothing")]));
    } catch (error) {
      body.append(element("p", "bad", error.message));
    }
    const query = new URLSearchParams({ left: former, right: run });
    body.append(link("Compare both reports", here(`/compare?${query}`), { className: "report-compare" }));
  };
  details.addEventListener("toggle", () => details.open && details.childElementCount === 1 && load());
  return [details];
}

/**
 * Names with what they were and are.
 *
 * @param {AnswerChange[]} changes
 */
export function answerChanges(changes) {
  const table = element("table", "report-answers");
  table.append(...changes.map(({ name, left, right }) => answerRow([name, left ?? "not asked", "→", right ?? "not asked"])));
  return table;
}

/** @param {string[]} texts */
function answerRow(texts) {
  const row = element("tr");
  row.append(...texts.map((text, index) => element(index ? "td" : "th", "", short(text, 200) || "empty")));
  row.querySelector("th").scope = "row";
  return row;
}
