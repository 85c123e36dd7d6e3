// The door to the latest builds. The address says whose are open; the popup itself is loaded when first asked for, by
// the page, because what is shared knows no feature.

import { element, icon } from "./dom.js";
import { ICONS } from "./icons.js";

const PARAMETER = "builds";
/** Whose builds, in the address: those of all setups, those of the wall's own jobs, else a setup's name. */
export const ALL = "*";
export const OWN = "";

/** Whose builds an address asks for: ALL, OWN or a setup's name; null for nobody's. Pure. */
export function askedFor(search) {
  return new URLSearchParams(search).get(PARAMETER);
}

/** The same address with these builds open, or with none for null. Pure. */
export function searchFor(search, which) {
  const parameters = new URLSearchParams(search);
  if (which === null) parameters.delete(PARAMETER);
  else parameters.set(PARAMETER, which);
  const query = parameters.toString();
  return query ? `?${query}` : "?";
}

/** A link that opens builds; its address works in another tab, too. */
export function buildsLink(which, className, text, title) {
  const link = element("a", className);
  link.href = searchFor(location.search, which);
  link.dataset.builds = which;
  link.append(icon(ICONS.builds), element("span", "", text));
  link.title = title;
  link.setAttribute("aria-label", title);
  return link;
}

export const titleFor = (setup) => `Latest builds of ${setup}`;

/**
 * `load()` brings the class `Popup`, and `context` is what that is told of this page. `onTrouble(text)` when it cannot be
 * loaded.
 */
export class BuildsDoor {
  #popup = null;
  #load;
  #context;
  #onTrouble;

  constructor(load, context, onTrouble) {
    this.#load = load;
    this.#context = context;
    this.#onTrouble = onTrouble;
  }

  start() {
    document.addEventListener("click", (event) => this.#click(event));
    document.addEventListener("keydown", (event) => this.#key(event));
    addEventListener("popstate", () => this.#follow());
    this.#follow();
  }

  open(which) {
    history.pushState({ builds: this.#depth + 1 }, "", searchFor(location.search, which));
    this.#follow();
  }

  /** Back to where the popup was opened; one that was there from the start just goes. */
  close() {
    if (this.#depth) {
      history.go(-this.#depth);
      return;
    }
    history.replaceState(null, "", searchFor(location.search, null));
    this.#follow();
  }

  /** How many entries of the history the popup has made. */
  get #depth() {
    return history.state?.builds ?? 0;
  }

  #click(event) {
    const link = event.target.closest?.("a[data-builds]");
    if (!link || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    this.open(link.dataset.builds);
  }

  /** On a tile or a row, B is for builds: a cell of the heat map has no room for more than its name. */
  #key(event) {
    if (event.key !== "b" || event.ctrlKey || event.metaKey || event.altKey) return;
    const setup = event.target.closest?.("[data-jobs]")?.dataset.setup;
    if (setup === undefined) return;
    event.preventDefault();
    this.open(setup);
  }

  async #follow() {
    const which = askedFor(location.search);
    if (which === null && !this.#popup) return;
    try {
      this.#popup ??= await this.#create();
    } catch {
      this.#onTrouble("The latest builds cannot be shown: the wall does not answer. Try again once it does.");
      this.close();
      return;
    }
    this.#popup.show(askedFor(location.search));
  }

  async #create() {
    const Popup = await this.#load();
    return Popup.create({ ...this.#context, passing: () => this.#depth > 0, onClose: () => this.close() });
  }
}
