// The dialog that imports files: what they are, what is said beside them, and what became of each.

import { getJson } from "../shared/api.js";
import { element } from "../shared/dom.js";
import { plural } from "../shared/format.js";
import { FileRow } from "./file-row.js";
import { labelsOf, summary } from "./report.js";
import { sendFile } from "./send.js";

const FIELDS = [
  ["setup", "Setup", "as the run says"],
  ["branch", "Branch", ""],
  ["commit", "Commit", "hash"],
  ["label", "Labels", "os=debian, v=2"],
];

let dialog = null;

/** Opens it; `opener` has the focus again afterwards. */
export function openDialog(opener) {
  dialog ??= new ImportDialog();
  dialog.open(opener);
}

class ImportDialog {
  constructor() {
    /** @type {FileRow[]} */
    this.rows = [];
    /** @type {AbortController | null} While files are on their way. */
    this.stopping = null;
    this.#build();
    this.#loadSetups();
  }

  open(opener) {
    this.opener = opener;
    this.node.showModal();
  }

  #build() {
    this.node = element("dialog", "import-dialog");
    this.node.setAttribute("aria-labelledby", "import-title");
    const title = element("h2", "", "Import results");
    title.id = "import-title";
    const form = element("form", "import-form");
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#import();
    });
    this.list = element("ul", "import-files");
    this.status = element("p", "status-line");
    this.status.setAttribute("role", "status");
    form.append(this.#dropZone(), this.list, this.#fields(), this.#foot());
    this.node.append(title, form);
    this.node.addEventListener("close", () => this.opener.focus());
    this.node.addEventListener("cancel", (event) => this.stopping && event.preventDefault());
    document.body.append(this.node);
    this.#draw();
  }

  #dropZone() {
    const zone = element("label", "import-drop");
    const input = element("input", "sr-only");
    input.type = "file";
    input.multiple = true;
    input.addEventListener("change", () => {
      this.#add(input.files);
      input.value = "";
    });
    zone.append(
      element("strong", "", "Choose files, or drop them here"),
      element("span", "", "output.xml, output.json, JUnit XML, CTRF; packed by gzip or not"),
      input,
    );
    for (const kind of ["dragenter", "dragover"]) {
      this.node.addEventListener(kind, (event) => {
        event.preventDefault();
        zone.dataset.over = "";
      });
    }
    this.node.addEventListener("dragleave", () => delete zone.dataset.over);
    this.node.addEventListener("drop", (event) => {
      event.preventDefault();
      delete zone.dataset.over;
      this.#add(event.dataTransfer.files);
    });
    return zone;
  }

  #fields() {
    const node = element("div", "import-fields");
    this.inputs = new Map();
    for (const [name, title, placeholder] of FIELDS) {
      const input = element("input");
      input.name = name;
      input.placeholder = placeholder;
      input.autocomplete = "off";
      input.spellcheck = false;
      const label = element("label", "filter");
      label.append(element("span", "filter-title", title), input);
      this.inputs.set(name, input);
      node.append(label);
    }
    return node;
  }

  #foot() {
    const foot = element("div", "import-foot");
    this.start = element("button", "import-start", "Import");
    this.start.type = "submit";
    this.leave = element("button", "clear", "Close");
    this.leave.type = "button";
    this.leave.addEventListener("click", () => (this.stopping ? this.stopping.abort() : this.node.close()));
    foot.append(this.status, this.leave, this.start);
    return foot;
  }

  /** @param {FileList} files */
  #add(files) {
    if (this.stopping) return;
    for (const file of files) {
      const row = new FileRow(file, () => {
        this.rows = this.rows.filter((other) => other !== row);
        this.#draw();
      });
      this.rows.push(row);
    }
    this.#draw();
  }

  #waiting() {
    return this.rows.filter((row) => row.isWaiting);
  }

  #draw() {
    this.list.replaceChildren(...this.rows.map((row) => row.node));
    const waiting = this.#waiting().length;
    this.start.disabled = Boolean(this.stopping) || !waiting;
    this.leave.textContent = this.stopping ? "Stop" : "Close";
    this.start.textContent = waiting ? `Import ${plural(waiting, "file")}` : "Import";
    this.status.textContent = summary(this.rows.map((row) => row.report).filter(Boolean));
  }

  /** One after the other: each says at once what became of it, and a large one holds up no other's answer. */
  async #import() {
    const options = this.#options();
    if (!options) return;
    this.stopping = new AbortController();
    for (const row of this.#waiting()) {
      this.#draw();
      row.begin();
      try {
        row.end(await sendFile(row.file, options, (share) => row.progress(share), this.stopping.signal));
      } catch (error) {
        row.fail(error.message);
        if (error.status !== 413) break;
      }
    }
    this.stopping = null;
    this.#draw();
  }

  #options() {
    const values = Object.fromEntries([...this.inputs].map(([name, input]) => [name, input.value.trim()]));
    const { labels, trouble } = labelsOf(values.label);
    const input = this.inputs.get("label");
    input.setCustomValidity(trouble);
    if (trouble) {
      input.reportValidity();
      input.addEventListener("input", () => input.setCustomValidity(""), { once: true });
      return null;
    }
    return { ...values, label: labels };
  }

  async #loadSetups() {
    const { setups } = await getJson("/api/v1/setups").catch(() => ({ setups: [] }));
    const list = element("datalist");
    list.id = "import-setups";
    for (const { name } of setups) {
      const option = element("option");
      option.value = name;
      list.append(option);
    }
    const input = this.inputs.get("setup");
    input.after(list);
    input.setAttribute("list", list.id);
  }
}
