// How wide a cell may be, in pixels. Pure.

export const ZOOMS = [1, 2, 4, 6, 10, 16, 24, 32, 46];
export const USUAL_ZOOM = 24;

/** The widest, up to the usual one, at which so many columns fit in a width; else the narrowest. */
export function fitting(columns, width) {
  return ZOOMS.filter((zoom) => zoom <= USUAL_ZOOM && zoom * columns <= width).at(-1) ?? ZOOMS[0];
}

/** So many steps wider, or narrower, as far as there are some. */
export function zoomed(zoom, step) {
  const place = ZOOMS.indexOf(zoom) + step;
  return ZOOMS[Math.max(0, Math.min(place, ZOOMS.length - 1))];
}
