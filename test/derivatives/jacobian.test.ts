import {
  type AdaptiveJacobianOptions,
  ArgumentError,
  FunctionError,
  type JacobianOptions,
  jacobian,
  type Matrix,
  matrix,
  numericalGradient,
  RandomState,
  ShapeError,
  type Vector,
} from "numgrad";
import { describe, expect, test } from "vitest";
import { rosenbrock } from "../support/chapter-functions.js";
import { quantile, type SmoothCase, smoothCases } from "../support/smooth-functions.js";
import { thrownBy } from "../support/thrown.js";

const polar = (x: ArrayLike<number>) => [x[0]! * Math.cos(x[1]!), x[0]! * Math.sin(x[1]!), x[0]!];

describe("a Jacobian", () => {
  test.each(["central", "forward", "backward"] as const)(
    "has a gradient in each row, with the same bits (%s)",
    (method) => {
      for (const options of [
        {},
        { h: 1e-3 },
        { relativeStep: 1e-6 },
        {
          bounds: [
            [2, -1],
            [3, 1],
          ] as const,
        },
      ]) {
        // biome-ignore format: one line
        const x = [2, 0.5];
        const { shape, data } = jacobian(polar, x, { ...options, method });
        expect(shape).toEqual([3, 2]);
        for (const k of [0, 1, 2]) {
          const row = numericalGradient((v) => polar(v)[k]!, x, { ...options, method });
          expect(Array.from(data.subarray(2 * k, 2 * k + 2))).toEqual(Array.from(row));
        }
      }
    },
  );

  test("of numericalGradient is a Hessian", () => {
    const x = Float64Array.of(-1.2, 1);
    const hessian = jacobian((v) => numericalGradient(rosenbrock, v, { h: 1e-3 }), x, { h: 1e-3 });
    // Truncation: h² times the fourth derivative (2400) is 2.4e-3, divided by 6, twice. Rounding: 1e-16 · 24 / h² =
    // 2.4e-9.
    for (const [i, expected] of [1330, 480, 480, 200].entries()) {
      expect(Math.abs(hessian.data[i]! - expected) <= 1e-3).toBe(true);
    }
    expect(Array.from(x)).toEqual([-1.2, 1]);
  });

  test("is the same for every kind of x and of result", () => {
    const expected = jacobian(polar, [2, 0.5]);
    expect(jacobian(polar, Float64Array.of(2, 0.5))).toEqual(expected);
    expect(jacobian((m) => Float64Array.from(polar(m.data)), matrix([[2], [0.5]]))).toEqual(expected);
    const buffer = new Float64Array(3); // f may use the same array each time
    const reused = (x: Float64Array) => {
      buffer.set(polar(x));
      return buffer;
    };
    expect(jacobian(reused, [2, 0.5])).toEqual(expected);
    const single = jacobian((x) => Float32Array.from(polar(x)), Float32Array.of(2, 0.5));
    for (const [i, value] of expected.data.entries()) expect(single.data[i]!).toBeCloseTo(value, 3);
  });

  test("f receives a Float64Array if x is an array of numbers, else x itself", () => {
    const frozen = Object.freeze([1, 2]);
    jacobian((x) => {
      expect(x).toBeInstanceOf(Float64Array);
      return [0];
    }, frozen);
    const x = Float32Array.of(1, 2);
    jacobian((v) => {
      expect(v).toBe(x);
      return [0];
    }, x);
  });

  test("is written to out", () => {
    const out = { shape: [3, 2] as const, data: new Float64Array(6).fill(Number.NaN) };
    expect(jacobian(polar, [2, 0.5], { out })).toBe(out);
    expect(out.data).toEqual(jacobian(polar, [2, 0.5]).data);
    const x = Float64Array.of(2, 0.5);
    const wrong = { shape: [2, 2] as const, data: new Float64Array(4) };
    expect(thrownBy(ShapeError, () => jacobian(polar, x, { out: wrong })).message).toBe(
      "options.out: expected shape [3, 2], got [2, 2]",
    );
    const shared = { shape: [2, 2] as const, data: new Float64Array(4) };
    const inside = shared.data.subarray(0, 2);
    thrownBy(ArgumentError, () => jacobian(() => [1, 2], inside, { out: shared }));
    expect(Array.from(x)).toEqual([2, 0.5]);
  });

  test("reports each input, and throws the reason of an aborted signal", () => {
    const seen: number[] = [];
    jacobian(polar, [1, 2], { onProgress: ({ done, total }) => seen.push(done, total) });
    expect(seen).toEqual([1, 2, 2, 2]);
    const x = Float64Array.of(1, -0);
    for (const adaptive of [true, undefined]) {
      const controller = new AbortController();
      const f = () => {
        controller.abort("enough");
        return [1];
      };
      const options = { adaptive, signal: controller.signal } as JacobianOptions;
      expect(() => jacobian(f, x, options)).toThrow("enough");
      expect(Object.is(x[1], -0) && x[0] === 1).toBe(true);
    }
  });
});

describe("an adaptive Jacobian", () => {
  test("10,000 elements of random smooth functions: the error is within the estimate", () => {
    const cases = smoothCases(5000, new RandomState(2));
    let misses = 0;
    const estimates: number[] = [];
    for (let c = 0; c < cases.length; c += 2) {
      const [p, q] = [cases[c] as SmoothCase, cases[c + 1] as SmoothCase];
      const f = (x: Float64Array) => [p.f(x[0]!) + q.f(x[1]!), p.f(x[0]!) - q.f(x[1]!)];
      if (!f(Float64Array.of(p.x, q.x)).every(Number.isFinite)) continue;
      const { value, error } = jacobian(f, [p.x, q.x], { adaptive: true });
      const [a, b] = [p.slope(p.x), q.slope(q.x)];
      for (const [i, truth] of [a, b, a, -b].entries()) {
        if (!(Math.abs(value.data[i]! - truth) <= error.data[i]!)) misses++;
        estimates.push(error.data[i]! / Math.max(Math.abs(truth), Number.MIN_VALUE));
      }
    }
    expect(estimates.length).toBe(10_000);
    // The sum of two functions of very different size has the noise of the larger one. So more are missed than for one.
    expect(misses).toBeLessThan(50);
    expect(quantile(estimates, 0.5)).toBeLessThan(1e-9);
  });

  test("has an estimate for each output: a kink in one does not change that of the other", () => {
    const f = (x: Float64Array) => [Math.abs(x[0]!) + x[1]!, Math.exp(x[0]! - x[1]!)];
    const { value, error, evaluations } = jacobian(f, [0, 0.5], { adaptive: true });
    expect(value.shape).toEqual([2, 2]);
    expect(error.data[0]!).toBeGreaterThan(1);
    for (const [i, truth] of [Number.NaN, 1, Math.exp(-0.5), -Math.exp(-0.5)].entries()) {
      if (i > 0) expect(Math.abs(value.data[i]! - truth) <= error.data[i]!).toBe(true);
      if (i > 0) expect(error.data[i]!).toBeLessThan(1e-11);
    }
    let calls = 0;
    const counted = (x: Float64Array) => {
      calls++;
      return f(x);
    };
    jacobian(counted, [0, 0.5], { adaptive: true });
    expect(evaluations).toBe(calls);
  });

  test("of a Float32Array assumes that f is rounded to float32", () => {
    const f = (x: Float32Array) => [Math.fround(Math.exp(x[0]!)), Math.fround(x[0]! ** 2)];
    const { value, error } = jacobian(f, Float32Array.of(1), { adaptive: true });
    for (const [i, truth] of [Math.E, 2].entries()) {
      expect(Math.abs(value.data[i]! - truth) <= error.data[i]!).toBe(true);
      expect(error.data[i]!).toBeLessThan(1e-3);
    }
  });

  test("takes a smaller h if f is not defined", () => {
    const f = (x: Float64Array) => [Math.sqrt(1 - x[0]!), Math.log(x[1]!)];
    const { value, error } = jacobian(f, [0, 0.01], { adaptive: true });
    expect(Math.abs(value.data[0]! + 0.5) <= error.data[0]!).toBe(true);
    expect(Math.abs(value.data[3]! - 100) <= error.data[3]!).toBe(true);
  });
});

describe("an f that cannot be used is an error, and x is restored", () => {
  const x = Float64Array.of(1, -0, 3);
  const bits = () => Array.from(new BigUint64Array(x.buffer));
  const before = bits();

  test.each([
    ["a number", 1, "f must return an array of 2 numbers, it returned 1 with x[1] moved"],
    ["a string", "12", 'it returned "12"'],
    ["nothing", undefined, "it returned undefined"],
    ["a Promise", Promise.resolve([1, 2]), "it returned a Promise"],
    ["too few", [1], "it returned Array of length 1"],
    ["none", [], "it returned Array of length 0"],
    ["a NaN", [1, Number.NaN], "it returned NaN with x[1] moved as element 1 of its result"],
    ["a string among numbers", [1, "2"], 'element 1 is "2"'],
    ["bigints", new BigInt64Array(2), "element 0 is 0n"],
  ])("if it returns %s", (_, value, message) => {
    const f = (v: Float64Array) => (v[1]! > 0 ? value : [1, 2]) as number[];
    const error = thrownBy(FunctionError, () => jacobian(f, x));
    expect(error.index).toBe(1);
    expect(error.message).toContain(message);
    expect(bits()).toEqual(before);
  });

  test("if a difference overflows", () => {
    const f = (v: Float64Array) => [v[2]! > 3 ? 1.7e308 : -1.7e308];
    expect(thrownBy(FunctionError, () => jacobian(f, x)).message).toContain("overflows with x[2] moved");
    expect(bits()).toEqual(before);
  });

  test("if it is NaN at x, or everywhere else (adaptive)", () => {
    const adaptive = { adaptive: true } as const;
    const error = thrownBy(FunctionError, () => jacobian(() => [0, Number.NaN], x, adaptive));
    expect(error.index).toBe(-1);
    const off = (v: Float64Array) => [v[2]! === 3 ? 0 : Number.NaN];
    expect(thrownBy(FunctionError, () => jacobian(off, x, adaptive)).index).toBe(2);
    expect(bits()).toEqual(before);
  });
});

test("arguments are checked before f is called", () => {
  const never = () => expect.fail("f was called");
  const refused = (options: unknown, x: unknown = [1]) =>
    thrownBy(ArgumentError, () => jacobian(never as () => Vector, x as number[], options as JacobianOptions)).argument;
  expect(refused({ adaptive: 1 })).toBe("options.adaptive");
  expect(refused({ adaptive: true, out: {} })).toBe("options.out");
  expect(refused({ adaptive: true, relativeStep: 1 })).toBe("options.relativeStep");
  expect(refused({ batchSize: 1 })).toBe("options.batchSize");
  expect(refused({ h: -1 })).toBe("options.h");
  expect(refused(null)).toBe("options");
  expect(refused({}, new Int32Array(2))).toBe("x");
  expect(refused({ signal: 1 })).toBe("options.signal");
  const room: AdaptiveJacobianOptions = { adaptive: true, bounds: [1, 1] };
  expect(thrownBy(ArgumentError, () => jacobian(() => [1], [1], room)).argument).toBe("options.bounds");
  expect(thrownBy(ArgumentError, () => jacobian(1 as unknown as () => number[], [1])).argument).toBe("f");
  expect(thrownBy(ArgumentError, () => jacobian((x: Matrix) => x.data, 1 as unknown as Matrix)).argument).toBe("x");
});
