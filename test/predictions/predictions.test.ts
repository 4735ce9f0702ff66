import type { Matrix } from "numgrad";
import { describe, expect, test } from "vitest";
import { confusionOf, findMistakes, readPredictions } from "../../packages/predictions/src/index.js";

describe("predictions and mistakes", () => {
  const probabilities: Matrix = {
    shape: [6, 3],
    data: Float64Array.of(
      0.2,
      0.7,
      0.1,
      0.4,
      0.4,
      0.2,
      Number.NaN,
      0.5,
      0.5,
      0,
      0.1,
      0.9,
      0.1,
      0.2,
      0.7,
      0.7,
      0.2,
      0.1,
    ),
  };
  const labels = Uint8Array.of(1, 1, 0, 0, 1, 2);
  const predictions = readPredictions(probabilities);

  test("a prediction is the class with the largest probability, the first of equal ones, and none for NaN", () => {
    expect([...predictions.classes]).toEqual([1, 0, -1, 2, 2, 0]);
    expect([...predictions.probabilities]).toEqual([0.7, 0.4, Number.NaN, 0.9, 0.7, 0.7]);
  });

  test("the most confident mistakes come first, equally confident ones in the order of their images", () => {
    expect(findMistakes(predictions, labels)).toEqual([
      { index: 3, label: 0, predicted: 2, probability: 0.9 },
      { index: 4, label: 1, predicted: 2, probability: 0.7 },
      { index: 5, label: 2, predicted: 0, probability: 0.7 },
      { index: 1, label: 1, predicted: 0, probability: 0.4 },
    ]);
  });

  test("the confusion matrix has the images with a prediction", () => {
    expect(confusionOf(predictions, labels, 3)).toEqual({
      shape: [3, 3],
      data: Float64Array.of(0, 0, 1, 1, 1, 1, 1, 0, 0),
    });
    const nothing = readPredictions({ shape: [2, 2], data: new Float64Array(4).fill(Number.NaN) });
    expect(confusionOf(nothing, Uint8Array.of(0, 1), 2)).toEqual({ shape: [2, 2], data: new Float64Array(4) });
    expect(findMistakes(nothing, Uint8Array.of(0, 1))).toEqual([]);
  });

  test("the last of 256 classes is treated like the others", () => {
    const data = new Float64Array(256);
    data[255] = 1;
    const last = readPredictions({ shape: [1, 256], data });
    expect(findMistakes(last, Uint8Array.of(3))).toEqual([{ index: 0, label: 3, predicted: 255, probability: 1 }]);
  });
});
