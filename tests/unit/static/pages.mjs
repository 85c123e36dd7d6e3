// What the tests of the pages' modules share: where those are, and tiles as the server sends them.

const STATIC = new URL("../../../dashboard/livewall_dashboard/static/", import.meta.url);

/** A module by its file's name: "wall/model.js". */
export const load = (name) => import(new URL(name, STATIC));

/** A configured setup nobody has heard of, with other fields where given. */
export function tile(setup, fields = {}) {
  return {
    setup, group: "", order: 0, links: [], jobs: 0, others: 0, state: "nodata", status: null, run: null,
    counts: { total: 0, passed: 0, failed: 0, skipped: 0 }, suite: null, test: null, keyword: null, phase: null,
    processes: [], eta: null, failures: [], failures_log: null, news_at: null, ...fields,
  };
}

export const failure = (id, process = "0") => ({ id, process, name: `Test ${id}`, longname: `S.Test ${id}`, message: "why" });
