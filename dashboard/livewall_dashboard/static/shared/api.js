// The read API as the pages use it.

/** @import { Answer } from "types/answers" */

export class ApiError extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

/** A query as text: members that are empty are left out, those of a list come one by one. Pure. */
export function searchOf(query) {
  const given = Object.entries(query).flatMap(([name, value]) => [value].flat().map((each) => [name, each]));
  return new URLSearchParams(given.filter(([, value]) => value !== "" && value !== null && value !== undefined)).toString();
}

/**
 * The JSON at `path`, asked with `query` as in searchOf. Throws ApiError with words for the reader.
 *
 * @template {string} Path
 * @param {Path} path
 * @returns {Promise<Answer<Path>>}
 */
export async function getJson(path, query = {}) {
  const search = searchOf(query);
  let response;
  try {
    response = await fetch(search ? `${path}?${search}` : path, { headers: { Accept: "application/json" } });
  } catch {
    throw new ApiError("The wall does not answer; this page tries again by itself.", 0);
  }
  const body = await response.json().catch(() => null);
  if (response.ok && body) return body;
  if (response.status === 401) (await import("./sign-in.js")).signIn();
  throw new ApiError(body?.error?.message ?? `The wall answered ${response.status}.`, response.status);
}

export function runPath(id) {
  return `/api/v1/runs/${encodeURIComponent(id)}`;
}

/** All rows of a list, page by page; `onPage(rows)` after each, so that a reader need not wait for the last. */
export async function eachPage(path, name, query, onPage) {
  let after = "";
  do {
    const page = await getJson(path, { ...query, after });
    onPage(page[name]);
    after = page.next;
  } while (after);
}
