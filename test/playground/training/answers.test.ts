import { expect, test } from "vitest";
import { sentenceOf } from "../../../packages/playground/src/training/answers.js";

test("the predictions of the networks are told in a sentence", () => {
  const sure = (digit: number) => Float64Array.from({ length: 10 }, (_, i) => (i === digit ? 0.91 : 0.01));
  expect(sentenceOf(undefined)).toBe("");
  expect(sentenceOf(undefined, 5)).toBe("A test image, labelled 5. ");
  expect(sentenceOf({ numerical: sure(3), backprop: sure(3) })).toBe("Both networks say 3.");
  expect(sentenceOf({ numerical: sure(3), backprop: sure(5) }, 5)).toBe(
    "A test image, labelled 5. Differences say 3, backpropagation says 5.",
  );
});
