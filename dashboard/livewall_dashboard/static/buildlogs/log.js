// The log of a step, from any line of it: search, the next error, links to lines.

import { eachPage, getJson } from "../shared/api.js";
import { element } from "../shared/dom.js";
import { short } from "../shared/format.js";
import { onKey } from "../shared/keys.js";
import { debounced, here, link } from "../shared/page.js";
import { button, emptyList } from "../shared/parts.js";
import { logPath, projectLink, runPath } from "./dom.js";
import { LogSearch } from "./log-search.js";
import { LogSource } from "./log-source.js";
import { LogView } from "./log-view.js";
import { stepWord, systemText, versionPath } from "./state.js";

/** @import { ReportDetail, ReportDiagnostic } from "types/api" */

const root = document.getElementById("log");
const status = document.getElementById("status");
const host = document.getElementById("view");
const tools = document.getElementById("tools");
const { run, step } = root.dataset;
const number = (count) => count.toLocaleString("en");

async function start() {
  const path = `/api/v1/reports/${encodeURIComponent(run)}`;
  const source = new LogSource(run, step, { onLines: () => view.draw(), onError: (error) => (status.textContent = error.message) });
  const [{ total, url }, report] = await Promise.all([source.open(), getJson(path)]);
  drawHead(report, total);
  const view = new LogView(host, source, total, (line, isMore) => pick(line, isMore));
  const search = searchTools(view, new LogSearch(source.path, total, (count, share) => search.counted(count, share)));
  tools.append(...search.nodes);
  const raw = link("Raw", url, { className: "log-raw" });
  raw.title = "The log as a file, colours and all";
  const complaints = await complaintsOf(path, report);
  for (const kind of ["error", "warning"]) tools.append(...jumps(view, kind, complaints));
  tools.append(raw);
  view.setComplaints(complaints);
  addEventListener("hashchange", () => showLinked(view, total));
  onKey("/", () => {
    search.input.focus();
    return true;
  });
  if (!showLinked(view, total)) showFirstError(view, report);
  host.focus({ preventScroll: true });
}

/** @param {ReportDetail} report */
function drawHead(report, total) {
  const { status: word } = report.steps.find(({ name }) => name === step);
  status.textContent = `${word} · ${number(total)} line${total === 1 ? "" : "s"} · ${systemText(report) || report.setup}`;
  const version = link(short(report.version || "no version", 60), here(versionPath(report.project, report.version)));
  const others = report.steps.filter(({ name }) => name !== step).map(({ name }) => link(`${name}.log`, logPath(run, name)));
  document.getElementById("trail").append(
    ...[link("Build reports", here("/reports")), projectLink(report.project), version, link(short(report.setup, 60), runPath(run))].flatMap(
      (part) => [part, " › "],
    ),
    element("span", "", stepWord(step)),
    ...others.flatMap((each) => [" · ", each]),
  );
}

// ------------------------------------------------------------------- search

/** @param {LogView} view @param {LogSearch} search */
function searchTools(view, search) {
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

// ------------------------------------------------------------------- complaints

/**
 * By line what the report knows to be an error or a warning there.
 *
 * @param {ReportDetail} report
 */
async function complaintsOf(path, report) {
  /** @type {Map<number, string>} */
  const found = new Map();
  await eachPage(`${path}/diagnostics`, "diagnostics", { limit: 1000 }, (/** @type {ReportDiagnostic[]} */ page) => {
    for (const { step: of, at, kind, change } of page) {
      if (of === step && change !== "fixed" && found.get(at) !== "error") found.set(at, kind);
    }
  });
  const { first_error: first } = report.steps.find(({ name }) => name === step);
  if (first) found.set(first.at, "error");
  return found;
}

/** To the next of a kind, and the one before. */
function jumps(view, kind, complaints) {
  const lines = [...complaints].filter(([, each]) => each === kind).map(([line]) => line).sort((one, other) => one - other);
  if (!lines.length) return [];
  const jump = (line) => {
    view.mark(line, line);
    view.reveal(line);
    setLinked(line, line);
  };
  const next = () => jump(lines.find((line) => line > view.marked) ?? lines[0]);
  const previous = () => jump(lines.filter((line) => line < view.marked).at(-1) ?? lines.at(-1));
  if (kind === "error") {
    onKey("n", next);
    onKey("p", previous);
  }
  const group = element("span", "log-jumps");
  group.dataset.kind = kind;
  group.append(element("span", "", `${number(lines.length)} ${kind}${lines.length === 1 ? "" : "s"}`), ...arrows(kind, previous, next));
  return [group];
}

function arrows(what, previous, next) {
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

/** @param {ReportDetail} report */
function showFirstError(view, report) {
  const { first_error: error } = report.steps.find(({ name }) => name === step);
  if (!error) return;
  view.reveal(error.at);
  view.mark(error.at, error.at);
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
function showLinked(view, total) {
  const lines = linkedLines();
  if (!lines || !lines[0] || lines[0] > total) return false;
  view.mark(...lines);
  view.reveal(lines[0]);
  return true;
}

function setLinked(first, last) {
  const address = first === last ? `#L${first}` : `#L${first}-L${last}`;
  if (address === location.hash) return;
  history.pushState(null, "", address);
  dispatchEvent(new HashChangeEvent("hashchange"));
}

function pick(line, isMore) {
  const from = isMore ? linkedLines()?.[0] ?? line : line;
  setLinked(Math.min(from, line), Math.max(from, line));
}

start().catch((error) => root.replaceChildren(emptyList("No such log", error.message)));
