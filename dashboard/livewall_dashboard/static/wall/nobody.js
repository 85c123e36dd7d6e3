// Where the address asks for groups that no setup is in: which groups there are.

import { element } from "../shared/dom.js";

/** @import { Tile } from "types/live" */

/**
 * Each group once, in the order of the setups. Pure.
 *
 * @param {Tile[]} tiles
 */
export function groupsOf(tiles) {
  return [...new Set(tiles.map(({ group }) => group).filter(Boolean))];
}

/** The same address with this group alone, or with all setups for "". Pure. */
export function searchOf(search, group) {
  const parameters = new URLSearchParams(search);
  parameters.delete("group");
  if (group) parameters.set("group", group);
  return `?${parameters}`;
}

export function nobody(asked, tiles) {
  const node = element("section", "welcome");
  const names = asked.map((name) => `“${name}”`).join(", ");
  const groups = groupsOf(tiles);
  const list = element("ul", "groups");
  for (const group of ["", ...groups]) {
    const item = element("li");
    const link = element("a", "", group || "All setups");
    link.href = searchOf(location.search, group);
    item.append(link);
    list.append(item);
  }
  const none = "No setup of this wall is in a group: groups are named in its configuration.";
  node.append(
    element("h2", "", `No setup is in the group ${names}.`),
    element("p", "lead", groups.length ? "These groups there are:" : none),
    list,
  );
  return node;
}
