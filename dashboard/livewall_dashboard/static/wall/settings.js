// What this screen shows: every setting lives in the address, so a screen is a bookmark. Pure but for `location`.

const VIEWS = ["wall", "table"];
const ORDERS = ["failures", "config"];
const THEMES = ["auto", "dark", "light"];
const MOST_COLUMNS = 60;

const oneOf = (choices, value) => (choices.includes(value) ? value : choices[0]);

function count(value) {
  const number = Number(value);
  return Number.isInteger(number) && number > 0 ? Math.min(number, MOST_COLUMNS) : 0;
}

/** `{view, order, theme, columns, rows, groups}`; what makes no sense counts as not said. */
export function readSettings(search) {
  const parameters = new URLSearchParams(search);
  return {
    view: oneOf(VIEWS, parameters.get("view")),
    order: oneOf(ORDERS, parameters.get("order")),
    theme: oneOf(THEMES, parameters.get("theme")),
    columns: count(parameters.get("columns")),
    rows: count(parameters.get("rows")),
    groups: parameters.getAll("group").filter(Boolean),
  };
}

/** The same address with one setting changed; the default is not written. */
export function searchWith(search, name, value) {
  const choices = { view: VIEWS, order: ORDERS, theme: THEMES }[name];
  const parameters = new URLSearchParams(search);
  if (value === choices[0]) parameters.delete(name);
  else parameters.set(name, value);
  const query = parameters.toString();
  return query ? `?${query}` : "?";
}

/** What links to other pages carry on: the theme, where the address sets one. */
export function carriedQuery(settings) {
  return settings.theme === "auto" ? "" : `?theme=${settings.theme}`;
}
