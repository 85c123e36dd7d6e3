// What a test failed with: each reason once, with the pictures of its last failure.

import { getJson, runPath } from "../../shared/api.js";
import { csvLink } from "../../shared/csv.js";
import { element } from "../../shared/dom.js";
import { short } from "../../shared/format.js";
import { here, link, timeOf } from "../../shared/page.js";
import { beginning, plainMessage, plural } from "../text.js";
import { picturesOf } from "./pictures.js";

/** @import { FailureOfTest, MessageGroup } from "types/api" */

const FEW = 5;
const MOST_SETUPS = 6;

/**
 * @param {MessageGroup[]} groups
 * @param {object} asked what they were asked with
 */
export function messageList(groups, asked) {
  const node = element("section", "messages");
  node.setAttribute("aria-labelledby", "messages-title");
  const title = element("h2", "", "Messages");
  title.id = "messages-title";
  const list = element("ol", "message-groups");
  list.append(...groups.slice(0, FEW).map(item));
  const head = element("div", "section-head");
  head.append(title, csvLink("These messages", "/api/v1/tests/messages.csv", asked));
  node.append(head, list);
  if (groups.length > FEW) node.append(others(list, groups.slice(FEW)));
  return node;
}

function others(list, groups) {
  const button = element("button", "more", `Show ${plural(groups.length, "other message")}`);
  button.type = "button";
  button.addEventListener("click", () => {
    list.append(...groups.map(item));
    button.remove();
  });
  return button;
}

/** @param {MessageGroup} group */
function item({ message, count, setups, first, last }) {
  const node = element("li", "message-group");
  const head = element("p", "message-head");
  head.append(element("strong", "", plural(count, "failure")), ` on ${names(setups)}; first `, way(first));
  if (count > 1) head.append(", last ", way(last));
  const text = element("pre", "message-text", message ? beginning(plainMessage(message)) : "No message");
  node.append(head, text);
  addPictures(node, last);
  return node;
}

function names(setups) {
  const shown = setups.slice(0, MOST_SETUPS).map((name) => short(name, 60)).join(", ");
  return setups.length > MOST_SETUPS ? `${shown} and ${setups.length - MOST_SETUPS} more` : shown;
}

/** @param {FailureOfTest} failure */
function way({ run, process, id, started_at: at }) {
  const node = link("", here(`/runs/${encodeURIComponent(run)}#${process}/${id}`));
  node.append(timeOf(at));
  return node;
}

/** Where there are none, or they cannot be asked for, the message stands alone. */
async function addPictures(node, { run, process, id }) {
  try {
    const detail = await getJson(runPath(run));
    if (!detail.artifacts.some(({ content_type: type }) => type.startsWith("image/"))) return;
    const { tests } = await getJson(`${runPath(run)}/tests`, { test: id, process });
    if (tests.length) node.append(...picturesOf(detail, tests[0]));
  } catch {
    // As above.
  }
}
