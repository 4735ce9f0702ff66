import { setImmediate } from "node:timers/promises";
import {
  type Checkpoint,
  type Dataset,
  DivergenceError,
  type History,
  RandomState,
  SGD,
  type TrainingRun,
  TwoLayerNet,
  train,
} from "numgrad";
import type { Checkpoints } from "./checkpoints.js";
import type { Data } from "./data.js";
import { explain } from "./explain.js";
import type { Output } from "./output.js";
import type { Outcome } from "./summary.js";

/** What stops a run, the checkpoint from which it continues, and the threads that it may use. */
export interface RunControl {
  readonly signal: AbortSignal;
  readonly resume: Checkpoint | undefined;
  readonly threads: number | "auto";
}

/**
 * Makes a network and the run that trains it, from the start or from a checkpoint.
 *
 * @throws {UsageError} if an option is wrong, or not that of the checkpoint.
 */
export function createRun(
  data: Data,
  control: RunControl,
  { hyperparameters, source }: Checkpoints,
): { net: TwoLayerNet; run: TrainingRun } {
  const { hidden: hiddenSize, learningRate, seed, weightInitStd, ...trainOptions } = hyperparameters;
  const { rows, cols, classes: outputSize } = data.train;
  // As in the book's script, one generator gives first the weights and then the batches.
  const random = new RandomState(seed);
  try {
    const net = new TwoLayerNet({ inputSize: rows * cols, hiddenSize, outputSize, weightInitStd, random });
    const optimizer = new SGD({ learningRate });
    return { net, run: train(net, data, { ...trainOptions, ...control, optimizer, random }) };
  } catch (error) {
    throw explain(error, hyperparameters, source);
  }
}

/**
 * Makes all steps of a run, shows them and keeps checkpoints; returns how the run ended.
 *
 * @param firstStep Steps that were made before.
 */
export async function followRun(
  run: TrainingRun,
  firstStep: number,
  output: Output,
  checkpoints: Checkpoints,
): Promise<Omit<Outcome, "trainAccuracy" | "testAccuracy">> {
  // The line of the bar must end, however the process ends.
  process.once("exit", () => output.stop());
  const warn = (text: string) => output.warn(text);
  let threads = 1;
  try {
    for await (const report of run) {
      if (report.step === firstStep && run.threadsMissing !== undefined) {
        output.warn(`${run.threads === 1 ? "One thread" : `${run.threads} threads`}: ${run.threadsMissing}`);
      }
      threads = run.threads;
      output.report(report, { elapsed: run.history.elapsed, stepTime: run.stepTime });
      await checkpoints.saveIfDue(run, report.step + 1, warn);
    }
  } catch (error) {
    if (!(error instanceof DivergenceError)) throw error;
    output.warn(error.message);
  } finally {
    output.stop();
  }
  const { status, stoppedAt: steps = run.steps, elapsed: milliseconds } = run.history;
  const pace = { steps: steps - firstStep, milliseconds: run.stepTime };
  return { status: status === "running" ? "aborted" : status, steps, milliseconds, threads, pace };
}

/**
 * The accuracies of a run's network: those that the run has measured after its last step, else new ones. Between two
 * parts of the images the event loop gets a turn, so that Ctrl-C is heard.
 */
export async function finalAccuracies(
  net: TwoLayerNet,
  { train, test }: Data,
  { evaluations }: History,
  { status, steps }: Pick<Outcome, "status" | "steps">,
): Promise<Pick<Outcome, "trainAccuracy" | "testAccuracy">> {
  const last = evaluations.at(-1);
  // A run that diverged may have changed the network after its last evaluation.
  if (status !== "diverged" && last?.step === steps - 1 && last.testAccuracy !== undefined)
    return { trainAccuracy: last.trainAccuracy, testAccuracy: last.testAccuracy };
  return { trainAccuracy: await accuracyOf(net, train), testAccuracy: await accuracyOf(net, test) };
}

/** Images between two turns of the event loop. */
const PART = 500;

async function accuracyOf(net: TwoLayerNet, images: Dataset): Promise<number> {
  let correct = 0;
  for (let start = 0; start < images.size; start += PART) {
    const part = images.subset(start, Math.min(start + PART, images.size));
    correct += Math.round(net.accuracy(part.x(), part.labels) * part.size);
    await setImmediate();
  }
  return correct / images.size;
}
