import fc from "fast-check";
import {
  ArgumentError,
  type Bounds,
  checkGradient,
  derivative,
  jacobian,
  matrix,
  numericalDiff,
  numericalGradient,
  numericalGradientAsync,
  partialDerivative,
  ShapeError,
} from "numgrad";
import { describe, expect, test } from "vitest";
import { thrownBy } from "../support/thrown.js";

/** The values of x at which f was called. */
function visits(run: (f: (x: number) => number) => unknown): number[] {
  const seen: number[] = [];
  run((x) => {
    seen.push(x);
    return x * x;
  });
  return seen;
}

describe("a difference whose points would leave the bounds", () => {
  test("has the book's operations if no point leaves them", () => {
    const f = (x: number) => 0.1 * x ** 3;
    for (const method of ["central", "forward", "backward"] as const) {
      expect(numericalDiff(f, 0.7, { bounds: [0, 1], method })).toBe(numericalDiff(f, 0.7, { method }));
    }
    expect(visits((f) => numericalDiff(f, 1, { bounds: [0.5, 1.5], h: 0.5 }))).toEqual([1.5, 0.5]);
  });

  test("goes to the other side: forward becomes backward, and backward forward", () => {
    expect(visits((f) => numericalDiff(f, 1, { bounds: [0, 1], h: 0.25, method: "forward" }))).toEqual([1, 0.75]);
    expect(visits((f) => numericalDiff(f, 0, { bounds: [0, 1], h: 0.25, method: "backward" }))).toEqual([0, 0.25]);
    expect(numericalDiff((x) => 3 * x, 1, { bounds: [0, 1], h: 0.25, method: "forward" })).toBe(3);
  });

  test("takes x and two points on one side if it is central, and is exact for a parabola", () => {
    expect(visits((f) => numericalDiff(f, 0, { bounds: [0, 1], h: 0.25 }))).toEqual([0, 0.25, 0.5]);
    expect(visits((f) => numericalDiff(f, 1, { bounds: [0, 1], h: 0.25 }))).toEqual([1, 0.75, 0.5]);
    for (const x of [0, 0.125, 0.875, 1]) {
      expect(numericalDiff((t) => 4 * t * t - t, x, { bounds: [0, 1], h: 0.25 })).toBe(8 * x - 1);
    }
  });

  test("has a smaller h if neither side has room", () => {
    expect(visits((f) => numericalDiff(f, 0.5, { bounds: [0.25, 1], h: 10 }))).toEqual([0.75, 0.25]);
    expect(visits((f) => numericalDiff(f, 0.25, { bounds: [0.125, 1.125], h: 10 }))).toEqual([0.25, 0.6875, 1.125]);
    expect(visits((f) => numericalDiff(f, 0.25, { bounds: [0, 1], h: 10, method: "forward" }))).toEqual([0.25, 1]);
  });

  test("keeps the order h² of its error", () => {
    const error = (h: number) => Math.abs(numericalDiff(Math.exp, 0, { bounds: [0, 1], h }) - 1);
    expect(error(1e-2) / error(1e-3)).toBeCloseTo(100, -1);
  });
});

describe("f is never called outside of the bounds", () => {
  const value = fc.double({ min: -1e6, max: 1e6, noNaN: true });
  const room = fc.oneof(
    fc.constant(0),
    fc.double({ min: 1e-6, max: 1e-3, noNaN: true }),
    fc.constant(Number.POSITIVE_INFINITY),
  );
  const element = fc.record({ value, left: room, right: room });
  const options = fc.record({
    method: fc.constantFrom("central", "forward", "backward"),
    step: fc.constantFrom({}, { h: 0.3 }, { h: 1e-7 }, { relativeStep: 1e-5 }, { h: 1e-3, relativeStep: 1e-2 }),
    single: fc.boolean(),
  });

  test("for random bounds and steps, in every function that has bounds", () => {
    let refused = 0;
    const runs = 1000;
    fc.assert(
      fc.property(fc.array(element, { minLength: 1, maxLength: 3 }), options, (elements, { method, step, single }) => {
        const values = elements.map((e) => e.value);
        const [x, before] = single
          ? [Float32Array.from(values), Float32Array.from(values)]
          : [Float64Array.from(values), Float64Array.from(values)];
        const lower = elements.map((e, i) => x[i]! - e.left);
        const upper = elements.map((e, i) => x[i]! + e.right);
        const bounds: Bounds = [lower, upper];
        const inside = (v: ArrayLike<number>) => {
          for (let i = 0; i < v.length; i++) {
            if (!(v[i]! >= lower[i]! && v[i]! <= upper[i]!)) expect.fail(`${v[i]!} is outside`);
          }
          return 2 * v[0]!;
        };
        try {
          const gradient = numericalGradient(inside, x as Float64Array, { ...step, method, bounds });
          // 2x₀ is linear: the only error is the rounding of 2x, divided by the smallest h.
          expect(Number.isFinite(gradient[0]!)).toBe(true);
          expect(gradient.slice(1).every((g) => g === 0)).toBe(true);
          jacobian((v) => [inside(v)], x as Float64Array, { ...step, method, bounds });
          jacobian((v) => [inside(v)], x as Float64Array, { adaptive: true, method, bounds });
          checkGradient(inside, x, x as Float64Array, { ...step, method, bounds });
        } catch (error) {
          // The bounds leave no room for h, or less than a rounding of x.
          expect(error).toBeInstanceOf(ArgumentError);
          refused++;
        }
        expect(x).toEqual(before);
      }),
      { numRuns: runs, seed: 3 },
    );
    expect(refused).toBeLessThan(runs / 2);
  });

  test("bounds of a float32 x are rounded inwards", () => {
    const upper = Math.fround(0.1) - 1e-12; // is not a float32
    const seen: number[] = [];
    const x = Float32Array.of(0.09);
    numericalGradient((v) => seen.push(v[0]!), x, { bounds: [-upper, upper], h: 1, method: "forward" });
    expect(seen.every((v) => v <= upper && v >= -upper)).toBe(true);
    expect(Math.fround(upper) > upper).toBe(true);
  });

  test("an adaptive derivative at a limit is taken from the inside", () => {
    const f = (x: number) => (x >= 0 && x <= 1 ? Math.exp(x) : expect.fail(`called at ${x}`));
    for (const x of [0, 1e-9, 0.5, 1 - 1e-9, 1]) {
      const { value, error } = derivative(f, x, { bounds: [0, 1] });
      expect(Math.abs(value - Math.exp(x)) <= error).toBe(true);
      expect(error < 1e-9).toBe(true);
    }
  });
});

describe("bounds are", () => {
  test("numbers for all elements, vectors, or Matrices if x is a Matrix", async () => {
    const f = (x: ArrayLike<number>) => Math.sqrt(x[0]!) + Math.sqrt(x[1]!);
    const options = { method: "central", h: 0.5 } as const;
    const expected = numericalGradient(f, [0, 1], { ...options, bounds: [0, 2] });
    const infinity = Number.POSITIVE_INFINITY;
    expect(numericalGradient(f, [0, 1], { ...options, bounds: [[0, 0], Float32Array.of(2, infinity)] })).toEqual(
      expected,
    );
    const column = matrix([[0], [1]]);
    const bounds: Bounds = [matrix([[0], [0]]), 2];
    expect(numericalGradient((m) => f(m.data), column, { ...options, bounds }).data).toEqual(expected);
    expect(await numericalGradientAsync(async (x) => f(x), [0, 1], { ...options, bounds: [0, 2] })).toEqual(expected);
    expect(partialDerivative(f, [0, 1], 0, { ...options, bounds: [0, 2] })).toBe(expected[0]!);
  });

  const never = () => expect.fail("f was called");
  const refused = (bounds: unknown, x = [0.5, 0.5]) =>
    thrownBy(ArgumentError, () => numericalGradient(never, x, { bounds: bounds as Bounds }));

  test("checked before f is called", () => {
    for (const bounds of [null, 1, [0], [0, 1, 2], "01", { lower: 0, upper: 1 }]) {
      expect(refused(bounds).argument).toBe("options.bounds");
    }
    expect(refused([Number.NaN, 1]).argument).toBe("options.bounds[0]");
    expect(refused([0, "1"]).argument).toBe("options.bounds[1]");
    expect(refused([0, [1, Number.NaN]]).argument).toBe("options.bounds[1][1]");
    expect(refused([[0], 1])).toBeInstanceOf(ShapeError);
  });

  test("such that x must be inside, with room for h", () => {
    expect(refused([0, 0.4]).message).toBe("x[0]: expected a number in options.bounds, [0, 0.4], got 0.5");
    expect(refused([1, 0]).message).toBe("x[0]: expected a number in options.bounds, [1, 0], got 0.5");
    const error = refused([[0, 0.5], [1, 0.5]]); // biome-ignore format: a pair
    expect(error.message).toContain("options.bounds: expected room for a step that moves the x[1] = 0.5");
    expect(thrownBy(ArgumentError, () => numericalDiff(never, 2, { bounds: [0, 1] })).argument).toBe("x");
    expect(thrownBy(ArgumentError, () => derivative(() => 1, 1, { bounds: [1, 1] })).argument).toBe("options.bounds");
    expect(thrownBy(ArgumentError, () => derivative(never, 2, { bounds: [0, 1] })).argument).toBe("x");
  });
});
