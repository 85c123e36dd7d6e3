// The way to a table as CSV: the same on every page, at the end of its head, or of that of the section it is about.

import { searchOf } from "./api.js";
import { element } from "./dom.js";

/** Of a section. `what` the rows are: "These runs"; `path`, `query`: where they come from. */
export function csvLink(what, path, query = {}) {
  const node = element("a", "csv", "CSV");
  node.title = `${what} for a spreadsheet`;
  aimCsv(node, path, query);
  return node;
}

/** Another query for a link that is there. */
export function aimCsv(node, path, query) {
  const search = searchOf(query);
  node.href = search ? `${path}?${search}` : path;
}

/** Of the page. What is asked may change: the link stays where it is. */
export function offerCsv(what, path, query = {}) {
  const actions = document.getElementById("actions");
  const there = actions.querySelector("a.csv");
  if (there) aimCsv(there, path, query);
  else actions.append(csvLink(what, path, query));
}

/** Where there is nothing to give. */
export function withdrawCsv() {
  document.getElementById("actions").querySelector("a.csv")?.remove();
}
