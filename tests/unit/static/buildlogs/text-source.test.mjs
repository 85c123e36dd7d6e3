import assert from "node:assert/strict";
import test from "node:test";

import { load } from "../pages.mjs";

const { TextSearch, TextSource } = await load("buildlogs/text-source.js");

async function opened(text) {
  globalThis.fetch = async () => new Response(text);
  const source = new TextSource();
  const total = await source.open("/log");
  return { source, total };
}

for (const [text, total] of [["", 0], ["one", 1], ["one\n", 1], ["one\n\ntwo", 3], ["\u001b[31mred\u001b[0m\r\n", 1]]) {
  test(`${JSON.stringify(text)} has ${total} lines`, async () => {
    const found = await opened(text);
    assert.equal(found.total, total);
  });
}

test("a line is what a terminal shows of it, in its colour", async () => {
  const { source } = await opened("plain\n\u001b[31mred\u001b[0m\n");
  assert.deepEqual(source.line(1).map(({ text }) => text), ["red"]);
  assert.equal(source.line(2), undefined);
});

test("lines are counted and found whatever their case and colour, around the end too", async () => {
  const { source } = await opened("x\nFr\u001b[1mob\u001b[0m\ny\nfrob frob\nz\n");
  const told = [];
  const search = new TextSearch(source, (count, share) => told.push([count, share]));
  await search.start("FROB");
  assert.deepEqual(told, [[2, 1]]);
  assert.deepEqual([await search.next(1), await search.next(3), await search.next(5), await search.previous(1)], [2, 4, 2, 4]);
  assert.equal(await search.upTo(3), 1);
  await search.start("nowhere");
  assert.equal(await search.next(1), 0);
});

test("the wall's reason is told where there is no log", async () => {
  globalThis.fetch = async () => new Response(JSON.stringify({ error: { message: "gone" } }), { status: 404 });
  await assert.rejects(new TextSource().open("/log"), /gone/);
});
