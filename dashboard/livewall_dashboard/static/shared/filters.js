// Filters of a list: controls that write themselves into the address and are read back from it.

import { element } from "./dom.js";
import { debounced } from "./page.js";

export class Filters {
  /**
   * `form`: where the controls go; `names`: the members of the address that are theirs; `onChange(values)` after each
   * change, by hand or by the browser's back button.
   */
  constructor(form, names, onChange) {
    this.form = form;
    this.names = names;
    this.onChange = onChange;
    this.controls = new Map();
    form.addEventListener("submit", (event) => event.preventDefault());
    addEventListener("popstate", () => {
      this.show();
      this.onChange(this.values());
    });
  }

  values() {
    const search = new URLSearchParams(location.search);
    return Object.fromEntries(this.names.map((name) => [name, search.get(name) ?? ""]));
  }

  /** Puts values into the address; `step`: the back button leads to the former ones. */
  set(changes, { step = true } = {}) {
    const search = new URLSearchParams(location.search);
    for (const [name, value] of Object.entries(changes)) {
      if (value) search.set(name, value);
      else search.delete(name);
    }
    const text = search.toString();
    const address = text ? `?${text}` : location.pathname;
    if (address === (location.search || location.pathname)) return;
    history[step ? "pushState" : "replaceState"](null, "", address);
    this.show();
    this.onChange(this.values());
  }

  /** `options`: pairs of value and title; they may be given again later. */
  addChoice(name, title, options) {
    const select = element("select");
    select.addEventListener("change", () => this.set({ [name]: select.value }));
    this.#add(name, title, select);
    this.setOptions(name, options);
  }

  setOptions(name, options) {
    const select = this.controls.get(name);
    const current = this.values()[name];
    const known = options.some(([value]) => value === current) || !current;
    select.replaceChildren(
      ...(known ? options : [...options, [current, current]]).map(([value, text]) => {
        const option = element("option", "", text);
        option.value = value;
        return option;
      }),
    );
    select.value = current;
  }

  addText(name, title, placeholder = "", suggestions = []) {
    const input = element("input");
    input.type = "search";
    input.placeholder = placeholder;
    input.spellcheck = false;
    input.autocomplete = "off";
    const typed = debounced(() => this.set({ [name]: input.value.trim() }, { step: false }), 250);
    input.addEventListener("input", typed);
    input.addEventListener("search", typed);
    this.#add(name, title, input);
    if (suggestions.length) this.suggest(name, suggestions);
  }

  addDay(name, title) {
    const input = element("input");
    input.type = "date";
    input.addEventListener("change", () => this.set({ [name]: input.value }));
    this.#add(name, title, input);
  }

  /** What a text control offers to complete to. */
  suggest(name, suggestions) {
    const input = this.controls.get(name);
    const list = element("datalist");
    list.id = `${name}-suggestions`;
    list.append(
      ...suggestions.map((text) => {
        const option = element("option");
        option.value = text;
        return option;
      }),
    );
    input.list?.remove();
    input.after(list);
    input.setAttribute("list", list.id);
  }

  /** Says of a control whether it filters: such a one is never hidden. */
  mark(name, isSet) {
    this.controls.get(name)?.closest(".filter").toggleAttribute("data-set", isSet);
  }

  /** On a small screen the first three are shown, and all of those that are set; a button shows the others. */
  foldOthers() {
    const others = element("button", "clear more-filters", "More filters");
    others.type = "button";
    others.setAttribute("aria-expanded", "false");
    others.addEventListener("click", () => {
      const all = this.form.toggleAttribute("data-all");
      others.setAttribute("aria-expanded", String(all));
      others.textContent = all ? "Fewer filters" : "More filters";
    });
    this.form.append(others);
  }

  /** Brings the controls to what the address says. */
  show() {
    for (const [name, value] of Object.entries(this.values())) {
      const control = this.controls.get(name);
      if (control && control !== document.activeElement) control.value = value;
    }
  }

  #add(name, title, control) {
    control.name = name;
    control.id = `filter-${name}`;
    const label = element("label", "filter");
    label.htmlFor = control.id;
    label.append(element("span", "filter-title", title), control);
    this.form.append(label);
    this.controls.set(name, control);
  }
}
