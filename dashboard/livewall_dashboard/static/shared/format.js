// Durations, ages, clock times, names and counts as a reader across the room takes them in. Pure.

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86400;

const two = (number) => String(number).padStart(2, "0");

/** Seconds as a stop-watch shows them: "12 s", "3:07", "1:02:07", "2 d 3 h". */
export function duration(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < MINUTE) return `${whole} s`;
  if (whole < HOUR) return `${Math.floor(whole / MINUTE)}:${two(whole % MINUTE)}`;
  if (whole < DAY) return `${Math.floor(whole / HOUR)}:${two(Math.floor((whole % HOUR) / MINUTE))}:${two(whole % MINUTE)}`;
  return `${Math.floor(whole / DAY)} d ${Math.floor((whole % DAY) / HOUR)} h`;
}

/** Seconds in one rough unit: "40 s", "14 min", "3 h", "2 d". */
export function rough(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < MINUTE) return `${whole} s`;
  if (whole < HOUR) return `${Math.floor(whole / MINUTE)} min`;
  if (whole < DAY) return `${Math.floor(whole / HOUR)} h`;
  return `${Math.floor(whole / DAY)} d`;
}

/** How long ago: "just now", "40 s ago", "3 h ago". */
export function ago(seconds) {
  return seconds < 3 ? "just now" : `${rough(seconds)} ago`;
}

/** Time to go: "4 min left"; minutes are rounded up, because a promise kept early annoys nobody. */
export function left(seconds) {
  if (seconds < 10) return "under 10 s left";
  if (seconds < MINUTE) return `${Math.ceil(seconds / 10) * 10} s left`;
  if (seconds < HOUR) return `${Math.ceil(seconds / MINUTE)} min left`;
  const minutes = Math.ceil(seconds / MINUTE);
  return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min left`;
}

/** Seconds an estimate may be off before that is worth a word. */
export const GRACE = 5;

/** How far an estimate is overrun: "3 min over". */
export function over(seconds) {
  if (seconds < GRACE) return "any moment";
  return `${rough(seconds)} over`;
}

/** Local time of day, "14:02:07". `at`: milliseconds since 1970. */
export function timeOfDay(at) {
  const date = new Date(at);
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

export function plural(count, noun) {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** The beginning of a name where it is endless: nobody reads it, and it would be all of the page. */
export function short(name, most = 300) {
  return name.length > most ? `${name.slice(0, most).replace(/[\ud800-\udbff]$/, "")}…` : name;
}

export function shortCommit(commit) {
  return /^[0-9a-f]{12,}$/i.test(commit) ? commit.slice(0, 8) : commit;
}

/** What a run that is over lacks, "" for one that is whole. */
export function partialText({ missing, missing_failures: failures, verification }) {
  const tests = plural(missing, "test");
  if (missing && failures) return `${tests} missing, ${failures} failed`;
  if (missing) return `${tests} missing`;
  if (failures) return `${plural(failures, "failure")} missing`;
  return verification === "partial" ? "parts are missing or differ" : "";
}

/**
 * What a page says while its connection is cut. `state`: a Connection's; `now`: milliseconds since 1970.
 *
 * @param {{ silentFor: number | null, nextTryIn: number | null, reason: string }} state
 */
export function cutText({ silentFor, nextTryIn, reason }, now) {
  const since = silentFor === null ? "No answer from the server yet"
    : `No news from the server since ${timeOfDay(now - silentFor * 1000)}`;
  const next = nextTryIn === null ? "trying again now" : `trying again in ${Math.ceil(nextTryIn)} s`;
  return `${since}, ${next}${reason ? ` (${reason})` : ""}`;
}
