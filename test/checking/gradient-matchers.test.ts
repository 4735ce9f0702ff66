import { checkGradient, gradientMatchers } from "numgrad";
import { describe, expect, test } from "vitest";
import { thrownBy } from "../support/thrown.js";

declare module "vitest" {
  // biome-ignore lint/suspicious/noExplicitAny: vitest has this declaration
  interface Matchers<T = any> {
    toPassGradientCheck(): T;
  }
}

expect.extend(gradientMatchers);

const square = (x: number[]) => x[0]! ** 2 + x[1]!;
const right = checkGradient(square, [6, 1], [3, 4]);
const wrong = checkGradient(square, [6, 7], [3, 4]);

describe("in vitest", () => {
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

test("the matcher follows the protocol of jest and others: from the received value to pass and message", () => {
  const { pass, message } = gradientMatchers.toPassGradientCheck.call({ isNot: false }, wrong);
  expect(pass).toBe(false);
  expect(message()).toBe(String(wrong));
  expect(gradientMatchers.toPassGradientCheck(right).pass).toBe(true);
});
