import { add, draw, observeSize, type Size, setText } from "../elements.js";
import { powerOfTen } from "../numbers.js";
import { addSpoken, listenToPlaces } from "../readout.js";
import type { Strings } from "../strings/strings.js";
import type { Texts } from "../strings/texts.js";

type Point = readonly [x: number, y: number];

/** Says a point in words, or what holds for all of them if none is pointed at. */
type Read = (target: number | undefined) => string;

/** An axis: where its values are, as fractions from its beginning to its end, and its numbers. */
export interface Axis {
  readonly placeOf: (value: number) => number;
  readonly ticks: readonly (readonly [value: number, text: string])[];
}

/** The contents of a plot. */
export interface LogPicture {
  readonly x: Axis;
  readonly y: Axis;
  /** From back to front: points in a line, or points alone. The name is the class of the path. */
  readonly layers: readonly { readonly name: string; readonly isLine: boolean; readonly points: readonly Point[] }[];
  /** The points at which a reader points, from left to right. */
  readonly targets: readonly Point[];
}

const MARGIN = { top: 8, right: 14, bottom: 26, left: 52 };

/** Approximate distance of ticks in pixels. */
const TICKS = 36;

/** A logarithmic axis between two powers of ten, with a number of ticks that fits. */
export function logAxis(low: number, high: number, most = 7): Axis {
  const every = Math.max(1, Math.ceil((high - low) / most));
  const exponents = Array.from({ length: Math.floor((high - low) / every) + 1 }, (_, i) => low + i * every);
  return {
    placeOf: (value) => Math.max(0, Math.min(1, (Math.log10(value) - low) / (high - low))),
    ticks: exponents.map((exponent) => [10 ** exponent, powerOfTen(exponent)]),
  };
}

/** A picture whose points have their values said where a reader points, with a pointer or by keys. */
export class LogPlot {
  readonly #svg: SVGSVGElement;
  readonly #axes: SVGGElement;
  readonly #paths: SVGGElement;
  readonly #ring: SVGCircleElement;
  readonly #reading: HTMLElement;
  readonly #spoken: HTMLElement;
  readonly #read: Read;
  #picture: LogPicture | undefined;
  #size: Size = { width: 0, height: 0 };
  /** The point that is pointed at. */
  #target: number | undefined;

  constructor(parent: Element, texts: Texts, name: (strings: Strings) => string, read: Read) {
    this.#read = read;
    const frame = add(parent, "div", { class: "pointed-plot", role: "application" });
    texts.name(frame, "aria-label", name);
    this.#svg = draw(frame, "svg", { class: "chart log", "aria-hidden": "true" });
    this.#axes = draw(this.#svg, "g");
    this.#paths = draw(this.#svg, "g");
    this.#ring = draw(this.#svg, "circle", { class: "ring", r: 6, visibility: "hidden" });
    this.#reading = add(parent, "p", { class: "reading" });
    this.#spoken = addSpoken(parent);
    observeSize(this.#svg, (size) => {
      this.#size = size;
      if (this.#picture) this.draw(this.#picture);
    });
    const listener = {
      point: (x: number, y: number) => this.#point(this.#nearest(x, y)),
      move: (places: number) => this.#move(places),
      leave: () => this.#point(undefined),
    };
    listenToPlaces(this.#svg, listener, frame);
  }

  draw(picture: LogPicture): void {
    this.#picture = picture;
    if (this.#target !== undefined && this.#target >= picture.targets.length) this.#target = undefined;
    if (this.#size.width > 0) {
      this.#drawAxes(picture);
      this.#paths.replaceChildren();
      for (const { name, isLine, points } of picture.layers) {
        const corners = points.map((each) =>
          this.#placeOf(each)
            .map((place) => place.toFixed(1))
            .join(),
        );
        const d = isLine ? `M${corners.join("L")}` : corners.map((corner) => `M${corner}h0`).join("");
        if (corners.length > 0) draw(this.#paths, "path", { class: name, d });
      }
    }
    this.#show();
  }

  #placeOf([x, y]: Point): Point {
    const { x: across, y: up } = this.#picture!;
    const { width, height } = this.#size;
    return [
      MARGIN.left + across.placeOf(x) * (width - MARGIN.left - MARGIN.right),
      height - MARGIN.bottom - up.placeOf(y) * (height - MARGIN.top - MARGIN.bottom),
    ];
  }

  #drawAxes({ x, y }: LogPicture): void {
    const { width, height } = this.#size;
    this.#axes.replaceChildren();
    for (const [value, text] of thin(y.ticks, height / TICKS)) {
      const place = height - MARGIN.bottom - y.placeOf(value) * (height - MARGIN.top - MARGIN.bottom);
      draw(this.#axes, "path", { class: "grid", d: `M${MARGIN.left},${place}H${width - MARGIN.right}` });
      draw(this.#axes, "text", { x: MARGIN.left - 8, y: place + 4, "text-anchor": "end" }, text);
    }
    for (const [value, text] of thin(x.ticks, width / (2 * TICKS))) {
      const place = MARGIN.left + x.placeOf(value) * (width - MARGIN.left - MARGIN.right);
      draw(this.#axes, "text", { x: place, y: height - 6, "text-anchor": "middle" }, text);
    }
  }

  #nearest(x: number, y: number): number | undefined {
    let [nearest, least]: [number | undefined, number] = [undefined, Number.POSITIVE_INFINITY];
    for (const [i, target] of (this.#picture?.targets ?? []).entries()) {
      const [a, b] = this.#placeOf(target);
      const distance = Math.hypot(a - x, b - y);
      if (distance < least) [nearest, least] = [i, distance];
    }
    return nearest;
  }

  /** Goes to another point by keys. Screen readers hear its values. */
  #move(places: number): void {
    const last = (this.#picture?.targets.length ?? 0) - 1;
    if (last < 0) return;
    this.#point(Math.max(0, Math.min(last, (this.#target ?? -1) + places)));
    setText(this.#spoken, this.#reading.textContent ?? "");
  }

  #point(target: number | undefined): void {
    this.#target = target;
    this.#show();
  }

  #show(): void {
    const target = this.#target === undefined ? undefined : this.#picture?.targets[this.#target];
    setText(this.#reading, this.#read(this.#target));
    this.#ring.setAttribute("visibility", target && this.#size.width > 0 ? "visible" : "hidden");
    if (!target || this.#size.width === 0) return;
    const [x, y] = this.#placeOf(target);
    this.#ring.setAttribute("cx", x.toFixed(1));
    this.#ring.setAttribute("cy", y.toFixed(1));
  }
}

/** Every tick, or every second one, and so on, until about so many are left. */
function thin<T>(ticks: readonly T[], most: number): T[] {
  const every = Math.max(1, Math.ceil(ticks.length / Math.max(2, most)));
  return ticks.filter((_, i) => i % every === 0);
}
