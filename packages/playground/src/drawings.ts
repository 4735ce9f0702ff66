// When the parts of the page are drawn.

/** Least milliseconds between two drawings: short enough to look live. */
const LIVE = 80;

/** A drawing is followed by a rest of so many times its length, so that most of the time is left for what a reader does. */
const REST = 3;

/** Draws the parts of a page one after the other, one in each frame, so that no task is long. */
export class Drawings {
  readonly #parts: readonly (() => void)[];
  readonly #pause: () => number;
  #isPlanned = false;
  #isDrawing = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Time from which on the page may be drawn again. */
  #from = 0;

  /** @param pause Milliseconds between two drawings, if they are to be more than usual. */
  constructor(parts: readonly (() => void)[], pause: () => number) {
    this.#parts = parts;
    this.#pause = pause;
  }

  /** Plans a drawing, unless one is planned. So much news at a time leads to one drawing. */
  plan(): void {
    if (this.#isPlanned) return;
    this.#isPlanned = true;
    if (!this.#isDrawing) this.#wait(this.#from - performance.now());
  }

  /** Draws in the next frame, because a reader waits for it. */
  hurry(): void {
    this.#from = 0;
    this.#isPlanned = true;
    if (!this.#isDrawing) this.#wait(0);
  }

  #wait(milliseconds: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => requestAnimationFrame(() => this.#draw()), milliseconds);
  }

  async #draw(): Promise<void> {
    if (this.#isDrawing || !this.#isPlanned) return;
    this.#isPlanned = false;
    this.#isDrawing = true;
    this.#from = Number.POSITIVE_INFINITY;
    let spent = 0;
    for (const [i, part] of this.#parts.entries()) {
      if (i > 0) await new Promise(requestAnimationFrame);
      const before = performance.now();
      part();
      spent += performance.now() - before;
    }
    this.#isDrawing = false;
    const now = performance.now();
    // A drawing that is in a hurry has set this to 0.
    this.#from = Math.min(this.#from, now + Math.max(LIVE, this.#pause(), REST * spent));
    if (this.#isPlanned) this.#wait(this.#from - now);
  }
}
