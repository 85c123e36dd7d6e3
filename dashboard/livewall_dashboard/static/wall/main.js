// The wall: frames in, picture out. The only module that knows all others.

import { BuildsDoor } from "../shared/builds.js";
import { Clock, Ticker } from "../shared/clock.js";
import { Connection } from "../shared/connection.js";
import { titled } from "../shared/dom.js";
import { Board } from "./board.js";
import { CROWD, modeFor } from "./layout.js";
import { Model } from "./model.js";
import { buildNav } from "./nav.js";
import { Notices } from "./notices.js";
import { allWell, hasFailed, moodOf, moodText, summarise } from "./present.js";
import { Release } from "./release.js";
import { carriedQuery, readSettings } from "./settings.js";
import { Summary } from "./summary.js";
import { reloadIfOutdated } from "./upgrade.js";

/** @import { Delta, Snapshot, Tile } from "types/live" */

/** Milliseconds. */
const LOAD_AGAIN = 60_000;
const REST = 1000;
/** A drawing that takes no longer, of no more tiles, is made as soon as the news are there. */
const CHEAP = 4;
const FEW = 20;
const SETTINGS = readSettings(location.search);
// Most screens show neither the table nor the first screen, and pay for neither.
const Table = SETTINGS.view === "table" ? (await withStyle(import("./table.js"), "table")).Table : null;

const later = (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });

/** A part of the wall once its style is there as well. */
async function withStyle(part, name) {
  const style = import("../shared/stylesheet.js").then(({ stylesheet }) => stylesheet(`/static/wall/${name}.css`));
  const [loaded] = await Promise.all([part, style]);
  return loaded;
}

class Wall {
  #mode = null;
  #view = null;
  #changed = new Set();
  #scheduled = false;
  /** Milliseconds that the last drawing took. */
  #drew = Infinity;
  #pausedAt = null;
  #wellSince = null;
  #sawFailure = false;
  #loading = null;
  #beside = null;
  recent = null;

  constructor() {
    this.host = document.getElementById("wall");
    this.settings = SETTINGS;
    this.clock = new Clock();
    this.ticker = new Ticker(this.clock);
    this.model = new Model();
    this.summary = new Summary(this.clock, carriedQuery(this.settings));
    this.notices = new Notices();
    this.release = new Release(this.clock);
    const frames = { snapshot: (frame) => this.#snapshot(frame), delta: (frame) => this.#delta(frame) };
    this.connection = new Connection("/wall", frames, {
      interrupted: () => this.#interrupted(),
      shutOut: async () => (await import("../shared/sign-in.js")).signIn(),
    });
    this.nav = buildNav(document.getElementById("nav"), this.settings, (paused) => this.#pause(paused));
    this.builds = new BuildsDoor(
      async () => (await import("../builds/popup.js")).Popup,
      { clock: this.clock, ticker: this.ticker, query: carriedQuery(this.settings), release: () => this.release.text },
      (trouble) => this.notices.add(trouble),
    );
  }

  start() {
    new ResizeObserver(() => this.model.seq !== null && this.#mark([])).observe(this.host);
    this.ticker.add(() => this.#tick());
    this.ticker.start();
    this.connection.start();
    this.builds.start();
    document.addEventListener("visibilitychange", () => document.hidden && this.#drawNow());
  }

  /** @param {Snapshot} frame */
  #snapshot(frame) {
    this.version = frame.version;
    reloadIfOutdated(frame.version, frame.release?.commit);
    this.notices.forgetOwn();
    this.notices.show(frame.notices ?? []);
    this.summary.showQueue(frame.queue ?? null);
    this.release.observe(frame);
    this.clock.observe(frame.server_time);
    const before = this.model.tiles;
    const first = this.model.seq === null;
    this.recent?.refresh();
    const { changed } = this.model.snapshot(frame);
    if (!first) this.#announce(before, changed);
    this.#mark(changed);
  }

  /** @param {Delta} frame */
  #delta(frame) {
    this.clock.observe(frame.server_time);
    this.notices.show(frame.notices);
    if (frame.queue !== undefined) this.summary.showQueue(frame.queue);
    const before = new Map(frame.changes.map(({ setup }) => [setup, this.model.tiles.get(setup)]));
    const { changed, gone, ask } = this.model.delta(frame);
    if (ask) this.connection.ask();
    this.#announce(before, changed);
    if (changed.size || gone.size) this.#mark(changed, { atOnce: changed.size <= FEW && this.#drew <= CHEAP });
  }

  #interrupted() {
    this.model.interrupt();
    this.clock.restart();
    this.#tick();
  }

  #announce(before, changed) {
    const news = [...changed].map((name) => [before.get(name), this.model.tiles.get(name)]);
    this.#doBeside(({ announcer }) => news.forEach((each) => announcer.add(...each)));
  }

  /** Does something beside the picture, as soon as the parts for it are there: they are loaded after the first one. */
  #doBeside(work) {
    this.#beside ??= later(REST).then(() => import("./beside.js")).catch(() => {
      setTimeout(() => { this.#beside = null; }, LOAD_AGAIN);
      return null;
    });
    this.#beside.then((parts) => parts && work(parts));
  }

  #showInTab() {
    const mood = moodOf(this.counts, document.body.dataset.cut === "yes");
    const title = titled(moodText(this.counts, mood));
    if (document.title !== title) document.title = title;
    this.#doBeside(({ showIcon }) => showIcon(mood));
  }

  #mark(changed, { atOnce = false } = {}) {
    for (const name of changed) this.#changed.add(name);
    if (this.#scheduled) return;
    this.#scheduled = true;
    // A page out of sight gets no animation frames, and its title should still be true.
    if (document.hidden) setTimeout(() => this.#draw(), 500);
    else if (atOnce) this.#draw(); // in time for the very next picture
    else requestAnimationFrame(() => this.#drawNow());
  }

  /** What waits for a picture, if it still does: a page that went out of sight has not waited for one. */
  #drawNow() {
    if (this.#scheduled) this.#draw();
  }

  #redraw() {
    if (this.model.seq !== null) this.#mark(this.model.tiles.keys());
  }

  #draw() {
    this.#scheduled = false;
    if (this.#pausedAt !== null) return;
    const began = performance.now();
    const tiles = this.model.inOrder(this.settings.groups);
    const nobody = tiles.length === 0 && this.model.tiles.size > 0;
    const mode = nobody ? "nobody" : modeFor({ count: tiles.length, width: innerWidth, view: this.settings.view });
    this.#show(mode);
    if (this.#view instanceof Board) this.#view.recent = this.#recentRuns(tiles);
    this.#view?.render(tiles, this.#changed, mode === "list");
    this.nav.showBuilds(tiles.some((tile) => tile.jobs));
    this.#changed.clear();
    this.#summarise(tiles);
    this.#drew = performance.now() - began;
  }

  #show(mode) {
    if (mode === this.#mode) return;
    const kind = (of) => (of === "list" ? "board" : of);
    if (kind(mode) !== kind(this.#mode)) {
      this.host.replaceChildren();
      const query = carriedQuery(this.settings);
      this.#view = null;
      if (mode === "welcome") this.#welcome();
      else if (mode === "nobody") this.#nobody();
      else if (mode === "table") this.#view = new Table(this.host, this.clock, query);
      else this.#view = new Board(this.host, this.clock, this.settings, query, () => this.#mark([]));
    }
    this.#mode = mode;
    document.body.dataset.mode = mode;
  }

  /** Rows of the last runs, where tiles have room for them; null until they are loaded, after the first picture. */
  #recentRuns(tiles) {
    if (tiles.length >= CROWD) return null;
    if (!this.#loading) this.#loading = this.#loadRecent();
    return this.recent;
  }

  async #loadRecent() {
    try {
      const { RecentRuns } = await withStyle(import("./recent.js"), "recent");
      this.recent = new RecentRuns(carriedQuery(this.settings), (names) => this.#mark(names));
      this.#redraw();
    } catch {
      // The server went away in this very moment; the wall does without, and tries again.
      setTimeout(() => { this.#loading = null; }, LOAD_AGAIN);
    }
  }

  async #welcome() {
    const { welcome } = await withStyle(import("./welcome.js"), "welcome");
    if (this.#mode === "welcome" && !this.host.childElementCount) this.host.append(welcome(this.version));
  }

  async #nobody() {
    const { nobody } = await withStyle(import("./nobody.js"), "welcome");
    if (this.#mode === "nobody") this.host.replaceChildren(nobody(this.settings.groups, this.model.inOrder()));
  }

  /** @param {Tile[]} tiles */
  #summarise(tiles) {
    const failing = tiles.some(hasFailed);
    if (failing) this.#wellSince = null;
    else if (this.#sawFailure) this.#wellSince ??= this.clock.now();
    this.#sawFailure ||= failing;
    this.counts = summarise(tiles);
    this.summary.render(this.counts, allWell(tiles), this.#wellSince);
    this.#showInTab();
  }

  #tick() {
    const state = this.connection.state();
    this.summary.tick(state, this.#pausedAt);
    this.release.tick();
    if (this.counts) this.#showInTab();
    if (state.live && !this.model.whole) this.connection.ask();
    if (this.#pausedAt === null && !document.hidden && document.body.dataset.cut !== "yes") this.#view?.tick();
  }

  #pause(paused) {
    this.#pausedAt = paused ? this.clock.now() : null;
    this.#tick();
    if (!paused) this.#redraw();
  }
}

new Wall().start();
