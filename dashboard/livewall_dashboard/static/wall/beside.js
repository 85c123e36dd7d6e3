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

/**
 * While the pointer rests. Only the innermost element under it is told: a cursor is inherited, and if the body had none,
 * all of the page would be styled anew at once.
 */
function hidePointer() {
  let timer = null;
  let under = null;
  const show = () => {
    under?.classList.remove("pointer-rests");
    under = null;
  };
  const hide = () => {
    show();
    under = [...document.querySelectorAll(":hover")].at(-1);
    under?.classList.add("pointer-rests");
  };
  const seen = () => {
    show();
    clearTimeout(timer);
    timer = setTimeout(hide, POINTER_REST);
  };
  addEventListener("pointermove", seen, { passive: true });
  // A tile has moved there.
  addEventListener("pointerover", () => under && hide(), { passive: true });
  seen();
}

document.addEventListener("keydown", press);
stayAwake();
hidePointer();
