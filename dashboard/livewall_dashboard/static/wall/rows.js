// Which lines a tile shows when there is room for so many: the most telling first. Pure.

import { kindOf } from "./present.js";

const MOST_MESSAGE_LINES = 3;

/** What would be shown, most telling first: names of rows, "failure" for one more failed test, "message" for one line more. */
function wishes(tile) {
  const kind = kindOf(tile);
  const failures = tile.failures?.length ?? 0;
  const more = Array.from({ length: Math.max(0, failures - 1) }, () => "failure");
  const first = failures ? ["failure", "message"] : [];
  const processes = (tile.processes ?? []).map(() => "process");
  switch (kind) {
    case "failing":
      return tile.state === "running"
        ? [...first, "now", "message", "meta", "suite", "detail", ...more, "message", ...processes]
        : ["result", ...first, "message", "meta", ...more, "message"];
    case "running":
      return ["now", "suite", "detail", "meta", ...processes];
    case "stale":
    case "abandoned":
      return ["since", "now", ...first, "suite", "meta", ...more];
    case "nodata":
      return ["since"];
    default:
      return ["result", "meta"];
  }
}

/** `{now, suite, detail, result, since, meta: true or false, failures, messageLines, processes: counts}`. */
export function allot(tile, lines) {
  const rows = { failures: 0, messageLines: 0, processes: 0 };
  let free = lines;
  for (const wish of wishes(tile)) {
    const height = wish === "failure" && rows.failures > 0 ? 1 + rows.messageLines : 1;
    if (free < height) break;
    if (wish === "failure") rows.failures += 1;
    else if (wish === "message") {
      if (rows.messageLines >= MOST_MESSAGE_LINES || free < rows.failures) continue;
      rows.messageLines += 1;
      free -= rows.failures;
      continue;
    } else if (wish === "process") rows.processes += 1;
    else rows[wish] = true;
    free -= height;
  }
  return rows;
}
