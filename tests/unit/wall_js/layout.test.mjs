import assert from "node:assert/strict";
import test from "node:test";

import { load } from "./wall.mjs";

const { capacity, crowd, grid, modeFor, typeFor, uniform } = await load("layout.js");

const SCREEN = { width: 1888, height: 984, gap: 8 };

function assertApart(places, { width, height }) {
  places.forEach((a, i) => {
    assert.ok(a.x >= -0.01 && a.y >= -0.01, `place ${i} begins on the screen`);
    assert.ok(a.x + a.width <= width + 0.01 && a.y + a.height <= height + 0.01, `place ${i} ends on the screen`);
    for (const b of places.slice(i + 1)) {
      const apart = a.x + a.width <= b.x + 0.01 || b.x + b.width <= a.x + 0.01
        || a.y + a.height <= b.y + 0.01 || b.y + b.height <= a.y + 0.01;
      assert.ok(apart, `place ${i} lies under another`);
    }
  });
}

test("the view follows count, width and wish", () => {
  assert.equal(modeFor({ count: 0, width: 1920, view: "table" }), "welcome");
  assert.equal(modeFor({ count: 5, width: 390, view: "table" }), "table");
  assert.equal(modeFor({ count: 5, width: 390, view: "wall" }), "list");
  assert.equal(modeFor({ count: 5, width: 1920, view: "wall" }), "board");
});

test("few places stay empty", () => {
  for (const [count, columns, rows] of [[1, 1, 1], [6, 3, 2], [13, 5, 3], [16, 4, 4], [35, 7, 5]]) {
    const shape = grid(count, SCREEN.width, SCREEN.height, SCREEN.gap);
    assert.deepEqual([shape.columns, shape.rows], [columns, rows], `${count} setups`);
  }
});

test("any number of setups stands on one screen, none over another", () => {
  for (const count of [1, 2, 7, 13, 39]) {
    const places = uniform({ count, ...SCREEN });
    assert.equal(places.length, count);
    assertApart(places, SCREEN);
  }
});

test("fixed columns and rows hold, and give way to setups that would have no place", () => {
  const places = uniform({ count: 7, ...SCREEN, columns: 3, rows: 2 });
  assert.equal(new Set(places.map(({ x }) => x)).size, 3);
  assert.equal(new Set(places.map(({ y }) => y)).size, 3);
  assertApart(places, SCREEN);
});

test("in a crowd failing tiles are the largest and heat cells the smallest", () => {
  const { text, heat } = crowd({ failing: 4, running: 40, resting: 156, ...SCREEN });
  assert.deepEqual([text.length, heat.length], [44, 156]);
  assertApart([...text, ...heat], SCREEN);
  const area = ({ width, height }) => width * height;
  assert.ok(area(text[0]) >= area(text[10]));
  assert.ok(area(text[10]) > area(heat[0]));
});

test("a crowd of one kind has the whole screen", () => {
  assertApart(crowd({ failing: 0, running: 0, resting: 500, ...SCREEN }).heat, SCREEN);
  assertApart(crowd({ failing: 0, running: 500, resting: 0, ...SCREEN }).text, SCREEN);
  assertApart(crowd({ failing: 500, running: 0, resting: 0, ...SCREEN }).text, SCREEN);
});

test("a tile more or less resizes nothing while there is room", () => {
  const room = capacity(100);
  assert.ok(room > 100);
  assert.equal(capacity(room, room), room);
  assert.equal(capacity(95, room), room);
  assert.notEqual(capacity(room + 1, room), room);
  assert.notEqual(capacity(10, room), room);
});

test("larger tiles get more lines, not only larger type", () => {
  const small = typeFor(466, 237, 1080, 8);
  const large = typeFor(940, 484, 1080, 8);
  assert.ok(large.lines > small.lines);
  assert.ok(large.font > small.font);
});

test("type fits its tile", () => {
  for (const [width, height] of [[1888, 984], [466, 237], [371, 322], [180, 90], [80, 30], [20, 12]]) {
    const type = typeFor(width, height, 1080, 10);
    const used = 2 * type.padding + type.name * 1.2 + type.lines * type.font * 1.3;
    assert.ok(type.lines === 0 || used <= height, `${width} x ${height}: ${used}`);
    assert.ok(type.font >= 9 && type.name >= type.font);
  }
});
