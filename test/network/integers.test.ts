import {
  ArgumentError,
  accuracy,
  accuracyPerClass,
  confusionMatrix,
  crossEntropyError,
  Dataset,
  matrix,
  type NumericArray,
  pixels,
  ShapeError,
  sumOfSquaresError,
  TwoLayerNet,
  train,
} from "numgrad";
import { encodeNpz, parseNpz } from "numgrad/files";
import { describe, expect, test } from "vitest";
import { thrownBy } from "../support/thrown.js";

// Files of NumPy hold integers: labels of 64 bits, and inputs of any type. They stand for their values; only bytes as
// inputs are refused.

const numbers = [0, 3, 1, 2, 7, 0, 5, 4, 1, 1, 0, 2];
const x = { shape: [4, 3], data: Float64Array.from(numbers) } as const;
const labels = [1, 0, 1, 2];
const oneHot = matrix([[0, 1, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]]); // biome-ignore format: one line
const net = () => new TwoLayerNet({ inputSize: 3, hiddenSize: 4, outputSize: 3, weightInitStd: 1, random: 0 });

const TYPES = [Int8Array, Int16Array, Uint16Array, Int32Array, Uint32Array] as const;

const INPUTS: readonly [string, NumericArray][] = [
  ...TYPES.map((Type) => [Type.name, { shape: [4, 3], data: Type.from(numbers) as Int8Array }] as const),
  ["BigInt64Array", { shape: [4, 3], data: BigInt64Array.from(numbers, BigInt) }],
  ["BigUint64Array", { shape: [4, 3], data: BigUint64Array.from(numbers, BigInt) }],
] as [string, NumericArray][];

const [bigLabels, bigOneHot] = [BigInt64Array.from(labels, BigInt), BigInt64Array.from(oneHot.data, BigInt)];

const TARGETS = [
  ["BigInt64Array", bigLabels],
  ["BigUint64Array", BigUint64Array.from(labels, BigInt)],
  ["an array of a file", { shape: [4], data: bigLabels }],
  ["an array of bytes of a file", { shape: [4], data: Uint8Array.from(labels) }],
  ["one-hot rows of int64", { shape: [4, 3], data: bigOneHot }],
  ["one-hot rows of bytes", { shape: [4, 3], data: Uint8Array.from(oneHot.data) }],
] as const;

describe("a network reads integers as the numbers that they are", () => {
  test.each(INPUTS)("inputs in a %s", (_, integers) => {
    const a = net();
    expect(a.predict(integers)).toEqual(a.predict(x));
    expect(a.loss(integers, labels)).toBe(a.loss(x, labels));
    expect(a.accuracy(integers, labels)).toBe(a.accuracy(x, labels));
    expect(a.gradient(integers, labels)).toEqual(a.gradient(x, labels));
    expect(a.numericalGradient(integers, labels)).toEqual(a.numericalGradient(x, labels));
  });

  test.each(TARGETS)("targets: %s", (_, t) => {
    const a = net();
    expect(a.loss(x, t)).toBe(a.loss(x, labels));
    expect(a.accuracy(x, t)).toBe(a.accuracy(x, labels));
    expect(a.gradient(x, t)).toEqual(a.gradient(x, labels));
    expect(a.numericalGradient(x, t)).toEqual(a.numericalGradient(x, labels));
  });

  test("arrays of an npz file, in training", async () => {
    const arrays = parseNpz(encodeNpz({ x: INPUTS.at(-1)![1], t: { shape: [4], data: bigLabels } }));
    const [a, b] = [net(), net()];
    const options = { steps: 20, batchSize: 2, random: 1 } as const;
    const fromFile = { x: arrays.get("x")!, t: arrays.get("t")! };
    const history = await train(a, { train: fromFile, test: fromFile }, options).finish();
    expect(history).toEqual(await train(b, { train: { x, t: labels }, test: { x, t: labels } }, options).finish());
    expect(a.params.toArrays()).toEqual(b.params.toArrays());
  });
});

describe("the functions read integers as the numbers that they are", () => {
  const y = net().predict(x);
  test.each(TARGETS)("%s", (_, t) => {
    expect(crossEntropyError(y, t)).toBe(crossEntropyError(y, labels));
    expect(accuracy(y, t)).toBe(accuracy(y, labels));
    expect(confusionMatrix(y, t)).toEqual(confusionMatrix(y, labels));
    expect(accuracyPerClass(y, t)).toEqual(accuracyPerClass(y, labels));
  });

  test("a row of targets", () => {
    const row = BigInt64Array.of(0n, 1n, 0n);
    const expected = sumOfSquaresError([0.1, 0.7, 0.2], [0, 1, 0]);
    expect(sumOfSquaresError([0.1, 0.7, 0.2], row as never)).toBe(expected);
  });
});

describe("a Dataset takes labels of any integer type", () => {
  const images = Uint8Array.from({ length: 16 }, (_, i) => i);
  test.each([bigLabels, Int32Array.from(labels), Uint8Array.from(labels)])("%o", (given) => {
    const data = new Dataset({ images, labels: given, rows: 2, cols: 2 });
    expect(data.labels).toStrictEqual(Uint8Array.from(labels));
  });

  test("a Uint8Array is kept, and a label that is no class is refused", () => {
    const kept = Uint8Array.from(labels);
    expect(new Dataset({ images, labels: kept, rows: 2, cols: 2 }).labels).toBe(kept);
    for (const wrong of [256n, -1n]) {
      const given = BigInt64Array.of(0n, wrong, 0n, 0n);
      const error = thrownBy(ArgumentError, () => new Dataset({ images, labels: given, rows: 2, cols: 2 }));
      expect(error.message).toBe(`options.labels[1]: expected a class index from 0 to 255, got ${wrong}`);
    }
    const floats = Float64Array.from(labels) as never;
    thrownBy(ArgumentError, () => new Dataset({ images, labels: floats, rows: 2, cols: 2 }));
  });
});

test("bytes as inputs are refused, because they could be pixels, whichever way they come", () => {
  const [a, bytes] = [net(), Uint8Array.from(numbers)];
  const message = "x.data: expected numbers, or pixels([4, 3], bytes), got Uint8Array of length 12";
  for (const shape of [
    [4, 3],
    [4, 3, 1],
  ]) {
    expect(thrownBy(ArgumentError, () => a.predict({ shape, data: bytes })).message).toBe(message);
    expect(thrownBy(ArgumentError, () => a.loss({ shape, data: bytes }, labels)).message).toBe(message);
  }
  const clamped = { shape: [4, 3], data: Uint8ClampedArray.from(numbers) as never };
  expect(thrownBy(ArgumentError, () => a.gradient(clamped, labels)).argument).toBe("x.data");
  const samples = { x: { shape: [4, 3], data: bytes }, t: labels };
  expect(thrownBy(ArgumentError, () => train(a, { train: samples }, { steps: 1 })).message).toContain("pixels([4, 3]");
  expect(thrownBy(ArgumentError, () => a.predict(bytes.subarray(0, 3))).message).toContain("pixels([1, 3], bytes)");
  // Both ways that the message names.
  expect(a.predict({ shape: [4, 3], data: Float64Array.from(bytes) })).toEqual(a.predict(x));
  expect(a.predict(pixels([4, 3], bytes)).shape).toEqual([4, 3]);
});

describe("wrong integers are refused with their place", () => {
  test.each([2n ** 53n, -(2n ** 63n)])("%s has no exact number", (value) => {
    const data = BigInt64Array.from(numbers, BigInt);
    data[5] = value;
    const inputs = thrownBy(ArgumentError, () => net().predict({ shape: [4, 3], data }));
    expect(inputs.message).toBe(`x.data[5]: expected an integer from −(2⁵³ − 1) to 2⁵³ − 1, got ${value}n`);
    const t = BigInt64Array.of(0n, value, 0n, 0n);
    expect(thrownBy(ArgumentError, () => net().loss(x, t)).argument).toBe("t[1]");
    expect(thrownBy(ArgumentError, () => crossEntropyError(net().predict(x), t)).argument).toBe("t[1]");
  });

  test("a label that is no class, and other shapes", () => {
    const t = BigInt64Array.of(0n, 1n, 3n, 0n);
    expect(thrownBy(ArgumentError, () => net().loss(x, t)).message).toBe(
      "t[2]: expected a class index from 0 to 2, got 3",
    );
    thrownBy(ShapeError, () => net().loss(x, t.subarray(1)));
    thrownBy(ShapeError, () => net().loss(x, { shape: [2, 2], data: t }));
    thrownBy(ShapeError, () => net().predict({ shape: [3, 4], data: Int32Array.from(numbers) }));
    thrownBy(ShapeError, () => net().predict({ shape: [4, 3, 1], data: Int32Array.from(numbers) }));
    thrownBy(ArgumentError, () => net().predict({ shape: [12], data: Int32Array.from(numbers) }));
  });
});
