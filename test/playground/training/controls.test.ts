import { expect, test } from "vitest";
import { BOOK, countParameters, LEARNING_RATES } from "../../../packages/playground/src/training/controls.js";

test("the slider's learning rates grow, with the book's in the middle", () => {
  expect(LEARNING_RATES).toHaveLength(25);
  expect(LEARNING_RATES[0]).toBe(0.001);
  expect(LEARNING_RATES[12]).toBe(0.1);
  expect(LEARNING_RATES[24]).toBe(10);
  expect(LEARNING_RATES.every((rate, i) => i === 0 || rate > (LEARNING_RATES[i - 1] as number))).toBe(true);
});

test("the book's network has 39,760 parameters", () => {
  expect(countParameters(BOOK.hiddenSize)).toBe(39_760);
});
