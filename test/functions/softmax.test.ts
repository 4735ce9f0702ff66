import fc from "fast-check";
import { ArgumentError, type Matrix, matrix, pixels, ShapeError, softmax } from "numgrad";
import { describe, expect, expectTypeOf, test } from "vitest";
import { functionKernels } from "../../packages/numgrad/src/functions/kernels.js";
import { core } from "../../packages/numgrad/src/wasm/runtime.js";
import { functionCases, GOLDEN_TOLERANCE } from "../support/function-cases.js";
import { thrownBy } from "../support/thrown.js";
import { expectAllClose, expectSameNumbers } from "../support/ulp.js";

const { memory, functions } = core();
const { capacity } = functionKernels();

/** The softmax by its definition, with the core's exponential for each number. */
function definition(row: Float64Array): Float64Array {
  const max = row.reduce((a, b) => Math.max(a, b));
  const terms = row.map((x) => {
    functionKernels().a[0] = x;
    return functions.exp_minus(1, max, 0);
  });
  const sum = terms.reduce((a, b) => a + b, 0);
  return terms.map((term) => term / sum);
}

const scores = (n: number) => Float64Array.from({ length: n }, (_, i) => ((i * 7919) % 2003) / 100 - 10);

describe("softmax", () => {
  test.each(functionCases("softmax"))("agrees with NumPy, $name", ({ x, value }) => {
    if (Array.isArray(x)) expectAllClose(softmax(x), value as number[], GOLDEN_TOLERANCE);
    else expectAllClose(softmax(x).data, (value as Matrix).data, GOLDEN_TOLERANCE);
  });

  test.each([1, 2, 3, 10, capacity - 1, capacity, capacity + 1, 3 * capacity + 5])(
    "of %i numbers has the bits of the definition, in any number of pieces",
    (n) => {
      const x = scores(n);
      const expected = definition(x);
      expectSameNumbers(softmax(x), expected);
      const rows = new Float64Array(3 * n);
      for (let r = 0; r < 3; r++) rows.set(x, r * n);
      const result = softmax({ shape: [3, n], data: rows });
      expect(result.shape).toEqual([3, n]);
      for (let r = 0; r < 3; r++) expectSameNumbers(result.data.subarray(r * n, (r + 1) * n), expected);
      expectSameNumbers(x, scores(n));
      expectSameNumbers(rows.subarray(n, 2 * n), x);
    },
  );

  test("of many short rows is taken in several pieces", () => {
    const [rows, cols] = [Math.ceil((2.5 * capacity) / 7), 7];
    const x = scores(rows * cols);
    const { data } = softmax({ shape: [rows, cols], data: x });
    for (let r = 0; r < rows; r++) {
      const [start, end] = [r * cols, (r + 1) * cols];
      expectSameNumbers(data.subarray(start, end), softmax(x.subarray(start, end)));
    }
  });

  test("is positive, adds up to 1, and does not change by a shift without rounding", () => {
    const halves = fc.array(fc.integer({ min: -600, max: 600 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(halves, fc.integer({ min: -1000, max: 1000 }), (twice, shift) => {
        const x = twice.map((value) => value / 2);
        const y = softmax(x);
        expect(y.every((p) => p >= 0 && p <= 1)).toBe(true);
        // There are at most 40 quotients and 40 additions, each with a rounding of at most 2^-53.
        expect(Math.abs(y.reduce((a, b) => a + b, 0) - 1)).toBeLessThanOrEqual(80 * 2 ** -53);
        expectSameNumbers(softmax(x.map((value) => value + shift)), y);
      }),
    );
  });

  test.each([
    [
      [Number.NaN, 1],
      [Number.NaN, Number.NaN],
    ],
    [
      [1, Number.NaN, 0],
      [Number.NaN, Number.NaN, Number.NaN],
    ],
    [
      [Number.POSITIVE_INFINITY, 0],
      [Number.NaN, Number.NaN],
    ],
    [
      [Number.NEGATIVE_INFINITY, 0],
      [0, 1],
    ],
    [
      [0, Number.NEGATIVE_INFINITY, 0],
      [0.5, 0, 0.5],
    ],
    [
      [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY],
      [Number.NaN, Number.NaN],
    ],
    [
      [Number.MAX_VALUE, -Number.MAX_VALUE],
      [1, 0],
    ],
    [
      [Number.MAX_VALUE, Number.MAX_VALUE],
      [0.5, 0.5],
    ],
    [
      [745, -745, 0],
      [1, 0, 5e-324],
    ],
  ])("of %o is %o, as in NumPy, also within a row of several pieces", (x, expected) => {
    expectAllNumbers(softmax(x), expected);
    const long = new Float64Array(2 * capacity).fill(Number.NEGATIVE_INFINITY);
    long.set(x, capacity - 1);
    expectAllNumbers(softmax(long).subarray(capacity - 1, capacity - 1 + x.length), expected);
  });

  test("returns a Float64Array for a vector and a Matrix for a Matrix, also for float32 numbers", () => {
    expectTypeOf(softmax([1])).toEqualTypeOf<Float64Array>();
    expectTypeOf(softmax(Float32Array.of(1))).toEqualTypeOf<Float64Array>();
    expectTypeOf(softmax(matrix([[1]]))).toEqualTypeOf<Matrix>();
    const narrow = Float32Array.of(0.1, 0.7);
    expectSameNumbers(softmax(narrow), softmax(Array.from(narrow)));
    expectSameNumbers(softmax({ shape: [2, 1], data: narrow }).data, [1, 1]);
  });

  test("returns arrays with memory of their own", () => {
    const x = [1, 2, 3];
    const first = softmax(x);
    const kept = first.slice();
    memory.grow(1);
    expectSameNumbers(softmax(x), kept);
    expectSameNumbers(first, kept);
    expect(x).toEqual([1, 2, 3]);
  });

  test("has the values in the documentation", () => {
    const first = [0.01821127329554753, 0.24519181293507392, 0.7365969137693786];
    expectAllClose(softmax([0.3, 2.9, 4.0]), first, GOLDEN_TOLERANCE);
    const second = [0.999954600070331, 0.00004539786860886666, 2.061060046209062e-9];
    expectAllClose(softmax([1010, 1000, 990]), second, GOLDEN_TOLERANCE);
  });

  test.each<[argument: string, x: unknown]>([
    ["x", undefined],
    ["x", 1],
    ["x", "1"],
    ["x", {}],
    ["x", pixels([1, 1], new Uint8Array(1))],
    ["x[1]", [1, null]],
    ["x[0]", [[1, 2]]],
    ["x.data", { shape: [1, 2], data: [1, 2] }],
    ["x.data", { shape: [2, 2], data: new Float64Array(3) }],
    ["x.shape", { shape: [2, 0], data: new Float64Array(0) }],
  ])("refuses x, and names %s: %o", (argument, x) => {
    const error = thrownBy(ArgumentError, () => softmax(x as number[]));
    expect(error.argument).toBe(argument);
    expect(error.received).toBeTypeOf("string");
  });

  test("refuses an empty vector", () => {
    expect(thrownBy(ShapeError, () => softmax([])).message).toBe("x: expected at least one number, got an empty array");
  });
});

function expectAllNumbers(actual: Float64Array, expected: number[]): void {
  expect(Array.from(actual)).toEqual(expected);
}
