import { type Checkpoint, DivergenceError, RandomState, SGD, type TrainingRun, TwoLayerNet, train } from "numgrad";
import type { Checkpoints } from "./checkpoints.js";
import type { Data } from "./data.js";
import type { Hyperparameters } from "./options.js";
import type { Output } from "./output.js";
import type { Outcome } from "./summary.js";

/** What stops a run, and the checkpoint from which it continues. */
export interface RunControl {
  readonly signal: AbortSignal;
  readonly resume: Checkpoint | undefined;
}

/** Makes a network and the run that trains it, from the start or from a checkpoint. */
export function createRun(
  hyperparameters: Hyperparameters,
  data: Data,
  control: RunControl,
  checkpoints: Checkpoints,
): { net: TwoLayerNet; run: TrainingRun } {
  const { hidden: hiddenSize, learningRate, seed, weightInitStd, ...trainOptions } = hyperparameters;
  const { rows, cols, classes: outputSize } = data.train;
  // As in the book's script, one generator gives first the weights and then the batches.
  const random = new RandomState(seed);
  const net = new TwoLayerNet({ inputSize: rows * cols, hiddenSize, outputSize, weightInitStd, random });
  const optimizer = new SGD({ learningRate });
  try {
    return { net, run: train(net, data, { ...trainOptions, ...control, optimizer, random }) };
  } catch (error) {
    throw checkpoints.explain(error);
  }
}

/** Makes all steps of a run, shows them and keeps checkpoints; returns how the run ended. */
export async function followRun(
  run: TrainingRun,
  output: Output,
  checkpoints: Checkpoints,
): Promise<Omit<Outcome, "trainAccuracy" | "testAccuracy">> {
  // The line of the bar must end, however the process ends.
  process.once("exit", () => output.stop());
  const warn = (text: string) => output.warn(text);
  try {
    for await (const report of run) {
      output.report(report, run.history.elapsed);
      await checkpoints.saveIfDue(run, report.step + 1, warn);
    }
  } catch (error) {
    if (!(error instanceof DivergenceError)) throw error;
    output.warn(error.message);
  } finally {
    output.stop();
  }
  const { status, stoppedAt = run.steps, elapsed } = run.history;
  return { status: status === "running" ? "aborted" : status, steps: stoppedAt, milliseconds: elapsed };
}
