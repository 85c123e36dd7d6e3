// The tests of a run: filtered by what the address says, page by page.

import { ApiError, eachPage, getJson, runPath } from "../shared/api.js";
import { aimCsv, csvLink } from "../shared/csv.js";
import { element } from "../shared/dom.js";
import { Filters } from "../shared/filters.js";
import { done, statusWord } from "./dom.js";
import { TestRow, testKey } from "./test-row.js";
import { plural } from "./text.js";

/** @import { Test } from "types/api" */

const PAGE = 100;
const MOST = 1000;
const MANY = 200;
const ALL = "all";
const SUITE_FILTERS = ["suite", "process", "q"];
/** What the tests that a choice shows count as. */
const OUTCOMES = { FAIL: "failed", expected: "expected_failure", SKIP: "skipped", PASS: "passed", "NOT RUN": "not_run" };
const NO_SUITE = { suite: "", process: "", q: "" };

export class Tests {
  /** `onFilter()` after each change of the filters. */
  constructor(host, runId) {
    this.host = host;
    this.path = `${runPath(runId)}/tests`;
    this.runId = runId;
    this.rows = new Map();
    this.next = null;
    this.turn = 0;
    this.onFilter = () => {};
    this.#build();
  }

  /** Draws the first tests of `run`, and the one the address points at. */
  async start(run) {
    this.run = run;
    this.#addFilters();
    this.filters.show();
    this.onFilter();
    await this.#load();
    await this.#showLinked();
    addEventListener("hashchange", () => this.#showLinked());
  }

  /** The tests shown, again: a running run has more of them, and some have changed. */
  async refresh(run) {
    this.run = run;
    this.#showChoices();
    await this.#load({ limit: Math.min(MOST, Math.max(PAGE, this.rows.size)), keep: true });
  }

  /** Only the tests of a suite of the tree, or of all for null. */
  showSuite(node) {
    this.filters.set({ ...NO_SUITE, ...(node && this.#filterOf(node)) });
    this.host.scrollIntoView({ block: "nearest" });
  }

  /** Whether the list shows the tests of this suite. */
  showsSuite(node) {
    const values = this.filters.values();
    const wanted = { ...NO_SUITE, ...this.#filterOf(node) };
    return SUITE_FILTERS.some((name) => wanted[name]) && SUITE_FILTERS.every((name) => values[name] === wanted[name]);
  }

  /** A suite that several processes ran parts of has an id in each of them, but one longname. */
  #filterOf({ suites, longname }) {
    if (suites.length > 1) return { q: `${longname}.` };
    const [{ id, process }] = suites;
    return this.run.processes > 1 ? { suite: id, process } : { suite: id };
  }

  #build() {
    const head = element("div", "section-head");
    this.title = element("h2", "", "Tests");
    this.title.id = "tests-title";
    this.count = element("p", "status-line");
    this.count.setAttribute("role", "status");
    this.csv = csvLink("These tests", `${this.path}.csv`);
    head.append(this.title, this.count, this.csv);
    const tools = element("div", "tools");
    this.choices = element("div", "choices");
    this.choices.setAttribute("role", "group");
    this.choices.setAttribute("aria-label", "Status");
    this.form = element("form", "filters");
    this.form.setAttribute("role", "search");
    this.form.setAttribute("aria-label", "Filter tests");
    this.suiteChip = element("p", "suite-filter");
    this.suiteChip.hidden = true;
    this.linked = element("div", "linked");
    this.list = element("div", "test-list");
    this.more = element("button", "more", "Show more tests");
    this.more.type = "button";
    this.more.hidden = true;
    this.more.addEventListener("click", () => this.#loadMore());
    const ahead = new IntersectionObserver(([entry]) => entry.isIntersecting && this.#loadMore(), { rootMargin: "600px" });
    ahead.observe(this.more);
    tools.append(this.choices, this.form);
    this.host.append(head, tools, this.suiteChip, this.linked, this.list, this.more);
  }

  #addFilters() {
    this.filters = new Filters(this.form, ["status", "tag", "q", "suite", "process"], () => {
      this.onFilter();
      this.#load();
    });
    this.filters.addText("q", "Text", "name or message");
    this.filters.addText("tag", "Tag", "any tag", this.run.tags.map(({ tag }) => tag));
    this.#showChoices();
  }

  /** At a run with failures a reader wants those first. */
  #status() {
    return this.filters.values().status || (this.run.counts.failed ? "FAIL" : ALL);
  }

  #query() {
    return { ...this.filters.values(), status: "", outcome: OUTCOMES[this.#status()] ?? "" };
  }

  #showChoices() {
    aimCsv(this.csv, `${this.path}.csv`, this.#query());
    const { passed, failed, skipped, expected_failures: expected } = this.run.counts;
    const current = this.#status();
    /** @type {[string, number][]} */
    const choices = [
      ["FAIL", failed],
      ...(expected || current === "expected" ? /** @type {[string, number][]} */ ([["expected", expected]]) : []),
      ["SKIP", skipped],
      ["PASS", passed],
      [ALL, done(this.run.counts)],
    ];
    this.choices.replaceChildren(
      ...choices.map(([status, count]) => {
        const button = element("button", "choice", status === ALL ? "All" : statusWord(status));
        button.type = "button";
        button.dataset.status = status;
        if (!count) button.dataset.zero = "";
        button.append(element("span", "choice-count", count.toLocaleString("en")));
        button.setAttribute("aria-pressed", String(status === current));
        button.addEventListener("click", () => this.filters.set({ status }));
        return button;
      }),
    );
  }

  async #load({ limit = PAGE, keep = false } = {}) {
    const mine = ++this.turn;
    this.#showChoices();
    try {
      const page = await getJson(this.path, { ...this.#query(), limit });
      if (mine !== this.turn) return;
      const before = keep ? this.rows : new Map();
      this.rows = new Map();
      this.next = page.next;
      const nodes = page.tests.map((test) => this.#row(test, before.get(testKey(test))));
      if (!keep || nodes.some((node, index) => this.list.children[index] !== node)) this.list.replaceChildren(...nodes);
      this.#showCount();
    } catch (error) {
      if (mine === this.turn) this.#fail(error);
    }
  }

  async #loadMore() {
    if (!this.next || this.loading) return;
    const mine = this.turn;
    this.loading = true;
    try {
      const page = await getJson(this.path, { ...this.#query(), limit: PAGE, after: this.next });
      if (mine !== this.turn) return;
      this.next = page.next;
      this.list.append(...page.tests.map((test) => this.#row(test)));
      this.#showCount();
    } catch (error) {
      this.#fail(error);
    } finally {
      this.loading = false;
    }
  }

  /** @param {Test} test */
  #row(test, existing) {
    const row = existing ?? new TestRow(this.run, (tag) => this.filters.set({ tag }));
    row.update(test, this.run);
    this.rows.set(testKey(test), row);
    return row.node;
  }

  #showCount() {
    const shown = this.rows.size;
    this.more.hidden = !this.next;
    this.count.textContent = this.next ? `the first ${shown} shown` : plural(shown, "test");
    this.list.classList.toggle("many", shown > MANY);
    if (!shown) this.list.replaceChildren(element("p", "quiet", this.#nothing()));
  }

  #nothing() {
    const { tag, q, suite, process } = this.filters.values();
    if (tag || q || suite || process) return "No test matches these filters.";
    if (this.run.state === "running") return "No test has ended yet.";
    return this.#status() === ALL ? "This run has no tests." : `No test ${statusWord(this.#status()).toLowerCase()}.`;
  }

  /** Says which suite alone is shown; `longname` is "" where it is none of the tree's. */
  nameSuite(longname) {
    const { suite, process } = this.filters.values();
    this.suiteChip.hidden = !longname && !suite && !process;
    const clear = element("button", "clear", "Show all suites");
    clear.type = "button";
    clear.addEventListener("click", () => this.filters.set(NO_SUITE));
    this.suiteChip.replaceChildren("Only ", element("strong", "", longname || suite || process), clear);
  }

  /** Opens the test of `#s1-s2-t3`; one that is not in the list is shown above it, whatever the filters say. */
  async #showLinked() {
    this.linked.replaceChildren();
    for (const row of this.list.querySelectorAll(".is-linked")) row.classList.remove("is-linked");
    const wanted = linkedTest(location.hash);
    if (!wanted) return;
    const isIt = ({ id, process }) => id === wanted.id && (!wanted.process || process === wanted.process);
    let rows = [...this.rows.values()].filter(({ test }) => isIt(test));
    if (!rows.length) {
      rows = (await this.#find(wanted, isIt)).map((test) => this.#linkedRow(test));
      if (!rows.length) return;
      this.linked.replaceChildren(...rows.map((row) => row.node));
    }
    for (const row of rows) row.open({ linked: true });
    rows[0].node.scrollIntoView({ block: "center" });
  }

  /** @param {Test} test */
  #linkedRow(test) {
    const row = new TestRow(this.run, (tag) => this.filters.set({ tag }));
    row.update(test, this.run);
    return row;
  }

  /** Tests with this id; looked for among those of their suite. */
  async #find({ id, process }, isIt) {
    const found = [];
    const query = { suite: id.slice(0, id.lastIndexOf("-")), process, limit: MOST };
    try {
      await eachPage(this.path, "tests", query, (tests) => found.push(...tests.filter(isIt)));
    } catch (error) {
      this.#fail(error);
    }
    return found;
  }

  #fail(error) {
    this.count.textContent = error instanceof ApiError ? error.message : "Something went wrong on this page.";
    if (!(error instanceof ApiError)) throw error;
  }
}

/** `#s1-s2-t3` or, in a run of several processes, `#process/s1-s2-t3`. */
function linkedTest(hash) {
  const match = /^#(?:(.+)\/)?(s\d+(?:-s\d+)*-t\d+)$/.exec(decodeURIComponent(hash));
  return match && { process: match[1] ?? "", id: match[2] };
}
