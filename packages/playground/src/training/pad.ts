import { type Point, SIDE, type Stroke } from "./digit.js";

/** Width of the pen, and its way at an arrow key, in fractions of the pad's side. */
const PEN = 0.07;
const STRIDE = 1 / 32;

const ARROWS: Readonly<Record<string, Point>> = {
  ArrowLeft: { x: -STRIDE, y: 0 },
  ArrowRight: { x: STRIDE, y: 0 },
  ArrowUp: { x: 0, y: -STRIDE },
  ArrowDown: { x: 0, y: STRIDE },
};

/**
 * A canvas to draw on with mouse, finger, pen, or keys: arrows move the pen, Space puts it down or lifts it, Delete
 * clears. The ink is black on a transparent background; the style sheet inverts it in dark pages.
 */
export class Pad {
  readonly #canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;
  readonly #cursor: HTMLElement;
  readonly #drawn: (strokes: readonly Stroke[]) => void;
  #strokes: Point[][] = [];
  /** The pointer that is drawing. */
  #pointer: number | undefined;
  /** Position of the pen that keys move, and whether it is down. */
  #pen = { x: 0.5, y: 0.5 };
  #isDown = false;

  /**
   * @param paper Element that gets the focus for keys.
   * @param cursor Element that shows the position of the pen that keys move.
   * @param drawn Called with the whole drawing after each change by the user.
   */
  constructor(
    canvas: HTMLCanvasElement,
    paper: HTMLElement,
    cursor: HTMLElement,
    drawn: (strokes: readonly Stroke[]) => void,
  ) {
    this.#canvas = canvas;
    this.#context = canvas.getContext("2d") as CanvasRenderingContext2D;
    this.#cursor = cursor;
    this.#drawn = drawn;
    canvas.addEventListener("pointerdown", (event) => this.#put(event));
    canvas.addEventListener("pointermove", (event) => this.#move(event));
    for (const end of ["pointerup", "pointercancel"] as const) {
      canvas.addEventListener(end, ({ pointerId }) => {
        if (pointerId === this.#pointer) this.#pointer = undefined;
      });
    }
    paper.tabIndex = 0;
    paper.addEventListener("keydown", (event) => this.#press(event));
    paper.addEventListener("blur", () => this.#lift());
    this.#placeCursor();
  }

  clear(): void {
    this.#strokes = [];
    this.#lift();
    this.#context.clearRect(0, 0, this.#canvas.width, this.#canvas.height);
    this.#drawn([]);
  }

  /** Shows an image of 28 × 28 bytes instead of a drawing. */
  show(image: Uint8Array): void {
    this.#strokes = [];
    this.#lift();
    const small = Object.assign(document.createElement("canvas"), { width: SIDE, height: SIDE });
    drawImage(small, image);
    const { width, height } = this.#canvas;
    this.#context.clearRect(0, 0, width, height);
    this.#context.imageSmoothingEnabled = false;
    this.#context.drawImage(small, 0, 0, width, height);
  }

  #put(event: PointerEvent): void {
    if (event.button !== 0 || this.#pointer !== undefined) return;
    this.#pointer = event.pointerId;
    this.#canvas.setPointerCapture(event.pointerId);
    this.#lift();
    this.#begin(this.#pointOf(event));
  }

  #move(event: PointerEvent): void {
    if (event.pointerId !== this.#pointer) return;
    // One event may have several positions.
    const events = event.getCoalescedEvents?.() ?? [];
    for (const position of events.length > 0 ? events : [event]) this.#draw(this.#pointOf(position));
    this.#drawn(this.#strokes);
  }

  #press(event: KeyboardEvent): void {
    const arrow = ARROWS[event.key];
    if (event.key === " ") {
      this.#isDown = !this.#isDown;
      this.#placeCursor();
      if (this.#isDown) this.#begin({ ...this.#pen });
    } else if (event.key === "Delete" || event.key === "Backspace") {
      this.clear();
    } else if (arrow) {
      const within = (value: number) => Math.max(PEN / 2, Math.min(1 - PEN / 2, value));
      this.#pen = { x: within(this.#pen.x + arrow.x), y: within(this.#pen.y + arrow.y) };
      this.#placeCursor();
      if (this.#isDown) {
        this.#draw({ ...this.#pen });
        this.#drawn(this.#strokes);
      }
    } else return;
    event.preventDefault();
  }

  #lift(): void {
    this.#isDown = false;
    this.#placeCursor();
  }

  #placeCursor(): void {
    this.#cursor.style.left = `${100 * this.#pen.x}%`;
    this.#cursor.style.top = `${100 * this.#pen.y}%`;
    this.#cursor.classList.toggle("down", this.#isDown);
  }

  #pointOf({ clientX, clientY }: PointerEvent): Point {
    const { left, top, width, height } = this.#canvas.getBoundingClientRect();
    return { x: (clientX - left) / width, y: (clientY - top) / height };
  }

  #begin(point: Point): void {
    if (this.#strokes.length === 0) this.#context.clearRect(0, 0, this.#canvas.width, this.#canvas.height);
    this.#strokes.push([]);
    this.#draw(point);
    this.#drawn(this.#strokes);
  }

  #draw(point: Point): void {
    const stroke = this.#strokes.at(-1)!;
    const from = stroke.at(-1) ?? point;
    stroke.push(point);
    const { width } = this.#canvas;
    Object.assign(this.#context, { lineWidth: PEN * width, lineCap: "round", lineJoin: "round", strokeStyle: "#000" });
    this.#context.beginPath();
    this.#context.moveTo(from.x * width, from.y * width);
    this.#context.lineTo(point.x * width, point.y * width);
    this.#context.stroke();
  }
}

/** Draws an image in black on a transparent background; without an image the canvas is empty. */
export function drawImage(canvas: HTMLCanvasElement, image: Uint8Array | undefined): void {
  const pixels = new ImageData(SIDE, SIDE);
  image?.forEach((ink, i) => {
    pixels.data[4 * i + 3] = ink;
  });
  canvas.getContext("2d")?.putImageData(pixels, 0, 0);
}
