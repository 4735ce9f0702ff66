import { matrix, pixels, sigmoid as sigmoidOfArray, TwoLayerNet } from "numgrad";
import { describe, expect, test } from "vitest";
import { inputOf, limitOf, sigmoid, subtract } from "../../../packages/playground/src/training/weights.js";

const net = new TwoLayerNet({ inputSize: 784, hiddenSize: 4, outputSize: 10, random: 3 });
const { w1, b1, w2, b2 } = net.params;
b1.set([0.5, -0.25, 0, 1]);
const params = { w1, b1, w2, b2 };
const image = Uint8Array.from({ length: 784 }, (_, i) => (i * 37) % 256);

describe("the activation of a hidden unit", () => {
  test("leads to the logits that the network computes", () => {
    const hidden = b1.map((_, unit) => sigmoid(inputOf(params, unit, image)));
    const logits = b2.map((bias, digit) => hidden.reduce((sum, a, unit) => sum + a * w2[unit * 10 + digit]!, bias));
    const exps = logits.map(Math.exp);
    const sum = exps.reduce((a, b) => a + b);
    const { data } = net.predict(pixels([1, 784], image));
    for (const [digit, probability] of data.entries()) expect(exps[digit]! / sum).toBeCloseTo(probability, 11);
  });

  test("is numgrad's sigmoid of its input", () => {
    const z = inputOf(params, 0, image);
    expect(sigmoid(z)).toBeCloseTo(sigmoidOfArray(matrix([[z]])).data[0]!, 15);
  });
});

describe("the scale of colours", () => {
  test.each([
    [[0.01, -0.01], 0.03],
    [[0.1, -0.1], 0.3],
    [[1, 1], 3],
    [[2e-9, -2e-9], 7e-9],
    [[0.4, 0.4], 1],
    [[0.0103, -0.0103], 0.03],
    [[0, 0], 0],
  ])("of weights like %j ends at %d", (weights, end) => {
    expect(limitOf(Float64Array.from(weights))).toBe(end);
  });
});

test("a difference has every parameter of one network minus that of the other", () => {
  const other = { w1: w1.map((w) => w + 1), b1: b1.map((b) => b - 2), w2: w2.slice(), b2: b2.map((b) => b + 0.5) };
  const difference = subtract(other, params);
  expect(difference.w1[5]).toBeCloseTo(1, 12);
  expect(difference.b1[3]).toBe(-2);
  expect(difference.w2.every((w) => w === 0)).toBe(true);
  expect(difference.b2[9]).toBe(0.5);
});
