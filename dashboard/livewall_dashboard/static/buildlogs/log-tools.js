// What one does with a log that is shown: look for a text in all of it, and lead others to its lines.

import { element } from "../shared/dom.js";
import { debounced } from "../shared/page.js";
import { button } from "../shared/parts.js";

/** @import { LogView } from "./log-view.js" */

/** @typedef {{ start(text: string): Promise<void>, stop(): void, next(line: number): Promise<number>, previous(line: number): Promise<number>, upTo(line: number): Promise<number> }} Search */

export const number = (count) => count.toLocaleString("en");

// ------------------------------------------------------------------- search

/** @param {HTMLElement} host @param {LogView} view @param {Search} search */
export function searchTools(host, view, search) {
  const input = element("input", "search-field log-search");
  input.type = "search";
  input.placeholder = "Search all of it";
  input.setAttribute("aria-label", "Search the log");
  const said = element("span", "log-found");
  said.setAttribute("role", "status");
  const stop = button("Stop", "clear log-stop", () => {
    search.stop();
    stop.hidden = true;
    told = told.replace("so far,", "up to there, stopped at");
    tell();
  });
  stop.hidden = true;
  let at = 0;
  let told = "";
  const tell = (place = "") => (said.textContent = input.value ? `${place}${told}` : "");
  const counted = (count, share) => {
    told = share < 1 ? `${number(count)} so far, ${Math.floor(share * 100)} %` : `${number(count)} line${count === 1 ? "" : "s"}`;
    stop.hidden = share >= 1;
    tell();
  };
  const go = async (find) => {
    try {
      at = await find();
      if (!at) return;
      view.reveal(at);
      view.mark(at, at);
      const place = await search.upTo(at);
      tell(`${number(place)} of `);
    } catch (error) {
      said.textContent = error.message;
    }
  };
  const next = () => go(() => search.next(at ? at + 1 : 1));
  const previous = () => go(() => search.previous(at ? at - 1 : 1));
  const begin = debounced(async () => {
    const text = input.value;
    at = 0;
    told = "";
    stop.hidden = true;
    view.find(text);
    remember(text);
    tell();
    const counting = search.start(text).catch((error) => (said.textContent = error.message));
    if (text) await go(() => search.next(Math.max(1, view.middle)));
    await counting;
    if (at && text === input.value) tell(`${number(await search.upTo(at))} of `);
  }, 250);
  input.addEventListener("input", begin);
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.shiftKey ? previous() : next();
    if (event.key === "Escape") stop.hidden ? host.focus() : stop.click();
  });
  input.value = new URLSearchParams(location.search).get("q") ?? "";
  if (input.value) begin();
  return { input, counted, nodes: [input, ...arrows("match", previous, next), said, stop] };
}

/** What is searched for is in the address. */
function remember(text) {
  const query = new URLSearchParams(location.search);
  if (text) query.set("q", text);
  else query.delete("q");
  const search = query.toString();
  history.replaceState(null, "", `${search ? `?${search}` : location.pathname}${location.hash}`);
}

export function arrows(what, previous, next) {
  return [
    [`Previous ${what}${what === "error" ? " (p)" : ""}`, "↑", previous],
    [`Next ${what}${what === "error" ? " (n)" : ""}`, "↓", next],
  ].map(([title, glyph, work]) => {
    const node = button(String(glyph), "clear log-arrow", work);
    node.title = String(title);
    node.setAttribute("aria-label", String(title).replace(/ \(.\)$/, ""));
    return node;
  });
}

// ------------------------------------------------------------------- links

/** `#L12` or `#L12-L20` of the address: the first line and the last. @returns {[number, number] | null} */
function linkedLines() {
  const found = /^#L(\d{1,9})(?:-L(\d{1,9}))?$/.exec(location.hash);
  if (!found) return null;
  const lines = [Number(found[1]), Number(found[2] ?? found[1])];
  return [Math.min(...lines), Math.max(...lines)];
}

/** Whether the address leads to a line that there is. */
export function showLinked(view, total) {
  const lines = linkedLines();
  if (!lines || !lines[0] || lines[0] > total) return false;
  view.mark(...lines);
  view.reveal(lines[0]);
  return true;
}

export function setLinked(first, last) {
  const address = first === last ? `#L${first}` : `#L${first}-L${last}`;
  if (address === location.hash) return;
  history.pushState(null, "", address);
  dispatchEvent(new HashChangeEvent("hashchange"));
}

export function pick(line, isMore) {
  const from = isMore ? linkedLines()?.[0] ?? line : line;
  setLinked(Math.min(from, line), Math.max(from, line));
}
