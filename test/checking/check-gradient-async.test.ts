import { ArgumentError, checkGradient, checkGradientAsync, FunctionError, type GradientReport } from "numgrad";
import { describe, expect, test } from "vitest";
import { rejectionOf, thrownBy } from "../support/thrown.js";

const later = <T>(value: T) => new Promise<T>((resolve) => setImmediate(resolve, value));
const sines = (x: ArrayLike<number>) => Array.from(x, Math.sin).reduce((sum, value) => sum + value, 0);
const cosines = (x: ArrayLike<number>) => Array.from(x, Math.cos);
const rounded = (x: ArrayLike<number>) => Math.fround(2.3 + sines(x) / x.length);
const points = (n: number) => Float64Array.from({ length: n }, (_, i) => Math.sin(i));
const facts = (report: GradientReport) => ({ ...report, text: String(report) });

describe("an async f", () => {
  // Each case takes another way through the check.
  test.each([
    { name: "a right gradient", f: sines, gradient: cosines, x: points(5) },
    { name: "a wrong one", f: sines, gradient: (x: Float64Array) => x.map(Math.sin), x: points(20) },
    { name: "a kink", f: (x: Float64Array) => Math.max(0, x[0]!), gradient: [0.3], x: Float64Array.of(0) },
    { name: "a jump", f: (x: Float64Array) => Math.floor(x[0]!), gradient: [1], x: Float64Array.of(2) },
    {
      name: "directions",
      f: rounded,
      gradient: (x: Float64Array) => cosines(x).map((c) => c / x.length),
      x: points(1500),
    },
    {
      name: "wrong elements in directions",
      f: sines,
      gradient: (x: Float64Array) => cosines(x).map((c, i) => (i === 77 ? -c : c)),
      x: points(1500),
    },
    {
      name: "directions that are chosen",
      f: sines,
      gradient: cosines,
      x: points(5),
      options: { directions: 3, seed: 1 },
    },
    {
      name: "one-sided differences",
      f: sines,
      gradient: cosines,
      x: points(3),
      options: { method: "forward" as const },
    },
    { name: "a given step", f: sines, gradient: cosines, x: points(3), options: { h: 1e-2, atol: 1e-6 } },
    {
      name: "bounds",
      f: (x: Float64Array) => Math.sqrt(x[0]!),
      gradient: [0.5],
      x: Float64Array.of(1),
      options: { bounds: [1, 2] as const },
    },
    {
      name: "an f that is not finite beside x",
      f: (x: Float64Array) => Math.log(x[0]!),
      gradient: [1e6],
      x: Float64Array.of(1e-6),
    },
  ])("has the report of a plain one, number for number: $name", async ({ f, gradient, x, options = {} }) => {
    const expected = facts(checkGradient(f, gradient, x, options));
    const async = async (v: Float64Array) => later(f(v));
    const asyncGradient = async (v: Float64Array) => later(typeof gradient === "function" ? gradient(v) : gradient);
    expect(facts(await checkGradientAsync(async, asyncGradient, x, options))).toEqual(expected);
    expect(facts(await checkGradientAsync(f, gradient, x, options))).toEqual(expected);
  });

  test("has the report of a plain one at a tree, of which f receives a new one each time", async () => {
    const x = { layers: [{ w: points(4) }, { w: points(3) }], scale: 2 };
    const f = ({ layers, scale }: typeof x) => scale * layers.reduce((sum, { w }) => sum + sines(w), 0);
    const gradient = ({ layers, scale }: typeof x) => ({
      layers: layers.map(({ w }, k) => ({ w: cosines(w).map((c) => (k === 1 ? -c : c) * scale) })),
      scale: f({ layers, scale: 1 }),
    });
    const expected = facts(checkGradient(f, gradient, x));
    expect(expected.parts.map(({ verdict }) => verdict)).toEqual(["ok", "wrong", "ok"]);
    expect(
      facts(
        await checkGradientAsync(
          async (v) => later(f(v)),
          async (v) => gradient(v),
          x,
        ),
      ),
    ).toEqual(expected);
  });

  test("is called again only after its promise has settled; x is restored at the end", async () => {
    const x = points(10);
    const before = x.slice();
    let running = 0;
    const f = async (v: Float64Array) => {
      expect(v).toBe(x);
      expect(++running).toBe(1);
      const value = await later(sines(v));
      running--;
      return value;
    };
    expect((await checkGradientAsync(f, cosines, x)).ok).toBe(true);
    expect(x).toEqual(before);
  });

  test("may return anything that has then", async () => {
    class Answer {
      constructor(readonly promise: Promise<number>) {}
      // biome-ignore lint/suspicious/noThenProperty: that is what this test is about
      get then(): Promise<number>["then"] {
        return this.promise.then.bind(this.promise);
      }
    }
    const f = (x: number[]) => new Answer(Promise.resolve(x[0]! ** 2));
    expect((await checkGradientAsync(f, [6], [3])).ok).toBe(true);
  });

  test("has the values of another library freed when its promise settles", async () => {
    let alive = 0;
    class Tensor {
      constructor(public values: readonly number[]) {
        alive++;
      }
    }
    const adapter = {
      is: (value: unknown) => value instanceof Tensor,
      toArray: ({ values }: Tensor) => values,
      fromArray: (array: ArrayLike<number>) => new Tensor(Array.from(array)),
      dispose: (tensor: Tensor) => {
        alive--;
        tensor.values = [];
      },
    };
    const x = { w: new Tensor([1, 2]) };
    const f = async ({ w }: typeof x) => {
      await later(0);
      return new Tensor([sines(w.values)]);
    };
    const gradient = async ({ w }: typeof x) => {
      await later(0);
      return { w: new Tensor(cosines(w.values)) };
    };
    expect((await checkGradientAsync(f, gradient, x, { adapter })).ok).toBe(true);
    expect(alive).toBe(1);
  });
});

test("the event loop gets turns, even if f never waits", async () => {
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  const f = (x: Float64Array) => {
    const end = performance.now() + 2;
    while (performance.now() < end);
    return sines(x);
  };
  await checkGradientAsync(f, cosines, points(30));
  clearInterval(timer);
  expect(turns).toBeGreaterThan(1);
});

describe("a signal", () => {
  test("rejects the promise at once with its reason, also while f is at work, and x is restored", async () => {
    const x = Float64Array.of(1, -0);
    const controller = new AbortController();
    let calls = 0;
    const f = (v: Float64Array) => (++calls < 4 ? sines(v) : new Promise<number>(() => {}));
    const promise = checkGradientAsync(f, [1, 1], x, { signal: controller.signal });
    await later(0);
    expect(x[0]).not.toBe(1);
    controller.abort("enough");
    expect(await promise.catch((reason) => reason)).toBe("enough");
    expect(x[0] === 1 && Object.is(x[1], -0)).toBe(true);
  });

  test("that f or gradient has too rejects the promise with its reason, and not with that of f", async () => {
    for (const which of ["f", "gradient"]) {
      const controller = new AbortController();
      const interrupted = async () => {
        controller.abort("enough");
        throw new Error("interrupted");
      };
      const f = which === "f" ? interrupted : async () => 0;
      const promise = checkGradientAsync(f, interrupted, [1], { signal: controller.signal });
      expect(await promise.catch((reason) => reason)).toBe("enough");
    }
  });

  test("that is aborted already ends the check before f is called", async () => {
    let calls = 0;
    const promise = checkGradientAsync(async () => ++calls, [1], [1], { signal: AbortSignal.abort("no") });
    expect(await promise.catch((reason) => reason)).toBe("no");
    expect(calls).toBe(0);
  });
});

describe("errors", () => {
  test("an f or a gradient that throws or rejects: the message says where, x is restored", async () => {
    const x = Float64Array.of(1, 2);
    const bad = (message: string) => async (v: Float64Array) => {
      await later(0);
      if (v[1] !== 2) throw new Error(message);
      return sines(v);
    };
    const error = await rejectionOf(FunctionError, checkGradientAsync(bad("no room"), cosines, x));
    expect(error.message).toMatch(/^f threw with x\[1\] moved: no room/);
    expect(Array.from(x)).toEqual([1, 2]);
    const gradient = async () => Promise.reject(new Error("no gradient"));
    const other = await rejectionOf(FunctionError, checkGradientAsync(sines, gradient, x));
    expect(other.message).toBe("gradient threw at x: no gradient");
    const none = await rejectionOf(FunctionError, checkGradientAsync((async () => "1") as never, cosines, x));
    expect(none.message).toContain("f must return a finite number");
    const short = await rejectionOf(
      ArgumentError,
      checkGradientAsync(sines, async () => [1], x),
    );
    expect(short.argument).toBe("gradient");
  });

  test("an x that somebody changes while f is at work", async () => {
    const x = Float64Array.of(1, 2);
    const promise = checkGradientAsync(async (v) => later(sines(v)), cosines, x);
    x[0] = 5;
    expect((await rejectionOf(FunctionError, promise)).message).toContain("f must not change x, but x[0] became 5");
    expect(Array.from(x)).toEqual([1, 2]);
  });

  test("a second check of the same x, which would move it too, is refused; one that f awaits is not", async () => {
    const x = Float64Array.of(1, 2);
    const f = async (v: Float64Array) => later(sines(v));
    const first = checkGradientAsync(f, cosines, x);
    const second = await rejectionOf(ArgumentError, checkGradientAsync(f, cosines, x));
    expect(second.message).toContain("no other call of checkGradientAsync is moving");
    expect((await first).ok).toBe(true);
    const outer = async () => (await checkGradientAsync(f, cosines, x)).evaluations;
    expect((await checkGradientAsync(outer, [0, 0], x)).ok).toBe(true);
  });

  test("wrong arguments reject the promise before f is called", async () => {
    const called = () => expect.fail("f must not be called");
    expect((await rejectionOf(ArgumentError, checkGradientAsync(called, [1], []))).argument).toBe("x");
    expect((await rejectionOf(ArgumentError, checkGradientAsync(called, [1, 2], [1]))).argument).toBe("gradient");
  });

  test("checkGradient says that an async f, or an async gradient, needs checkGradientAsync", () => {
    const f = thrownBy(FunctionError, () => checkGradient((async () => 1) as never, [1], [1]));
    expect(f.message).toBe(
      "f must return a finite number, it returned a Promise at x; an async f needs checkGradientAsync",
    );
    const failing = async () => Promise.reject(new Error("is not an unhandled rejection"));
    const gradient = thrownBy(FunctionError, () => checkGradient(() => 1, failing as never, { w: [1] }));
    expect(gradient.message).toBe(
      "gradient must return an array of numbers, it returned a Promise; an async gradient needs checkGradientAsync",
    );
  });
});
