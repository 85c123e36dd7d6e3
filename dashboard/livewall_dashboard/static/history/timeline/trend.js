// How long a test took, drawn by uPlot, which is loaded when it is first wanted.

import { element } from "../../shared/dom.js";
import { short } from "../../shared/format.js";
import { dayOf, fullMoment } from "../../shared/moment.js";
import { duration, plural } from "../text.js";
import { durationLines } from "./durations.js";

/** @import { Point } from "./points.js" */

/** Of Okabe and Ito, dark and light; dashes tell lines apart where colours do not. */
const COLOURS = { dark: ["#56b4e9", "#e69f00", "#2fc49a", "#cc79a7", "#ff9257", "#f0e442"], light: ["#00659e", "#875300", "#00704f", "#8f3a6b", "#ae4300", "#6c5c00"] };
const DASHES = [[], [8, 4], [2, 3], [8, 3, 2, 3], [14, 4], [4, 8]];
const HEIGHT = 240;

export class Trend {
  #chart = null;
  #data = null;

  constructor() {
    this.node = element("section", "trend");
    this.node.setAttribute("aria-labelledby", "trend-title");
    const title = element("h2", "", "Duration");
    title.id = "trend-title";
    this.place = element("div", "trend-chart");
    this.note = element("p", "tl-note");
    this.node.append(title, this.place, this.note);
    new ResizeObserver(() => this.#chart?.setSize({ width: this.place.clientWidth, height: HEIGHT })).observe(this.place);
    new MutationObserver(() => this.#draw()).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  }

  /** @param {Point[]} points */
  async show(points) {
    this.#data = durationLines(points);
    const { times, lines, left } = this.#data;
    this.node.hidden = times.length < 2;
    if (this.node.hidden) return;
    const shown = left ? `${plural(lines.length, "setup")} with the most results of ${lines.length + left}.` : "";
    this.note.textContent = `${shown} The table below has the median of each setup.`.trim();
    await this.#draw();
  }

  async #draw() {
    if (!this.#data || this.node.hidden) return;
    const { default: UPlot } = await import("/static/vendor/uplot@1.6.32/uPlot.esm.js");
    const { times, lines } = this.#data;
    this.#chart?.destroy();
    this.#chart = new UPlot(this.#options(lines), [times, ...lines.map(({ values }) => values)], this.place);
    this.place.setAttribute("role", "img");
    this.place.setAttribute("aria-label", `Duration over time on ${lines.map(({ setup }) => setup).join(", ")}`);
  }

  #options(lines) {
    const style = getComputedStyle(document.documentElement);
    const colour = (name) => style.getPropertyValue(`--${name}`).trim();
    const colours = COLOURS[document.documentElement.dataset.theme === "light" ? "light" : "dark"];
    const axis = { stroke: colour("text-soft"), grid: { stroke: colour("line"), width: 1 }, ticks: { stroke: colour("line"), width: 1 }, font: `12px ${style.getPropertyValue("--font")}` };
    return {
      width: this.place.clientWidth,
      height: HEIGHT,
      scales: { y: { range: (_, __, most) => [0, (most || 1) * 1.08] } },
      axes: [{ ...axis, space: 64, values: (_, times) => times.map(timeLabel) }, { ...axis, size: 72, values: (_, ticks) => ticks.map((tick) => duration(tick)) }],
      cursor: { points: { size: 7 } },
      series: [
        { label: "Started", value: (_, time) => (time === null ? "–" : fullMoment(isoOf(time)).slice(0, 16)) },
        ...lines.map(({ setup }, place) => ({
          label: short(setup, 40), stroke: colours[place], dash: DASHES[place], width: 2, spanGaps: true,
          points: { show: true, size: 4 }, value: (_, seconds) => (seconds === null ? "–" : duration(seconds)),
        })),
      ],
    };
  }
}

function isoOf(time) {
  return new Date(time * 1000).toISOString();
}

/** A day, or the time of one. */
function timeLabel(time) {
  const clock = fullMoment(isoOf(time)).split(" ")[1];
  return clock === "00:00:00" ? dayOf(new Date(time * 1000)) : clock.slice(0, 5);
}
