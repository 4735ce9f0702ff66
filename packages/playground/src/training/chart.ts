import { draw } from "../elements.js";

/** A line or an area of a chart. */
export interface Shape {
  /** Class of the path, for style sheets. */
  readonly name: string;
  readonly points: readonly Point[];
  /** Lower edge of an area; absent for a line. */
  readonly lower?: readonly Point[];
}

type Point = readonly [x: number, y: number];

/** The contents of a chart. Both axes begin at 0. */
export interface Picture {
  readonly xMax: number;
  readonly yMax: number;
  /** From back to front. */
  readonly shapes: readonly Shape[];
}

const MARGIN = { top: 8, right: 14, bottom: 24, left: 42 };

/** Approximate distance of ticks in pixels. */
const X_TICKS = 90;
const Y_TICKS = 45;

const NUMBER = new Intl.NumberFormat("en-US", { maximumFractionDigits: 2 });

/** Curves over the steps in an <svg>. The style sheet decides its size. */
export class Chart {
  readonly #svg: SVGSVGElement;
  readonly #axes = document.createElementNS("http://www.w3.org/2000/svg", "g");
  readonly #paths = new Map<string, SVGPathElement>();
  readonly #format: (y: number) => string;
  #picture: Picture = { xMax: 100, yMax: 1, shapes: [] };
  /** The size as it was observed. Reading it while drawing would make the browser compute the layout at once. */
  #size = { width: 0, height: 0 };
  #drawnAxes = "";

  constructor(svg: SVGSVGElement, format: (y: number) => string = NUMBER.format) {
    this.#svg = svg;
    this.#format = format;
    svg.append(this.#axes);
    new ResizeObserver(([entry]) => {
      if (entry) this.#size = entry.contentRect;
      this.draw(this.#picture);
    }).observe(svg);
  }

  draw(picture: Picture): void {
    this.#picture = picture;
    const { width, height } = this.#size;
    if (width === 0) return;
    const inner = { width: width - MARGIN.left - MARGIN.right, height: height - MARGIN.top - MARGIN.bottom };
    const x = (value: number) => MARGIN.left + (value / picture.xMax) * inner.width;
    const y = (value: number) => MARGIN.top + (1 - Math.min(1, value / picture.yMax)) * inner.height;
    const size = `${picture.xMax} ${picture.yMax} ${width} ${height}`;
    if (size !== this.#drawnAxes) this.#drawAxes(inner, x, y);
    this.#drawnAxes = size;
    const text = (points: readonly Point[]) => points.map(([a, b]) => `${x(a).toFixed(1)},${y(b).toFixed(1)}`);
    for (const { name, points, lower } of picture.shapes) {
      const corners = text(lower ? [...points, ...[...lower].reverse()] : points);
      this.#path(name).setAttribute("d", corners.length > 0 ? `M${corners.join("L")}${lower ? "Z" : ""}` : "");
    }
  }

  #path(name: string): SVGPathElement {
    let path = this.#paths.get(name);
    if (!path) {
      path = draw(this.#svg, "path", { class: name });
      this.#paths.set(name, path);
    }
    return path;
  }

  #drawAxes(inner: { width: number; height: number }, x: (v: number) => number, y: (v: number) => number): void {
    const { xMax, yMax } = this.#picture;
    const bottom = MARGIN.top + inner.height;
    this.#axes.replaceChildren();
    for (const value of ticks(yMax, Math.max(2, inner.height / Y_TICKS))) {
      draw(this.#axes, "path", { class: "grid", d: `M${MARGIN.left},${y(value)}h${inner.width}` });
      draw(this.#axes, "text", { x: MARGIN.left - 8, y: y(value) + 4, "text-anchor": "end" }, this.#format(value));
    }
    for (const value of ticks(xMax, Math.max(2, inner.width / X_TICKS))) {
      draw(this.#axes, "text", { x: x(value), y: bottom + 18, "text-anchor": "middle" }, NUMBER.format(value));
    }
  }
}

/** Round numbers from 0 to `max`, in about `count` equal steps. */
export function ticks(max: number, count: number): number[] {
  const rough = max / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  // A tolerance for rounding errors: a third of 0.6 is to be 0.2.
  const step = power * ([1, 2, 5].find((factor) => rough <= factor * power * (1 + 1e-9)) ?? 10);
  return Array.from({ length: Math.floor((max / step) * (1 + 1e-9)) + 1 }, (_, i) => i * step);
}
