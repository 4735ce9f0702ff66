import type { Matrix } from "numgrad";
import { argmax } from "./kernels.js";

/** Targets of samples: a class for each, or a row of numbers for each (one-hot or soft). */
export type Targets = ArrayLike<number> | Matrix;

/** The target of a sample: its class, or a number for each class. */
export type Target = number | Float64Array;

/** A target for each sample. A one-hot row becomes its class, as in the core. */
export function listTargets(t: Targets): ArrayLike<Target> {
  if (!("shape" in t)) return t;
  const [rows, cols] = t.shape;
  return Array.from({ length: rows }, (_, row) => {
    const target = t.data.subarray(row * cols, (row + 1) * cols);
    return isOneHot(target) ? labelOf(target) : target;
  });
}

/** The class of a target: the first of its largest numbers. */
export function labelOf(target: Target): number {
  return typeof target === "number" ? target : argmax(target, 0, target.length);
}

function isOneHot(target: Float64Array): boolean {
  return target.every((value) => value === 0 || value === 1) && target.filter((value) => value === 1).length === 1;
}
