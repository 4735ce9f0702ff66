import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Dataset, type Gradients, loadMnist, RandomState, TwoLayerNet } from "numgrad";
import { mnistDirectory } from "numgrad-mnist-files";
import type { Peer } from "./peers.js";

/** Images in a batch. */
const BATCH = 100;
/**
 * Number of batches that take turns in the timed steps. With one batch, programs that build lists would look too fast.
 */
export const ROTATION = 16;
/** Number of steps, each on another batch, after which the losses of all peers are compared. */
export const AGREEMENT = 64;
/**
 * The whole job, as in the book: its steps, the steps from one evaluation to the next (an epoch), and its evaluations.
 */
export const JOB = { steps: 10_000, every: 600, evaluations: 17 };
/** Difference step. */
const H = 1e-4;

/** What one process is to measure, by `peers/protocol.mjs` or `protocol.py`. Times are in milliseconds. */
export interface Measure {
  /** Measure the loss after one step on each of the batches. */
  readonly agree?: true;
  /** Measure the time from the start of the process to the end of the first step. */
  readonly first?: true;
  /** Measure steps for `ms`, after `warmup`. */
  readonly step?: { readonly warmup: number; readonly ms: number };
  /** Measure the accuracy over the 60,000 training images for `ms`. */
  readonly evaluation?: { readonly ms: number };
  /**
   * Measure the gradient by central differences for `ms`; for all parameters, however long that takes, if `ms` is null.
   */
  readonly numerical?: { readonly ms: number | null };
  /**
   * Measure `steps` steps that gather their batches, with an evaluation after steps 0, `every`, 2 `every`, …; none if
   * 0.
   */
  readonly job?: { readonly steps: number; readonly every: number; readonly warmup: number };
}

/** Measurements of one process. */
export interface Measurement {
  readonly loss?: number;
  /** Milliseconds from the start of the process to the end of the first step. */
  readonly first?: number;
  readonly step?: Times;
  /**
   * CPU time divided by time, while steps were timed. Of a peer on one thread: if it is below 1, other programs used the
   * core, too.
   */
  readonly share?: number;
  readonly evaluation?: Times;
  readonly numerical?: NumericalTimes;
  readonly job?: JobTimes;
  /** Peak memory of the process in bytes. */
  readonly peakRss: number;
  /** Interpreter, with its version. */
  readonly runtime: string;
}

/** Times in milliseconds. */
export interface Times {
  readonly min: number;
  readonly median: number;
}

/** Time and error of one gradient by central differences. */
export interface NumericalTimes {
  /** Milliseconds for all parameters, extrapolated if fewer were measured. (Row-wise NumPy: for those of W1.) */
  readonly ms: number;
  /** Number of parameters that were measured. */
  readonly measured: number;
  /** Number of all parameters. */
  readonly of: number;
  /** max |difference quotient − derivative| over the measured parameters / max |derivative|. */
  readonly error: number;
}

/** Times of some steps of the job, and of evaluations of 70,000 images. */
export interface JobTimes {
  /** Milliseconds from the start of the process to the first step: the library is loaded, and then the data. */
  readonly startMs: number;
  readonly steps: number;
  readonly stepMs: number;
  readonly evaluations: number;
  readonly evaluationMs: number;
  /** Accuracy on the test images at the last evaluation. */
  readonly testAccuracy: number;
}

/**
 * Writes the data from which all peers start: weights and batches as the book's script draws them after
 * `np.random.seed(0)`, and the exact derivatives for the first batch, with which difference quotients are compared.
 *
 * Numbers are little-endian; w1, b1, w2, b2 stand one after the other, row-major.
 */
export async function writeData(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const random = new RandomState(0);
  const net = new TwoLayerNet({ inputSize: 784, hiddenSize: 50, outputSize: 10, random });
  const { train } = await loadMnist({ directory: mnistDirectory() });
  const indices = new Int32Array(JOB.steps * BATCH);
  for (let step = 0; step < JOB.steps; step++) indices.set(random.choice(train.size, BATCH), step * BATCH);
  const samples = train.batch(indices.subarray(0, AGREEMENT * BATCH));
  const first = train.batch(indices.subarray(0, BATCH));
  const files = {
    "weights.f64": concatenate(net.params),
    "gradient.f64": concatenate(net.gradient(first.x, first.t)),
    "gradient-delta.f64": concatenate(gradientWithDelta(net, first)),
    "indices.i32": indices,
    "images.u8": samples.x.data,
    "labels.u8": samples.t,
  };
  net.dispose();
  for (const [name, data] of Object.entries(files)) writeFileSync(join(folder, name), data);
}

/** Writes the task of one process. Returns the path of the file. */
export function writeTask(folder: string, { name, setting, delta }: Peer, measure: Measure): string {
  const path = join(folder, `${name}.json`);
  const numerical = measure.numerical && { ...measure.numerical, h: H };
  const task = {
    folder,
    mnist: mnistDirectory(),
    batches: measure.agree ? AGREEMENT : ROTATION,
    gradient: delta ? "gradient-delta.f64" : "gradient.f64",
    peer: setting,
    measure: { ...measure, numerical },
  };
  writeFileSync(path, JSON.stringify(task));
  return path;
}

/**
 * The derivatives of −log(p + δ), with δ = 1e-7 and the probability p of the label. Backpropagation leaves δ out; if
 * each sample is weighted by p / (p + δ), it gives these derivatives. Soft targets carry the weights.
 */
function gradientWithDelta(net: TwoLayerNet, { x, t }: ReturnType<Dataset["batch"]>): Gradients {
  const probs = net.predict(x);
  const [, classes] = probs.shape;
  const data = new Float64Array(probs.data.length);
  t.forEach((label, n) => {
    const p = probs.data[n * classes + label]!;
    data[n * classes + label] = p / (p + 1e-7);
  });
  return net.gradient(x, { shape: probs.shape, data });
}

function concatenate({ w1, b1, w2, b2 }: Gradients): Float64Array {
  return Float64Array.from([w1, b1, w2, b2].flatMap((values) => [...values]));
}
