/** The unit roundoff of float64, and that of float32. */
export const UNIT = { double: 2 ** -53, single: 2 ** -24 } as const;

/** Dekker's factor: with it a float64 is rounded to its first 12 bits, which are four decimal digits. */
const SPLIT = 2 ** 41 + 1;

/**
 * Sees from the values of f whether f is rounded to float32: all values are float32 numbers, and one of them has so
 * many digits that it cannot be one by chance, as 3 and 0.5 are.
 */
export class FloatType {
  #isSingle = true;
  #hasDigits = false;

  /** Takes a value of f. */
  see(value: number): void {
    if (!this.#isSingle) return;
    if (Math.fround(value) !== value) this.#isSingle = false;
    else if (!this.#hasDigits) {
      const scaled = SPLIT * value;
      this.#hasDigits = scaled - (scaled - value) !== value;
    }
  }

  /** Whether f is rounded to float32, by the values so far. */
  get isSingle(): boolean {
    return this.#isSingle && this.#hasDigits;
  }

  /** The unit roundoff of f, by the values so far. */
  get unit(): number {
    return this.isSingle ? UNIT.single : UNIT.double;
  }
}
