// The x axis: commits, the order of a label, or time; points at one place of it are a column. Pure.

import { fullMoment } from "../../shared/moment.js";
import { shortHash } from "../text.js";

/** @import { LabelOrder, TimelineCommit } from "types/api" */
/** @import { Point } from "./points.js" */

/**
 * @typedef {object} Column
 * @property {string} key how an address names it
 * @property {string[]} labels one for each axis
 * @property {string} title
 * @property {TimelineCommit[]} commits known ones
 * @property {string} revision of a commit that is not known
 * @property {number} startedAt of its first run, seconds since 1970
 * @property {number} gap commits that nobody ran before it, as far as that is known
 */

/**
 * @typedef {object} Axis
 * @property {Column[]} columns from old to new
 * @property {(point: Point) => number} placeOf a column's number; -1 for a point that has no place
 * @property {string[]} names of the axes: the repositories, or what it is
 * @property {number} left points without a place
 */

export const BY_COMMIT = "commit";
export const BY_START = "start";
export const LABEL = "label:";

/**
 * The axis that shows most: commits, where at least half of the runs have one.
 *
 * @param {Point[]} points
 */
export function usualAxis(points) {
  const placed = points.filter(({ run }) => run.commits.length || run.revision).length;
  return placed * 2 >= points.length && placed ? BY_COMMIT : BY_START;
}

/**
 * @param {Point[]} points
 * @param {string} by "commit", "commit:REPOSITORY", "label:NAME" or "start"
 * @param {LabelOrder[]} labels
 * @returns {Axis}
 */
export function axisOf(points, by, labels) {
  if (by.startsWith(LABEL)) return byLabel(points, by.slice(LABEL.length), labels);
  if (by === BY_START) return byStart(points);
  return byCommit(points, by.slice(BY_COMMIT.length + 1));
}

/** @returns {Axis} */
function built(points, keyOf, columnOf, compare, names) {
  const found = new Map();
  let left = 0;
  for (const point of points) {
    const key = keyOf(point);
    if (key === "") left += 1;
    else if (!found.has(key)) found.set(key, columnOf(point, key));
    const column = found.get(key);
    if (column) column.startedAt = Math.min(column.startedAt, point.run.startedAt);
  }
  const columns = [...found.values()].sort(compare);
  const places = new Map(columns.map(({ key }, place) => [key, place]));
  return { columns, names, left, placeOf: (point) => places.get(keyOf(point)) ?? -1 };
}

function byLabel(points, name, labels) {
  const order = new Map((labels.find((label) => label.name === name)?.values ?? []).map((value, place) => [value, place]));
  const columnOf = ({ run }, key) => ({ ...plain(run), key, labels: [key], title: `${name} ${key}` });
  return built(points, ({ run }) => run.labels[name] ?? "", columnOf, (a, b) => order.get(a.key) - order.get(b.key), [name]);
}

function plain(run) {
  return { commits: [], revision: "", startedAt: run.startedAt, gap: 0 };
}

/** Runs at a commit that no repository here has stand where the first of them began. */
function byCommit(points, repository) {
  const of = ({ run }) => (repository ? run.commits.filter((commit) => commit.repository === repository) : run.commits);
  const keyOf = (point) => {
    const commits = of(point);
    return commits.length ? commits.map(({ hash }) => hash).join("+") : repository ? "" : point.run.revision;
  };
  const names = [...new Set(points.flatMap((point) => of(point).map((commit) => commit.repository)))].sort();
  const columnOf = (point, key) => {
    const commits = of(point);
    const axes = names.length ? names : [""];
    const revision = commits.length ? "" : point.run.revision;
    const label = (name) => commitLabel(commits.find((commit) => commit.repository === name));
    return {
      ...plain(point.run), key, commits, revision,
      labels: revision ? axes.map((_, place) => (place ? "" : shortHash(revision))) : axes.map(label),
      title: revision ? `commit ${revision}` : commits.map(commitTitle).join("\n"),
    };
  };
  const axis = built(points, keyOf, columnOf, (a, b) => timeOf(a) - timeOf(b) || compareUuids(a, b), names.length ? names : ["commit"]);
  noteGaps(axis.columns);
  return axis;
}

function timeOf({ commits, startedAt }) {
  return commits.length ? Math.max(...commits.map(({ uuid }) => uuid)) / 100 : startedAt;
}

function compareUuids(a, b) {
  const sum = ({ commits }) => commits.reduce((total, { uuid }) => total + uuid, 0);
  return sum(a) - sum(b) || (a.key < b.key ? -1 : 1);
}

export function commitLabel(commit) {
  return commit ? commit.identifier || shortHash(commit.hash) : "";
}

export function commitTitle({ identifier, hash, message }) {
  return [identifier, shortHash(hash), message].filter(Boolean).join(" · ");
}

/** "48@main" and "51@main" have two between them that nobody ran. */
function noteGaps(columns) {
  for (const [place, column] of columns.entries()) {
    const [now, before] = [column, columns[place - 1]].map((each) => numberOf(each));
    if (now && before && now.branch === before.branch) column.gap = Math.max(0, now.number - before.number - 1);
  }
}

function numberOf(column) {
  const found = /^(\d+)@(.+)$/.exec(column?.commits.length === 1 ? column.commits[0].identifier : "");
  return found && { number: Number(found[1]), branch: found[2] };
}

const HOUR = 3600;
const YEAR = 300 * 24 * HOUR;
const STEPS = [
  { name: "run", of: (at) => at },
  { name: "hour", of: (at) => Math.floor(at / HOUR) * HOUR },
  { name: "day", of: midnightOf },
  { name: "week", of: mondayOf },
];

/** One column for runs of one moment, hour, day or week: the finest with no more than twice as many as a setup has runs. */
function byStart(points) {
  const most = Math.max(0, ...Object.values(countBy(points, ({ run }) => run.setup)));
  const counts = STEPS.map(({ of }) => new Set(points.map(({ run }) => of(run.startedAt))).size);
  const fine = counts.findIndex((count) => count <= 2 * most);
  const step = STEPS[fine < 0 ? STEPS.length - 1 : fine];
  const keyOf = ({ run }) => String(step.of(run.startedAt));
  const starts = points.map(({ run }) => run.startedAt);
  // A day of which year, where there are several.
  const isLong = starts.reduce((last, at) => Math.max(last, at), 0) - starts.reduce((first, at) => Math.min(first, at), Infinity) > YEAR;
  const columnOf = ({ run }, key) => {
    const at = new Date(Number(key) * 1000).toISOString();
    const [day, time] = fullMoment(at).split(" ");
    const whole = step.name === "day" || step.name === "week";
    const shown = isLong ? day : day.slice(5);
    return { ...plain(run), key, labels: [whole ? shown : `${shown} ${time.slice(0, 5)}`], title: `${step.name === "run" ? "" : `${step.name} of `}${whole ? day : fullMoment(at)}` };
  };
  return built(points, keyOf, columnOf, (a, b) => Number(a.key) - Number(b.key), [step.name === "run" ? "started" : step.name]);
}

function midnightOf(at) {
  const date = new Date(at * 1000);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime() / 1000;
}

function mondayOf(at) {
  const date = new Date(at * 1000);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() - ((date.getDay() + 6) % 7)).getTime() / 1000;
}

export function countBy(items, keyOf) {
  const counts = {};
  for (const item of items) counts[keyOf(item)] = (counts[keyOf(item)] ?? 0) + 1;
  return counts;
}
