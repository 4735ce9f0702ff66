import { type Matrix, matrix } from "numgrad";
import { readGolden } from "./golden.js";

/** A case of test/golden/functions.json. Rows are made into a Matrix. */
export interface FunctionCase {
  /** The name of the case, with its index in the file. */
  name: string;
  x: number[] | Matrix;
  y: number[] | Matrix;
  labels: number[] | undefined;
  targets: number[] | Matrix | undefined;
  value: number[] | Matrix | number;
}

/** The tolerance for test/golden/functions.json: see test/golden/README.md. */
export const GOLDEN_TOLERANCE = { ulps: 8, relative: 2e-15, absolute: 1e-320 };

/** The cases of a function. The name is that in the file. */
export function functionCases(name: string): FunctionCase[] {
  return cases
    .map((entry, i) => ({ entry, i }))
    .filter(({ entry }) => entry.function === name)
    .map(({ entry, i }) => ({
      name: `case ${i}`,
      x: toOperand(entry.x ?? []),
      y: toOperand(entry.y ?? []),
      labels: entry.t_labels,
      targets: entry.t_onehot && toOperand(entry.t_onehot),
      value: typeof entry.value === "number" ? entry.value : toOperand(entry.value),
    }));
}

type Shaped = number[] | number[][];

const { cases } = readGolden<{
  cases: { function: string; x?: Shaped; y?: Shaped; t_labels?: number[]; t_onehot?: Shaped; value: number | Shaped }[];
}>("functions.json");

function toOperand(values: Shaped): number[] | Matrix {
  return Array.isArray(values[0]) ? matrix(values as number[][]) : (values as number[]);
}
