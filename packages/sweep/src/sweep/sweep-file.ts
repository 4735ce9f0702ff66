import { readFile } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import schema from "../../sweep.schema.json";
import { messageOf, UsageError } from "../errors.js";
import { compile, describeErrors } from "./validation.js";

/** Values from `min` to `max`. */
export interface Range {
  readonly min: number;
  readonly max: number;
  readonly scale?: "linear" | "log";
  /** Number of values that a grid takes. */
  readonly points?: number;
}

/** One value, a list of values, or a range of numbers. */
type Choice<T> = T | readonly T[] | (T extends number ? Range : never);

/** The options of a sweep by their names: what each trial takes one value of. */
export interface Choices {
  readonly learningRate?: Choice<number>;
  readonly hidden?: Choice<number>;
  readonly batchSize?: Choice<number>;
  readonly weightInitStd?: Choice<number>;
  readonly h?: Choice<number>;
  readonly gradient?: Choice<"numerical" | "backprop">;
  readonly sampling?: Choice<"replacement" | "shuffle">;
}

/** Where the images come from. */
export interface DataSource {
  readonly source: "mnist" | "fashion-mnist" | "idx" | "npz";
  readonly path?: string;
  readonly trainSize?: number;
  readonly testSize?: number;
}

/** Successive halving. */
export interface Halving {
  readonly minEpochs: number;
  readonly eta: number;
}

/** How long each trial is trained. */
type Budget = { readonly epochs: number } | { readonly steps: number };

/** A sweep file that was checked, with its defaults filled in. */
export interface Sweep {
  readonly name: string;
  readonly data: DataSource;
  readonly options: Choices;
  readonly seeds: readonly number[];
  readonly search: "grid" | "random" | "halton" | "sobol";
  /** Number of trials; undefined for a grid, which has all of its settings. */
  readonly trials: number | undefined;
  readonly seed: number;
  readonly budget: Budget;
  readonly halving: Halving | undefined;
}

/** The contents of a file that fits the schema. */
interface Contents extends Partial<Omit<Sweep, "budget" | "halving">> {
  readonly data: DataSource;
  readonly options: Choices;
  readonly epochs?: number;
  readonly steps?: number;
  readonly halving?: Pick<Halving, "minEpochs"> & Partial<Halving>;
}

const isContents = compile<Contents>(schema);

/** Bytes of the largest file that is read. */
const LARGEST = 2 ** 24;

/**
 * Reads a sweep file. Paths in it become absolute.
 *
 * @throws {UsageError} if it cannot be read or is wrong; the message names the file and the path in it.
 */
export async function readSweepFile(path: string): Promise<Sweep> {
  const bytes = await readFile(path).catch((error: unknown) => {
    throw new UsageError(`${path}: cannot be read: ${messageOf(error)}`);
  });
  if (bytes.length > LARGEST) throw new UsageError(`${path}: expected a file of at most ${LARGEST} bytes`);
  try {
    const sweep = parseSweep(parseJson(bytes.toString("utf8")), basename(path).replace(/\.json$/, ""));
    const { data } = sweep;
    return data.path === undefined ? sweep : { ...sweep, data: { ...data, path: resolve(dirname(path), data.path) } };
  } catch (error) {
    throw error instanceof UsageError ? new UsageError(`${path}: ${error.message}`) : error;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UsageError(`no JSON: ${messageOf(error)}`);
  }
}

/**
 * Checks the contents of a sweep file and fills in the defaults.
 *
 * @throws {UsageError} that names the path of what is wrong.
 */
export function parseSweep(contents: unknown, name: string): Sweep {
  if (!isContents(contents)) throw new UsageError(describeErrors(isContents.errors));
  const { data, options, search = "grid", seeds = [0], trials, seed = 0, halving } = contents;
  checkData(data);
  for (const [option, choice] of Object.entries(options)) checkRange(`options.${option}`, choice, search);
  checkTrials(search, trials, seeds.length);
  const budget = readBudget(contents);
  return {
    name: contents.name ?? name,
    data,
    options,
    seeds,
    search,
    trials,
    seed,
    budget,
    halving: halving && { eta: 3, ...halving },
  };
}

function checkData({ source, path }: DataSource): void {
  const needsPath = source === "idx" || source === "npz";
  if (needsPath && path === undefined) throw new UsageError(`data.path: missing, the source ${source} needs it`);
  if (!needsPath && path !== undefined) throw new UsageError(`data.path: goes with the sources idx and npz`);
}

function checkRange(path: string, choice: unknown, search: Sweep["search"]): void {
  if (typeof choice !== "object" || choice === null || Array.isArray(choice)) return;
  const { min, max, points } = choice as Range;
  if (min >= max) throw new UsageError(`${path}.max: expected a number of more than min (${min}), got ${max}`);
  if (search === "grid" && points === undefined) {
    throw new UsageError(`${path}.points: missing, a grid needs the number of values of a range`);
  }
  if (search !== "grid" && points !== undefined) throw new UsageError(`${path}.points: goes with the search "grid"`);
}

function checkTrials(search: Sweep["search"], trials: number | undefined, seeds: number): void {
  if (search === "grid" && trials !== undefined) {
    throw new UsageError("trials: a grid has all of its settings; it goes with the other searches");
  }
  if (search === "grid") return;
  if (trials === undefined) throw new UsageError(`trials: missing, the search "${search}" needs it`);
  if (trials % seeds !== 0) {
    throw new UsageError(`trials: expected a multiple of ${seeds}, the number of seeds, got ${trials}`);
  }
}

function readBudget({ epochs, steps, halving }: Contents): Budget {
  if (epochs !== undefined && steps !== undefined) throw new UsageError("steps: epochs is given, give one of them");
  if (halving && epochs === undefined) throw new UsageError("epochs: missing, halving needs it");
  if (halving && epochs !== undefined && halving.minEpochs >= epochs) {
    throw new UsageError(`halving.minEpochs: expected less than epochs (${epochs}), got ${halving.minEpochs}`);
  }
  if (epochs !== undefined) return { epochs };
  if (steps !== undefined) return { steps };
  throw new UsageError("epochs: missing, give epochs or steps");
}
