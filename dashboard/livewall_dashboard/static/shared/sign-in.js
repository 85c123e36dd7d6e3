// The way to the login page, and back to where one was.

/** Where this browser signs in to see the page at `location` (its pathname and search). Pure. */
export function loginAddress({ pathname, search }) {
  return `/login?next=${encodeURIComponent(pathname + search)}`;
}

export function signIn() {
  location.replace(loginAddress(location));
}
