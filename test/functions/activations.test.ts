import fc from "fast-check";
import { ArgumentError, identity, type Matrix, matrix, pixels, relu, ShapeError, sigmoid, stepFunction } from "numgrad";
import { describe, expect, expectTypeOf, test } from "vitest";
import { functionKernels } from "../../packages/numgrad/src/functions/kernels.js";
import { registerLiveView } from "../../packages/numgrad/src/view-registry.js";
import { core } from "../../packages/numgrad/src/wasm/runtime.js";
import { functionCases, GOLDEN_TOLERANCE } from "../support/function-cases.js";
import { thrownBy } from "../support/thrown.js";
import { expectAllClose, expectClose, expectSameNumbers } from "../support/ulp.js";

const { capacity } = functionKernels();

describe.each([
  { name: "identity", f: identity, definition: (x: number) => x, tolerance: {} },
  { name: "stepFunction", f: stepFunction, definition: (x: number) => (x > 0 ? 1 : 0), tolerance: {} },
  { name: "relu", f: relu, definition: (x: number) => Math.max(0, x), tolerance: {} },
  {
    name: "sigmoid",
    f: sigmoid,
    definition: (x: number) => 1 / (1 + Math.exp(-x)),
    // Both have an exponential with an error of at most 1 ulp.
    tolerance: { ulps: 4, absolute: 1e-320 },
  },
])("$name", ({ f, definition, tolerance }) => {
  test("is its definition for every number", () => {
    fc.assert(
      fc.property(fc.oneof(fc.double({ noNaN: true }), fc.double({ min: -800, max: 800, noNaN: true })), (x) => {
        expectClose(f(x), definition(x), tolerance);
      }),
    );
  });

  test("has NumPy's values for NaN and the infinities", () => {
    const step = f === (stepFunction as unknown);
    expect(f(Number.NaN)).toBe(step ? 0 : Number.NaN);
    expect(f(Number.POSITIVE_INFINITY)).toBe(definition(Number.POSITIVE_INFINITY));
    expect(f(Number.NEGATIVE_INFINITY)).toBe(definition(Number.NEGATIVE_INFINITY));
  });

  test("returns a number for a number, an array for a vector and a Matrix for a Matrix, with the same bits", () => {
    expectTypeOf(f(1)).toEqualTypeOf<number>();
    expectTypeOf(f([1])).toEqualTypeOf<Float64Array>();
    expectTypeOf(f(matrix([[1]]))).toEqualTypeOf<Matrix>();
    const x = [-1.5, 0.25, 3, -0.1, 7, 1e-3];
    const expected = x.map((value) => f(value));
    expect(f(x)).toBeInstanceOf(Float64Array);
    expectSameNumbers(f(x), expected);
    const rows = f(matrix([x.slice(0, 3), x.slice(3)]));
    expect(rows.shape).toEqual([2, 3]);
    expectSameNumbers(rows.data, expected);
  });

  test("converts float32 numbers and integers to float64 first", () => {
    const x = Float32Array.of(0.1, -0.7, 2.5);
    const expected = Array.from(x, (value) => f(value));
    expectSameNumbers(f(x), expected);
    const rows = f({ shape: [1, 3], data: x });
    expect(rows.data).toBeInstanceOf(Float64Array);
    expectSameNumbers(rows.data, expected);
    expectSameNumbers(f(Uint8Array.of(0, 3)), [f(0), f(3)]);
  });

  test.each([1, 2, 3, capacity - 1, capacity, capacity + 1, 3 * capacity + 5])(
    "of %i numbers has the value of each number",
    (n) => {
      const x = Float64Array.from({ length: n }, (_, i) => ((i * 7919) % 2003) / 100 - 10);
      const before = x.slice();
      const result = f(x);
      expect(result.length).toBe(n);
      for (let i = 0; i < n; i++) if (result[i] !== f(x[i]!)) expect.fail(`element ${i} is ${result[i]}`);
      expectSameNumbers(x, before);
    },
  );

  test("returns arrays with memory of their own", () => {
    const x = Float64Array.of(1, -2, 3);
    const first = f(x);
    const kept = first.slice();
    core().memory.grow(1);
    expectSameNumbers(f(x), kept);
    expectSameNumbers(first, kept);
    expect(first.buffer).not.toBe(core().memory.buffer);
    first.fill(5);
    expectSameNumbers(x, [1, -2, 3]);
    const m = matrix([[1, 2]]);
    const result = f(m);
    expect(result.shape).not.toBe(m.shape);
    expect(result.data).not.toBe(m.data);
  });

  test("looks up a view on a network's memory again after the memory has grown", () => {
    const memory = new WebAssembly.Memory({ initial: 1 });
    const lookUp = () => new Float64Array(memory.buffer, 0, 2);
    const view = lookUp();
    view.set([1, 2]);
    registerLiveView(view, lookUp);
    memory.grow(1);
    expectSameNumbers(f(view), [f(1), f(2)]);
    expectSameNumbers(f({ shape: [2, 1], data: view }).data, [f(1), f(2)]);
  });

  test.each<[argument: string, x: unknown]>([
    ["x", undefined],
    ["x", null],
    ["x", "1"],
    ["x", 1n],
    ["x", true],
    ["x", {}],
    ["x", () => 1],
    ["x", new DataView(new ArrayBuffer(8))],
    ["x", { length: 1, 0: 1 }],
    ["x", pixels([1, 1], new Uint8Array(1))],
    ["x", []],
    ["x", new Float64Array(0)],
    ["x[1]", [1, "2"]],
    ["x[1]", [1, undefined]],
    ["x[0]", [[1, 2]]],
    ["x[0]", BigInt64Array.of(1n)],
    ["x.data", { shape: [1, 2], data: [1, 2] }],
    ["x.data", { shape: [1, 2], data: undefined }],
    ["x.data", { shape: [2, 2], data: new Float64Array(3) }],
    ["x.shape", { shape: [0, 2], data: new Float64Array(0) }],
    ["x.shape", { shape: [4], data: new Float64Array(4) }],
    ["x.shape", { shape: undefined, data: new Float64Array(4) }],
  ])("refuses x, and names %s: %o", (argument, x) => {
    const error = thrownBy(ArgumentError, () => f(x as number));
    expect(error.argument).toBe(argument);
    expect(error.received).toBeTypeOf("string");
  });
});

test.each(functionCases("sigmoid"))("sigmoid agrees with NumPy, $name", ({ x, value }) => {
  expectAllClose(sigmoid(x as number[]), value as number[], GOLDEN_TOLERANCE);
});

test.each(functionCases("step_function"))("stepFunction agrees with NumPy, $name", ({ x, value }) => {
  expectSameNumbers(stepFunction(x as number[]), value as number[]);
});

test("a function can be passed as a function of numbers or of vectors", () => {
  const values: number[] = [-1, 2].map(relu);
  expect(values).toEqual([0, 2]);
  const activation: (x: Float64Array) => Float64Array = relu;
  expectSameNumbers(activation(Float64Array.of(-1, 2)), [0, 2]);
});

test("relu never returns −0", () => {
  expectSameNumbers(relu([-0, -1, 0]), [0, 0, 0]);
});

test("the examples in the documentation are right", () => {
  expectSameNumbers(identity([1, -2]), [1, -2]);
  expectSameNumbers(stepFunction([-1, 0, 2]), [0, 0, 1]);
  expect(sigmoid(0)).toBe(0.5);
  expectSameNumbers(sigmoid(matrix([[0, 1000], [-1000, 0]])).data, [0.5, 1, 0, 0.5]); // biome-ignore format: a matrix
  expectSameNumbers(relu([-1, 0, 2]), [0, 0, 2]);
});

test("an empty argument is a ShapeError with a message that says so", () => {
  expect(thrownBy(ShapeError, () => sigmoid([])).message).toBe("x: expected at least one number, got an empty array");
  expect(thrownBy(ArgumentError, () => sigmoid("1" as never)).message).toBe(
    'x: expected a number, an array of numbers or a Matrix, got "1"',
  );
});
