// What a timeline comes to, in a sentence with the way to what is between the last good and the first bad place.

import { link } from "../../shared/page.js";
import { nameOf } from "./story.js";

/** @import { Story } from "./story.js" */
/** @import { TimelineView } from "./view.js" */

/**
 * @param {HTMLElement} node
 * @param {Story} story
 * @param {TimelineView} view
 */
export function tellStory(node, story, view) {
  node.dataset.kind = story.kind;
  node.replaceChildren(story.text);
  if (story.kind !== "failing" || story.lastGood < 0) return;
  const { columns } = view.scene.axis;
  const search = new URLSearchParams(location.search);
  search.delete("at");
  search.set("range", `${columns[story.lastGood].key}~${columns[story.firstBad].key}`);
  const way = link("what is between", `?${search}`);
  way.addEventListener("click", (event) => {
    event.preventDefault();
    history.pushState(null, "", `?${search}`);
    view.render();
  });
  node.append(`; last good ${nameOf(columns[story.lastGood])}: `, way);
}
