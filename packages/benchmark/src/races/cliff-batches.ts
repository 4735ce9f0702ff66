import { type Inputs, type Matrix, type Pixels, RandomState, type Targets } from "numgrad";
import { BATCH, BOOK, type Setting } from "./setting.js";

/** Number of batches that take turns. Those of numbers hold 0.6 MB each. */
const BATCHES = 16;

/** The share of a smoothed target that all classes have alike. */
const SMOOTHING = 0.1;

/** Inputs and their targets. */
export interface Batch {
  readonly x: Inputs;
  readonly t: Targets;
}

/** Draws {@link BATCHES} batches of images and labels, and makes from them what users make. */
export function drawBatches({ train }: Setting) {
  const random = new RandomState(1);
  const images = Array.from({ length: BATCHES }, () => train.batch(random.choice(train.size, BATCH)));
  const scored = standardScores(train.x());
  const noise = images.map(({ t }) => ({ x: randomMatrix(random, BOOK.inputSize), t }));
  const classes = (count: number) => images.map(({ x }) => ({ x, t: random.choice(count, BATCH) }));
  return {
    images,
    /** Random targets that sum to 1. */
    soft: images.map(({ x }) => ({ x, t: normalised(randomMatrix(random, BOOK.outputSize)) })),
    smoothed: images.map(({ x, t }) => ({ x, t: mixedTargets(t, t, 1, SMOOTHING) })),
    /** Two classes for each image, as mixup makes them. */
    pairs: images.map(({ x, t }, i) => ({ x, t: mixedTargets(t, images[(i + 1) % BATCHES]!.t, 0.7, 0) })),
    /** The program of study note 001: noise as images, and targets that do not sum to 1. */
    note: noise.map(({ x }) => ({ x, t: randomMatrix(random, BOOK.outputSize) })),
    scored: images.map(({ x, t }) => ({ x: scored(x), t })),
    /** Standard normal numbers: what standardised columns look like if few of their values are the same. */
    normal: images.map(({ t }) => ({ x: normalMatrix(random), t })),
    noise,
    singles: noise.map(({ x, t }) => ({ x: { shape: x.shape, data: Float32Array.from(x.data) }, t })),
    numbers: images.map(({ x, t }) => ({ x: toNumbers(x), t })),
    hundred: classes(100),
    thousand: classes(1000),
  };
}

/** The pixels as numbers from 0 to 1, value / 255. */
export function toNumbers({ shape, data }: Pixels): Matrix {
  return { shape, data: Float64Array.from(data, (pixel) => pixel / 255) };
}

/**
 * The function that standardises each column by its mean and its standard deviation over `x`. A column whose values are
 * all the same becomes 0.
 */
function standardScores(x: Pixels): (rows: Pixels) => Matrix {
  const [size, cols] = x.shape;
  const sums = new Float64Array(cols);
  const squares = new Float64Array(cols);
  for (let i = 0; i < x.data.length; i++) {
    const pixel = x.data[i]!;
    sums[i % cols]! += pixel;
    squares[i % cols]! += pixel * pixel;
  }
  const means = sums.map((sum) => sum / size);
  const deviations = squares.map((sum, col) => Math.sqrt(sum / size - means[col]! ** 2));
  const score = (pixel: number, col: number) => (deviations[col] === 0 ? 0 : (pixel - means[col]!) / deviations[col]!);
  return ({ shape, data }) => ({ shape, data: Float64Array.from(data, (pixel, i) => score(pixel, i % cols)) });
}

/** A batch of rows of random numbers in [0, 1). */
function randomMatrix(random: RandomState, cols: number): Matrix {
  return { shape: [BATCH, cols], data: random.random(BATCH * cols) };
}

/** A batch of inputs that are standard normal numbers. */
function normalMatrix(random: RandomState): Matrix {
  return { shape: [BATCH, BOOK.inputSize], data: random.randn(BATCH * BOOK.inputSize) };
}

/** Rows of targets: `share` for the class in `first` and the rest for that in `second`, then smoothed. */
function mixedTargets(first: Uint8Array, second: Uint8Array, share: number, smoothing: number): Matrix {
  const classes = BOOK.outputSize;
  const data = new Float64Array(first.length * classes).fill(smoothing / classes);
  for (let row = 0; row < first.length; row++) {
    data[row * classes + first[row]!]! += (1 - smoothing) * share;
    data[row * classes + second[row]!]! += (1 - smoothing) * (1 - share);
  }
  return { shape: [first.length, classes], data };
}

/** The rows divided by their sums. */
function normalised({ shape, data }: Matrix): Matrix {
  const cols = shape[1];
  const sums = new Float64Array(shape[0]);
  for (let i = 0; i < data.length; i++) sums[Math.floor(i / cols)]! += data[i]!;
  return { shape, data: data.map((value, i) => value / sums[Math.floor(i / cols)]!) };
}
