import { expect, test } from "vitest";
import { largest, largestDifference } from "./difference.js";

test("the largest difference is NaN if any difference is NaN, at any index", () => {
  expect(largest([-3, 2])).toBe(3);
  expect(largestDifference([1, 2], [1, 2.5])).toBe(0.5);
  expect(largestDifference([5, Number.NaN, 1], [0, 1, 1])).toBeNaN();
  expect(largestDifference([Number.NaN, 9], [0, 1])).toBeNaN();
  expect(largestDifference([9, Number.POSITIVE_INFINITY], [0, Number.POSITIVE_INFINITY])).toBeNaN();
});
