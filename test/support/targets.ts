import { type Matrix, matrix } from "numgrad";

/** The index of the first largest number, for each row of a Matrix or for an array. */
export function argmaxes(values: number[] | Matrix): number[] {
  const { shape, data } = Array.isArray(values) ? matrix([values]) : values;
  return Array.from({ length: shape[0] }, (_, r) => {
    const row = data.subarray(r * shape[1], (r + 1) * shape[1]);
    return row.indexOf(Math.max(...row));
  });
}

/** A row of targets for each label, which is 1 at the label and 0 elsewhere. */
export function oneHot(labels: ArrayLike<number>, classes: number): Matrix {
  return matrix(Array.from(labels, (label) => Array.from({ length: classes }, (_, k) => (k === label ? 1 : 0))));
}

/** Whether rows of targets, or a single row, are one-hot. */
export function isOneHot(targets: number[] | Matrix): boolean {
  const { shape, data } = Array.isArray(targets) ? matrix([targets]) : targets;
  const expected = oneHot(argmaxes(targets), shape[1]).data;
  return data.every((target, i) => target === expected[i]);
}
