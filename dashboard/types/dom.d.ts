// The document as the pages' JavaScript treats it.

/** Whatever has the focus or is found here can be focused and has data. */
interface Element extends HTMLOrSVGElement {
  /** What stands there now, so that a look at it costs no layout: the text of `setText`, or a state in JSON. */
  shown?: string;
  /** The address that `setLink` wrote last. */
  target_?: string | null;
  /** A segment's transform as written last. */
  drawn?: string;
  /** Of a row: folds it out, or in. */
  expand?(whether: boolean): void;
  /** Of a failed test on a tile. */
  parts?: Record<"link" | "name" | "message" | "log", HTMLElement>;
  /** Of the button that picks a suite: its place in the tree. */
  node?: object;
}

interface ParentNode {
  querySelectorAll(selectors: string): NodeListOf<HTMLElement>;
}
