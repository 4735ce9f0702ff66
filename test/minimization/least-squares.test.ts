import { ArgumentError, FunctionError, leastSquares, matrix } from "numgrad";
import { describe, expect, test } from "vitest";
import { digitsOf, nistProblems } from "../support/nist.js";

const times = Array.from({ length: 20 }, (_, i) => i / 4);
const decay = times.map((t) => 3 * Math.exp(-0.7 * t) + 1);
const residuals = (x: ArrayLike<number>) => times.map((t, i) => x[0]! * Math.exp(-x[1]! * t) + x[2]! - decay[i]!);

describe("NIST's nonlinear problems", () => {
  const problems = nistProblems();

  test("there are 27", () => expect(problems).toHaveLength(27));

  test.each(
    problems.flatMap(
      (problem) => [0, 1].map((start) => ({ ...problem, start })) as ((typeof problems)[0] & { start: 0 | 1 })[],
    ),
  )("$name from start $start has six certified digits", (problem) => {
    const fit = leastSquares(problem.residuals, problem.starts[problem.start]);
    expect(digitsOf(fit.x, problem.parameters)).toBeGreaterThan(6);
    expect(fit.status).not.toBe("maxEvaluations");
    // The certified residuals of Lanczos1 are 1e-13, rounding errors of float64 among values of 2.5. So are its deviations.
    const least = problem.name === "Lanczos1" ? 2.5 : 6;
    expect(digitsOf(fit.standardErrors, problem.deviations)).toBeGreaterThan(least);
    expect(digitsOf([2 * fit.cost], [problem.sumOfSquares])).toBeGreaterThan(problem.name === "Lanczos1" ? 2 : 9);
  });
});

describe("a fit", () => {
  test("3e^(−0.7x) + 1 is found, also with the Jacobian of the user as a Matrix or as rows", () => {
    const rows = (x: Float64Array) => times.map((t) => [Math.exp(-x[1]! * t), -x[0]! * t * Math.exp(-x[1]! * t), 1]);
    for (const jacobian of [undefined, rows, (x: Float64Array) => matrix(rows(x))]) {
      const { x, status, rank } = leastSquares(residuals, [1, 1, 0], { jacobian });
      expect(digitsOf(x, [3, 0.7, 1])).toBeGreaterThan(10);
      expect(status).not.toBe("maxEvaluations");
      expect(rank).toBe(3);
    }
  });

  test("x goes to a bound and stays there, and no residual is computed outside", () => {
    const bounds = [0, [2, 5, 5]] as const;
    const inside = (x: Float64Array) => {
      expect(x[0]).toBeLessThanOrEqual(2);
      expect(Math.min(...x)).toBeGreaterThanOrEqual(0);
      return residuals(x);
    };
    const { x, cost } = leastSquares(inside, [1, 1, 1], { bounds });
    expect(x[0]).toBe(2);
    const rest = leastSquares(([k, c]) => residuals([2, k!, c!]), [1, 1]);
    expect(cost).toBeCloseTo(rest.cost, 12);
    expect(x[1]).toBeCloseTo(rest.x[0]!, 6);
  });

  test("equal bounds fix a parameter, whose standard error is 0", () => {
    const fit = leastSquares(residuals, [3, 1, 0], {
      bounds: [
        [3, -9, -9],
        [3, 9, 9],
      ],
    });
    expect(digitsOf(fit.x, [3, 0.7, 1])).toBeGreaterThan(10);
    expect(fit.standardErrors[0]).toBe(0);
  });

  test("a step to NaN is shortened", () => {
    const { x } = leastSquares(([a]) => [Math.log(a!) + 5], [1]);
    expect(digitsOf(x, [Math.exp(-5)])).toBeGreaterThan(10);
  });

  test("a Float32Array and a Matrix keep their kind", () => {
    const single = leastSquares((x) => residuals(x), Float32Array.of(1, 1, 0));
    expect(single.x).toBeInstanceOf(Float32Array);
    expect(digitsOf(single.x, [3, 0.7, 1])).toBeGreaterThan(5);
    const shaped = leastSquares((x) => residuals(x.data), matrix([[1, 1, 0]]));
    expect([shaped.x.shape, shaped.standardErrors.shape, shaped.covariance.shape]).toEqual([
      [1, 3],
      [1, 3],
      [3, 3],
    ]);
    expect(digitsOf(shaped.x.data, [3, 0.7, 1])).toBeGreaterThan(10);
  });

  test("parameters that the residuals do not determine have the standard error ∞", () => {
    const sum = leastSquares(
      ([a, b, c]) => times.map((t) => (a! + b!) * t + c! - 2 * t - 1.01 * (t > 2 ? 1 : 0)),
      [1, 3, 1],
    );
    expect(sum.rank).toBe(2);
    expect(Array.from(sum.standardErrors, Number.isFinite)).toEqual([false, false, true]);
    const few = leastSquares(([a, b]) => [a! + b! - 3], [0, 0]);
    expect(few.x[0]! + few.x[1]!).toBeCloseTo(3, 12);
    expect(few.standardErrors).toEqual(Float64Array.of(Infinity, Infinity));
  });

  test("absoluteSigma takes the residuals as they are weighted", () => {
    const line = ([a]: Float64Array) => [1, 2, 3].map((t) => (a! * t - 2 * t + (t - 2)) / 0.5);
    const fit = leastSquares(line, [1], { absoluteSigma: true });
    expect(fit.standardErrors[0]).toBeCloseTo(0.5 / Math.sqrt(14), 10);
  });
});

describe("wrong arguments", () => {
  test("a start out of bounds, NaN at the start, a wrong option, a Jacobian of another shape", () => {
    expect(() => leastSquares(residuals, [1, 1, 9], { bounds: [0, 5] })).toThrow(ArgumentError);
    expect(() => leastSquares(() => [Number.NaN], [1])).toThrow(FunctionError);
    expect(() => leastSquares(residuals, [1, 1, 1], { tol: 1 } as never)).toThrow(ArgumentError);
    expect(() => leastSquares(residuals, [1, 1, 1], { jacobian: () => [[1]] })).toThrow(ArgumentError);
    expect(() => leastSquares(() => 3 as never, [1])).toThrow(FunctionError);
  });

  test("the start is not changed, and maxEvaluations ends the fit at the best place", () => {
    const start = [1, 1, 0];
    const fit = leastSquares(residuals, start, { maxEvaluations: 8 });
    expect(start).toEqual([1, 1, 0]);
    expect(fit.status).toBe("maxEvaluations");
  });
});
