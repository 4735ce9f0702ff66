#!/usr/bin/env node
// The main job: trains the book's network on all of MNIST by central differences.
import { ArgumentError, NumgradError } from "numgrad";
import { end, stopOnClosedOutput, stopOnSignals } from "numgrad-program/stopping";
import { openCheckpoints } from "./checkpoints.js";
import { printable, UsageError } from "./command-line.js";
import { loadData } from "./data.js";
import { HELP, type Options, parseOptions } from "./options.js";
import { createOutput } from "./output.js";
import { prepareRunFolder, writeRunFolder } from "./run-folder.js";
import { formatHeading, formatSummary, type Layers, type Outcome } from "./summary.js";
import { createRun, finalAccuracies, followRun } from "./training.js";

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
    console.error(printable(error.message));
    return error instanceof UsageError || error instanceof ArgumentError ? 2 : 1;
  }
}

/** Trains a network, keeps what the options ask for, and returns the exit code. */
async function job(options: Options, controller: AbortController): Promise<number> {
  const { display, out } = options;
  const checkpoints = openCheckpoints(options);
  const data = await loadData(options.data);
  if (out !== undefined) await prepareRunFolder(out);
  const resume = await checkpoints.load();
  const { hyperparameters } = checkpoints;
  stopOnSignals(controller);

  const { net, run } = createRun(data, { signal: controller.signal, resume, threads: options.threads }, checkpoints);
  const { steps: totalSteps, history } = run;
  const layers: Layers = [net.inputSize, net.hiddenSize, net.outputSize];
  await checkpoints.begin(run, Math.max(Math.floor(data.train.size / hyperparameters.batchSize), 1));

  let isKept = false;
  const summarise = (outcome: Outcome) =>
    formatSummary(hyperparameters, layers, totalSteps, outcome, isKept ? options.checkpoint?.path : undefined);
  const firstStep = resume?.step ?? 0;
  const output = createOutput(display, { firstStep, totalSteps }, summarise);
  const heading = formatHeading(hyperparameters, layers, data.train.size, totalSteps);
  output.heading([...heading, ...checkpoints.describeStart(totalSteps)]);
  const ending = await followRun(run, firstStep, output, checkpoints);

  // The checkpoint of a run that diverged stays as it was before.
  isKept = ending.status === "diverged" || (await checkpoints.save(run, (text) => output.warn(text)));
  const outcome: Outcome = { ...ending, ...(await finalAccuracies(net, data, history, ending)) };
  output.summary(outcome);
  if (out !== undefined) {
    const { data: dataDirectory } = options;
    await writeRunFolder(out, { hyperparameters, dataDirectory, layers, totalSteps, outcome, net, history, ...data });
    output.folder(out);
  }
  net.dispose();
  if (ending.status === "aborted") return controller.signal.reason;
  return ending.status === "finished" && isKept ? 0 : 1;
}
