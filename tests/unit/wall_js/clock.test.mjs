import assert from "node:assert/strict";
import test from "node:test";

import { load } from "./wall.mjs";

const { Clock } = await load("clock.js");

const EPOCH = Date.parse("2026-03-01T12:00:00Z");
const at = (milliseconds) => new Date(EPOCH + milliseconds).toISOString();

function clockwork() {
  let monotonic = 1000;
  const clock = new Clock(() => monotonic, () => EPOCH - 3_600_000);
  return { clock, pass: (milliseconds) => { monotonic += milliseconds; } };
}

test("until a frame comes, the machine's own clock must do", () => {
  const { clock } = clockwork();
  assert.equal(clock.now(), EPOCH - 3_600_000);
});

test("the server's time counts, not the machine's", () => {
  const { clock, pass } = clockwork();
  clock.observe(at(0));
  assert.equal(clock.now(), EPOCH);
  pass(2500);
  assert.equal(clock.now(), EPOCH + 2500);
});

test("a frame that was late moves nothing", () => {
  const { clock, pass } = clockwork();
  clock.observe(at(0));
  pass(5000);
  clock.observe(at(4000));
  assert.equal(clock.now(), EPOCH + 5000);
});

test("a clock that was set back is followed in the end", () => {
  const { clock, pass } = clockwork();
  clock.observe(at(0));
  for (let frame = 1; frame <= 12; frame += 1) {
    pass(1000);
    clock.observe(at(frame * 1000 - 60_000));
  }
  assert.equal(clock.now(), EPOCH + 12_000 - 60_000);
});

test("after a restart the next frame counts alone", () => {
  const { clock } = clockwork();
  clock.observe(at(0));
  clock.restart();
  assert.equal(clock.now(), EPOCH, "the picture's time goes on while the line is cut");
  clock.observe(at(-60_000));
  assert.equal(clock.now(), EPOCH - 60_000);
});

test("nonsense is no time, and nothing began in the future", () => {
  const { clock } = clockwork();
  clock.observe(at(0));
  clock.observe("yesterday");
  assert.equal(clock.now(), EPOCH);
  assert.equal(clock.since(at(-90_000)), 90);
  assert.equal(clock.since(at(5000)), 0);
});
