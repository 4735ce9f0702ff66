/** Milliseconds after which a step counts for 1/e of a new one. */
const MEMORY = 3000;

/** How long a step takes: the mean over the last seconds. */
export class Pace {
  #milliseconds = 0;
  #steps = 0;

  /** After each step: how long it took. */
  add(milliseconds: number): void {
    const kept = Math.exp(-milliseconds / MEMORY);
    this.#milliseconds = this.#milliseconds * kept + milliseconds;
    this.#steps = this.#steps * kept + 1;
  }

  /** Milliseconds of a step; undefined before the first. */
  get perStep(): number | undefined {
    return this.#steps > 0 ? this.#milliseconds / this.#steps : undefined;
  }
}
