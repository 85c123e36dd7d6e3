// One setup on the board: nodes made once, then only what differs is written.

import { buildsLink, titleFor } from "../shared/builds.js";
import { element, icon, safeUrl, setData, setHidden, setIcon, setLink, setProperty, setText } from "../shared/dom.js";
import { GRACE, ago, duration, left, over, plural, rough, shortCommit, timeOfDay } from "../shared/format.js";
import { ICONS } from "../shared/icons.js";
import { Failures } from "./failures.js";
import { LONG_TEST, agentText, agentUrl, buildTitle, countLine, isRunning, kindOf, lostOf, progress, runUrl, wordOf } from "./present.js";
import { allot, fitFigures } from "./rows.js";

/** @import { Agent, Link, Tile as Told } from "types/live" */

const MOST_LINES = 100;
/** Type of the phone's list, in pixels. */
const LIST_FONT = 15;
/** Ems of a line below which a name and a figure leave each other no room. */
const NARROW = 11;
/** Ems of a line from which on the way to the builds is spelled out. */
const SPELLED = 20;
/** Milliseconds for which a tile that turns to failing is lit. */
const ALARM = 3000;
/** Alarms at a time; one more puts all out: each is drawn on a layer of its own, and of a whole wall's none is seen. */
const MOST_ALARMS = 8;
const LIGHT = [{ filter: "brightness(1.7)" }, { filter: "none" }];
const PARTS = ["passed", "failed", "skipped", "expected_failures"];
const PART_ICONS = {
  passed: ICONS.passed, failed: ICONS.failing, skipped: ICONS.skipped, expected_failures: ICONS.expected,
};
const PART_WORDS = { passed: "passed", failed: "failed", skipped: "skipped", expected_failures: "failed as expected" };

/** By tile that turned to failing within `ALARM`, `{light}`: what lights it up, or null. */
const alarms = new Map();

/** A row with what it is about on the left and a figure that ticks on the right. */
/** @param {"span" | "a"} tag */
function row(className, label, tag = "span") {
  const node = element("p", `row ${className}`);
  const what = element(tag, "what");
  const text = element("bdi");
  what.append(text);
  const figure = element("span", "figure number");
  node.append(element("span", "sr-only", `${label}: `), what, figure);
  node.hidden = true;
  return { node, what: text, link: what, figure, isBlank: false };
}

/**
 * Nobody sees what is written into a row that is hidden, and each write costs. `text()` is asked for where it is shown.
 * `keeps`: one that was shown keeps its room, so that what stands below it does not go up and down with each test.
 */
function showRow(line, isShown, text, keeps = false) {
  const { node, what } = line;
  const isBlank = !isShown && keeps && !node.hidden;
  setHidden(node, !isShown && !isBlank);
  if (line.isBlank !== isBlank) {
    line.isBlank = isBlank;
    if (isBlank) node.setAttribute("aria-hidden", "true");
    else node.removeAttribute("aria-hidden");
  }
  if (isShown) setText(what, text());
}

function isTold({ node, isBlank }) {
  return !node.hidden && !isBlank;
}

export class Tile {
  /** `clock` for everything that ticks; `query` is what links to other pages carry on. */
  constructor(setup, clock, query) {
    this.clock = clock;
    this.query = query;
    this.node = element("li", "tile");
    this.node.dataset.setup = setup;
    this.icon = icon(ICONS.nodata);
    this.word = element("span", "word");
    this.group = element("span", "group");
    this.name = element("a", "name");
    // The end of a long name tells setups apart: it is cut at its beginning.
    this.name.append(element("bdi", "", setup));
    this.name.title = setup;
    this.head = element("p", "head");
    this.head.append(this.icon, this.word, this.group);
    this.node.append(this.head, this.name);
  }

  /**
   * The newest state of this setup, which `render` draws; until then what is drawn goes on. `recent`: a row of its last
   * runs, or null.
   *
   * @param {Told} tile
   */
  update(tile, recent = null) {
    this.told = tile;
    if (recent !== this.recent) this.recent?.remove();
    this.recent = recent;
  }

  /** `place`: `{x, y, width, height, font, name, padding, inline, lines, cell}`, or null in the phone's list. */
  render(place) {
    const tile = this.told;
    this.tile = tile;
    if (place !== this.place) this.#settle(place);
    const kind = kindOf(tile);
    if (kind !== "failing") this.#endAlarm();
    else if ((this.node.dataset.kind ?? kind) !== kind) this.#alarm();
    setData(this.node, "kind", kind);
    setData(this.node, "state", tile.state);
    setIcon(this.icon, ICONS[kind]);
    this.#tickWord();
    setText(this.group, tile.group || "");
    setLink(this.name, runUrl(tile, this.query) || null);
    this.node.toggleAttribute("data-jobs", Boolean(tile.jobs));
    if (place?.cell) return;
    if (!place?.inline) this.#renderBuilds();
    if (!this.body) this.#build();
    this.#fill();
    this.tick();
  }

  #fill() {
    const { place, tile } = this;
    this.detailed = this.#hasDetail();
    this.#renderBody(allot(tile, place ? place.lines : MOST_LINES, this.detailed, this.recent !== null));
  }

  /** The way to the latest builds; tiles without a heading of their own share one, see `followLowTiles`. */
  #renderBuilds() {
    if (!this.tile.jobs && !this.builds) return;
    if (!this.builds) {
      const { setup } = this.tile;
      this.builds = buildsLink(setup, "tile-builds", "Latest builds", titleFor(setup));
      this.head.append(this.builds);
    }
    setHidden(this.builds, !this.tile.jobs);
  }

  /** Beside its test a tile tells what the test is doing, once that takes long, or that its suite is set up. */
  #hasDetail() {
    const { tile, clock } = this;
    if (tile.state !== "running" || !tile.test) return false;
    return Boolean(tile.phase || (tile.keyword?.path?.length && clock.since(tile.test.started_at) >= LONG_TEST));
  }

  /** A tile that turns to failing lights up three times, slower than anything that could hurt, and rests. */
  #alarm() {
    if (document.hidden || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    const alarm = { light: null };
    this.#endAlarm();
    alarms.set(this, alarm);
    setTimeout(() => { if (alarms.get(this) === alarm) alarms.delete(this); }, ALARM);
    if (alarms.size > MOST_ALARMS) for (const { light } of alarms.values()) light?.cancel();
    else alarm.light = this.node.animate(LIGHT, { duration: ALARM / 3, iterations: 3 });
  }

  #endAlarm() {
    alarms.get(this)?.light?.cancel();
  }

  #settle(place) {
    this.place = place;
    const { style } = this.node;
    setData(this.node, "narrow", place && place.columns < NARROW ? "yes" : "no");
    setData(this.node, "wide", !place || place.columns >= SPELLED ? "yes" : "no");
    setData(this.node, "shape", place === null ? "list" : place.cell ? "cell" : place.inline ? "inline" : "full");
    if (place === null) {
      this.node.removeAttribute("style");
      return;
    }
    style.width = `${place.width}px`;
    style.height = `${place.height}px`;
    style.transform = `translate(${place.x}px, ${place.y}px)`;
    style.fontSize = `${place.font}px`;
    style.padding = `${place.padding}px`;
    style.setProperty("--name", `${place.name}px`);
  }

  #build() {
    this.suite = row("suite", "Suite");
    this.now = row("now", "Test");
    this.detail = row("detail", "Keyword");
    this.run = row("run", "Run");
    this.since = row("since", "State");
    this.agent = row("agent-line", "Agent", "a");
    this.failures = new Failures();
    this.processes = element("ul", "processes");
    this.body = element("div", "body");
    this.body.append(
      this.run.node, this.since.node, this.failures.node, this.suite.node, this.now.node, this.detail.node, this.agent.node,
      this.processes,
    );
    this.track = element("div", "track");
    this.node.append(this.body, this.#buildCounts(), this.track, ...this.#buildMeta());
  }

  #buildCounts() {
    this.counts = element("p", "counts");
    this.fraction = element("span", "fraction number");
    this.counts.append(this.fraction);
    this.parts = {};
    for (const part of PARTS) {
      const node = element("span", `part ${part}`);
      const figure = element("span", "number");
      node.append(icon(PART_ICONS[part]), figure, element("span", "sr-only", ` ${PART_WORDS[part]}`));
      this.parts[part] = { node, figure };
      this.counts.append(node);
    }
    this.eta = element("span", "eta number");
    this.counts.append(this.eta);
    return this.counts;
  }

  #buildMeta() {
    this.origin = element("p", "meta origin");
    this.meta = element("p", "meta");
    this.branch = element("span", "branch");
    this.commit = element("span", "commit");
    this.build = element("a", "build");
    this.links = element("span", "links");
    this.others = element("span", "others");
    this.lost = element("span", "lost");
    this.lost.title = "`livewall import output.xml` adds missing tests";
    this.news = element("span", "news number");
    this.origin.append(this.branch, this.commit, this.build);
    this.meta.append(this.links, this.others, this.lost, this.news);
    return [this.origin, this.meta];
  }

  #renderBody(rows) {
    const { tile } = this;
    const active = tile.state !== "idle" && tile.state !== "nodata";
    const phase = tile.phase && `${capitalised(tile.phase.kind)}: ${tile.phase.name}`;
    this.doing = active && tile.test ? tile.test : active && tile.phase ? tile.phase : null;
    this.rows = rows;

    showRow(this.suite, rows.suite && active && tile.suite, () => tile.suite.name, rows.suite && isRunning(tile));
    showRow(this.now, rows.now && this.doing, () => tile.test?.name ?? phase, rows.now && isRunning(tile));
    setData(this.now.node, "wrap", rows.wrap ? "yes" : "no");
    showRow(this.detail, rows.detail && this.detailed, () => (tile.phase ? phase : (tile.keyword?.path ?? []).join(" › ")));
    showRow(this.run, rows.name && tile.run?.name, () => tile.run.name);
    setHidden(this.since.node, !rows.since);
    showRow(this.agent, rows.agent, () => agentText(tile));
    setLink(this.agent.link, agentUrl(tile, this.query) || null);
    this.failures.render(tile, {
      most: rows.failures,
      messageLines: rows.messageLines,
      font: this.place?.font ?? LIST_FONT,
      query: this.query,
    });
    this.#renderProcesses(rows);
    this.#renderRecent(rows);
    const share = progress(tile.counts);
    this.#renderBar(share);
    if (this.place?.inline) return; // it has no room for the rest
    this.#renderCounts(share);
    this.#renderMeta(rows);
  }

  #renderRecent(rows) {
    if (!this.recent) return;
    setHidden(this.recent, !rows.recent);
    if (this.recent.parentNode !== this.body) this.body.append(this.recent);
  }

  #renderProcesses({ processes: most }) {
    const processes = (this.tile.processes ?? []).slice(0, most);
    setHidden(this.processes, processes.length === 0);
    while (this.processes.childElementCount > processes.length) this.processes.lastChild.remove();
    while (this.processes.childElementCount < processes.length) this.processes.append(element("li", "process"));
    processes.forEach((process, index) => {
      const what = process.test?.name ?? process.suite?.name ?? "starting";
      setText(this.processes.children[index], `${process.slot || process.process}: ${what}`);
    });
  }

  #renderBar(share) {
    setHidden(this.track, share.total === 0);
    let end = 0;
    for (const part of PARTS) {
      end += share[part];
      setProperty(this.track, `--${part}-end`, `${(end * 100).toFixed(3)}%`);
    }
  }

  #renderCounts(share) {
    const { tile } = this;
    setHidden(this.counts, share.total === 0);
    setText(this.fraction, countLine(tile));
    for (const part of PARTS) {
      const count = tile.counts?.[part] ?? 0;
      setText(this.parts[part].figure, count ? String(count) : "");
    }
  }

  #renderMeta(rows) {
    const { run, links, others } = this.tile;
    setHidden(this.meta, !rows.meta);
    setHidden(this.origin, !rows.code || !(run?.branch || run?.commit || run?.build));
    setText(this.branch, run?.branch ?? "");
    setText(this.commit, run?.commit ? shortCommit(run.commit) : "");
    const narrow = this.place !== null && this.place.columns < 30;
    const url = safeUrl(run?.build?.url);
    setHidden(this.build, !run?.build || !(url || run.build.job));
    setText(this.build, run?.build ? buildTitle(run.build, narrow) : "");
    setLink(this.build, url || null);
    setHidden(this.others, !others);
    setText(this.others, others ? `+ ${plural(others, "more run")}` : "");
    const lost = lostOf(this.tile);
    setHidden(this.lost, !lost);
    setText(this.lost, lost);
    const wanted = JSON.stringify(links ?? []);
    if (this.links.shown !== wanted) {
      this.links.shown = wanted;
      this.links.replaceChildren(...(links ?? []).map(linkNode).filter(Boolean));
    }
  }

  /** Once a second: every figure that counts and is shown. */
  tick() {
    const { tile, clock } = this;
    if (!tile) return;
    this.#tickWord();
    if (!this.body || this.place?.cell || !this.rows) return;
    if (this.detailed !== this.#hasDetail()) this.#fill();
    const since = (time) => duration(clock.since(time));
    if (isTold(this.suite)) setText(this.suite.figure, since(tile.suite.started_at));
    if (isTold(this.now)) setText(this.now.figure, since(this.doing.started_at));
    if (isTold(this.detail)) setText(this.detail.figure, since((tile.phase ?? tile.keyword).started_at));
    this.#tickEta();
    this.#tickSince();
    if (isTold(this.agent)) setText(this.agent.figure, this.#agentFigure(tile.agent));
    if (!this.place?.inline) setText(this.news, tile.news_at ? `news ${ago(clock.since(tile.news_at))}` : "");
  }

  /** "Passed 3 h ago": the state, and of a run that ended when that was. */
  #tickWord() {
    const { tile } = this;
    const ended = tile.state === "idle" && tile.run?.ended_at;
    setText(this.word, ended ? `${wordOf(tile)} ${ago(this.clock.since(ended))}` : wordOf(tile));
  }

  /**
   * How long it has been at that, or what is left of a reservation or a pause.
   *
   * @param {Agent} agent
   */
  #agentFigure({ since, until }) {
    if (!until) return duration(this.clock.since(since));
    const remaining = (Date.parse(until) - this.clock.now()) / 1000;
    return remaining > 0 ? left(remaining) : over(-remaining);
  }

  #tickEta() {
    const { eta, state, run } = this.tile;
    const remaining = eta && state === "running" ? (Date.parse(eta.ends_at) - this.clock.now()) / 1000 : null;
    setData(this.node, "overrun", remaining !== null && remaining <= -GRACE ? "yes" : "no");
    if (this.place?.inline) return;
    const took = state === "idle" ? (run?.elapsed_time ?? null) : null;
    if (took !== null) setText(this.eta, `took ${duration(took)}`);
    else if (remaining !== null) setText(this.eta, remaining >= 0 ? left(remaining) : over(-remaining));
    else setText(this.eta, "");
    this.#fitFigures();
  }

  #fitFigures() {
    const texts = { fraction: this.fraction.shown, eta: this.eta.shown };
    for (const part of PARTS) texts[part] = this.parts[part].figure.shown;
    const shown = fitFigures(texts, this.place ? this.place.columns : Infinity);
    setHidden(this.eta, !shown.has("eta"));
    for (const part of PARTS) setHidden(this.parts[part].node, !shown.has(part));
  }

  #tickSince() {
    const { tile, clock } = this;
    if (!this.rows.since) return;
    if (tile.state === "nodata") setText(this.since.what, "Never heard of");
    else if (tile.news_at) {
      const at = timeOfDay(Date.parse(tile.news_at)).slice(0, 5);
      setText(this.since.what, `No news since ${at}`);
      setText(this.since.figure, rough(clock.since(tile.news_at)));
    }
  }
}

/** @param {Link} link */
function linkNode({ title, url }) {
  const href = safeUrl(url);
  if (!href) return null;
  const node = element("a", "", title || href);
  node.href = href;
  return node;
}

function capitalised(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
