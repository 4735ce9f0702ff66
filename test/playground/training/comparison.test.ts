import { expect, test } from "vitest";
import { en } from "../../../packages/playground/src/strings/en.js";
import { comparison, imagesOf, threadsOf } from "../../../packages/playground/src/training/comparison.js";
import { BOOK } from "../../../packages/playground/src/training/controls.js";
import { pairOfFakes } from "./fake-pair.js";

test("both networks are compared in two sentences", () => {
  const { a, b, pair } = pairOfFakes();
  pair.reset(BOOK);
  expect(comparison(pair, en.training)).toBe("");
  pair.start();
  expect(comparison(pair, en.training)).toBe("Listing the training images for the first step …");
  a.report(1, { losses: Float64Array.of(2.3), pace: undefined });
  b.report(1, { losses: Float64Array.of(2.3), pace: undefined });
  expect(comparison(pair, en.training)).toBe("Over the first step their losses are the same in every bit.");
  a.report(1000, { losses: new Float64Array(999).fill(2), pace: 1.2 });
  b.report(1000, { losses: new Float64Array(999).fill(2 + 2 ** -20), pace: 0.6 });
  expect(comparison(pair, en.training)).toBe(
    "One step by differences takes 2.0 times as long as one by backpropagation. Over 1,000 steps their losses differ by at most 9.5\u00a0×\u00a010⁻⁷.",
  );
});

test("the threads of both networks are told after their first step, and why there is only one", () => {
  const { a, b, pair } = pairOfFakes();
  pair.reset(BOOK);
  expect(threadsOf(pair, en.training, true)).toBe("");
  a.report(1, { threads: 4 });
  b.report(1, { threads: 1 });
  expect(threadsOf(pair, en.training, true)).toBe("Threads at work: 4 for differences, 1 for backpropagation.");
  expect(threadsOf(pair, en.training, false)).toContain("sends no headers COOP and COEP");
});

test("a run that began with the first images says so, and when a new run has all", () => {
  const { a, b, pair } = pairOfFakes();
  expect(imagesOf(pair, en.training)).toBe("");
  pair.load("http://localhost/mnist/");
  pair.reset(BOOK);
  expect(imagesOf(pair, en.training)).toBe(
    "So far there are the first 800 of 60,000 training images: enough to begin.",
  );
  for (const port of [a, b]) port.say({ type: "loaded", part: "all" });
  expect(imagesOf(pair, en.training)).toContain("a new run takes them");
  pair.reset(BOOK);
  expect(imagesOf(pair, en.training)).toBe("");
});
