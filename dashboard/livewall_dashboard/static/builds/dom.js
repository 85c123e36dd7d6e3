// Building blocks of the popup. Text always goes in as text: no name or message is ever markup.

import { element, icon, safeUrl, setText } from "../shared/dom.js";
import { ago } from "../shared/format.js";
import { fullMoment } from "../shared/moment.js";
import { GLYPHS } from "./icons.js";
import { commitText, secondsSince } from "./reading.js";

/** @import { BuildCommit } from "types/api" */

/** A link to another program; plain text where its address is none to follow. */
export function outside(text, url, className = "") {
  const target = safeUrl(url);
  if (!target) return element("span", className, text);
  const node = element("a", className, text);
  node.href = target;
  node.rel = "noopener noreferrer";
  node.target = "_blank";
  return node;
}

/** Text of somebody else's, whose direction stays its own. */
export function theirs(text, className = "") {
  return element("bdi", className, text);
}

export function button(text, className, onClick) {
  const node = element("button", className, text);
  node.type = "button";
  node.addEventListener("click", onClick);
  return node;
}

/** Glyph and word of a kind. */
export function badge(kind, word) {
  const node = element("span", "result");
  node.dataset.kind = kind;
  node.append(icon(GLYPHS[kind]));
  if (word) node.append(element("span", "", word));
  return node;
}

/** A moment as an age that ticks, `{node, tick(now)}`; exactly on hover. */
export function age(time) {
  const node = element("time");
  node.dateTime = time;
  node.title = fullMoment(time);
  return { node, tick: (now) => setText(node, ago(secondsSince(time, now))) };
}

/**
 * "a1b2c3d4 Ada: Raise the timeout".
 *
 * @param {BuildCommit} commit
 */
export function commitNode(commit) {
  const { sha, text } = commitText(commit);
  const node = element("span", "commit-line");
  node.title = `${commit.id} ${commit.author}\n${commit.message}`;
  if (sha) node.append(element("code", "", sha), " ");
  node.append(theirs(text));
  return node;
}

/**
 * Parts for `items`, in their order: those whose key is known are kept and updated. `parts`: Map of key to part, an
 * object with `node` and `update(item, index)`.
 */
export function keep(host, parts, items, keyOf, make) {
  const keys = items.map(keyOf);
  const wanted = new Set(keys);
  for (const [key, part] of parts) {
    if (wanted.has(key)) continue;
    part.node.remove();
    parts.delete(key);
  }
  items.forEach((item, index) => {
    let part = parts.get(keys[index]);
    if (!part) {
      part = make(item);
      parts.set(keys[index], part);
    }
    part.update(item, index);
    if (host.children[index] !== part.node) host.insertBefore(part.node, host.children[index] ?? null);
  });
}
