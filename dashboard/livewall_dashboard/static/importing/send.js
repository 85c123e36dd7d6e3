// Sends one file. By XMLHttpRequest, which tells how far it is; fetch does not.

import { ApiError, getJson } from "../shared/api.js";

/** @import { ImportedFile } from "types/api" */

const AWAY = "The wall does not answer. Import it again: nothing is imported twice.";

/**
 * What became of `file`. `options`: texts by name, `label` a list; `onProgress(share)` while it is sent. Throws ApiError,
 * also where `signal` stops it.
 *
 * @param {File} file
 * @returns {Promise<ImportedFile>}
 */
export async function sendFile(file, options, onProgress, signal) {
  const { crumb } = await getJson("/api/v1/crumb");
  const form = new FormData();
  for (const [name, value] of Object.entries(options)) {
    for (const each of [value].flat()) if (each) form.append(name, each);
  }
  form.append("file", file, file.name);
  const { status, answer } = await post(form, crumb, onProgress, signal);
  if (answer?.files?.length && (status === 200 || status === 207 || status === 422)) return answer.files[0];
  throw new ApiError(answer?.error?.message ?? `The wall answered ${status}.`, status);
}

/** @returns {Promise<{status: number, answer: any}>} */
function post(form, crumb, onProgress, signal) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", "/api/v1/imports");
    request.responseType = "json";
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-Livewall-Crumb", crumb);
    request.upload.addEventListener("progress", ({ loaded, total }) => onProgress(total ? loaded / total : 0));
    request.upload.addEventListener("load", () => onProgress(1));
    request.addEventListener("load", () => resolve({ status: request.status, answer: request.response }));
    request.addEventListener("error", () => reject(new ApiError(AWAY, 0)));
    request.addEventListener("abort", () => reject(new ApiError("Stopped. What was being read may be imported all the same.", 0)));
    signal.addEventListener("abort", () => request.abort());
    request.send(form);
  });
}
