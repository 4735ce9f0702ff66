/** The mean time of the last steps. */
export class Pace {
  readonly #memory: number;
  #milliseconds = 0;
  #steps = 0;

  /** @param memory Milliseconds after which the time of a step has 1/e of the weight of a new one. */
  constructor(memory: number) {
    this.#memory = memory;
  }

  /** Adds the time of a step. */
  add(milliseconds: number): void {
    const kept = Math.exp(-milliseconds / this.#memory);
    this.#milliseconds = this.#milliseconds * kept + milliseconds;
    this.#steps = this.#steps * kept + 1;
  }

  /** Milliseconds of a step; undefined before the first step. */
  get perStep(): number | undefined {
    return this.#steps > 0 ? this.#milliseconds / this.#steps : undefined;
  }
}
