// What a thread of the pool does: it trains one trial.
import { setImmediate } from "node:timers/promises";
import type { MessagePort } from "node:worker_threads";
import {
  ArgumentError,
  Dataset,
  DivergenceError,
  RandomState,
  SGD,
  type TrainingRun,
  TwoLayerNet,
  train,
} from "numgrad";
import { encodeCheckpoint, parseCheckpoint } from "numgrad/files";
import type { SharedData } from "./data.js";
import type { Job, TrialResult } from "./job.js";

/** What a thread is asked to do. */
export interface Task {
  readonly job: Job;
  readonly data: SharedData;
  /** The checkpoint from which the training continues. */
  readonly checkpoint: Uint8Array | undefined;
  /** Its element 0 becomes 1 when the threads are to stop. */
  readonly stop: Int32Array;
  /** Takes the checkpoints that are made on the way. */
  readonly port: MessagePort;
}

/** The part of a result that the training gives. */
type Trained = Pick<TrialResult, "status" | "steps" | "trainAccuracy" | "testAccuracy" | "loss">;

interface Training {
  /** Undefined if the training was stopped. */
  readonly trained: Trained | undefined;
  readonly checkpoint: Uint8Array | undefined;
}

/** What a thread gives back: a training, or why numgrad refuses the options. */
export type Answer = Training | { readonly refused: string };

/** Number of last steps over which the loss is averaged. */
const LAST_STEPS = 100;

/** Milliseconds from one checkpoint of a training to the next. */
const CHECKPOINT_EVERY = 30_000;

/** Milliseconds between two looks at the stop mark, while no step ends. */
const LOOK = 20;

/** Trains a trial. An error loses its class on its way out of a thread, so one about the options is an answer. */
export default async function answer(task: Task): Promise<Answer> {
  try {
    return await trainTrial(task);
  } catch (error) {
    if (error instanceof ArgumentError) return { refused: error.message };
    throw error;
  }
}

async function trainTrial(task: Task): Promise<Training> {
  const { job, data, stop, port } = task;
  const controller = new AbortController();
  const look = () => Atomics.load(stop, 0) === 1 && controller.abort();
  const datasets = { train: new Dataset(data.train), test: new Dataset(data.test) };
  const { net, run } = start(job, datasets, task.checkpoint, controller.signal);
  const timer = setInterval(look, LOOK);
  try {
    let last = performance.now();
    let diverged: DivergenceError | undefined;
    try {
      for await (const _ of run) {
        look();
        if (performance.now() - last < CHECKPOINT_EVERY) continue;
        port.postMessage(encodeCheckpoint(run.checkpoint()));
        last = performance.now();
      }
    } catch (error) {
      if (!(error instanceof DivergenceError)) throw error;
      diverged = error;
    }
    const accuracies = {
      trainAccuracy: await accuracyOf(net, datasets.train, look, controller.signal),
      testAccuracy: await accuracyOf(net, datasets.test, look, controller.signal),
    };
    if (controller.signal.aborted)
      return { trained: undefined, checkpoint: diverged ? undefined : encodeCheckpoint(run.checkpoint()) };
    const { losses, stoppedAt: steps = run.steps } = run.history;
    const trained: Trained = {
      status: diverged ? "diverged" : "finished",
      steps,
      ...accuracies,
      loss: meanOfLast(losses),
    };
    return { trained, checkpoint: job.keep && !diverged ? encodeCheckpoint(run.checkpoint()) : undefined };
  } finally {
    clearInterval(timer);
    net.dispose();
    port.close();
  }
}

/** Begins a trial, or continues it. A checkpoint that does not fit is as good as none. */
function start(
  { options, length }: Job,
  data: { train: Dataset; test: Dataset },
  checkpoint: Uint8Array | undefined,
  signal: AbortSignal,
): { net: TwoLayerNet; run: TrainingRun } {
  const { learningRate, hidden: hiddenSize, weightInitStd, seed, ...rest } = options;
  const begin = (resume: ReturnType<typeof parseCheckpoint> | undefined) => {
    // As in the book's script, one generator gives first the weights and then the batches.
    const random = new RandomState(seed);
    const { rows, cols, classes: outputSize } = data.train;
    const net = new TwoLayerNet({ inputSize: rows * cols, hiddenSize, outputSize, weightInitStd, random });
    const optimizer = new SGD({ learningRate });
    const settings = {
      ...rest,
      ...length,
      recordLoss: "before",
      evaluateEvery: false,
      optimizer,
      random,
      signal,
      resume,
    } as const;
    try {
      return { net, run: train(net, data, settings) };
    } catch (error) {
      net.dispose();
      throw error;
    }
  };
  if (checkpoint === undefined) return begin(undefined);
  try {
    return begin(parseCheckpoint(checkpoint));
  } catch {
    // The checkpoint only saves time: without it, the same steps give the same bits.
    return begin(undefined);
  }
}

/** Images between two turns of the event loop. */
const PART = 1000;

async function accuracyOf(
  net: TwoLayerNet,
  images: Dataset,
  look: () => unknown,
  signal: AbortSignal,
): Promise<number> {
  let correct = 0;
  for (let start = 0; start < images.size && !signal.aborted; start += PART) {
    const part = images.subset(start, Math.min(start + PART, images.size));
    correct += Math.round(net.accuracy(part.x(), part.labels) * part.size);
    await setImmediate();
    look();
  }
  return correct / images.size;
}

function meanOfLast(losses: readonly number[]): number | null {
  const last = losses.slice(-LAST_STEPS);
  const mean = last.reduce((sum, loss) => sum + loss, 0) / last.length;
  return Number.isFinite(mean) ? mean : null;
}
