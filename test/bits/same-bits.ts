import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { PARAMETER_NAMES } from "../../packages/numgrad/src/network/parameters.js";
import { SGD } from "../../packages/numgrad/src/network/sgd.js";
import { TwoLayerNet } from "../../packages/numgrad/src/network/two-layer-net.js";
import { RandomState } from "../../packages/numgrad/src/random/random-state.js";
import { pixels } from "../../packages/numgrad/src/shape.js";
import { train } from "../../packages/numgrad/src/training/train.js";
import { hashOfBits } from "../support/hash.js";
import { mnist } from "../support/mnist.js";

/** Hashes of all parameters after 200 steps: the same for native code (cargo test) and both WebAssembly builds. */
const EXPECTED = new Map(
  readFileSync(new URL("parameters-after-200-steps.txt", import.meta.url), "utf8")
    .trim()
    .split("\n")
    .map((line) => [line.slice(0, -17), line.slice(-16)]),
);

const METHODS = ["numerical", "backprop"] as const;

/** So large a step is evaluated without series. */
const MADE_UP_METHODS = [...METHODS, "numerical, h = 0.01"] as const;

const hashOf = (net: TwoLayerNet) => hashOfBits(...PARAMETER_NAMES.map((name) => net.params[name]));

/** The tests of one build of the core; the caller has started it. */
export function describeSameBits(build: string): void {
  describe(`200 steps leave the same bits in ${build}`, () => {
    test.each(MADE_UP_METHODS)("on made-up images, %s", (method) => {
      expect(hashOf(trainOnMadeUpImages(method))).toBe(EXPECTED.get(`made-up ${method}`));
    });

    test.each(METHODS)("on MNIST, %s", async (gradient) => {
      const random = new RandomState(0);
      const net = new TwoLayerNet({ inputSize: 784, hiddenSize: 50, outputSize: 10, random });
      const optimizer = new SGD({ learningRate: 0.1 });
      await train(
        net,
        { train: (await mnist()).train },
        { optimizer, gradient, steps: 200, random, evaluateEvery: false },
      ).finish();
      expect(hashOf(net)).toBe(EXPECTED.get(`mnist ${gradient}`));
    });
  });
}

/** What `hash_after_training` in crates/numgrad-core/tests/gradients.rs does, number for number. */
function trainOnMadeUpImages(method: (typeof MADE_UP_METHODS)[number]): TwoLayerNet {
  const [inputs, samples, rows] = [64, 300, 50];
  let state = 2463534242;
  const next = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state;
  };
  const net = new TwoLayerNet({ inputSize: inputs, hiddenSize: 21, outputSize: 5, random: 0 });
  for (const name of PARAMETER_NAMES) {
    const values = net.params[name];
    for (let i = 0; i < values.length; i++) values[i] = 0.2 * (next() / 2 ** 32 - 0.5);
  }
  const images = Uint8Array.from({ length: samples * inputs }, () => {
    const r = next();
    return r % 5 === 0 ? (r >>> 8) & 255 : 0;
  });
  const labels = Uint8Array.from({ length: samples }, () => next() % 5);
  const sgd = new SGD({ learningRate: 0.5 });
  for (let step = 0; step < 200; step++) {
    const batch = new Uint8Array(rows * inputs);
    const t = new Uint8Array(rows);
    for (let row = 0; row < rows; row++) {
      const sample = next() % samples;
      batch.set(images.subarray(sample * inputs, (sample + 1) * inputs), row * inputs);
      t[row] = labels[sample]!;
    }
    const x = pixels([rows, inputs], batch);
    if (method === "backprop") net.gradient(x, t);
    else net.numericalGradient(x, t, method === "numerical" ? {} : { h: 0.01 });
    sgd.update(net.params, net.grads);
  }
  return net;
}
