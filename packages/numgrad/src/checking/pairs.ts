import type { WatchOptions } from "../differences/difference-options.js";
import type { MovablePoint } from "../differences/point.js";
import { Watch } from "../differences/watch.js";
import type { ClaimedMatrix } from "./claimed-matrix.js";
import type { Comparison } from "./comparison.js";
import type { Claimed, Judgement } from "./judgement.js";
import { mulberry32 } from "./signs.js";
import type { Tolerance } from "./tolerance.js";

/** The number of directions by default. */
const DIRECTIONS = 4;

/** A sum uᵀJv that is compared. */
export interface Pair {
  readonly u: Float64Array;
  readonly v: Float64Array;
  readonly claimed: Claimed;
}

interface PairWork {
  readonly claim: ClaimedMatrix;
  readonly tolerance: Tolerance;
  readonly comparison: Comparison;
  readonly options: WatchOptions & { readonly seed?: number | undefined };
  /** The absolute values of the elements of u. */
  readonly uScale: Float64Array;
  readonly point: MovablePoint;
}

/**
 * Compares sums uᵀJv of a matrix that is too large to compare each element. For each direction one of the vectors has
 * random signs. The other has those of the product with the first, so that its terms add up, and then random ones, so that
 * no two errors can cancel. An element of v moves by max(1, |x|), and an output counts in units of its size.
 */
export class Pairs {
  readonly #work: PairWork;
  readonly #random: () => number;

  constructor(work: PairWork) {
    this.#work = work;
    this.#random = mulberry32(work.options.seed ?? 0);
  }

  /** @param judge The judgement of a sum. */
  compareAll(count = DIRECTIONS, judge: (pair: Pair) => Judgement): void {
    const { claim, point, uScale, options } = this.#work;
    const watch = new Watch(options, count);
    const vScale = point.elements.map((x) => Math.max(1, Math.abs(x)));
    for (let index = 0; index < count; index++) {
      const isRight = claim.right && (!claim.left || index % 2 === 0);
      const [scale, otherScale] = isRight ? [vScale, uScale] : [uScale, vScale];
      const one = this.#signs(scale);
      const product = isRight ? claim.right!(one) : claim.left!(one);
      for (const other of [alongSigns(product, otherScale), this.#signs(otherScale)]) {
        const [u, v] = isRight ? [other, one] : [one, other];
        const claimed = this.#claimed(product.map((value, i) => value * other[i]!));
        this.#work.comparison.addNamed(index, claimed.got, judge({ u, v, claimed }), `direction ${index}`);
      }
      watch.check(index + 1);
    }
  }

  /** What the matrix says about a sum. */
  #claimed(terms: Float64Array): Claimed {
    const { tolerance } = this.#work;
    const got = terms.reduce((sum, term) => sum + term, 0);
    const sum = terms.reduce((all, term) => all + Math.abs(term), 0);
    const norm = Math.sqrt(terms.reduce((all, term) => all + term * term, 0));
    const size = Math.max(Math.abs(got), 4 * norm);
    return {
      got,
      allowed: (expected, error) => tolerance.ofDirection(expected, error, { sum, norm }),
      isVague: (error, expected) => error > 0.1 * Math.max(size, Math.abs(expected)) && !(norm === 0 && expected === 0),
    };
  }

  #signs(scale: Float64Array): Float64Array {
    return scale.map((size) => (this.#random() < 0.5 ? -size : size));
  }
}

/** A vector with the signs of another one; 1 where that is 0 or NaN. */
function alongSigns(product: Float64Array, scale: Float64Array): Float64Array {
  return scale.map((size, i) => (product[i]! < 0 ? -size : size));
}
