// Requests that change something. Each carries a crumb of this browser's own, so that no other page can send it.

import { ApiError, getJson } from "./api.js";

const UNCHANGED = "The wall does not answer; nothing was changed.";
const UNSURE = "The wall does not answer, so nobody knows whether that arrived.";

/** What the wall answers. Throws ApiError; `advice` is what a reader is told to do where no answer came. */
export async function change(method, path, body, advice = "") {
  const crumb = await crumbOf();
  let response;
  try {
    response = await fetch(path, {
      method,
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-Livewall-Crumb": crumb },
      body: body && JSON.stringify(body),
    });
  } catch {
    throw new ApiError([UNSURE, advice].filter(Boolean).join(" "), 0);
  }
  const answer = await response.json().catch(() => null);
  if (response.ok) return answer ?? {};
  throw new ApiError(answer?.error?.message ?? `The wall answered ${response.status}.`, response.status);
}

async function crumbOf() {
  try {
    return (await getJson("/api/v1/crumb")).crumb;
  } catch (error) {
    throw error.status ? error : new ApiError(UNCHANGED, 0);  // nobody tries again, as getJson says of what a page shows
  }
}
