// What a build left running: how it is, and the way there.

import { element } from "../shared/dom.js";
import { between } from "../shared/elapsed.js";
import { Facts } from "../shared/facts.js";
import { duration, short } from "../shared/format.js";
import { link } from "../shared/page.js";
import { stateBadge } from "../shared/parts.js";
import { ageOf, buildLink, buildPath } from "./dom.js";
import { instanceState } from "./state.js";

/** @import { Instance } from "types/api" */

/**
 * What a click may do with it; null where that is nothing.
 *
 * @param {Instance} instance
 */
export function orderOf({ state, wanted, away }) {
  if (away || wanted === "gone") return null;
  if (state === "failed") return { what: "wake", word: "Try again", title: "It is started once more" };
  if (wanted === "stopped") return state === "running" ? null : { what: "wake", word: "Wake", title: "It is started" };
  if (state !== "running" && state !== "starting") return null;
  return { what: "stop", word: "Stop", title: "It sleeps until somebody wakes it" };
}

/** @param {Instance} instance */
export function connectLink({ build, bundle }) {
  const node = link("Connect", buildPath(build, "/connect"), { className: "connect", newTab: true });
  node.setAttribute("aria-label", `Connect to #${build} of ${short(bundle, 120)}`);
  return node;
}

/**
 * In a row of a table: the way there and how long it has run, or how it is. `orders`: a node that wakes or stops it.
 *
 * @param {Instance} instance
 */
export function instanceLine(instance, orders) {
  const node = element("div", "instance-cell");
  const line = element("div", "instance-line");
  const { url, started_at: started, message, unhealthy_since: unhealthy } = instance;
  if (url) line.append(connectLink(instance));
  if (!url || unhealthy) line.append(stateBadge(instanceState(instance)));
  else if (started) line.append(element("span", "instance-age", duration(between(started))));
  if (orders) line.append(orders);
  node.append(line);
  if (message) node.append(element("div", "instance-why", short(message, 200)));
  node.title = short(message, 500);
  return node;
}

/** Why a branch has none. */
export function noInstance(reason) {
  return element("div", "no-instance", short(reason, 200));
}

/**
 * On the page of its build. `build`: which that is, as another may have left it.
 *
 * @param {Instance} instance
 */
export function instanceCard(instance, build, orders) {
  const node = element("div", "instance");
  const head = element("div", "instance-head");
  head.append(stateBadge(instanceState(instance)));
  if (instance.url) head.append(connectLink(instance));
  if (orders) head.append(orders);
  if (instance.log) head.append(link("Log of the server", instance.log, { className: "step-log" }));
  node.append(head);
  if (instance.message) node.append(element("p", "instance-message", short(instance.message, 1000)));
  if (instance.last_lines.length) node.append(element("pre", "instance-lines", instance.last_lines.join("\n")));
  node.append(facts(instance, build));
  return node;
}

/** @param {Instance} instance */
function facts(instance, build) {
  const list = new Facts();
  const { started_at: started, last_used_at: used, host, port, restarts, exit_code: code } = instance;
  if (instance.build !== build) list.add("Left by", buildLink(instance.build));
  if (instance.state === "running" && started) list.add("Running for", duration(between(started)));
  if (used) list.add("Last used", ageOf(used));
  if (instance.unhealthy_since) list.add("Unhealthy since", ageOf(instance.unhealthy_since));
  list.add("Ended", endsText(restarts, code));
  list.add("Agent", short(instance.agent, 80));
  if (host && port) list.add("At", `${short(host, 80)}:${port}`);
  return list.node;
}

function endsText(times, code) {
  if (!times) return "";
  const how = code === null ? "as it did not answer" : `with ${code}`;
  return times === 1 ? `once, ${how}` : `${times} times, the last time ${how}`;
}
