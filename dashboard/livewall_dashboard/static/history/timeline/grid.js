// The same as a table, for screen readers and the keyboard: of it only what is near the cursor is in the document.

import { element } from "../../shared/dom.js";

/** Rows and columns around the cursor that are in the document. */
const ROWS = 6;
const COLUMNS = 6;

export class Grid {
  /**
   * @param {HTMLElement} host
   * @param {{onMove: (cursor: {row: number, column: number}) => void, onKey: (key: string, event: KeyboardEvent) => boolean,
   *   textOf: (row: number, column: number) => string, stateOf: (row: any) => string, onFocus: () => void}} hooks
   */
  constructor(host, hooks) {
    this.hooks = hooks;
    this.cursor = { row: 0, column: 0 };
    this.scene = null;
    this.node = element("table", "sr-only tl-grid");
    this.node.tabIndex = 0;
    this.node.setAttribute("role", "grid");
    this.node.setAttribute("aria-label", "Results by setup and commit. Arrow keys move, Enter opens.");
    this.node.addEventListener("keydown", (event) => this.#press(event));
    this.node.addEventListener("focus", () => hooks.onFocus());
    host.prepend(this.node);
  }

  show(scene) {
    this.scene = scene;
    this.node.setAttribute("aria-rowcount", String(scene.rows.length + 1));
    this.node.setAttribute("aria-colcount", String(scene.axis.columns.length + 1));
    this.move(this.cursor);
  }

  /** To the nearest place that there is. */
  move({ row, column }) {
    const { rows, axis } = this.scene;
    this.cursor = { row: clamp(row, rows.length), column: clamp(column, axis.columns.length) };
    this.#write();
  }

  #press(event) {
    const step = STEPS[event.key];
    if (this.hooks.onKey(event.key, event)) event.preventDefault();
    else if (step && !event.ctrlKey && !event.altKey && !event.metaKey) {
      event.preventDefault();
      const { row, column } = this.cursor;
      this.move(step(row, column, this.scene));
      this.hooks.onMove(this.cursor);
    }
  }

  #write() {
    const { rows, axis } = this.scene;
    const { row: at, column: across } = this.cursor;
    if (!rows.length || !axis.columns.length) {
      this.node.replaceChildren();
      return;
    }
    const columns = range(across, COLUMNS, axis.columns.length);
    const head = element("tr");
    head.setAttribute("aria-rowindex", "1");
    head.append(element("th", "", "Row"), ...columns.map((column) => heading(axis.columns[column], column)));
    const body = range(at, ROWS, rows.length).map((row) => this.#row(row, columns));
    this.node.replaceChildren(wrapped("thead", [head]), wrapped("tbody", body));
    this.node.setAttribute("aria-activedescendant", idOf(at, across));
  }

  #row(row, columns) {
    const node = element("tr");
    node.setAttribute("aria-rowindex", String(row + 2));
    const line = this.scene.rows[row];
    const name = element("th", "", (line.title || line.name) + this.hooks.stateOf(line));
    name.scope = "row";
    node.append(name);
    for (const column of columns) {
      const cell = element("td", "", this.hooks.textOf(row, column) || "nothing");
      cell.id = idOf(row, column);
      cell.setAttribute("role", "gridcell");
      cell.setAttribute("aria-colindex", String(column + 2));
      cell.setAttribute("aria-selected", String(row === this.cursor.row && column === this.cursor.column));
      node.append(cell);
    }
    return node;
  }
}

/** @type {Record<string, (row: number, column: number, scene: any) => {row: number, column: number}>} */
const STEPS = {
  ArrowUp: (row, column) => ({ row: row - 1, column }),
  k: (row, column) => ({ row: row - 1, column }),
  ArrowDown: (row, column) => ({ row: row + 1, column }),
  j: (row, column) => ({ row: row + 1, column }),
  ArrowLeft: (row, column) => ({ row, column: column - 1 }),
  "[": (row, column) => ({ row, column: column - 1 }),
  ArrowRight: (row, column) => ({ row, column: column + 1 }),
  "]": (row, column) => ({ row, column: column + 1 }),
  Home: (row) => ({ row, column: 0 }),
  End: (row, _, { axis }) => ({ row, column: axis.columns.length - 1 }),
  PageUp: (row, column) => ({ row: row - 10, column }),
  PageDown: (row, column) => ({ row: row + 10, column }),
};

function heading(column, number) {
  const node = element("th", "", column.title);
  node.scope = "col";
  node.setAttribute("aria-colindex", String(number + 2));
  return node;
}

function wrapped(tag, children) {
  const node = element(tag);
  node.append(...children);
  return node;
}

function idOf(row, column) {
  return `cell-${row}-${column}`;
}

function range(at, around, count) {
  const from = Math.max(0, at - around);
  return Array.from({ length: Math.min(count, at + around + 1) - from }, (_, place) => from + place);
}

function clamp(number, count) {
  return Math.max(0, Math.min(number, count - 1));
}
