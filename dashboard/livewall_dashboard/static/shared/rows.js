// A list on the page that is drawn again and again: only what differs is touched, so that selection and focus stay.

export class Rows {
  /** `draw(item)` gives the node of an item, `keyOf(item)` its name among the others. */
  constructor(host, { keyOf, draw }) {
    this.host = host;
    this.keyOf = keyOf;
    this.draw = draw;
    this.nodes = new Map();
  }

  update(items) {
    const focused = [...this.nodes].find(([, node]) => node.contains(document.activeElement));
    const label = document.activeElement?.textContent;
    this.nodes = new Map(items.map((item) => [this.keyOf(item), this.#node(item)]));
    [...this.nodes.values()].forEach((node, index) => {
      if (this.host.children[index] !== node) this.host.insertBefore(node, this.host.children[index] ?? null);
    });
    while (this.host.children.length > this.nodes.size) this.host.lastElementChild.remove();
    if (focused && !focused[1].isConnected) this.#focus(this.nodes.get(focused[0]), label);
  }

  #node(item) {
    const fresh = this.draw(item);
    const known = this.nodes.get(this.keyOf(item));
    return known?.isEqualNode(fresh) ? known : fresh;
  }

  #focus(node, label) {
    const able = [...(node?.querySelectorAll("a, button") ?? [])];
    (able.find((each) => each.textContent === label) ?? able[0])?.focus({ preventScroll: true });
  }
}
