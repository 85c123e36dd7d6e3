// The projects whose branches are built, and what goes on of each.

import { getJson } from "../shared/api.js";
import { element, setText } from "../shared/dom.js";
import { plural, short } from "../shared/format.js";
import { Live } from "../shared/live.js";
import { link } from "../shared/page.js";
import { settle } from "../shared/parts.js";
import { Rows } from "../shared/rows.js";
import { projectPath } from "./dom.js";
import { noProjects, queueText, troublesOf } from "./project-words.js";

/** @import { ProjectInfo } from "types/api" */

const host = document.getElementById("projects");
const status = document.getElementById("status");
const list = element("ul", "project-list");
const rows = new Rows(list, { keyOf: ({ name }) => name, draw: projectItem });

async function read() {
  const { projects } = await getJson("/api/v1/projects");
  rows.update(projects);
  setText(status, projects.length ? plural(projects.length, "project") : "");
  settle(host, [projects.length ? list : noProjects()]);
}

/** @param {ProjectInfo} project */
function projectItem(project) {
  const node = element("li", "project");
  const troubles = troublesOf(project);
  node.toggleAttribute("data-trouble", troubles.length > 0);
  node.append(
    link(short(project.name, 80), projectPath(project.name), { className: "project-name" }),
    element("p", "project-repositories", project.repositories.map(({ name }) => name).join(", ")),
    element("p", "project-queue", queueText(project)),
    ...troubles.map((text) => element("p", "bad", short(text, 300))),
  );
  return node;
}

const live = new Live({ topics: ["branches"], read });
live.start();
