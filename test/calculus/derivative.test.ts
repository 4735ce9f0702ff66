import { ArgumentError, derivative, FunctionError, RandomState } from "numgrad";
import { describe, expect, test } from "vitest";
import { quantile, smoothCases } from "../support/smooth-functions.js";
import { thrownBy } from "../support/thrown.js";

/** Whether the true slope is within the estimate. NaN never is. */
const holds = (value: number, error: number, truth: number) => Math.abs(value - truth) <= error;

describe("10,000 random smooth functions", () => {
  // With three other seeds, 2 to 25 of 10,000 cases are missed. Most of them have noise inside.
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
