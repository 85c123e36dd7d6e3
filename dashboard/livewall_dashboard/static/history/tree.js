// Rows of suites as a tree. Pure.

/** @import { Suite } from "types/api" */

/**
 * Rows of suites -> `{roots, nodes}`, `nodes` being all of them. A node is `{key, name, longname, suites, children, status, counts, test_count,
 * elapsed_time}`; it has several `suites` where several processes (of pabot) ran parts of one suite.
 *
 * @param {Suite[]} rows
 */
export function grow(rows) {
  const nodeOf = new Map();
  const byPath = new Map();
  const roots = [];
  for (const suite of rows) {
    const parent = nodeOf.get(`${suite.process}/${parentId(suite.id)}`);
    const key = `${parent?.key ?? ""}\n${suite.longname}`;
    let node = byPath.get(key);
    if (!node) {
      node = { key, name: suite.name, longname: suite.longname, suites: [], children: [] };
      byPath.set(key, node);
      (parent?.children ?? roots).push(node);
    }
    node.suites.push(suite);
    nodeOf.set(`${suite.process}/${suite.id}`, node);
  }
  for (const node of byPath.values()) sumUp(node);
  return { roots, nodes: [...byPath.values()] };
}

function parentId(id) {
  return id.slice(0, Math.max(0, id.lastIndexOf("-")));
}

function sumUp(node) {
  const { suites } = node;
  const sum = (of) => suites.reduce((total, suite) => total + of(suite), 0);
  node.status = statusOf(suites.map((suite) => suite.status));
  node.counts = { failed: sum((suite) => suite.counts.failed) };
  node.test_count = sum((suite) => suite.test_count);
  node.elapsed_time = spanOf(suites);
}

/** The status of one suite in several parts: null while one of them runs. */
export function statusOf(statuses) {
  if (statuses.includes("FAIL")) return "FAIL";
  if (statuses.includes(null)) return null;
  return ["PASS", "SKIP", "NOT RUN"].find((status) => statuses.includes(status)) ?? null;
}

/**
 * Seconds from the first start to the last end; null while one runs.
 *
 * @param {Suite[]} suites
 */
function spanOf(suites) {
  if (suites.some((suite) => suite.elapsed_time === null)) return null;
  if (suites.length === 1) return suites[0].elapsed_time;
  const starts = suites.map((suite) => Date.parse(suite.start_time));
  const ends = suites.map((suite, index) => starts[index] + suite.elapsed_time * 1000);
  return (Math.max(...ends) - Math.min(...starts)) / 1000;
}
