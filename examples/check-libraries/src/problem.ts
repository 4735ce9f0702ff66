import { checkGradient, type GradientReport } from "numgrad";
import { type Case, generator, sizeOf, valuesOf } from "./case.js";

/** Where a case is checked: the values of its inputs, and the weights of its outputs. */
export interface Place {
  readonly inputs: readonly { readonly shape: readonly number[]; readonly values: readonly number[] }[];
  readonly weights: readonly number[];
}

/** A function of all inputs, one after the other, and what the library says is its gradient. */
export interface Problem {
  readonly x: Float32Array | Float64Array;
  f(x: ArrayLike<number>): number;
  gradient(x: ArrayLike<number>): ArrayLike<number>;
}

/** A library that is ready to differentiate. */
export interface Subject {
  readonly library: string;
  /** Its backend, or its type of numbers. */
  readonly backend: string;
  readonly cases: readonly Case[];
  /** The number of outputs of a case for these inputs. */
  outputs(example: Case, inputs: Place["inputs"]): number;
  /** The weighted sum of the outputs, as a function of the inputs. */
  problem(example: Case, place: Place): Problem;
}

/** The name of a library with its backend. */
export function nameOf({ library, backend }: Subject): string {
  return `${library}, ${backend}`;
}

/** Where a case is checked at first. */
export function firstPlace(subject: Subject, example: Case, seed: number): Place {
  const inputs = example.inputs.map((input, i) => ({ shape: input.shape, values: valuesOf(input, seed + i) }));
  const random = generator(seed + 99);
  // No weight is small, and no two are equal: else an error of two elements could cancel.
  const weight = () => Math.fround((0.5 + random()) * (random() < 0.5 ? -1 : 1));
  return { inputs, weights: Array.from({ length: subject.outputs(example, inputs) }, weight) };
}

/** The parts of x that are the inputs. */
export function partsOf<T>(x: { slice(start: number, end: number): T }, inputs: Place["inputs"]): T[] {
  let start = 0;
  return inputs.map(({ shape }) => {
    const end = start + sizeOf(shape);
    const part = x.slice(start, end);
    start = end;
    return part;
  });
}

/** The report of `checkGradient`, with its defaults. */
export function reportAt(subject: Subject, example: Case, place: Place): GradientReport {
  const { f, gradient, x } = subject.problem(example, place);
  return checkGradient(f, gradient, x);
}
