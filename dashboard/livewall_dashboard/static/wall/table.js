// The wall as one dense table in the order of the configuration, as the website before it was.

import { buildsLink, titleFor } from "../shared/builds.js";
import { element, icon, safeUrl, setData, setHidden, setIcon, setLink, setText } from "../shared/dom.js";
import { duration, left, over, short } from "../shared/format.js";
import { ICONS } from "../shared/icons.js";
import { agentText, buildTitle, failureUrl, isAgentTelling, kindOf, progress, runUrl, setupUrl, wordOf } from "./present.js";

/** @import { Tile } from "types/live" */

const COLUMNS = ["Setup", "State", "Suite", "Suite time", "Progress", "Test", "Test time", "Failing tests", "Latest builds"];
const MOST_FAILURES = 3;
const MOST_OF_NAME = 120;

class Row {
  constructor(setup, clock, query) {
    this.clock = clock;
    this.query = query;
    this.node = element("tr");
    this.node.dataset.setup = setup;
    this.name = element("a", "", short(setup, MOST_OF_NAME));
    this.name.title = setup;
    const head = element("th", "setup");
    head.scope = "row";
    head.append(this.name);
    this.icon = icon(ICONS.nodata);
    this.word = element("span");
    const state = element("td", "state");
    state.append(this.icon, this.word);
    this.suite = element("td", "suite");
    this.suiteTime = element("td", "figure number");
    this.progress = element("td", "figure number");
    this.test = element("td", "test");
    this.testTime = element("td", "figure number");
    this.failing = element("td", "failing-tests");
    this.builds = element("td", "builds");
    this.build = element("a", "build");
    this.allBuilds = element("a", "", "runs");
    this.allBuilds.setAttribute("aria-label", `Runs of ${setup}`);
    this.builds.append(this.build, this.allBuilds);
    this.node.append(
      head, state, this.suite, this.suiteTime, this.progress, this.test, this.testTime, this.failing, this.builds,
    );
  }

  /** @param {Tile} tile */
  render(tile) {
    this.tile = tile;
    const kind = kindOf(tile);
    const active = ["running", "stale", "abandoned"].includes(tile.state);
    setData(this.node, "kind", kind);
    setData(this.node, "active", active ? "yes" : "no");
    setLink(this.name, runUrl(tile, this.query) || null);
    setIcon(this.icon, ICONS[kind]);
    setText(this.word, wordOf(tile));
    setText(this.suite, active ? short(tile.suite?.name ?? "", MOST_OF_NAME) : isAgentTelling(tile) ? agentText(tile) : "Not running");
    setText(this.test, active ? short(tile.test?.name ?? (tile.phase ? `${tile.phase.kind}: ${tile.phase.name}` : ""), MOST_OF_NAME) : "");
    const { done, total } = progress(tile.counts);
    setText(this.progress, total ? `${done}/${total}` : "");
    this.#renderFailing();
    this.node.toggleAttribute("data-jobs", Boolean(tile.jobs));
    if (tile.jobs && !this.latest) {
      this.latest = buildsLink(tile.setup, "row-builds", "Builds", titleFor(tile.setup));
      this.builds.prepend(this.latest);
    }
    if (this.latest) setHidden(this.latest, !tile.jobs);
    const build = safeUrl(tile.run?.build?.url);
    setHidden(this.build, !build);
    setLink(this.build, build || null);
    setText(this.build, build ? short(buildTitle(tile.run.build), MOST_OF_NAME) : "");
    setLink(this.allBuilds, setupUrl(tile, this.query));
    this.tick();
  }

  #renderFailing() {
    const { tile } = this;
    const failed = tile.counts?.failed ?? 0;
    const failures = (tile.failures ?? []).slice(0, MOST_FAILURES);
    const wanted = JSON.stringify([tile.run?.id, failed, failures]);
    if (this.failing.shown === wanted) return;
    this.failing.shown = wanted;
    /** @type {HTMLElement[]} */
    const nodes = failures.map((failure) => {
      const link = element("a", "", short(failure.name, MOST_OF_NAME));
      link.href = failureUrl(tile, failure, this.query);
      link.title = failure.message;
      return link;
    });
    if (failed > failures.length) nodes.push(element("span", "more", `${failures.length ? "+" : ""}${failed - failures.length}`));
    this.failing.replaceChildren(...nodes);
  }

  tick() {
    const { tile, clock } = this;
    const active = this.node.dataset.active === "yes";
    const doing = tile.test ?? tile.phase;
    setText(this.suiteTime, active && tile.suite ? duration(clock.since(tile.suite.started_at)) : "");
    setText(this.testTime, active && doing ? duration(clock.since(doing.started_at)) : "");
    const remaining = active && tile.eta ? (Date.parse(tile.eta.ends_at) - clock.now()) / 1000 : null;
    this.progress.title = remaining === null ? "" : remaining >= 0 ? left(remaining) : over(-remaining);
  }
}

export class Table {
  #rows = new Map();

  constructor(host, clock, query) {
    this.clock = clock;
    this.query = query;
    this.node = element("div", "table-frame");
    this.node.tabIndex = 0;
    this.node.setAttribute("role", "region");
    this.node.setAttribute("aria-label", "Setups");
    const table = element("table");
    const head = element("tr");
    for (const title of COLUMNS) {
      const cell = element("th", "", title);
      cell.scope = "col";
      head.append(cell);
    }
    const thead = element("thead");
    thead.append(head);
    this.body = element("tbody");
    table.append(thead, this.body);
    this.node.append(table);
    host.append(this.node);
  }

  /** @param {Tile[]} tiles */
  render(tiles, changed) {
    const names = new Set(tiles.map((tile) => tile.setup));
    for (const [name, row] of this.#rows) {
      if (names.has(name)) continue;
      row.node.remove();
      this.#rows.delete(name);
    }
    tiles.forEach((tile, index) => {
      let row = this.#rows.get(tile.setup);
      if (!row) {
        row = new Row(tile.setup, this.clock, this.query);
        this.#rows.set(tile.setup, row);
        row.render(tile);
      } else if (changed.has(tile.setup)) row.render(tile);
      if (this.body.children[index] !== row.node) this.body.insertBefore(row.node, this.body.children[index] ?? null);
    });
  }

  tick() {
    for (const row of this.#rows.values()) row.tick();
  }
}
