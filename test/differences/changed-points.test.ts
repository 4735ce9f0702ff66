import {
  ArgumentError,
  checkGradient,
  FunctionError,
  gradientDescent,
  jacobian,
  matrix,
  numericalDiff,
  numericalGradient,
  numericalGradientAsync,
  partialDerivative,
} from "numgrad";
import { describe, expect, test } from "vitest";
import { rejectionOf, thrownBy } from "../support/thrown.js";

const squares = (x: ArrayLike<number>) => Array.from(x).reduce((sum, value) => sum + value * value, 0);
const start = () => Float64Array.of(3, 4, 5);

/** Sets an element of y in call number `call`, counted from 0. */
function meddler(call: number, index: number) {
  let calls = 0;
  return (y: Float64Array | number[]) => {
    if (calls++ === call) y[index] = 7;
    return squares(y);
  };
}

describe("an f that writes once to an element of x is noticed, and x is restored:", () => {
  const calls = [0, 1, 2, 3, 4, 5].flatMap((call) => [0, 1, 2].map((index) => [call, index] as const));

  test.each(calls)("call %i, element %i", (call, index) => {
    for (const x of [start(), Array.from(start())]) {
      const error = thrownBy(FunctionError, () => numericalGradient(meddler(call, index), x));
      expect(error.message).toMatch(/^f must not change x, but x\[\d\] (became|went from)/);
      expect([...x]).toEqual([3, 4, 5]);
    }
  });

  test.each(calls)("call %i, element %i, async", async (call, index) => {
    const x = start();
    await rejectionOf(
      FunctionError,
      numericalGradientAsync(async (y) => meddler2(y), x),
    );
    expect([...x]).toEqual([3, 4, 5]);
    let made = 0;
    function meddler2(y: Float64Array) {
      if (made++ === call) y[index] = 7;
      return squares(y);
    }
  });

  test.each(calls)("call %i, element %i, jacobian", (call, index) => {
    for (const adaptive of [false, true]) {
      const [x, f] = [start(), meddler(call, index)];
      thrownBy(FunctionError, () => jacobian((y) => [f(y)], x, { adaptive } as object));
      expect([...x]).toEqual([3, 4, 5]);
    }
  });

  test.each(calls)("call %i, element %i, checkGradient in random directions", (call, index) => {
    const x = start();
    const check = () => checkGradient(meddler(call, index), (y) => y.map((value) => 2 * value), x, { directions: 2 });
    thrownBy(FunctionError, check);
    expect([...x]).toEqual([3, 4, 5]);
  });
});

describe("numericalGradientAsync", () => {
  const f = async (y: ArrayLike<number>) => squares(y);

  test("refuses a second call for the same memory while the first is at work, and the first is right", async () => {
    const x = start();
    const first = numericalGradientAsync(f, x);
    const others = [x, x.subarray(1), { shape: [1, 3] as const, data: x }];
    for (const other of others) {
      const error = await rejectionOf(
        ArgumentError,
        numericalGradientAsync(() => 0, other as Float64Array),
      );
      expect(error.message).toMatch(
        /^x(\.data)?: expected memory that no other call of numericalGradientAsync is moving/,
      );
    }
    await rejectionOf(
      ArgumentError,
      numericalGradientAsync(async ({ data }) => data, x, { batchSize: 3 }),
    );
    expect(await first).toEqual(numericalGradient(squares, start()));
    expect([...x]).toEqual([3, 4, 5]);
    expect(await numericalGradientAsync(f, x)).toEqual(await first);
  });

  test("works on other memory at the same time, and on copies of x from within f", async () => {
    const x = start();
    const slope = async (y: Float64Array) => (await numericalGradientAsync(f, y.slice()))[0]!;
    const both = [numericalGradientAsync(slope, x), numericalGradientAsync(f, Float64Array.of(3, 4, 5))] as const;
    expect((await both[0])[0]).toBeCloseTo(2, 5);
    expect(await both[1]).toEqual(numericalGradient(squares, start()));
    const list = [3, 4, 5];
    const lists = await Promise.all([numericalGradientAsync(f, list), numericalGradientAsync(f, list)]);
    expect(lists[0]).toEqual(lists[1]);
  });

  test("may be called by f for the same x, if f awaits it", async () => {
    const x = start();
    const careless = async () => {
      void numericalGradientAsync(f, x).catch((error: Error) => errors.push(error.message));
      return squares(x);
    };
    const errors: string[] = [];
    const message = "f must await each numericalGradientAsync that it calls for the same x";
    expect((await rejectionOf(FunctionError, numericalGradientAsync(careless, x))).message).toBe(message);
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(errors).toEqual([message]);
    expect([...x]).toEqual([3, 4, 5]);
    const twice = () => Promise.all([numericalGradientAsync(f, x), numericalGradientAsync(f, x)]).then(() => 0);
    expect((await rejectionOf(FunctionError, numericalGradientAsync(twice, x))).cause).toBeInstanceOf(ArgumentError);
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect([...x]).toEqual([3, 4, 5]);
    expect((await numericalGradientAsync(f, x))[0]).toBeCloseTo(6);
  });

  test("is over after an error: x can be used again", async () => {
    const x = start();
    await rejectionOf(
      FunctionError,
      numericalGradientAsync(async () => Number.NaN, x),
    );
    await numericalGradientAsync(f, x);
  });

  test.each([0, 1, 2])("notices that somebody else changes element %i meanwhile", async (index) => {
    const x = start();
    let calls = 0;
    const slow = async (y: Float64Array) => {
      const value = squares(y);
      if (calls++ === 1) await new Promise((resolve) => setTimeout(resolve, 5));
      return value;
    };
    const gradient = numericalGradientAsync(slow, x);
    setTimeout(() => (x[index] = 9), 1);
    expect((await rejectionOf(FunctionError, gradient)).message).toMatch(/^f must not change x, but/);
    expect([...x]).toEqual([3, 4, 5]);
  });

  test("notices that x is detached meanwhile", async () => {
    const x = start();
    const gradient = numericalGradientAsync(f, x);
    structuredClone(x, { transfer: [x.buffer] });
    expect((await rejectionOf(FunctionError, gradient)).message).toBe("f must not detach or shorten x");
  });
});

describe("a Proxy that has been revoked gives a typed error", () => {
  const revoked = (target: object) => {
    const { proxy, revoke } = Proxy.revocable(target, {});
    revoke();
    return proxy as never;
  };

  test.each([
    ["numericalDiff", () => numericalDiff(() => revoked({}), 1)],
    ["numericalGradient", () => numericalGradient(() => revoked([]), [1])],
    ["partialDerivative", () => partialDerivative(() => revoked(() => 0), [1], 0)],
    ["gradientDescent", () => gradientDescent(() => revoked({}), [1])],
    ["jacobian", () => jacobian(() => revoked([]), [1])],
    ["checkGradient", () => checkGradient(squares, () => revoked([1]), [1])],
    [
      "an f that throws one",
      () =>
        numericalGradient(() => {
          throw revoked(new Error());
        }, [1]),
    ],
  ])("from f: %s", (_, action) => {
    const { name } = thrownBy(Error, action);
    expect(["FunctionError", "ArgumentError"]).toContain(name);
  });

  test.each([
    ["x", () => numericalGradient(squares, revoked([1]))],
    ["x.data", () => numericalGradient(() => 0, { shape: [1, 1], data: revoked([1]) })],
    ["rows", () => matrix(revoked([[1]]))],
  ])("as %s", (_, action) => void thrownBy(ArgumentError, action));
});
