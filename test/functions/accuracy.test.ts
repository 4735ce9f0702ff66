import fc from "fast-check";
import { accuracy, matrix } from "numgrad";
import { describe, expect, test } from "vitest";
import { functionCases } from "../support/function-cases.js";
import { argmaxes } from "../support/targets.js";

describe("accuracy", () => {
  test.each(functionCases("accuracy"))("agrees with NumPy, $name", ({ y, labels, targets, value }) => {
    expect(accuracy(y, (labels ?? targets) as number[])).toBe(value);
  });

  test("is the fraction of rows whose first largest number is at the label", () => {
    const row = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 4, maxLength: 4 });
    const rows = fc.array(fc.tuple(row, row), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(rows, (pairs) => {
        const [y, t] = [matrix(pairs.map(([a]) => a)), matrix(pairs.map(([, b]) => b))];
        const [places, labels] = [argmaxes(y), argmaxes(t)];
        const expected = places.filter((place, r) => place === labels[r]).length / pairs.length;
        expect(accuracy(y, t)).toBe(expected);
        expect(accuracy(y, labels)).toBe(expected);
      }),
    );
  });

  test("treats NaN as the largest number, as NumPy's argmax does, and infinities as numbers", () => {
    expect(accuracy([1, Number.NaN, 5, Number.NaN], 1)).toBe(1);
    expect(accuracy([Number.NaN, 5], 0)).toBe(1);
    expect(accuracy([Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY], 0)).toBe(1);
    expect(accuracy([0, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY], 1)).toBe(1);
    expect(accuracy([-0, 0], 0)).toBe(1);
  });

  test("has the value in the documentation", () => {
    expect(accuracy(matrix([[0.1, 0.9], [0.8, 0.2], [0.3, 0.7]]), [1, 0, 0])).toBe(0.6666666666666666); // biome-ignore format: a matrix
  });
});
