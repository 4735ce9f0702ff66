/** Milliseconds after which the time of a step has 1/e of the weight of a new one. */
const MEMORY = 3000;

/** The mean time of a step over the last seconds. */
export class Pace {
  #milliseconds = 0;
  #steps = 0;

  /** Adds the time of a step. */
  add(milliseconds: number): void {
    const kept = Math.exp(-milliseconds / MEMORY);
    this.#milliseconds = this.#milliseconds * kept + milliseconds;
    this.#steps = this.#steps * kept + 1;
  }

  /** Milliseconds of a step; undefined before the first step. */
  get perStep(): number | undefined {
    return this.#steps > 0 ? this.#milliseconds / this.#steps : undefined;
  }
}
