// The picture on this screen: a snapshot, and the numbered deltas after it. Pure: frame in, what to do out.

/** @import { Change, Delta, Snapshot, Tile } from "types/live" */

const MOST_KEPT_ASIDE = 200;

/**
 * `tiles` maps a setup's name to its tile (docs: architecture, "The tile"). The model is whole once a snapshot came;
 * when a number is missing or a setup unknown it is not, and keeps deltas aside until the next snapshot.
 */
export class Model {
  /** @type {Map<string, Tile>} */
  tiles = new Map();
  seq = null;
  #whole = false;
  #aside = [];

  get whole() {
    return this.#whole;
  }

  /** The connection was cut: what comes next starts anew, the picture stays. */
  interrupt() {
    this.#whole = false;
    this.#aside = [];
  }

  /**
   * Take a snapshot. Returns what changed: `{changed: Set of names, gone: Set of names}`.
   *
   * @param {Snapshot} frame
   */
  snapshot(frame) {
    const before = this.tiles;
    this.tiles = new Map(frame.setups.map((tile) => [tile.setup, tile]));
    this.seq = frame.seq;
    this.#whole = true;
    const changed = new Set(this.tiles.keys());
    const gone = new Set([...before.keys()].filter((name) => !this.tiles.has(name)));
    for (const delta of this.#aside.splice(0)) {
      const update = this.delta(delta);
      for (const name of update.changed) changed.add(name);
      for (const name of update.gone) gone.add(name);
    }
    return { changed, gone };
  }

  /**
   * Take a delta. Besides what changed, `ask` says that a snapshot is needed.
   *
   * @param {Delta} frame
   */
  delta(frame) {
    const update = { changed: new Set(), gone: new Set(), ask: false };
    if (!this.#whole) {
      this.#aside.push(frame);
      if (this.#aside.length > MOST_KEPT_ASIDE) this.#aside.shift();
      return update;
    }
    if (frame.seq <= this.seq) return update;
    if (frame.seq !== this.seq + 1) {
      this.#whole = false;
      this.#aside = [frame];
      return { ...update, ask: true };
    }
    this.seq = frame.seq;
    for (const change of frame.changes) this.#apply(change, update);
    if (update.ask) this.#whole = false;
    return update;
  }

  /** @param {Change} change */
  #apply(change, update) {
    const tile = this.tiles.get(change.setup);
    if (change.gone) {
      if (this.tiles.delete(change.setup)) update.gone.add(change.setup);
    } else if (tile === undefined) {
      update.ask = true;
    } else {
      this.tiles.set(change.setup, { ...tile, ...change });
      update.changed.add(change.setup);
    }
  }

  /** Tiles in the order of the configuration, of these groups only where some are given. */
  inOrder(groups = []) {
    return [...this.tiles.values()]
      .filter((tile) => groups.length === 0 || groups.includes(tile.group))
      .sort((a, b) => a.order - b.order || (a.setup < b.setup ? -1 : 1));
  }
}
