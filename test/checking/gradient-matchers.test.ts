import { ArgumentError, checkGradient, type GradientMatchers, gradientMatchers } from "numgrad";
import { describe, expect, test } from "vitest";
import { rejectionOf, thrownBy } from "../support/thrown.js";

declare module "vitest" {
  // biome-ignore lint/suspicious/noExplicitAny: vitest has this declaration
  interface Matchers<T = any> extends GradientMatchers<T> {}
}

expect.extend(gradientMatchers);

const square = (x: number[]) => x[0]! ** 2 + x[1]!;
const right = checkGradient(square, [6, 1], [3, 4]);
const wrong = checkGradient(square, [6, 7], [3, 4]);

describe("the matcher of reports", () => {
  test("a right gradient passes", () => {
    expect(right).toPassGradientCheck();
    expect(wrong).not.toPassGradientCheck();
  });

  test("a wrong gradient fails, and the message is the report: index, expected, got", () => {
    const error = thrownBy(Error, () => expect(wrong).toPassGradientCheck());
    expect(error.message).toBe(String(wrong));
    expect(error.message).toMatch(/x\[1\] +1 +7 +6/);
  });

  test("`not` fails for a right gradient, and the message has the report", () => {
    const error = thrownBy(Error, () => expect(right).not.toPassGradientCheck());
    expect(error.message).toContain("expected a wrong gradient");
    expect(error.message).toContain("gradient ok");
  });

  test("anything but a report is an error, also with `not`", () => {
    for (const value of [true, undefined, { ok: true }]) {
      expect(thrownBy(Error, () => expect(value).toPassGradientCheck()).message).toContain("GradientReport");
      expect(thrownBy(Error, () => expect(value).not.toPassGradientCheck()).message).toContain("GradientReport");
    }
  });

  test("without the matcher, the report can be the message of an ordinary assertion", () => {
    const error = thrownBy(Error, () => expect(wrong.ok, String(wrong)).toBe(true));
    expect(error.message).toContain(String(wrong));
  });
});

describe("the matcher of functions", () => {
  const gradient = (x: number[]) => [2 * x[0]!, 1];
  const text = String(wrong);

  test("passes for a right gradient, and fails with the report for a wrong one", () => {
    expect(square).toHaveGradient(gradient, [3, 4]);
    expect(square).toHaveGradient([6, 1], [3, 4]);
    expect(square).not.toHaveGradient([6, 7], [3, 4]);
    expect(thrownBy(Error, () => expect(square).toHaveGradient([6, 7], [3, 4])).message).toBe(text);
  });

  test("awaits an async f, or an async gradient", async () => {
    const later = async (x: number[]) => square(x);
    await expect(later).toHaveGradient(gradient, [3, 4]);
    await expect(square).toHaveGradient(async (x: number[]) => gradient(x), [3, 4]);
    await expect(later).not.toHaveGradient([6, 7], [3, 4]);
    const failing = (async () => expect(later).toHaveGradient([6, 7], [3, 4]))();
    expect((await rejectionOf(Error, failing)).message).toBe(text);
  });

  test("an async f is called in turn, and x is restored, also if f fails", async () => {
    const x = Float64Array.of(3, 4);
    let calls = 0;
    const later = async (v: Float64Array) => {
      expect(v).toBe(x);
      if (++calls === 5) throw new Error("lost");
      return v[0]! ** 2;
    };
    const assertion = (async () => expect(later).toHaveGradient([6, 0], x))();
    expect((await rejectionOf(Error, assertion)).message).toMatch(/^f threw with x\[0\] moved: lost/);
    expect(Array.from(x)).toEqual([3, 4]);
    expect((v: Float64Array) => v[0]! ** 2).toHaveGradient([6, 0], x);
  });

  test("takes trees and the options of checkGradient", () => {
    const f = ({ w, b }: { w: Float64Array; b: number }) => b * w[0]!;
    expect(f).toHaveGradient({ w: [5], b: 2 }, { w: Float64Array.of(2), b: 5 }, { atol: 1e-6 });
    const error = thrownBy(ArgumentError, () => expect(f).toHaveGradient([1], [1], { atoll: 1 }));
    expect(error.argument).toBe("options.atoll");
  });

  test("`not` passes for a wrong gradient only: not at a kink, and not where nothing is known", () => {
    const relu = (x: number[]) => Math.max(0, x[0]!);
    expect(relu).not.toHaveGradient([2], [0]);
    for (const [f, claimed, verdict] of [
      [square, 6, "ok"],
      [relu, 0.5, "kink"],
      [(x: number[]) => Math.floor(x[0]!), 0, "undecided"],
    ] as const) {
      const x = verdict === "kink" ? [0] : [3];
      expect(checkGradient((v: number[]) => f([v[0]!, 1]), [claimed], x).verdict).toBe(verdict);
      const assertion = () => expect((v: number[]) => f([v[0]!, 1])).not.toHaveGradient([claimed], x);
      const { message } = thrownBy(Error, assertion);
      expect(message).toContain("expected a wrong gradient");
      expect(message).toContain(verdict);
    }
  });

  test("anything but a function is an error, also with `not`", () => {
    for (const value of [undefined, 5, right]) {
      const assertions = [
        () => expect(value).toHaveGradient([1], [1]),
        () => expect(value).not.toHaveGradient([1], [1]),
      ];
      for (const assertion of assertions) expect(thrownBy(Error, assertion).message).toContain("toHaveGradient takes");
    }
  });
});

test("the matcher follows the protocol of jest and others: from the received value to pass and message", () => {
  const { pass, message } = gradientMatchers.toPassGradientCheck.call({ isNot: false }, wrong);
  expect(pass).toBe(false);
  expect(message()).toBe(String(wrong));
  expect(gradientMatchers.toPassGradientCheck(right).pass).toBe(true);
});
