import { expect, test } from "vitest";
import { comparison } from "../../../packages/playground/src/training/comparison.js";
import { BOOK } from "../../../packages/playground/src/training/controls.js";
import { pairOfFakes } from "./fake-pair.js";

test("both networks are compared in two sentences", () => {
  const { a, b, pair } = pairOfFakes();
  pair.reset(BOOK);
  expect(comparison(pair)).toBe("");
  pair.start();
  expect(comparison(pair)).toBe("Listing the training images for the first step …");
  a.report(1, { losses: Float64Array.of(2.3), pace: undefined });
  b.report(1, { losses: Float64Array.of(2.3), pace: undefined });
  expect(comparison(pair)).toBe("Over the first step their losses are the same in every bit.");
  a.report(1000, { losses: new Float64Array(999).fill(2), pace: 1.2 });
  b.report(1000, { losses: new Float64Array(999).fill(2 + 2 ** -20), pace: 0.6 });
  expect(comparison(pair)).toBe(
    "One step by differences takes 2.0 times as long as one by backpropagation. Over 1,000 steps their losses differ by at most 9.5\u00a0×\u00a010⁻⁷.",
  );
});
