import {
  ArgumentError,
  FunctionError,
  type GradientDescentOptions,
  gradientDescent,
  type Matrix,
  matrix,
  NonFiniteError,
  numericalGradient,
} from "numgrad";
import { describe, expect, test } from "vitest";
import { chapterFunctions, rosenbrock, sumOfSquares } from "../support/chapter-functions.js";
import { readGolden } from "../support/golden.js";
import { noteExample } from "../support/notes.js";
import { thrownBy } from "../support/thrown.js";

interface Path {
  f: string;
  start: number[];
  lr: number;
  steps: number;
  history: number[][];
}

describe("the chapter's paths, digit for digit", () => {
  const { gradient_descent: paths } = readGolden<{ gradient_descent: Path[] }>("differences.json");

  test("golden/differences.json has seven of them, with learning rates that are good, too large and too small", () => {
    expect(paths.map(({ lr }) => lr)).toEqual([0.1, 0.1, 0.1, 10, 1e-10, 0.01, 0.0001]);
  });

  test.each(paths)("$f from $start, rate $lr, $steps steps", ({ f: text, start, lr, steps, history }) => {
    const f = chapterFunctions[text] as (x: ArrayLike<number>) => number;
    const result = gradientDescent(f, start, { learningRate: lr, steps });
    expect(result.history.map((position) => Array.from(position))).toEqual(history);
    expect(result.x).toBe(result.history.at(-1));
    expect(result.status).toBe("finished");
    expect("stoppedAt" in result).toBe(false);
    const shaped = gradientDescent(
      (x) => f(x.data),
      { shape: [1, start.length], data: Float64Array.from(start) },
      { learningRate: lr, steps },
    );
    expect(shaped.history.map(({ data }) => Array.from(data))).toEqual(history);
    expect(shaped.x.shape).toEqual([1, start.length]);
  });

  test.each(["001-descent", "chapter-descent-0.1", "chapter-descent-10", "chapter-descent-1e-10"])(
    "the notes' %s, also as printed",
    (id) => {
      const { inputs, value, printed } = noteExample(id);
      const { start, lr, steps } = inputs as { start: number[]; lr: number; steps: number };
      const { x } = gradientDescent(sumOfSquares, start, { learningRate: lr, steps });
      expect(Array.from(x)).toEqual(value);
      expect(Array.from(x, (v) => Number(v.toPrecision(9)))).toEqual(printed);
    },
  );
});

describe("a step", () => {
  test("is x − learningRate × gradient, with the options of the gradient", () => {
    for (const difference of [{}, { h: 0.25 }, { method: "forward" as const }, { relativeStep: 1e-5 }]) {
      const { history } = gradientDescent(rosenbrock, [0.3, -0.7], { ...difference, learningRate: 1e-3, steps: 2 });
      const gradient = numericalGradient(rosenbrock, [0.3, -0.7], difference);
      expect(Array.from(history[1] as Float64Array)).toEqual([0.3 - 1e-3 * gradient[0]!, -0.7 - 1e-3 * gradient[1]!]);
    }
  });

  test("defaults are the book's: rate 0.01, 100 steps, h = 1e-4", () => {
    const options = { learningRate: 0.01, steps: 100, h: 1e-4, method: "central" } as const;
    expect(gradientDescent(rosenbrock, [0, 0])).toEqual(gradientDescent(rosenbrock, [0, 0], options));
  });

  test("from a Float32Array leads to a Float32Array", () => {
    const { x, history } = gradientDescent(sumOfSquares, Float32Array.of(-3, 4), { learningRate: 0.1 });
    expect(x).toBeInstanceOf(Float32Array);
    expect(history.length).toBe(101);
    expect(Math.abs(x[0]!) < 1e-7).toBe(true);
  });
});

describe("start is never changed, and each position of the history has memory of its own", () => {
  test("for each kind of start", () => {
    const typed = new Float64Array([3, -0]);
    const { history } = gradientDescent(sumOfSquares, typed, { steps: 3 });
    expect(Object.is(typed[1], -0)).toBe(true);
    expect(typed[0]!).toBe(3);
    expect(new Set([typed, ...history].map((x) => x.buffer)).size).toBe(5);
    const w = matrix([[1, 2]]);
    expect(gradientDescent(({ data }) => sumOfSquares(data), w, { steps: 1 }).history[0]).toEqual(w);
    expect(Array.from(w.data)).toEqual([1, 2]);
    gradientDescent(sumOfSquares, Object.freeze([1, 2]));
  });

  test("f receives the kind of start, and cannot reach the history", () => {
    const seen: unknown[] = [];
    const keep = (x: unknown) => {
      seen.push(x);
      return 0;
    };
    gradientDescent(keep, [1], { steps: 1 });
    gradientDescent(keep, Float32Array.of(1), { steps: 1 });
    gradientDescent(keep as (x: Matrix) => number, matrix([[1]]), { steps: 1 });
    expect(seen.map((x) => Array.isArray(x))).toEqual([true, true, false, false, false, false]);
    expect(seen[2]).toBeInstanceOf(Float32Array);
    const { history } = gradientDescent(keep, new Float64Array([1]), { steps: 1 });
    (seen.at(-1) as Float64Array)[0] = 7;
    expect(history.map((x) => x[0]!)).toEqual([1, 1]);
  });
});

describe("a descent diverges, without an error, if", () => {
  test("f is NaN at the next position: the path ends before it", () => {
    const { x, history, status, stoppedAt } = gradientDescent((v) => Math.sqrt(v[0]!), [1], { learningRate: 1 });
    expect(status).toBe("diverged");
    expect(stoppedAt).toBe(2);
    expect(history.length).toBe(3);
    expect(x).toBe(history[2]);
    expect(x[0]!).toBeCloseTo(0.5 - 1 / Math.SQRT2, 6);
  });

  test("f is NaN at the start", () => {
    const result = gradientDescent(() => Number.NaN, [1, 2]);
    expect(result).toEqual({
      x: new Float64Array([1, 2]),
      history: [new Float64Array([1, 2])],
      status: "diverged",
      stoppedAt: 0,
    });
  });

  test("the next position would be infinite, or a difference overflows", () => {
    const steep = gradientDescent((x) => x[0]! * 1e300, [0], { learningRate: 1e300 });
    expect(steep.status).toBe("diverged");
    expect(steep.stoppedAt).toBe(0);
    const overflowing = gradientDescent((x) => (x[0]! > 0 ? 1.7e308 : -1.7e308), [0]);
    expect(overflowing.stoppedAt).toBe(0);
    const growing = gradientDescent((x) => x[0]! ** 2, [1], { learningRate: 1e30, relativeStep: 1e-5 });
    expect(growing.status).toBe("diverged");
    expect(growing.history.every((x) => Number.isFinite(x[0]!))).toBe(true);
  });

  test("a float32 has grown so large that no h moves it", () => {
    const { status, stoppedAt } = gradientDescent((x) => -x[0]!, Float32Array.of(1), {
      learningRate: 3.4e38,
      steps: 5,
    });
    expect(status).toBe("diverged");
    expect(stoppedAt).toBe(1);
  });
});

describe("it is an error, if", () => {
  test("f throws or does not return a number, at any step", () => {
    let calls = 0;
    const cause = new Error("now");
    const f = () => {
      if (++calls > 5) throw cause;
      return 0;
    };
    expect(thrownBy(FunctionError, () => gradientDescent(f, [1])).cause).toBe(cause);
    for (const value of ["1", undefined, Promise.resolve(1), null] as unknown[]) {
      thrownBy(FunctionError, () => gradientDescent(() => value as number, [1]));
    }
  });

  test("an argument is wrong: it is thrown before f is called", () => {
    const never = () => expect.fail("f was called");
    const refused = (options: unknown, start: unknown = [1]) =>
      thrownBy(ArgumentError, () => gradientDescent(never, start as number[], options as GradientDescentOptions))
        .argument;
    expect(refused({ learningRate: Number.NaN })).toBe("options.learningRate");
    expect(refused({ steps: -1 })).toBe("options.steps");
    expect(refused({ steps: 1.5 })).toBe("options.steps");
    expect(refused({ h: 0, steps: 0 })).toBe("options.h");
    expect(refused({ lr: 0.1 })).toBe("options.lr");
    expect(refused({ bounds: [0, 1] })).toBe("options.bounds");
    expect(refused({ signal: {} })).toBe("options.signal");
    expect(refused({ onProgress: 1 })).toBe("options.onProgress");
    expect(refused(null)).toBe("options");
    expect(refused({}, "12")).toBe("start");
    expect(thrownBy(NonFiniteError, () => gradientDescent(never, [1, Number.NaN])).argument).toBe("start[1]");
    expect(thrownBy(ArgumentError, () => gradientDescent(1 as unknown as () => number, [1])).argument).toBe("f");
  });
});

test("progress counts steps, and an aborted signal throws its reason", () => {
  const seen: number[] = [];
  gradientDescent(sumOfSquares, [1], { steps: 3, onProgress: ({ done, total }) => seen.push(done, total) });
  expect(seen).toEqual([1, 3, 2, 3, 3, 3]);
  const controller = new AbortController();
  const reason = new Error("enough");
  const run = () =>
    gradientDescent(sumOfSquares, [1], {
      signal: controller.signal,
      onProgress: ({ done }) => done === 50 && controller.abort(reason),
    });
  expect(thrownBy(Error, run)).toBe(reason);
});
