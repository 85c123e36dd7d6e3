// The head of a build's page: what it is, why it was made, what became of it.

import { element } from "../shared/dom.js";
import { between } from "../shared/elapsed.js";
import { Facts } from "../shared/facts.js";
import { duration, short } from "../shared/format.js";
import { here, link, timeOf } from "../shared/page.js";
import { stateBadge } from "../shared/parts.js";
import { ageOf, buildLink, projectPath } from "./dom.js";
import { buildState, complaintsText } from "./state.js";

/** @import { BranchBuild } from "types/api" */

/**
 * `orders`: a node, where the reader may act.
 *
 * @param {BranchBuild} build
 */
export function headOf(build, orders) {
  const state = buildState(build);
  const title = element("div", "thing-title");
  const words = element("div", "build-words");
  const heading = element("h1", "", short(build.bundle, 200));
  heading.append(element("span", "build-number", ` #${build.number}`));
  words.append(heading, where(build));
  if (build.reason) words.append(element("p", "build-reason", short(build.reason, 500)));
  title.append(stateBadge(state), words);
  return { kind: state.kind, parts: [title, ...(orders ? [orders] : []), facts(build)] };
}

/** @param {BranchBuild} build */
function where(build) {
  const node = element("p", "thing-where");
  const { started_at: started, ended_at: ended } = build;
  node.append(link(short(build.project, 80), projectPath(build.project)));
  if (build.sticky) node.append(" · sticky");
  node.append(" · since ", timeOf(build.created_at));
  if (started) node.append(` · ${ended ? "took" : "building for"} ${duration(between(started, ended))}`);
  if (ended) node.append(" · ended ", ageOf(ended));
  return node;
}

/** @param {BranchBuild} build */
function facts(build) {
  const list = new Facts();
  list.add("Same as", ...numbered(build.same_as));
  list.add("Again after", ...numbered(build.rebuild_of));
  list.add("Replaced by", ...numbered(build.superseded_by));
  if (build.kept) list.add("Kept", "yes");
  list.add("In the logs", complaintsText(build));
  if (build.job) list.add("Job", link(build.job.slice(0, 8), here(`/jobs/${encodeURIComponent(build.job)}`)));
  if (build.run) list.add("Logs", link("as a run", here(`/runs/${encodeURIComponent(build.run)}`)));
  return list.node;
}

/** @param {number | null} number */
function numbered(number) {
  return number ? [buildLink(number)] : [];
}
