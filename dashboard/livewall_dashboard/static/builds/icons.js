// Glyphs of builds and stages by kind, as path data in 16 x 16 units.

import { ICONS } from "../shared/icons.js";

export const GLYPHS = {
  failure: ICONS.failing,
  unstable: "M8 2.5v6.6M8 12.8v.4",
  running: ICONS.running,
  paused: "M5.5 3.5v9M10.5 3.5v9",
  aborted: "M8 2.2a5.8 5.8 0 1 0 .01 0M4.2 11.8l7.6-7.6",
  notbuilt: ICONS.idle,
  success: ICONS.passed,
  incomplete: ICONS.incomplete,
  unknown: ICONS.nodata,
};

export const CHEVRON = "M6 3.5l4.5 4.5L6 12.5";
export const CLOSE = "M4 4l8 8M12 4l-8 8";
