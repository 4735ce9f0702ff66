/** The largest number of columns. More do not help: the weights of the eighth are 1 to many digits. */
const MOST_COLUMNS = 8;

/** A value of a tableau. It follows from the numbers of the levels `index` to `index + column`. */
export interface Candidate {
  readonly index: number;
  readonly column: number;
  readonly value: number;
  /** The distance to its neighbours in the tableau. */
  readonly truncation: number;
  /** The errors of the numbers, propagated through the tableau. */
  readonly noise: number;
}

/**
 * Neville's tableau in powers of h. Each level gives a row, beginning with the largest h. Column 0 has the number of
 * the level itself; in column j the terms of the first j powers of h are eliminated from the numbers of j + 1 levels.
 *
 * @param hs The steps, the smallest first.
 * @param values A number for each step, and `noises` its error.
 * @param power The exponent of h in the first term of the series.
 * @returns The values in all columns but column 0.
 */
export function tableau(
  hs: readonly number[],
  values: readonly number[],
  noises: readonly number[],
  power: number,
): Candidate[] {
  const all: Candidate[] = [];
  let above: { value: number; noise: number }[] = [];
  for (let index = hs.length - 1; index >= 0; index--) {
    const row = [{ value: values[index]!, noise: noises[index]! }];
    for (let column = 1; column <= Math.min(hs.length - 1 - index, MOST_COLUMNS); column++) {
      // The neighbours, in this row and in the row above, are extrapolated to h = 0 by a straight line in h^power.
      const q = (hs[index + column]! / hs[index]!) ** power;
      const [left, diagonal] = [row[column - 1]!, above[column - 1]!];
      const change = (left.value - diagonal.value) / (q - 1);
      const value = left.value + change;
      // Errors go the same way, but their absolute values add up.
      const noise = (left.noise * q + diagonal.noise) / (q - 1);
      row.push({ value, noise });
      const truncation = Math.max(Math.abs(change), Math.abs(value - diagonal.value));
      all.push({ index, column, value, truncation, noise });
    }
    above = row;
  }
  return all;
}
