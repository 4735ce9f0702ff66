// The main job: the book's network, trained on all of MNIST by central differences.
import { statSync } from "node:fs";
import {
  ArgumentError,
  type Dataset,
  DivergenceError,
  loadMnist,
  NumgradError,
  RandomState,
  SGD,
  type TrainingRun,
  TwoLayerNet,
  train,
} from "numgrad";
import { mnistDirectory } from "./mnist-directory.js";
import { HELP, type Options, parseOptions, UsageError } from "./options.js";
import { createProgress } from "./progress.js";
import { formatAccuracies, formatHeading, formatSummary, type Layers, type Outcome } from "./summary.js";

/** 128 + SIGINT: what shells report of a program that Ctrl-C ended. */
const INTERRUPTED = 130;

/** Ctrl-C reaches this process from the terminal and again from npm; what comes within this time is one key press. */
const ONE_KEY_PRESS = 1000;

process.exitCode = await main(process.argv.slice(2));

/** Returns the exit code. */
async function main(args: string[]): Promise<number> {
  try {
    const options = parseOptions(args);
    if (options !== "help") return await job(options);
    process.stdout.write(HELP);
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof NumgradError)) throw error;
    console.error(error.message);
    return error instanceof UsageError || error instanceof ArgumentError ? 2 : 1;
  }
}

async function job(options: Options): Promise<number> {
  const { train: training, test } = await loadData(options.data);
  const layers: Layers = [training.rows * training.cols, options.hidden, training.classes];
  // One generator gives first the weights and then the batches, as in the book's script.
  const random = new RandomState(options.seed);
  const [inputSize, hiddenSize, outputSize] = layers;
  const net = new TwoLayerNet({ inputSize, hiddenSize, outputSize, weightInitStd: options.weightInitStd, random });
  const run = train(
    net,
    { train: training, test },
    {
      ...options.length,
      ...(options.gradient === "numerical" ? { h: options.h } : {}),
      optimizer: new SGD({ learningRate: options.learningRate }),
      gradient: options.gradient,
      batchSize: options.batchSize,
      sampling: options.sampling,
      random,
      signal: interruption(),
    },
  );
  const totalSteps = run.steps;
  console.log(`${formatHeading(options, layers, training.size, totalSteps)}\n`);
  const ending = await follow(run, totalSteps);
  const trainAccuracy = net.accuracy(training.x(), training.labels);
  const testAccuracy = net.accuracy(test.x(), test.labels);
  net.dispose();
  console.log(`\n${formatSummary(options, layers, totalSteps, { ...ending, trainAccuracy, testAccuracy })}`);
  return { finished: 0, diverged: 1, aborted: INTERRUPTED }[ending.status];
}

/** The four files from a directory, or where npm has put them. */
async function loadData(data: string | undefined): Promise<{ train: Dataset; test: Dataset }> {
  if (data === undefined) {
    return loadMnist({ directory: mnistDirectory() });
  }
  if (!statSync(data, { throwIfNoEntry: false })?.isDirectory()) {
    throw new UsageError(`--data: expected a directory, got ${data === "" ? "nothing" : data}`);
  }
  try {
    return await loadMnist({ directory: data });
  } catch (error) {
    if (!(error instanceof NumgradError)) throw error;
    // Its first sentence says what is wrong; the others list every name that was looked for.
    throw new UsageError(`--data: ${error.message.split(/\.\s/, 1)[0]}`);
  }
}

/** A signal that Ctrl-C raises. Pressed again, it ends the process at once. */
function interruption(): AbortSignal {
  const controller = new AbortController();
  let first = 0;
  process.on("SIGINT", () => {
    if (controller.signal.aborted && performance.now() - first > ONE_KEY_PRESS) process.exit(INTERRUPTED);
    if (!controller.signal.aborted) first = performance.now();
    controller.abort();
  });
  return controller.signal;
}

/** Goes through the training, showing it; returns how it ended. */
async function follow(run: TrainingRun, totalSteps: number): Promise<Omit<Outcome, "trainAccuracy" | "testAccuracy">> {
  const progress = createProgress(totalSteps);
  // The bar has changed the terminal's state: it is put right however the process ends.
  process.once("exit", () => progress.stop());
  const start = performance.now();
  let steps = 0;
  let divergence = "";
  try {
    for await (const { step, loss, evaluation } of run) {
      steps = step + 1;
      progress.update(steps, loss ?? Number.NaN);
      if (evaluation) progress.line(formatAccuracies(evaluation.trainAccuracy, evaluation.testAccuracy ?? Number.NaN));
    }
  } catch (error) {
    if (!(error instanceof DivergenceError)) throw error;
    divergence = error.message;
  } finally {
    progress.stop();
  }
  if (divergence) console.error(divergence);
  const milliseconds = performance.now() - start;
  if (divergence) return { status: "diverged", steps, milliseconds };
  return { status: run.history.status === "aborted" ? "aborted" : "finished", steps, milliseconds };
}
