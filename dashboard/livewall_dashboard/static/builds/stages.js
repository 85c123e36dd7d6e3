// A pipeline's stages as one thin bar, a segment each as wide as it took long.

import { element, setText } from "../shared/dom.js";
import { badge } from "./dom.js";
import { WORDS, stageKind, stageShares, stageText } from "./reading.js";

/** The bar alone; its segments tell their names on hover, all of it is told to those who listen. */
export function stageBar(stages, now) {
  const bar = element("span", "stages");
  const shares = stageShares(stages, now);
  bar.setAttribute("role", "img");
  bar.setAttribute("aria-label", `Stages: ${stages.map((stage) => stageText(stage, now)).join("; ")}`);
  stages.forEach((stage, index) => {
    const segment = element("i");
    segment.dataset.kind = stageKind(stage);
    segment.title = stageText(stage, now);
    segment.style.flexGrow = shares[index].toFixed(3);
    bar.append(segment);
  });
  return bar;
}

/** Stages with their names and durations beneath one another's segments. `{node, tick(now)}`. */
export function stageList(stages, now) {
  const node = element("ol", "stage-list");
  node.setAttribute("aria-label", "Stages");
  const texts = [];
  stages.forEach((stage) => {
    const kind = stageKind(stage);
    const item = element("li");
    item.dataset.kind = kind;
    const text = element("bdi");
    item.append(badge(kind, ""), text);
    item.title = WORDS[kind];
    texts.push([stage, text]);
    node.append(item);
  });
  const tick = (at) => {
    for (const [stage, text] of texts) setText(text, stageText(stage, at));
  };
  tick(now);
  return { node, tick };
}
