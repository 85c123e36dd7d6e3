// Where every tile stands and how large its type is. Pure: numbers in, rectangles out.

/** From so many setups on, those at rest become a heat map. */
export const CROWD = 40;
/** Screens up to this width, in CSS pixels, get a list that scrolls. */
export const PHONE = 700;

const LINE_HEIGHT = 1.3;
const SHAPE = 1.45;

/** Width and height a tile needs, in its own ems, to tell its whole story. */
const ROOMY = { width: 17, height: 13 };
/** The same for a short story: beside its name, and high. */
const TIGHT = { beside: 2.6, height: 4.4 };
/** Ems below which a line of text says nothing. */
const LEAST_LINE = 7;
const BORDER = 1;
const NO_ROOM = { texts: 0, failing: 0, rest: 0, span: 0 };
/** Room for so many failing tiles is kept when there is none any more: one that comes and goes must not resize all. */
const FEW = 2;
/** Pixels of a tile below which its glyph cannot be told from another. */
const LEAST_TILE = 10;
/** The smallest type, in pixels; a cell of the heat map is this high at least. */
const SMALLEST = 9;
const LEAST_CELL = 26;

export function modeFor({ count, width, view }) {
  if (count === 0) return "welcome";
  if (view === "table") return "table";
  return width <= PHONE ? "list" : "board";
}

/** Columns and rows that leave n equal tiles largest, near the shape that reads well, and few places empty. */
export function grid(count, width, height, gap, shape = SHAPE) {
  let best = null;
  for (let columns = 1; columns <= count; columns += 1) {
    const rows = Math.ceil(count / columns);
    const tileWidth = (width - gap * (columns - 1)) / columns;
    const tileHeight = (height - gap * (rows - 1)) / rows;
    if (tileWidth <= 0) break;
    const used = count / (columns * rows);
    const score = Math.min(tileWidth / shape, tileHeight) * used;
    if (best === null || score > best.score) best = { columns, rows, tileWidth, tileHeight, score };
  }
  return best;
}

/** Type sizes of a tile, in pixels, and how many lines fit. `nameWidth`: of a long name, in ems. */
export function typeFor(width, height, screenHeight, nameWidth) {
  const scale = Math.min(2, Math.max(0.8, screenHeight / 1080));
  const roomy = Math.min(width / ROOMY.width, height / ROOMY.height);
  const tight = Math.min(14 * scale, width / (nameWidth + TIGHT.beside), height / TIGHT.height);
  // Type of a tile grows with it, but for a screen of few setups less than they do.
  const most = scale * Math.min(48, Math.max(32, height / scale / 20 + 8));
  const font = Math.max(SMALLEST, Math.min(most, Math.max(roomy, tight)));
  const padding = font * (height < font * 7 ? 0.45 : 0.75);
  const inner = width - 2 * (padding + BORDER);
  const inline = height < font * 7.2;
  const tallest = inline ? font * 1.35 : Math.min(font * 2.25, height * 0.24);
  const name = Math.max(font, Math.min(tallest, inner / (inline ? nameWidth + 1.5 : nameWidth)));
  const fixed = inline ? name * 1.2 + font * 0.8 : name * 1.2 + font * 3.45;
  const lines = Math.max(0, Math.floor((height - 2 * (padding + BORDER) - fixed) / (font * LINE_HEIGHT)));
  const columns = inner / font;
  return { font, name, padding, inline, lines: columns < LEAST_LINE ? 0 : lines, columns };
}

/**
 * Room for a little more than there is, kept while it serves: a tile that comes or goes must not resize all others.
 */
export function capacity(count, previous = 0) {
  return serves(previous, count) ? previous : count + Math.floor(count / 20);
}

function serves(room, count) {
  return count <= room && count >= room * 0.7;
}

/**
 * Rooms for all that tell a story, for those of them that fail, and for the cells of the heat map; `span`: how many
 * units wide and high those that fail are, 0 where that is to be found anew.
 */
function rooms({ failing, running, resting, previous }) {
  const texts = failing + running && capacity(failing + running, previous.texts);
  const rest = resting && capacity(resting, previous.rest);
  const isSame = texts === previous.texts && rest === previous.rest;
  const isEnough = serves(previous.failing, failing) || (failing <= previous.failing && previous.failing <= FEW);
  if (isSame && isEnough) return previous;
  // One more is as large as many others: without room for it, all of these would be resized.
  return { texts, failing: Math.min(texts, failing + Math.ceil(failing / 6)), rest, span: 0 };
}

/** One grid for all. Fixed columns or rows give way where more setups exist than places, or than pixels for them. */
export function uniform({ count, width, height, gap, columns = 0, rows = 0 }) {
  let shape = null;
  if (columns || rows) {
    const across = columns || Math.ceil(count / rows);
    const down = Math.max(rows, Math.ceil(count / across));
    shape = {
      columns: across,
      rows: down,
      tileWidth: (width - gap * (across - 1)) / across,
      tileHeight: (height - gap * (down - 1)) / down,
    };
  }
  if (!shape || Math.min(shape.tileWidth, shape.tileHeight) < LEAST_TILE) shape = grid(count, width, height, gap);
  return Array.from({ length: count }, (_, index) => ({
    x: (index % shape.columns) * (shape.tileWidth + gap),
    y: Math.floor(index / shape.columns) * (shape.tileHeight + gap),
    width: shape.tileWidth,
    height: shape.tileHeight,
  }));
}

/** Rows that `packed` fills, without placing anything: the search for the best columns asks hundreds of times. */
export function packedRows({ large, small, columns, span }) {
  const rows = Math.ceil(large / Math.max(1, Math.floor(columns / span))) * span;
  const beside = rows * columns - large * span * span;
  return rows + Math.ceil(Math.max(0, small - beside) / columns);
}

/** Failing tiles `span` units wide and high, then running ones of one unit, filling what the former leave beside them. */
export function packed({ large, small, columns, span }) {
  const taken = new Set();
  const places = [];
  const acrossLarge = Math.max(1, Math.floor(columns / span));
  for (let index = 0; index < large; index += 1) {
    const column = (index % acrossLarge) * span;
    const row = Math.floor(index / acrossLarge) * span;
    places.push({ column, row, span });
    for (let dx = 0; dx < span; dx += 1) for (let dy = 0; dy < span; dy += 1) taken.add((row + dy) * columns + column + dx);
  }
  for (let index = 0, cell = 0; index < small; index += 1, cell += 1) {
    while (taken.has(cell)) cell += 1;
    places.push({ column: cell % columns, row: Math.floor(cell / columns), span: 1 });
  }
  return places;
}

/** Width at which a tile can still show a name of `nameWidth` ems beside its glyph. */
function leastWidth(nameWidth) {
  return SMALLEST * (nameWidth + TIGHT.beside);
}

/** The grid of units that reads best: `large` tiles as many units wide and high as one of the `spans`, `small` ones of one. */
function bestGrid({ large, small, spans, width, height, gap, nameWidth }) {
  const least = leastWidth(nameWidth);
  let best = null;
  for (const span of spans) {
    const most = large * (span + 1) + small;
    for (let columns = span; columns <= Math.min(most, 60); columns += 1) {
      const rows = packedRows({ large, small, columns, span });
      const unitWidth = (width - gap * (columns - 1)) / columns;
      const unitHeight = (height - gap * (rows - 1)) / rows;
      const unit = Math.min(unitWidth / SHAPE, unitHeight);
      const legible = Math.min(1, unitWidth / least) * Math.min(1, unitHeight / LEAST_CELL);
      const score = legible ** 3 * (Math.min(unit, 110) + 0.8 * Math.min(unit * (large ? span : 1), 140));
      if (unitWidth > 0 && unitHeight > 0 && (best === null || score > best.score)) {
        best = { span, columns, unitWidth, unitHeight, score };
      }
    }
  }
  return best;
}

/**
 * The text part of a crowd: failing tiles two or three times as wide and high as running ones, where there is room.
 * Each time with the same `room`, on the same area, all places are those of one grid.
 */
export function spotlight({ failing, running, room, width, height, gap, nameWidth }) {
  const area = { width, height, gap, nameWidth };
  const spans = running && failing ? [1, 2, 3, 4] : [1];
  // Those that fail are as large as if there were no room for more.
  const span = room.span || bestGrid({ large: failing, small: room.texts - failing, spans, ...area }).span;
  const parts = { large: room.failing, small: room.texts - room.failing, ...area };
  const units = bestGrid({ ...parts, spans: [span] }) ?? bestGrid({ ...parts, spans: [1] });
  const cells = packed({ large: failing, small: running, columns: units.columns, span: units.span });
  const places = cells.map(({ column, row, span: size }) => ({
    x: column * (units.unitWidth + gap),
    y: row * (units.unitHeight + gap),
    width: units.unitWidth * size + gap * (size - 1),
    height: units.unitHeight * size + gap * (size - 1),
  }));
  return { places, span: units.span };
}

/** Height for the heat map: its share of the screen, between the smallest and the largest cells that make sense. */
export function heatHeight({ texts, cells, width, height, nameWidth }) {
  if (cells === 0) return 0;
  if (texts === 0) return height;
  const share = (height * cells) / (cells + texts * 5.5);
  const least = Math.ceil(cells / Math.max(1, Math.floor(width / leastWidth(nameWidth)))) * (LEAST_CELL + 3);
  const most = Math.ceil(cells / Math.max(1, Math.floor(width / 150))) * 62;
  const fair = (height * cells) / (cells + texts * 1.4);
  return Math.min(height * 0.78, Math.max(Math.min(share, most), Math.min(least, fair)));
}

/**
 * A crowd: text for failing and running setups above, the heat map of the others below. `previous`: the `room` of last
 * time, on the same area; `nameWidth`: of a long name, in ems.
 */
export function crowd({ failing, running, resting, width, height, gap, nameWidth = 8, previous = NO_ROOM }) {
  const texts = failing + running;
  const room = rooms({ failing, running, resting, previous });
  const below = heatHeight({ texts: room.texts, cells: room.rest, width, height, nameWidth });
  const space = texts && resting ? gap * 2.5 : 0;
  const above = height - below - space;
  const text = texts ? spotlight({ failing, running, room, width, height: above, gap, nameWidth }) : { places: [], span: 0 };
  const heat = resting ? heatMap({ count: resting, places: room.rest, width, height: below, gap: gap * 0.6, nameWidth }) : [];
  return {
    text: text.places,
    heat: heat.map((place) => ({ ...place, y: place.y + (texts ? above + space : 0) })),
    room: { ...room, span: text.span },
  };
}

/** Cells low and wide enough for their names. */
function heatMap({ count, places, width, height, gap, nameWidth }) {
  const shape = grid(places, width, height, gap, Math.min(4, Math.max(2, leastWidth(nameWidth) / LEAST_CELL)));
  return uniform({ count, width, height, gap, columns: shape.columns, rows: shape.rows });
}

/**
 * Whom each place has: who has one of them keeps it, the others take what is left in their order. A tile that comes or
 * goes moves a few then, and nobody has to look for all of them again.
 *
 * @template T, P
 * @param {T[]} tiles
 * @param {P[]} places as many as `tiles`
 * @param {(tile: T) => P | undefined} placeOf what each has, one of these very objects
 * @returns {T[]}
 */
export function seated(tiles, places, placeOf) {
  const indexes = new Map(places.map((place, index) => [place, index]));
  const seats = new Array(places.length).fill(null);
  const others = [];
  for (const tile of tiles) {
    const index = indexes.get(placeOf(tile));
    if (index === undefined || seats[index] !== null) others.push(tile);
    else seats[index] = tile;
  }
  others.reverse();
  return seats.map((tile) => tile ?? others.pop());
}

/** Those that may stay when what is in the order `before` takes the order `after`: as many as can, as a Set. */
export function staying(before, after) {
  const index = new Map(before.map((each, position) => [each, position]));
  /** The runs found so far, the shortest first: of each its last one and the run before that. */
  const runs = [];
  for (const each of after) {
    const at = index.get(each);
    if (at === undefined) continue;
    let length = runs.findIndex((run) => run.at > at);
    if (length < 0) length = runs.length;
    runs[length] = { each, at, before: runs[length - 1] };
  }
  const stay = new Set();
  for (let run = runs.at(-1); run; run = run.before) stay.add(run.each);
  return stay;
}
