import assert from "node:assert/strict";
import { assertGradient, checkGradient, FunctionError, GradientAssertionError, NumgradError } from "numgrad";
import { expect, test } from "vitest";
import { rejectionOf, thrownBy } from "../support/thrown.js";

const square = (x: number[]) => x[0]! ** 2;
const text = String(checkGradient(square, [7], [3]));

test("a right gradient passes, of a plain f at once, of an async one when its promise has settled", async () => {
  expect(assertGradient(square, [6], [3])).toBeUndefined();
  expect(
    await assertGradient(
      async (x: number[]) => square(x),
      (x) => [2 * x[0]!],
      [3],
    ),
  ).toBeUndefined();
  expect(await assertGradient(square, async (x: number[]) => [2 * x[0]!], [3])).toBeUndefined();
  expect(assertGradient(({ w }: { w: number }) => w ** 2, { w: 6 }, { w: 3 })).toBeUndefined();
});

test("a wrong gradient throws what Node's test runner takes for an assertion, with the report as its message", async () => {
  const error = thrownBy(GradientAssertionError, () => assertGradient(square, [7], [3]));
  expect(error).toMatchObject({ name: "AssertionError", code: "ERR_ASSERTION", message: text });
  expect(error.report.verdict).toBe("wrong");
  expect(error).toBeInstanceOf(NumgradError);
  expect(Object.keys(error)).not.toContain("report");
  assert.throws(() => assertGradient(square, [7], [3]), { code: "ERR_ASSERTION" });
  const later = assertGradient(async (x: number[]) => square(x), [7], [3]);
  expect((await rejectionOf(GradientAssertionError, later)).message).toBe(text);
});

test("a kink, and an f that says nothing, are no right gradients", () => {
  const kink = thrownBy(GradientAssertionError, () => assertGradient((x) => Math.max(0, x[0]!), [0.5], [0]));
  expect(kink.report.verdict).toBe("kink");
  const jump = thrownBy(GradientAssertionError, () => assertGradient((x) => Math.floor(x[0]!), [0], [3]));
  expect(jump.report.verdict).toBe("undecided");
});

test("an f that throws is an error of its own", () => {
  const f = () => {
    throw new Error("no");
  };
  thrownBy(FunctionError, () => assertGradient(f, [1], [1]));
});
