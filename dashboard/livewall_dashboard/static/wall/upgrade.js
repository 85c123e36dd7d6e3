// A server of another version or release than this page wants this page anew: reload, but never in a circle.

const KEY = "livewall-reloaded";
const REST = 10 * 60 * 1000;

/** Whether to reload now. `last`: `{version, at}` of the last reload for this reason, or null. Pure. */
export function shouldReload(pageVersion, serverVersion, last, now) {
  if (!serverVersion || !pageVersion || serverVersion === pageVersion) return false;
  return !last || last.version !== serverVersion || now - last.at > REST;
}

/** One name for version and release, as far as there is one. */
const nameOf = (version, commit) => [version, commit].filter(Boolean).join(" ");

let firstCommit;

/**
 * Reloads the page where that helps. A proxy that keeps serving the old page gets asked every ten minutes. `commit` is
 * that of the release the server runs: the one it ran when this page first heard of it is the page's own.
 */
export function reloadIfOutdated(version, commit = "") {
  firstCommit ??= commit;
  const pageVersion = nameOf(document.documentElement.dataset.version, firstCommit);
  const serverVersion = nameOf(version, commit);
  try {
    const last = JSON.parse(sessionStorage.getItem(KEY));
    if (!shouldReload(pageVersion, serverVersion, last, Date.now())) return;
    sessionStorage.setItem(KEY, JSON.stringify({ version: serverVersion, at: Date.now() }));
  } catch {
    return; // Without a memory a reload could go on for ever.
  }
  location.reload();
}
