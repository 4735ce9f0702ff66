// One harness for all races. Each round runs every contender once, by tinybench.
//
// tinybench (6.2.3: 23 KB without dependencies, maintained every week) runs a function for some time, keeps every
// sample, and accepts the time that a function has measured itself. mitata (1.0.34) is larger and has had no commit
// since February
// 2025. Neither takes turns: each runs one contender to its end before the next begins, so that other load on the
// machine falls on one contender alone. So the races here consist of many short runs.
import { Bench } from "tinybench";

/** A piece of code that is timed. */
export interface Contender {
  readonly name: string;
  /** Does the work once. With `ownClock` it returns the milliseconds that it has measured. */
  readonly run: () => unknown;
  /** Units of work in a run, by which its time is divided; 1 if omitted. Less than 1 extrapolates to the whole unit. */
  readonly units?: number;
  /** Whether `run` measures its time itself. */
  readonly ownClock?: boolean;
  /**
   * Contender of the same race by whose time this one's is divided; the first one if omitted. The first has no ratio.
   */
  readonly versus?: string;
  /**
   * Whether the contender is not warmed up, because it takes so long that it warms itself, or because it is to be cold.
   */
  readonly cold?: boolean;
  /** Number of rounds in which the contender takes part; all if omitted. */
  readonly rounds?: number;
  /** A remark for the reader of the table. */
  readonly note?: string;
}

/** Contenders that do the same work. */
export interface Race {
  readonly name: string;
  /** Sizes, if the same race is run at several. */
  readonly at?: Readonly<Record<string, number>>;
  readonly contenders: readonly Contender[];
  /** Largest ratio of the last contender that the project aims at, if there is such a goal. */
  readonly goal?: number;
}

/** How long a race takes. */
export interface Effort {
  readonly rounds: number;
  /** Milliseconds of each contender in a round. There is always at least one run. */
  readonly time: number;
  /** Milliseconds of each contender before the first round. There is always at least one run. */
  readonly warmUp: number;
}

/** Times of a contender. */
interface Timing {
  readonly name: string;
  /** Fastest sample, in milliseconds per unit of work. */
  readonly minimum: number;
  /** Median of the rounds' medians, in milliseconds per unit of work. */
  readonly median: number;
  readonly samples: number;
  readonly ratio?: Ratio;
  readonly note?: string;
}

/** This contender's time divided by another's, within one race. */
export interface Ratio {
  readonly to: string;
  /** Median of the rounds' ratios of medians. */
  readonly median: number;
  /** Ratio of the minima. */
  readonly minimum: number;
}

/** Results of a race. */
export interface RaceResult {
  readonly name: string;
  readonly at?: Readonly<Record<string, number>>;
  readonly timings: readonly Timing[];
  readonly goal?: number;
}

/** Short runs are repeated until a sample takes about this many milliseconds, because reading the clock costs 50 ns. */
const SAMPLE = 0.5;

/** Results of the runs are stored here, so that no engine can leave the work out. */
let sink: unknown;

/** Runs a race: a warm-up, then rounds in which each contender has its turn. */
export async function runRace({ name, at, contenders, goal }: Race, effort: Effort): Promise<RaceResult> {
  const entries: Entry[] = [];
  for (const contender of contenders) entries.push(await prepare(contender, effort.warmUp));
  for (let round = 0; round < effort.rounds; round++) {
    for (const entry of entries) {
      if (round < (entry.contender.rounds ?? effort.rounds)) entry.rounds.push(await sample(entry, effort.time));
    }
  }
  const timings = entries.map((entry, i) => summarise(entry, i > 0 ? rival(entry, entries) : undefined));
  return { name, ...(at ? { at } : {}), timings, ...(goal === undefined ? {} : { goal }) };
}

/** Median of some numbers: the middle one, or the mean of the middle two. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return (sorted[Math.ceil(middle) - 1]! + sorted[Math.floor(middle)]!) / 2;
}

interface Entry {
  readonly contender: Contender;
  /** Whether a run returns a promise. */
  readonly isAsync: boolean;
  /** Number of runs in a sample. */
  readonly repeats: number;
  /** Samples of each round. */
  readonly rounds: number[][];
}

/** Warms a contender up, and finds out how to time it. */
async function prepare(contender: Contender, warmUp: number): Promise<Entry> {
  const entry: Entry = { contender, isAsync: false, repeats: 1, rounds: [] };
  if (contender.cold) return { ...entry, isAsync: true };
  let isAsync = false;
  let fastest = Number.POSITIVE_INFINITY;
  const end = performance.now() + warmUp;
  do {
    const start = performance.now();
    const returned = contender.run();
    isAsync = returned instanceof Promise;
    sink = isAsync ? await returned : returned;
    fastest = Math.min(fastest, performance.now() - start);
  } while (performance.now() < end);
  const repeats = contender.ownClock ? 1 : Math.max(1, Math.ceil(SAMPLE / fastest));
  return { ...entry, isAsync, repeats };
}

/** The samples of one round, in milliseconds per unit of work. */
async function sample({ contender, isAsync, repeats }: Entry, time: number): Promise<number[]> {
  const { name, run, units = 1, ownClock = false } = contender;
  const bench = new Bench({ time, iterations: 1, warmup: false, retainSamples: true, throws: true });
  const toSample = (cost: number, returned: unknown) => ({
    overriddenDuration: (ownClock ? (returned as number) : cost) / (repeats * units),
    overriddenIterationCost: cost,
  });
  // Synchronous runs are not awaited: a promise would cost a fast run more than its work.
  const once = isAsync
    ? async () => {
        const start = bench.now();
        for (let i = 0; i < repeats; i++) sink = await run();
        return toSample(bench.now() - start, sink);
      }
    : () => {
        const start = bench.now();
        for (let i = 0; i < repeats; i++) sink = run();
        return toSample(bench.now() - start, sink);
      };
  bench.add(name, once, { async: isAsync });
  const [task] = await bench.run();
  const result = task!.result;
  if (result.state !== "completed" || !result.latency.samples) throw new Error(`${name}: ${result.state}`);
  return [...result.latency.samples];
}

function rival({ contender }: Entry, entries: readonly Entry[]): Entry {
  const name = contender.versus ?? entries[0]!.contender.name;
  const found = entries.find((entry) => entry.contender.name === name);
  if (!found) throw new Error(`${contender.name}: there is no contender ${name} to compare it with`);
  return found;
}

function summarise({ contender, rounds }: Entry, versus: Entry | undefined): Timing {
  const { name, note } = contender;
  const all = rounds.flat();
  const minimum = Math.min(...all);
  const timing: Timing = {
    name,
    minimum,
    median: median(rounds.map(median)),
    samples: all.length,
    ...(note === undefined ? {} : { note }),
  };
  if (!versus) return timing;
  const common = Math.min(rounds.length, versus.rounds.length);
  const perRound = rounds.slice(0, common).map((samples, i) => median(samples) / median(versus.rounds[i]!));
  const least = minimum / Math.min(...versus.rounds.flat());
  return { ...timing, ratio: { to: versus.contender.name, median: median(perRound), minimum: least } };
}
