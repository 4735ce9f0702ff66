// A picture on which a reader points at places.
import { add } from "../elements.js";
import type { Place } from "./sheet.js";

/** What a reader does on a picture. */
export interface Hand {
  /** Points at a place with a mouse, a pen or a finger, in fractions of the picture's sides. */
  point(x: number, y: number): void;
  /** Presses an arrow key: so many columns to the right, and so many rows down. */
  move(columns: number, rows: number): void;
  /** Clicks, or presses Enter. */
  choose(): void;
}

/** The ways of the arrow keys. */
export const ARROWS: Readonly<Record<string, readonly [columns: number, rows: number]>> = {
  ...{ ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] },
};

/** A canvas with a mark around the place that is pointed at. */
export class PointedPicture {
  readonly frame: HTMLElement;
  readonly canvas: HTMLCanvasElement;
  readonly #mark: HTMLElement;

  /** @param keys Id of the element that says what the keys do. */
  constructor(parent: Element, keys: string, hand: Hand) {
    this.frame = add(parent, "div", { class: "pointed", tabindex: 0, role: "application", "aria-describedby": keys });
    this.canvas = add(this.frame, "canvas", { width: 1, height: 1 });
    this.#mark = add(this.frame, "span", { class: "mark", "aria-hidden": "true" });
    const point = ({ clientX, clientY }: MouseEvent) => {
      const { left, top, width, height } = this.canvas.getBoundingClientRect();
      const [x, y] = [(clientX - left) / width, (clientY - top) / height];
      if (x >= 0 && x < 1 && y >= 0 && y < 1) hand.point(x, y);
    };
    this.frame.addEventListener("pointermove", point);
    this.frame.addEventListener("pointerdown", point);
    this.frame.addEventListener("click", () => hand.choose());
    this.frame.addEventListener("keydown", (event) => {
      const arrow = ARROWS[event.key];
      if (arrow) hand.move(...arrow);
      else if (event.key === "Enter") hand.choose();
      else return;
      event.preventDefault();
    });
  }

  /** Moves the mark. */
  mark({ x, y, width, height }: Place): void {
    const percent = (part: number) => `${100 * part}%`;
    const [left, top] = [percent(x), percent(y)];
    Object.assign(this.#mark.style, { left, top, width: percent(width), height: percent(height) });
  }
}
