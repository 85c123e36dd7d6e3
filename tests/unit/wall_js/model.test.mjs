import assert from "node:assert/strict";
import test from "node:test";

import { load, tile } from "./wall.mjs";

const { Model } = await load("model.js");

const snapshot = (seq, ...setups) => ({ seq, setups });
const delta = (seq, ...changes) => ({ seq, changes });
const whole = () => {
  const model = new Model();
  model.snapshot(snapshot(5, tile("a", { order: 1 }), tile("b", { order: 0 })));
  return model;
};

test("a snapshot is the picture", () => {
  const model = whole();
  assert.deepEqual(model.inOrder().map(({ setup }) => setup), ["b", "a"]);
  assert.ok(model.whole);
});

test("a delta changes the members it names and leaves the others", () => {
  const model = whole();
  const { changed, ask } = model.delta(delta(6, { setup: "a", state: "running" }));
  assert.deepEqual([...changed], ["a"]);
  assert.equal(ask, false);
  assert.equal(model.tiles.get("a").state, "running");
  assert.equal(model.tiles.get("a").order, 1);
});

test("a number seen before changes nothing", () => {
  const model = whole();
  assert.equal(model.delta(delta(5, { setup: "a", state: "running" })).changed.size, 0);
  assert.equal(model.tiles.get("a").state, "nodata");
});

test("a missing number asks for a snapshot, and what came meanwhile is applied on top of it", () => {
  const model = whole();
  assert.ok(model.delta(delta(7, { setup: "a", state: "running" })).ask);
  assert.equal(model.tiles.get("a").state, "nodata", "nothing is applied over a gap");
  model.delta(delta(8, { setup: "a", state: "idle" }));
  const { changed } = model.snapshot(snapshot(7, tile("a", { state: "running" }), tile("b")));
  assert.ok(changed.has("a"));
  assert.equal(model.tiles.get("a").state, "idle");
  assert.equal(model.seq, 8);
});

test("a snapshot newer than what was kept aside wins", () => {
  const model = whole();
  model.delta(delta(7, { setup: "a", state: "running" }));
  model.snapshot(snapshot(9, tile("a", { state: "stale" })));
  assert.equal(model.tiles.get("a").state, "stale");
  assert.equal(model.seq, 9);
});

test("news of an unknown setup ask for a snapshot", () => {
  assert.ok(whole().delta(delta(6, { setup: "new", state: "running" })).ask);
});

test("a setup that is gone leaves, by delta and by snapshot", () => {
  const model = whole();
  assert.deepEqual([...model.delta(delta(6, { setup: "a", gone: true })).gone], ["a"]);
  assert.deepEqual([...model.snapshot(snapshot(7)).gone], ["b"]);
  assert.equal(model.tiles.size, 0);
});

test("after an interruption the picture stays and deltas wait for a snapshot", () => {
  const model = whole();
  model.interrupt();
  assert.equal(model.whole, false);
  assert.equal(model.tiles.size, 2);
  assert.equal(model.delta(delta(1, { setup: "a", state: "running" })).changed.size, 0);
  model.snapshot(snapshot(0, tile("a")));
  assert.equal(model.seq, 1, "a restarted server counts from the beginning");
  assert.equal(model.tiles.get("a").state, "running");
});

test("what waits for a snapshot is bounded", () => {
  const model = new Model();
  for (let seq = 1; seq <= 1000; seq += 1) model.delta(delta(seq, { setup: "a", state: "running" }));
  assert.equal(model.snapshot(snapshot(500, tile("a"))).changed.size, 1);
  assert.equal(model.whole, false, "a hole in what was kept is noticed");
});

test("groups narrow the picture", () => {
  const model = new Model();
  model.snapshot(snapshot(1, tile("a", { group: "x" }), tile("b", { group: "y" })));
  assert.deepEqual(model.inOrder(["y"]).map(({ setup }) => setup), ["b"]);
});
