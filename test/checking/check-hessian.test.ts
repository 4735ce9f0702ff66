import { ArgumentError, checkHessian, FunctionError, hessian, matrix, RandomState } from "numgrad";
import { describe, expect, test } from "vitest";
import { rosenbrock } from "../support/chapter-functions.js";
import { ridgeCases } from "../support/ridge-functions.js";
import { thrownBy } from "../support/thrown.js";

type Rows = number[][];

const rowsOf = (data: number[], n: number): Rows => Array.from({ length: n }, (_, i) => data.slice(i * n, (i + 1) * n));
const hvpOf = (rows: Rows) => (_: unknown, v: ArrayLike<number>) =>
  rows.map((row) => row.reduce((sum, a, i) => sum + a * v[i]!, 0));

const kinds: [name: string, make: (rows: Rows) => never][] = [
  ["rows", (rows) => rows as never],
  ["a function", (rows) => (() => matrix(rows)) as never],
  ["hvp", (rows) => ({ hvp: hvpOf(rows) }) as never],
];

/** Wrong Hessians. */
const planted: [name: string, plant: (rows: Rows, factor: number) => Rows][] = [
  ["× factor", (rows, factor) => rows.map((row) => row.map((a) => a * factor))],
  [
    "one entry × factor",
    (rows, factor) => rows.map((row, k) => row.map((a, i) => (k === 1 && i === 2 ? a * factor : a))),
  ],
  ["sign", (rows) => rows.map((row) => row.map((a) => -a))],
  ["zeroed", (rows) => rows.map((row) => row.map(() => 0))],
  ["rows swapped", ([a, b, ...rest]) => [b!, a!, ...rest]],
  ["asymmetric", (rows) => rows.map((row, k) => row.map((a, i) => (i < k ? a * 1.1 : a)))],
];

const isPlain = (data: number[]) => {
  const sizes = data.map(Math.abs);
  return Math.min(...sizes) > 1e-2 * Math.max(...sizes) && Math.max(...sizes) < 100;
};

describe("a Hessian", () => {
  test("of Rosenbrock's function", () => {
    const x = [-1.2, 1];
    const right = [[1330, 480], [480, 200]]; // biome-ignore format: rows of a matrix
    const report = checkHessian(rosenbrock, right, x);
    expect(report.verdict).toBe("ok");
    expect([report.size, report.checked]).toEqual([4, 4]);
    expect(report.maxRelativeError).toBeLessThan(1e-12);
    expect(checkHessian(rosenbrock, hessian(rosenbrock, x), x).ok).toBe(true);
    const wrong = checkHessian(rosenbrock, [[1330, 480], [481, 200]], x); // biome-ignore format: rows of a matrix
    expect(String(wrong).split("\n")[0]).toBe("Hessian wrong: 1 of 4 elements beyond the error of the differences");
    expect([wrong.worst[0]!.name, wrong.worst[0]!.index]).toEqual(["x[1], x[0]", 2]);
  });

  test("360 right ones pass, in every way in which they may be given", () => {
    const random = new RandomState(1);
    for (const scale of [1e-3, 1, 1e6]) {
      for (const { f, x, hessian: formula } of ridgeCases(40, random, { scale })) {
        for (const [name, make] of kinds) {
          expect(checkHessian(f, make(rowsOf(formula(x), 3)), x).verdict, name).toBe("ok");
        }
      }
    }
  }, 60_000);

  test.each(planted)(
    "%s: wrong ones are found, in float64 by 0.1 %",
    (_name, plant) => {
      let count = 0;
      for (const { f, x, hessian: formula } of ridgeCases(60, new RandomState(2))) {
        const data = formula(x);
        if (!isPlain(data)) continue;
        count++;
        for (const [name, make] of kinds) {
          expect(checkHessian(f, make(plant(rowsOf(data, 3), 1.001)), x).verdict, name).toBe("wrong");
        }
      }
      expect(count).toBeGreaterThan(10);
    },
    60_000,
  );

  test("of float32 functions: right ones are never wrong, and wrong ones never ok", () => {
    let [right, decided] = [0, 0];
    for (const { f, x, hessian: formula } of ridgeCases(100, new RandomState(3))) {
      const data = formula(x);
      if (!isPlain(data)) continue;
      const single = (v: ArrayLike<number>) => Math.fround(f(v));
      right++;
      const { verdict } = checkHessian(single, rowsOf(data, 3), x);
      expect(verdict).not.toBe("wrong");
      if (verdict === "ok") decided++;
      for (const [name, plant] of planted.filter(([name]) => name !== "asymmetric")) {
        expect(checkHessian(single, plant(rowsOf(data, 3), 1.2), x).ok, name).toBe(false);
      }
    }
    expect(right).toBeGreaterThan(20);
    expect(decided / right).toBeGreaterThan(0.9);
  }, 60_000);

  test("at a kink of the gradient is between the curvatures on both sides; where f jumps it is undecided", () => {
    const relu2 = (x: number[]) => Math.max(0, x[0]!) ** 2;
    for (const value of [0, 1, 2]) expect(checkHessian(relu2, [[value]], [0]).verdict).toBe("kink");
    for (const value of [-1, 3]) expect(checkHessian(relu2, [[value]], [0]).verdict).toBe("wrong");
    const { left, right } = checkHessian(relu2, [[1]], [0]).worst[0]!;
    expect(left).toBeCloseTo(0, 6);
    expect(right).toBeCloseTo(2, 6);
    expect(checkHessian((x) => x[0]! * Math.abs(x[1]!), [[0, 0.5], [0.5, 0]], [0, 0]).verdict).toBe("kink"); // biome-ignore format: rows of a matrix
    expect(checkHessian((x) => Math.abs(x[0]!), [[0]], [0]).verdict).toBe("undecided");
    const jump = checkHessian((x) => Math.floor(x[0]!), [[0]], [2]);
    expect([jump.verdict, jump.worst[0]!.reason]).toEqual(["undecided", "f jumps at x"]);
  });

  test("of a tree has parts, and its product receives and returns trees", () => {
    const f = ({ w, b }: { w: number[]; b: number }) => w[0]! ** 2 * w[1]! * b;
    const x = { w: [2, 3], b: 5 };
    const rows = [[30, 20, 12], [20, 0, 4], [12, 4, 0]]; // biome-ignore format: rows of a matrix
    expect(checkHessian(f, rows, x).ok).toBe(true);
    const hvp = (_: unknown, { w, b }: { w: Float64Array; b: number }) => {
      const [p, q, r] = hvpOf(rows)(_, [w[0]!, w[1]!, b]);
      return { w: [p!, q!], b: r! + b };
    };
    const report = checkHessian(f, { hvp }, x);
    expect(report.worst[0]!.name).toBe("b, b");
    expect(report.parts.find(({ name }) => name === "b")!.verdict).toBe("wrong");
  });

  test("that is large is compared along directions", () => {
    const n = 200;
    const x = Array.from({ length: n }, (_, i) => Math.sin(i));
    const f = (v: ArrayLike<number>) => {
      let sum = 0;
      for (let i = 0; i < n; i++) sum += Math.exp(v[i]! / 2) * v[(i + 7) % n]!;
      return sum / n;
    };
    const rows = x.map(() => x.map(() => 0));
    for (let i = 0; i < n; i++) {
      const j = (i + 7) % n;
      rows[i]![i]! += (Math.exp(x[i]! / 2) * x[j]!) / 4 / n;
      rows[i]![j]! += Math.exp(x[i]! / 2) / 2 / n;
      rows[j]![i]! += Math.exp(x[i]! / 2) / 2 / n;
    }
    for (const [name, make] of kinds) {
      const report = checkHessian(f, make(rows), x);
      expect([report.verdict, report.directions, report.checked], name).toEqual(["ok", true, 8]);
      expect(report.evaluations).toBeLessThan(1000);
      for (const [what, plant] of planted.filter(([what]) => what !== "one entry × factor")) {
        expect(checkHessian(f, make(plant(rows, 1.001)), x).verdict, `${name}, ${what}`).toBe("wrong");
      }
    }
  }, 60_000);
});

describe("wrong arguments and functions", () => {
  const f = (x: number[]) => x[0]! * x[1]!;
  test.each<[action: () => unknown, message: string]>([
    [() => checkHessian(3 as never, [[1]], [1]), "f: expected a function, got 3"],
    [
      () => checkHessian(f, 3 as never, [1, 2]),
      "hessian: expected a Matrix, its rows, a function of x, or { hvp }, got 3",
    ],
    [
      () => checkHessian(f, [[1, 2]], [1, 2]),
      "hessian: expected a Matrix of shape [2, 2], or 2 rows of 2 numbers, got 1 rows",
    ],
    [
      () => checkHessian(f, { hvp: () => [1] }, [1, 2]),
      "the result of hessian.hvp: expected 2 numbers, as in x, got Array of length 1",
    ],
    [() => checkHessian(f, [[0, 1], [1, 0]], [1, 2], { h: 1 } as never), "options.h: expected one of atol, rtol, directions, seed, adapter, onProgress, signal, got an unknown option"], // biome-ignore format: one line
    [() => checkHessian(f, [[0, 1], [1, 0]], [1, 2], { rtol: -1 }), "options.rtol: expected a finite number of at least 0, got -1"], // biome-ignore format: one line
  ])("%s", (action, message) => {
    expect(thrownBy(ArgumentError, action).message).toBe(message);
  });

  test("x is as it was, whatever f and the Hessian do", () => {
    const x = Float64Array.of(1, -0);
    const rows = [[0, 0], [0, 0]]; // biome-ignore format: rows of a matrix
    let calls = 0;
    const write = (v: Float64Array) => {
      v[1] = 3;
      return 1;
    };
    for (const [f, given, message] of [
      [write, rows, /^f must not change x/],
      [() => calls++, rows, /^f must give the same value for the same x/],
      [
        (v: Float64Array) => (v[0] === 1 && v[1] === 0 ? 1 : Number.NaN),
        rows,
        /^f must return a finite number, it returned NaN/,
      ],
      [(v: Float64Array) => v[0]!, { hvp: (v: Float64Array) => [write(v), 0] }, /^f must not change x/],
      [
        (v: Float64Array) => v[0]!,
        { hvp: () => Promise.resolve([0, 0]) },
        /^hessian.hvp must return numbers, it returned a Promise/,
      ],
    ] as [(v: Float64Array) => number, never, RegExp][]) {
      expect(thrownBy(FunctionError, () => checkHessian(f, given, x)).message).toMatch(message);
      expect(Object.is(x[0], 1) && Object.is(x[1], -0)).toBe(true);
    }
  });
});
