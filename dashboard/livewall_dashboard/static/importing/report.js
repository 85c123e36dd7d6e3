// What is said of files that were imported, and of labels. Pure.

import { plural } from "../shared/format.js";

/** @import { ImportedFile } from "types/api" */

const WORDS = { imported: "imported", nothing_new: "with nothing new", broken: "broken", skipped: "skipped" };

/**
 * "3 files: 2 imported, 1 broken"; "" for none.
 *
 * @param {ImportedFile[]} files
 */
export function summary(files) {
  if (!files.length) return "";
  const parts = Object.entries(WORDS).map(([result, word]) => {
    const count = files.filter((file) => file.result === result).length;
    return count ? `${count} ${word}` : "";
  });
  return `${plural(files.length, "file")}: ${parts.filter(Boolean).join(", ")}`;
}

/**
 * "is new: 10 tests, 2 failed"; the reason, where nothing was imported.
 *
 * @param {ImportedFile} file
 */
export function told(file) {
  if (!file.run) return file.reason ?? "";
  const { counts, note } = file;
  const tests = [plural(counts.total, "test"), counts.failed && `${counts.failed} failed`].filter(Boolean).join(", ");
  const words = `on ${file.setup} ${done(file)}: ${tests}${file.is_partial ? ", partial" : ""}.`;
  return note ? `${words} ${note}` : words;
}

/** @param {ImportedFile} file */
function done({ is_new: isNew, change }) {
  if (isNew) return "is new";
  if (!change) return "was complete";
  return `got ${plural(change.tests_added, "test")} it lacked`;
}

/** "a=1, b=2" -> `labels`, each `name=value`, and what is wrong, else "". */
export function labelsOf(text) {
  const labels = text.split(",").map((part) => part.trim()).filter(Boolean);
  const wrong = labels.find((label) => !/^[^=]+=.+$/.test(label));
  return { labels, trouble: wrong ? `A label is name=value, not “${wrong}”.` : "" };
}

/** "3.4 MB" */
export function size(bytes) {
  const units = ["B", "kB", "MB", "GB"];
  const power = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), units.length - 1);
  const value = bytes / 1000 ** power;
  return `${power && value < 10 ? value.toFixed(1) : Math.round(value)} ${units[power]}`;
}
