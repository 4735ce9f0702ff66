/** The unit roundoff of float64, and that of float32. */
export const UNIT = { double: 2 ** -53, single: 2 ** -24 } as const;

const word = /* @__PURE__ */ new Float32Array(1);
const bits = /* @__PURE__ */ new Int32Array(word.buffer);

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
      word[0] = value;
      // The last 12 of the 23 stored bits: a number without them has at most four decimal digits.
      this.#hasDigits = (bits[0]! & 0xfff) !== 0;
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
