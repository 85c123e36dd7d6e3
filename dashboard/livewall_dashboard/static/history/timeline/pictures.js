// Pictures beside a message: small, each leading to the whole.

import { element } from "../../shared/dom.js";
import { short } from "../../shared/format.js";
import { screenshotsOf } from "./screenshots.js";

/** @import { RunDetail, Test } from "types/api" */

/**
 * @param {RunDetail} run
 * @param {Test} test
 * @returns {HTMLElement[]} none where there are none
 */
export function picturesOf(run, test) {
  const found = screenshotsOf(run.artifacts, test, run.counts.failed);
  if (!found.length || test.outcome !== "failed") return [];
  const node = element("p", "pictures");
  node.append(
    ...found.map(({ name, url }) => {
      const way = element("a", "picture");
      way.href = url;
      way.target = "_blank";
      way.rel = "noopener";
      const picture = element("img");
      picture.src = url;
      picture.alt = `Screenshot ${short(name, 100)}`;
      picture.loading = "lazy";
      way.append(picture);
      return way;
    }),
  );
  return [node];
}
