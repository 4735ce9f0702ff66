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
  #isHurried = false;
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

  /** Draws the first part in the next frame, because a reader waits for it. A drawing that goes on begins anew. */
  hurry(): void {
    this.#isPlanned = true;
    this.#isHurried = true;
    if (!this.#isDrawing) this.#wait(0);
  }

  #wait(milliseconds: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => requestAnimationFrame(() => this.#draw()), milliseconds);
  }

  async #draw(): Promise<void> {
    if (this.#isDrawing || !this.#isPlanned) return;
    this.#isDrawing = true;
    let spent = 0;
    for (let next = 0; next < this.#parts.length; next++) {
      if (next > 0) await new Promise(requestAnimationFrame);
      if (this.#isHurried) next = 0;
      if (next === 0) {
        this.#isPlanned = false;
        this.#isHurried = false;
      }
      const before = performance.now();
      this.#parts[next]?.();
      spent += performance.now() - before;
    }
    this.#isDrawing = false;
    const rest = Math.max(LIVE, this.#pause(), REST * spent);
    this.#from = performance.now() + rest;
    if (this.#isPlanned) this.#wait(this.#isHurried ? 0 : rest);
  }
}
