// What a build report says, in words and kinds of badges. Pure.

/** @import { ReportError } from "types/api" */

const STEPS = {
  ok: { kind: "PASS", glyph: "passed", word: "Passed" },
  failed: { kind: "FAIL", glyph: "failing", word: "Failed" },
};

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
  return STEPS.ok;
}

/** `{kind, glyph, word}` of a step by its status. @param {"ok" | "failed"} status */
export function stepState(status, isKnown = false) {
  const state = STEPS[status];
  return isKnown && state.kind === "FAIL" ? { ...state, kind: "known" } : state;
}

/**
 * The same of a step of a report: make check is as well as its tests are.
 *
 * @param {{ name: string, status: "ok" | "failed" }} step
 * @param {Parameters<typeof reportState>[0]} report
 */
export function stateOfStep({ name, status }, report, isKnown = false) {
  return name === "make-check" && status === "ok" ? reportState({ ...report, failed_step: "" }) : stepState(status, isKnown);
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
