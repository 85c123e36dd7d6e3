// The timeline as a part of a page: board, table, drawer, legend and switches, with what a reader sets in the address.

import { element } from "../../shared/dom.js";
import { BY_COMMIT, BY_START, LABEL, axisOf, usualAxis } from "./axis.js";
import { searchOfView, viewOf } from "./address.js";
import { Board } from "./board.js";
import { cellsOf } from "./cells.js";
import { Drawer } from "./drawer.js";
import { Grid } from "./grid.js";
import { legend } from "./legend.js";
import { tellKeys } from "../../shared/keys.js";
import { partRows } from "./part-rows.js";
import { PARTS } from "./query.js";
import { BY_SETUP, rowsOf, shownRows } from "./rows.js";
import { breaksOf, cellText, changesIn, endsOf, story } from "./story.js";
import { plural } from "../text.js";
import { fitting, zoomed } from "./zoom.js";

/** @import { LabelOrder, Timeline } from "types/api" */
/** @import { Point } from "./points.js" */
/** @import { Row } from "./rows.js" */
/** @import { View } from "./address.js" */
/** @import { Story } from "./story.js" */

/** @type {[("failing" | "expected" | "flaky" | "times"), string, string][]} */
const SWITCHES = [
  ["failing", "Failing only", "Rows that fail now"],
  ["expected", "As expected", "Failures that were expected are grey, not red"],
  ["flaky", "Flaky", "What passed and failed at one place is told apart from what failed"],
  ["times", "Times", "How long it took, in place of the symbol"],
];

const KEYS = [
  ["← → ↑ ↓", "In the timeline: to another place"],
  ["Enter", "All about this place"],
  ["n", "To the next place where something began to fail"],
  ["f", "Only rows that fail now"],
  ["+ -", "Zoom"],
  ["e", "Open or close the row: what is in a suite, or a configuration"],
  ["Esc", "Close what was opened"],
];

export class TimelineView {
  /**
   * @param {HTMLElement} host
   * @param {{hrefOf: (row: Row) => string, inHref?: (row: Row) => string, bySuite?: boolean, marked?: string,
   *   onStory?: (story: Story, view: TimelineView) => void, onOpen?: () => Promise<void>}} options `onOpen`: another suite is to
   *   be open; who shows this brings its parts
   */
  constructor(host, options) {
    this.options = options;
    this.points = [];
    this.labels = [];
    /** @type {{levels: Map<string, Timeline>, root: string} | null} */
    this.parts = null;
    this.node = element("section", "tl");
    this.node.setAttribute("aria-label", "Timeline");
    this.buttons = new Map();
    this.body = element("div", "tl-body");
    this.frame = element("div", "tl-board");
    this.note = element("p", "tl-note");
    this.drawer = new Drawer({ onClose: () => this.#close() });
    this.body.append(this.frame, this.drawer.node);
    this.node.append(this.#tools(), this.body, this.note, legend());
    host.append(this.node);
    this.board = new Board(this.frame, {
      onPick: (row, column) => this.#pick(row, column),
      onRange: (from, to) => this.#select(from, to),
      onFold: (key) => this.#fold(key),
      isFolded: (key) => this.#isFolded(key),
      onZoom: (step, at) => this.#zoom(step, at),
      hrefOf: options.hrefOf,
      inHref: (row) => (options.bySuite && options.inHref ? options.inHref(row) : ""),
      isMarked: ({ setup }) => Boolean(setup) && setup === options.marked,
      titleOf: (row, column) => this.#titleOf(row, column),
    });
    this.grid = new Grid(this.frame, {
      onMove: (cursor) => this.board.point(cursor),
      onKey: (key, event) => this.#key(key, event),
      onFocus: () => this.board.point(this.grid.cursor),
      textOf: (row, column) => cellText(this.#cellAt(row, column), this.view),
      stateOf: ({ isGroup, key }) => (isGroup ? (this.#isFolded(key) ? ", closed" : ", open") : ""),
    });
    for (const [keys, words] of KEYS) tellKeys(keys, words);
    addEventListener("popstate", () => this.scene && this.render());
  }

  /**
   * @param {Point[]} points the latest run first
   * @param {LabelOrder[]} labels
   * @param {{levels: Map<string, Timeline>, root: string} | null} parts where rows are those of folders
   */
  show(points, labels, parts = null) {
    this.points = points;
    this.labels = labels;
    this.parts = parts;
    this.render();
  }

  /** As the address says. */
  render() {
    /** @type {View} */
    this.view = viewOf(new URLSearchParams(location.search));
    const { view, points } = this;
    const by = view.axis || (this.options.bySuite ? BY_START : usualAxis(points));
    const axis = axisOf(points, by, this.labels);
    const { groups, rowOf } = this.parts
      ? partRows(this.parts.levels, this.parts.root, view.open)
      : rowsOf(points, { by: view.rows, axis: by, bySuite: Boolean(this.options.bySuite) });
    const cells = cellsOf(points, axis, rowOf, view);
    const groupOf = new Map(groups.flatMap(({ head, rows }) => (head ? rows.map((row) => [row.key, head.key]) : [])));
    const folded = points.filter((point) => groupOf.has(rowOf(point)));
    for (const [key, row] of cellsOf(folded, axis, (point) => groupOf.get(rowOf(point)), view)) cells.set(key, row);
    const breaks = breaksOf(cells);
    // Of a setup alone its SDKs are no setups: the latest speaks for it.
    const rows = groups.flatMap((group) => (group.head?.setup ? [group.head] : group.rows.filter(({ part, level }) => !part || !level)));
    this.story = story(rows, cells, axis);
    const failing = new Set(this.story.failing.map(({ key }) => key));
    const isFailing = (row) => failing.has(row.key) || failing.has(row.group);
    const shown = shownRows(groups, view.folded, (row) => !view.failing || isFailing(row));
    this.rows = rows;
    this.grouped = { groups, rowOf };
    this.by = by;
    this.scene = { rows: shown, axis, cells, breaks, times: view.times };
    this.board.zoom = view.zoom;
    this.board.show(this.scene);
    this.grid.show(this.scene);
    this.#writeSwitches();
    this.note.textContent = this.#left(axis);
    this.options.onStory?.(this.story, this);
    this.#reopen();
  }

  /** Those of the suites and tests of a folder, and of the suites that are open in it. */
  get rowsOfParts() {
    return this.parts ? this.grouped.groups[0].rows : [];
  }

  /** The choices of the x axis, for a selector. */
  axes() {
    const repositories = [...new Set(this.points.flatMap(({ run }) => run.commits.map(({ repository }) => repository)))].sort();
    return [
      ["", "As it fits"], [BY_COMMIT, "Commits"], ...(repositories.length > 1 ? repositories.map((name) => [`${BY_COMMIT}:${name}`, `Commits of ${name}`]) : []),
      [BY_START, "Start"], ...this.labels.map(({ name }) => [`${LABEL}${name}`, `Label ${name}`]),
    ];
  }

  /** The choices of the y axis. */
  groupings() {
    return [["", "Configuration"], [BY_SETUP, "Setup"], [PARTS, "Suites and tests"], ...this.labels.map(({ name }) => [`${LABEL}${name}`, `Label ${name}`])];
  }

  #tools() {
    const tools = element("div", "tl-tools");
    for (const [name, text, title] of SWITCHES) {
      const button = element("button", "tl-switch", text);
      button.type = "button";
      button.title = title;
      button.addEventListener("click", () => this.#set({ [name]: !this.view[name] }));
      this.buttons.set(name, button);
      tools.append(button);
    }
    const zoom = element("span", "tl-zoom");
    for (const [text, title, step] of [["−", "Zoom out", -1], ["+", "Zoom in", 1]]) {
      const button = element("button", "", String(text));
      button.type = "button";
      button.setAttribute("aria-label", String(title));
      button.addEventListener("click", () => this.#zoom(Number(step)));
      zoom.append(button);
    }
    const whole = element("button", "", "Whole");
    whole.type = "button";
    whole.title = "Zoom out until all of it fits";
    whole.addEventListener("click", () => this.#zoomTo(fitting(this.scene.axis.columns.length, this.board.room)));
    zoom.prepend(whole);
    tools.append(zoom);
    return tools;
  }

  #writeSwitches() {
    for (const [name, button] of this.buttons) button.setAttribute("aria-pressed", String(this.view[name]));
  }

  /** @param {Partial<View>} changes */
  #write(changes, step = false) {
    const search = searchOfView(new URLSearchParams(location.search), changes);
    history[step ? "pushState" : "replaceState"](null, "", search.size ? `?${search}` : location.pathname);
    Object.assign(this.view, viewOf(search));
  }

  #set(changes) {
    this.#write(changes, true);
    this.render();
  }

  #isFolded(key) {
    return this.parts ? !this.view.open.has(key) : this.view.folded.has(key);
  }

  async #fold(key) {
    const name = this.parts ? "open" : "folded";
    const keys = new Set(this.view[name]);
    if (!keys.delete(key)) keys.add(key);
    this.#write({ [name]: keys }, true);
    if (this.parts) await this.options.onOpen?.();
    else this.render();
    this.board.focusFold(key);
  }

  async #foldHere(key) {
    await this.#fold(key);
    this.grid.node.focus({ preventScroll: true });
  }

  #zoom(step, at) {
    this.#zoomTo(zoomed(this.board.zoom, step), at);
  }

  #zoomTo(zoom, at) {
    this.board.setZoom(zoom, at);
    this.#write({ zoom });
  }

  #pick(row, column) {
    this.grid.move({ row, column });
    const [line, place] = [this.scene.rows[row], this.scene.axis.columns[column]];
    this.board.mark(null);
    this.#write({ at: [line.key, place.key], range: null }, true);
    this.#openCell(row, column);
  }

  #openCell(row, column) {
    const line = this.scene.rows[row];
    const cells = this.scene.cells.get(line.key) ?? [];
    let before = column - 1;
    while (before >= 0 && !cells[before]) before -= 1;
    this.body.dataset.open = "";
    this.board.point({ row, column });
    this.drawer.showCell(line, this.scene.axis.columns[column], cells[column], this.scene.axis.columns[before] ?? null);
  }

  #select(from, to) {
    const { columns } = this.scene.axis;
    this.#write({ range: [columns[from].key, columns[to].key], at: null }, true);
    this.#openRange(from, to);
  }

  #openRange(from, to) {
    const columns = this.scene.axis.columns.slice(from, to + 1);
    this.body.dataset.open = "";
    this.board.mark({ from, to });
    this.board.point(null);
    this.board.reveal({ row: null, column: to });
    this.drawer.showRange(columns, changesIn(this.rows, this.scene.cells, { from, to }), (row) => endsOf(this.scene.cells.get(row.key), from, to));
  }

  /** What the address says was picked. */
  #reopen() {
    const { at, range } = this.view;
    const columnOf = (key) => this.scene.axis.columns.findIndex((column) => column.key === key);
    if (at) {
      const row = this.scene.rows.findIndex(({ key }) => key === at[0]);
      const column = columnOf(at[1]);
      if (row >= 0 && column >= 0) {
        this.grid.move({ row, column });
        this.#openCell(row, column);
        return;
      }
    }
    if (range) {
      const [from, to] = range.map(columnOf);
      if (from >= 0 && to >= from) {
        this.#openRange(from, to);
        return;
      }
    }
    this.#shut();
  }

  #close() {
    this.#write({ at: null, range: null }, true);
    this.#shut();
    this.grid.node.focus({ preventScroll: true });
  }

  #shut() {
    delete this.body.dataset.open;
    this.drawer.close();
    this.board.mark(null);
    this.board.point(null);
  }

  #cellAt(row, column) {
    return (this.scene.cells.get(this.scene.rows[row]?.key) ?? [])[column];
  }

  #titleOf(row, column) {
    const text = cellText(this.#cellAt(row, column), this.view);
    const { title, gap } = this.scene.axis.columns[column];
    const unseen = gap ? `\n${plural(gap, "commit")} before it that nobody ran` : "";
    return text ? `${text}\n${this.scene.rows[row].name}\n${title}${unseen}` : "";
  }

  /** Keys beside those that move: whether it was one. */
  #key(key, event) {
    const { row, column } = this.grid.cursor;
    if (event.ctrlKey || event.metaKey || event.altKey) return false;
    if (key === "Enter" || key === "o" || key === " ") this.#pick(row, column);
    else if (key === "Escape" && !this.drawer.node.hidden) this.#close();
    else if (key === "+" || key === "=") this.#zoom(1);
    else if (key === "-") this.#zoom(-1);
    else if (key === "f") this.#set({ failing: !this.view.failing });
    else if (key === "n") this.#nextNew();
    else if (key === "e" && this.scene.rows[row]?.isGroup) this.#foldHere(this.scene.rows[row].key);
    else return false;
    return true;
  }

  /** To the next place where something began to fail: on in the row, then in those below; of what is unfolded, there. */
  #nextNew() {
    const { rows, axis } = this.scene;
    const { row, column } = this.grid.cursor;
    const count = rows.length * axis.columns.length;
    const begin = row * axis.columns.length + column;
    for (let step = 1; step <= count; step += 1) {
      const place = (begin + step) % count;
      const [line, at] = [Math.floor(place / axis.columns.length), place % axis.columns.length];
      const isSummary = rows[line].isGroup && !this.view.folded.has(rows[line].key);
      if (!isSummary && this.#cellAt(line, at)?.kind === "failed") {
        this.grid.move({ row: line, column: at });
        this.board.point({ row: line, column: at });
        return;
      }
    }
  }

  #left({ left }) {
    if (!left) return "";
    const lack = this.by.startsWith(LABEL) ? `no ${this.by.slice(LABEL.length)}` : "no commit";
    return `${left.toLocaleString("en")} of ${this.points.length.toLocaleString("en")} results ${left === 1 ? "is not drawn: it has" : "are not drawn: they have"} ${lack}. The axis Start has them all.`;
  }
}

