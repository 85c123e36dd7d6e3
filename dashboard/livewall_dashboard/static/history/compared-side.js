// One of the runs that are compared.

import { element } from "../shared/dom.js";
import { short } from "../shared/format.js";
import { here, link, timeOf } from "../shared/page.js";
import { badge, commitLink, commitWords, durationOf, elapsed, labelChips, mixBar, runStatus, withMissing } from "./dom.js";
import { plural } from "./text.js";

/** @import { Run } from "types/api" */

const LABELS = 6;

/** @param {Run} run */
export function sideCard(title, run) {
  const node = element("section", "side edged");
  node.dataset.status = runStatus(run) ?? "none";
  const heading = element("h2", "side-title");
  const name = link(short(run.name, 120) || "starting…", here(`/runs/${encodeURIComponent(run.id)}`), { className: "side-run" });
  heading.append(element("span", "side-which", title), badge(runStatus(run)), name);
  const where = element("p", "side-where");
  const setup = link(short(run.setup, 120), here(`/runs?setup=${encodeURIComponent(run.setup)}`), { className: "setup-link" });
  where.append("on ", setup, " · ", timeOf(run.started_at), " · ", durationOf(elapsed(run)));
  node.append(heading, where, mixBar(withMissing(run)), element("p", "side-counts", counts(run)), source(run));
  return node;
}

/** @param {Run} run */
function counts(run) {
  const { passed, failed, skipped, expected_failures: expected } = run.counts;
  const parts = [
    failed && `${failed.toLocaleString("en")} failed`,
    skipped && `${skipped.toLocaleString("en")} skipped`,
    `${passed.toLocaleString("en")} passed`,
    expected && `${expected.toLocaleString("en")} as expected`,
    run.state !== "running" && run.missing && `${plural(run.missing, "test")} missing`,
  ];
  return parts.filter(Boolean).join(" · ");
}

/** @param {Run} run */
function source(run) {
  const node = element("p", "side-source");
  if (run.branch) node.append(element("span", "branch", short(run.branch, 100)));
  if (!run.commits.length && run.commit) node.append(commitLink(run.commit));
  for (const commit of run.commits) {
    const line = element("span", "run-commit");
    line.append(commitLink(commit.hash, `${commit.repository} ${commit.hash}\n${commit.message}`), " ", commitWords(commit));
    node.append(line);
  }
  node.append(...labelChips(run.labels, LABELS));
  return node;
}
