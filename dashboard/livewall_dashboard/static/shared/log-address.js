// Where a log of plain text is read: on the page that a feature has for all of them, else as the file that it is.

import { here } from "./page.js";

/** `line`: the one to begin with, 0 for none. */
export function logAddress(address, line = 0) {
  const page = document.documentElement.dataset.logPage;
  if (!page) return address;
  return `${here(`${page}?of=${encodeURIComponent(address)}`)}${line ? `#L${line}` : ""}`;
}
