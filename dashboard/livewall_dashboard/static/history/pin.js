// Keeping a run for ever, whatever the rules of retention say, and letting go of it again.

import { runPath } from "../shared/api.js";
import { change } from "../shared/change.js";
import { element } from "../shared/dom.js";
import { timeOf } from "../shared/page.js";

/** @import { RunDetail } from "types/api" */

const IF_UNSURE = "Load this page again.";
const NOT_YOURS = "Only who is signed in with a token of the scope “admin” may do that.";

/**
 * How long the run is kept, and the button that changes it; `onChange` is called once it has.
 *
 * @param {RunDetail} run
 */
export function pinControl(run, onChange) {
  const node = element("span", "pin");
  const trouble = element("span", "bad");
  trouble.setAttribute("role", "status");
  if (run.pin) node.append("for ever, since ", timeOf(run.pin.pinned_at), `, by ${run.pin.pinned_by} `);
  const button = element("button", "clear pin-button", run.pin ? "Let go" : "Keep for ever");
  button.type = "button";
  button.title = run.pin ? "It goes when the rules of retention say so." : "It stays, whatever the rules of retention say.";
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      await change(run.pin ? "DELETE" : "PUT", `${runPath(run.id)}/pin`, undefined, IF_UNSURE);
      await onChange();
    } catch (error) {
      trouble.textContent = ` ${error.status === 403 ? NOT_YOURS : error.message}`;
    }
    button.disabled = false;
  });
  node.append(button, trouble);
  return node;
}
