// One harness for all races: rounds that go round the contenders, on tinybench.
//
// tinybench (6.2.3: 23 KB without dependencies, kept up by the week) runs a function for a time, keeps every sample,
// and believes a function that loops by itself and says what it measured. mitata (1.0.34) is larger and has seen no
// commit since February 2025. Neither goes round: a contender is run to its end before the next begins, so that a
// neighbour's load on the machine falls upon one of them. Hence many short runs here.
import { Bench } from "tinybench";

/** Something to be timed. */
export interface Contender {
  readonly name: string;
  /** Does the work once. With `ownClock` it returns the milliseconds that it took by itself. */
  readonly run: () => unknown;
  /** Units of work in a run, by which its time is divided; a part of one where the whole is extrapolated. Default 1. */
  readonly units?: number;
  readonly ownClock?: boolean;
  /** The contender of the same race whose time this one's is divided by; the first one if omitted, none for that. */
  readonly versus?: string;
  /** Not warmed up: so long that it warms itself, or meant to be cold. */
  readonly cold?: boolean;
  /** Rounds in which it takes part; all if omitted. */
  readonly rounds?: number;
  /** What a reader must know of it. */
  readonly note?: string;
}

/** Contenders that do the same work. */
export interface Race {
  readonly name: string;
  /** Sizes, where the same race is run at several. */
  readonly at?: Readonly<Record<string, number>>;
  readonly contenders: readonly Contender[];
}

/** How long a race goes on. */
export interface Effort {
  readonly rounds: number;
  /** Milliseconds of each contender in a round; at least one run. */
  readonly time: number;
  /** Milliseconds of each contender before the first round; at least one run. */
  readonly warmUp: number;
}

/** Times of a contender. */
interface Timing {
  readonly name: string;
  /** Fastest sample, in milliseconds for a unit of work. */
  readonly minimum: number;
  /** Median of the rounds' medians. */
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

/** What a race has shown. */
export interface RaceResult {
  readonly name: string;
  readonly at?: Readonly<Record<string, number>>;
  readonly timings: readonly Timing[];
}

/** Short runs are repeated until a sample takes about so many milliseconds: a clock reading costs 50 ns. */
const SAMPLE = 0.5;

/** What the runs return goes here, so that no engine finds out that nobody needs it. */
let sink: unknown;

/** Runs a race: warm-up, then rounds in which every contender has its turn. */
export async function runRace({ name, at, contenders }: Race, effort: Effort): Promise<RaceResult> {
  const entries: Entry[] = [];
  for (const contender of contenders) entries.push(await prepare(contender, effort.warmUp));
  for (let round = 0; round < effort.rounds; round++) {
    for (const entry of entries) {
      if (round < (entry.contender.rounds ?? effort.rounds)) entry.rounds.push(await sample(entry, effort.time));
    }
  }
  const timings = entries.map((entry, i) => summarise(entry, i > 0 ? rival(entry, entries) : undefined));
  return { name, ...(at ? { at } : {}), timings };
}

/** Median of some numbers; of an even number of them the mean of the middle two. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return (sorted[Math.ceil(middle) - 1]! + sorted[Math.floor(middle)]!) / 2;
}

interface Entry {
  readonly contender: Contender;
  /** Whether a run gives a promise. */
  readonly isAsync: boolean;
  /** Runs in a sample. */
  readonly repeats: number;
  /** Samples of each round. */
  readonly rounds: number[][];
}

/** Warms a contender up, and finds out how it is to be timed. */
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

/** The samples of one round: milliseconds for a unit of work. */
async function sample({ contender, isAsync, repeats }: Entry, time: number): Promise<number[]> {
  const { name, run, units = 1, ownClock = false } = contender;
  const bench = new Bench({ time, iterations: 1, warmup: false, retainSamples: true, throws: true });
  const measured = (cost: number, returned: unknown) => ({
    overriddenDuration: (ownClock ? (returned as number) : cost) / (repeats * units),
    overriddenIterationCost: cost,
  });
  // A promise would cost the fast ones more than their work.
  const once = isAsync
    ? async () => {
        const start = bench.now();
        for (let i = 0; i < repeats; i++) sink = await run();
        return measured(bench.now() - start, sink);
      }
    : () => {
        const start = bench.now();
        for (let i = 0; i < repeats; i++) sink = run();
        return measured(bench.now() - start, sink);
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
