// All about what was picked: a point's runs with message, log and files, and the commits since the one before.

import { getJson, runPath } from "../../shared/api.js";
import { element } from "../../shared/dom.js";
import { short } from "../../shared/format.js";
import { here, link, timeOf } from "../../shared/page.js";
import { badge, commitLink, labelChips, mixBar, resultStatus, runStatus } from "../dom.js";
import { beginning, duration, plainMessage, plural } from "../text.js";
import { commitTitle } from "./axis.js";
import { picturesOf } from "./pictures.js";

/** @import { Commit, RunDetail, Test } from "types/api" */
/** @import { Column } from "./axis.js" */
/** @import { Cell } from "./cells.js" */
/** @import { Point, Run } from "./points.js" */
/** @import { Row } from "./rows.js" */

const MOST_POINTS = 8;
const MOST_COMMITS = 20;
const MOST_FAILURES = 10;

export class Drawer {
  /** @param {{onClose: () => void}} hooks */
  constructor(hooks) {
    this.node = element("aside", "drawer");
    this.node.setAttribute("aria-label", "What was picked");
    this.node.hidden = true;
    this.title = element("h2", "drawer-title");
    this.title.tabIndex = -1;
    const close = element("button", "clear drawer-close", "Close");
    close.type = "button";
    close.addEventListener("click", hooks.onClose);
    this.content = element("div", "drawer-content");
    const head = element("div", "drawer-head");
    head.append(this.title, close);
    this.node.append(head, this.content);
  }

  close() {
    this.node.hidden = true;
  }

  /**
   * @param {Row} row
   * @param {Column} column
   * @param {Cell | undefined} cell
   * @param {Column | null} before the place of the row's result before
   */
  async showCell(row, column, cell, before) {
    /** @type {(HTMLElement | null)[]} */
    const parts = [columnAbout(column)];
    if (!cell) parts.push(element("p", "quiet-line", "Nobody ran it here."));
    const points = (cell?.points ?? []).slice(0, MOST_POINTS).map((point) => new PointCard(point));
    parts.push(...points.map(({ node }) => node));
    const more = (cell?.points.length ?? 0) - points.length;
    if (more > 0) parts.push(element("p", "quiet-line", `${plural(more, "more result")}: ${row.part ? "its name leads to them by setup" : "unfold the configuration to see them"}.`));
    const between = before ? commitsBetween(before, column) : null;
    if (between) parts.push(between.node);
    this.#open(row.title || row.name, parts);
    await Promise.all([...points.map((card) => card.load()), between?.load()]);
  }

  /**
   * @param {Column[]} columns
   * @param {{newly: Row[], fixed: Row[]}} changes
   * @param {(row: Row) => {left: Run, right: Run} | null} endsOf
   */
  async showRange(columns, { newly, fixed }, endsOf) {
    const [first, last] = [columns[0], columns[columns.length - 1]];
    /** @type {(HTMLElement | null)[]} */
    const parts = [];
    const facts = element("dl", "drawer-facts");
    addFact(facts, "from", columnAbout(first));
    if (columns.length > 1) addFact(facts, "to", columnAbout(last));
    parts.push(facts);
    parts.push(rowList("Began to fail", newly, endsOf), rowList("Fixed", fixed, endsOf));
    if (!newly.length && !fixed.length) parts.push(element("p", "quiet-line", "No row changed here between failing and well."));
    const between = columns.length > 1 ? commitsBetween(first, last) : null;
    if (between) parts.push(between.node);
    this.#open(columns.length > 1 ? `${columns.length} columns` : "One column", parts);
    await between?.load();
  }

  #open(title, parts) {
    this.title.textContent = short(title, 120);
    this.content.replaceChildren(...parts.filter(Boolean));
    this.node.hidden = false;
    this.node.scrollTop = 0;
  }
}

function addFact(list, name, value) {
  const term = element("dt", "", name);
  const definition = element("dd");
  definition.append(value);
  list.append(term, definition);
}

function rowList(title, rows, endsOf) {
  if (!rows.length) return null;
  const node = element("div", "drawer-rows");
  const list = element("ul");
  list.append(...rows.map((row) => changedRow(row, endsOf(row))));
  node.append(element("h3", "", `${title}: ${rows.length}`), list);
  return node;
}

/**
 * @param {Row} row
 * @param {{left: Run, right: Run} | null} ends
 */
function changedRow(row, ends) {
  const item = element("li", "", short(row.title || row.name, 120));
  if (ends) {
    const search = new URLSearchParams({ left: ends.left.id, right: ends.right.id });
    item.append(" ", link("compare", here(`/compare?${search}`), { className: "drawer-compare" }));
  }
  return item;
}

/** @param {Column} column */
function columnAbout(column) {
  const node = element("div", "drawer-column");
  for (const commit of column.commits) {
    const line = element("p", "drawer-commit");
    line.append(commitLink(commit.hash, commitTitle(commit)), ` ${short(commitWordsOf(commit), 200)}`);
    const about = element("span", "drawer-by");
    about.append([commit.author, commit.repository].filter(Boolean).join(", "), " · ", timeOf(commit.committed_at));
    line.append(about);
    node.append(line);
  }
  if (column.revision) node.append(commitLink(column.revision));
  if (!column.commits.length && !column.revision) node.append(element("p", "", column.title));
  return node;
}

function commitWordsOf({ identifier, message }) {
  return [identifier, message].filter(Boolean).join(" · ");
}

/** A point as a card; what is not known yet is asked for by `load`. */
class PointCard {
  /** @param {Point} point */
  constructor(point) {
    this.point = point;
    this.node = element("article", "drawer-point");
    this.head = element("p", "drawer-point-head");
    this.body = element("div", "drawer-point-body");
    const { run, test } = point;
    const hash = test ? `#${test.process}/${test.id}` : "";
    const when = link("", here(`/runs/${encodeURIComponent(run.id)}${hash}`));
    when.append(timeOf(new Date(run.startedAt * 1000).toISOString()));
    this.head.append(when, element("strong", "", short(run.setup, 80)));
    if (point.elapsed >= 0) this.head.append(element("span", "number", duration(point.elapsed)));
    this.node.append(this.head, this.body);
  }

  async load() {
    const { run } = this.point;
    try {
      const [detail, tests] = await Promise.all([getJson(runPath(run.id)), this.#tests()]);
      this.#write(detail, tests);
    } catch (error) {
      this.body.replaceChildren(element("p", "bad", error.message));
    }
  }

  /** The result itself, or of a run or a suite what failed. */
  async #tests() {
    const { run, test, part } = this.point;
    const path = `${runPath(run.id)}/tests`;
    if (test) return (await getJson(path, { test: test.id, process: test.process })).tests;
    if (part?.kind === "test") return (await getJson(path, { longname: part.longname })).tests;
    return (await getJson(path, { outcome: "failed", folder: part?.longname, limit: MOST_FAILURES })).tests;
  }

  /**
   * @param {RunDetail} run
   * @param {Test[]} tests
   */
  #write(run, tests) {
    const { test, part, failed, total } = this.point;
    const isTest = test !== null || part?.kind === "test";
    if (!part || isTest) this.head.prepend(badge(isTest && tests[0] ? resultStatus(tests[0]) : runStatus(run)));
    const of = part ? element("p", failed ? "bad" : "", `${failed.toLocaleString("en")} of ${plural(total, "test")} failed`) : mixBar(run.counts);
    const parts = isTest ? tests.flatMap((each) => [...messageOf(each), ...picturesOf(run, each)]) : [of, failureList(run, tests, part ? failed : run.counts.failed)];
    const files = element("p", "drawer-links");
    files.append(link("Compare with the run before", here(`/compare?right=${encodeURIComponent(run.id)}`)));
    const logHash = isTest && tests[0] ? `#${tests[0].id}` : "";
    if (run.log) files.append(link("Log", run.log + logHash, { newTab: true }));
    if (run.build?.url) files.append(link([run.build.job, run.build.number].filter(Boolean).join(" #") || "Build", run.build.url, { outside: true }));
    const others = run.artifacts.filter(({ name }) => name !== "log.html");
    files.append(...others.slice(0, MOST_FAILURES).map(({ name, url }) => link(short(name, 60), url, { newTab: true })));
    if (others.length > MOST_FAILURES) files.append(link(`${plural(others.length, "file")} in all`, here(`/runs/${encodeURIComponent(run.id)}`)));
    const labels = element("p", "drawer-labels");
    labels.append(...labelChips(run.labels, 12));
    this.body.replaceChildren(...parts, ...(files.childNodes.length ? [files] : []), ...(labels.childNodes.length ? [labels] : []));
  }
}

/** @param {Test} test */
function messageOf({ message }) {
  return message ? [element("pre", "drawer-message", beginning(plainMessage(message)))] : [];
}

/**
 * @param {RunDetail} run
 * @param {Test[]} tests
 * @param {number} failed how many did, of which these are the first
 */
function failureList(run, tests, failed) {
  const list = element("ul", "drawer-failures");
  list.append(
    ...tests.map(({ id, process, longname, message }) => {
      const item = element("li");
      item.append(link(short(longname, 160), here(`/runs/${encodeURIComponent(run.id)}#${process}/${id}`)));
      if (message) item.append(element("span", "drawer-first-line", short(plainMessage(message).split("\n", 1)[0], 160)));
      return item;
    }),
  );
  const more = failed - tests.length;
  if (more > 0) list.append(element("li", "", `and ${more.toLocaleString("en")} more`));
  return list;
}

/**
 * Commits after the one and up to the other, of each repository that both have; null where none is known.
 *
 * @param {Column} before
 * @param {Column} column
 */
export function commitsBetween(before, column) {
  const pairs = column.commits.flatMap((to) => {
    const from = before.commits.find(({ repository }) => repository === to.repository);
    return from && from.hash !== to.hash ? [{ from, to }] : [];
  });
  if (!pairs.length) return null;
  const node = element("section", "drawer-between");
  return { node, load: () => Promise.all(pairs.map((pair) => addCommits(node, pair))) };
}

async function addCommits(node, { from, to }) {
  const query = { repository: to.repository, branch: to.branch, newer_than: from.hash, up_to: to.hash, limit: MOST_COMMITS + 1 };
  try {
    const { commits } = await getJson("/api/v1/commits", query);
    const more = commits.length > MOST_COMMITS;
    const count = more ? `more than ${MOST_COMMITS} commits` : plural(commits.length, "commit");
    const list = element("ol", "drawer-commits");
    list.append(...commits.slice(0, MOST_COMMITS).map(commitItem));
    node.append(element("h3", "", `${count} of ${to.repository} since ${commitWordsOf(from).split(" · ")[0]}`), list);
  } catch (error) {
    node.append(element("p", "bad", error.message));
  }
}

/** @param {Commit} commit */
function commitItem(commit) {
  const item = element("li");
  item.append(commitLink(commit.hash), ` ${short(commit.message.split("\n", 1)[0], 160)} `, element("span", "drawer-by", commit.author.name));
  return item;
}
