// How wide a cell may be, in pixels. Pure.

export const ZOOMS = [4, 6, 10, 16, 24, 32, 46];
export const USUAL_ZOOM = 24;

/** So many steps wider, or narrower, as far as there are some. */
export function zoomed(zoom, step) {
  const place = ZOOMS.indexOf(zoom) + step;
  return ZOOMS[Math.max(0, Math.min(place, ZOOMS.length - 1))];
}
