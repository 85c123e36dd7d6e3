// What the wall does beside its picture: nobody waits for it, so it is loaded after the first one.

import { Announcer } from "./announce.js";
import { PHONE } from "./layout.js";

export { showIcon } from "./favicon.js";

/** Milliseconds. */
const POINTER_REST = 3000;

export const announcer = new Announcer();

/** The keys of every page are loaded by the first of them. */
async function press(event) {
  if ((event.key !== "/" && event.key !== "?") || event.ctrlKey || event.metaKey || event.altKey || event.target.closest("dialog[open]")) return;
  event.preventDefault();
  document.removeEventListener("keydown", press);
  const [{ tellKeys }, keys] = await Promise.all([import("../shared/keys.js"), import("../shared/page-keys.js")]);
  tellKeys("b", "Latest builds of the setup that has the focus");
  keys.press(event.key);
}

/** Keeps the screen awake while the page is in sight; not on a phone, whose battery is worth more. */
function stayAwake() {
  const ask = () => {
    if (document.hidden || innerWidth <= PHONE || !navigator.wakeLock) return;
    // Refused on battery saving or without HTTPS: the wall works all the same.
    navigator.wakeLock.request("screen").catch(() => {});
  };
  document.addEventListener("visibilitychange", ask);
  ask();
}

function hidePointer() {
  let timer = null;
  const seen = () => {
    document.body.classList.remove("pointer-rests");
    clearTimeout(timer);
    timer = setTimeout(() => document.body.classList.add("pointer-rests"), POINTER_REST);
  };
  addEventListener("pointermove", seen, { passive: true });
  seen();
}

document.addEventListener("keydown", press);
stayAwake();
hidePointer();
