import {
  ArgumentError,
  type DifferenceOptions,
  FunctionError,
  jacobian,
  numericalDiff,
  numericalGradient,
  numericalGradientAsync,
  partialDerivative,
  tangentLine,
} from "numgrad";
import { describe, expect, test } from "vitest";
import { readGolden } from "../support/golden.js";
import { noteExample } from "../support/notes.js";
import { thrownBy } from "../support/thrown.js";

interface Difference {
  f: string;
  x: number;
  value: number;
  exact: number;
}

/** The functions of golden/differences.json. The file names them by these texts. */
const functions: Record<string, (x: number) => number> = {
  "0.01*x*x + 0.1*x": (x) => 0.01 * (x * x) + 0.1 * x,
  "sin(x)": Math.sin,
  "exp(x)": Math.exp,
  "x*x*x": (x) => x * x * x,
  "abs(x)": Math.abs,
  "x > 0": (x) => Number(x > 0),
  "sigmoid(x)": (x) => 1 / (1 + Math.exp(-x)),
  "constant 3": () => 3,
};

/** Functions whose difference depends on the platform's exp and sin. The last bits of these are divided by 2h. */
const transcendental = new Set(["sin(x)", "exp(x)", "sigmoid(x)"]);

describe("the chapter's numbers", () => {
  const golden = readGolden<{ numerical_diff: Difference[]; partials: Difference[] }>("differences.json");

  test("golden/differences.json has the cases that this file knows", () => {
    expect(golden.numerical_diff.length).toBe(35);
    expect(golden.partials.length).toBe(3);
  });

  test.each(golden.numerical_diff)("$f at $x", ({ f: text, x, value, exact }) => {
    const f = functions[text] as (x: number) => number;
    const result = numericalDiff(f, x);
    if (!transcendental.has(text)) expect(result).toBe(value);
    const tolerance = transcendental.has(text) ? 5e-12 * Math.max(1, Math.abs(f(x))) : 0;
    expect(Math.abs(result - value) <= tolerance).toBe(true);
    // The quotient of real numbers is near: cancellation costs an ulp of f, rounding x ± h an ulp of x, both divided by
    // 2h.
    const rounding = (2e-16 * (Math.abs(f(x)) + Math.abs(exact * x) + 1)) / 1e-4;
    expect(Math.abs(result - exact) <= 4 * rounding).toBe(true);
  });

  test("the partial derivatives, as functions of one number", () => {
    const partials = [
      (a: number) => a * a + 4.0 ** 2.0,
      (a: number) => 3.0 ** 2.0 + a * a,
      (a: number) => a * a * 1.5 + 1.5 * 2.0,
    ];
    for (const [i, { x, value }] of golden.partials.entries()) {
      expect(numericalDiff(partials[i] as (a: number) => number, x)).toBe(value);
    }
  });

  test.each(["003-diff-5", "003-diff-10"])("the notes' %s, digit for digit as printed", (id) => {
    const { inputs, printed, value } = noteExample(id);
    const result = numericalDiff((x) => 0.01 * x ** 2 + 0.1 * x, inputs.x as number);
    expect(result).toBe(value);
    expect(result).toBe(printed);
  });

  test.each([
    ["004-partial", (x: number) => x * x + 4 ** 2],
    ["chapter-partial-0", (x: number) => x * x + 4 ** 2],
    ["chapter-partial-1", (x: number) => 3 ** 2 + x * x],
  ])("the notes' %s", (id, f) => {
    const { inputs, value } = noteExample(id);
    expect(numericalDiff(f, inputs.x as number)).toBe(value);
  });
});

describe("methods", () => {
  test("each method is its formula, with this order of operations", () => {
    const f = (x: number) => 0.1 * x ** 3 - x / 3;
    for (const x of [-2.5, 0, 0.3, 7]) {
      for (const h of [1e-4, 1e-3, 0.25, 1e-7]) {
        expect(numericalDiff(f, x, { h })).toBe((f(x + h) - f(x - h)) / (2 * h));
        expect(numericalDiff(f, x, { h, method: "central" })).toBe((f(x + h) - f(x - h)) / (2 * h));
        expect(numericalDiff(f, x, { h, method: "forward" })).toBe((f(x + h) - f(x)) / h);
        expect(numericalDiff(f, x, { h, method: "backward" })).toBe((f(x) - f(x - h)) / h);
      }
    }
  });

  test("the one-sided methods call f twice, only on their side", () => {
    const calls = (method: "forward" | "backward" | "central") => {
      const seen: number[] = [];
      numericalDiff((x) => seen.push(x), 1, { method, h: 0.5 });
      return seen.sort();
    };
    expect(calls("forward")).toEqual([1, 1.5]);
    expect(calls("backward")).toEqual([0.5, 1]);
    expect(calls("central")).toEqual([0.5, 1.5]);
    expect(numericalDiff(Math.sqrt, 0, { method: "forward" })).toBe(100);
  });

  test("the error of central shrinks with h², that of forward with h", () => {
    const error = (options: DifferenceOptions) => Math.abs(numericalDiff(Math.exp, 1, options) - Math.E);
    expect(error({ h: 1e-2 }) / error({ h: 1e-3 })).toBeCloseTo(100, 0);
    const forward = { method: "forward" } as const;
    expect(error({ h: 1e-2, ...forward }) / error({ h: 1e-3, ...forward })).toBeCloseTo(10, 0);
  });

  test("an option that is undefined has its default", () => {
    const options = { h: undefined, method: undefined } as unknown as DifferenceOptions;
    expect(numericalDiff((x) => x * x, 3, options)).toBe(numericalDiff((x) => x * x, 3));
  });
});

describe("an f that cannot be used is a FunctionError", () => {
  test("if it throws: the cause is what it threw", () => {
    const cause = new RangeError("too far");
    const fail = () => {
      throw cause;
    };
    const error = thrownBy(FunctionError, () => numericalDiff(fail, 5));
    expect(error.cause).toBe(cause);
    expect(error.message).toBe("f threw at x = 5.0001: too far");
    expect(error.index).toBe(0);
    expect(error.value).toBeUndefined();
  });

  test("if it throws something that is not an Error", () => {
    const fail = () => {
      throw "no";
    };
    const error = thrownBy(FunctionError, () => numericalDiff(fail, 5));
    expect(error.cause).toBe("no");
    expect(error.message).toContain('"no"');
  });

  test.each([
    ["NaN", Number.NaN],
    ["Infinity", Number.POSITIVE_INFINITY],
    ["-Infinity", Number.NEGATIVE_INFINITY],
    ["undefined", undefined],
    ["null", null],
    ["true", true],
    ["a string", "1"],
    ["a bigint", 1n],
    ["an array of a number", [1]],
    ["a Number object", Object(1)],
  ])("if it returns %s: this is the value of the error", (_, value) => {
    const error = thrownBy(FunctionError, () => numericalDiff(() => value as number, 5));
    expect(error.value).toBe(value);
    expect(error.message).toContain("f must return a finite number, it returned");
    expect(error.message).toContain("at x = 5.0001");
  });

  test("if it is NaN on one side only", () => {
    const error = thrownBy(FunctionError, () => numericalDiff(Math.sqrt, 0));
    expect(error.message).toBe("f must return a finite number, it returned NaN at x = -0.0001");
    expect(thrownBy(FunctionError, () => numericalDiff(Math.log, 0, { method: "forward" })).index).toBe(-1);
  });

  test("if it is async: a later rejection is handled", async () => {
    const rejected: unknown[] = [];
    const listener = (reason: unknown) => rejected.push(reason);
    process.on("unhandledRejection", listener);
    const f = async () => {
      throw new Error("late");
    };
    const error = thrownBy(FunctionError, () => numericalDiff(f as unknown as () => number, 5));
    expect(error.message).toContain("it returned a Promise at x = 5.0001; an async f needs numericalGradientAsync");
    await new Promise((resolve) => setTimeout(resolve, 20));
    process.off("unhandledRejection", listener);
    expect(rejected).toEqual([]);
  });

  test("if its difference overflows", () => {
    const error = thrownBy(FunctionError, () => numericalDiff((x) => (x > 5 ? 1.7e308 : -1.7e308), 5));
    expect(error.message).toContain("overflows at x = 5");
    expect(error.value).toBe(Number.POSITIVE_INFINITY);
  });
});

describe("arguments are checked before f is called", () => {
  const never = () => expect.fail("f was called");

  test.each([undefined, null, "x*x", 3, {}])("f: %s", (f) => {
    expect(thrownBy(ArgumentError, () => numericalDiff(f as unknown as () => number, 1)).argument).toBe("f");
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, "1", undefined, null, [1], 1n])("x: %s", (x) => {
    expect(thrownBy(ArgumentError, () => numericalDiff(never, x as number)).argument).toBe("x");
  });

  test.each([0, -1e-4, Number.NaN, Number.POSITIVE_INFINITY, 1e308, "1e-4", null])("options.h: %s", (h) => {
    expect(thrownBy(ArgumentError, () => numericalDiff(never, 1, { h: h as number })).argument).toBe("options.h");
  });

  test("options.method", () => {
    const error = thrownBy(ArgumentError, () => numericalDiff(never, 1, { method: "centre" as "central" }));
    expect(error.argument).toBe("options.method");
    expect(error.expected).toBe('"central" or "forward" or "backward"');
  });

  test("an unknown option, and a number in place of the options", () => {
    const eps = { eps: 1e-4 } as DifferenceOptions;
    expect(thrownBy(ArgumentError, () => numericalDiff(never, 1, eps)).argument).toBe("options.eps");
    const h = 1e-4 as unknown as DifferenceOptions;
    expect(thrownBy(ArgumentError, () => numericalDiff(never, 1, h)).argument).toBe("options");
    expect(thrownBy(ArgumentError, () => numericalDiff(never, 1, null as unknown as DifferenceOptions)).argument).toBe(
      "options",
    );
  });
});

test("f may call the library: a second derivative", () => {
  const slope = (x: number) => numericalDiff((y) => y * y * y, x, { h: 1e-3 });
  expect(numericalDiff(slope, 2, { h: 1e-3 })).toBeCloseTo(12, 6);
});

describe("a step that is lost in the rounding of x ± h is an error, before f is called", () => {
  const never = () => expect.fail("f was called");
  const refused = (x: number, options?: DifferenceOptions) =>
    thrownBy(ArgumentError, () => numericalDiff(never, x, options));

  test.each(["central", "forward", "backward"] as const)("%s", (method) => {
    expect(refused(1e13, { method }).message).toBe("x: expected a step that moves the x = 10000000000000, got 0.0001");
    expect(refused(-1e12, { method }).argument).toBe("x");
    expect(refused(1, { method, h: 1e-20 }).message).toBe("options.h: expected a step that moves the x = 1, got 1e-20");
    // The points differ, but their distance is 33 % larger than h: a silent error of the same size.
    expect(refused(1, { method, h: 1.5 * 2 ** -53 }).argument).toBe("options.h");
    expect(refused(0.5, { method, h: 1e-20, bounds: [0, 1] }).argument).toBe("options.bounds");
    expect(numericalDiff((x) => 3 * x, 1e13, { method, relativeStep: 2 ** -20 })).toBe(3);
    expect(numericalDiff((x) => x, 0, { method, h: 1e-20 })).toBe(1);
  });

  test("in gradients, partial derivatives, tangents and Jacobians too", async () => {
    const x = Float64Array.of(1, 1e13);
    for (const run of [
      () => numericalGradient(never, x),
      () => partialDerivative(never, x, 0),
      () => jacobian(never, x),
    ]) {
      expect(thrownBy(ArgumentError, run).argument).toBe("x[1]");
    }
    await expect(numericalGradientAsync(never, x)).rejects.toThrow(ArgumentError);
    expect(thrownBy(ArgumentError, () => tangentLine(never, 1e13)).argument).toBe("x");
  });
});

test("a tensor of another library as x is an error that says what to pass", () => {
  const tensor = { shape: [2], dtype: "float32", data: async () => Float32Array.of(1, 2), dataSync: () => [1, 2] };
  const error = thrownBy(ArgumentError, () => numericalGradient(() => 0, tensor as unknown as number[]));
  expect(error.message).toBe(
    "x: expected numbers (an array, a Float64Array, a Float32Array or a Matrix), got an object, a tensor of another library: pass x.dataSync(), or options.adapter",
  );
});
