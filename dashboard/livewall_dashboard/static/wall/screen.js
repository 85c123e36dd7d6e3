// What a screen on a wall wants from its machine: not to fall asleep, and no pointer in the picture.

import { PHONE } from "./layout.js";

const POINTER_REST = 3000;

/** Keeps the screen awake while the page is in sight; not on a phone, whose battery is worth more. */
export function stayAwake() {
  const ask = () => {
    if (document.hidden || innerWidth <= PHONE || !navigator.wakeLock) return;
    // Refused on battery saving or without HTTPS: the wall works all the same.
    navigator.wakeLock.request("screen").catch(() => {});
  };
  document.addEventListener("visibilitychange", ask);
  ask();
}

export function hidePointer() {
  let timer = null;
  const seen = () => {
    document.body.classList.remove("pointer-rests");
    clearTimeout(timer);
    timer = setTimeout(() => document.body.classList.add("pointer-rests"), POINTER_REST);
  };
  addEventListener("pointermove", seen, { passive: true });
  seen();
}
