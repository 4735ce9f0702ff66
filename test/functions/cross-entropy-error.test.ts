import { ArgumentError, type CrossEntropyOptions, crossEntropyError, dot, type Matrix, matrix, softmax } from "numgrad";
import { describe, expect, test } from "vitest";
import { functionKernels } from "../../packages/numgrad/src/functions/kernels.js";
import { core } from "../../packages/numgrad/src/wasm/runtime.js";
import { type FunctionCase, functionCases, GOLDEN_TOLERANCE } from "../support/function-cases.js";
import { noteExample } from "../support/notes.js";
import { argmaxes, isOneHot, oneHot } from "../support/targets.js";
import { thrownBy } from "../support/thrown.js";
import { expectClose, expectSameNumbers } from "../support/ulp.js";

const { memory } = core();
const { capacity } = functionKernels();

/** Rows of irregular numbers in [0, 1). */
function predictions(rows: number, cols: number): Matrix {
  const data = Float64Array.from({ length: rows * cols }, (_, i) => ((i * 7919) % 2003) / 2003);
  return { shape: [rows, cols], data };
}

/** −ln(probability + 1e-7). */
const lossOf = (probability: number) => crossEntropyError([probability], 0);

describe("crossEntropyError", () => {
  describe.each<[name: string, options: CrossEntropyOptions | undefined]>([
    ["cross_entropy", undefined],
    ["cross_entropy", { reduction: "mean" }],
    ["cross_entropy_mean_targets", {}],
    ["cross_entropy_sum_targets", { reduction: "sum" }],
    ["cross_entropy_sum_labels", { reduction: "sum" }],
  ])("agrees with NumPy's %s, options %o", (name, options) => {
    const loss = ({ y, labels, targets }: FunctionCase) => {
      // The book's code takes the argmax of targets, also of soft ones. Labels do the same here.
      const t =
        labels ?? (name === "cross_entropy" && !isOneHot(targets as Matrix) ? argmaxes(targets as Matrix) : targets);
      return crossEntropyError(y, t as number[], options);
    };
    test.each(functionCases(name))("$name", (golden) => {
      expectClose(loss(golden), golden.value as number, GOLDEN_TOLERANCE);
    });
  });

  test("of soft targets is the formula, though the book's code takes their argmax", () => {
    const soft = functionCases("cross_entropy").filter(({ targets }) => targets && !isOneHot(targets));
    const formula = functionCases("cross_entropy_mean_targets").filter(({ targets }) => !isOneHot(targets as Matrix));
    expect([soft.length, formula.length]).toEqual([1, 1]);
    const [{ y, targets, value }] = soft as [FunctionCase];
    expectClose(crossEntropyError(y, targets as Matrix), formula[0]?.value as number, GOLDEN_TOLERANCE);
    expectClose(crossEntropyError(y, argmaxes(targets as Matrix)), value as number, GOLDEN_TOLERANCE);
  });

  test("has the digits of the book and the notes", () => {
    for (const id of ["chapter-entropy-a", "chapter-entropy-b"]) {
      const { inputs, value } = noteExample(id);
      expectClose(crossEntropyError(inputs.y as number[], inputs.t as number[]), value as number, { ulps: 4 }, id);
    }
    for (const id of ["001-loss", "001-moved-loss", "002-loss"]) {
      const { inputs, value } = noteExample(id);
      const y = softmax(dot(inputs.x as number[], matrix(inputs.W as number[][])));
      // These losses have a few roundings of numbers near 1.
      expectClose(crossEntropyError(y, inputs.t as number[]), value as number, { absolute: 2e-15 }, id);
    }
  });

  test.each([1, 2, 3, capacity - 1, capacity, capacity + 1, 3 * capacity + 5])(
    "of %i rows has the bits of the plain loop, with labels and with rows of targets",
    (rows) => {
      const y = predictions(rows, 2);
      const labels = Uint8Array.from({ length: rows }, (_, r) => (r % 3 === 0 ? 1 : 0));
      const before = y.data.slice();
      let sum = 0;
      for (let r = 0; r < rows; r++) sum += lossOf(y.data[2 * r + labels[r]!]!);
      expect(crossEntropyError(y, labels, { reduction: "sum" })).toBe(sum);
      expect(crossEntropyError(y, labels)).toBe(sum / rows);
      expect(crossEntropyError(y, oneHot(labels, 2))).toBe(sum / rows);

      const soft: Matrix = { shape: y.shape, data: y.data.map((value, i) => (i % 5 === 0 ? 0 : 1 - value)) };
      let softSum = 0;
      y.data.forEach((value, i) => {
        softSum += soft.data[i]! * lossOf(value);
      });
      expect(crossEntropyError(y, soft, { reduction: "sum" })).toBe(softSum);
      expect(crossEntropyError(y, soft)).toBe(softSum / rows);
      expect(crossEntropyError(y.data, soft.data)).toBe(softSum);
      expectSameNumbers(y.data, before);
    },
  );

  test("is finite for certain and impossible labels", () => {
    expectClose(crossEntropyError([0, 1], 0), 16.11809565095832, { ulps: 2 });
    // The sum 1 + 1e-7 is rounded before the logarithm is taken.
    expectClose(crossEntropyError([0, 1], 1), -9.999999505838704e-8, { ulps: 2 });
    expectClose(crossEntropyError([5e-324, 1], 0), 16.11809565095832, { ulps: 2 });
    expect(crossEntropyError([0, 0, 0], [0, 0, 0])).toBe(0);
  });

  test("is NaN if a number that counts is NaN", () => {
    expect(crossEntropyError([Number.NaN, 1], 0)).toBe(Number.NaN);
    expect(crossEntropyError([-1, 1], 0)).toBe(Number.NaN);
    expect(crossEntropyError([1, 1], [1, Number.NaN])).toBe(Number.NaN);
    // Terms with t = 0 are left out, so one-hot rows always give the bits of their labels.
    expect(crossEntropyError([Number.NaN, 1], [0, 1])).toBe(crossEntropyError([Number.NaN, 1], 1));
  });

  test("is the same after the memory has grown", () => {
    const y = predictions(5, 3);
    const [first, second] = [crossEntropyError(y, [0, 1, 2, 0, 1]), crossEntropyError(y, predictions(5, 3))];
    memory.grow(1);
    expect(crossEntropyError(y, [0, 1, 2, 0, 1])).toBe(first);
    memory.grow(1);
    expect(crossEntropyError(y, predictions(5, 3))).toBe(second);
  });

  test.each<[argument: string, options: unknown]>([
    ["options", null],
    ["options", "sum"],
    ["options.reduction", { reduction: "none" }],
    ["options.reduction", { reduction: 1 }],
    ["options.reduce", { reduce: "sum" }],
  ])("refuses the options, and names %s: %o", (argument, options) => {
    const error = thrownBy(ArgumentError, () => crossEntropyError([1], 0, options as CrossEntropyOptions));
    expect(error.argument).toBe(argument);
  });

  test("has the values in the documentation", () => {
    const y = [0.1, 0.05, 0.6, 0, 0.05, 0.1, 0, 0.1, 0, 0];
    expectClose(crossEntropyError(y, 2), 0.510825457099338, { ulps: 4 });
    const half = matrix([[0.5, 0.5], [0.5, 0.5]]); // biome-ignore format: a matrix
    expectClose(crossEntropyError(half, [0, 1], { reduction: "sum" }), 1.3862939611199308, { ulps: 4 });
  });
});
