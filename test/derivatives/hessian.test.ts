import {
  type Adapter,
  ArgumentError,
  directionalDerivative,
  FunctionError,
  hessian,
  hessianVectorProduct,
  type Matrix,
  matrix,
  NonFiniteError,
  RandomState,
  ShapeError,
} from "numgrad";
import { describe, expect, test } from "vitest";
import { rosenbrock } from "../support/chapter-functions.js";
import { ridgeCases } from "../support/ridge-functions.js";
import { quantile } from "../support/smooth-functions.js";
import { thrownBy } from "../support/thrown.js";

type F = (x: ArrayLike<number>) => number;

/** The largest error of a Hessian, relative to its largest element; each error must be within its estimate. */
function errorOf(f: F, x: number[] | Float64Array | Float32Array, truth: readonly number[]): number {
  const { value, error } = hessian(f, x as number[], { adaptive: true });
  expect(value.shape).toEqual([x.length, x.length]);
  const size = Math.max(...truth.map(Math.abs)) || 1;
  const errors = truth.map((expected, i) => Math.abs(value.data[i]! - expected));
  for (const [i, e] of errors.entries()) expect(e, `element ${i}`).toBeLessThanOrEqual(error.data[i]!);
  return Math.max(...errors) / size;
}

const softmaxOf = (x: number[]) => {
  const e = x.map(Math.exp);
  const sum = e.reduce((a, b) => a + b);
  return e.map((value) => value / sum);
};

describe("a Hessian", () => {
  const rosenbrockHessian = ([a, b]: number[]) => [2 - 400 * (b! - 3 * a! ** 2), -400 * a!, -400 * a!, 200];
  test.each([[[-1.2, 1]], [[1, 1]], [[3.7, -20]], [[0, 0]]])("of Rosenbrock's function at %j", (x) => {
    expect(errorOf(rosenbrock, x, rosenbrockHessian(x))).toBeLessThan(1e-12);
  });

  test("of a quadratic form is its matrix", () => {
    const a = [4, 1, -2, 1, 3, 0.5, -2, 0.5, 7];
    const f: F = (x) =>
      [0, 1, 2].reduce((s, i) => [0, 1, 2].reduce((t, j) => t + (a[3 * i + j]! / 2) * x[i]! * x[j]!, s), 0);
    expect(errorOf(f, [0.3, -1, 20], a)).toBeLessThan(1e-11);
  });

  test("of the logarithm of a sum of exponentials, and of a logistic loss", () => {
    const x = [0.3, -1, 2];
    const p = softmaxOf(x);
    const truth = p.flatMap((a, i) => p.map((b, j) => (i === j ? a : 0) - a * b));
    expect(errorOf((v) => Math.log(Array.from(v, Math.exp).reduce((a, b) => a + b)), x, truth)).toBeLessThan(1e-10);
    const rows = [[1, 2], [0.5, -1], [-2, 0.3]]; // biome-ignore format: rows of a table
    const inner = (row: number[], w: ArrayLike<number>) => row[0]! * w[0]! + row[1]! * w[1]!;
    const loss: F = (w) => rows.reduce((sum, row) => sum + Math.log1p(Math.exp(-inner(row, w))), 0);
    const w = [0.7, -0.2];
    const weight = (row: number[]) => 1 / (2 + 2 * Math.cosh(inner(row, w)));
    const sum = (i: number, j: number) => rows.reduce((s, row) => s + weight(row) * row[i]! * row[j]!, 0);
    expect(errorOf(loss, w, [sum(0, 0), sum(0, 1), sum(1, 0), sum(1, 1)])).toBeLessThan(1e-10);
  });

  test.each<[name: string, f: F, x: number, truth: number, error: number]>([
    ["sin at 1e6", (x) => Math.sin(x[0]!), 1e6, -Math.sin(1e6), 1e-9],
    ["sin(10⁴ x)", (x) => Math.sin(1e4 * x[0]!), 1, -1e8 * Math.sin(1e4), 1e-9],
    ["cos(10⁻⁶ x)", (x) => Math.cos(1e-6 * x[0]!), 0, -1e-12, 1e-6],
    ["log at 1e-6", (x) => Math.log(x[0]!), 1e-6, -1e12, 1e-9],
    ["log at 1e-100", (x) => Math.log(x[0]!), 1e-100, -1e200, 1e-9],
    ["1/x at 1e-3", (x) => 1 / x[0]!, 1e-3, 2e9, 1e-9],
    ["x² at 1e9", (x) => x[0]! ** 2, 1e9, 2, 1e-12],
    ["x³ at −1e9", (x) => x[0]! ** 3, -1e9, -6e9, 1e-12],
    ["x⁴ at 0", (x) => x[0]! ** 4, 0, 0, 1e-12],
    ["a constant", () => 0.1, 3, 0, 0],
    ["a straight line", (x) => 0.1 * x[0]! + 7, 3, 0, 1e-9],
    ["sin on a constant of 10⁶", (x) => 1e6 + Math.sin(x[0]!), 1, -Math.sin(1), 1e-7],
    ["max(0, x)², beside its kink", (x) => Math.max(0, x[0]!) ** 2, -0.1, 0, 0],
    ["a sine with noise", (x) => Math.sin(x[0]!) + 1e-9 * Math.sin(1e13 * x[0]!), 1, -Math.sin(1), 1e-6],
  ])("of %s", (_name, f, x, truth, error) => {
    expect(errorOf(f, [x], [truth])).toBeLessThanOrEqual(error);
  });

  test("with elements of very different scale", () => {
    const f: F = (x) => Math.exp(1e-3 * x[0]!) * Math.sin(1e3 * x[1]!);
    const [e, s, c] = [Math.exp(1e-3), Math.sin(1), Math.cos(1)];
    const { value, error } = hessian(f, [1, 1e-3], { adaptive: true });
    for (const [i, truth] of [1e-6 * e * s, e * c, e * c, -1e6 * e * s].entries()) {
      const distance = Math.abs(value.data[i]! - truth);
      expect(distance).toBeLessThanOrEqual(error.data[i]!);
      expect(distance / Math.abs(truth)).toBeLessThan(1e-8);
    }
  });

  test("at a kink or a jump of f, of its slope or of its curvature has a large error", () => {
    for (const f of [
      (x: number) => Math.max(0, x) ** 2,
      (x: number) => x * Math.abs(x),
      (x: number) => Math.abs(x),
      (x: number) => Math.floor(x),
    ]) {
      expect(hessian((x) => f(x[0]!), [0], { adaptive: true }).error.data[0]!).toBeGreaterThanOrEqual(1);
    }
    const mixed = hessian((x) => x[0]! * Math.abs(x[1]!), [0, 0], { adaptive: true });
    expect(mixed.error.data[1]!).toBeGreaterThanOrEqual(1);
  });

  test("10,000 elements of random functions at x of sizes from 1e-8 to 1e8: the error is within the estimate", () => {
    const random = new RandomState(3);
    for (const isSingle of [false, true]) {
      const [errors, evaluations]: [number[], number[]] = [[], []];
      let misses = 0;
      for (const scale of [1e-8, 1e-4, 1, 1e4, 1e8]) {
        for (const { f, x, hessian: formula } of ridgeCases(112, random, { scale })) {
          const result = hessian(isSingle ? (v) => Math.fround(f(v)) : f, x, { adaptive: true });
          const truth = formula(x);
          const size = Math.max(...truth.map(Math.abs));
          evaluations.push(result.evaluations);
          for (const [i, expected] of truth.entries()) {
            const error = Math.abs(result.value.data[i]! - expected);
            if (!(error <= result.error.data[i]!)) misses++;
            errors.push(error / size);
          }
        }
      }
      expect(errors.length).toBe(5040);
      expect(misses).toBeLessThanOrEqual(isSingle ? 10 : 0);
      expect(quantile(errors, 0.5)).toBeLessThan(isSingle ? 1e-5 : 1e-12);
      expect(quantile(errors, 0.99)).toBeLessThan(isSingle ? 1e-2 : 1e-9);
      // Three elements of the diagonal, and three others.
      expect(quantile(evaluations, 0.5)).toBeLessThan(isSingle ? 350 : 270);
    }
  }, 180_000);

  test("is symmetric, and the same for every kind of x", () => {
    const f = (x: ArrayLike<number>) => Math.exp(x[0]! * x[1]!) * Math.sin(x[2]!);
    const { data } = hessian(f, [0.5, -1, 2]);
    for (const [i, j] of [[0, 1], [0, 2], [1, 2]] as const) expect(data[3 * i + j]).toBe(data[3 * j + i]!); // biome-ignore format: pairs
    expect(hessian(f, Float64Array.of(0.5, -1, 2)).data).toEqual(data);
    expect(hessian((m: Matrix) => f(m.data), matrix([[0.5, -1, 2]])).data).toEqual(data);
    const tree = ({ a, rest: [b, c] }: { a: number; rest: number[] }) => f([a, b!, c!]);
    expect(hessian(tree, { a: 0.5, rest: [-1, 2] }).data).toEqual(data);
    expect(errorOf(f, Float32Array.of(0.5, -1, 2), Array.from(data))).toBeLessThan(1e-8);
  });

  test("of a function of Float32Arrays that computes in float64 has as many digits", () => {
    const x = Float32Array.of(0.7, 1.3);
    const [a, b] = x as unknown as [number, number];
    const e = Math.exp(a * b);
    const truth = [b * b * e, (1 + a * b) * e, (1 + a * b) * e, a * a * e];
    expect(errorOf((v) => Math.exp(v[0]! * v[1]!), x, truth)).toBeLessThan(1e-9);
  });
});

describe("a product of the Hessian and a vector", () => {
  test("1,500 elements for random functions: the error is within the estimate", () => {
    const random = new RandomState(4);
    const errors: number[] = [];
    for (const scale of [1e-4, 1, 1e4]) {
      for (const { f, x, hessian: formula } of ridgeCases(167, random, { scale })) {
        const v = Array.from(random.randn(3));
        const h = formula(x);
        const size = Math.max(...h.map(Math.abs));
        const { value, error } = hessianVectorProduct(f, x, v, { adaptive: true });
        for (const i of [0, 1, 2]) {
          const truth = v.reduce((sum, a, j) => sum + a * h[3 * i + j]!, 0);
          expect(Math.abs(value[i]! - truth)).toBeLessThanOrEqual(error[i]!);
          errors.push(Math.abs(value[i]! - truth) / size);
        }
      }
    }
    expect(errors.length).toBe(1503);
    expect(quantile(errors, 0.99)).toBeLessThan(1e-9);
  }, 60_000);

  test("has the shape of a gradient", () => {
    const f = (m: Matrix) => m.data[0]! ** 2 * m.data[1]!;
    const product = hessianVectorProduct(f, matrix([[3, 5]]), matrix([[1, 2]]));
    expect(product.shape).toEqual([1, 2]);
    expect(Array.from(product.data, Math.round)).toEqual([22, 6]);
    const tree = hessianVectorProduct(({ a, b }) => a * b[0]!, { a: 2, b: [3] }, { a: 1, b: [10] });
    expect([tree.a, tree.b[0]!].map(Math.round)).toEqual([10, 1]);
    expect(hessianVectorProduct((x: number[]) => x[0]! ** 3, [2], [0], { adaptive: true }).value).toEqual(
      Float64Array.of(0),
    );
    expect(
      Array.from(
        hessianVectorProduct((x) => x[0]! ** 3 * x[1]!, [2, 5], [3, 0]),
        Math.round,
      ),
    ).toEqual([180, 36]);
  });
});

describe("a derivative along a vector", () => {
  test("1,000 random functions: the error is within the estimate", () => {
    const random = new RandomState(5);
    const errors: number[] = [];
    for (const scale of [1e-8, 1e-4, 1, 1e4, 1e8]) {
      for (const { f, x, gradient } of ridgeCases(200, random, { scale })) {
        const v = Array.from(random.randn(3));
        const g = gradient(x);
        const truth = v.reduce((sum, a, i) => sum + a * g[i]!, 0);
        const { value, error } = directionalDerivative(f, x, v, { adaptive: true });
        expect(Math.abs(value - truth)).toBeLessThanOrEqual(error);
        errors.push(Math.abs(value - truth) / Math.max(...g.map(Math.abs)));
      }
    }
    expect(errors.length).toBe(1000);
    expect(quantile(errors, 0.5)).toBeLessThan(1e-12);
  });

  test("scales with the vector, and is 0 along zeros", () => {
    const f = (x: number[]) => Math.exp(x[0]!) * x[1]!;
    for (const size of [1e-300, 1e-8, 1, 1e8, 1e300]) {
      expect(directionalDerivative(f, [0, 2], [size, size]) / size).toBeCloseTo(3, 9);
    }
    expect(directionalDerivative(f, [0, 2], [0, 0])).toBe(0);
    expect(directionalDerivative(({ a }) => a ** 2, { a: 3 }, { a: 1 })).toBeCloseTo(6, 9);
  });
});

describe("wrong arguments and functions", () => {
  const f = (x: number[]) => x[0]! * x[1]!;
  test.each<[action: () => unknown, message: string]>([
    [() => hessian(3 as never, [1, 2]), "f: expected a function, got 3"],
    [() => hessian(f, [1, Number.NaN]), "x[1]: expected a finite number, got NaN"],
    [
      () => hessian(f, [1, 2], { h: -1 }),
      "options.h: expected a positive number, of which neither 2h nor 1/2h overflows, got -1",
    ],
    [() => hessian(f, [1, 2], { adaptive: 1 as never }), "options.adaptive: expected true or false, got 1"],
    [
      () => hessian(f, [1, 2], { step: 1 } as never),
      "options.step: expected one of h, adaptive, adapter, onProgress, signal, got an unknown option",
    ],
    [() => hessianVectorProduct(f, [1, 2], [1]), "v: expected 2 numbers, as in x, got Array of length 1"],
    [
      () => directionalDerivative(f, [1, 2], [1, Number.POSITIVE_INFINITY]),
      "v[1]: expected a finite number, got Infinity",
    ],
    [
      () => directionalDerivative((x: { a: number }) => x.a, { a: 1 }, { a: "1" as never }),
      'v.a: expected a number, as in x, got "1"',
    ],
  ])("%s", (action, message) => {
    expect(thrownBy(ArgumentError, action).message).toBe(message);
  });

  test("have errors of their class", () => {
    thrownBy(ShapeError, () => hessianVectorProduct(f, [1, 2], [1]));
    thrownBy(NonFiniteError, () => hessianVectorProduct(f, [1, 2], [1, Number.NaN]));
  });

  test("an f that throws, is NaN, changes x or gives other values is an error, and x is as it was", () => {
    const x = Float64Array.of(1, -0);
    let calls = 0;
    const functions: [f: (v: Float64Array) => number, message: RegExp][] = [
      [() => { throw new Error("no"); }, /^f threw at x: no$/], // biome-ignore format: one line
      [() => Number.NaN, /^f must return a finite number, it returned NaN at x$/],
      [(v) => (v[0] === 1 && v[1] === 0 ? 1 : Number.NaN), /^f must return a finite number, it returned NaN/],
      [(v) => { v[0] = 7; return 1; }, /^f must not change x/], // biome-ignore format: one line
      [(v) => { if (calls++ > 5) v[1] = 7; return v[0]! ** 2; }, /^f must not change x/], // biome-ignore format: one line
      [() => calls++, /^f must give the same value for the same x, it gave /],
      [() => Promise.resolve(1) as never, /^f must return a finite number, it returned a Promise at x/],
    ];
    for (const [f, message] of functions) {
      for (const action of [
        () => hessian(f, x),
        () => hessianVectorProduct(f, x, [1, 2]),
        () => directionalDerivative(f, x, [1, 2]),
      ]) {
        calls = 0;
        expect(thrownBy(FunctionError, action).message).toMatch(message);
        expect(Object.is(x[0], 1) && Object.is(x[1], -0)).toBe(true);
      }
    }
  });

  test("progress is reported up to its total, and a signal stops the computation", () => {
    const seen: number[] = [];
    hessian(f, [1, 2], { onProgress: ({ done, total }) => seen.push(done, total) });
    expect(seen).toEqual([1, 3, 2, 3, 3, 3]);
    const x = Float64Array.of(1, 2);
    const controller = new AbortController();
    const abort = () => {
      controller.abort("enough");
      return 1;
    };
    expect(() => hessian(abort, x, { signal: controller.signal })).toThrow("enough");
    expect(Array.from(x)).toEqual([1, 2]);
  });

  test("values of another library are freed", () => {
    let alive = 0;
    class Tensor {
      constructor(readonly values: Float32Array) {
        alive++;
      }
    }
    const adapter: Adapter<Tensor> = {
      is: (value) => value instanceof Tensor,
      toArray: (tensor) => tensor.values,
      fromArray: (array) => new Tensor(Float32Array.from(array)),
      dispose: () => alive--,
    };
    const x = { w: new Tensor(Float32Array.of(1, 2)) };
    const g = ({ w }: typeof x) => w.values[0]! * w.values[1]!;
    expect(Array.from(hessian(g, x, { adapter }).data, Math.round)).toEqual([0, 1, 1, 0]);
    const product = hessianVectorProduct(g, x, { w: [3, 0] }, { adapter });
    expect(Array.from(product.w.values, Math.round)).toEqual([0, 3]);
    expect(directionalDerivative(g, x, { w: [1, 1] }, { adapter })).toBeCloseTo(3, 5);
    expect(alive).toBe(2);
  });
});
