// One file of the dialog: chosen, on its way, read, done.

import { element, icon } from "../shared/dom.js";
import { short } from "../shared/format.js";
import { ICONS } from "../shared/icons.js";
import { size, told } from "./report.js";

/** @import { ImportedFile } from "types/api" */

const GLYPHS = { imported: "passed", nothing_new: "idle", broken: "failing", skipped: "skipped" };
const RESULTS = { imported: "Imported", nothing_new: "Nothing new", broken: "Broken", skipped: "Skipped" };

export class FileRow {
  /**
   * @param {File} file
   * @param {() => void} onRemove
   */
  constructor(file, onRemove) {
    this.file = file;
    this.isWaiting = true;
    /** @type {ImportedFile | null} */
    this.report = null;
    this.node = element("li", "import-file");
    this.state = element("span", "import-state", size(file.size));
    this.bar = element("progress");
    this.bar.max = 1;
    this.bar.hidden = true;
    this.bar.setAttribute("aria-label", `${file.name} is sent`);
    this.words = element("p", "import-words");
    this.remove = element("button", "clear", "Remove");
    this.remove.type = "button";
    this.remove.setAttribute("aria-label", `Remove ${file.name}`);
    this.remove.addEventListener("click", onRemove);
    this.node.append(element("span", "import-name", short(file.name)), this.state, this.remove, this.bar, this.words);
  }

  begin() {
    this.isWaiting = false;
    this.remove.remove();
    this.bar.hidden = false;
    this.progress(0);
  }

  /** `share` of the file that is sent, up to 1: then it is read. */
  progress(share) {
    if (share < 1) this.bar.value = share;
    else this.bar.removeAttribute("value");
    this.state.textContent = share < 1 ? `${Math.floor(100 * share)} %` : "being read…";
  }

  /** @param {ImportedFile} report */
  end(report) {
    this.report = report;
    this.bar.hidden = true;
    this.node.dataset.result = report.result;
    this.state.replaceChildren(icon(ICONS[GLYPHS[report.result]]), RESULTS[report.result]);
    if (!report.run) {
      this.words.textContent = told(report);
      return;
    }
    const link = element("a", "", "The run");
    link.href = report.url;
    this.words.replaceChildren(link, ` ${told(report)}`);
  }

  /** What went wrong before anybody read it; it may be sent again. */
  fail(message) {
    this.isWaiting = true;
    this.bar.hidden = true;
    this.state.textContent = "not sent";
    this.words.textContent = message;
  }
}
