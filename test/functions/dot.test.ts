import fc from "fast-check";
import { ArgumentError, dot, type Matrix, matrix, pixels, ShapeError } from "numgrad";
import { describe, expect, expectTypeOf, test } from "vitest";
import { functionKernels } from "../../packages/numgrad/src/functions/kernels.js";
import { core } from "../../packages/numgrad/src/wasm/runtime.js";
import { noteExample } from "../support/notes.js";
import { thrownBy } from "../support/thrown.js";
import { expectAllClose, expectSameNumbers } from "../support/ulp.js";

const { memory } = core();
const { capacity } = functionKernels();

/** Numbers with many binary digits, so that every addition is rounded. */
const values = (n: number, seed = 0) =>
  Float64Array.from({ length: n }, (_, i) => (((i + seed) * 7919) % 2003) / 1999 - 0.5);

const filled = (rows: number, cols: number, seed = 0): Matrix => ({
  shape: [rows, cols],
  data: values(rows * cols, seed),
});

/** The dot product, with separate sums of the even and the odd products. */
function plainDot(a: Float64Array, b: Float64Array): number {
  const lanes = [0, 0] as [number, number];
  for (let i = 0; i < a.length; i++) lanes[(i & 1) as 0 | 1] += a[i]! * b[i]!;
  return lanes[0] + lanes[1];
}

/** The matrix product by the three loops of its definition. The inner loop ascends. */
function plainProduct(a: Matrix, b: Matrix): Float64Array {
  const [[m, k], n] = [a.shape, b.shape[1]];
  const out = new Float64Array(m * n).fill(Number.NaN);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let p = 0; p < k; p++) sum += a.data[i * k + p]! * b.data[p * n + j]!;
      out[i * n + j] = sum;
    }
  }
  return out;
}

describe("of two vectors", () => {
  test.each([1, 2, 3, 4, 5, capacity - 1, capacity, capacity + 1, 3 * capacity + 5])(
    "with %i numbers has the bits of the plain loop, in any number of pieces",
    (n) => {
      const [a, b] = [values(n), values(n, 5)];
      expect(dot(a, b)).toBe(plainDot(a, b));
      expect(dot(Array.from(a), b)).toBe(plainDot(a, b));
      expectSameNumbers(a, values(n));
      expectSameNumbers(b, values(n, 5));
    },
  );

  test("is symmetric and linear in scaling by 2, bit for bit", () => {
    const vector = fc.array(fc.double({ noNaN: true, min: -1e3, max: 1e3 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(vector, (a) => {
        const b = a.map((x, i) => x - i);
        expect(dot(a, b)).toBe(dot(b, a));
        const doubled = dot(
          a.map((x) => 2 * x),
          b,
        );
        // No product is so small that it has fewer bits.
        if (Math.abs(dot(a, b)) > 1e-290) expect(doubled).toBe(2 * dot(a, b));
      }),
    );
  });

  test("converts float32 numbers and integers to float64", () => {
    const narrow = Float32Array.of(0.1, 0.2, 0.3);
    expect(dot(narrow, Uint8Array.of(1, 2, 3))).toBe(plainDot(Float64Array.from(narrow), Float64Array.of(1, 2, 3)));
  });

  test("follows the arithmetic of NaN and infinities", () => {
    expect(dot([Number.NaN, 1], [0, 1])).toBe(Number.NaN);
    expect(dot([Number.POSITIVE_INFINITY, 1], [2, 1])).toBe(Number.POSITIVE_INFINITY);
    expect(dot([Number.POSITIVE_INFINITY, 1], [0, 1])).toBe(Number.NaN);
    expect(dot([1e300], [1e300])).toBe(Number.POSITIVE_INFINITY);
  });
});

describe("with matrices", () => {
  test.each([
    [1, 1, 1],
    [2, 3, 4],
    [1, capacity - 1, 1],
    [1, capacity, 1],
    [1, capacity + 1, 2],
    [2, 3 * capacity + 5, 1],
    [3, 5, capacity - 1],
    [3, 5, capacity],
    [2, 3, capacity + 1],
    [1, 1, 3 * capacity + 5],
    [3 * capacity + 5, 1, 1],
    [capacity + 1, 2, 3],
    [capacity, 3, 1],
    [90, 91, 90],
    [91, 90, 91],
    [91, 92, 93],
    [182, 91, 7],
    [7, 183, 91],
    [100, 784, 50],
    [181, 183, 182],
  ])("[%i, %i] times […, %i] has the bits of the plain triple loop, with any submatrices", (m, k, n) => {
    const [a, b] = [filled(m, k), filled(k, n, 11)];
    const expected = plainProduct(a, b);
    const product = dot(a, b);
    expect(product.shape).toEqual([m, n]);
    expectSameNumbers(product.data, expected);
    expectSameNumbers(a.data, values(m * k));
    expectSameNumbers(b.data, values(k * n, 11));
    if (m === 1) expectSameNumbers(dot(a.data, b), expected);
    if (n === 1) expectSameNumbers(dot(a, b.data), expected);
  });

  test("the result is a number, an array or a Matrix", () => {
    const m = matrix([[1, 2], [3, 4]]); // biome-ignore format: a matrix
    expectTypeOf(dot([1], [1])).toEqualTypeOf<number>();
    expectTypeOf(dot([1, 1], m)).toEqualTypeOf<Float64Array>();
    expectTypeOf(dot(m, Float32Array.of(1, 1))).toEqualTypeOf<Float64Array>();
    expectTypeOf(dot(m, m)).toEqualTypeOf<Matrix>();
    expect(dot([1, 1], m)).toEqual(Float64Array.of(4, 6));
    expect(dot(m, [1, 1])).toEqual(Float64Array.of(3, 7));
    expect(dot(m, m)).toEqual(matrix([[7, 10], [15, 22]])); // biome-ignore format: a matrix
    const narrow = { shape: [2, 1] as const, data: Float32Array.of(0.1, 0.2) };
    expectSameNumbers(dot(m, narrow).data, plainProduct(m, { shape: [2, 1], data: Float64Array.from(narrow.data) }));
  });

  test("the result has memory of its own", () => {
    const [a, b] = [filled(3, 4), filled(4, 2)];
    const first = dot(a, b).data;
    const kept = first.slice();
    memory.grow(1);
    expectSameNumbers(dot(a, b).data, kept);
    expectSameNumbers(first, kept);
    const one = dot(matrix([[5]]), matrix([[1]]));
    expect(one).toEqual(matrix([[5]]));
  });

  test("nothing remains from the product before", () => {
    dot(matrix([[Number.NaN]]), matrix([[1]]));
    dot([Number.NaN], [1]);
    expect(dot(matrix([[1]]), matrix([[2]])).data).toEqual(Float64Array.of(2));
    expect(dot([1], [2])).toBe(2);
  });

  test("predictions are those of the notes", () => {
    for (const id of ["001-predict", "001-moved-predict", "002-predict"]) {
      const { inputs, value, printed } = noteExample(id);
      const scores = dot(inputs.x as number[], matrix(inputs.W as number[][]));
      // The order of two products does not matter, but NumPy may fuse them with the sum: 1 ulp of the larger product.
      expectAllClose(scores, value as number[], { absolute: 4e-16 }, id);
      // The notes print W with eight digits. 001-predict was printed from another W: see test/golden/README.md.
      if (id !== "001-predict") expectAllClose(scores, printed as number[], { absolute: 2e-8 }, id);
    }
  });
});

test("the examples in the documentation are right", () => {
  expect(dot([1, 2, 3], [4, 5, 6])).toBe(32);
  expect(dot([1, 2], matrix([[1, 3, 5], [2, 4, 6]]))).toEqual(Float64Array.of(5, 11, 17)); // biome-ignore format: a matrix
  const product = dot(matrix([[1, 2], [3, 4]]), matrix([[5, 6], [7, 8]])); // biome-ignore format: matrices
  expect(product.data).toEqual(Float64Array.of(19, 22, 43, 50));
});

describe("wrong arguments are refused", () => {
  const m = filled(2, 3);
  test.each<[a: unknown, b: unknown, message: string]>([
    [[1, 2, 3], [1, 2, 3, 4], "b: expected shape [3] to go with a of shape [3], got shape [4]"],
    [[1, 2, 3], m, "b: expected shape [3, n] to go with a of shape [3], got shape [2, 3]"],
    [m, [1, 2], "b: expected shape [3] to go with a of shape [2, 3], got shape [2]"],
    [m, m, "b: expected shape [3, n] to go with a of shape [2, 3], got shape [2, 3]"],
    [[], [], "a: expected at least one number, got an empty array"],
    [[1], [], "b: expected at least one number, got an empty array"],
  ])("%o times %o", (a, b, message) => {
    expect(thrownBy(ShapeError, () => dot(a as number[], b as number[])).message).toBe(message);
  });

  test.each<[argument: string, a: unknown, b: unknown]>([
    ["a", 2, [1]],
    ["a", undefined, [1]],
    ["a", "1", [1]],
    ["a[0]", ["1"], [1]],
    ["a[0]", [[1, 2]], [[1], [2]]],
    ["b", [1], 2],
    ["b", [1], null],
    ["b", [1], pixels([1, 1], new Uint8Array(1))],
    ["b[1]", [1, 2], [1, undefined]],
    ["a.data", { shape: [2, 2], data: new Float64Array(3) }, [1, 2]],
    ["b.data", [1], { shape: [1, 1], data: [1] }],
    ["b.shape", [1], { shape: [1, 0], data: new Float64Array(0) }],
  ])("and %s is named: %o times %o", (argument, a, b) => {
    const error = thrownBy(ArgumentError, () => dot(a as number[], b as number[]));
    expect(error.argument).toBe(argument);
    expect(error.received).toBeTypeOf("string");
  });
});
