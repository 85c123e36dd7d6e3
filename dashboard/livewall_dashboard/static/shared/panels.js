// Panels that a feature adds to a page of another: on a run's page, and on that which compares two runs.
//
// The feature's module is an addition of the page (PageAddition) and says what it has to show; the page says what it is
// about, as soon as it knows. Whichever comes first waits for the other.

import { element } from "./dom.js";

const host = document.getElementById("panels");
const waiting = [];
let shown = null;

/**
 * `draw(body, about)` fills the panel's body and returns whether there is anything; until then, and without, there is no
 * panel. `about`: what the page is about, `{run}` on a run's page, `{left, right}` where two are compared, runs as the API
 * tells them. The page may say it again, of a run that goes on: then the panel is drawn anew.
 */
export function addPanel(title, draw) {
  const node = element("section", "panel");
  const heading = element("h2", "", title);
  const body = element("div", "panel-body");
  heading.id = `panel-${waiting.length + 1}`;
  node.setAttribute("aria-labelledby", heading.id);
  node.append(heading, body);
  node.hidden = true;
  host.append(node);
  const panel = { node, body, draw };
  waiting.push(panel);
  if (shown) show(panel);
}

/** What the page is about, now that it knows. */
export function showPanels(about) {
  shown = about;
  waiting.forEach(show);
}

async function show({ node, body, draw }) {
  node.hidden = !(await draw(body, shown));
}
