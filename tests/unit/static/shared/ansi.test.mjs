import assert from "node:assert/strict";
import test from "node:test";

import { load } from "../pages.mjs";

const { AnsiReader } = await load("shared/ansi.js");

/** What a reader makes of these parts: text with the looks that differ from plain, "\n", "\r". */
function read(...parts) {
  const reader = new AnsiReader();
  return parts.flatMap((part) => reader.read(part)).map((piece) => (typeof piece === "string" ? piece : shown(piece)));
}

function shown({ text, look }) {
  const set = Object.entries(look).filter(([, value]) => value).map(([name, value]) => (value === true ? name : `${name}=${value}`));
  return set.length ? `${text}<${set.join(" ")}>` : text;
}

const cases = (table) => {
  for (const [name, parts, wanted] of table) test(name, () => assert.deepEqual(read(...parts), wanted));
};

cases([
  ["lines", ["a\nb\r\nc"], ["a", "\n", "b", "\n", "c"]],
  ["a carriage return begins the line anew", ["1%\r2%"], ["1%", "\r", "2%"]],
  ["an end of line that comes in two pieces", ["a\r", "\nb"], ["a", "\n", "b"]],
  ["colours and weight", ["\x1b[1;31mbad\x1b[0m well"], ["bad<bold front=red>", " well"]],
  ["a look goes on in the next piece", ["\x1b[32ma", "b\x1b[39mc"], ["a<front=green>", "b<front=green>", "c"]],
  ["a sequence that comes in pieces", ["a\x1b", "[3", "4mb"], ["a", "b<front=blue>"]],
  ["bright is the same colour", ["\x1b[95;103mx"], ["x<front=magenta back=yellow>"]],
  ["256 colours: the nearest of eight", ["\x1b[38;5;196mr\x1b[38;5;46;1mg\x1b[48;5;255mw"],
    ["r<front=red>", "g<bold front=green>", "w<bold front=green back=white>"]],
  ["all colours: the nearest of eight", ["\x1b[38;2;10;20;250mb\x1b[4mu"], ["b<front=blue>", "u<underline front=blue>"]],
  ["an empty code is a reset", ["\x1b[7mi\x1b[mn"], ["i<inverse>", "n"]],
  ["what moves the cursor, titles, NUL and bells go", ["a\x1b[2Kb\x1b]0;title\x07c\x00\x07d\x1b(Be"], ["a", "b", "c", "d", "e"]],
  ["codes that nobody knows change nothing", ["\x1b[58mx\x1b[38my"], ["x", "y"]],
  ["tabs stay", ["a\tb"], ["a\tb"]],
]);

test("an escape that never ends holds nothing back for ever", () => {
  assert.equal(read(`\x1b]${"x".repeat(400)}`).join(""), `]${"x".repeat(400)}`);
});
