// What the API of the timeline is asked, as an address of the page says it. Pure.

import { midnight } from "../../shared/moment.js";

/** Members of the address that the API is asked with; the others are of the view. */
export const ASKED = ["longname", "suite", "setup", "branch", "label", "tag", "from", "to", "folder", "limit"];
/** The choice of rows that is asked for: the suites and tests of the folder. */
export const PARTS = "parts";

/** Labels are one text to a reader, and a day begins where they are. `search`: the address's. */
export function queryOf(search) {
  const of = (name) => search.get(name) ?? "";
  return {
    longname: of("longname"), suite: of("suite"), setup: of("setup"), branch: of("branch"),
    label: of("label").split(",").map((part) => part.trim()).filter(Boolean),
    tag: of("tag"), from: midnight(of("from")), to: midnight(of("to"), 1), folder: of("folder"), limit: of("limit"),
    parts: of("rows") === PARTS && !of("longname") ? "true" : "",
  };
}
