// A table of things that come and go, each row a way to one of them: docs/architecture.md, "A page with a table".

import { element, setText } from "./dom.js";
import { onKey, tellKeys } from "./keys.js";
import { button } from "./parts.js";
import { Rows } from "./rows.js";

/**
 * @template Item
 * @typedef {{ title: string, name: string, cell: (item: Item) => (Node | string)[], isNumber?: boolean }} Column
 */

/** @template Item */
export class Table {
  #last = [];

  /**
   * `name`: the class of the table. `columns`: of each its heading, the class of its cells, and what is in them; a row's
   * way to its thing is the link of class "row-link" in one. `keyOf(item)`: which is which. `stateOf(item)`: as Rows takes
   * it. `mark(row, item)`: what else is to be said of the row, such as `data-active`. Below `foldsBelow` of the window's
   * width a row is a card, whose cells the page's style places.
   *
   * @param {{
   *   name: string, columns: Column<Item>[], keyOf: (item: Item) => string, stateOf?: (item: Item) => string,
   *   mark?: (row: HTMLTableRowElement, item: Item) => void, foldsBelow?: string,
   * }} options
   */
  constructor({ name, columns, keyOf, stateOf, mark = () => {}, foldsBelow = "60rem" }) {
    this.columns = columns;
    this.keyOf = keyOf;
    this.mark = mark;
    this.node = element("div", "table-host");
    this.table = element("table", `table ${name}`);
    this.body = element("tbody");
    this.newer = button("", "newer", () => this.update(this.#last, { take: true }));
    this.newer.hidden = true;
    // A table that is no table to the eye is none to a screen reader either, unless its parts say so.
    const roles = { table: this.table, rowgroup: this.body };
    for (const [role, node] of Object.entries(roles)) node.setAttribute("role", role);
    this.table.append(this.#head(), this.body);
    this.node.append(this.newer, this.table);
    this.rows = new Rows(this.body, { keyOf, stateOf, draw: (item) => this.#row(item) });
    this.#fold(matchMedia(`(max-width: ${foldsBelow})`));
    tellKeys("j k", "To the next row, to the one before; Enter opens it");
    onKey("j", () => this.#step(1));
    onKey("k", () => this.#step(-1));
  }

  /**
   * Shows these. Nothing moves under a pointer or the focus: what would come in above a row that is there is counted in a
   * button until somebody wants it; `take`: it comes in at once.
   *
   * @param {Item[]} items
   */
  update(items, { take = false } = {}) {
    this.#last = items;
    const isHeld = !take && this.rows.size > 0 && (this.body.matches(":hover") || this.body.contains(document.activeElement));
    const oldest = items.map((item) => this.rows.has(this.keyOf(item))).lastIndexOf(true);
    const shown = isHeld ? items.filter((item, index) => index > oldest || this.rows.has(this.keyOf(item))) : items;
    this.newer.hidden = shown.length === items.length;
    setText(this.newer, `${items.length - shown.length} newer`);
    this.rows.update(shown);
  }

  #head() {
    const head = element("thead");
    const row = element("tr");
    head.setAttribute("role", "rowgroup");
    row.setAttribute("role", "row");
    for (const { title, isNumber } of this.columns) {
      const heading = element("th", isNumber ? "number" : "", title);
      heading.scope = "col";
      heading.setAttribute("role", "columnheader");
      row.append(heading);
    }
    head.append(row);
    return head;
  }

  #row(item) {
    const row = element("tr");
    row.setAttribute("role", "row");
    for (const { name, cell, isNumber } of this.columns) {
      const node = element("td", isNumber ? `${name} number` : name);
      node.setAttribute("role", "cell");
      node.append(...cell(item).filter((part) => part !== ""));
      row.append(node);
    }
    this.mark(row, item);
    return row;
  }

  #fold(narrow) {
    const fold = () => this.table.toggleAttribute("data-folded", narrow.matches);
    narrow.addEventListener("change", fold);
    fold();
  }

  /** The focus goes so many rows down, from none to the first. */
  #step(by) {
    const links = [...this.body.querySelectorAll(".row-link")];
    const now = links.findIndex((link) => link.closest("tr").contains(document.activeElement));
    const next = links[now < 0 ? 0 : now + by];
    next?.focus();
    next?.scrollIntoView({ block: "nearest" });
    return Boolean(next);
  }
}
