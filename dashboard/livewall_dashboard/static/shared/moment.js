// Moments as a reader takes them in, in the zone of this browser. Pure.

const two = (number) => String(number).padStart(2, "0");
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** A local date and time, as short as it is clear at `now`: "14:02", "yesterday 14:02", "3 Nov 14:02", "3 Nov 2025 14:02". */
export function moment(iso, now = new Date()) {
  const date = new Date(iso);
  const time = `${two(date.getHours())}:${two(date.getMinutes())}`;
  const today = new Date(now.getFullYear(), now.getMonth(), now.getDate()).getTime();
  const days = Math.round((today - new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime()) / 86_400_000);
  if (days === 0) return time;
  if (days === 1) return `yesterday ${time}`;
  const day = dayOf(date);
  return date.getFullYear() === now.getFullYear() ? `${day} ${time}` : `${day} ${date.getFullYear()} ${time}`;
}

/** A local day: "3 Nov". */
export function dayOf(date) {
  return `${date.getDate()} ${MONTHS[date.getMonth()]}`;
}

/** Date and time in full, in the reader's zone. */
export function fullMoment(iso) {
  const date = new Date(iso);
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** When a day, "2026-03-01", begins here, or so many days later; "" for none. */
export function midnight(day, later = 0) {
  const [year, month, date] = day.split("-").map(Number);
  const begin = new Date(year, month - 1, date + later);
  return day && !Number.isNaN(begin.getTime()) ? begin.toISOString() : "";
}
