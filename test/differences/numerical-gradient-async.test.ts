import { ArgumentError, FunctionError, type Matrix, matrix, numericalGradient, numericalGradientAsync } from "numgrad";
import { describe, expect, test } from "vitest";
import { rosenbrock, sumOfSquares } from "../support/chapter-functions.js";
import { rejectionOf } from "../support/thrown.js";

const later = <T>(value: T, milliseconds = 0) => new Promise<T>((resolve) => setTimeout(resolve, milliseconds, value));

describe("an async f", () => {
  test.each(["central", "forward", "backward"] as const)(
    "has the gradient of a plain one, digit for digit (%s)",
    async (method) => {
      for (const options of [{}, { relativeStep: 1e-6 }, { bounds: [-1.2, 1] as const }]) {
        const expected = numericalGradient(rosenbrock, [-1.2, 1], { method, ...options });
        const f = async (x: number[]) => later(rosenbrock(x));
        expect(await numericalGradientAsync(f, [-1.2, 1], { method, ...options })).toEqual(expected);
        expect(await numericalGradientAsync(rosenbrock, [-1.2, 1], { method, ...options })).toEqual(expected);
      }
    },
  );

  test("receives x itself with one element moved, after its last promise has settled", async () => {
    const x = Float64Array.of(1, 2);
    const seen: number[][] = [];
    const gradient = await numericalGradientAsync(
      async (v) => {
        expect(v).toBe(x);
        await later(0);
        seen.push(Array.from(v));
        return 0;
      },
      x,
      { h: 0.5 },
    );
    expect(seen).toEqual([[1.5, 2], [0.5, 2], [1, 2.5], [1, 1.5]]); // biome-ignore format: one line
    expect(gradient).toEqual(new Float64Array(2));
    expect(Array.from(x)).toEqual([1, 2]);
  });

  test("may have a Matrix or a Float32Array as x; the gradient is written to out", async () => {
    const w = matrix([[1, 2]]);
    const out = matrix([[0, 0]]);
    const f = async (m: Matrix) => sumOfSquares(m.data);
    expect(await numericalGradientAsync(f, w, { out })).toBe(out);
    expect(out).toEqual(numericalGradient((m) => sumOfSquares(m.data), w));
    const x = Float32Array.of(1, 1000);
    expect(await numericalGradientAsync(async (v) => sumOfSquares(v), x)).toEqual(numericalGradient(sumOfSquares, x));
  });

  test("may receive batches, each after the last promise has settled", async () => {
    let running = 0;
    const f = async ({ shape: [rows, n], data }: Matrix) => {
      expect(++running).toBe(1);
      await later(0);
      running--;
      return Array.from({ length: rows }, (_, r) => rosenbrock(data.subarray(r * n, (r + 1) * n)));
    };
    const expected = numericalGradient(rosenbrock, [-1.2, 1]);
    for (const batchSize of [1, 3, 100]) {
      expect(await numericalGradientAsync(f, [-1.2, 1], { batchSize })).toEqual(expected);
    }
  });

  test("may call numericalGradientAsync itself, with the same x", async () => {
    const x = Float64Array.of(1, 2);
    const squaredSlope = async () =>
      sumOfSquares(await numericalGradientAsync(async () => sumOfSquares(x), x, { h: 1e-3 }));
    const gradient = await numericalGradientAsync(squaredSlope, x, { h: 1e-3 });
    expect(gradient[0]!).toBeCloseTo(8, 6);
    expect(gradient[1]!).toBeCloseTo(16, 6);
    expect(Array.from(x)).toEqual([1, 2]);
  });
});

test("the event loop gets turns, even if f never waits", async () => {
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  const f = () => {
    const end = performance.now() + 2;
    while (performance.now() < end);
    return 0;
  };
  await numericalGradientAsync(f, new Float64Array(50)); // 200 ms of work
  clearInterval(timer);
  expect(turns).toBeGreaterThan(1);
});

describe("a signal", () => {
  test("rejects the promise at once with its reason, also while f is at work, and x is restored", async () => {
    const x = Float64Array.of(1, -0);
    const controller = new AbortController();
    const reason = { why: "enough" };
    const never = () => new Promise<number>(() => {});
    const promise = numericalGradientAsync(never, x, { signal: controller.signal });
    expect(x[0]!).not.toBe(1);
    setTimeout(() => controller.abort(reason), 5);
    expect(await promise.catch((reason) => reason)).toBe(reason);
    expect(x[0]! === 1 && Object.is(x[1], -0)).toBe(true);
  });

  test("that f has too rejects the promise with its reason, and not with that of f", async () => {
    const controller = new AbortController();
    const f = async () => {
      controller.abort("enough");
      throw new Error("f was interrupted");
    };
    const promise = numericalGradientAsync(f, [1], { signal: controller.signal });
    expect(await promise.catch((reason) => reason)).toBe("enough");
  });

  test("may be aborted before or between the calls, with batches or without; progress is reported", async () => {
    for (const options of [{}, { batchSize: 1 }]) {
      const controller = new AbortController();
      const done: number[] = [];
      const onProgress = (progress: { done: number }) => {
        done.push(progress.done);
        if (progress.done === 2) controller.abort("two are enough");
      };
      const f = (async (v: Matrix | number[]) => ("shape" in v ? [0] : 0)) as () => Promise<number>;
      const run = () => numericalGradientAsync(f, [1, 2, 3], { ...options, onProgress, signal: controller.signal });
      expect(await run().catch((reason) => reason)).toBe("two are enough");
      expect(done).toEqual([1, 2]);
      expect(await run().catch((reason) => reason)).toBe("two are enough");
      expect(done).toEqual([1, 2]);
    }
  });

  test("that f itself aborts is noticed, even if the promise of f never settles", { timeout: 5000 }, async () => {
    for (const options of [{}, { batchSize: 1 }]) {
      const controller = new AbortController();
      const f = () => {
        controller.abort("enough");
        return new Promise<never>(() => {});
      };
      const promise = numericalGradientAsync(f, [1], { ...options, signal: controller.signal });
      expect(await promise.catch((reason) => reason)).toBe("enough");
    }
  });

  test.each([
    { n: 1, options: {}, expected: 2 },
    { n: 2, options: {}, expected: 2 },
    { n: 1, options: { batchSize: 2 }, expected: 1 },
    { n: 2, options: { batchSize: 2 }, expected: 1 },
  ])(
    "that comes in a turn of the event loop ends it, and f is not called again: %j",
    async ({ n, options, expected }) => {
      const controller = new AbortController();
      let calls = 0;
      const f = (v: Matrix | Float64Array) => {
        if (++calls === 1) setImmediate(() => controller.abort("enough"));
        const end = performance.now() + 30; // after so many milliseconds a turn is due
        while (performance.now() < end);
        return "shape" in v ? [0, 0] : 0;
      };
      const settings = { ...options, signal: controller.signal };
      const promise = numericalGradientAsync(f as () => number, new Float64Array(n), settings);
      expect(await promise.catch((reason) => reason)).toBe("enough");
      expect(calls).toBe(expected);
    },
  );

  test("leaves no listeners behind", async () => {
    const { signal } = new AbortController();
    let listeners = 0;
    const { addEventListener, removeEventListener } = signal;
    signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
      listeners++;
      addEventListener.apply(signal, args);
    };
    signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
      listeners--;
      removeEventListener.apply(signal, args);
    };
    await numericalGradientAsync(async () => 0, [1, 2, 3], { signal });
    await later(0);
    expect(listeners).toBe(0);
  });
});

describe("an f that cannot be used rejects the promise with a FunctionError, and x is restored", () => {
  const x = Float64Array.of(1, -0, 3);
  const oddly = (value: unknown) => async (v: Float64Array) => {
    await later(0);
    return (v[1]! > 0 ? value : 0) as number;
  };

  test.each([
    ["NaN", Number.NaN],
    ["Infinity", Number.POSITIVE_INFINITY],
    ["a string", "1"],
    ["undefined", undefined],
    ["an array", [1]],
  ])("if it gives %s", async (_, value) => {
    const error = await rejectionOf(FunctionError, numericalGradientAsync(oddly(value), x));
    expect(error.index).toBe(1);
    expect(error.value).toBe(value);
    expect(x[0]! === 1 && Object.is(x[1], -0) && x[2]! === 3).toBe(true);
  });

  test("if it rejects or throws: the cause is its reason", async () => {
    const cause = new Error("now");
    const fails = [() => Promise.reject(cause), () => { throw cause; }]; // biome-ignore format: a pair
    for (const f of fails) {
      for (const options of [{}, { batchSize: 2 }]) {
        const error = await rejectionOf(FunctionError, numericalGradientAsync(f, x, options as object));
        expect(error.cause).toBe(cause);
        expect(error.message).toContain("f threw");
      }
    }
    expect(x[0]!).toBe(1);
  });

  test("if it changes x or detaches its memory, or if a difference overflows", async () => {
    const change = async (v: Float64Array) => {
      v[2] = 7;
      return 0;
    };
    expect((await rejectionOf(FunctionError, numericalGradientAsync(change, x))).message).toContain(
      "must not change x",
    );
    expect(x[2]!).toBe(3);
    const steep = async (v: Float64Array) => (v[0]! > 1 ? 1.7e308 : -1.7e308);
    expect((await rejectionOf(FunctionError, numericalGradientAsync(steep, x))).message).toContain("overflows");
    const gone = Float64Array.of(1);
    const detach = async () => {
      structuredClone(gone.buffer, { transfer: [gone.buffer] });
      return 0;
    };
    await rejectionOf(FunctionError, numericalGradientAsync(detach, gone));
  });
});

test("arguments are checked before f is called; a wrong one rejects the promise", async () => {
  const never = () => expect.fail("f was called");
  const refused = async (options: object, x: unknown = [1]) =>
    (await rejectionOf(ArgumentError, numericalGradientAsync(never, x as number[], options))).argument;
  expect(await refused({ h: 0 })).toBe("options.h");
  expect(await refused({ concurrency: 2 })).toBe("options.concurrency");
  expect(await refused({ batchSize: 0 })).toBe("options.batchSize");
  expect(await refused({ signal: 1 })).toBe("options.signal");
  expect(await refused({}, [])).toBe("x");
});
