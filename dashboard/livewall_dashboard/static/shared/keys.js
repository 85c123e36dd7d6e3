// Keys of a page, for who does not reach for the mouse. None of them works while something is typed.

/** @type {Map<string, string>} */
const TOLD = new Map();

/** Says what `keys` do, in the list that ? opens. */
export function tellKeys(keys, words) {
  TOLD.set(keys, words);
}

/** `[[keys, what they do], ...]`, in the order in which they were told. */
export function toldKeys() {
  return [...TOLD];
}

/**
 * Calls `action()` when `key` is pressed alone; what it returns true for is done, and the browser does nothing more.
 * `words`: what it does, for the list of keys.
 */
export function onKey(key, action, words = "") {
  if (words) tellKeys(key, words);
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.key !== key || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (action()) event.preventDefault();
  });
}

function isTyping(target) {
  return target.closest("input, textarea, select, [contenteditable], dialog[open]") !== null;
}
