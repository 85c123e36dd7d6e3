// A list on the page that is drawn again and again: only what differs is touched, so that selection and focus stay.

export class Rows {
  #drawn = new Map();

  /**
   * `draw(item)` gives the node of an item, `keyOf(item)` its name among the others. `stateOf(item)`, where it is given, is
   * a text of all that is drawn: while it is the same, nothing is drawn anew.
   */
  constructor(host, { keyOf, draw, stateOf = null }) {
    this.host = host;
    this.keyOf = keyOf;
    this.draw = draw;
    this.stateOf = stateOf;
  }

  update(items) {
    const focused = [...this.#drawn].find(([, { node }]) => node.contains(document.activeElement));
    const label = document.activeElement?.textContent;
    this.#drawn = new Map(items.map((item) => [this.keyOf(item), this.#drawnItem(item)]));
    [...this.#drawn.values()].forEach(({ node }, index) => {
      if (this.host.children[index] !== node) this.host.insertBefore(node, this.host.children[index] ?? null);
    });
    while (this.host.children.length > this.#drawn.size) this.host.lastElementChild.remove();
    if (focused && !focused[1].node.isConnected) this.#focus(this.#drawn.get(focused[0])?.node, label);
  }

  has(key) {
    return this.#drawn.has(key);
  }

  get size() {
    return this.#drawn.size;
  }

  #drawnItem(item) {
    const known = this.#drawn.get(this.keyOf(item));
    const state = this.stateOf?.(item);
    if (known && state !== undefined && known.state === state) return known;
    const fresh = this.draw(item);
    return { state, node: known?.node.isEqualNode(fresh) ? known.node : fresh };
  }

  #focus(node, label) {
    const able = [...(node?.querySelectorAll("a, button") ?? [])];
    (able.find((each) => each.textContent === label) ?? able[0])?.focus({ preventScroll: true });
  }
}
