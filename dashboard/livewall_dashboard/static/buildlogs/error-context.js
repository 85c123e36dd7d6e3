// The lines of a log around an error, with their numbers, each a link to where it stands.

import { element } from "../shared/dom.js";
import { short } from "../shared/format.js";
import { link } from "../shared/page.js";

/** @import { ReportError } from "types/api" */

/**
 * @param {ReportError} error
 * @param {(line: number) => string} addressOf where a line of the log is to be seen
 */
export function contextOf(error, addressOf) {
  const node = element("div", "context");
  node.tabIndex = 0;
  node.setAttribute("role", "region");
  node.setAttribute("aria-label", "Lines of the log");
  error.context.forEach((text, index) => {
    const number = error.starts_at + index;
    const row = element("div", "context-line");
    if (error.starts_at > 0 && number === error.at) row.dataset.error = "";
    if (error.starts_at > 0) row.append(link(String(number), addressOf(number), { className: "context-number" }));
    row.append(element("span", "context-text", short(text, 600)));
    node.append(row);
  });
  return node;
}
