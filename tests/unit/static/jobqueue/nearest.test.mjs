import assert from "node:assert/strict";
import test from "node:test";

import { load } from "../pages.mjs";

const { nearest } = await load("jobqueue/nearest.js");
const QUEUES = ["rpi4", "rpi5", "x86-farm", "local"];

for (const [name, meant] of [
  ["rpi44", ["rpi4", "rpi5"]],
  ["RPI4", ["rpi4", "rpi5"]],
  ["x86", ["x86-farm"]],
  ["loacl", ["local"]],
  ["lokal", ["local"]],
  ["nothing like it", []],
]) {
  test(`${JSON.stringify(name)} may mean ${meant.join(", ") || "nothing"}`, () => {
    assert.deepEqual(nearest(name, QUEUES), meant);
  });
}
