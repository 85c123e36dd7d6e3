// A server of another version than this page wants this page anew: reload, but never in a circle.

const KEY = "livewall-reloaded";
const REST = 10 * 60 * 1000;

/** Whether to reload now. `last`: `{version, at}` of the last reload for this reason, or null. Pure. */
export function shouldReload(pageVersion, serverVersion, last, now) {
  if (!serverVersion || !pageVersion || serverVersion === pageVersion) return false;
  return !last || last.version !== serverVersion || now - last.at > REST;
}

/** Reloads the page where that helps. A proxy that keeps serving the old page gets asked every ten minutes. */
export function reloadIfOutdated(serverVersion) {
  const pageVersion = document.documentElement.dataset.version;
  try {
    const last = JSON.parse(sessionStorage.getItem(KEY));
    if (!shouldReload(pageVersion, serverVersion, last, Date.now())) return;
    sessionStorage.setItem(KEY, JSON.stringify({ version: serverVersion, at: Date.now() }));
  } catch {
    return; // Without a memory a reload could go on for ever.
  }
  location.reload();
}
