import {
  ArgumentError,
  type BatchedGradientOptions,
  type DifferenceGradientOptions,
  FunctionError,
  type Matrix,
  matrix,
  numericalDiff,
  numericalGradient,
  partialDerivative,
  ShapeError,
  tangentLine,
} from "numgrad";
import { describe, expect, test } from "vitest";
import { rosenbrock, sumOfSquares } from "../support/chapter-functions.js";
import { thrownBy } from "../support/thrown.js";

/** f as a function of many points, one in each row. */
const byRows = (f: (x: ArrayLike<number>) => number) => (points: Matrix<Float64Array | Float32Array>) => {
  const [rows, n] = points.shape;
  return Array.from({ length: rows }, (_, r) => f(points.data.subarray(r * n, (r + 1) * n)));
};

describe("a relative step", () => {
  test("gives h = r·max(1, |x|), or max(h, r·|x|) if h is given too", () => {
    const steps = (x: number, options: DifferenceGradientOptions) => {
      const seen: number[] = [];
      numericalGradient((v) => seen.push(v[0]!), [x], options);
      return seen;
    };
    expect(steps(1000, { relativeStep: 0.5 })).toEqual([1500, 500]);
    expect(steps(-1000, { relativeStep: 0.5 })).toEqual([-500, -1500]);
    expect(steps(0.25, { relativeStep: 0.5 })).toEqual([0.75, -0.25]);
    expect(steps(0, { relativeStep: 0.5 })).toEqual([0.5, -0.5]);
    expect(steps(0.25, { relativeStep: 0.5, h: 0.0625 })).toEqual([0.375, 0.125]);
    expect(steps(0, { relativeStep: 0.5, h: 0.0625 })).toEqual([0.0625, -0.0625]);
    expect(steps(8, { relativeStep: 0.5, method: "forward" })).toEqual([8, 12]);
  });

  test("divides by the distance between the points that f received: the slope of a line is exact", () => {
    for (const x of [1e6 + 0.1, 0.1, 12345.678]) {
      for (const method of ["central", "forward", "backward"] as const) {
        expect(numericalDiff((t) => t, x, { relativeStep: 1e-8, method })).toBe(1);
        expect(numericalGradient((v) => v[0]!, [x], { relativeStep: 1e-8, method })[0]!).toBe(1);
      }
      // With the book's divisor 2h, the rounding of x ± h remains in the slope.
      expect(numericalDiff((t) => t, x, { h: 1e-8 * Math.max(1, x) })).not.toBe(1);
    }
  });

  test("keeps digits where h = 1e-4 is lost in rounding", () => {
    expect(() => numericalDiff((x) => x * x, 1e12)).toThrow(ArgumentError);
    expect(numericalDiff((x) => x * x, 1e12, { relativeStep: 6e-6 }) / 2e12).toBeCloseTo(1, 9);
  });

  test("that does not move x is an error, and f is not called", () => {
    const never = () => expect.fail("f was called");
    const error = thrownBy(ArgumentError, () => numericalGradient(never, [1, 3], { relativeStep: 1e-17 }));
    expect(error.message).toBe("options.relativeStep: expected a step that moves the x[0] = 1, got 1e-17");
    for (const relativeStep of [0, -1, Number.NaN, "1e-6", Number.POSITIVE_INFINITY]) {
      const options = { relativeStep } as DifferenceGradientOptions;
      expect(thrownBy(ArgumentError, () => numericalGradient(never, [1], options)).argument).toBe(
        "options.relativeStep",
      );
    }
    expect(thrownBy(ArgumentError, () => numericalDiff(never, 1e308, { relativeStep: 1 })).argument).toContain(
      "options",
    );
  });
});

describe("out", () => {
  test("receives the gradient, and is returned", () => {
    const out = new Float64Array(2).fill(Number.NaN);
    expect(numericalGradient(rosenbrock, [3, 4], { out })).toBe(out);
    expect(out).toEqual(numericalGradient(rosenbrock, [3, 4]));
    const shaped = { shape: [1, 2] as const, data: out.fill(Number.NaN) };
    expect(numericalGradient((m) => rosenbrock(m.data), matrix([[3, 4]]), { out: shaped })).toBe(shaped);
    expect(out).toEqual(numericalGradient(rosenbrock, [3, 4]));
  });

  test("must have the kind and the shape of the result, and memory of its own", () => {
    const never = () => expect.fail("f was called");
    const refused = (out: unknown, x: unknown = [1, 2]) =>
      thrownBy(ArgumentError, () => numericalGradient(never, x as number[], { out: out as Float64Array }));
    expect(refused(new Float64Array(3))).toBeInstanceOf(ShapeError);
    for (const out of [[0, 0], new Float32Array(2), null, matrix([[1, 2]])]) {
      expect(refused(out).argument).toBe("options.out");
    }
    const w = matrix([[1, 2]]);
    expect(refused(matrix([[1], [2]]), w)).toBeInstanceOf(ShapeError); // biome-ignore format: a column
    expect(refused({ shape: [1, 2], data: new Float32Array(2) }, w).argument).toBe("options.out.data");
    expect(refused(w, w).message).toContain("shares memory with x");
    const all = new Float64Array(4);
    expect(refused(all.subarray(0, 2), all.subarray(1, 3)).argument).toBe("options.out");
    expect(numericalGradient(sumOfSquares, all.subarray(0, 2), { out: all.subarray(2) }).length).toBe(2);
  });

  test("that loses its memory while f runs is an error", () => {
    const out = new Float64Array(1);
    const f = () => {
      if (out.length > 0) structuredClone(out.buffer, { transfer: [out.buffer] });
      return 0;
    };
    expect(thrownBy(FunctionError, () => numericalGradient(f, [1], { out })).message).toContain("options.out");
  });
});

describe("batches of points", () => {
  const x = [-1.2, 1, 0.5, 3, -0.25];
  const f = (v: ArrayLike<number>) => rosenbrock(v) + 0.1 * sumOfSquares(v);

  test.each(["central", "forward", "backward"] as const)("give the same digits for every batch size (%s)", (method) => {
    for (const options of [{}, { relativeStep: 1e-6 }, { bounds: [-1.2, 3] as const }]) {
      const expected = numericalGradient(f, x, { method, ...options });
      for (const batchSize of [1, 2, 3, 4, 7, 11, 1000]) {
        expect(numericalGradient(byRows(f), x, { method, batchSize, ...options })).toEqual(expected);
      }
    }
  });

  test("have at most batchSize rows, with the points in the order of single calls; x is not moved", () => {
    const calls: number[][][] = [];
    const typed = Float64Array.of(1, 2);
    const record = ({ shape: [rows, n], data }: Matrix) => {
      calls.push(Array.from({ length: rows }, (_, r) => Array.from(data.subarray(r * n, (r + 1) * n))));
      expect(Array.from(typed)).toEqual([1, 2]);
      data.fill(Number.NaN); // f may change the rows
      return new Float64Array(rows);
    };
    numericalGradient(record, typed, { batchSize: 3, h: 0.5 });
    expect(calls).toEqual([[[1.5, 2], [0.5, 2], [1, 2.5]], [[1, 1.5]]]); // biome-ignore format: two batches
  });

  test("have the elements of a Matrix in each row, and float32 numbers for a float32 x", () => {
    const w = matrix([
      [1, 2],
      [3, 4],
    ]);
    expect(numericalGradient(byRows(sumOfSquares), w, { batchSize: 3 })).toEqual(
      numericalGradient((m) => sumOfSquares(m.data), w),
    );
    const single = Float32Array.of(1, 1000);
    const seen = (points: Matrix<Float32Array>) => {
      expect(points.data).toBeInstanceOf(Float32Array);
      return byRows(sumOfSquares)(points);
    };
    expect(numericalGradient(seen, single, { batchSize: 5 })).toEqual(numericalGradient(sumOfSquares, single));
  });

  test.each([
    ["too few numbers", [1], "f must return 2 numbers, one for each row of points, it returned Array of length 1"],
    ["a number", 1, "it returned 1"],
    ["a Promise", Promise.resolve([1, 2]), "an async f needs numericalGradientAsync"],
    ["a NaN", [1, Number.NaN], "it returned NaN with x[0] moved"],
    ["a string", [1, "2"], 'it returned "2" with x[0] moved'],
  ])("are an error if f returns %s", (_, value, message) => {
    const error = thrownBy(FunctionError, () => numericalGradient(() => value as number[], [1], { batchSize: 2 }));
    expect(error.message).toContain(message);
  });

  test("are an error if f throws or changes x, or if a difference overflows", () => {
    const cause = new Error("now");
    const fail = () => {
      throw cause;
    };
    expect(thrownBy(FunctionError, () => numericalGradient(fail, [1], { batchSize: 2 })).cause).toBe(cause);
    const steep = () => [1.7e308, -1.7e308];
    expect(thrownBy(FunctionError, () => numericalGradient(steep, [1], { batchSize: 2 })).message).toContain(
      "overflows",
    );
    const typed = Float64Array.of(1, -0);
    const change = (points: Matrix) => {
      typed.fill(3);
      return new Float64Array(points.shape[0]);
    };
    expect(thrownBy(FunctionError, () => numericalGradient(change, typed, { batchSize: 9 })).message).toContain("x[0]");
    expect(typed[0]! === 1 && Object.is(typed[1], -0)).toBe(true);
  });

  test("need a batchSize that is a positive integer", () => {
    for (const batchSize of [0, -1, 1.5, "2", null]) {
      const options = { batchSize } as BatchedGradientOptions;
      const error = thrownBy(ArgumentError, () => numericalGradient(() => expect.fail("called"), [1], options));
      expect(error.argument).toBe("options.batchSize");
    }
  });
});

describe("progress and signal", () => {
  test("there is a report for each element of a small x, for each hundredth of a large x, and at the end", () => {
    const reports = (n: number, options: object = {}) => {
      const done: number[] = [];
      const onProgress = (progress: { done: number; total: number }) => {
        expect(progress.total).toBe(n);
        done.push(progress.done);
      };
      numericalGradient(byRowsOrOne, new Float64Array(n), { onProgress, ...options } as DifferenceGradientOptions);
      return done;
    };
    const byRowsOrOne = ((x: Matrix | Float64Array) =>
      "shape" in x ? new Float64Array(x.shape[0]) : 0) as () => number;
    expect(reports(3)).toEqual([1, 2, 3]);
    expect(reports(1050).slice(0, 3)).toEqual([11, 22, 33]);
    expect(reports(1050).length).toBe(96);
    expect(reports(1050).at(-1)).toBe(1050);
    expect(reports(100, { batchSize: 50 })).toEqual([25, 50, 75, 100]);
  });

  test.each([{}, { batchSize: 2 }])("an aborted signal throws its reason, and x is restored (%j)", (options) => {
    const x = Float64Array.of(1, -0, 3);
    const controller = new AbortController();
    const reason = { why: "enough" };
    let calls = 0;
    const f = (points: unknown) => {
      if (++calls === 2) controller.abort(reason);
      return "batchSize" in options ? new Float64Array((points as Matrix).shape[0]) : 0;
    };
    let caught: unknown;
    try {
      numericalGradient(f as () => number, x, { ...options, signal: controller.signal });
    } catch (error) {
      caught = error;
    }
    expect(caught).toBe(reason);
    expect(calls).toBe(2);
    expect(x[0] === 1 && Object.is(x[1], -0) && x[2] === 3).toBe(true);
    calls = 0;
    expect(() => numericalGradient(f as () => number, x, { ...options, signal: controller.signal })).toThrow();
    expect(calls).toBe(0);
  });

  test("an error of onProgress is thrown as it is, and x is restored", () => {
    const x = Float64Array.of(1, 2);
    const reason = new Error("from the callback");
    const run = () =>
      numericalGradient(sumOfSquares, x, {
        onProgress() {
          throw reason;
        },
      });
    expect(thrownBy(Error, run)).toBe(reason);
    expect(Array.from(x)).toEqual([1, 2]);
  });

  test("are checked", () => {
    const refused = (options: unknown) =>
      thrownBy(ArgumentError, () => numericalGradient(() => 0, [1], options as DifferenceGradientOptions)).argument;
    expect(refused({ onProgress: 1 })).toBe("options.onProgress");
    expect(refused({ signal: { aborted: false } })).toBe("options.signal");
    expect(refused({ signal: null })).toBe("options.signal");
  });
});

describe("partialDerivative", () => {
  test("has the bits of the element of the gradient, and takes two evaluations", () => {
    for (const options of [
      {},
      { method: "forward" as const },
      { relativeStep: 1e-6 },
      { bounds: [-1.2, 1] as const },
    ]) {
      const gradient = numericalGradient(rosenbrock, [-1.2, 1], options);
      for (const i of [0, 1]) expect(partialDerivative(rosenbrock, [-1.2, 1], i, options)).toBe(gradient[i]!);
    }
    let calls = 0;
    partialDerivative(() => calls++, new Float64Array(1000), 500);
    expect(calls).toBe(2);
    const w = matrix([
      [1, 2],
      [3, 4],
    ]);
    expect(partialDerivative(({ data }) => data[0]! * data[3]!, w, 3)).toBeCloseTo(1, 10);
    expect(partialDerivative((v) => v[0]! ** 2, Float32Array.of(3), 0)).toBe(6);
  });

  test("refuses an index that is not an element of x", () => {
    for (const index of [-1, 2, 0.5, "0", undefined, Number.NaN]) {
      const run = () => partialDerivative(() => expect.fail("called"), [1, 2], index as number);
      expect(thrownBy(ArgumentError, run).argument).toBe("index");
    }
  });
});

describe("tangentLine", () => {
  const f = (x: number) => 0.01 * x ** 2 + 0.1 * x;

  test("is the book's line d·t + (f(x) − d·x), with this order of operations", () => {
    for (const x of [5, 10, 0, -3.7]) {
      const slope = numericalDiff(f, x);
      const tangent = tangentLine(f, x);
      for (const t of [0, 5, 20, -1.5]) expect(tangent(t)).toBe(slope * t + (f(x) - slope * x));
      expect(tangent(x)).toBeCloseTo(f(x), 14);
    }
    expect(tangentLine(Math.sqrt, 0, { method: "forward" })(1)).toBe(100);
  });

  test("refuses an argument that is not a number, and a tangent that overflows", () => {
    const tangent = tangentLine(f, 5);
    for (const t of [Number.NaN, "1", undefined]) {
      expect(thrownBy(ArgumentError, () => tangent(t as number)).argument).toBe("t");
    }
    const steep = (x: number) => 1e120 * (x - 1e200);
    expect(thrownBy(FunctionError, () => tangentLine(steep, 1e200, { h: 1e185 })).message).toContain(
      "the tangent of f overflows",
    );
    expect(thrownBy(ArgumentError, () => tangentLine(f, Number.NaN)).argument).toBe("x");
    expect(thrownBy(ArgumentError, () => tangentLine(f, 1, { out: 1 } as object)).argument).toBe("options.out");
  });
});
