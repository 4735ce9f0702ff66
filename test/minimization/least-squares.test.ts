import { ArgumentError, FunctionError, leastSquares, matrix } from "numgrad";
import { describe, expect, test } from "vitest";
import { digitsOf, nistProblems } from "../support/nist.js";
import { thrownBy } from "../support/thrown.js";

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

  // Small residuals that no choice of parameters explains.
  const noise = (i: number) => 0.01 * Math.sin(37 * i * i);

  test("a peak is found from 0, where residuals 16 to both sides of it are flat", () => {
    const peak = ([center, width]: Float64Array) =>
      times.map((t, i) => Math.exp(-(((t - center!) / width!) ** 2)) - Math.exp(-((t - 0.7) ** 2)) - noise(i));
    const jacobian = ([center, width]: Float64Array) =>
      times.map((t) => {
        const z = (t - center!) / width!;
        const slope = (2 * z * Math.exp(-z * z)) / width!;
        return [slope, z * slope];
      });
    const right = leastSquares(peak, [0.5, 1], { jacobian });
    const fit = leastSquares(peak, [0, 1]);
    expect(digitsOf(fit.x, [...right.x])).toBeGreaterThan(8);
    expect(digitsOf(fit.standardErrors, [...right.standardErrors])).toBeGreaterThan(6);
  });

  test.each([
    ["a date, of which 2⁻¹⁷ is longer than the peak", 2_459_000, 0.5],
    ["a frequency with thousands of radians", 5000, 0.1],
  ])("the steps suit %s", (name, at, offset) => {
    const isDate = name.startsWith("a date");
    const value = (t: number, [a, b]: Iterable<number>) =>
      isDate ? a! * Math.exp(-((at - 2 + t - b!) ** 2)) : a! * Math.sin(b! * t);
    const residuals = (x: Float64Array) => times.map((t, i) => value(t, x) - value(t, [2, at]) - noise(i));
    const jacobian = ([a, b]: Float64Array) =>
      times.map((t) => {
        const z = at - 2 + t - b!;
        return isDate
          ? [Math.exp(-z * z), 2 * a! * z * Math.exp(-z * z)]
          : [Math.sin(b! * t), a! * t * Math.cos(b! * t)];
      });
    const right = leastSquares(residuals, [1.5, at + offset], { jacobian });
    const fit = leastSquares(residuals, [1.5, at + offset]);
    expect(digitsOf(fit.x, [...right.x])).toBeGreaterThan(8);
    expect(digitsOf(fit.standardErrors, [...right.standardErrors])).toBeGreaterThan(6);
    expect(fit.rank).toBe(2);
  });

  test("residuals that are computed in float32 are fitted to float32's precision, also from 0", () => {
    const f = Math.fround;
    const model = (x: ArrayLike<number>, t: number) => f(f(f(x[0]!) * f(Math.exp(f(-x[1]! * t)))) + f(x[2]!));
    const single = (x: ArrayLike<number>) => times.map((t, i) => f(model(x, t) - f(decay[i]! + noise(i))));
    const right = leastSquares((x) => residuals(x).map((value, i) => value - noise(i)), [1, 1, 1]);
    for (const start of [[1, 1, 1], [0, 0, 0], Float32Array.of(1, 1, 1), Float32Array.of(0, 0, 0)]) {
      const fit = leastSquares(single, start);
      expect(digitsOf(fit.x, [...right.x])).toBeGreaterThan(6);
      expect(digitsOf(fit.standardErrors, [...right.standardErrors])).toBeGreaterThan(4);
      expect(fit.status).not.toBe("maxEvaluations");
    }
  });

  test("where the slopes are NaN, the step is shortened, and the fit is where they are known", () => {
    const rows = ([a, k]: Iterable<number>) => times.map((t) => [Math.exp(-k! * t), -a! * t * Math.exp(-k! * t), 1]);
    const visited: number[][] = [];
    const withGap = (x: Float64Array) => {
      visited.push([...x]);
      return visited.length === 3 ? rows(x).map(() => [Number.NaN, 1, 1]) : rows(x);
    };
    const fit = leastSquares(residuals, [1, 1, 1], { jacobian: withGap });
    expect(digitsOf(fit.x, [3, 0.7, 1])).toBeGreaterThan(10);
    let calls = 0;
    const lost = (x: Float64Array) => (++calls > 2 ? rows(x).map(() => [1, 1, Number.NaN]) : rows(x));
    const stopped = leastSquares(residuals, [1, 1, 1], { jacobian: lost });
    expect([...stopped.x]).toEqual(visited[1]);
    expect(stopped.status).toBe("xtol");
    expect(Array.from(stopped.standardErrors).every(Number.isFinite)).toBe(true);
  });

  test("onProgress counts the evaluations to their largest number, and to the end", () => {
    const reports = (maxEvaluations?: number) => {
      const seen: [number, number][] = [];
      const onProgress = ({ done, total }: { done: number; total: number }) => seen.push([done, total]);
      leastSquares(residuals, [1, 1, 0], { maxEvaluations, onProgress });
      return seen;
    };
    for (const [most, seen] of [
      [8, reports(8)],
      [1, reports(1)],
      [4000, reports()],
    ] as const) {
      const counts = seen.map(([done]) => done);
      expect(seen.every(([, total]) => total === most)).toBe(true);
      expect(counts).toEqual([...new Set(counts)].sort((a, b) => a - b));
      expect(counts.at(-1)).toBe(most);
    }
  });

  test("signal stops the fit: before the first call, and between two", () => {
    const reason = new Error("stopped");
    expect(() => leastSquares(() => expect.fail("called"), [1], { signal: AbortSignal.abort(reason) })).toThrow(reason);
    const controller = new AbortController();
    let calls = 0;
    const counted = (x: Float64Array) => {
      if (++calls === 7) controller.abort(reason);
      return residuals(x);
    };
    expect(() => leastSquares(counted, [1, 1, 1], { signal: controller.signal })).toThrow(reason);
    expect(calls).toBe(7);
  });

  test("a Matrix takes bounds as numbers, as arrays and as Matrices", () => {
    const start = matrix([[1], [1], [1]]);
    const flat = leastSquares(residuals, [1, 1, 1], { bounds: [0, [2, 5, 5]] });
    const upper = matrix([[2], [5], [5]]);
    for (const bounds of [
      [0, [2, 5, 5]],
      [matrix([[0], [0], [0]]), upper],
    ] as const) {
      const fit = leastSquares(({ data }) => residuals(data), start, { bounds });
      expect([fit.x.data[0], fit.x.shape]).toEqual([2, [3, 1]]);
      expect(fit.x.data).toEqual(flat.x);
      expect(fit.standardErrors.data).toEqual(flat.standardErrors);
    }
    expect(() => leastSquares(({ data }) => residuals(data), matrix([[1, 1, 9]]), { bounds: [0, 5] })).toThrow(
      "start.data[2]: expected a number in options.bounds, [0, 5], got 9",
    );
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

  test("a Jacobian of anything but numbers, or that throws anything, or that is async", async () => {
    const line = ([a]: Float64Array) => [a! - 1, a!];
    const fitWith = (jacobian: () => unknown) => () =>
      leastSquares(line, [3], { jacobian: jacobian as () => number[][] });
    expect(fitWith(() => [[1n], [1n]])).toThrow("options.jacobian must return numbers, element [0, 0] is 1n");
    expect(fitWith(() => [[1], [null]])).toThrow("options.jacobian must return numbers, element [1, 0] is null");
    expect(fitWith(() => [[1], ["1"]])).toThrow(FunctionError);
    expect(fitWith(() => ({ shape: [2, 1], data: "12" }))).toThrow(ArgumentError);
    expect(fitWith(() => ({ shape: [2, 1], data: () => [1, 1] }))).toThrow(ArgumentError);
    expect(
      fitWith(() => {
        throw Object.create(null);
      }),
    ).toThrow(FunctionError);
    const rejected: unknown[] = [];
    const listener = (reason: unknown) => rejected.push(reason);
    process.on("unhandledRejection", listener);
    expect(fitWith(async () => Promise.reject(new Error("late")))).toThrow(ArgumentError);
    await new Promise((resolve) => setTimeout(resolve, 10));
    process.off("unhandledRejection", listener);
    expect(rejected).toEqual([]);
  });

  test("the start is not changed, and maxEvaluations ends the fit at the best place", () => {
    const start = [1, 1, 0];
    const fit = leastSquares(residuals, start, { maxEvaluations: 8 });
    expect(start).toEqual([1, 1, 0]);
    expect(fit.status).toBe("maxEvaluations");
  });
});

test("residuals whose squares underflow are an error, as the sum of the squares would be 0", () => {
  expect(() => leastSquares(([a]) => [1e-200 * (a! - 5)], [1])).toThrow(
    "the sum of the squared residuals underflows at start",
  );
  expect(leastSquares(([a]) => [1e-100 * (a! - 5)], [1]).x[0]).toBeCloseTo(5, 6);
  expect([...leastSquares(([a]) => [0 * a!], [1]).x]).toEqual([1]);
});

test("residuals that are async are an error that says so", () => {
  const rejected = async () => Promise.reject(new Error("is not an unhandled rejection"));
  const error = thrownBy(FunctionError, () => leastSquares(rejected as never, [1]));
  expect(error.message).toContain("it returned a Promise at x; leastSquares takes no async f");
});
