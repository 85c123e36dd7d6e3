// The steps of a build: how each ended, how long it took, and the first thing that went wrong in it.

import { element } from "../shared/dom.js";
import { duration, short } from "../shared/format.js";
import { logAddress } from "../shared/log-address.js";
import { link } from "../shared/page.js";
import { stateBadge } from "../shared/parts.js";
import { complaintsText, errorText, htmlText, stepState } from "./state.js";

/** @import { BuildStep, HtmlPages } from "types/api" */

const MOST_OF_ERROR = 500;

/** @param {BuildStep} step */
export function stepItem(step) {
  const node = element("li", "step");
  const state = stepState(step);
  node.dataset.status = state.kind;
  const head = element("div", "step-head");
  head.append(stateBadge(state), element("span", "step-name", short(step.name, 80)));
  if (step.elapsed_time !== null) head.append(element("span", "step-took number", duration(step.elapsed_time)));
  if (step.exit_code) head.append(element("span", "step-exit", `exit ${step.exit_code}`));
  const complaints = complaintsText(step);
  if (complaints) head.append(element("span", "step-complaints", complaints));
  const links = element("span", "step-links");
  links.append(...step.html.map((pages) => htmlLink(step, pages)));
  if (step.log) links.append(logLink(step));
  head.append(links);
  node.append(head, ...errorOf(step));
  return node;
}

/** @param {BuildStep} step @param {HtmlPages} pages */
function htmlLink(step, pages) {
  const text = short(htmlText(pages), 60);
  if (!pages.url) return element("span", "step-complaints", `${text} is not kept: ${pages.trouble}`);
  const node = link(text, pages.url, { className: "step-html" });
  node.title = pages.name;
  node.setAttribute("aria-label", `${text} of ${step.name}`);
  return node;
}

/** @param {BuildStep} step */
function logLink({ name, log, first_error: error }) {
  const node = link("Log", logAddress(log, error?.at), { className: "step-log" });
  node.setAttribute("aria-label", `Log of ${name}`);
  return node;
}

/** @param {BuildStep} step */
function errorOf({ first_error: error }) {
  if (!error) return [];
  const node = element("div", "step-error");
  node.append(element("code", "", short(errorText(error), MOST_OF_ERROR)));
  if (error.context?.length) {
    const around = element("pre", "", error.context.map((line) => short(line, MOST_OF_ERROR)).join("\n"));
    around.tabIndex = 0;
    around.setAttribute("aria-label", "What is around it in the log");
    node.append(around);
  }
  return [node];
}
