import { draw, observeSize, type Size } from "../elements.js";
import { listenToPlaces } from "../readout.js";

/** A line or an area of a chart. */
export interface Shape {
  /** Class of the path, for style sheets. */
  readonly name: string;
  readonly points: readonly Point[];
  /** Lower edge of an area; absent for a line. */
  readonly lower?: readonly Point[];
  /** A name that stands at the end of the line. */
  readonly label?: string | undefined;
}

export type Point = readonly [x: number, y: number];

/** The contents of a chart. Both axes begin at 0. */
export interface Picture {
  readonly xMax: number;
  readonly yMax: number;
  /** From back to front. */
  readonly shapes: readonly Shape[];
}

const MARGIN = { top: 8, right: 14, bottom: 24, left: 42 };

/** Distance of two labels above each other, of a label from its line, and the width of a letter, in pixels. */
const LABEL = { height: 13, gap: 6, letter: 7 };

/** Approximate distance of ticks in pixels. */
const X_TICKS = 90;
const Y_TICKS = 45;

export const NUMBER = new Intl.NumberFormat("en-US", { maximumFractionDigits: 2 });

/** Curves over the steps in an <svg>. The style sheet decides its size. */
export class Chart {
  readonly #axes = document.createElementNS("http://www.w3.org/2000/svg", "g");
  readonly #lines = document.createElementNS("http://www.w3.org/2000/svg", "g");
  readonly #labels = document.createElementNS("http://www.w3.org/2000/svg", "g");
  readonly #cursor = document.createElementNS("http://www.w3.org/2000/svg", "g");
  readonly #paths = new Map<string, SVGPathElement>();
  readonly #format: (y: number) => string;
  #picture: Picture = { xMax: 100, yMax: 1, shapes: [] };
  #size: Size = { width: 0, height: 0 };
  #drawnAxes = "";
  /** The step that is marked. */
  #marked: number | undefined;

  /** @param chosen Called with the step that the reader chooses, and whether keys have chosen it. */
  constructor(
    svg: SVGSVGElement,
    format: (y: number) => string,
    chosen: (step: number | undefined, byKeys: boolean) => void,
  ) {
    this.#format = format;
    svg.append(this.#axes, this.#lines, this.#labels, this.#cursor);
    listenToPlaces(svg, {
      point: (x) => chosen(this.#nearestPlace(this.#stepAt(x)), false),
      move: (places) => chosen(this.#moved(places), true),
      leave: () => chosen(undefined, false),
    });
    observeSize(svg, (size) => {
      this.#size = size;
      this.draw(this.#picture);
    });
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
    this.#keepPaths(picture.shapes);
    const text = (points: readonly Point[]) => points.map(([a, b]) => `${x(a).toFixed(1)},${y(b).toFixed(1)}`);
    for (const { name, points, lower } of picture.shapes) {
      const corners = text(lower ? [...points, ...[...lower].reverse()] : points);
      const d = corners.length > 0 ? `M${corners.join("L")}${lower ? "Z" : ""}` : "";
      const path = this.#paths.get(name)!;
      // The curves of runs that have ended do not change.
      if (path.getAttribute("d") !== d) path.setAttribute("d", d);
    }
    this.#drawLabels(x, y);
    this.#drawCursor(x, y);
  }

  /** Marks a step on all lines; undefined marks none. */
  mark(step: number | undefined): void {
    this.#marked = step;
    this.draw(this.#picture);
  }

  /** The steps at which the longest line has points: the places that can be chosen. */
  get #places(): readonly Point[] {
    const lines = this.#picture.shapes.filter(({ lower }) => !lower).map(({ points }) => points);
    return lines.reduce((a, b) => ((b.at(-1)?.[0] ?? -1) > (a.at(-1)?.[0] ?? -1) ? b : a), []);
  }

  #stepAt(x: number): number {
    return ((x - MARGIN.left) / (this.#size.width - MARGIN.left - MARGIN.right)) * this.#picture.xMax;
  }

  #nearestPlace(step: number): number | undefined {
    return this.#places[nearestPoint(this.#places, step)]?.[0];
  }

  /** The place that is so many places to the right of the marked one. Without a marked one it is the last place. */
  #moved(places: number): number | undefined {
    const last = this.#places.length - 1;
    const from = this.#marked === undefined ? undefined : nearestPoint(this.#places, this.#marked);
    const index = from === undefined && Number.isFinite(places) ? last : (from ?? last) + places;
    return this.#places[Math.max(0, Math.min(last, index))]?.[0];
  }

  #drawCursor(x: (v: number) => number, y: (v: number) => number): void {
    this.#cursor.replaceChildren();
    const step = this.#marked;
    if (step === undefined) return;
    const bottom = this.#size.height - MARGIN.bottom;
    draw(this.#cursor, "path", { class: "now", d: `M${x(step).toFixed(1)},${MARGIN.top}V${bottom}` });
    for (const { name, points, lower } of this.#picture.shapes) {
      const point = lower ? undefined : pointAt(points, step);
      if (!point) continue;
      const attributes = { class: name.replace("line", "dot"), cx: x(point[0]), cy: y(point[1]), r: 3.5 };
      draw(this.#cursor, "circle", attributes);
    }
  }

  /** Makes the paths that are missing, removes those without a shape, and keeps their order. */
  #keepPaths(shapes: readonly Shape[]): void {
    const names = shapes.map(({ name }) => name);
    if (names.length === this.#paths.size && names.every((name) => this.#paths.has(name))) return;
    this.#lines.replaceChildren();
    const paths = names.map((name) => [name, draw(this.#lines, "path", { class: name })] as const);
    this.#paths.clear();
    for (const [name, path] of paths) this.#paths.set(name, path);
  }

  /** Names lines right of their ends; where there is no room, above the line or, in the upper half, below it. */
  #drawLabels(x: (v: number) => number, y: (v: number) => number): void {
    const { width, height } = this.#size;
    const ends = this.#picture.shapes.flatMap(({ name, label, points }) => {
      const last = points.at(-1);
      if (label === undefined || !last) return [];
      const [right, level] = [x(last[0]), y(last[1])];
      const length = LABEL.letter * label.length;
      const [hasRoom, side] = [right + LABEL.gap + length < width, level > height / 2 ? -1 : 1];
      const beside = { x: right + LABEL.gap, y: level + 4, anchor: "start" };
      const end = Math.min(width, Math.max(right, MARGIN.left + length));
      const under = { x: end, y: level + (side > 0 ? LABEL.height + 2 : -LABEL.gap), anchor: "end" };
      return [{ name, label, side, length, ...(hasRoom ? beside : under) }];
    });
    this.#labels.replaceChildren();
    for (const side of [-1, 1]) {
      const placed: { x: number; y: number; length: number }[] = [];
      // From the outermost end towards the middle, so that no label is moved beyond the axes.
      for (const end of ends.filter((end) => end.side === side).sort((a, b) => side * (a.y - b.y))) {
        const near = placed.filter((other) => Math.abs(other.x - end.x) < Math.max(other.length, end.length));
        const place = { x: end.x, y: side * Math.max(side * end.y, ...near.map(({ y }) => side * y + LABEL.height)) };
        placed.push({ ...place, length: end.length });
        const attributes = { class: end.name.replace("line", "label"), ...place, "text-anchor": end.anchor };
        draw(this.#labels, "text", attributes, end.label);
      }
    }
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

/** The point of a line that is nearest to a step; undefined beyond the line's end. */
export function pointAt(points: readonly Point[], step: number): Point | undefined {
  const last = points.at(-1);
  if (!last) return undefined;
  // The place of one line may lie between two of another, so an end holds as far as the points are apart.
  const distance = last[0] - (points.at(-2)?.[0] ?? last[0]);
  return step > last[0] + Math.max(1, distance) ? undefined : points[nearestPoint(points, step)];
}

/** Index of the point that is nearest to a step; −1 if there are no points. */
function nearestPoint(points: readonly Point[], step: number): number {
  let [low, high] = [0, points.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (points[middle]![0] <= step) low = middle;
    else high = middle;
  }
  if (high < 0) return -1;
  return Math.abs(points[high]![0] - step) < Math.abs(points[low]![0] - step) ? high : low;
}

/** Round numbers from 0 to `max`, in about `count` equal steps. */
export function ticks(max: number, count: number): number[] {
  const rough = max / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  // A tolerance for rounding errors: a third of 0.6 is to be 0.2.
  const step = power * ([1, 2, 5].find((factor) => rough <= factor * power * (1 + 1e-9)) ?? 10);
  return Array.from({ length: Math.floor((max / step) * (1 + 1e-9)) + 1 }, (_, i) => i * step);
}
