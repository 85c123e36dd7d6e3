// What the wall does beside its picture: nobody waits for it, so it is loaded after the first one.

import { Announcer } from "./announce.js";
import { hidePointer, stayAwake } from "./screen.js";

export { showInTab } from "./favicon.js";

export const announcer = new Announcer();

/** The keys of every page are loaded by the first of them. */
async function press(event) {
  if ((event.key !== "/" && event.key !== "?") || event.ctrlKey || event.metaKey || event.altKey || event.target.closest("dialog")) return;
  event.preventDefault();
  document.removeEventListener("keydown", press);
  const [{ tellKeys }, keys] = await Promise.all([import("../shared/keys.js"), import("../shared/page-keys.js")]);
  tellKeys("b", "Latest builds of the setup that has the focus");
  keys.press(event.key);
}

document.addEventListener("keydown", press);
stayAwake();
hidePointer();
