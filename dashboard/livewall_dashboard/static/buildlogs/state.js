// What a build report says, in words and kinds of badges. Pure.

/** @import { ReportError } from "types/api" */

/** For people: "make check". */
export function stepWord(step) {
  return step.replaceAll("-", " ");
}

/**
 * `{kind, glyph, word}` of a report. Nothing is well of which no test says so.
 *
 * @param {{ status: string, failed_step: string, counts: { total: number, failed: number }, missing_tests: number }} report
 */
export function reportState({ status, failed_step: step, counts, missing_tests: missing }, isKnown = false) {
  const kind = isKnown ? "known" : "FAIL";
  if (step === "make-check" && counts.failed) return { kind, glyph: "failing", word: `${counts.failed} of ${counts.total} failed` };
  if (step) return { kind, glyph: "failing", word: `${stepWord(step)} failed` };
  if (status !== "ok") return { kind: "incomplete", glyph: "incomplete", word: "Not known" };
  if (missing) return { kind: "incomplete", glyph: "incomplete", word: "Tests missing" };
  if (!counts.total) return { kind: "none", glyph: "nodata", word: "No tests" };
  return { kind: "PASS", glyph: "passed", word: "Passed" };
}

/** "5 tests, 4 passed, 1 skipped". */
export function testsText({ total, passed, failed, skipped, expected_failures: expected }, missing = 0) {
  if (!total && !missing) return "no tests";
  const parts = [
    [passed, "passed"],
    [failed, "failed"],
    [skipped, "skipped"],
    [expected, "failed as expected"],
    [missing, "not named"],
  ];
  const told = parts.filter(([count]) => count).map(([count, word]) => `${count} ${word}`);
  return [`${total + missing} test${total + missing === 1 ? "" : "s"}`, ...told].join(", ");
}

/**
 * Where an error is: "src/x.c:40"; "" where nobody says.
 *
 * @param {{ file: string | null, line: number | null }} error
 */
export function placeText({ file, line }) {
  if (!file) return "";
  return line ? `${file}:${line}` : file;
}

/**
 * An error in one line, as a compiler would say it.
 *
 * @param {ReportError} error
 */
export function errorText(error) {
  const place = placeText(error);
  return place ? `${place}: ${error.text}` : error.text;
}

/** "3 new, 1 fixed" of warnings beside the report before; "" where there is none, or nothing changed. */
export function changesText({ new_warnings: fresh, fixed_warnings: fixed }) {
  return [fresh ? `${fresh} new` : "", fixed ? `${fixed} fixed` : ""].filter(Boolean).join(", ");
}

/** What people call the system of a report. */
export function systemText({ system, architecture, compiler }) {
  return [system, architecture, compiler].filter(Boolean).join(", ");
}

/** The page of a version over all systems; "-" stands for no version. */
export function versionPath(project, version) {
  return `/reports/${encodeURIComponent(project)}/${encodeURIComponent(version) || "-"}`;
}
