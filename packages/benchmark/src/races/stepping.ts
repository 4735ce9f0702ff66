import { RandomState, type Samples as Rows, SGD, TwoLayerNet, train } from "numgrad";
import { BookNet, type DenseRows } from "../baseline/book-net.js";
import { IncrementalNet } from "../baseline/incremental-net.js";
import { createParameters, type Dimensions } from "../baseline/parameters.js";
import type { SparseRows } from "../baseline/sparse-rows.js";
import { type Samples, train as trainBaseline } from "../baseline/training.js";
import type { TwoLayerNet as BaselineNet, InputRows } from "../baseline/two-layer-net.js";
import { CORE, DENSE, LEARNING_RATE, SAME, SKIPPING } from "./setting.js";

/** An endless training run, some steps of which are timed at a time. */
export interface SteppingRun {
  readonly name: string;
  /** Makes this many steps. */
  advance(steps: number): unknown;
  /** All parameters: w1, b1, w2, b2. */
  parameters(): Float64Array;
  /** Ends the run and frees its memory. */
  end(): Promise<void>;
}

export interface RunOptions extends Dimensions {
  readonly gradient: "numerical" | "backprop";
  readonly batchSize: number;
  readonly recordLoss: "after" | "before" | false;
  /** Random numbers for weights and batches; those of seed 0 if omitted. */
  readonly random?: RandomState;
  /** Threads that make a step of numgrad together; 1 if omitted. */
  readonly threads?: number;
}

/** A run of numgrad's public `train`. */
export function coreRun(data: Rows, options: RunOptions): SteppingRun {
  const { gradient, batchSize, recordLoss, random = new RandomState(0), threads = 1 } = options;
  const { inputSize, hiddenSize, outputSize } = options;
  const net = new TwoLayerNet({ inputSize, hiddenSize, outputSize, random });
  const optimizer = new SGD({ learningRate: LEARNING_RATE });
  const settings = { optimizer, gradient, batchSize, random, recordLoss, evaluateEvery: false, threads } as const;
  const run = train(net, { train: data }, { ...settings, steps: Number.MAX_SAFE_INTEGER });
  const reports = run[Symbol.asyncIterator]();
  return {
    name: CORE,
    async advance(steps) {
      for (let i = 0; i < steps; i++) await reports.next();
    },
    parameters() {
      const { all, w1, b1, w2, b2 } = createParameters(net);
      const own = net.params.toArrays();
      w1.set(own.w1);
      b1.set(own.b1);
      w2.set(own.w2);
      b2.set(own.b2);
      return all;
    },
    async end() {
      await reports.return?.();
      net.dispose();
    },
  };
}

/** A run of numgrad's algorithm in plain TypeScript. */
export function sameRun(samples: Samples<SparseRows>, options: RunOptions): SteppingRun {
  const { random = new RandomState(0) } = options;
  return toSteppingRun(SAME, new IncrementalNet({ ...options, random }), samples, options, random);
}

/** A run of the book's network in plain TypeScript. */
export function bookRun(samples: Samples<DenseRows>, skipZeros: boolean, options: RunOptions): SteppingRun {
  const { random = new RandomState(0) } = options;
  const name = skipZeros ? SKIPPING : DENSE;
  return toSteppingRun(name, new BookNet({ ...options, random, skipZeros }), samples, options, random);
}

function toSteppingRun<R extends InputRows>(
  name: string,
  net: BaselineNet<R>,
  samples: Samples<R>,
  { gradient, batchSize, recordLoss }: RunOptions,
  random: RandomState,
): SteppingRun {
  const run = trainBaseline(net, samples, { gradient, batchSize, learningRate: LEARNING_RATE, random, recordLoss });
  return {
    name,
    advance(steps) {
      for (let i = 0; i < steps; i++) run.next();
    },
    parameters: () => net.params.all,
    end: async () => {},
  };
}
