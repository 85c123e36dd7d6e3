// Durations of one test over time, a line for each setup, as uPlot wants them. Pure.

/** @import { Point } from "./points.js" */

const MOST_LINES = 6;

/**
 * The setups with the most results, and how many others there are.
 *
 * @param {Point[]} points
 * @returns {{times: number[], lines: {setup: string, values: (number | null)[]}[], left: number}}
 */
export function durationLines(points) {
  const known = points.filter(({ elapsed, outcome }) => elapsed >= 0 && outcome !== "s" && outcome !== "n");
  const counts = new Map();
  for (const { run } of known) counts.set(run.setup, (counts.get(run.setup) ?? 0) + 1);
  const setups = [...counts].sort(([a, some], [b, others]) => others - some || (a < b ? -1 : 1)).map(([setup]) => setup);
  const shown = setups.slice(0, MOST_LINES);
  const drawn = known.filter(({ run }) => shown.includes(run.setup));
  const times = [...new Set(drawn.map(({ run }) => run.startedAt))].sort((a, b) => a - b);
  const places = new Map(times.map((time, place) => [time, place]));
  const lines = shown.map((setup) => ({ setup, values: new Array(times.length).fill(null) }));
  // The latest comes first: of two results in a run, that one is kept.
  for (const { run, elapsed } of drawn) lines[shown.indexOf(run.setup)].values[places.get(run.startedAt)] ??= elapsed;
  return { times, lines, left: setups.length - shown.length };
}
