// What a build is made of: a commit a repository, and the rule that chose it.

import { element } from "../shared/dom.js";
import { short } from "../shared/format.js";
import { ageOf, distanceOf, hashOf, ruleTag, subjectOf } from "./dom.js";

/** @import { BundleCommit } from "types/api" */

/** @param {BundleCommit[]} commits */
export function commitTable(commits) {
  const list = element("ul", "commits");
  list.append(...commits.map(commitItem));
  return list;
}

/** @param {BundleCommit} commit */
function commitItem(commit) {
  const node = element("li", "commit");
  const branch = commit.remote && commit.remote !== "origin" ? `${commit.remote}/${commit.branch}` : commit.branch;
  const distance = element("span", "");
  distance.append(distanceOf(commit));
  const by = element("span", "commit-by", short(commit.author, 60));
  if (commit.committed_at) by.append(commit.author ? " · " : "", ageOf(commit.committed_at));
  node.append(
    element("span", "commit-repository", short(commit.repository, 60)),
    hashOf(commit),
    ruleTag(commit),
    element("span", "commit-branch", short(branch, 80)),
    distance,
    subjectOf(commit, "commit-subject"),
    by,
  );
  return node;
}
