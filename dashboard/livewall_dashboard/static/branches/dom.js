// Building blocks of the pages of branches.

import { element, icon } from "../shared/dom.js";
import { between } from "../shared/elapsed.js";
import { ago, short, shortCommit } from "../shared/format.js";
import { ICONS } from "../shared/icons.js";
import { fullMoment } from "../shared/moment.js";
import { here, link } from "../shared/page.js";
import { buildState, distanceText, ruleOf } from "./state.js";

/** @import { BuildPoint, BundleCommit } from "types/api" */

export function projectPath(project) {
  return here(`/branches/${encodeURIComponent(project)}`);
}

/** Of its page, or what is below it. @param {number} number */
export function buildPath(number, below = "") {
  return here(`/branch-builds/${number}${below}`);
}

/** @param {number} number */
export function buildLink(number) {
  return link(`#${number}`, buildPath(number));
}

/** How long ago it was; when exactly, on pointing at it. */
export function ageOf(iso) {
  const node = element("time", "", ago(between(iso)));
  node.dateTime = iso;
  node.title = fullMoment(iso);
  return node;
}

/**
 * A build as one of a row of them: its state as shape and colour, its number, and a text for who sees neither.
 *
 * @param {BuildPoint} build
 */
export function pointOf(build) {
  const { kind, glyph, word } = buildState(build);
  const node = link("", buildPath(build.number), { className: "badge point" });
  node.dataset.status = kind;
  node.title = [`Build ${build.number}: ${word}`, build.reason, build.kept ? "kept" : ""].filter(Boolean).join(" · ");
  node.append(
    icon(ICONS[glyph]),
    element("span", "point-number", `#${build.number}`),
    element("span", "sr-only", ` ${word}${build.kept ? ", kept" : ""}`),
  );
  node.toggleAttribute("data-kept", build.kept);
  return node;
}

/** @param {BundleCommit} commit */
export function hashOf({ commit }) {
  const node = element("code", "commit-hash", commit ? shortCommit(commit) : "none");
  if (commit) node.title = commit;
  return node;
}

/** @param {BundleCommit} commit */
export function ruleTag(commit) {
  const { word, title } = ruleOf(commit);
  const node = element("span", "tag rule", word);
  node.dataset.match = commit.match;
  node.title = title;
  return node;
}

/** @param {BundleCommit} commit */
export function distanceOf(commit) {
  const text = distanceText(commit);
  if (!text) return "";
  const node = element("span", "tag commit-distance", text);
  node.title = "Commits that it has and the newest of its base has not, and the other way round";
  return node;
}

/** A subject of a commit, which may be missing or endless. */
export function subjectOf({ subject }, className) {
  const node = element("span", className, short(subject, 200));
  if (subject) node.title = short(subject, 1000);
  return node;
}
