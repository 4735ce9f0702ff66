import fc from "fast-check";
import { type Matrix, matrix, meanSquaredError, sumOfSquaresError } from "numgrad";
import { describe, expect, test } from "vitest";
import { functionCases, GOLDEN_TOLERANCE } from "../support/function-cases.js";
import { noteExample } from "../support/notes.js";
import { expectClose } from "../support/ulp.js";

describe("sumOfSquaresError", () => {
  test.each(functionCases("sum_of_squares"))("agrees with NumPy, $name", ({ y, targets, value }) => {
    expectClose(sumOfSquaresError(y, targets as Matrix), value as number, GOLDEN_TOLERANCE);
  });

  test("has the digits of the book", () => {
    for (const id of ["chapter-squares-a", "chapter-squares-b"]) {
      const { inputs, value } = noteExample(id);
      expectClose(sumOfSquaresError(inputs.y as number[], inputs.t as number[]), value as number, { ulps: 1 }, id);
    }
    expect(meanSquaredError).toBe(sumOfSquaresError);
  });

  test("is half the sum of the squares, from left to right", () => {
    const numbers = fc.array(fc.tuple(fc.double({ noNaN: true }), fc.double({ noNaN: true })), { minLength: 1 });
    fc.assert(
      fc.property(numbers, (pairs) => {
        const expected = 0.5 * pairs.reduce((sum, [y, t]) => sum + (y - t) ** 2, 0);
        const [y, t] = [pairs.map(([value]) => value), pairs.map(([, value]) => value)];
        expect(sumOfSquaresError(y, t)).toBe(expected);
        const column = (values: number[]) => matrix(values.map((value) => [value]));
        expect(sumOfSquaresError(column(y), column(t))).toBe(expected);
      }),
    );
  });

  test("is NaN if a number is NaN, and ∞ if a square overflows", () => {
    expect(sumOfSquaresError([1, Number.NaN], [1, 2])).toBe(Number.NaN);
    expect(sumOfSquaresError([1, 2], [1, Number.NaN])).toBe(Number.NaN);
    expect(sumOfSquaresError([1e200, 2], [1, 2])).toBe(Number.POSITIVE_INFINITY);
  });

  test("has the value in the documentation", () => {
    const y = [0.1, 0.05, 0.6, 0, 0.05, 0.1, 0, 0.1, 0, 0];
    expect(sumOfSquaresError(y, [0, 0, 1, 0, 0, 0, 0, 0, 0, 0])).toBe(0.09750000000000003);
    expect(sumOfSquaresError(y, 2)).toBe(0.09750000000000003);
  });
});
