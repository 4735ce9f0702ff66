import {
  checkGradient,
  derivative,
  FunctionError,
  gradientDescent,
  jacobian,
  matrix,
  numericalDiff,
  numericalGradient,
  numericalGradientAsync,
  partialDerivative,
  TwoLayerNet,
  tangentLine,
} from "numgrad";
import { afterEach, describe, expect, test } from "vitest";
import { sumOfSquares } from "../support/chapter-functions.js";
import { largestDifference } from "../support/difference.js";

type F = (x: Float64Array) => number;
type Differentiate = (f: F, x: Float64Array) => unknown;

/** All functions that take an f of many numbers. */
const ofManyNumbers: [name: string, differentiate: Differentiate][] = [
  ["numericalGradient", (f, x) => numericalGradient(f, x)],
  ["numericalGradient, forward", (f, x) => numericalGradient(f, x, { method: "forward" })],
  ["numericalGradient, in bounds", (f, x) => numericalGradient(f, x, { bounds: [x, Number.POSITIVE_INFINITY] })],
  ["numericalGradientAsync", (f, x) => numericalGradientAsync(f, x)],
  ["partialDerivative", (f, x) => partialDerivative(f, x, 1)],
  ["jacobian", (f, x) => jacobian(vectorOf(f), x)],
  ["jacobian, adaptive", (f, x) => jacobian(vectorOf(f), x, { adaptive: true })],
  ["checkGradient", (f, x) => checkGradient(f, new Float64Array(x.length), x)],
  ["checkGradient, in directions", (f, x) => checkGradient(f, new Float64Array(x.length), x, { directions: 2 })],
  ["gradientDescent", (f, x) => gradientDescent(f, x, { steps: 2 })],
];

/** All functions that take an f of one number. */
const ofOneNumber: [name: string, differentiate: (f: (x: number) => number) => unknown][] = [
  ["numericalDiff", (f) => numericalDiff(f, 1)],
  ["numericalDiff, backward", (f) => numericalDiff(f, 1, { method: "backward" })],
  ["tangentLine", (f) => tangentLine(f, 1)],
  ["derivative", (f) => derivative(f, 1)],
];

/** f as a function that returns an array of one number. A value that is not a number is returned as it is. */
const vectorOf = (f: F) => (x: Float64Array) => {
  const value: unknown = f(x);
  return (typeof value === "number" ? [value] : value) as number[];
};

async function errorOf(action: () => unknown): Promise<FunctionError> {
  let caught: unknown;
  try {
    await action();
  } catch (error) {
    caught = error;
  }
  expect(caught).toBeInstanceOf(FunctionError);
  return caught as FunctionError;
}

/** −0, a subnormal, and numbers that change if 1e-4 is added and subtracted again. */
const odd = () => Float64Array.of(-0, 0.1, 5e-324, 1 / 3);
const bits = (x: Float64Array) => Array.from(new BigUint64Array(x.buffer, x.byteOffset, x.length));

const unhandled: unknown[] = [];
const listener = (reason: unknown) => unhandled.push(reason);
process.on("unhandledRejection", listener);
afterEach(async () => {
  await new Promise((resolve) => setTimeout(resolve));
  expect(unhandled).toEqual([]);
});

describe.each(ofManyNumbers)("%s", (name, differentiate) => {
  const useless: [what: string, value: () => unknown][] = [
    ["a string", () => "1"],
    ["undefined", () => undefined],
    ["null", () => null],
    ["a bigint", () => 1n],
    ["a Promise", () => Promise.resolve("1")],
    ["a Promise that rejects later", () => Promise.reject(new Error("late"))],
  ];
  // For a descent these values mean that it diverged, which is not an error.
  if (name !== "gradientDescent") useless.push(["NaN", () => Number.NaN], ["−∞", () => Number.NEGATIVE_INFINITY]);

  test.each(useless)("a FunctionError, and x is restored, if f returns %s from some call on", async (what, value) => {
    // For an adaptive Jacobian, a NaN beside x means that h is too large. A partial derivative has only two calls.
    const latest = name === "partialDerivative" || (name.includes("adaptive") && /NaN|∞/.test(what)) ? 0 : 3;
    for (let from = 0; from <= latest; from++) {
      const x = odd();
      const before = bits(x);
      let calls = 0;
      const f = () => (calls++ >= from ? value() : 0) as number;
      await errorOf(() => differentiate(f, x));
      expect(bits(x)).toEqual(before);
    }
  });

  test("a FunctionError with the cause, and x is restored, if f throws at any call", async () => {
    const cause = new RangeError("now");
    for (let call = 0; call < 4; call++) {
      const x = odd();
      const before = bits(x);
      let calls = 0;
      const f = () => {
        if (calls++ >= call) throw cause;
        return 0;
      };
      const run = async () => differentiate(f, x);
      if (call >= 2 && name === "partialDerivative") await run();
      else expect((await errorOf(run)).cause).toBe(cause);
      expect(bits(x)).toEqual(before);
    }
  });

  test("a FunctionError, and x is restored, if f changes x", async () => {
    for (const index of [0, 1, 3]) {
      const x = odd();
      const before = bits(x);
      const f = (v: Float64Array) => {
        v[index] = 7;
        return 0;
      };
      await errorOf(() => differentiate(f, x));
      expect(bits(x)).toEqual(before);
    }
  });

  test("f may call the library again, with another x and with its own", async () => {
    const x = Float64Array.of(0.5, -1.5);
    const before = bits(x);
    const again: F = (v) => {
      const inner = numericalGradient(sumOfSquares, v, { h: 1e-3 });
      return 0.25 * sumOfSquares(inner) + numericalDiff(Math.abs, 3) - 1; // Σ v², plus 0
    };
    const plain = { value: await differentiate(sumOfSquares, x.slice()) };
    const nested = { value: await differentiate(again, x) };
    const [a, b] = [numbersOf(plain.value), numbersOf(nested.value)];
    // The error of a gradient with h = 1e-3 is 1e-13, and its square is divided by 2e-4.
    expect(largestDifference(a, b)).toBeLessThan(1e-6);
    expect(bits(x)).toEqual(before);
  });
});

/** The numbers of a result of any of these functions. */
function numbersOf(result: unknown): number[] {
  if (typeof result === "number") return [result];
  if (ArrayBuffer.isView(result)) return Array.from(result as Float64Array);
  const { data, value, x, maxAbsoluteError } = result as Record<string, unknown>;
  if (maxAbsoluteError !== undefined) return [maxAbsoluteError as number];
  return numbersOf(data ?? value ?? x);
}

describe.each(ofOneNumber)("%s", (_, differentiate) => {
  test.each([
    ["a string", () => "1"],
    ["undefined", () => undefined],
    ["NaN", () => Number.NaN],
    ["∞", () => Number.POSITIVE_INFINITY],
    ["a Promise", () => Promise.resolve(1)],
    ["a Promise that rejects later", () => Promise.reject(new Error("late"))],
  ])("a FunctionError if f returns %s", async (__, value) => {
    await errorOf(() => differentiate(() => value() as number));
  });

  test("a FunctionError with the cause if f throws", async () => {
    const cause = new RangeError("now");
    for (const call of [0, 1]) {
      let calls = 0;
      const f = () => {
        if (calls++ >= call) throw cause;
        return 0;
      };
      expect((await errorOf(() => differentiate(f))).cause).toBe(cause);
    }
  });

  test("f may call the library again", () => {
    const cube = (x: number) => numericalDiff((y) => y ** 4 / 4, x, { h: 1e-2 }) - 1e-4 * x; // x³
    const result: unknown = differentiate(cube);
    const slope = typeof result === "function" ? result(1) - result(0) : numbersOf(result)[0];
    expect(slope).toBeCloseTo(3, 3); // The error of a one-sided slope of x³ is 3h = 3e-4.
  });
});

describe("a NaN in x, with any bits, is refused before f is called, and keeps its bits", () => {
  test.each(ofManyNumbers)("%s", async (_, differentiate) => {
    const x = Float64Array.of(1, 2, 3);
    new BigUint64Array(x.buffer)[1] = 0x7ff0_0000_dead_beefn;
    const before = bits(x);
    const run = async () => differentiate(() => expect.fail("f was called"), x);
    await expect(run()).rejects.toThrow("expected a finite number, got NaN");
    expect(bits(x)).toEqual(before);
  });
});

describe("x may be the memory of a network", () => {
  const x = matrix([
    [1, 0.5],
    [0, -1],
  ]);
  const t = [0, 1];

  test.each(ofManyNumbers)("%s", async (name, differentiate) => {
    using net = new TwoLayerNet({ inputSize: 2, hiddenSize: 3, outputSize: 2, weightInitStd: 1, random: 0 });
    const before = bits(net.params.w1);
    const plain = net.params.w1.slice();
    const loss: F = () => net.loss(x, t);
    // For functions that move a copy of x, f must use its argument.
    const lossOf: F = (w1) => {
      net.params.w1.set(w1);
      return net.loss(x, t);
    };
    const isCopy = name === "gradientDescent";
    const result = await differentiate(isCopy ? lossOf : loss, net.params.w1);
    if (isCopy) net.params.w1.set(plain);
    expect(bits(net.params.w1)).toEqual(before);
    const gradient = net.gradient(x, t).w1;
    if (/numericalGradient/.test(name)) {
      // The error of "forward", and at a bound, is h times the second derivative.
      expect(largestDifference(result as Float64Array, gradient)).toBeLessThan(1e-4);
    }
  });

  test("checkGradient compares backpropagation with central differences of the loss", () => {
    using net = new TwoLayerNet({ inputSize: 2, hiddenSize: 3, outputSize: 2, weightInitStd: 1, random: 0 });
    const report = checkGradient(() => net.loss(x, t), () => net.gradient(x, t).w1, net.params.w1); // biome-ignore format: one line
    expect(report.ok).toBe(true);
    expect(report.size).toBe(6);
    const wrong = checkGradient(() => net.loss(x, t), () => net.gradient(x, t).w1.fill(0), net.params.w1); // biome-ignore format: one line
    expect(wrong.ok).toBe(false);
  });

  test.each(ofManyNumbers.filter(([name]) => name !== "gradientDescent"))(
    "%s: an error, and the parameters are restored, if f makes a network",
    async (_, differentiate) => {
      using net = new TwoLayerNet({ inputSize: 2, hiddenSize: 3, outputSize: 2, weightInitStd: 1, random: 0 });
      const before = bits(net.params.w1);
      const others: TwoLayerNet[] = [];
      const memory = net.params.w1.buffer;
      const f = () => {
        while (net.params.w1.buffer === memory) {
          others.push(new TwoLayerNet({ inputSize: 784, hiddenSize: 100, outputSize: 10, random: 0 }));
        }
        return net.loss(x, t);
      };
      expect((await errorOf(() => differentiate(f, net.params.w1))).message).toContain("lost its memory");
      expect(bits(net.params.w1)).toEqual(before);
      for (const other of others) other.dispose();
    },
  );
});
