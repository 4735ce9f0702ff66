import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Dataset, type Gradients, loadMnist, RandomState, TwoLayerNet } from "numgrad";
import { mnistDirectory } from "numgrad-mnist-files";
import type { Peer } from "./peers.js";

/** Samples of a step. */
const BATCH = 100;
/** Batches that the timed steps go through: one repeated batch would flatter whoever builds lists. */
export const ROTATION = 16;
/** Steps, each on another batch, after which the losses of all peers are compared. */
export const AGREEMENT = 64;
/** The whole job, as in the book: its steps, and how many there are from one evaluation to the next (an epoch). */
export const JOB = { steps: 10_000, every: 600, evaluations: 17 };
/** Difference step. */
const H = 1e-4;

/** What one process is asked to measure; times in milliseconds. `peers/protocol.mjs` and `protocol.py` do it. */
export interface Measure {
  /** The loss after a step on each of the batches. */
  readonly agree?: true;
  /** From the start of the process to the end of the first step. */
  readonly first?: true;
  readonly step?: { readonly warmup: number; readonly ms: number };
  /** Accuracy over the 60,000 training images. */
  readonly evaluation?: { readonly ms: number };
  /** `ms: null`: all parameters, however long it takes. */
  readonly numerical?: { readonly ms: number | null };
  /** Steps with gathering, and an evaluation after each `every`th from the first on; none if 0. */
  readonly job?: { readonly steps: number; readonly every: number; readonly warmup: number };
}

/** What one process has measured. */
export interface Measurement {
  readonly loss?: number;
  readonly first?: number;
  readonly step?: Times;
  /** CPU time / time while the steps were timed: less than 1 where others took a part of the core. */
  readonly share?: number;
  readonly evaluation?: Times;
  readonly numerical?: NumericalTimes;
  readonly job?: JobTimes;
  /** Bytes. */
  readonly peakRss: number;
  /** Interpreter with its version. */
  readonly runtime: string;
}

/** Milliseconds. */
export interface Times {
  readonly min: number;
  readonly median: number;
}

/** One central-difference gradient. */
export interface NumericalTimes {
  /** Milliseconds for all parameters, extrapolated where fewer were measured; for those of W1 in row-wise NumPy. */
  readonly ms: number;
  readonly measured: number;
  readonly of: number;
  /** max |difference quotient − derivative| over the measured parameters / max |derivative|. */
  readonly error: number;
}

/** A number of steps of the job, and of evaluations on 70,000 images. */
export interface JobTimes {
  readonly steps: number;
  readonly stepMs: number;
  readonly evaluations: number;
  readonly evaluationMs: number;
  /** At the last evaluation. */
  readonly testAccuracy: number;
}

/**
 * Writes what all peers start from, the same bytes for each: weights and batches as the book's script draws them after
 * `np.random.seed(0)`, and the derivatives for the first batch, to which difference quotients are held.
 *
 * Numbers are little-endian; w1, b1, w2, b2 one after the other, row-major.
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

/** Writes the task of one process; returns its path. */
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
 * The derivatives of −log(p + δ), δ = 1e-7 and p the probability of the label: backpropagation's, which leaves δ out, with each
 * sample's weighted by p / (p + δ). Soft targets bring the weights in.
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
