// Starting and stopping builds. Each request carries a crumb of this browser's own, so that no other page can send it.

import { ApiError, getJson } from "../shared/api.js";

const ADVICE = {
  401: "Open the wall once with a token that may start builds: /?token=…",
  403: "This screen may not do that: it takes a token with the scope “builds”.",
};

async function send(server, what, body) {
  const { crumb } = await getJson("/api/v1/crumb");
  let response;
  try {
    response = await fetch(`/api/v1/jenkins/${encodeURIComponent(server)}/${what}`, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-Livewall-Crumb": crumb },
      body: JSON.stringify(body),
    });
  } catch {
    throw new ApiError("The wall does not answer, so nobody knows whether that arrived. Look at the builds first.", 0);
  }
  const answer = await response.json().catch(() => null);
  if (response.ok) return answer ?? {};
  throw new ApiError(answer?.error?.message ?? `The wall answered ${response.status}.`, response.status);
}

/** `{queued}`: where Jenkins keeps the build until it runs, or null. Throws ApiError. */
export function startBuild(server, job, parameters) {
  return send(server, "builds", { job, parameters });
}

export function stopBuild(server, job, number) {
  return send(server, "stop", { job, number });
}

/** What went wrong, and what to do. */
export function troubleText(error) {
  const advice = ADVICE[error.status];
  return advice && !error.message.includes(advice) ? `${error.message} ${advice}` : error.message;
}
