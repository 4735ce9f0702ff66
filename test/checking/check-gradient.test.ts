import { inspect } from "node:util";
import {
  ArgumentError,
  type CheckGradientOptions,
  checkGradient,
  FunctionError,
  type Matrix,
  matrix,
  numericalGradient,
  ShapeError,
} from "numgrad";
import { describe, expect, test } from "vitest";
import { rosenbrock } from "../support/chapter-functions.js";
import { thrownBy } from "../support/thrown.js";

const rosenbrockGradient = (x: ArrayLike<number>) => {
  const b = x[1]! - x[0]! ** 2;
  return [-2 * (1 - x[0]!) - 400 * x[0]! * b, 200 * b];
};

describe("a right gradient passes", () => {
  test.each([{}, { h: 1e-5 }, { relativeStep: 6e-6 }, { directions: 5 }, { bounds: [-2, 1] as const }])(
    "%j",
    (options) => {
      const report = checkGradient(rosenbrock, rosenbrockGradient, [-1.2, 1], options);
      expect(report.ok).toBe(true);
      expect(report.failures).toBe(0);
      expect(report.maxAbsoluteError).toBeLessThan(1e-4);
      expect(report.maxRelativeError).toBeLessThan(1e-6);
    },
  );

  test("if it is given as numbers or as a function, for vectors and matrices", () => {
    const w = matrix([
      [1, 2],
      [3, 4],
    ]);
    const f = ({ data }: Matrix) => data[0]! * data[3]! - data[1]! * data[2]!;
    const gradient = matrix([
      [4, -3],
      [-2, 1],
    ]);
    expect(checkGradient(f, gradient, w).ok).toBe(true);
    expect(checkGradient(f, gradient.data, w).ok).toBe(true);
    expect(checkGradient(f, () => gradient, w).ok).toBe(true);
    expect(checkGradient(f, (m) => [m.data[3]!, -m.data[2]!, -m.data[1]!, m.data[0]!], w).ok).toBe(true);
    expect(checkGradient((x) => x[0]! ** 2, Float32Array.of(6), Float64Array.of(3)).ok).toBe(true);
  });

  test("if it is the result of numericalGradient, with the error of its quotients", () => {
    const x = Float64Array.of(-1.2, 1);
    const report = checkGradient(rosenbrock, (v) => numericalGradient(rosenbrock, v), x);
    expect(report.ok).toBe(true);
    // h² times the third derivative, divided by 6: 1e-8 · 2880 / 6.
    expect(report.maxAbsoluteError).toBeCloseTo(4.8e-6, 8);
  });
});

describe("where f is flat at x, a gradient of zeros is right", () => {
  test.each<[string, (z: number) => number, number]>([
    ["a minimum", (z) => Math.exp((z - 0.7) ** 2 + (z - 0.7) ** 3), 0.7],
    ["a saddle", (z) => 1 + z ** 2 + z ** 3, 0],
    ["a curvature that jumps", (z) => z * Math.abs(z), 0],
    ["a curvature that jumps, with a constant", (z) => 1 + z * Math.abs(z), 0],
    ["a squared hinge", (z) => Math.max(0, 1 - z) ** 2, 1],
    ["a squared ReLU", (z) => Math.max(0, z) ** 2, 0],
  ])("%s", (_, f, x) => {
    expect(checkGradient(([z]) => f(z!), [0], [x]).verdict).toBe("ok");
    expect(checkGradient(([z]) => f(z!), [1e-3], [x]).verdict).toBe("wrong");
    expect(checkGradient(([z]) => f(z!) + 1e-6 * z!, [0], [x]).verdict).toBe("wrong");
  });

  test("but not where f jumps, or is noise", () => {
    const jumps: ((z: number) => number)[] = [
      (z) => 1e-7 * Math.sign(z),
      (z) => z ** 2 + 1e-9 * Math.sign(z),
      (z) => 1 + z ** 2 + (z >= 0 ? 1e-9 : 0),
      (z) => 100 * z ** 2 + 1e-7 * Math.sign(z),
    ];
    for (const f of jumps) {
      const { verdict, worst } = checkGradient(([z]) => f(z!), [0], [0]);
      expect([verdict, worst[0]?.reason]).toEqual(["undecided", "f jumps at x"]);
    }
    expect(checkGradient(([z]) => 1 + 1e-13 * Math.sin(1e9 * z!), [0], [0.3]).verdict).toBe("undecided");
  });
});

test("in float32 a gradient of zeros is right at a minimum, and a wrong one is not", () => {
  const f32 = Math.fround;
  const f = ([z]: Float32Array) => {
    const d = f32(z! - f32(0.7));
    return f32(1 + f32(f32(d * d) + f32(d * f32(d * d))));
  };
  const x = Float32Array.of(0.7);
  expect(checkGradient(f, [0], x).verdict).toBe("ok");
  expect(checkGradient(f, [0.1], x).verdict).toBe("wrong");
});

test("a gradient that two quotients tell to be right stays right if the exact search finds less", () => {
  const f = ([z]: number[]) => z! + 0.010017619225070313 * Math.sin(63.705217455898335 * z!);
  const slope = (z: number) => 1 + 0.010017619225070313 * 63.705217455898335 * Math.cos(63.705217455898335 * z);
  expect(checkGradient(f, ([z]) => [slope(z!)], [8.575915150880704]).verdict).toBe("ok");
});

describe("a gradient that is wrong by 1 % or less is wrong also where f bends much within a step", () => {
  test.each<[string, (x: number) => number, number, number]>([
    ["sin 1000x at 0", (x) => Math.sin(1000 * x), 0, 1000],
    ["sin 1620x at 0", (x) => Math.sin(1620 * x), 0, 1620],
    ["sin 500x at 0.3", (x) => Math.sin(500 * x), 0.3, 500 * Math.cos(150)],
    ["tanh 3000x at 0", (x) => Math.tanh(3000 * x), 0, 3000],
    ["x^10 at 1.5, whose value is a float32", (x) => x ** 10, 1.5, 10 * 1.5 ** 9],
    ["x^8 at 3, whose value is a float32", (x) => x ** 8, 3, 8 * 3 ** 7],
  ])("%s", (_, f, x, slope) => {
    expect(checkGradient(([x]) => f(x!), [slope], [x]).verdict).toBe("ok");
    for (const factor of [1.01, 1.001, 0.995, 0, -1]) {
      const report = checkGradient(([x]) => f(x!), [factor * slope], [x]);
      expect(report.verdict).toBe("wrong");
      expect(Math.abs(report.worst[0]!.expected - slope)).toBeLessThanOrEqual(
        report.worst[0]!.error! + 1e-9 * Math.abs(slope),
      );
    }
  });

  test("also beside an element that is much larger", () => {
    const f = ([a, b]: number[]) => 10000.1 * a! + b! + 1e7 * b! ** 3;
    expect(checkGradient(f, [10000.1, 1], [1.3, 0]).verdict).toBe("ok");
    for (const got of [0, -1, 2, 1.01]) expect(checkGradient(f, [10000.1, got], [1.3, 0]).verdict).toBe("wrong");
  });
});

describe("a wrong gradient", () => {
  const x = [0.5, -1, 2, 0.25];
  const f = (v: number[]) => v.reduce((sum, t, i) => sum + (i + 1) * t ** 3, 0);
  const right = () => x.map((t, i) => 3 * (i + 1) * t * t);

  test("is reported with its worst entries first", () => {
    const got = right();
    got[2] = got[2]! * 1.01;
    got[0] = 0;
    const report = checkGradient(f, got, x);
    expect(report.ok).toBe(false);
    expect(report.failures).toBe(2);
    expect(report.checked).toBe(4);
    expect(report.size).toBe(4);
    expect(report.directions).toBe(false);
    expect(report.worst.map(({ index }) => index).slice(0, 2)).toEqual([0, 2]);
    expect(report.worst[0]?.expected).toBeCloseTo(0.75, 6);
    expect(report.worst[0]?.got).toBe(0);
    expect(report.worst[0]?.relativeError).toBe(1);
    expect(report.worst[1]?.absoluteError).toBeCloseTo(0.36, 6);
    expect(report.maxAbsoluteError).toBe(report.worst[0]?.absoluteError);
    expect(report.maxRelativeError).toBe(1);
  });

  test("is printed as a table, by String and by console.log", () => {
    const report = checkGradient((v) => v[0]! * v[1]!, [4, 2], [3, 5]);
    const text = [
      "gradient wrong: 2 of 2 elements beyond the error of the differences",
      "largest error 1 absolute, 0.333 relative",
      "        expected  got  difference",
      "  x[1]  3         2    1",
      "  x[0]  5         4    1",
    ].join("\n");
    expect(String(report)).toBe(text);
    expect(inspect(report)).toBe(text);
    const ok = String(checkGradient((v) => v[0]!, [1], [3]));
    expect(ok).toMatch(/^gradient ok: 1 element within .*\nlargest error \S+ absolute, \S+ relative$/);
    const given = checkGradient((v) => v[0]! * v[1]!, [4, 2], [3, 5], { atol: 1e-6, rtol: 1e-4 });
    expect(String(given)).toContain("2 of 2 elements beyond 0.000001 + 0.0001·|expected|");
  });

  test("of a Matrix is reported with row and column", () => {
    const w = matrix([
      [1, 2],
      [3, 4],
    ]);
    const report = checkGradient(({ data }) => data[2]!, [0, 0, 2, 0], w);
    expect(String(report)).toContain("x.data[2] (row 1, column 0)");
  });

  test("that is NaN or infinite fails, and the largest errors are those of the other entries", () => {
    for (const wrong of [Number.NaN, Number.POSITIVE_INFINITY]) {
      const got = right();
      got[1] = wrong;
      const report = checkGradient(f, got, x);
      expect(report.ok).toBe(false);
      expect(report.failures).toBe(1);
      expect(report.worst[0]?.index).toBe(1);
      expect(report.worst[0]?.got).toBe(wrong);
      expect(report.maxAbsoluteError).toBeLessThan(1e-9);
      expect(report.maxRelativeError).toBeLessThan(1e-9);
      expect(checkGradient((v) => v[0]!, [wrong], [1]).maxAbsoluteError).toBeNaN();
    }
  });

  test("passes within atol + rtol·|expected|, and not beyond", () => {
    const g = 96; // 12 x³ at 2
    const quartic = (v: number[]) => 3 * v[0]! ** 4;
    const check = (got: number, options: CheckGradientOptions) => checkGradient(quartic, [got], [2], options).ok;
    expect(check(g + 0.9, { atol: 1, rtol: 0 })).toBe(true);
    expect(check(g + 1.1, { atol: 1, rtol: 0 })).toBe(false);
    expect(check(g + 0.9, { atol: 0, rtol: 0.01 })).toBe(true);
    expect(check(g + 1.1, { atol: 0, rtol: 0.01 })).toBe(false);
    expect(check(g + 1e-6, { atol: 0, rtol: 0 })).toBe(false);
    expect(check(g + 1.1, { rtol: 0.01 })).toBe(false);
    expect(check(g + 0.9, { rtol: 0.01 })).toBe(true);
  });

  test("is reported with at most ten entries", () => {
    const n = 30;
    const zero = new Float64Array(n);
    const report = checkGradient((v) => v.reduce((sum, t, i) => sum + i * t, 0), zero, zero.slice());
    expect(report.failures).toBe(29);
    expect(report.worst.map(({ index }) => index).sort((a, b) => b - a)).toEqual([
      29, 28, 27, 26, 25, 24, 23, 22, 21, 20,
    ]);
  });
});

describe("a large x is checked along directions", () => {
  const n = 1200;
  const x = Float64Array.from({ length: n }, (_, i) => Math.sin(i));
  let evaluations = 0;
  const f = (v: ArrayLike<number>) => {
    evaluations++;
    let sum = 0;
    for (let i = 0; i < n; i++) sum += (1 + (i % 7)) * Math.sin(v[i]!);
    return sum;
  };
  const gradient = (v: ArrayLike<number>) =>
    Float64Array.from({ length: n }, (_, i) => (1 + (i % 7)) * Math.cos(v[i]!));

  test("one along the signs and two random ones by default, and x keeps its bits", () => {
    evaluations = 0;
    const before = x.slice();
    const report = checkGradient(f, gradient, x);
    expect(report.ok).toBe(true);
    expect(report.directions).toBe(true);
    expect(report.checked).toBe(3);
    expect(report.size).toBe(n);
    expect(report.evaluations).toBe(evaluations);
    expect(evaluations).toBeLessThan(80);
    expect(x).toEqual(before);
    expect(String(report)).toContain("gradient ok: 3 directions within the error of the differences, or of rounding");
    expect(checkGradient(f, gradient, x, { directions: 20 }).checked).toBe(20);
  });

  test("wrong elements are found, and reported with index, expected and got", () => {
    const got = gradient(x);
    got[1001] = 2 * got[1001]!;
    got[77] = Number.NaN;
    got[123] = got[123]! + 1;
    const report = checkGradient(f, got, x);
    // Three directions, and the NaN, which does not move with them.
    expect(report.failures).toBe(4);
    expect(report.worst.map(({ index }) => index)).toEqual([77, 123, 1001]);
    for (const { index, expected, got: value } of report.worst) {
      expect(expected).toBeCloseTo((1 + (index % 7)) * Math.cos(x[index]!), 6);
      expect(value).toBe(got[index]);
    }
    expect(String(report)).toContain("x[1001]");
    expect(String(report)).not.toContain("direction 0");
  });

  test("the search in a gradient of zeros stops after ten elements", () => {
    evaluations = 0;
    const report = checkGradient(f, new Float64Array(n), x);
    expect(report.worst.length).toBe(10);
    expect(evaluations).toBeLessThan(400);
  });

  test("every element is compared on request; the same seed gives the same directions", () => {
    expect(checkGradient(f, gradient, x.slice(), { directions: false }).checked).toBe(n);
    const report = (seed: number) => checkGradient(f, gradient, x, { directions: 3, seed }).worst;
    expect(report(5).length).toBe(3);
    expect(report(5)).toEqual(report(5));
    expect(report(5)).not.toEqual(report(6));
  });

  test("also if x is a Float32Array", () => {
    const single = Float32Array.from(x);
    const report = checkGradient(f, gradient, single);
    expect(report.ok).toBe(true);
    const got = gradient(single);
    got[1199] = 0;
    expect(checkGradient(f, got, single).worst.map(({ index }) => index)).toEqual([1199]);
    expect(single).toEqual(Float32Array.from(x));
  });

  test("but with bounds or a one-sided method every element is compared", () => {
    const report = checkGradient(f, gradient, x, { method: "forward" });
    expect(report.checked).toBe(n);
    expect(report.ok).toBe(true);
    for (const options of [{ bounds: [-2, 2] as const }, { method: "forward" as const }]) {
      const error = thrownBy(ArgumentError, () => checkGradient(f, gradient, x, { ...options, directions: 3 }));
      expect(error.argument).toBe("options.directions");
    }
  });
});

describe("float32", () => {
  test("has an h and tolerances that suit it", () => {
    const f = (x: Float32Array) => x.reduce((sum, v) => Math.fround(sum + Math.fround(v * v)), 0);
    const x = Float32Array.of(1, 2, 3);
    expect(checkGradient(f, [2, 4, 6], x).ok).toBe(true);
    expect(checkGradient(f, [2, 4, 6.2], x).worst[0]?.index).toBe(2);
    expect(checkGradient(f, [2, 4, 6.06], x).verdict).toBe("wrong");
    expect(checkGradient(f, [2, 4, 6], x).atol).toBeUndefined();
  });

  test("an h that does not move a float32 x is an error", () => {
    const run = () => checkGradient(() => 0, [0], Float32Array.of(5000), { h: 1e-4 });
    expect(thrownBy(ArgumentError, run).argument).toBe("options.h");
  });
});

describe("an f that is not deterministic is an error", () => {
  test.each([
    ["at once", () => Math.random(), 2],
    // Two quotients take four calls. Before f is called any more, it is called at x again.
    ["later", (calls: number) => (calls < 4 ? 1 : 2), 7],
  ])("%s", (_, value, atMost) => {
    let calls = 0;
    const f = () => value(calls++);
    const error = thrownBy(FunctionError, () => checkGradient(f, [0], [1]));
    expect(error.message).toContain("f must give the same value for the same x, it gave");
    expect(calls).toBeLessThanOrEqual(atMost);
  });
});

describe("a gradient function that cannot be used is an error, and x is restored", () => {
  const x = Float64Array.of(1, -0);
  const refused = (gradient: unknown) =>
    thrownBy(FunctionError, () => checkGradient(() => 0, gradient as () => number[], x));

  test("if it throws, is async, or changes x", async () => {
    const cause = new Error("not here");
    const error = refused(() => {
      throw cause;
    });
    expect(error.cause).toBe(cause);
    expect(error.message).toBe("gradient threw at x: not here");
    expect(refused(async () => [0, 0]).message).toContain("it returned a Promise");
    refused(async () => {
      throw cause; // nobody awaits this promise
    });
    expect(refused((v: Float64Array) => v.fill(7)).message).toContain("must not change x");
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(Object.is(x[1], -0) && x[0] === 1).toBe(true);
  });

  test("if it does not return numbers of the shape of x", () => {
    const run = (gradient: unknown) => () =>
      checkGradient(
        () => 0,
        () => gradient as number[],
        x,
      );
    thrownBy(ShapeError, run([1]));
    thrownBy(ArgumentError, run("12"));
    thrownBy(ArgumentError, run(undefined));
    expect(thrownBy(ArgumentError, run([1, "2"])).argument).toBe("gradient[1]");
    const row = matrix([[1, 2]]);
    thrownBy(ShapeError, () => checkGradient(() => 0, matrix([[1], [2]]), row));
    thrownBy(ArgumentError, run(row));
  });
});

test("arguments are checked before f is called", () => {
  const never = () => expect.fail("f was called");
  const refused = (options: unknown, gradient: unknown = [1]) =>
    thrownBy(ArgumentError, () => checkGradient(never, gradient as number[], [1], options as CheckGradientOptions))
      .argument;
  expect(refused({ atol: -1 })).toBe("options.atol");
  expect(refused({ rtol: Number.NaN })).toBe("options.rtol");
  expect(refused({ rtol: "1" })).toBe("options.rtol");
  expect(refused({ directions: 0 })).toBe("options.directions");
  expect(refused({ directions: 1.5 })).toBe("options.directions");
  expect(refused({ seed: 0.5 })).toBe("options.seed");
  expect(refused({ tolerance: 1 })).toBe("options.tolerance");
  expect(refused({ h: 0 })).toBe("options.h");
  expect(refused({ signal: 1 })).toBe("options.signal");
  expect(refused({}, [1, 2])).toBe("gradient");
  expect(refused({}, "1")).toBe("gradient");
  expect(thrownBy(ArgumentError, () => checkGradient(1 as unknown as () => number, [1], [1])).argument).toBe("f");
});

test("progress counts elements or directions, and an aborted signal throws its reason", () => {
  const seen: number[] = [];
  const onProgress = ({ done, total }: { done: number; total: number }) => seen.push(done, total);
  checkGradient((x) => x[0]!, [1, 0], [1, 2], { onProgress });
  expect(seen).toEqual([1, 2, 2, 2]);
  seen.length = 0;
  checkGradient((x) => x[0]!, [1, 0], [1, 2], { onProgress, directions: 3 });
  expect(seen).toEqual([1, 3, 2, 3, 3, 3]);
  const x = Float64Array.of(1, 2);
  for (const directions of [false, 2] as const) {
    const controller = new AbortController();
    const f = () => {
      controller.abort("enough");
      return 0;
    };
    expect(() => checkGradient(f, [0, 0], x, { directions, signal: controller.signal })).toThrow("enough");
    expect(Array.from(x)).toEqual([1, 2]);
  }
});
