// Signs in without a click where the address brings a token behind its #, and takes it out of the address first.

/** The token that a wall link ends with, or "". Pure. */
export function tokenOf(hash) {
  const found = /^#(lw_[0-9A-Za-z_-]+)$/.exec(hash);
  return found ? found[1] : "";
}

function signIn() {
  const form = document.getElementById("login");
  const token = tokenOf(location.hash);
  if (!token) return;
  history.replaceState(null, "", location.pathname + location.search);
  if (!form) return;
  document.body.dataset.busy = "yes";
  form.elements.token.value = token;
  form.submit();
}

signIn();
