import {
  type Adapter,
  ArgumentError,
  checkJacobian,
  FunctionError,
  type Matrix,
  matrix,
  NumgradError,
  RandomState,
  ShapeError,
} from "numgrad";
import { describe, expect, test } from "vitest";
import { ridgeCases } from "../support/ridge-functions.js";
import { thrownBy } from "../support/thrown.js";

type Rows = number[][];
type F = (x: ArrayLike<number>) => number[];

const transposed = (rows: Rows): Rows => rows[0]!.map((_, i) => rows.map((row) => row[i]!));
const jvpOf = (rows: Rows) => (_: unknown, v: ArrayLike<number>) =>
  rows.map((row) => row.reduce((sum, a, i) => sum + a * v[i]!, 0));
const vjpOf = (rows: Rows) => (_: unknown, u: ArrayLike<number>) => jvpOf(transposed(rows))(_, u);

/** Everything by which a Jacobian may be given. */
const kinds: [name: string, make: (rows: Rows) => never][] = [
  ["rows", (rows) => rows as never],
  ["a Matrix", (rows) => matrix(rows) as never],
  ["a function", (rows) => (() => rows) as never],
  ["vjp", (rows) => ({ vjp: vjpOf(rows) }) as never],
  ["jvp", (rows) => ({ jvp: jvpOf(rows) }) as never],
];

/** Wrong Jacobians. */
const planted: [name: string, plant: (rows: Rows, factor: number) => Rows][] = [
  ["× factor", (rows, factor) => rows.map((row) => row.map((a) => a * factor))],
  [
    "one entry × factor",
    (rows, factor) => rows.map((row, k) => row.map((a, i) => (k === 1 && i === 2 ? a * factor : a))),
  ],
  ["sign of a row", (rows) => rows.map((row, k) => (k === 0 ? row.map((a) => -a) : row))],
  ["zeroed", (rows) => rows.map((row) => row.map(() => 0))],
  ["rows swapped", ([a, b, ...rest]) => [b!, a!, ...rest]],
  ["transposed", transposed],
];

/** A function of three numbers with three outputs, and its Jacobian. */
function randomFunctions(count: number, random: RandomState, scale = 1) {
  return Array.from({ length: count }, () => {
    const cases = ridgeCases(3, random, { scale });
    const { x } = cases[0]!;
    const f: F = (v) => cases.map((one) => one.f(v));
    return { f, x, rows: cases.map((one) => one.gradient(x)) };
  });
}

/** Whether no slope is nothing beside the others, so that float32 shows each. */
const isPlain = (rows: Rows) => {
  const sizes = rows.flat().map(Math.abs);
  return Math.min(...sizes) > 1e-2 * Math.max(...sizes) && Math.max(...sizes) < 100;
};

describe("a Jacobian", () => {
  test("150 right ones pass, in every way in which they may be given", () => {
    const random = new RandomState(1);
    for (const scale of [1e-3, 1, 1e6]) {
      for (const { f, x, rows } of randomFunctions(10, random, scale)) {
        for (const [name, make] of kinds) expect(checkJacobian(f, make(rows), x).verdict, name).toBe("ok");
      }
    }
  });

  test.each(planted)("%s: 50 wrong ones are found, in float64 by 0.1 %", (_name, plant) => {
    for (const { f, x, rows } of randomFunctions(10, new RandomState(2))) {
      for (const [name, make] of kinds) {
        expect(checkJacobian(f, make(plant(rows, 1.001)), x).verdict, name).toBe("wrong");
      }
    }
  });

  test("of float32 functions: right ones pass, and wrong ones are found by 1 %", () => {
    let count = 0;
    for (const { f, x, rows } of randomFunctions(80, new RandomState(3))) {
      if (!isPlain(rows)) continue;
      count++;
      for (const [single, at] of [
        [(v: ArrayLike<number>) => f(v).map(Math.fround), x],
        [(v: ArrayLike<number>) => Float32Array.from(f(v)), Float32Array.from(x)],
      ] as const) {
        const own = rows.map((row) => row.map(Math.fround));
        expect(
          checkJacobian(single as F, at === x ? rows : own, at as number[], at === x ? {} : { rtol: 1e-3 }).ok,
        ).toBe(true);
        for (const [name, plant] of planted) {
          expect(checkJacobian(single as F, plant(rows, 1.01), at as number[]).verdict, name).toBe("wrong");
        }
      }
    }
    expect(count).toBeGreaterThan(3);
  });

  test("the report names output and element, and tells the evaluations", () => {
    const f = (x: Float64Array) => [x[0]! * x[1]!, x[0]! ** 2];
    const report = checkJacobian(f, [[5, 3], [7, 0]], [3, 5]); // biome-ignore format: rows of a matrix
    expect(String(report)).toBe(
      [
        "Jacobian wrong: 1 of 4 elements beyond the error of the differences",
        "largest error 1 absolute, 0.143 relative",
        "                expected  got  difference",
        "  f[1] by x[0]  6         7    1",
      ].join("\n"),
    );
    expect(report.worst[0]!.index).toBe(2);
    expect([report.size, report.checked, report.directions]).toEqual([4, 4, false]);
    const right = checkJacobian(f, [[5, 3], [6, 0]], [3, 5]); // biome-ignore format: rows of a matrix
    expect(right.evaluations).toBeLessThan(20);
    expect(String(right)).toMatch(/^Jacobian ok: 4 elements within the error of the differences, or of rounding/);
  });

  test("at a kink has the slopes on both sides, and NaN is wrong", () => {
    const f = (x: Float64Array) => [Math.max(0, x[0]!), x[0]! ** 2];
    for (const slope of [0, 0.5, 1]) expect(checkJacobian(f, [[slope], [0]], [0]).verdict).toBe("kink");
    expect(checkJacobian(f, [[2], [0]], [0]).verdict).toBe("wrong");
    expect(checkJacobian((x) => [Math.floor(x[0]!)], [[0]], [2]).verdict).toBe("undecided");
    expect(checkJacobian((x) => [x[0]!, 2 * x[0]!], [[1], [Number.NaN]], [2]).verdict).toBe("wrong");
  });

  test("of a tree has parts, and its products receive and return trees", () => {
    const f = ({ w, b }: { w: Float64Array; b: number }) => [w[0]! * b, w[1]! + b ** 2];
    const x = { w: Float64Array.of(2, 3), b: 5 };
    const rows = [[5, 0, 2], [0, 1, 10]]; // biome-ignore format: rows of a matrix
    expect(checkJacobian(f, rows, x).ok).toBe(true);
    const vjp = (_: unknown, u: Float64Array) => ({ w: [5 * u[0]!, u[1]!], b: 2 * u[0]! + 10 * u[1]! });
    expect(checkJacobian(f, { vjp }, x).ok).toBe(true);
    const jvp = (_: unknown, v: { w: Float64Array; b: number }) => [5 * v.w[0]! + 2 * v.b, v.w[1]! + 11 * v.b];
    const report = checkJacobian(f, { jvp }, x);
    expect(report.worst[0]!.name).toBe("f[1] by b");
    expect(report.parts).toEqual([
      { name: "w", verdict: "ok" },
      { name: "b", verdict: "wrong" },
    ]);
  });

  test("with an adapter frees all values", () => {
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
    const x = { w: new Tensor(Float32Array.of(1.5, 2)) };
    const f = ({ w }: typeof x) => new Tensor(w.values.map((value) => value * value));
    const vjp = ({ w }: typeof x, u: Float64Array) => ({
      w: new Tensor(w.values.map((value, i) => 2 * value * u[i]!)),
    });
    expect(checkJacobian(f, { vjp }, x, { adapter }).ok).toBe(true);
    const jvp = ({ w }: typeof x, v: typeof x) => w.values.map((value, i) => 2 * value * v.w.values[i]!);
    expect(checkJacobian(f, { jvp }, x, { adapter }).ok).toBe(true);
    expect(alive).toBe(1);
  });
});

describe("a large Jacobian", () => {
  const n = 2000;
  const m = 30;
  const weights = Float64Array.from({ length: m * n }, (_, j) => Math.sin(1 + 0.37 * j * (j % 11)));
  const x = Float64Array.from({ length: n }, (_, i) => Math.cos(i));
  const f = (v: Float64Array) => {
    const sines = v.map(Math.sin);
    return Float64Array.from({ length: m }, (_, k) => {
      let sum = 0;
      for (let i = 0; i < n; i++) sum += weights[k * n + i]! * sines[i]!;
      return sum / n;
    });
  };
  const jacobianOf = (change: (slope: number, k: number, i: number) => number): Matrix => ({
    shape: [m, n],
    data: Float64Array.from({ length: m * n }, (_, j) => {
      const [k, i] = [Math.floor(j / n), j % n];
      return change((weights[j]! * Math.cos(x[i]!)) / n, k, i);
    }),
  });
  const products = ({ data }: Matrix) => ({
    vjp: (_: Float64Array, u: Float64Array) => x.map((_, i) => u.reduce((sum, a, k) => sum + a * data[k * n + i]!, 0)),
    jvp: (_: Float64Array, v: Float64Array) =>
      Float64Array.from({ length: m }, (_, k) => v.reduce((sum, a, i) => sum + a * data[k * n + i]!, 0)),
  });

  test("is compared along directions", () => {
    for (const isSingle of [false, true]) {
      const own = isSingle ? (v: Float64Array) => f(v).map(Math.fround) : f;
      const wrong: ((slope: number, k: number, i: number) => number)[] = [
        (slope) => (isSingle ? 1.01 : 1.001) * slope,
        (slope) => -slope,
        () => 0,
        (slope, k) => (k === 3 ? 0 : slope),
      ];
      for (const given of [
        (j: Matrix) => j,
        (j: Matrix) => ({ vjp: products(j).vjp }),
        (j: Matrix) => ({ jvp: products(j).jvp }),
      ]) {
        const right = checkJacobian(own, given(jacobianOf((slope) => slope)), x);
        expect(right.verdict).toBe("ok");
        expect([right.directions, right.checked]).toEqual([true, 8]);
        expect(right.evaluations).toBeLessThan(400);
        for (const change of wrong) expect(checkJacobian(own, given(jacobianOf(change)), x).verdict).toBe("wrong");
      }
    }
  }, 120_000);
});

describe("wrong arguments and functions", () => {
  const f = (x: ArrayLike<number>) => [x[0]! * x[1]!];
  test.each<[action: () => unknown, message: string]>([
    [() => checkJacobian(3 as never, [[1, 2]], [1, 2]), "f: expected a function, got 3"],
    [
      () => checkJacobian(f, 3 as never, [1, 2]),
      "jacobian: expected a Matrix, its rows, a function of x, { vjp } or { jvp }, got 3",
    ],
    [() => checkJacobian(f, [[1, 2], [3, 4]], [1, 2]), "jacobian: expected a Matrix of shape [1, 2], or 1 rows of 2 numbers, got 2 rows"], // biome-ignore format: one line
    [() => checkJacobian(f, [[1]], [1, 2]), "jacobian[0]: expected a row of 2 numbers, got Array of length 1"],
    [
      () => checkJacobian(f, matrix([[1], [2]]), [1, 2]),
      "jacobian: expected a Matrix of shape [1, 2], or 1 rows of 2 numbers, got a Matrix of shape [2, 1]",
    ],
    [() => checkJacobian(f, { vjp: 1 } as never, [1, 2]), "jacobian.vjp: expected a function, got 1"],
    [
      () => checkJacobian(f, { vjp: () => [1] }, [1, 2]),
      "the result of jacobian.vjp: expected 2 numbers, as in x, got Array of length 1",
    ],
    [
      () => checkJacobian(f, { jvp: () => [1, 2] }, [1, 2]),
      "the result of jacobian.jvp: expected 1 numbers, got Array of length 2",
    ],
    [
      () => checkJacobian(f, [[1, 2]], [1, 2], { directions: 0 }),
      "options.directions: expected an integer of at least 1 or false, got 0",
    ],
  ])("%s", (action, message) => {
    expect(thrownBy(ArgumentError, action).message).toBe(message);
  });

  test("x is as it was, whatever f and the Jacobian do", () => {
    thrownBy(ShapeError, () => checkJacobian(f, [[1]], [1, 2]));
    const x = Float64Array.of(1, -0);
    const write = (v: Float64Array) => {
      v[1] = 3;
      return [1];
    };
    for (const [f, jacobian, message] of [
      [write, [[0, 0]], /^f must not change x/],
      [() => { throw new Error("no"); }, [[0, 0]], /^f threw at x: no/], // biome-ignore format: one line
      [() => [Number.NaN], [[0, 0]], /^f must return a finite number, it returned NaN at x as element 0/],
      [(v: Float64Array) => [v[0]!], () => { throw new Error("no"); }, /^jacobian threw at x: no/], // biome-ignore format: one line
      [(v: Float64Array) => [v[0]!], { vjp: write }, /^the result of jacobian.vjp: expected 2 numbers/],
      [(v: Float64Array) => [v[0]!], { jvp: write }, /^f must not change x/],
      [
        (v: Float64Array) => [v[0]!],
        () => Promise.resolve([[1, 0]]),
        /^jacobian must return numbers, it returned a Promise/,
      ],
    ] as [(v: Float64Array) => number[], never, RegExp][]) {
      expect(thrownBy(NumgradError, () => checkJacobian(f, jacobian, x)).message).toMatch(message);
      expect(Object.is(x[0], 1) && Object.is(x[1], -0)).toBe(true);
    }
    let calls = 0;
    expect(thrownBy(FunctionError, () => checkJacobian(() => [calls++], [[0, 0]], x)).message).toBe(
      "f must give the same values for the same x, element 0 was 0 and then 1",
    );
  });
});
