// What is said of a project: how busy it is, which repositories cannot be reached, and how one is configured.

import { element } from "../shared/dom.js";
import { short } from "../shared/format.js";
import { moment } from "../shared/moment.js";
import { emptyList } from "../shared/parts.js";

/** @import { ProjectInfo } from "types/api" */

const HOW_TO = "docs/how-to-branches.md";
const EXAMPLE = `"projects": [
  {
    "name": "shop",
    "repositories": [
      {"name": "server", "url": "/srv/git/server.git", "main": "main"},
      {"name": "client", "url": "/srv/git/client.git"}
    ],
    "steps": [{"name": "test", "command": "make -C server check"}]
  }
]`;

/** "12 branches · 1 gathering, 2 waiting, 3 building · instances 41 of 100". @param {ProjectInfo} project */
export function queueText({ bundles, gathering, waiting, building, instances, number }) {
  const many = bundles === 1 ? "1 branch" : `${bundles} branches`;
  const kept = number === null ? "" : ` · instances ${instances} of ${number}`;
  const parts = [gathering && `${gathering} gathering`, waiting && `${waiting} waiting`, building && `${building} building`];
  return `${many} · ${parts.filter(Boolean).join(", ") || "nothing to build"}${kept}`;
}

/** Why repositories could not be reached, or their hosts not be told. @param {ProjectInfo} project */
export function troublesOf({ repositories, status_trouble: untold }) {
  const unreached = repositories.flatMap(({ name, remotes }) =>
    remotes.filter(({ trouble }) => trouble).map((remote) => {
      const where = remotes.length > 1 ? `${name} (${remote.name})` : name;
      const since = remote.trouble_since ? ` · since ${moment(remote.trouble_since)}` : "";
      return `${where}: ${remote.trouble}${since}`;
    }),
  );
  return untold ? [...unreached, `The status of the last build could not be told: ${untold}`] : unreached;
}

/** @param {ProjectInfo} project */
export function noBranches(project) {
  const unread = project.repositories.filter(({ remotes: [own] }) => !own.fetched_at);
  if (unread.some(({ remotes: [own] }) => own.trouble)) {
    return emptyList("No branches yet", "Nothing is built before each repository has been read once. Above stands why one could not be.");
  }
  if (unread.length) return emptyList("No branches yet", "The repositories are being fetched for the first time.");
  const old = "Nothing was pushed to its repositories for long, or they are empty. A push is built here by itself.";
  return emptyList("No branches to build", old);
}

/** @param {string[]} names */
export function noSuchProject(project, names) {
  if (!names.length) return noProjects();
  const known = `In the configuration there ${names.length === 1 ? "is" : "are"} ${names.map((name) => short(name, 60)).join(", ")}.`;
  return emptyList(`No project is called ${short(project, 60)}`, known);
}

export function noProjects() {
  const why = "A project is a few git repositories whose branches of one name are built and tested together. " +
    `Name it in setups_config.json, and start the wall with an agent; ${HOW_TO} says more:`;
  return emptyList("No projects yet", why, EXAMPLE);
}

/** A line above the list for each repository that cannot be reached, or told. @param {ProjectInfo} project */
export function notices(project) {
  return troublesOf(project).map((text) => element("p", "notice", short(text, 500)));
}

/** How many there are, and how many of them are shown where that is not all. @param {ProjectInfo} project */
export function summary(project, shown, isMore) {
  return `${isMore ? `the first ${shown} of ` : ""}${queueText(project)}`;
}
