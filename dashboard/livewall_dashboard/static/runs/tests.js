// The tests of a run: filtered by what the address says, page by page.

import { ApiError, getJson, runPath } from "./api.js";
import { element, statusWord } from "./dom.js";
import { Filters } from "./filters.js";
import { TestRow, testKey } from "./testrow.js";
import { plural } from "./text.js";

const PAGE = 100;
const MOST = 1000;
const ALL = "all";

export class Tests {
  /** `onFilter(values)` after each change of the filters. */
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
    this.onFilter(this.filters.values());
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

  showSuite(suite) {
    this.filters.set({ suite });
    this.host.scrollIntoView({ block: "nearest" });
  }

  #build() {
    const head = element("div", "section-head");
    this.title = element("h2", "", "Tests");
    this.title.id = "tests-title";
    this.count = element("p", "status-line");
    this.count.setAttribute("role", "status");
    head.append(this.title, this.count);
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
    this.host.append(head, this.choices, this.form, this.suiteChip, this.linked, this.list, this.more);
  }

  #addFilters() {
    this.filters = new Filters(this.form, ["status", "tag", "q", "suite"], (values) => {
      this.onFilter(values);
      this.#load();
    });
    this.filters.addText("q", "Text", "in name or message");
    this.filters.addText("tag", "Tag", "any tag", this.run.tags.map(({ tag }) => tag));
    this.#showChoices();
  }

  /** At a run with failures a reader wants those first. */
  #status() {
    return this.filters.values().status || (this.run.counts.failed ? "FAIL" : ALL);
  }

  #query() {
    const { tag, q, suite } = this.filters.values();
    const status = this.#status();
    return { status: status === ALL ? "" : status, tag, q, suite };
  }

  #showChoices() {
    const { passed, failed, skipped } = this.run.counts;
    const current = this.#status();
    const choices = [
      ["FAIL", failed],
      ["SKIP", skipped],
      ["PASS", passed],
      [ALL, passed + failed + skipped],
    ];
    this.choices.replaceChildren(
      ...choices.map(([status, count]) => {
        const button = element("button", "choice", status === ALL ? "All" : statusWord(status));
        button.type = "button";
        button.dataset.status = status;
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
    this.#showSuiteChip();
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
    this.list.classList.toggle("none", !shown);
    if (!shown) this.list.replaceChildren(element("p", "quiet", this.#nothing()));
  }

  #nothing() {
    const { tag, q, suite } = this.filters.values();
    if (tag || q || suite) return "No test matches these filters.";
    if (this.run.state === "running") return "No test has ended yet.";
    return this.#status() === ALL ? "This run has no tests." : `No test ${statusWord(this.#status()).toLowerCase()}.`;
  }

  #showSuiteChip() {
    const { suite } = this.filters.values();
    this.suiteChip.hidden = !suite;
    if (!suite) return;
    const clear = element("button", "clear", "Show all suites");
    clear.type = "button";
    clear.addEventListener("click", () => this.filters.set({ suite: "" }));
    this.suiteChip.replaceChildren("Only suite ", element("strong", "", this.suiteName?.(suite) ?? suite), " ", clear);
  }

  /** Opens the test of `#s1-s2-t3`; one that is not in the list is shown above it, whatever the filters say. */
  async #showLinked() {
    this.linked.replaceChildren();
    const id = decodeURIComponent(location.hash.slice(1));
    if (!/^s\d+(-s\d+)*-t\d+$/.test(id)) return;
    const found = [...this.rows.values()].filter((row) => row.test.id === id);
    if (!found.length) {
      for (const test of await this.#find(id)) {
        const row = new TestRow(this.run, (tag) => this.filters.set({ tag }));
        row.update(test, this.run);
        this.linked.append(row.node);
        found.push(row);
      }
    }
    if (!found.length) return;
    for (const row of found) row.open({ linked: true });
    found[0].node.scrollIntoView({ block: "center" });
  }

  async #find(id) {
    try {
      const { tests } = await getJson(this.path, { id });
      return tests;
    } catch (error) {
      this.#fail(error);
      return [];
    }
  }

  #fail(error) {
    this.count.textContent = error instanceof ApiError ? error.message : "Something went wrong on this page.";
    if (!(error instanceof ApiError)) throw error;
  }
}
