import type { Dataset, Matrix, Pixels, RandomState } from "numgrad";
import type { DenseRows } from "./book-net.js";
import { descend } from "./parameters.js";
import { allRows, listSamples, type SparseRows } from "./sparse-rows.js";
import type { InputRows, TwoLayerNet } from "./two-layer-net.js";

/** A dataset in the form that a network works on. */
export interface Samples<R extends InputRows> {
  readonly all: R;
  readonly labels: Uint8Array;
  /** Some samples, in the order of `indices`. */
  batch(indices: Int32Array): { readonly x: R; readonly t: Uint8Array };
}

/** Options of {@link train}, with the names of numgrad's. */
export interface TrainOptions {
  readonly gradient: "numerical" | "backprop";
  readonly batchSize: number;
  readonly learningRate: number;
  /** Generator of the batches. */
  readonly random: Pick<RandomState, "choice">;
  readonly recordLoss: "after" | "before" | false;
}

/**
 * A dataset as lists of non-zero inputs, made once. A batch is a list of sample numbers.
 *
 * @param x Inputs in place of the dataset's own.
 */
export function sparseSamples(data: Dataset, x: Matrix | Pixels = data.x()): Samples<SparseRows> {
  const lists = listSamples(x);
  const select = (indices: Int32Array): SparseRows => ({ count: indices.length, lists, indices });
  return {
    all: allRows(lists),
    labels: data.labels,
    batch: (indices) => ({ x: select(indices), t: gatherLabels(data.labels, indices) }),
  };
}

/** A dataset as in the book: a dense matrix of numbers (376 MB for MNIST). A batch is a copy of some rows. */
export function denseSamples(data: Dataset): Samples<DenseRows> {
  const { data: numbers, shape } = data.toMatrix();
  const [size, cols] = shape;
  return {
    all: { count: size, data: numbers },
    labels: data.labels,
    batch: (indices) => {
      const rows = new Float64Array(indices.length * cols);
      for (let i = 0; i < indices.length; i++) {
        rows.set(numbers.subarray(indices[i]! * cols, (indices[i]! + 1) * cols), i * cols);
      }
      return { x: { count: indices.length, data: rows }, t: gatherLabels(data.labels, indices) };
    },
  };
}

/** The book's loop, without an end: draw a batch, compute its gradient, update. Yields the loss if it is recorded. */
export function* train<R extends InputRows>(
  net: TwoLayerNet<R>,
  samples: Samples<R>,
  { gradient, batchSize, learningRate, random, recordLoss }: TrainOptions,
): Generator<number | undefined, never, void> {
  for (;;) {
    const { x, t } = samples.batch(random.choice(samples.labels.length, batchSize));
    if (gradient === "numerical") net.numericalGradient(x, t, { copy: false });
    else net.gradient(x, t, { copy: false });
    const before = recordLoss === "before" ? net.lossBefore(t) : undefined;
    descend(net.params, net.grads, learningRate);
    yield recordLoss === "after" ? net.loss(x, t) : before;
  }
}

function gatherLabels(labels: Uint8Array, indices: Int32Array): Uint8Array {
  return Uint8Array.from(indices, (index) => labels[index]!);
}
