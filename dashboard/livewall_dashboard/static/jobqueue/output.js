// What a job's commands print, or the device's console, as it comes. It follows the end until somebody scrolls up.

import { getJson } from "../shared/api.js";
import { element, setHidden, setText } from "../shared/dom.js";
import { plural } from "../shared/format.js";
import { debounced } from "../shared/page.js";
import { button } from "../shared/parts.js";
import { OutputLines } from "./output-lines.js";
import { PHASES, phaseWord } from "./state.js";

/** @import { JobDetail } from "types/api" */

const NEAR = 24;

export class Output {
  #follows = true;
  /** By phase the number of the last fragment on the page. @type {Map<string, number>} */
  #last = new Map();
  #shownPhase = "";
  #isReading = false;

  /** `kind`: output or serial; `title`: what that is called. */
  constructor(host, job, kind, title) {
    this.host = host;
    this.path = `/v1/result/${encodeURIComponent(job)}/log/${kind}`;
    this.kind = kind;
    this.title = title;
    this.view = element("div", "output-view terminal");
    this.view.tabIndex = 0;
    this.view.setAttribute("role", "region");
    this.view.setAttribute("aria-label", `${title} of the job`);
    this.view.addEventListener("scroll", () => this.#scrolled());
    this.lines = new OutputLines(this.view);
    this.follow = button("Follow", "clear follow", () => this.#setFollow(!this.#follows));
    this.note = element("p", "output-note");
    this.found = element("span", "output-found");
    this.found.setAttribute("role", "status");
    const head = element("div", "output-head");
    const heading = element("h2", "", title);
    heading.id = `${kind}-title`;
    head.append(heading, this.#search(), this.found, this.follow);
    host.append(head, this.note, this.view);
    this.#setFollow(true);
  }

  /**
   * Reads what came since; twice at once would show it twice. Throws ApiError.
   *
   * @param {JobDetail} job
   */
  async update(job) {
    if (this.#isReading) return;
    this.#isReading = true;
    try {
      if (!this.#last.size) await this.#read("");
      if (this.#last.size) for (const phase of phasesAtWork(job, this.#last)) while (await this.#read(phase));
    } finally {
      this.#isReading = false;
    }
    this.#show(job);
  }

  /** @param {JobDetail} job */
  #show(job) {
    setHidden(this.host, !this.#last.size);
    const dropped = this.lines.dropped;
    setText(this.note, dropped ? `${plural(dropped, "line")} before are not drawn. All: livewall job results ${job.id}` : "");
    if (this.#follows) this.view.scrollTop = this.view.scrollHeight;
  }

  /** Whether there was something. All of it may be more than is handed out at once. */
  async #read(phase) {
    const start = phase ? (this.#last.get(phase) ?? -1) + 1 : 0;
    const { [this.kind]: output } = await getJson(this.path, { phase, start_fragment: String(start) });
    const found = PHASES.filter((name) => output[name] && output[name].last_fragment_number >= 0);
    for (const name of found) {
      this.#last.set(name, output[name].last_fragment_number);
      if (this.#shownPhase !== name) this.lines.begin(phaseWord(name));
      this.#shownPhase = name;
      this.lines.add(output[name].log_data);
    }
    return phase !== "" && found.length > 0;
  }

  #search() {
    const input = element("input", "search-field output-search");
    input.type = "search";
    input.placeholder = "Lines with…";
    input.setAttribute("aria-label", `${this.title}: show lines with this text`);
    const search = debounced(() => {
      const count = this.lines.find(input.value);
      this.found.textContent = input.value ? plural(count, "line") : "";
      if (this.#follows) this.view.scrollTop = this.view.scrollHeight;
    }, 200);
    input.addEventListener("input", search);
    return input;
  }

  #scrolled() {
    const isAtEnd = this.view.scrollHeight - this.view.scrollTop - this.view.clientHeight < NEAR;
    if (isAtEnd !== this.#follows) this.#setFollow(isAtEnd);
  }

  #setFollow(whether) {
    this.#follows = whether;
    this.follow.setAttribute("aria-pressed", String(whether));
    this.follow.title = whether ? "The end stays in sight. Scroll up to read on." : "Back to the end, and stay there";
    if (whether) this.view.scrollTop = this.view.scrollHeight;
  }
}

/**
 * Phases that may have more output: the last of which there is some, and all after it that have begun.
 *
 * @param {JobDetail} job
 */
function phasesAtWork(job, last) {
  const latest = Math.max(...[...last.keys()].map((phase) => PHASES.indexOf(phase)));
  const begun = new Set(job.phases.map(({ phase }) => phase));
  return PHASES.filter((phase, index) => index === latest || (index > latest && begun.has(phase)));
}
