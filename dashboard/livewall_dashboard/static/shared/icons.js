// The glyph of each kind of tile, as path data in 16 x 16 units: drawn, because fonts differ in what they have.

export const ICONS = {
  failing: "M3.5 3.5l9 9M12.5 3.5l-9 9",
  running: "M5 3v10l8-5z",
  passed: "M2.5 8.5l3.8 4 7.2-9",
  skipped: "M2.5 4l5 4-5 4zM8.5 4l5 4-5 4z",
  expected: "M3 5.8h10M3 10.2h10",
  idle: "M3 8h10",
  incomplete: "M10 2.5a5.8 5.8 0 0 1 3.5 3.5M13.5 10a5.8 5.8 0 0 1-3.5 3.5M6 13.5a5.8 5.8 0 0 1-3.5-3.5M2.5 6a5.8 5.8 0 0 1 3.5-3.5",
  stale: "M8 2.2a5.8 5.8 0 1 0 .01 0M8 5v3.4l2.3 1.6",
  abandoned: "M8 1.8l6.6 11.9H1.4zM8 6.2v3.6M8 11.6v.4",
  builds: "M2.5 4h.8M2.5 8h.8M2.5 12h.8M6.5 4h7M6.5 8h7M6.5 12h7",
  nodata: "M5.4 6a2.6 2.6 0 1 1 3.7 2.3c-.8.4-1.1.8-1.1 1.7M8 12.4v.4",
};
