// Signs in without a click where the address brings a token behind its #, and takes it out of the address first.
// A screen has nobody to try again for it: while the wall is away, or busy, it goes on trying.

const PAUSE = 5;
const LONGEST_PAUSE = 60;

/** The token that a wall link ends with, or "". Pure. */
export function tokenOf(hash) {
  const found = /^#(lw_[0-9A-Za-z_-]+)$/.exec(hash);
  return found ? found[1] : "";
}

/** Seconds after which to try again what was answered so, or null where trying again does not help. Pure. */
export function retryAfter(status, header) {
  if (status !== 0 && status !== 429 && status < 500) return null;
  const seconds = Number(header) || PAUSE;
  return Math.min(Math.max(seconds, 1), LONGEST_PAUSE);
}

async function send(form) {
  try {
    return await fetch(form.action, { method: "POST", body: new URLSearchParams(/** @type {any} */ (new FormData(form))), redirect: "manual" });
  } catch {
    return null; // no line to the wall
  }
}

async function signIn(form, said) {
  for (;;) {
    const answer = await send(form);
    if (answer?.type === "opaqueredirect") return location.replace(form.elements.next.value);
    const pause = retryAfter(answer?.status ?? 0, answer?.headers.get("Retry-After"));
    if (pause === null) return form.submit(); // its page says what is wrong
    said.textContent = "The wall cannot let this screen in yet. It goes on trying by itself.";
    await new Promise((resolve) => { setTimeout(resolve, pause * 1000); });
  }
}

const token = tokenOf(location.hash);
if (token) {
  history.replaceState(null, "", location.pathname + location.search);
  document.body.dataset.busy = "yes";
  /** @type {any} */
  const form = document.getElementById("login");
  form.elements.token.value = token;
  signIn(form, document.getElementById("waiting"));
}
