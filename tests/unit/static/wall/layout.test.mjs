// Properties, not figures: the layout may become better without these tests' leave.

import assert from "node:assert/strict";
import test from "node:test";

import { load } from "../pages.mjs";

const { CROWD, PHONE, capacity, crowd, grid, modeFor, seated, spotlight, staying, typeFor, uniform } = await load("wall/layout.js");

const SCREENS = [[1920, 1080], [1280, 720], [1366, 768], [2560, 1440], [3840, 2160], [1080, 1920], [1024, 768], [800, 600]];
const GAP = 8;
const HAIR = 0.01;

/** The part of a screen the tiles have. */
const boards = SCREENS.map(([width, height]) => ({ width: width - 32, height: height - 100 }));

function assertFits(places, { width, height }, what) {
  for (const place of places) {
    const sound = [place.x, place.y, place.width, place.height].every(Number.isFinite);
    const within = place.x >= -HAIR && place.y >= -HAIR && place.x + place.width <= width + HAIR
      && place.y + place.height <= height + HAIR;
    if (!sound || !within || place.width <= 0 || place.height <= 0) assert.fail(`${what}: ${JSON.stringify(place)}`);
  }
}

function assertApart(places, what) {
  const byRow = [...places].sort((a, b) => a.y - b.y);
  byRow.forEach((one, index) => {
    for (const other of byRow.slice(index + 1)) {
      if (other.y >= one.y + one.height - HAIR) break;
      const apart = other.x >= one.x + one.width - HAIR || one.x >= other.x + other.width - HAIR;
      if (!apart) assert.fail(`${what}: ${JSON.stringify(one)} and ${JSON.stringify(other)} overlap`);
    }
  });
}

test("1 to 500 equal tiles fit every screen without scrolling", () => {
  for (const board of boards) {
    for (let count = 1; count <= 500; count += 1) {
      const places = uniform({ count, ...board, gap: GAP });
      assert.equal(places.length, count);
      assertFits(places, board, `${count} on ${board.width}x${board.height}`);
      if (count % 37 === 0) assertApart(places, `${count} on ${board.width}x${board.height}`);
    }
  }
});

test("no row of a grid is empty, and few places are", () => {
  for (const { width, height } of boards) {
    for (let count = 1; count <= 500; count += 1) {
      const { columns, rows } = grid(count, width, height, GAP);
      assert.ok(columns * rows >= count);
      assert.ok(columns * (rows - 1) < count, `${count}: an empty row of ${columns}x${rows}`);
      const empty = columns * rows - count;
      assert.ok(empty <= 1 + 0.2 * count, `${count} in ${columns}x${rows} on ${width}x${height}`);
    }
  }
});

test("tiles are neither ribbons nor towers", () => {
  for (const { width, height } of boards) {
    for (let count = 6; count <= 500; count += 1) {
      const { tileWidth, tileHeight } = grid(count, width, height, GAP);
      const shape = tileWidth / tileHeight;
      assert.ok(shape > 0.5 && shape < 5, `${count} on ${width}x${height}: ${shape}`);
    }
  }
});

test("fixed columns and rows hold while there is room, and give way before a tile is lost", () => {
  const board = boards[0];
  for (const [count, columns, rows] of [[5, 3, 0], [7, 3, 2], [5, 0, 3], [5, 4, 4], [50, 4, 4], [500, 1, 1], [3, 60, 60]]) {
    const places = uniform({ count, ...board, gap: GAP, columns, rows });
    const what = `${count} in ${columns}x${rows}`;
    assertFits(places, board, what);
    assertApart(places, what);
    if (columns && count < 500) assert.equal(new Set(places.map(({ x }) => x)).size, Math.min(columns, count), what);
  }
});

test("text on every tile until about 40 setups", () => {
  assert.ok(CROWD > 35 && CROWD <= 45, `${CROWD}`);
});

const CROWDS = [
  [1, 0, 39], [0, 1, 39], [0, 0, 40], [40, 0, 0], [0, 40, 0], [3, 12, 45], [20, 20, 20], [5, 60, 135], [60, 60, 80],
  [200, 0, 0], [0, 200, 0], [10, 150, 340], [1, 0, 499], [250, 250, 0], [500, 0, 0], [0, 500, 0], [0, 0, 500], [166, 167, 167],
];

test("a crowd fits every screen without scrolling, and nothing overlaps", () => {
  for (const board of boards) {
    for (const [failing, running, resting] of CROWDS) {
      const { text, heat } = crowd({ failing, running, resting, ...board, gap: GAP });
      const what = `${failing} failing, ${running} running, ${resting} at rest on ${board.width}x${board.height}`;
      assert.equal(text.length, failing + running, what);
      assert.equal(heat.length, resting, what);
      assertFits([...text, ...heat], board, what);
      assertApart([...text, ...heat], what);
    }
  }
});

test("of a crowd, failing tiles are the largest and those at rest the smallest", () => {
  for (const board of boards.filter(({ width, height }) => width * height >= 1048 * 980)) {
    for (const [failing, running, resting] of CROWDS.filter((parts) => parts.every(Boolean))) {
      const { text, heat } = crowd({ failing, running, resting, ...board, gap: GAP });
      const area = ({ width, height }) => width * height;
      const what = `${failing}, ${running}, ${resting} on ${board.width}x${board.height}`;
      assert.ok(area(text[0]) >= area(text[failing]) - HAIR, what);
      assert.ok(area(text[failing]) >= area(heat[0]) * 0.95, what);
    }
  }
});

test("random crowds of up to 500 fit a full-HD screen", () => {
  let seed = 7;
  const dice = (most) => { seed = (seed * 48271) % 2147483647; return seed % (most + 1); };
  const board = boards[0];
  for (let round = 0; round < 300; round += 1) {
    const count = CROWD + dice(500 - CROWD);
    const failing = dice(dice(count));
    const running = dice(count - failing);
    const resting = count - failing - running;
    const { text, heat } = crowd({ failing, running, resting, ...board, gap: GAP });
    assertFits([...text, ...heat], board, `${failing}, ${running}, ${resting}`);
    assertApart([...text, ...heat], `${failing}, ${running}, ${resting}`);
  }
});

test("a setup that starts or ends its run does not resize a crowd", () => {
  const board = boards[0];
  const first = crowd({ failing: 3, running: 50, resting: 147, ...board, gap: GAP });
  const fewer = crowd({ failing: 3, running: 49, resting: 148, ...board, gap: GAP, previous: first.room });
  assert.deepEqual(fewer.text.slice(0, 20), first.text.slice(0, 20));
  assert.deepEqual(fewer.heat.slice(0, 20), first.heat.slice(0, 20));
});

test("setups that fail one after the other move a few others, and seldom all", () => {
  const count = 200;
  let seed = 5;
  const dice = (most) => { seed = (seed * 48271) % 2147483647; return seed % most; };
  const failing = new Set();
  let places = new Map();
  let previous;
  let resized = 0;
  while (failing.size < 60) {
    failing.add(dice(count));
    const { text, room } = crowd({
      failing: failing.size, running: count - failing.size, resting: 0, ...boards[0], gap: GAP, previous,
    });
    const [first, last] = [text[0], text.at(-1)].map(({ width }) => width);
    const free = text.map((place) => JSON.stringify(place));
    const setups = Array.from({ length: count }, (_, index) => index);
    const parts = [
      [setups.filter((each) => failing.has(each)), free.slice(0, failing.size)],
      [setups.filter((each) => !failing.has(each)), free.slice(failing.size)],
    ];
    const before = places;
    places = new Map(parts.flatMap(([tiles, some]) => seated(tiles, some, (tile) => before.get(tile)).map((tile, index) => [tile, some[index]])));
    assert.equal(new Set(places.values()).size, count);
    const moved = setups.filter((setup) => places.get(setup) !== before.get(setup)).length;
    if (room.failing === previous?.failing) assert.ok(moved <= Math.round(first / last) ** 2 + 1, `${failing.size} fail: ${moved} move`);
    else resized += 1;
    previous = room;
  }
  assert.ok(resized <= 15, `${resized} times all were resized`);
});

test("room for more failing tiles makes none of them as small as a running one", () => {
  for (const board of boards) {
    for (let count = CROWD; count <= 300; count += 20) {
      for (let failing = 1; failing <= count / 4; failing += 1) {
        const parts = { running: count - failing, resting: 0, ...board, gap: GAP };
        const exact = spotlight({ failing, ...parts, nameWidth: 8, room: { texts: capacity(count), failing, span: 0 } });
        assert.equal(crowd({ failing, ...parts }).room.span, exact.span, `${failing} of ${count} on ${board.width}x${board.height}`);
      }
    }
  }
});

test("a failure that comes and goes resizes a crowd once", () => {
  const sizes = new Set();
  let previous;
  for (let round = 0; round < 10; round += 1) {
    const { text, room } = crowd({ failing: round % 2, running: 200 - (round % 2), resting: 0, ...boards[0], gap: GAP, previous });
    sizes.add(text.at(-1).width);
    previous = room;
  }
  assert.ok(sizes.size <= 2, `${sizes.size} sizes`);
});

test("who has a place keeps it, and the others take what is left in their order", () => {
  const has = { a: "other", b: 3, c: undefined, d: 1, e: 3 };
  assert.deepEqual(seated([..."abcde"], [1, 2, 3, 4, 5], (tile) => has[tile]), [..."dabce"]);
});

test("room is kept while it serves, and always enough", () => {
  for (let count = 1; count <= 500; count += 1) {
    const room = capacity(count);
    assert.ok(room >= count && room <= count * 1.25 + 1);
    assert.equal(capacity(Math.ceil(room * 0.9), room), room);
    assert.ok(capacity(room + 1, room) > room);
    assert.ok(capacity(Math.floor(room / 4) || 1, room) < room || room < 4);
  }
});

test("type fits its tile", () => {
  for (const [, screenHeight] of SCREENS) {
    for (let width = 40; width <= 1900; width += 31) {
      for (let height = 24; height <= 1000; height += 29) {
        const what = `${width}x${height}`;
        const { font, name, padding, lines, inline } = typeFor(width, height, screenHeight, 10);
        assert.ok(font >= 9 && font <= 80, what);
        assert.ok(name >= font, what);
        assert.ok(lines >= 0 && Number.isInteger(lines), what);
        assert.ok(2 * padding < width, what);
        if (lines) {
          const used = 2 * padding + name * 1.2 + lines * font * 1.3;
          assert.ok(used <= height + HAIR, `${what}: ${lines} lines of ${font} under ${name} (inline: ${inline})`);
        }
      }
    }
  }
});

test("the same tile on a larger screen has type at least as large", () => {
  for (const count of [1, 6, 13, 16, 35, 60, 200, 500]) {
    const size = ([width, height]) => {
      const [place] = uniform({ count, width: width - 32, height: height - 100, gap: GAP });
      return typeFor(place.width, place.height, height, 10).font;
    };
    assert.ok(size([3840, 2160]) >= size([1920, 1080]) && size([1920, 1080]) >= size([1280, 720]), `${count}`);
  }
});

test("larger tiles get more lines, not only larger type", () => {
  const small = typeFor(466, 237, 1080, 8);
  const large = typeFor(940, 484, 1080, 8);
  assert.ok(large.lines > small.lines && large.font > small.font);
});

test("16 setups can be read across a room", () => {
  const [place] = uniform({ count: 16, width: 1888, height: 980, gap: GAP });
  assert.ok(typeFor(place.width, place.height, 1080, 10).name >= 26, "name of the setup, in pixels of full HD");
});

test("what is shown how", () => {
  assert.equal(modeFor({ count: 0, width: 1920, view: "table" }), "welcome");
  assert.equal(modeFor({ count: 1, width: 1920, view: "wall" }), "board");
  assert.equal(modeFor({ count: 500, width: 1920, view: "table" }), "table");
  assert.equal(modeFor({ count: 9, width: PHONE, view: "wall" }), "list");
  assert.equal(modeFor({ count: 9, width: PHONE + 1, view: "wall" }), "board");
  assert.ok(PHONE >= 430 && PHONE < 1024);
});

/** `before` with those that do not stay put after the one that is to come before each. Returns it and how many were put. */
function reordered(before, after) {
  const stay = staying(before, after);
  const order = [...before];
  let moved = 0;
  after.forEach((each, position) => {
    if (stay.has(each)) return;
    if (order.includes(each)) order.splice(order.indexOf(each), 1);
    order.splice(position ? order.indexOf(after[position - 1]) + 1 : 0, 0, each);
    moved += 1;
  });
  return { order, moved };
}

test("what takes another order moves as few as it can", () => {
  for (const [before, after, most] of [
    ["abcdef", "abcdef", 0], ["abcdef", "fabcde", 1], ["abcdef", "bcdefa", 1], ["abcdef", "cdefab", 2],
    ["abcdef", "cabfde", 2], ["abc", "cba", 2], ["", "abc", 3], ["abc", "axbc", 1], ["abcdef", "efcdab", 4],
  ]) {
    const { order, moved } = reordered([...before], [...after]);
    assert.deepEqual([order.join(""), moved], [after, most], `${before} to ${after}`);
  }
});

test("any order becomes any other", () => {
  let seed = 3;
  const dice = () => { seed = (seed * 48271) % 2147483647; return seed; };
  for (let round = 0; round < 50; round += 1) {
    const [before, after] = [0, 1].map(() => Array.from({ length: 40 }, (_, name) => [dice(), name]).sort((a, b) => a[0] - b[0]));
    const [from, to] = [before, after].map((all) => all.map(([, name]) => name));
    assert.deepEqual(reordered(from, to).order, to);
  }
});
