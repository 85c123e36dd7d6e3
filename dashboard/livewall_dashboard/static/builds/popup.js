// The latest builds over the wall: of one setup, of all, or of the wall's own jobs.

import { ALL, OWN, buildsLink } from "../shared/builds.js";
import { element, icon, setData, setHidden, setText } from "../shared/dom.js";
import { ago } from "../shared/format.js";
import { stylesheet } from "../shared/stylesheet.js";
import { button, keep, theirs } from "./dom.js";
import { CLOSE } from "./icons.js";
import { JobSection, jobStrip } from "./job.js";
import { SetupRow, tallyStrip } from "./overview.js";
import { asOf, jobKey, serverText } from "./reading.js";
import { Source } from "./source.js";

/** @import { SetupBuilds } from "types/api" */

/** In this order: a later one has the last word. */
const STYLES = [
  "/static/builds/popup.css",
  "/static/builds/build.css",
  "/static/builds/build-details.css",
  "/static/builds/start-form.css",
  "/static/builds/overview.css",
];
const HOW_TO = "docs/how-to-jenkins.md";
/** Milliseconds after which a popup that somebody left open gives the wall back. */
const LEFT_ALONE = 10 * 60 * 1000;
const SIGNS_OF_LIFE = ["pointermove", "pointerdown", "wheel", "keydown", "input"];

export class Popup {
  #which = null;
  #source = null;
  #parts = new Map();
  #answer = null;
  #answeredAt = null;
  #error = null;
  #touchedAt = 0;

  /**
   * A popup whose style is there. `context`: `{clock, ticker, query, release(), passing(), onClose()}`. `onClose` changes
   * the address, and the popup with it; `passing` says whether somebody opened it on a page that is there for the wall.
   */
  static async create(context) {
    await Promise.all(STYLES.map(stylesheet));
    return new Popup(context);
  }

  constructor(context) {
    this.outer = context;
    this.context = { clock: context.clock, query: context.query, acted: () => this.#source?.ask() };
    this.#build();
    context.ticker.add(() => this.#tick());
  }

  /** Builds of a setup, ALL or OWN; null closes. */
  show(which) {
    if (which === this.#which) return;
    this.#source?.stop();
    this.#source = null;
    this.#which = which;
    this.#forget();
    if (which === null) {
      this.dialog.close();
      this.#giveBackFocus();
      return;
    }
    this.#touchedAt = performance.now();
    this.#renderTitle();
    this.#render();
    if (!this.dialog.open) {
      this.opener = document.activeElement;
      this.dialog.showModal();
    }
    this.title.focus();
    this.#ask();
  }

  #build() {
    this.dialog = element("dialog", "builds-popup");
    this.dialog.setAttribute("aria-labelledby", "builds-title");
    this.title = element("h2");
    this.title.id = "builds-title";
    this.title.tabIndex = -1;
    this.age = element("p", "as-of number");
    this.all = buildsLink(ALL, "all-link", "All setups", "Latest builds of all setups");
    const close = button("", "close", () => this.outer.onClose());
    close.setAttribute("aria-label", "Close");
    close.append(icon(CLOSE));
    const head = element("header", "popup-head");
    head.append(this.title, this.age, this.all, close);
    this.troubles = element("div", "troubles");
    this.troubles.setAttribute("aria-live", "polite");
    this.about = element("p", "about");
    this.strip = element("div", "strip-place");
    this.list = element("div", "popup-list");
    this.empty = element("div", "empty");
    this.body = element("div", "popup-body");
    this.body.append(this.about, this.strip, this.list, this.empty);
    this.dialog.append(head, this.troubles, this.body);
    this.dialog.addEventListener("close", () => this.#which !== null && this.outer.onClose());
    this.dialog.addEventListener("click", (event) => event.target === this.dialog && this.outer.onClose());
    this.dialog.addEventListener("keydown", (event) => this.#key(event));
    for (const sign of SIGNS_OF_LIFE) {
      this.dialog.addEventListener(sign, () => (this.#touchedAt = performance.now()), { passive: true });
    }
    document.body.append(this.dialog);
  }

  #forget() {
    this.#answer = this.#answeredAt = this.#error = null;
    this.#parts.clear();
    this.stripShown = null;
    for (const node of [this.list, this.strip, this.empty, this.troubles]) node.replaceChildren();
    this.body.scrollTop = 0;
  }

  #giveBackFocus() {
    const lost = document.activeElement === document.body || document.activeElement === null;
    if (lost && this.opener?.isConnected) this.opener.focus();
  }

  #ask() {
    const which = this.#which;
    const single = which !== ALL && which !== OWN;
    this.#source = new Source(single ? `/api/v1/setups/${encodeURIComponent(which)}/builds` : "/api/v1/builds", {
      answer: (body) => this.#take(single ? [body] : body.setups),
      same: () => this.#take(this.#answer),
      trouble: (error) => this.#stumble(error),
    });
    this.#source.start();
  }

  /** @param {SetupBuilds[]} setups */
  #take(setups) {
    const news = setups !== this.#answer;
    this.#answer = setups;
    this.#answeredAt = performance.now();
    this.#error = null;
    if (news) this.#render();
    this.#renderStale();
    this.#tick();
  }

  #stumble(error) {
    this.#error = error;
    this.#render();
    this.#renderStale();
    this.#tick();
  }

  #renderTitle() {
    const own = this.#which === OWN;
    this.title.replaceChildren(
      element("span", "", this.#which === ALL ? "Latest builds of all setups" : "Latest builds of "),
      ...(this.#which === ALL ? [] : [theirs(own ? "this wall" : this.#which)]),
    );
    setHidden(this.all, this.#which === ALL);
    setHidden(this.about, !own);
  }

  get #shown() {
    if (!this.#answer) return [];
    return this.#which === OWN ? this.#answer.filter(({ setup }) => setup === null) : this.#answer;
  }

  #render() {
    const setups = this.#shown;
    if (this.#which === ALL) {
      this.list.setAttribute("role", "list");
      keep(this.list, this.#parts, setups, ({ setup }) => setup, () => new SetupRow(this.context));
    } else {
      this.list.removeAttribute("role");
      const jobs = setups.flatMap((setup) => setup.jobs);
      keep(this.list, this.#parts, jobs, jobKey, (job) => new JobSection(this.context, job));
    }
    this.#renderStrip(setups);
    this.#renderEmpty(setups);
  }

  #renderStale() {
    setData(this.dialog, "stale", this.#error && this.#answer ? "yes" : "no");
  }

  /** @param {SetupBuilds[]} setups */
  #renderStrip(setups) {
    const jobs = setups.flatMap((setup) => setup.jobs);
    const wanted = JSON.stringify(jobs.map((job) => [job.name, job.title, job.state, job.builds.map(({ result, building, input_url: input }) => [result, building, input])]));
    if (wanted === this.stripShown) return;
    this.stripShown = wanted;
    if (jobs.length < 2) this.strip.replaceChildren();
    else if (this.#which === ALL) this.strip.replaceChildren(tallyStrip(setups));
    else this.strip.replaceChildren(jobStrip(jobs, (key) => this.#goTo(key)));
  }

  #goTo(key) {
    const { node } = this.#parts.get(key);
    node.scrollIntoView({ block: "start" });
    node.querySelector("[data-stop]")?.focus({ preventScroll: true });
  }

  /** @param {SetupBuilds[]} setups */
  #renderEmpty(setups) {
    const nothing = !setups.some(({ jobs }) => jobs.length);
    setHidden(this.empty, !nothing);
    if (!nothing) return;
    if (!this.#answer) this.empty.replaceChildren(element("p", "quiet", this.#error ? "" : "Asking for the builds…"));
    else this.empty.replaceChildren(...howTo(this.#which));
  }

  #tick() {
    if (this.#which === null || document.hidden) return;
    if (this.outer.passing() && performance.now() - this.#touchedAt > LEFT_ALONE) {
      this.outer.onClose();
      return;
    }
    const now = this.outer.clock.now();
    const servers = serversOf(this.#shown);
    setText(this.age, asOf(servers, now));
    setText(this.about, this.outer.release());
    const told = servers.map((server) => [server.state, serverText(server, now)]).filter(([, text]) => text);
    if (this.#error) told.unshift(["error", this.#errorText()]);
    while (this.troubles.childElementCount > told.length) this.troubles.lastChild.remove();
    while (this.troubles.childElementCount < told.length) this.troubles.append(element("p", "trouble"));
    told.forEach(([state, text], index) => {
      setData(this.troubles.children[index], "state", state);
      setText(this.troubles.children[index], text);
    });
    for (const part of this.#parts.values()) part.tick();
  }

  #errorText() {
    const { message, status } = this.#error;
    if (status === 404 || status === 401 || status === 403) return message;
    const old = this.#answeredAt === null ? "" : ` What is shown is from ${ago((performance.now() - this.#answeredAt) / 1000)}.`;
    return `${message}${old} Trying again every few seconds.`;
  }

  #key(event) {
    const { target, key } = event;
    if (event.ctrlKey || event.metaKey || event.altKey || target.closest("input, select, textarea")) return;
    const step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[key];
    if (step) this.#move(step);
    else if (key === "Home") this.#move(-Infinity);
    else if (key === "End") this.#move(Infinity);
    else if (key === "ArrowRight" || key === "ArrowLeft") {
      const row = target.closest(".build, .setup-row");
      if (!row?.expand) return;
      row.expand(key === "ArrowRight");
    } else return;
    event.preventDefault();
  }

  /** To the build so many further on from the one the focus is in. */
  #move(step) {
    const stops = [...this.dialog.querySelectorAll("[data-stop]")].filter((stop) => stop.offsetParent);
    if (!stops.length) return;
    const row = document.activeElement.closest(".build, .setup-row");
    const at = row ? stops.findIndex((stop) => row.contains(stop)) : -1;
    const next = Math.min(stops.length - 1, Math.max(0, at + step));
    stops[next].focus();
    stops[next].closest(".build, .setup-head").scrollIntoView({ block: "nearest" });
  }
}

/**
 * The servers of all these setups, each once.
 *
 * @param {SetupBuilds[]} setups
 */
function serversOf(setups) {
  return [...new Map(setups.flatMap(({ servers }) => servers).map((server) => [server.name, server])).values()];
}

function howTo(which) {
  if (which === OWN) {
    const text = `No Jenkins job deploys this wall, as far as it knows. Name it in setups_config.json; ${HOW_TO} says more:`;
    return [element("p", "quiet", text), element("pre", "example", '"wall": {"jobs": ["livewall-deploy"]}')];
  }
  const whose = which === ALL ? "No setup has Jenkins jobs yet." : "This setup has no Jenkins jobs yet.";
  const example = element("pre", "example", `{"name": ${JSON.stringify(which === ALL ? "VM1" : which)}, "jobs": ["smoke-tests"]}`);
  return [
    element("p", "", whose),
    element("p", "quiet", `Name them in setups_config.json; ${HOW_TO} says how to add a Jenkins:`),
    example,
  ];
}
