// A wall link is an address of the wall with "#lw_..." at its end. What stands behind a # is sent to no server and gets
// into no log; the login page takes the token out of the address, signs the browser in, and leads on to the rest of it.
(() => {
  const { hash, pathname, search } = location;
  if (!hash.startsWith("#lw_")) return;
  location.replace(`/login?next=${encodeURIComponent(pathname + search)}${hash}`);
})();
