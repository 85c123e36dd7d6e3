// A log of plain text, of any feature: search, colours, links to lines.

import { onKey } from "../shared/keys.js";
import { link } from "../shared/page.js";
import { missing } from "../shared/parts.js";
import { number, pick, searchTools, showLinked } from "./log-tools.js";
import { LogView } from "./log-view.js";
import { TextSearch, TextSource } from "./text-source.js";

const root = document.getElementById("log");
const status = document.getElementById("status");
const host = document.getElementById("view");
const tools = document.getElementById("tools");

async function start() {
  const source = new TextSource();
  status.textContent = "Reading ...";
  const total = await source.open(root.dataset.of);
  const lines = `${number(total)} line${total === 1 ? "" : "s"}`;
  status.textContent = source.isCut ? `the first ${lines}; the rest is in the file` : lines;
  const view = new LogView(host, source, total, pick);
  const search = searchTools(host, view, new TextSearch(source, (count, share) => search.counted(count, share)));
  const raw = link("Raw", root.dataset.of, { className: "log-raw" });
  raw.title = "The log as a file, colours and all";
  tools.append(...search.nodes, raw);
  addEventListener("hashchange", () => showLinked(view, total));
  onKey("/", () => {
    search.input.focus();
    return true;
  });
  showLinked(view, total);
  host.focus({ preventScroll: true });
}

start().catch((error) => root.replaceChildren(missing("No such log", error.message)));
