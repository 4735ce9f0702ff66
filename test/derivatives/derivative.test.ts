import { ArgumentError, type DifferenceMethod, derivative, FunctionError, RandomState } from "numgrad";
import { describe, expect, test } from "vitest";
import { isResolved, type Kind, randomCases } from "../support/random-functions.js";
import { quantile, smoothCases } from "../support/smooth-functions.js";
import { thrownBy } from "../support/thrown.js";

/** Whether the true slope is within the estimate. NaN never is. */
const holds = (value: number, error: number, truth: number) => Math.abs(value - truth) <= error;

describe("10,000 random smooth functions", () => {
  // With three other seeds, 0 to 4 of 10,000 cases are missed.
  test.each([
    ["central", 0.999, 1e-11],
    ["forward", 0.998, 1e-10],
    ["backward", 0.998, 1e-10],
  ] as const)("%s: the error is within the estimate", (method, share, sharp) => {
    const cases = smoothCases(10_000, new RandomState(1));
    const missed: Record<string, number> = {};
    const estimates: number[] = [];
    const evaluations: number[] = [];
    for (const { family, f, slope, x } of cases) {
      const result = derivative(f, x, { method });
      const truth = slope(x);
      if (!holds(result.value, result.error, truth)) missed[family] = (missed[family] ?? 0) + 1;
      estimates.push(result.error / Math.max(Math.abs(truth), Number.MIN_VALUE));
      evaluations.push(result.evaluations);
    }
    const misses = Object.values(missed).reduce((sum, n) => sum + n, 0);
    if (!(misses <= (1 - share) * cases.length)) expect.fail(`${misses} missed: ${JSON.stringify(missed)}`);
    // An estimate that is large enough always holds. So half of the estimates must promise eleven digits (one-sided:
    // ten).
    expect(quantile(estimates, 0.5)).toBeLessThan(sharp);
    expect(quantile(evaluations, 0.5)).toBeLessThan(30);
    expect(quantile(evaluations, 1)).toBeLessThan(700);
  });
});

describe("random functions of all kinds, with |x| over 16 decades", () => {
  // NUMGRAD_RANDOM_CASES=100000 is the long run: it takes a minute. With three other seeds, 3 to 6 cases are missed.
  const count = Number(process.env.NUMGRAD_RANDOM_CASES ?? 10_000);
  const estimates: Record<Kind, number[]> = { smooth: [], oscillating: [], "one-sided": [], noisy: [], float32: [] };
  const missed: Record<string, number> = {};
  let misses = 0;
  let checked = 0;
  let most = 0;

  test(
    "the value is within its estimate in 99.9 % of all cases",
    () => {
      for (const { kind, family, f, slope, x, method } of randomCases(count, new RandomState(4)).filter(isResolved)) {
        const { value, error, evaluations } = derivative(f, x, { method });
        const truth = slope(x);
        checked++;
        most = Math.max(most, evaluations);
        if (!holds(value, error, truth)) {
          misses++;
          missed[`${kind}, ${family}`] = (missed[`${kind}, ${family}`] ?? 0) + 1;
        }
        const relative = truth === 0 ? 0 : error / Math.abs(truth);
        estimates[kind].push(relative);
      }
      expect(checked).toBeGreaterThan(0.95 * count);
      if (!(misses <= 0.001 * checked)) expect.fail(`${misses} missed: ${JSON.stringify(missed)}`);
      expect(most).toBeLessThan(100);
    },
    120_000 + 10 * count,
  );

  test.each([
    ["smooth", 0.95, 1e-6],
    ["oscillating", 0.95, 1e-6],
    ["one-sided", 0.95, 1e-6],
    // Of the noisy functions, some have a noise as large as the change of f by a tenth of its scale.
    ["noisy", 0.5, 1e-3],
    ["float32", 0.9, 1e-2],
  ] as const)("the estimates are small: %s, %f below %f", (kind, share, bound) => {
    expect(quantile(estimates[kind], share)).toBeLessThan(bound);
  });
});

describe("the steps follow from f, not from x", () => {
  const relu = (t: number) => Math.max(0, t);
  test.each<[string, (t: number) => number, number, number, DifferenceMethod?]>([
    ["sin at 8457, far from 0 in periods", Math.sin, 8457, Math.cos(8457)],
    ["sin to the right, at 1358", Math.sin, 1358, Math.cos(1358), "forward"],
    ["sin to the left, at 813", Math.sin, 813, Math.cos(813), "backward"],
    [
      "sin(100πt) at 54.7013",
      (t) => Math.sin(100 * Math.PI * t),
      54.7013,
      100 * Math.PI * Math.cos(100 * Math.PI * 54.7013),
    ],
    ["a relu left of its kink", relu, -0.1, 0],
    ["a relu a billionth left of its kink", relu, -1e-9, 0],
    ["a relu of x − 1 a billionth left of its kink", (t) => relu(t - 1), 1 - 1e-9, 0],
    ["the value of a call option at 95", (s) => relu(s - 100), 95, 0],
    ["floor at 2.5", Math.floor, 2.5, 0],
    ["log at 1e-155", Math.log, 1e-155, 1e155],
    ["√x at 1e-210", Math.sqrt, 1e-210, 0.5e105],
    ["x at 1.5e308", (t) => t, 1.5e308, 1],
    ["1/x at 1e-16", (t) => 1 / t, 1e-16, -1e32],
    ["10 + 1e-6·t in float32, which is flat near 0", (t) => Math.fround(10 + 1e-6 * t), 0, 1e-6],
    ["t² in float32, at 6", (t) => Math.fround(t * t), 6, 12],
    ["a wave of small amplitude on a line", (t) => t + 1e-6 * Math.sin(1e7 * t), 0.3, 1 + 10 * Math.cos(3e6)],
  ])("%s", (_, f, x, truth, method) => {
    const { value, error } = derivative(f, x, { method });
    expect(holds(value, error, truth)).toBe(true);
    // float32 has seven digits, and two are lost.
    expect(
      error <= (Math.fround(f(x + 0.1)) === f(x + 0.1) && truth !== 0 ? 1e-3 : 1e-7) * Math.abs(truth) + 1e-12,
    ).toBe(true);
  });

  test.each([
    [1e4, 0, 1e-4],
    [1e6, 1, 1e-3],
    [1e8, 1, 1e-2],
    // Here float64 has few digits left, and then none: the error is ∞ in most cases.
    [1e12, 15, Number.POSITIVE_INFINITY],
    [1e15, 15, Number.POSITIVE_INFINITY],
    [1e18, 15, Number.POSITIVE_INFINITY],
  ])("sin at 300 random points near %d, from both sides and from each", (size, missed, most) => {
    const random = new RandomState(5);
    let misses = 0;
    for (let i = 0; i < 300; i++) {
      const x = size * (1 + random.random());
      for (const method of ["central", "forward", "backward"] as const) {
        const { value, error } = derivative(Math.sin, x, { method });
        if (!holds(value, error, Math.cos(x))) misses++;
        expect(error).toBeLessThanOrEqual(most);
      }
    }
    expect(misses).toBeLessThanOrEqual(missed);
  });

  test("an f that throws far from x is not an error", () => {
    const table = [3, 3, 3];
    const f = (t: number) => table[Math.round(t)] ?? expect.fail(`no entry ${t}`);
    expect(derivative(f, 1)).toMatchObject({ value: 0 });
  });

  test("a slope that overflows is an error", () => {
    expect(thrownBy(FunctionError, () => derivative((t) => 1 / t, 1e-155)).value).toBe(Number.NEGATIVE_INFINITY);
  });
});

describe("ordinary functions", () => {
  test.each([
    ["exp at 1", Math.exp, 1, Math.E],
    ["sin at 0", Math.sin, 0, 1],
    ["log at 1e-8, where x − h is below 0 for the first h", Math.log, 1e-8, 1e8],
    ["log at 1e8", Math.log, 1e8, 1e-8],
    ["1/x at 0.001, with its pole nearby", (x: number) => 1 / x, 0.001, -1e6],
    [
      "sin(1e6 x), whose period is a millionth of the first h",
      (x: number) => Math.sin(1e6 * x),
      0.3,
      1e6 * Math.cos(3e5),
    ],
    [
      "sin(1024 π x), of whose period h could be a multiple",
      (x: number) => Math.sin(1024 * Math.PI * x),
      0,
      1024 * Math.PI,
    ],
    ["x³ at 0", (x: number) => x ** 3, 0, 0],
    ["a constant", () => 3, 7, 0],
    ["x at 1e300", (x: number) => x, 1e300, 1],
    ["sin at 1e-300", Math.sin, 1e-300, 1],
  ])("%s", (_, f, x, truth) => {
    const { value, error, evaluations } = derivative(f, x);
    expect(holds(value, error, truth)).toBe(true);
    expect(error <= 1e-8 * Math.abs(truth) + 1e-9).toBe(true);
    // A slope of exactly 0 takes all levels. The others take up to 60 evaluations.
    expect(evaluations).toBeLessThan(truth === 0 ? 130 : 60);
  });

  test("the h of the caller is the largest, and bounds are kept", () => {
    const seen: number[] = [];
    const f = (x: number) => {
      seen.push(x);
      return Math.exp(x);
    };
    derivative(f, 1, { h: 0.5 });
    expect(Math.max(...seen)).toBe(1.5);
    seen.length = 0;
    derivative(f, 1, { bounds: [0.9, 3] });
    expect(Math.min(...seen)).toBeGreaterThanOrEqual(0.9);
    expect(derivative(Math.exp, 1, { method: "forward", bounds: [0, 1] }).value).toBeCloseTo(Math.E, 8);
  });
});

describe("if there is no derivative, the estimate has the size of the jump", () => {
  test.each([
    ["|x| at 0", Math.abs, 0, 2],
    ["max(0, x) at 0", (x: number) => Math.max(0, x), 0, 1],
    ["a leaky relu at 0", (x: number) => (x > 0 ? x : 0.01 * x), 0, 0.99],
    ["|x − 1| at 1", (x: number) => Math.abs(x - 1), 1, 2],
    ["|x − 1e6| at 1e6", (x: number) => Math.abs(x - 1e6), 1e6, 2],
    ["a kink in a smooth function", (x: number) => Math.sin(x) + 1e-3 * Math.abs(x - 0.7), 0.7, 2e-3],
    ["a kink in a parabola", (x: number) => x * x + Math.abs(x), 0, 2],
    ["the step function", (x: number) => Number(x > 0), 0, 10],
    ["a step at 1", (x: number) => Number(x >= 1), 1, 10],
    ["floor at 3", Math.floor, 3, 10],
    ["sign at 0", Math.sign, 0, 10],
    ["∛x at 0, which is infinitely steep", Math.cbrt, 0, 10],
  ])("%s", (_, f, x, jump) => {
    const { error } = derivative(f, x);
    expect(error).toBeGreaterThanOrEqual(jump / 2);
  });

  test("but at a kink there are one-sided derivatives", () => {
    const right = derivative(Math.abs, 0, { method: "forward" });
    expect(holds(right.value, right.error, 1)).toBe(true);
    expect(right.error).toBeLessThan(1e-13);
    const left = derivative(Math.abs, 0, { method: "backward" });
    expect(holds(left.value, left.error, -1)).toBe(true);
  });

  test("but a kink beside x does not matter", () => {
    const { value, error } = derivative(Math.abs, 1e-9);
    expect(holds(value, error, 1)).toBe(true);
    expect(error).toBeLessThan(1e-12);
  });
});

describe("f is NaN or infinite", () => {
  test("at x: this is an error", () => {
    const error = thrownBy(FunctionError, () => derivative(Math.log, 0));
    expect(error.index).toBe(-1);
    expect(error.message).toBe("f must return a finite number, it returned -Infinity at x = 0");
  });

  test("at every other x: this is an error", () => {
    const error = thrownBy(FunctionError, () => derivative((x) => (x === 2 ? 0 : Number.NaN), 2));
    expect(error.index).toBe(0);
    expect(error.value).toBeNaN();
  });

  test("on one side, for every h: this is an error, except with bounds or a one-sided method", () => {
    thrownBy(FunctionError, () => derivative((x) => x ** 2 * Math.sqrt(x), 0));
    const { value, error } = derivative((x) => x ** 2 * Math.sqrt(x), 0, { method: "forward" });
    expect(holds(value, error, 0)).toBe(true);
    expect(derivative((x) => x ** 2 * Math.sqrt(x), 0, { bounds: [0, 1] }).value).toBe(value);
  });
});

test("arguments are checked before f is called", () => {
  const never = () => expect.fail("f was called");
  const refused = (x: unknown, options?: object) =>
    thrownBy(ArgumentError, () => derivative(never, x as number, options)).argument;
  expect(thrownBy(ArgumentError, () => derivative("x" as unknown as () => number, 1)).argument).toBe("f");
  expect(refused(Number.NaN)).toBe("x");
  expect(refused([1])).toBe("x");
  expect(refused(1, { h: 0 })).toBe("options.h");
  expect(refused(1, { method: "up" })).toBe("options.method");
  expect(refused(1, { relativeStep: 1e-5 })).toBe("options.relativeStep");
  expect(refused(1, { tolerance: 1 })).toBe("options.tolerance");
  expect(refused(1, { bounds: null })).toBe("options.bounds");
});
