import assert from "node:assert/strict";
import test from "node:test";

import { load } from "../pages.mjs";

const { Model } = await load("wall/model.js");

const tile = (setup, fields = {}) => ({ setup, order: 0, group: "", state: "idle", ...fields });
const snapshot = (seq, ...setups) => ({ seq, setups });
const delta = (seq, ...changes) => ({ seq, changes });

function shown(model) {
  return Object.fromEntries([...model.tiles].map(([name, { state }]) => [name, state]));
}

test("a snapshot is the whole picture", () => {
  const model = new Model();
  assert.equal(model.whole, false);
  const { changed, gone } = model.snapshot(snapshot(4, tile("a"), tile("b")));
  assert.deepEqual([...changed], ["a", "b"]);
  assert.equal(gone.size, 0);
  assert.equal(model.whole, true);
  assert.equal(model.seq, 4);
});

test("a delta changes the fields it names and no others", () => {
  const model = new Model();
  model.snapshot(snapshot(1, tile("a", { group: "x" }), tile("b")));
  const { changed, ask } = model.delta(delta(2, { setup: "a", state: "running" }));
  assert.deepEqual([...changed], ["a"]);
  assert.equal(ask, false);
  assert.deepEqual(model.tiles.get("a"), tile("a", { group: "x", state: "running" }));
  assert.deepEqual(shown(model), { a: "running", b: "idle" });
});

test("tiles that did not change are the very same objects", () => {
  const model = new Model();
  model.snapshot(snapshot(1, tile("a"), tile("b")));
  const before = model.tiles.get("b");
  model.delta(delta(2, { setup: "a", state: "running" }));
  assert.equal(model.tiles.get("b"), before);
});

test("a missing number asks for a snapshot, and nothing is made up meanwhile", () => {
  const model = new Model();
  model.snapshot(snapshot(1, tile("a")));
  const { changed, ask } = model.delta(delta(3, { setup: "a", state: "running" }));
  assert.equal(ask, true);
  assert.equal(changed.size, 0);
  assert.equal(model.whole, false);
  assert.deepEqual(shown(model), { a: "idle" });
});

test("deltas that came while a snapshot was on its way are not lost", () => {
  const model = new Model();
  model.snapshot(snapshot(1, tile("a"), tile("b")));
  model.delta(delta(3, { setup: "a", state: "running" }));
  model.delta(delta(4, { setup: "b", state: "stale" }));
  const { changed } = model.snapshot(snapshot(3, tile("a", { state: "running" }), tile("b")));
  assert.ok(changed.has("b"));
  assert.deepEqual(shown(model), { a: "running", b: "stale" });
  assert.equal(model.seq, 4);
  assert.equal(model.whole, true);
});

test("a delta older than the snapshot changes nothing", () => {
  const model = new Model();
  model.snapshot(snapshot(5, tile("a", { state: "running" })));
  const { changed, ask } = model.delta(delta(5, { setup: "a", state: "idle" }));
  assert.equal(changed.size, 0);
  assert.equal(ask, false);
  assert.deepEqual(shown(model), { a: "running" });
});

test("deltas before the first snapshot wait for it", () => {
  const model = new Model();
  assert.equal(model.delta(delta(8, { setup: "a", state: "running" })).changed.size, 0);
  model.snapshot(snapshot(7, tile("a")));
  assert.deepEqual(shown(model), { a: "running" });
});

test("a gap that the snapshot does not close leaves the model in want of another", () => {
  const model = new Model();
  model.snapshot(snapshot(1, tile("a")));
  model.delta(delta(9, { setup: "a", state: "running" }));
  model.snapshot(snapshot(5, tile("a")));
  assert.equal(model.whole, false);
  model.snapshot(snapshot(9, tile("a", { state: "running" })));
  assert.equal(model.whole, true);
  assert.deepEqual(shown(model), { a: "running" });
});

test("what waits for a snapshot stays bounded", () => {
  const model = new Model();
  for (let seq = 1; seq <= 100_000; seq += 1) model.delta(delta(seq, { setup: "a", count: seq }));
  model.snapshot(snapshot(99_900, tile("a")));
  assert.equal(model.tiles.get("a").count, 100_000);
  assert.equal(model.whole, true);
  model.interrupt();
  for (let seq = 1; seq <= 100_000; seq += 1) model.delta(delta(seq, { setup: "a", count: seq }));
  model.snapshot(snapshot(500, tile("a")));
  assert.equal(model.whole, false, "a hole in what was kept is noticed");
});

test("part of a setup nobody spoke of asks for a snapshot", () => {
  const model = new Model();
  model.snapshot(snapshot(1, tile("a")));
  assert.equal(model.delta(delta(2, { setup: "new", state: "running" })).ask, true);
  model.snapshot(snapshot(2, tile("a"), tile("new", { state: "running" })));
  assert.deepEqual(shown(model), { a: "idle", new: "running" });
});

test("a setup that is gone goes", () => {
  const model = new Model();
  model.snapshot(snapshot(1, tile("a"), tile("b")));
  const { gone } = model.delta(delta(2, { setup: "b", gone: true }));
  assert.deepEqual([...gone], ["b"]);
  assert.deepEqual(shown(model), { a: "idle" });
  assert.deepEqual([...model.snapshot(snapshot(9, tile("c"))).gone], ["a"]);
});

test("when the line is cut the picture stays, and the next numbers may start anew", () => {
  const model = new Model();
  model.snapshot(snapshot(500, tile("a", { state: "running" })));
  model.interrupt();
  assert.deepEqual(shown(model), { a: "running" });
  assert.equal(model.whole, false);
  model.delta(delta(1, { setup: "a", state: "idle" }));
  assert.deepEqual(shown(model), { a: "running" });
  model.snapshot(snapshot(1, tile("a", { state: "stale" })));
  assert.equal(model.seq, 1);
  assert.deepEqual(shown(model), { a: "stale" });
});

test("tiles stand in the order of the configuration, then by name, of the wanted groups", () => {
  const model = new Model();
  model.snapshot(snapshot(1, tile("b", { order: 2 }), tile("z", { order: 1, group: "g" }), tile("a", { order: 2 })));
  const names = (groups) => model.inOrder(groups).map(({ setup }) => setup);
  assert.deepEqual(names(), ["z", "a", "b"]);
  assert.deepEqual(names(["g"]), ["z"]);
  assert.deepEqual(names(["nobody"]), []);
});

test("names that every object has are names like others", () => {
  const model = new Model();
  model.snapshot(snapshot(1, tile("__proto__"), tile("constructor")));
  model.delta(delta(2, { setup: "__proto__", state: "running" }));
  assert.equal(model.tiles.get("__proto__").state, "running");
  assert.equal(model.tiles.get("constructor").state, "idle");
});
