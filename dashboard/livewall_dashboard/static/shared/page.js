// What the pages beside the wall have in common.

import { element, safeUrl } from "./dom.js";
import { fullMoment, moment } from "./moment.js";

export function timeOf(iso, className = "") {
  const node = element("time", className, moment(iso));
  node.dateTime = iso;
  node.title = fullMoment(iso);
  return node;
}

/**
 * A link; without a target that may be followed, plain text. `outside`: it leads to another program. `newTab`: what it
 * leads to opens beside this page.
 */
export function link(text, href, { className = "", outside = false, newTab = outside } = {}) {
  const target = outside ? safeUrl(href) : href;
  if (!target) return element("span", className, text);
  const node = element("a", className, text);
  node.href = target;
  if (newTab) {
    node.rel = outside ? "noopener noreferrer" : "noopener";
    node.target = "_blank";
  }
  return node;
}

/** The theme of this page for the next one: settings live in the address. */
export function here(path) {
  const theme = new URLSearchParams(location.search).get("theme");
  if (theme !== "dark" && theme !== "light") return path;
  const [base, hash = ""] = path.split("#", 2);
  return `${base}${base.includes("?") ? "&" : "?"}theme=${theme}${hash && `#${hash}`}`;
}

export function debounced(call, milliseconds) {
  let timer = 0;
  return (...given) => {
    clearTimeout(timer);
    timer = setTimeout(() => call(...given), milliseconds);
  };
}
