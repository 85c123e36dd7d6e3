// What keeps a page true: the wall says what has changed, and the page asks for that. It is never loaded anew.

import { Clock } from "./clock.js";
import { Connection } from "./connection.js";
import { element, setData, setHidden, setText } from "./dom.js";
import { cutText } from "./format.js";

/** Seconds between two looks without being told: for what only time changes, and what another process has changed. */
const LOOK_EACH = 30;
/** Seconds between two looks while the connection is cut: the API may answer all the same. */
const LOOK_EACH_CUT = 5;
/** Milliseconds between two looks at least, and as many times what the last one took. */
const REST = 250;
const REST_SHARE = 2;

/** The server's clock, as this page knows it: all that counts seconds goes by it. */
export const clock = new Clock();

export class Live {
  /** @type {Set<string>} */
  #news = new Set();
  #isReading = false;
  #restUntil = 0;
  #isUrgent = false;
  #readAt = 0;
  /** When the wall last answered, null before. */
  #answeredAt = null;
  #trouble = "";
  #stopped = false;
  /** What the page always shows. */
  #own;

  /**
   * `topics`: what the page shows, as screens/changes.py knows it. `read(news)` asks for what changed, a Set of topics, and
   * shows it; false: there is nothing more to come. `tick()` is called each second, for figures that count. `rest`:
   * milliseconds between two looks at least, where much changes all the time.
   *
   * @param {{
   *   topics: string[], read: (news: Set<string>) => Promise<boolean | void>, tick?: () => void, rest?: number
   * }} page
   */
  constructor({ topics, read, tick = () => {}, rest = REST }) {
    this.rest = rest;
    this.#own = topics;
    this.topics = topics;
    this.read = read;
    this.tick = tick;
    this.banner = element("p", "banner");
    this.banner.hidden = true;
    this.banner.setAttribute("role", "alert");
    document.querySelector("main").before(this.banner);
    const frames = { changed: (frame) => this.#changed(frame) };
    this.connection = new Connection("/changes", frames, {
      interrupted: () => clock.restart(),
      shutOut: async () => (await import("./sign-in.js")).signIn(),
    }, { said: { topics } });
  }

  /** Reads at once, and from then on whenever something has changed. */
  start() {
    this.refresh();
    this.connection.start();
    document.addEventListener("visibilitychange", () => this.#look());
    setInterval(() => this.#beat(), 1000);
  }

  /** Reads all of it again, now: the reader has changed something. */
  refresh() {
    for (const topic of this.topics) this.#news.add(topic);
    this.#isUrgent = true;
    return this.#look();
  }

  /**
   * What else the page shows by now. Those that are new are news at once: they may have changed before they were asked for.
   *
   * @param {string[]} topics
   */
  watch(topics) {
    const all = [...this.#own, ...topics];
    if (all.length === this.topics.length && all.every((topic) => this.topics.includes(topic))) return;
    this.topics = all;
    this.connection.tell("topics", { topics: all });
  }

  #changed({ topics, server_time: time }) {
    clock.observe(time);
    for (const topic of topics) this.#news.add(topic);
    this.#look();
  }

  async #look() {
    if (this.#stopped || this.#isReading || !this.#news.size || document.hidden) return;
    const rest = this.#restUntil - performance.now();
    if (rest > 0 && !this.#isUrgent) {
      setTimeout(() => this.#look(), rest + 1);
      return;
    }
    this.#isReading = true;
    this.#isUrgent = false;
    const began = performance.now();
    await this.#readNews();
    this.#readAt = performance.now();
    this.#restUntil = this.#readAt + Math.max(this.rest, (this.#readAt - began) * REST_SHARE);
    this.#isReading = false;
    this.#show();
    this.#look();
  }

  async #readNews() {
    const news = this.#news;
    this.#news = new Set();
    try {
      if ((await this.read(news)) === false) this.#stop();
      this.#trouble = "";
      this.#answeredAt = performance.now();
    } catch (error) {
      this.#trouble = error.message;
    }
  }

  #stop() {
    this.#stopped = true;
    this.connection.stop();
  }

  #beat() {
    if (this.#stopped) return;
    const isLive = this.connection.state().live && !this.#trouble;
    const each = isLive ? LOOK_EACH : LOOK_EACH_CUT;
    if (performance.now() - this.#readAt > each * 1000) this.refresh();
    if (document.hidden) return;
    this.#show();
    this.tick();
  }

  /** Whether what is shown is the present. Before the first try has failed nobody is told that it is not. */
  #show() {
    const state = this.connection.state();
    const isCut = !this.#stopped && !state.live && (state.silentFor !== null || state.hasFailed);
    setData(document.body, "cut", isCut || this.#trouble ? "yes" : "no");
    setHidden(this.banner, !isCut && !this.#trouble);
    if (isCut) setText(this.banner, cutText({ ...state, silentFor: state.silentFor ?? this.#unansweredFor() }, clock.now()));
    else if (this.#trouble) setText(this.banner, this.#trouble);
  }

  /** What is shown came from the API, also where the connection that brings news never came about. */
  #unansweredFor() {
    return this.#answeredAt === null ? null : (performance.now() - this.#answeredAt) / 1000;
  }
}
