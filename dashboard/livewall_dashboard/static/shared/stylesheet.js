// Styles that a page loads when it needs them.

import { element } from "./dom.js";

/** Settles once it is there. */
export function stylesheet(href) {
  return new Promise((resolve, reject) => {
    const link = element("link");
    link.rel = "stylesheet";
    link.href = href;
    link.addEventListener("load", resolve);
    link.addEventListener("error", reject);
    document.head.append(link);
  });
}
