// What a run leaves behind: its history, its parameters, figures, and a report.
import { randomUUID } from "node:crypto";
import { mkdir, open, rename, rm, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { arch, cpus, platform, release } from "node:os";
import { join } from "node:path";
import { type Dataset, FileWriteError, type History, type Matrix, type TwoLayerNet } from "numgrad";
import { saveParams } from "numgrad/files";
import { confusionOf, findMistakes, readPredictions } from "numgrad-predictions";
import { type Options, UsageError } from "./options.js";
import { withEnding } from "./report/evaluations.js";
import { FIGURES, type FigureName, formatReport, LARGEST_TABLE } from "./report/report.js";
import type { Pairs } from "./report/tables.js";
import type { Layers, Outcome } from "./summary.js";

/** Mistakes that are shown at most. */
const MOST_MISTAKES = 20;

/** Hidden units that are shown at most: more would make a page of megabytes. */
const MOST_UNITS = 100;

/** A run that has ended, with the network as it left it. */
export interface EndedRun {
  readonly options: Options;
  readonly layers: Layers;
  /** Steps that were to be made. */
  readonly totalSteps: number;
  readonly outcome: Outcome;
  readonly net: TwoLayerNet;
  readonly history: History;
  readonly train: Dataset;
  readonly test: Dataset;
}

const figureFile = (name: FigureName) => `${name}.svg`;

const FILES = ["history.json", "params.npz", "model.safetensors", ...FIGURES.map(figureFile), "report.html"];

/**
 * Makes the folder if it is not there, and tries whether the run's files can be written to it: it would be a pity to learn
 * that after the training.
 *
 * @throws {UsageError} if they cannot.
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
    const there = await stat(join(folder, name)).catch(() => undefined);
    if (there?.isDirectory())
      throw new UsageError(`--out: ${join(folder, name)} is a directory, not a file to replace`);
  }
}

/**
 * Writes what a run leaves behind, each file at once or not at all. Files of an earlier run are replaced; a figure for which
 * there is nothing to show is removed, so that all files are of one run. What else is in the folder is left alone.
 *
 * @throws {FileWriteError} if a file cannot be written.
 */
export async function writeRunFolder(folder: string, run: EndedRun): Promise<void> {
  const { options, layers, outcome, net, history, test } = run;
  const path = (name: string) => join(folder, name);
  await replaceFile(path("history.json"), `${JSON.stringify(history)}\n`);
  await saveParams(path("params.npz"), net);
  await saveParams(path("model.safetensors"), net, { metadata: metadataOf(options, outcome) });

  // Vega takes a third of a second to load, which runs without a folder need not wait for.
  const { drawFiles, drawVariants } = await import("./report/drawings.js");
  const predictions = readPredictions(net.predict(test.x()));
  const confusion = confusionOf(predictions, test.labels, layers[2]);
  const mistakes = findMistakes(predictions, test.labels).slice(0, MOST_MISTAKES);
  const weights = firstUnits(net, MOST_UNITS);
  const epochs = outcome.steps / stepsOfEpoch(options, run.train.size);
  const evaluations = withEnding(history, outcome, epochs);
  const drawn = { losses: history.losses, evaluations, test, confusion, mistakes, weights };
  const files = await drawFiles(drawn);
  for (const name of FIGURES) {
    const svg = files.get(name);
    if (svg === undefined) await removeFile(path(figureFile(name)));
    else await replaceFile(path(figureFile(name)), svg);
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
  await replaceFile(path("report.html"), report);
}

/** Steps of a pass over the training data; where they are shuffled, its last batch has what is left of them. */
function stepsOfEpoch({ sampling, batchSize }: Options, size: number): number {
  return sampling === "shuffle" ? Math.ceil(size / batchSize) : size / batchSize;
}

/** What `model.safetensors` says of itself besides what numgrad always writes. */
function metadataOf({ gradient, seed, learningRate, batchSize }: Options, outcome: Outcome): Record<string, string> {
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

/** With what the run was made. */
function environment(): Pairs {
  const { version } = createRequire(import.meta.url)("numgrad/package.json") as { version: string };
  const processor = cpus()[0]?.model.trim() || "unknown";
  return [
    ["numgrad", version],
    ["Node.js", `${process.versions.node}, V8 ${process.versions.v8}`],
    ["System", `${platform()} ${release()}, ${arch()}`],
    ["Processor", `${processor}, of which one core was used`],
  ];
}

/**
 * Writes a file beside the one that it is to replace, sends it to the disk, and gives it its name. The
 * example has a writer of its own because numgrad exports none of texts.
 */
async function replaceFile(path: string, text: string): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    const file = await open(temporary, "wx");
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => {});
    throw new FileWriteError(path, { cause });
  }
}

/** Removes a file that may be there. */
async function removeFile(path: string): Promise<void> {
  try {
    await rm(path, { force: true });
  } catch (cause) {
    throw new FileWriteError(path, { cause });
  }
}
