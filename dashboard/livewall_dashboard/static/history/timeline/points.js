// What the API tells in columns, as points. Pure.

/** @import { FolderPart, Timeline, TimelineCommit } from "types/api" */

/**
 * @typedef {object} Run
 * @property {string} id
 * @property {string} setup
 * @property {string} suite
 * @property {string} branch
 * @property {Record<string, string>} labels
 * @property {TimelineCommit[]} commits
 * @property {string} revision the commit as its node has it
 * @property {number} startedAt seconds since 1970
 * @property {boolean} broken so much failed that it tells of the rig
 */

/**
 * @typedef {object} Point a result of a test, or a run
 * @property {Run} run
 * @property {string} outcome a letter, as in the API
 * @property {number} elapsed seconds; -1 while it runs
 * @property {number} failed
 * @property {number} total
 * @property {{process: string, id: string} | null} test
 * @property {FolderPart | null} part the suite or the test of a folder that it is of
 */

/**
 * The latest run first.
 *
 * @param {Timeline} timeline
 * @returns {Point[]}
 */
export function pointsOf(timeline) {
  const { points } = timeline;
  const runs = runsOf(timeline);
  return points.run.map((run, index) => ({
    run: runs[run],
    outcome: points.outcome[index],
    elapsed: points.elapsed_time[index],
    failed: points.failed[index],
    total: points.total[index],
    test: points.test[index] < 0 ? null : timeline.tests[points.test[index]],
    part: timeline.parts[points.part[index]] ?? null,
  }));
}

/**
 * @param {Timeline} timeline
 * @returns {Run[]}
 */
function runsOf({ runs, setups, suites, branches, configurations, commits, commit_sets: sets, revisions }) {
  const commitsOf = sets.map((places) => places.map((place) => commits[place]));
  return runs.id.map((id, index) => ({
    id,
    setup: setups[runs.setup[index]],
    suite: suites[runs.suite[index]],
    branch: branches[runs.branch[index]],
    labels: configurations[runs.configuration[index]],
    commits: commitsOf[runs.commits[index]],
    revision: runs.revision[index] < 0 ? "" : revisions[runs.revision[index]],
    startedAt: runs.started_at[index],
    broken: Boolean(runs.broken[index]),
  }));
}

/**
 * Labels by which runs of one rig differ, not rigs: more than three values on one setup, as of a build or a version.
 *
 * @param {Point[]} points
 * @returns {Set<string>}
 */
export function countingLabels(points) {
  const values = new Map();
  const counting = new Set();
  for (const { run } of points) {
    for (const [name, value] of Object.entries(run.labels)) {
      if (counting.has(name)) continue;
      const key = `${run.setup}\n${name}`;
      const known = values.get(key) ?? new Set();
      values.set(key, known.add(value));
      if (known.size > MOST_VALUES) counting.add(name);
    }
  }
  return counting;
}

const MOST_VALUES = 3;
