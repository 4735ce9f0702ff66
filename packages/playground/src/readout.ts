// The values of the lines of a picture, at a place that the reader chooses by pointer, touch or keys.
import { add, draw, setText } from "./elements.js";

/** The value of a line. */
export interface LineValue {
  /** Classes of the line, which its sample has, too. */
  readonly line: string;
  readonly name: string;
  readonly text: string;
}

interface Row {
  readonly line: string;
  readonly name: HTMLElement;
  readonly value: HTMLElement;
}

/** A list of values that is always there, so that a place that is chosen moves nothing on the page. */
export class Readout {
  readonly #place: HTMLElement;
  readonly #list: HTMLElement;
  readonly #spoken: HTMLElement;
  #rows: readonly Row[] = [];

  constructor(parent: Element) {
    const readout = add(parent, "div", { class: "readout" });
    this.#place = add(readout, "p");
    this.#list = add(readout, "ul");
    this.#spoken = addSpoken(parent);
  }

  show(place: string, values: readonly LineValue[]): void {
    setText(this.#place, place);
    const isSame = values.length === this.#rows.length && values.every(({ line }, i) => line === this.#rows[i]?.line);
    if (!isSame) this.#makeRows(values);
    for (const [i, { name, text }] of values.entries()) {
      setText(this.#rows[i]!.name, name);
      setText(this.#rows[i]!.value, text);
    }
  }

  /** Lets screen readers say the values. Only keys do that: a pointer passes many places in a second. */
  say(): void {
    const values = this.#rows.map(({ name, value }) => `${name.textContent} ${value.textContent}`);
    setText(this.#spoken, [this.#place.textContent, ...values].join("; "));
  }

  #makeRows(values: readonly LineValue[]): void {
    this.#list.replaceChildren();
    this.#rows = values.map(({ line }) => {
      const item = add(this.#list, "li");
      const sample = draw(item, "svg", { class: "chart sample", viewBox: "0 0 44 10", "aria-hidden": "true" });
      draw(sample, "path", { class: line, d: "M0,5H44" });
      return { line, name: add(item, "span"), value: add(item, "b") };
    });
  }
}

/** Adds an element that is not seen. Screen readers say each text that it gets. */
export function addSpoken(parent: Element): HTMLElement {
  return add(parent, "p", { class: "spoken", role: "status" });
}

/** Called when the reader chooses a place of a picture. */
export interface PlaceListener {
  /** Pixels from the left and the upper edge of the picture. */
  point(x: number, y: number): void;
  /** Places to the right of the chosen one; infinitely many for an end. */
  move(places: number): void;
  /** No place is chosen any more. */
  leave(): void;
}

const MOVES: Readonly<Record<string, number>> = {
  ...{ ArrowLeft: -1, ArrowRight: 1, ArrowDown: -1, ArrowUp: 1, PageDown: -10, PageUp: 10 },
  ...{ Home: Number.NEGATIVE_INFINITY, End: Number.POSITIVE_INFINITY },
};

/**
 * Lets pointer, touch and keys choose a place of a picture. A finger's place stays until the picture loses the focus.
 *
 * @param target What takes the focus: the picture, or a frame around it.
 */
export function listenToPlaces(
  svg: SVGSVGElement,
  { point, move, leave }: PlaceListener,
  target: HTMLOrSVGElement & GlobalEventHandlers = svg,
): void {
  const follow = ({ clientX, clientY }: PointerEvent) => {
    const { left, top } = svg.getBoundingClientRect();
    point(clientX - left, clientY - top);
  };
  target.tabIndex = 0;
  target.addEventListener("pointerdown", follow);
  target.addEventListener("pointermove", follow);
  target.addEventListener("pointerleave", ({ pointerType }) => {
    if (pointerType === "mouse") leave();
  });
  target.addEventListener("blur", leave);
  target.addEventListener("keydown", (event) => {
    const places = MOVES[event.key];
    if (event.key === "Escape") leave();
    if (places === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    move(places);
  });
}
