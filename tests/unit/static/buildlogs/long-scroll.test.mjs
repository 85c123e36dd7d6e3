import assert from "node:assert/strict";
import test from "node:test";

import { load } from "../pages.mjs";

const { HIGHEST, LongScroll } = await load("buildlogs/long-scroll.js");
const { cutAt, piecesOf, placesOf } = await load("buildlogs/log-line.js");

const short = () => new LongScroll({ lines: 1000, lineHeight: 20, viewHeight: 400 });
const long = () => new LongScroll({ lines: 20_000_000, lineHeight: 20, viewHeight: 400 });

test("a short log is scrolled pixel by pixel", () => {
  const scroll = short();
  assert.deepEqual([scroll.height, scroll.isScaled], [20_000, false]);
  scroll.scrolled(1010);
  assert.equal(scroll.top, 50.5);
  assert.deepEqual(scroll.window(10), [40, 81]);
});

test("the bar of a long log reaches its end, and small steps go line by line", () => {
  const scroll = long();
  assert.deepEqual([scroll.height, scroll.isScaled], [HIGHEST, true]);
  scroll.scrolled(HIGHEST - 400);
  assert.equal(scroll.top, 20_000_000 - 20);
  assert.deepEqual(scroll.window(5), [19_999_975, 20_000_000]);
  scroll.scrolled(HIGHEST - 500);
  assert.equal(scroll.top, 20_000_000 - 25);
  scroll.scrolled(0);
  assert.equal(scroll.top, 0);
});

test("each line of a long log can be brought into sight, and the bar follows", () => {
  const scroll = long();
  for (const line of [1, 12_345_678, 20_000_000]) {
    scroll.reveal(line);
    const [first, last] = scroll.window(0);
    assert.ok(line - 1 >= first && line - 1 < last);
    assert.ok(scroll.scrollTop >= 0 && scroll.scrollTop <= HIGHEST - 400);
    scroll.placed(scroll.scrollTop);
    assert.equal(scroll.reveal(line, 0), false);
  }
});

test("a log that fits the view is not scrolled", () => {
  const scroll = new LongScroll({ lines: 3, lineHeight: 20, viewHeight: 400 });
  assert.deepEqual([scroll.height, scroll.lastTop, scroll.window(30)], [400, 0, [0, 3]]);
});

test("colours go on from line to line, and what was written over is gone", () => {
  const lines = piecesOf(["a\u001b[31mred", "still\u001b[0m", "10%\r100%"]);
  assert.deepEqual(lines.map((pieces) => pieces.map(({ text, look }) => [text, look.front])), [
    [["a", ""], ["red", "red"]], [["still", "red"]], [["100%", ""]],
  ]);
});

test("what is found is marked over the borders of colours", () => {
  const [pieces] = piecesOf(["Error\u001b[31mERROR"]);
  const places = placesOf("ErrorERROR", "rer");
  assert.deepEqual(places, [[4, 7]]);
  const parts = cutAt(pieces, places);
  assert.deepEqual(parts.map(({ piece, marked }) => [piece.text, marked]), [
    ["Erro", false], ["r", true], ["ER", true], ["ROR", false],
  ]);
  assert.deepEqual(placesOf("aXaxA", "ax"), [[0, 2], [2, 4]]);
});
