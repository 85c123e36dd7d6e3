// Durations, names and messages as text. Pure.

const two = (number) => String(number).padStart(2, "0");

/** Seconds to read and compare: "0.012 s", "4.2 s", "3 min 07 s", "1 h 02 min". */
export function duration(seconds) {
  if (seconds === null || seconds === undefined) return "";
  if (seconds < 1) return `${Number(seconds.toFixed(3))} s`;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const whole = Math.floor(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  return `${Math.floor(whole / 3600)} h ${two(Math.floor((whole % 3600) / 60))} min`;
}

export function plural(count, noun) {
  return `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
}

export function shortHash(hash) {
  return /^[0-9a-f]{12,}$/i.test(hash) ? hash.slice(0, 10) : hash;
}

/** What stands before the last part of a longname: the suites of a test, the parents of a suite. */
export function parentName(longname, name) {
  return longname.endsWith(`.${name}`) || longname.endsWith(`/${name}`) ? longname.slice(0, -name.length - 1) : "";
}

/** The last part of a longname: of a path, as tests are uploaded with, what follows its last slash. */
export function lastPart(longname) {
  return longname.split(/^\S+$/.test(longname) && longname.includes("/") ? "/" : ".").pop();
}

/** A file's last part; the whole is for a tooltip. */
export function fileName(path) {
  return path.split(/[\\/]/).pop();
}

const TAG = /<(\/?)([a-z][a-z0-9]*)(?:"[^"]*"|'[^']*'|[^'"<>])*>/gi;
const BLOCKS = new Set(["br", "p", "div", "tr", "li", "hr", "pre", "table", "ul", "ol", "h1", "h2", "h3", "h4"]);
const ENTITY = /&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,6}));/gi;
const NAMED = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'", nbsp: "\u00a0" };

/**
 * A message to read. Of what Robot Framework marks as HTML the text is left: a test's markup is never ours to show, and
 * not even to parse.
 */
export function plainMessage(message) {
  if (!message.startsWith("*HTML*")) return message;
  return message
    .slice(6)
    .replace(TAG, (_, end, name) => (!end && BLOCKS.has(name.toLowerCase()) ? "\n" : ""))
    .replace(ENTITY, (entity, decimal, hexadecimal, name) => {
      if (name) return NAMED[name.toLowerCase()] ?? entity;
      const code = decimal ? Number(decimal) : Number.parseInt(hexadecimal, 16);
      return code <= 0x10ffff ? String.fromCodePoint(code) : entity;
    })
    .trim();
}

const LONG_LINES = 14;
const LONG_CHARACTERS = 1400;

/** The beginning of a long message, cut at a line where there is one; the message itself where it is short. */
export function beginning(message) {
  const lines = message.split("\n", LONG_LINES + 1);
  const start = lines.length > LONG_LINES ? lines.slice(0, LONG_LINES).join("\n") : message;
  return start.length > LONG_CHARACTERS ? start.slice(0, LONG_CHARACTERS) : start;
}

/** The folders above one, the outermost first: `[longname, title]`. */
export function crumbs(folder) {
  const found = [];
  let start = 0;
  for (let place = 0; place <= folder.length; place += 1) {
    if (place === folder.length || folder[place] === "." || folder[place] === "/") {
      found.push([folder.slice(0, place), folder.slice(start, place)]);
      start = place + 1;
    }
  }
  return folder ? found : [];
}
