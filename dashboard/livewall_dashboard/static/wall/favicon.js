// The tab's icon follows the worst there is.

const COLOURS = { failing: "#d55e00", incomplete: "#875300", running: "#56b4e9", well: "#0072b2", cut: "#7b8794", empty: "#7b8794" };
const MARKS = {
  failing: "M10 10l12 12M22 10L10 22",
  incomplete: "M16 8v10M16 23v1",
  running: "M12 9v14l11-7z",
  well: "M8 17l6 6 10-13",
  cut: "M9 16h.1M16 16h.1M23 16h.1",
  empty: "M10 16h12",
};

/** An SVG of our own making, so a data address: numbers and names never get into it. */
export function iconFor(mood) {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8"
    fill="${COLOURS[mood]}"/><path d="${MARKS[mood]}" fill="none" stroke="#fff" stroke-width="4"
    stroke-linecap="round" stroke-linejoin="round"/></svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}

export function showIcon(mood) {
  const link = document.querySelector("link[rel=icon]");
  if (link.dataset.mood === mood) return;
  link.dataset.mood = mood;
  link.setAttribute("href", iconFor(mood));
}
