// A button that copies a text of the page.

import { button } from "./parts.js";

const SAID = 2000;

/** `nodeOf()`: whose text it is. */
export function copyButton(title, nodeOf) {
  const node = button(title, "clear", async () => {
    const done = await copy(nodeOf());
    node.textContent = done ? "Copied" : "Selected: copy it by keyboard";
    setTimeout(() => (node.textContent = title), SAID);
  });
  return node;
}

/** Whether it was copied. A page without TLS may not write to the clipboard by itself, but may copy what is selected. */
async function copy(source) {
  try {
    await navigator.clipboard.writeText(source.textContent);
    return true;
  } catch {
    getSelection().selectAllChildren(source);
    return document.execCommand("copy");
  }
}
