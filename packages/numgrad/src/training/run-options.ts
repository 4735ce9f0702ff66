import { checkChoice, checkDifferenceStep, checkInteger, checkOptions, DEFAULT_H } from "../arguments.js";

// To add an option that changes the steps of a run: its field and doc comment in `RunOptions`, its check in `CHECKS`,
// and its default in `DEFAULTS`. `train`, checkpoints and their files then have it.

/**
 * The options of a training run that decide its result. A run and the checkpoint it is resumed from must share them.
 */
export interface RunOptions {
  /** How the gradient is computed: by central differences or by backpropagation. Default `"numerical"`. */
  readonly gradient: "numerical" | "backprop";
  /** Updates of the whole run. Default 10,000, unless `epochs` is given. */
  readonly steps: number;
  /** Samples of a step, from 1 to 2²⁰. Default 100. */
  readonly batchSize: number;
  /**
   * How batches are drawn.
   *
   * - `"replacement"` (the default, as in the book): each batch is drawn from all samples.
   * - `"shuffle"`: the samples are permuted once an epoch and taken in turn. The last batch of an epoch holds the rest.
   */
  readonly sampling: "replacement" | "shuffle";
  /**
   * When the loss of a step's batch is recorded: after the update (the default, as in the book), before it, or never.
   */
  readonly recordLoss: "after" | "before" | false;
  /** Steps from one evaluation to the next; step 0 is evaluated too. Default max(⌊size / batchSize⌋, 1), an epoch. */
  readonly evaluateEvery: number | false;
  /** Difference step h of the numerical gradient, in units of a parameter. Default 1e-4. */
  readonly h: number;
}

/** More samples in one step could not be copied out of the training data in one piece. */
const LARGEST_BATCH = 2 ** 20;

/** The check of each option. A checkpoint file holds the options in this order. */
const CHECKS = {
  gradient: (argument, value) => checkChoice(argument, value, ["numerical", "backprop"]),
  steps: (argument, value) => checkInteger(argument, value, 0),
  batchSize: (argument, value) => checkInteger(argument, value, 1, LARGEST_BATCH),
  sampling: (argument, value) => checkChoice(argument, value, ["replacement", "shuffle"]),
  recordLoss: (argument, value) => checkChoice(argument, value, ["after", "before", false]),
  evaluateEvery: (argument, value) => value === false || checkInteger(argument, value, 1, undefined, " or false"),
  h: checkDifferenceStep,
} satisfies Record<keyof RunOptions, (argument: string, value: unknown) => unknown>;

/**
 * What `train` takes for an option that is left out. Two defaults are computed in options.ts: they depend on the data.
 */
export const DEFAULTS = {
  gradient: "numerical",
  batchSize: 100,
  sampling: "replacement",
  recordLoss: "after",
  h: DEFAULT_H,
} as const satisfies Omit<RunOptions, "steps" | "evaluateEvery">;

/** The names of the options. (Bundlers could not drop this call without the mark.) */
export const RUN_OPTION_NAMES = /* @__PURE__ */ Object.keys(CHECKS) as (keyof RunOptions)[];

/** Options of which each may be left out, or be undefined. */
export type Optional<T> = { -readonly [Name in keyof T]?: T[Name] | undefined };

/**
 * The options of a run alone, from an object that may hold more. `defaults` takes the place of those that are
 * undefined.
 */
export function pickRunOptions(options: Optional<RunOptions>, defaults: Partial<RunOptions> = {}): RunOptions {
  const pick = (name: keyof RunOptions) => {
    const given = options[name];
    return given === undefined ? defaults[name] : given;
  };
  return Object.fromEntries(RUN_OPTION_NAMES.map((name) => [name, pick(name)])) as unknown as RunOptions;
}

/**
 * Checks the options of a run, of which none may be missing.
 *
 * @throws {ArgumentError} naming the option that is missing, unknown or wrong.
 */
export function checkRunOptions(argument: string, options: RunOptions): void {
  checkOptions(options, RUN_OPTION_NAMES, argument);
  for (const name of RUN_OPTION_NAMES) checkRunOption(argument, name, options[name]);
}

/** Checks one option of a run. */
export function checkRunOption(argument: string, name: keyof RunOptions, value: unknown): void {
  CHECKS[name](`${argument}.${name}`, value);
}
