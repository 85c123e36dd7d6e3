// The keys of every page: / to what can be searched, ? for the list of all keys.

import { element } from "./dom.js";
import { onKey, toldKeys } from "./keys.js";
import { here } from "./page.js";
import { stylesheet } from "./stylesheet.js";

const STYLE = "/static/shared/page-keys.css";
/** What the page itself searches comes before the search of all runs. */
const SEARCHES = ["main input[type=search]", ".bar-search input"];

/** @type {HTMLDialogElement | null} */
let dialog = null;

onKey("/", search, "Filter this page, or search all runs");
onKey("?", show, "These keys");

/** What a key does that was pressed before this module was there. */
export function press(key) {
  if (key === "/") search();
  else show();
}

function search() {
  const inputs = /** @type {HTMLInputElement[]} */ (SEARCHES.flatMap((each) => [...document.querySelectorAll(each)]));
  const input = inputs.find((each) => each.offsetParent !== null);
  if (input) input.focus();
  else location.assign(here("/search"));
  return true;
}

function show() {
  if (!dialog) open();
  return true;
}

async function open() {
  dialog = element("dialog", "key-list");
  const shown = dialog;
  const title = element("h2", "", "Keys");
  title.id = "key-list-title";
  shown.setAttribute("aria-labelledby", title.id);
  const list = element("dl");
  for (const [keys, words] of toldKeys()) list.append(term(keys), element("dd", "", words));
  const close = element("button", "clear", "Close");
  close.type = "button";
  close.addEventListener("click", () => shown.close());
  shown.append(title, list, close);
  shown.addEventListener("close", () => {
    shown.remove();
    dialog = null;
  });
  await stylesheet(STYLE).catch(() => {}); // it can be read without
  document.body.append(shown);
  shown.showModal();
}

/** "j k": each a key of its own. */
function term(keys) {
  const node = element("dt");
  keys.split(" ").forEach((key) => node.append(element("kbd", "", key), " "));
  return node;
}
