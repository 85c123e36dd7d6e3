// Starting and stopping builds.

import { change } from "../shared/change.js";

const ADVICE = {
  401: "Open the wall once with a token that may start builds: /?token=…",
  403: "This screen may not do that: it takes a token with the scope “builds”.",
};

const IF_UNSURE = "Look at the builds first.";

function send(server, what, body) {
  return change("POST", `/api/v1/jenkins/${encodeURIComponent(server)}/${what}`, body, IF_UNSURE);
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
