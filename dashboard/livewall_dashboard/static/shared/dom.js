// The few ways this page touches the document. Text always goes in as text: no name or message is ever markup.

const SVG = "http://www.w3.org/2000/svg";

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function element(tag, className = "", text = "") {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text) node.textContent = text;
  return node;
}

/** The title of a page: its own words, then the name of this wall, which is a setting. */
export function titled(words = "") {
  const name = document.querySelector("meta[name=application-name]")?.getAttribute("content");
  return [words, name].filter(Boolean).join(" · ");
}

/** Sets the text only where it differs: a write costs a layout, even of the same text. */
export function setText(node, text) {
  if (node.shown === text) return;
  node.shown = text;
  node.textContent = text;
}

export function setHidden(node, hidden) {
  if (node.hidden !== hidden) node.hidden = hidden;
}

export function setData(node, key, value) {
  if (node.dataset[key] !== value) node.dataset[key] = value;
}

/** A custom property of its style. */
export function setProperty(node, name, value) {
  node.properties ??= {};
  if (node.properties[name] === value) return;
  node.properties[name] = value;
  node.style.setProperty(name, value);
}

/** Links where the address is one a reader may follow; without, the node is no link. */
export function setLink(node, href) {
  if (node.target_ === href) return;
  node.target_ = href;
  if (href) node.setAttribute("href", href);
  else node.removeAttribute("href");
}

/** The address if it leads to a page over HTTP, else "": no `javascript:` from a build link or a configuration. */
export function safeUrl(url) {
  if (!url) return "";
  try {
    const parsed = new URL(url, location.href);
    return parsed.protocol === "http:" || parsed.protocol === "https:" ? parsed.href : "";
  } catch {
    return "";
  }
}

/** An icon of 16 x 16 units in the colour of its text. `paths`: SVG path data, stroked. */
export function icon(paths) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", "icon");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", paths);
  svg.append(path);
  return svg;
}

export function setIcon(svg, paths) {
  const path = svg.firstChild;
  if (path.getAttribute("d") !== paths) path.setAttribute("d", paths);
}
