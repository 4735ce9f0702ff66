import { createHash } from "node:crypto";
import { UsageError } from "../errors.js";
import { haltonPoints, type PointSource, randomPoints, sobolPoints } from "./points.js";
import type { Choices, Range, Sweep } from "./sweep-file.js";

/** The options of one trial, none left open. Trials by backpropagation have no h. */
export interface TrialOptions {
  readonly learningRate: number;
  readonly hidden: number;
  readonly batchSize: number;
  readonly weightInitStd: number;
  readonly h?: number;
  readonly gradient: "numerical" | "backprop";
  readonly sampling: "replacement" | "shuffle";
  readonly seed: number;
}

/** A trial of a sweep: its number, in the order of the sweep, and its options. */
export interface Trial {
  readonly number: number;
  readonly options: TrialOptions;
}

/** What a trial takes if the sweep file does not say. */
const DEFAULTS = {
  learningRate: 0.1,
  hidden: 50,
  batchSize: 100,
  weightInitStd: 0.01,
  gradient: "numerical",
  h: 1e-4,
  sampling: "replacement",
} as const;

/** Names of the options in the order of the points' coordinates. */
const OPTION_NAMES = Object.keys(DEFAULTS) as (keyof Choices)[];

const INTEGERS: readonly string[] = ["hidden", "batchSize"];

/** The options of a trial without its seed. */
type Setting = Omit<TrialOptions, "seed">;

/** Most trials of a sweep. */
const MOST_TRIALS = 1_000_000;

/** Points in a row that give no new setting, after which a search takes its space for exhausted. */
const PATIENCE = 1000;

/**
 * The trials of a sweep. The same sweep gives the same trials; two of them never have the same options.
 *
 * @throws {UsageError} if the options have fewer settings than the sweep asks for, or more than a million.
 */
export function trialsOf(sweep: Sweep): Trial[] {
  const settings = sweep.search === "grid" ? gridOf(sweep) : drawn(sweep);
  const options = settings.flatMap((setting) => sweep.seeds.map((seed) => ({ ...setting, seed })));
  return options.map((options, number) => ({ number, options }));
}

/** The options that have more than one value, with their choices. */
export function variedOptions({ options }: Sweep): [name: keyof Choices, choice: Range | readonly unknown[]][] {
  return OPTION_NAMES.flatMap((name) => {
    const choice = options[name];
    return typeof choice === "object" ? [[name, choice] as [keyof Choices, Range | readonly unknown[]]] : [];
  });
}

function gridOf({ options, seeds }: Sweep): Setting[] {
  const axes = OPTION_NAMES.map((name) => valuesOf(name, options[name] ?? DEFAULTS[name]));
  const count = axes.reduce((product, { length }) => product * length, seeds.length);
  if (count > MOST_TRIALS)
    throw new UsageError(`options: the grid has ${count} trials, expected at most ${MOST_TRIALS}`);
  let rows: unknown[][] = [[]];
  for (const axis of axes) rows = rows.flatMap((row) => axis.map((value) => [...row, value]));
  return distinct(rows.map(settingOf));
}

/** The values of an option in a grid. */
function valuesOf(name: string, choice: unknown): unknown[] {
  if (Array.isArray(choice)) return choice;
  if (typeof choice !== "object" || choice === null) return [choice];
  const { points = 2, ...range } = choice as Range;
  return [...new Set(Array.from({ length: points }, (_, i) => valueAt(name, range, i / (points - 1))))];
}

const SOURCES = { random: randomPoints, halton: haltonPoints, sobol: sobolPoints };

function drawn({ search, seed, seeds, trials = 0, options }: Sweep): Setting[] {
  // Only options with several values take a coordinate, so that a fixed value can be changed without new points.
  const varied = OPTION_NAMES.filter((name) => typeof options[name] === "object");
  const next: PointSource = SOURCES[search as keyof typeof SOURCES](varied.length, seed);
  const wanted = trials / seeds.length;
  const settings = new Map<string, Setting>();
  for (let misses = 0; settings.size < wanted; ) {
    const point = next();
    const setting = settingOf(
      OPTION_NAMES.map((name) => {
        const choice = options[name] ?? DEFAULTS[name];
        return typeof choice === "object" ? valueAt(name, choice, point[varied.indexOf(name)]!) : choice;
      }),
    );
    const key = JSON.stringify(setting);
    misses = settings.has(key) ? misses + 1 : 0;
    settings.set(key, setting);
    if (misses === PATIENCE) {
      const most = settings.size * seeds.length;
      throw new UsageError(`trials: expected at most ${most}, as the options have no more settings, got ${trials}`);
    }
  }
  return [...settings.values()];
}

/** The value of a choice at a coordinate from 0 to 1. */
function valueAt(name: string, choice: Range | readonly unknown[], u: number): unknown {
  if (!("min" in choice)) return choice[Math.min(Math.floor(u * choice.length), choice.length - 1)];
  const { min, max, scale = "linear" } = choice;
  const value = scale === "log" ? min * (max / min) ** u : min + (max - min) * u;
  if (INTEGERS.includes(name)) return Math.min(max, Math.max(min, Math.round(value)));
  // Engines round powers differently. Six digits are the same everywhere, and easy to read.
  return Math.min(max, Math.max(min, Number(value.toPrecision(6))));
}

function settingOf(values: readonly unknown[]): Setting {
  const setting = Object.fromEntries(OPTION_NAMES.map((name, i) => [name, values[i]])) as unknown as Setting;
  if (setting.gradient === "numerical") return setting;
  const { h: _, ...withoutStep } = setting;
  return withoutStep;
}

function distinct(settings: readonly Setting[]): Setting[] {
  return [...new Map(settings.map((setting) => [JSON.stringify(setting), setting])).values()];
}

/** How far a trial is trained: the budget of the sweep, or the epochs of a rung. */
export type Length = { readonly epochs: number } | { readonly steps: number };

/**
 * The identity of a result: SHA-256 of the options, the length, the hash of the data, and numgrad's version, because
 * another version may round differently. Two sweeps share the results of the trials that they have in common.
 */
export function identityOf(options: TrialOptions, length: Length, dataHash: string, version: string): string {
  const sorted = Object.entries({ ...options, ...length }).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash("sha256")
    .update(JSON.stringify([sorted, dataHash, version]))
    .digest("hex")
    .slice(0, 40);
}
