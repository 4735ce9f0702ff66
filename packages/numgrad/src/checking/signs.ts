/** A magnitude has the elements that are at least this part of its largest one. */
export const MAGNITUDE = 2 ** -10;

/** The largest number of magnitudes with a direction of their own. */
const MOST_MAGNITUDES = 4;

/** The largest number of draws of random signs. Six of ten draws are taken. */
const MOST_DRAWS = 16;

/** The slope by the gradient along a direction: the sum of its terms, of their absolute values, and of their squares. */
export interface Terms {
  readonly got: number;
  readonly sum: number;
  readonly norm: number;
}

/**
 * A direction: element i of x moves by t·vᵢ, where vᵢ is ±1, or ±|xᵢ| if that is larger, or 0.
 */
export class Signs {
  /** The numbers vᵢ. */
  readonly values: Float64Array;
  readonly #got: Float64Array;
  readonly #elements: Float64Array;
  readonly #random: () => number;

  /**
   * @param got The gradient.
   * @param elements Those of x.
   */
  constructor(got: Float64Array, elements: Float64Array, seed: number) {
    this.values = new Float64Array(got.length);
    this.#got = got;
    this.#elements = elements;
    this.#random = mulberry32(seed);
  }

  /** Ranges of |g|: each has the elements of one magnitude, the last the elements that are 0, if there are any. */
  magnitudes(): { low: number; high: number }[] {
    const sizes = this.#got.map(Math.abs).filter((size) => size < Number.POSITIVE_INFINITY);
    const ranges: { low: number; high: number }[] = [];
    for (let high = Number.POSITIVE_INFINITY; ranges.length < MOST_MAGNITUDES; ) {
      const largest = sizes.reduce((most, size) => (size < high && size > most ? size : most), 0);
      const isLast = largest === 0 || ranges.length === MOST_MAGNITUDES - 1;
      const low = isLast ? 0 : largest * MAGNITUDE;
      if (sizes.some((size) => size >= low && size < high)) ranges.push({ low, high });
      if (isLast) break;
      high = low;
    }
    return ranges;
  }

  /** Takes the signs of the gradient where low ≤ |g| < high, and random ones where it is 0. Other elements do not move. */
  along(low = 0, high = Number.POSITIVE_INFINITY): void {
    this.#choose((value) => {
      const size = Math.abs(value);
      if (!(size >= low && size < high)) return 0;
      return value === 0 ? this.#sign() : Math.sign(value);
    });
  }

  /**
   * Takes random signs. If the terms of the gradient almost cancel by chance, f rounds the little change away that is left, so
   * other signs are drawn.
   */
  alongRandom(): void {
    for (let draws = 0; draws < MOST_DRAWS; draws++) {
      this.#choose(() => this.#sign());
      const { got, norm } = this.terms(0, this.#got.length);
      if (Math.abs(got) >= norm / 2) break;
    }
  }

  /** Sets the direction by the sign, or 0, for each element of the gradient. Elements that are not finite do not move. */
  #choose(sign: (value: number) => number): void {
    const [got, elements] = [this.#got, this.#elements];
    for (let i = 0; i < got.length; i++) {
      this.values[i] = Number.isFinite(got[i]) ? sign(got[i]!) * Math.max(1, Math.abs(elements[i]!)) : 0;
    }
  }

  #sign(): number {
    return this.#random() < 0.5 ? -1 : 1;
  }

  terms(start: number, end: number): Terms {
    let got = 0;
    let sum = 0;
    let squares = 0;
    for (let i = start; i < end; i++) {
      const term = this.values[i] === 0 ? 0 : this.#got[i]! * this.values[i]!;
      got += term;
      sum += Math.abs(term);
      squares += term * term;
    }
    return { got, sum, norm: Math.sqrt(squares) };
  }
}

/** Uniform numbers in [0, 1) by Tommy Ettinger's mulberry32. Any generator is good enough for signs. */
export function mulberry32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}
