import assert from "node:assert/strict";
import test from "node:test";

import { load } from "../pages.mjs";

const { LogSearch } = await load("buildlogs/log-search.js");

/** A log of `total` lines of which every hundredth has the text, answered a thousand lines at a time; `asked` of it. */
function serve(total, onAsked = () => {}) {
  const asked = [];
  globalThis.fetch = async (address) => {
    const query = new URL(address, "http://wall").searchParams;
    const [from, to] = [Number(query.get("from")), Math.min(Number(query.get("to") ?? total), total)];
    const end = Math.min(to, from + 999);
    const lines = Array.from({ length: end - from + 1 }, (_, index) => from + index).filter((line) => line % 100 === 0);
    asked.push(from);
    onAsked(from);
    const named = query.get("order") === "last" ? lines.slice(-1) : lines.slice(0, 1);
    const body = { lines: named, count: lines.length, next: end < to ? end + 1 : null };
    return { ok: true, json: async () => body };
  };
  return asked;
}

test("the count grows part by part, and is of all of the log at the end", async () => {
  serve(2500);
  const told = [];
  const search = new LogSearch("/log", 2500, (count, share) => told.push([count, share]));
  await search.start("x");
  assert.deepEqual(told, [[10, 0.4], [20, 0.8], [25, 1]]);
  assert.equal(await search.upTo(1150), 11);
  assert.deepEqual([await search.next(2401), await search.next(2501), await search.previous(99)], [2500, 100, 2500]);
});

test("a search that is stopped asks no more, and what it found stays", async () => {
  const told = [];
  const search = new LogSearch("/log", 9000, (count) => told.push(count));
  const asked = serve(9000, (from) => from === 2001 && search.stop());
  await search.start("x");
  assert.deepEqual([asked, told, search.count], [[1, 1001, 2001], [10, 20], 20]);
});

test("looking for the next one ends when it is stopped", async () => {
  const search = new LogSearch("/log", 9000, () => {});
  const asked = serve(8950, () => search.stop());
  assert.equal(await search.next(8901), 0);
  assert.equal(asked.length, 1); // not from the beginning either
});
