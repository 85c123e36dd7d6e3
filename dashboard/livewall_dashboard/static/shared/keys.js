// Keys of a page, for who does not reach for the mouse. None of them works while something is typed.

/** Calls `action()` when `key` is pressed alone; what it returns true for is done, and the browser does nothing more. */
export function onKey(key, action) {
  document.addEventListener("keydown", (event) => {
    if (event.key !== key || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (action()) event.preventDefault();
  });
}

function isTyping(target) {
  return target.closest("input, textarea, select, [contenteditable], dialog") !== null;
}
