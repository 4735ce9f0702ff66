// The part about gradient descent: contours on which a reader starts paths, and compares learning rates.

import {
  contours,
  type Descent,
  descend,
  type Outcome,
  type Point,
  SURFACES,
  type Surface,
  type SurfaceName,
} from "../calculus/surfaces.js";
import { add, draw, pathOf, scale } from "../elements.js";
import { formatNumber, nearestIndex } from "../numbers.js";
import type { UrlState } from "../state/url-state.js";
import type { Texts } from "../strings/texts.js";
import { addField, Slider } from "./fields.js";

const WIDTH = 640;
const HEIGHT = 480;

/** The learning rates of the slider. Near 1 they are close, because the elongated bowl tells 0.9, 1 and 1.05 apart. */
const RATES: readonly number[] = [
  ...[-4, -3, -2, -1].flatMap((exponent) => [1, 1.5, 2, 3, 5, 7, 9].map((factor) => Number(`${factor}e${exponent}`))),
  ...[1, 1.05, 1.2, 1.5, 2],
];

/** Most paths that are kept: more could not be told apart. */
const MOST = 6;

const NAMES = Object.keys(SURFACES) as SurfaceName[];

/** How the URL writes paths: 0.9_-7_2*1.05_-7_2. No character of it needs an escape. */
const NEXT_NUMBER = "_";
const NEXT_PATH = "*";
const NO_PATHS = "none";

interface Shown {
  readonly rate: number;
  readonly start: Point;
  readonly descent: Descent;
  /** Number of its colour. */
  readonly colour: number;
}

/** Steps of a path that have a dot each: more would be one thick line. */
const DOTS = 60;

/** The part about gradient descent: the fields, the map with its paths, and the list of the paths in words. */
export class DescentView {
  readonly #state: UrlState;
  readonly #texts: Texts;
  readonly #slider: Slider;
  readonly #clear: HTMLButtonElement;
  readonly #svg: SVGSVGElement;
  readonly #ground: SVGGElement;
  readonly #lines: SVGGElement;
  readonly #cursor: SVGCircleElement;
  readonly #list: HTMLOListElement;
  #select!: HTMLSelectElement;
  #name: SurfaceName;
  /** Index of the learning rate in `RATES`. */
  #rate: number;
  #start: Point;
  #paths: readonly Shown[] = [];
  /** Number of all paths so far. */
  #count = 0;

  constructor(section: Element, state: UrlState, texts: Texts) {
    this.#state = state;
    this.#texts = texts;
    this.#name = state.choice("surface", NAMES, "valley");
    this.#rate = nearestIndex(RATES, state.number("eta", 0, 10, this.#surface.rate));
    this.#start = readStart(state.text("start"), this.#surface);
    texts.show(add(section, "h2", { id: "descent-title" }), ({ descent }) => descent.title);
    texts.show(add(section, "p", { class: "intro" }), ({ descent }) => descent.intro);
    const fields = add(section, "div", { class: "fields" });
    this.#addSurfaces(fields);
    const range = { min: 0, max: RATES.length - 1, step: 1 };
    this.#slider = new Slider(
      fields,
      "g-rate",
      texts,
      ({ descent }) => descent.rate,
      range,
      (i) => this.#takeRate(i),
    );
    this.#clear = this.#addButtons(fields);
    const both = add(section, "div", { class: "map" });
    this.#svg = this.#addMap(both);
    this.#ground = draw(this.#svg, "g");
    this.#lines = draw(this.#svg, "g");
    this.#cursor = draw(this.#svg, "circle", { class: "start", r: 7 });
    const side = add(both, "div");
    texts.show(add(side, "p", { class: "hint", id: "g-keys" }), ({ descent }) => descent.keys);
    texts.show(add(side, "h3"), ({ descent }) => descent.paths);
    this.#list = add(add(side, "div", { role: "status" }), "ol", { class: "paths" });
    this.#showRate();
    this.#showSurface();
    const own = [{ rate: RATES[this.#rate]!, start: this.#start }];
    for (const { rate, start } of readPaths(state.text("paths"), this.#surface) ?? own) this.#addPath(rate, start);
    texts.follow(() => this.#showPaths());
  }

  get #surface(): Surface {
    return SURFACES[this.#name];
  }

  /** The scales from the surface to the picture. */
  get #axes() {
    return { px: scale(this.#surface.x, [0, WIDTH]), py: scale(this.#surface.y, [HEIGHT, 0]) };
  }

  #addSurfaces(parent: Element): void {
    const field = addField(parent, "g-surface", this.#texts, ({ descent }) => descent.surface);
    const select = add(field, "select", { id: "g-surface" });
    for (const each of NAMES) {
      const option = add(select, "option", { value: each });
      this.#texts.show(option, ({ descent }) => `${descent.surfaces[each]}: ${SURFACES[each].formula}`);
    }
    select.value = this.#name;
    select.addEventListener("change", () => this.choose(select.value as SurfaceName));
    this.#select = select;
  }

  /** Shows a surface, with a path from its start; with its own learning rate, if none is given. */
  choose(name: SurfaceName, rate?: number): void {
    this.#name = name;
    this.#select.value = name;
    this.#state.set("surface", name);
    this.#paths = [];
    this.#moveStart(this.#surface.start);
    this.#takeRate(nearestIndex(RATES, rate ?? this.#surface.rate));
    this.#showSurface();
    this.#descend();
  }

  /** Adds the button that descends, and the one that clears the paths, which it returns. */
  #addButtons(parent: Element): HTMLButtonElement {
    const buttons = add(parent, "div", { class: "buttons" });
    const go = add(buttons, "button", { type: "button", class: "primary" });
    const clear = add(buttons, "button", { type: "button" });
    this.#texts.show(go, ({ descent }) => descent.again);
    this.#texts.show(clear, ({ descent }) => descent.clear);
    go.addEventListener("click", () => this.#descend());
    clear.addEventListener("click", () => {
      this.#paths = [];
      this.#keepPaths();
      this.#showPaths();
    });
    return clear;
  }

  #addMap(parent: Element): SVGSVGElement {
    const svg = draw(parent, "svg", {
      ...{ viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "plot surface", tabindex: 0, role: "application" },
      "aria-describedby": "g-keys",
    });
    this.#texts.name(svg, "aria-label", ({ descent }) => descent.map);
    svg.addEventListener("click", ({ clientX, clientY }) => {
      const { left, top, width, height } = svg.getBoundingClientRect();
      const { x, y } = this.#surface;
      this.#moveStart([scale([left, left + width], x)(clientX), scale([top + height, top], y)(clientY)]);
      this.#descend();
    });
    svg.addEventListener("keydown", (event) => this.#press(event));
    return svg;
  }

  #press(event: KeyboardEvent): void {
    const { x, y } = this.#surface;
    const [across, up] = [(x[1] - x[0]) / 40, (y[1] - y[0]) / 40];
    const moves: Readonly<Record<string, Point>> = {
      ...{ ArrowLeft: [-across, 0], ArrowRight: [across, 0], ArrowUp: [0, up], ArrowDown: [0, -up] },
    };
    const move = moves[event.key];
    if (move) this.#moveStart([this.#start[0] + move[0], this.#start[1] + move[1]]);
    else if (event.key === "Enter") this.#descend();
    else return;
    event.preventDefault();
  }

  #moveStart([a, b]: Point): void {
    const { x, y } = this.#surface;
    this.#start = [short(Math.min(x[1], Math.max(x[0], a))), short(Math.min(y[1], Math.max(y[0], b)))];
    this.#state.set("start", this.#start.join());
    this.#showStart();
  }

  #takeRate(index: number): void {
    this.#rate = index;
    this.#state.set("eta", RATES[index]!);
    this.#showRate();
  }

  /** Adds a path from the start. */
  #descend(): void {
    this.#addPath(RATES[this.#rate]!, this.#start);
    this.#keepPaths();
    this.#showPaths();
  }

  #addPath(rate: number, start: Point): void {
    const path = { rate, start, descent: descend(this.#surface, start, rate), colour: this.#count++ % MOST };
    this.#paths = [...this.#paths, path].slice(-MOST);
  }

  /** Writes the paths into the URL. The page's own first path is not written: a page that nobody has used keeps its address. */
  #keepPaths(): void {
    const paths = this.#paths.map(({ rate, start }) => [rate, ...start].join(NEXT_NUMBER));
    this.#state.set("paths", paths.join(NEXT_PATH) || NO_PATHS);
  }

  #showRate(): void {
    this.#slider.show(this.#rate, String(RATES[this.#rate]));
  }

  #showStart(): void {
    const { px, py } = this.#axes;
    this.#cursor.setAttribute("cx", String(px(this.#start[0])));
    this.#cursor.setAttribute("cy", String(py(this.#start[1])));
  }

  #showSurface(): void {
    const { px, py } = this.#axes;
    this.#ground.replaceChildren();
    for (const pieces of contours(this.#surface, 12, 64)) {
      const d = pieces.map((ends) => pathOf(ends.map(([a, b]) => [px(a), py(b)] as const))).join("");
      draw(this.#ground, "path", { class: "contour", d });
    }
    this.#showCoordinates();
    this.#showStart();
  }

  /** Names some coordinates inside the picture, whose edges are those of the surface. A tick before a number would look like a minus. */
  #showCoordinates(): void {
    const { px, py } = this.#axes;
    const { x, y } = this.#surface;
    const step = (x[1] - x[0]) / 4;
    for (const at of multiples(step, x)) {
      draw(this.#ground, "text", { x: px(at), y: HEIGHT - 8, "text-anchor": "middle" }, formatNumber(at, 1));
    }
    for (const at of multiples(step, y)) {
      draw(this.#ground, "text", { x: 8, y: py(at), "dominant-baseline": "central" }, formatNumber(at, 1));
    }
  }

  #showPaths(): void {
    const { descent: words } = this.#texts.strings;
    this.#lines.replaceChildren();
    this.#list.replaceChildren();
    this.#clear.disabled = this.#paths.length === 0;
    if (this.#paths.length === 0) add(this.#list, "li", { class: "none" }).textContent = words.none;
    for (const path of this.#paths) {
      this.#drawPath(path);
      add(this.#list, "li", { class: `c${path.colour}` }).textContent = describe(path, words);
    }
  }

  #drawPath(path: Shown): void {
    const { px, py } = this.#axes;
    const points = path.descent.points.map(([a, b]) => [clampTo(px(a), WIDTH), clampTo(py(b), HEIGHT)] as const);
    const line = draw(this.#lines, "path", { class: `route c${path.colour}`, d: pathOf(points), pathLength: 1 });
    if (path === this.#paths.at(-1)) line.classList.add("new");
    for (const [cx, cy] of points.slice(0, DOTS)) {
      draw(this.#lines, "circle", { class: `stop c${path.colour}`, cx, cy, r: 2.4 });
    }
  }
}

function describe({ rate, descent: { points, outcome } }: Shown, words: Texts["strings"]["descent"]): string {
  const [a, b] = points.at(-1)!.map((value) => formatNumber(Math.abs(value) < 1e-3 ? 0 : value, 3)) as [string, string];
  const said: Readonly<Record<Outcome, string>> = words.outcomes;
  return `η = ${rate}: ${words.steps(points.length - 1)} → (${a}, ${b}) ${said[outcome]}`;
}

/** The multiples of a step inside an interval, without its ends. */
function multiples(step: number, [low, high]: readonly [number, number]): number[] {
  const first = Math.floor(low / step) + 1;
  const last = Math.ceil(high / step) - 1;
  return Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step);
}

/** The start that the URL names, if the surface shows it. */
function readStart(text: string | null, surface: Surface): Point {
  const [a = Number.NaN, b = Number.NaN] = (text ?? "").split(",").map(Number);
  return shows(surface, a, b) ? [a, b] : surface.start;
}

/** The paths that the URL names, if the surface shows their starts and the slider has their learning rates. */
function readPaths(text: string | null, surface: Surface): { rate: number; start: Point }[] | undefined {
  if (text === null) return undefined;
  if (text === NO_PATHS) return [];
  const paths = text.split(NEXT_PATH).flatMap((path) => {
    const [rate = Number.NaN, a = Number.NaN, b = Number.NaN] = path.split(NEXT_NUMBER).map(Number);
    return RATES.includes(rate) && shows(surface, a, b) ? [{ rate, start: [a, b] as const }] : [];
  });
  return paths.length > 0 ? paths.slice(-MOST) : undefined;
}

function shows({ x, y }: Surface, a: number, b: number): boolean {
  return a >= x[0] && a <= x[1] && b >= y[0] && b <= y[1];
}

/** A coordinate with so many digits as the URL has: finer than a pixel. */
function short(coordinate: number): number {
  return Number(coordinate.toPrecision(4));
}

/** Keeps a coordinate within some pictures, because browsers draw huge ones wrongly. */
function clampTo(value: number, size: number): number {
  return Math.min(4 * size, Math.max(-3 * size, value));
}
