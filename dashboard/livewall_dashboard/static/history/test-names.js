// The other names of a test, and why they are of the same one.

import { element } from "../shared/dom.js";
import { short } from "../shared/format.js";
import { here, link, timeOf } from "../shared/page.js";

/** @import { TestName } from "types/api" */

const FEW = 3;

/**
 * All of them, shown at once where they are few; nothing where there are none.
 *
 * @param {TestName[]} names
 */
export function alsoKnownAs(names) {
  if (!names.length) return [];
  const node = element("details", "names");
  node.open = names.length <= FEW;
  const list = element("ul");
  list.append(...names.map(name));
  node.append(element("summary", "", names.length === 1 ? "Also known as" : `Also known by ${names.length} names`), list);
  return [node];
}

/** @param {TestName} name */
function name({ longname, because, since, undo }) {
  const item = element("li");
  const why = element("span", "names-why", `${short(because, 300)}; since `);
  why.append(timeOf(since), ". Undo: ", element("code", "", undo));
  item.append(link(short(longname, 300), here(`/tests?${new URLSearchParams({ longname })}`)), why);
  return item;
}
