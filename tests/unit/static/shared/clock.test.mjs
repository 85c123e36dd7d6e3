import assert from "node:assert/strict";
import test from "node:test";

import { load } from "../pages.mjs";

const { Clock, Ticker } = await load("shared/clock.js");

const SERVER = Date.parse("2026-03-01T12:00:00Z");
const HOUR = 3_600_000;

/** A clock on a screen whose own clock is `wrong` milliseconds off; `pass(ms)` lets time go by. */
function screen(wrong = 0) {
  let monotonic = 5_000;
  const clock = new Clock(() => monotonic, () => SERVER + wrong);
  return {
    clock,
    pass: (ms) => { monotonic += ms; },
    hear: (at) => clock.observe(new Date(at).toISOString()),
  };
}

test("until the server spoke, the screen's own clock must do", () => {
  const { clock, pass } = screen(7 * HOUR);
  pass(1_000);
  assert.equal(clock.now(), SERVER + 7 * HOUR + 1_000);
  assert.equal(clock.synchronised, false);
});

for (const wrong of [-9 * HOUR, 0, 9 * HOUR]) {
  test(`the server's time counts on a screen ${wrong / HOUR} h off`, () => {
    const { clock, pass, hear } = screen(wrong);
    hear(SERVER);
    pass(61_000);
    assert.equal(clock.now(), SERVER + 61_000);
    assert.equal(clock.since("2026-03-01T11:59:00Z"), 121);
  });
}

test("frames late by the network do not set the clock back", () => {
  const { clock, pass, hear } = screen();
  hear(SERVER);
  pass(10_000);
  hear(SERVER + 10_000 - 800);
  assert.equal(clock.now(), SERVER + 10_000);
  pass(1_000);
  hear(SERVER + 11_000 + 30);
  assert.equal(clock.now(), SERVER + 11_030);
});

test("a server whose clock was set back is believed after a while", () => {
  const { clock, pass, hear } = screen();
  hear(SERVER);
  for (let frame = 0; frame < 30; frame += 1) {
    pass(1_000);
    hear(SERVER - HOUR + frame * 1_000);
  }
  assert.equal(clock.now(), SERVER - HOUR + 29_000);
});

test("another server after the line was cut may tell another time", () => {
  const { clock, hear } = screen();
  hear(SERVER);
  clock.restart();
  assert.equal(clock.now(), SERVER, "until it does, the last one known stays");
  hear(SERVER - HOUR);
  assert.equal(clock.now(), SERVER - HOUR);
});

test("no duration is negative, and nonsense changes nothing", () => {
  const { clock, hear } = screen();
  hear(SERVER);
  clock.observe("nonsense");
  clock.observe(undefined);
  assert.equal(clock.now(), SERVER);
  assert.equal(clock.since("2026-03-01T12:00:05Z"), 0);
});

test("times with microseconds and offsets are read", () => {
  const { clock } = screen();
  clock.observe("2026-03-01T17:45:00.000000+05:45");
  assert.equal(clock.now(), SERVER);
});

test("a listener that fails holds up no other, and is reported each time", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const reported = [];
  globalThis.reportError = ({ message }) => reported.push(message);
  t.after(() => { delete globalThis.reportError; });
  const { clock } = screen();
  let beats = 0;
  const ticker = new Ticker(clock);
  ticker.add(() => { throw new Error("broken"); });
  ticker.add(() => { beats += 1; });
  ticker.start();
  t.mock.timers.tick(1_005);
  assert.equal(beats, 2);
  assert.deepEqual(reported, ["broken", "broken"]);
});
