// The same 200 steps everywhere. Nothing but the package is imported, so that test/matrix can take this file, turned into
// JavaScript, to every runtime, bundler and browser.
import { Dataset, pixels, RandomState, SGD, type TrainOptions, TwoLayerNet, train } from "numgrad";

/**
 * Networks trained on made-up images. Polynomials of several degrees serve a step as large as h = 0.01; h = 1 leaves the
 * larger inputs to the formulas without series.
 */
export const METHODS = [
  "numerical",
  "backprop",
  "numerical, h = 0.01",
  "numerical, h = 1",
  "numerical, soft",
  "numerical, by train",
] as const;
export type Method = (typeof METHODS)[number];

/** Hashes of all parameters after 200 steps, for every method. */
export async function hashesAfter200Steps(): Promise<Record<string, string>> {
  const hashes: Record<string, string> = {};
  for (const method of METHODS) hashes[method] = await hashAfter200Steps(method);
  return hashes;
}

/** Hash of all parameters after 200 steps. */
export async function hashAfter200Steps(method: Method): Promise<string> {
  const net = method === "numerical, by train" ? (await trainedByTrain()).net : trainedByHand(method);
  const hash = hashOfParameters(net);
  net.dispose();
  return hash;
}

/** FNV-1a (64 bits) over the little-endian bytes of w1, b1, w2, b2, as 16 hexadecimal digits. */
export function hashOfParameters({ params: { w1, b1, w2, b2 } }: TwoLayerNet): string {
  let hash = 0xcbf29ce484222325n;
  for (const array of [w1, b1, w2, b2]) {
    for (const byte of new Uint8Array(array.buffer, array.byteOffset, array.byteLength)) {
      hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
    }
  }
  return hash.toString(16).padStart(16, "0");
}

/** The difference steps of the methods that have one of their own. */
const DIFFERENCE_STEPS: Partial<Record<Method, number>> = { "numerical, h = 0.01": 0.01, "numerical, h = 1": 1 };

/** A row of targets for each label: 0.75 two classes behind it, and less for others. */
function softTargets(labels: Uint8Array) {
  const classes = 5;
  const data = new Float64Array(labels.length * classes);
  for (let i = 0; i < data.length; i++) {
    const label = labels[Math.floor(i / classes)] as number;
    data[i] = [0, 0.125, 0.75, 0.0625, 0.25][((i % classes) + classes - label) % classes] as number;
  }
  return { shape: [labels.length, classes] as const, data };
}

/** By hand, step by step: what `hash_after_training` in crates/numgrad-core/tests/same_bits.rs does, number for number. */
export function trainedByHand(method: Method): TwoLayerNet {
  const [inputs, samples, rows] = [64, 300, 50];
  const next = xorshift();
  const net = new TwoLayerNet({ inputSize: inputs, hiddenSize: 21, outputSize: 5, random: 0 });
  const { w1, b1, w2, b2 } = net.params;
  for (const values of [w1, b1, w2, b2]) {
    for (let i = 0; i < values.length; i++) values[i] = 0.2 * (next() / 2 ** 32 - 0.5);
  }
  const { images, labels } = madeUpImages(samples, inputs, next);
  const sgd = new SGD({ learningRate: 0.5 });
  for (let step = 0; step < 200; step++) {
    const batch = new Uint8Array(rows * inputs);
    const t = new Uint8Array(rows);
    for (let row = 0; row < rows; row++) {
      const sample = next() % samples;
      batch.set(images.subarray(sample * inputs, (sample + 1) * inputs), row * inputs);
      t[row] = labels[sample] as number;
    }
    const x = pixels([rows, inputs], batch);
    if (method === "backprop") net.gradient(x, t);
    else if (method === "numerical, soft") net.numericalGradient(x, softTargets(t));
    else net.numericalGradient(x, t, { h: DIFFERENCE_STEPS[method] ?? 1e-4 });
    sgd.update(net.params, net.grads);
  }
  return net;
}

/**
 * By `train`, with normal weights and batches from one generator, as a user would.
 *
 * @returns The network, and the number of threads that were at work.
 */
export async function trainedByTrain(threads = 1, worker?: TrainOptions["worker"]) {
  const [rows, cols] = [8, 8];
  const random = new RandomState(0);
  const data = new Dataset({ ...madeUpImages(300, rows * cols, xorshift()), rows, cols });
  const net = new TwoLayerNet({ inputSize: rows * cols, hiddenSize: 21, outputSize: 5, random });
  const options = { optimizer: new SGD({ learningRate: 0.5 }), steps: 200, batchSize: 50, random, threads, worker };
  const run = train(net, { train: data, test: data }, options);
  let atWork = 0;
  for await (const _ of run) atWork = run.threads;
  return { net, atWork, missing: run.threadsMissing };
}

/** A fifth of the pixels is not black. */
function madeUpImages(samples: number, inputs: number, next: () => number) {
  const images = Uint8Array.from({ length: samples * inputs }, () => {
    const r = next();
    return r % 5 === 0 ? (r >>> 8) & 255 : 0;
  });
  return { images, labels: Uint8Array.from({ length: samples }, () => next() % 5) };
}

/** Marsaglia's generator of 32 bits: words as unsigned integers. */
function xorshift(): () => number {
  let state = 2463534242;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state;
  };
}
