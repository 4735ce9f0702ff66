#!/usr/bin/env node
// The main job: the book's network, trained on all of MNIST by central differences.
import { statSync } from "node:fs";
import {
  ArgumentError,
  type Checkpoint,
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
import { mnistDirectory } from "numgrad-mnist-files";
import { Checkpoints } from "./checkpoints.js";
import { HELP, type Options, parseOptions, UsageError } from "./options.js";
import { createOutput, type Output } from "./output.js";
import { prepareRunFolder, writeRunFolder } from "./run-folder.js";
import { end, stopOnClosedOutput, stopOnSignals } from "./stopping.js";
import { formatHeading, type Layers, type Outcome } from "./summary.js";

end(await main(process.argv.slice(2)));

/** Returns the exit code. */
async function main(args: string[]): Promise<number> {
  const controller = new AbortController();
  stopOnClosedOutput(controller);
  try {
    const options = parseOptions(args);
    if (options !== "help") return await job(options, controller);
    process.stdout.write(HELP);
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof NumgradError)) throw error;
    console.error(error.message);
    return error instanceof UsageError || error instanceof ArgumentError ? 2 : 1;
  }
}

/** Trains; then writes what is to be kept of it, and tells how it ended. */
async function job(options: Options, controller: AbortController): Promise<number> {
  const checkpoints = options.checkpoint === undefined ? undefined : new Checkpoints(options.checkpoint, options);
  const data = await loadData(options.data);
  if (options.out !== undefined) await prepareRunFolder(options.out);
  const resume = await checkpoints?.load();
  stopOnSignals(controller);
  const { net, layers, run } = prepare(options, data, controller.signal, resume, checkpoints);
  await checkpoints?.begin(run, Math.max(Math.floor(data.train.size / options.batchSize), 1));
  const output = createOutput(options, layers, { totalSteps: run.steps, firstStep: resume?.step ?? 0 });
  const heading = formatHeading(options, layers, data.train.size, run.steps);
  output.heading(options.resume && checkpoints ? `${heading}\n${checkpoints.heading(resume, run.steps)}` : heading);

  const ending = await follow(run, output, checkpoints);

  // A run that diverged is kept as it was before.
  const kept = ending.status === "diverged" || (await checkpoints?.save(run, (text) => output.warn(text))) !== false;
  const trainAccuracy = net.accuracy(data.train.x(), data.train.labels);
  const testAccuracy = net.accuracy(data.test.x(), data.test.labels);
  const outcome: Outcome = { ...ending, trainAccuracy, testAccuracy };
  output.summary(outcome);
  if (options.out !== undefined) {
    const { history, steps: totalSteps } = run;
    await writeRunFolder(options.out, { options, layers, totalSteps, outcome, net, history, ...data });
    output.folder(options.out);
  }
  net.dispose();
  if (ending.status === "aborted") return controller.signal.reason;
  return ending.status === "finished" && kept ? 0 : 1;
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

/** Network and run, from the start or from where a checkpoint has them. */
function prepare(
  options: Options,
  data: { train: Dataset; test: Dataset },
  signal: AbortSignal,
  resume: Checkpoint | undefined,
  checkpoints: Checkpoints | undefined,
): { net: TwoLayerNet; layers: Layers; run: TrainingRun } {
  const { gradient, h, learningRate, length, batchSize, sampling, weightInitStd } = options;
  const layers: Layers = [data.train.rows * data.train.cols, options.hidden, data.train.classes];
  const [inputSize, hiddenSize, outputSize] = layers;
  // One generator gives first the weights and then the batches, as in the book's script.
  const random = new RandomState(options.seed);
  const net = new TwoLayerNet({ inputSize, hiddenSize, outputSize, weightInitStd, random });
  const optimizer = new SGD({ learningRate });
  const difference = gradient === "numerical" ? { h } : {};
  const settings = { ...length, ...difference, optimizer, gradient, batchSize, sampling, random, signal, resume };
  try {
    return { net, layers, run: train(net, data, settings) };
  } catch (error) {
    throw resume && checkpoints ? checkpoints.explain(error) : error;
  }
}

/** Goes through the training, showing it and keeping it; returns how it ended. */
async function follow(
  run: TrainingRun,
  output: Output,
  checkpoints: Checkpoints | undefined,
): Promise<Omit<Outcome, "trainAccuracy" | "testAccuracy">> {
  // However the process ends, the bar's line does.
  process.once("exit", () => output.stop());
  try {
    for await (const report of run) {
      output.report(report, run.history.elapsed);
      if (checkpoints?.isDue(report.step + 1)) await checkpoints.save(run, (text) => output.warn(text));
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
