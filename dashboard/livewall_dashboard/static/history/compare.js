// Two runs side by side: how they stand, then the tests that went otherwise, what newly fails first.

import { ApiError, getJson, searchOf } from "../shared/api.js";
import { offerCsv } from "../shared/csv.js";
import { element, titled } from "../shared/dom.js";
import { Filters } from "../shared/filters.js";
import { here, link } from "../shared/page.js";
import { showPanels } from "../shared/panels.js";
import { ComparedRow } from "./compared-row.js";
import { KINDS, NOTHING, doubts, verdict } from "./compared-words.js";
import { sideCard } from "./compared-side.js";

/** @import { Comparison } from "types/api" */

const PAGE = 100;
const PATH = "/api/v1/compare";

const given = new URLSearchParams(location.search);
const wanted = { left: given.get("left") ?? "", right: given.get("right") ?? "" };
const status = document.getElementById("status");
const sides = document.getElementById("sides");
const notices = document.getElementById("notices");
const list = document.getElementById("tests");
const rows = element("div", "test-list");
const more = element("button", "more", "Show more tests");
const choices = document.getElementById("choices");
const form = document.getElementById("filters");
const filters = new Filters(form, ["kind", "q"], () => load());
let next = null;
let turn = 0;
let about = "";

function build() {
  filters.addText("q", "Text", "in the test’s name");
  more.type = "button";
  more.hidden = true;
  more.addEventListener("click", loadMore);
  list.append(rows, more);
  filters.show();
}

function query() {
  return { ...wanted, ...filters.values(), limit: PAGE };
}

async function load() {
  const mine = ++turn;
  try {
    const told = await getJson(PATH, query());
    if (mine !== turn) return;
    drawHead(told);
    drawChoices(told);
    next = told.next;
    rows.replaceChildren(...told.tests.map((test) => new ComparedRow(test, told).node));
    if (!told.tests.length) rows.replaceChildren(nothing(told));
    more.hidden = !next;
  } catch (error) {
    if (mine === turn) fail(error);
  }
}

async function loadMore() {
  const mine = turn;
  more.disabled = true;
  try {
    const told = await getJson(PATH, { ...query(), after: next });
    if (mine !== turn) return;
    next = told.next;
    rows.append(...told.tests.map((test) => new ComparedRow(test, told).node));
    more.hidden = !next;
  } catch (error) {
    status.textContent = error.message;
  } finally {
    more.disabled = false;
  }
}

/** @param {Comparison} told */
function drawHead(told) {
  const { left, right } = told;
  const state = JSON.stringify([left, right]);
  status.textContent = verdict(told);
  if (state === about) return;
  about = state;
  document.title = titled(`${right.name || "Run"} on ${right.setup}, compared`);
  const swap = link("⇄ Swap", here(`/compare?${searchOf({ left: right.id, right: left.id })}`), { className: "swap" });
  swap.title = "The other way round";
  sides.replaceChildren(sideCard("Before", left), swap, sideCard("Now", right));
  notices.replaceChildren(...doubts(told).map((text) => element("p", "notice", text)));
  drawActions();
  showPanels({ left, right });
}

function drawActions() {
  offerCsv("These tests", `${PATH}.csv`, wanted);
}

/** @param {Comparison} told */
function drawChoices({ counts }) {
  const current = filters.values().kind;
  const all = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const shown = [...Object.entries(KINDS).map(([kind, { many }]) => [kind, many, counts[kind]]), ["", "All changes", all]];
  choices.replaceChildren(
    ...shown.map(([kind, word, count]) => {
      const button = element("button", "choice", word);
      button.type = "button";
      button.dataset.kind = kind;
      if (!count) button.dataset.zero = "";
      button.append(element("span", "choice-count", count.toLocaleString("en")));
      button.setAttribute("aria-pressed", String(kind === current));
      button.addEventListener("click", () => filters.set({ kind }));
      return button;
    }),
  );
}

/** @param {Comparison} told */
function nothing(told) {
  const { kind, q } = filters.values();
  if (q) return element("p", "quiet", "No test matches these filters.");
  return element("p", "quiet", kind ? KINDS[kind]?.none ?? "There is no such kind." : NOTHING(told));
}

function fail(error) {
  if (!(error instanceof ApiError)) throw error;
  if (about) status.textContent = error.message;
  else showInstead("These runs cannot be compared", error.message);
}

function showInstead(title, text) {
  const node = element("div", "quiet");
  node.append(element("h2", "", title), element("p", "", text), link("To the runs", here("/runs")));
  list.replaceChildren(node);
  document.getElementById("tools").hidden = true;
}

if (wanted.right) {
  build();
  load();
} else {
  showInstead("Which runs?", "Tick two runs in the list of runs, then choose Compare.");
}
