// Messages as text.

import assert from "node:assert/strict";
import test from "node:test";

import { load } from "../pages.mjs";

const { plainMessage } = await load("history/text.js");

test("of a message in HTML the text is left", () => {
  for (const [message, text] of [
    ["plain <b>text</b> &amp;", "plain <b>text</b> &amp;"],
    ["*HTML* <b>bold</b><br>next &lt;tag&gt; &#65;&#x42; &unknown;", "bold\nnext <tag> AB &unknown;"],
    ["*HTML*<ul><li>one</li><li>two</li></ul>", "one\ntwo"],
    [`*HTML*<a href="x>y" title='a>b'>link</a> 1 < 2 > 0`, "link 1 < 2 > 0"],
    ["*HTML*<img src=x onerror=alert(1)>&lt;script&gt;", "<script>"],
    ["*HTML*&#99999999;&#x110000;", "&#99999999;&#x110000;"],
  ]) {
    assert.equal(plainMessage(message), text);
  }
});

test("no message keeps a browser busy", () => {
  const began = process.cpuUsage();
  for (const part of ["<a", '<a "', "<a '", "&#", "<", `<a b="'`]) plainMessage(`*HTML*${part.repeat(300_000)}`);
  const { user, system } = process.cpuUsage(began);
  assert.ok(user + system < 20e6, "microseconds of the processor, of which a pattern that goes back takes hours");
});
