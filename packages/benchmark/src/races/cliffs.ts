import { type Gradients, type Inputs, type Matrix, type Pixels, RandomState, TwoLayerNet } from "numgrad";
import { IncrementalNet } from "../baseline/incremental-net.js";
import { sparseSamples } from "../baseline/training.js";
import { type Contender, type RaceResult, runRace } from "../harness.js";
import { type Batch, drawBatches, toNumbers } from "./cliff-batches.js";
import { BATCH, BOOK, type Group, SAME, SAME_RUN, type Setting } from "./setting.js";
import { coreRun, sameRun } from "./stepping.js";

/** Rows of a batch whose gradients are compared before anything is timed. */
const COMPARED_ROWS = 10;

/** Largest difference of two gradients that are each right to 2e-15 of the largest entry. */
const SAME_QUOTIENT = 4e-15;

/** Images of the training runs. As numbers, all 60,000 would take 376 MB. */
const IMAGES = 10_000;

/** Training steps before the parameters are compared. This happens before anything is timed. */
const COMPARED_STEPS = 3;

/** Training steps in one sample of the clock. */
const STEPS = 10;

/** A numerical gradient beside the common path. */
export interface Cliff {
  /** What the user does. */
  readonly name: string;
  readonly batches: readonly Batch[];
  readonly h?: number;
  readonly weightInitStd?: number;
  readonly classes?: number;
  /** Work by whose time the gradient's is divided. */
  readonly versus: "common path" | "backpropagation";
  /** Largest ratio that the project aims at. */
  readonly goal: number;
  /** Largest difference from the TypeScript baseline, divided by the largest entry; {@link SAME_QUOTIENT} if omitted. */
  readonly bound?: number;
}

export const cliffs: Group = {
  title: "No cliffs",
  about:
    "Time of one numerical gradient of the book's network beside the common path (labels, h = 1e-4, weights of " +
    "standard deviation 0.01, images as bytes), compared with the common path or with backpropagation. _What a user " +
    "does_ is all that differs from the common path. _Fastest_ and _median_ are the times of one numerical gradient " +
    `for a fresh batch of ${BATCH} (in the last row, of one training step). _Compared with_ is the work that takes ` +
    "turns with it: the common path's gradient or step, or backpropagation for the same batches. _Its median_ is the " +
    "time of that work. _Ratio_ is the ratio of the two medians of a round, and of all rounds the median. _Goal_ is " +
    "the largest ratio that the project aims at, and _met_ says whether the ratio is within it. Before they are " +
    `timed, gradients of ${COMPARED_ROWS} rows, and the parameters after ${COMPARED_STEPS} steps, are compared with ` +
    "those of the same algorithm in TypeScript.",
  async run(setting) {
    const batches = drawBatches(setting);
    const results: RaceResult[] = [];
    for (const cliff of listCliffs(batches)) {
      compareCliff(setting, cliff);
      results.push(await raceCliff(setting, cliff, batches.images));
    }
    return [...results, await raceTraining(setting)];
  },
};

/** The rows of the table, but for the training step. */
export function listCliffs(batches: ReturnType<typeof drawBatches>): Cliff[] {
  const { images, noise } = batches;
  return [
    { name: "h = 3e-4", batches: images, h: 3e-4, versus: "common path", goal: 1.3 },
    { name: "h = 1e-3", batches: images, h: 1e-3, versus: "common path", goal: 1.6 },
    { name: "h = 1e-2", batches: images, h: 1e-2, versus: "common path", goal: 2.3 },
    { name: "h = 0.1", batches: images, h: 0.1, versus: "common path", goal: 25 },
    { name: "h = 1", batches: images, h: 1, versus: "common path", goal: 25 },
    { name: "soft targets", batches: batches.soft, versus: "common path", goal: 1.2 },
    { name: "label smoothing", batches: batches.smoothed, versus: "common path", goal: 1.2 },
    { name: "targets of two classes, as in mixup", batches: batches.pairs, versus: "common path", goal: 1.2 },
    {
      name: "the study note's program: noise, soft targets",
      batches: batches.note,
      versus: "backpropagation",
      goal: 3,
    },
    { name: "images with standardised columns", batches: batches.scored, versus: "backpropagation", goal: 3 },
    { name: "standard normal inputs", batches: batches.normal, versus: "backpropagation", goal: 3 },
    { name: "noise in [0, 1), float64", batches: noise, versus: "backpropagation", goal: 2.3 },
    { name: "noise in [0, 1), float32", batches: batches.singles, versus: "backpropagation", goal: 2.3 },
    { name: "weightInitStd 3", batches: images, weightInitStd: 3, versus: "common path", goal: 2.5 },
    // With std 10 the logits are of order 100, and their rounding moves a probability by 1e-14 of itself.
    { name: "weightInitStd 10", batches: images, weightInitStd: 10, versus: "common path", goal: 2.5, bound: 2e-13 },
    { name: "100 classes", batches: batches.hundred, classes: 100, versus: "backpropagation", goal: 1.9 },
    { name: "1,000 classes", batches: batches.thousand, classes: 1000, versus: "backpropagation", goal: 1.9 },
    { name: "images as a Matrix of value / 255", batches: batches.numbers, versus: "common path", goal: 1.2 },
  ];
}

/**
 * Compares numgrad with the TypeScript baseline in the first rows of a cliff's first batch: its numerical gradient and,
 * if that is raced, its backpropagation.
 *
 * @throws {DisagreementError} if they differ by more than the cliff's bound.
 */
export function compareCliff(setting: Setting, cliff: Cliff): void {
  const { name, h = 1e-4, versus, bound = SAME_QUOTIENT } = cliff;
  const { x, t } = firstRows(cliff.batches[0]!);
  const core = new TwoLayerNet(optionsOf(cliff));
  const same = new IncrementalNet(optionsOf(cliff));
  const numbers = inDoublePrecision(x);
  const numerical = flatten(same.numericalGradient(numbers, t, { h }));
  setting.compare(
    `numerical gradient, ${name}, ${SAME}`,
    numerical,
    flatten(core.numericalGradient(x, t, { h })),
    bound,
  );
  if (versus === "backpropagation") {
    const backprop = flatten(same.gradient(numbers, t));
    setting.compare(`backpropagation, ${name}, ${SAME}`, backprop, flatten(core.gradient(x, t)), bound);
  }
  core.dispose();
}

async function raceCliff(setting: Setting, cliff: Cliff, images: readonly Batch[]): Promise<RaceResult> {
  const { name, batches, h = 1e-4, versus, goal } = cliff;
  const net = new TwoLayerNet(optionsOf(cliff));
  const common = new TwoLayerNet(optionsOf({}));
  const copy = false;
  const usual =
    versus === "common path"
      ? inTurn(images, ({ x, t }) => common.numericalGradient(x, t, { copy }))
      : inTurn(batches, ({ x, t }) => net.gradient(x, t, { copy }));
  const own = inTurn(batches, ({ x, t }) => net.numericalGradient(x, t, { h, copy }));
  const contenders = [{ name: versus, run: usual }, withinBounds(setting, { name: "numerical gradient", run: own })];
  const result = await runRace({ name, contenders, goal }, setting.effort);
  net.dispose();
  common.dispose();
  return result;
}

/** Races the steps of two training runs: images given as numbers, and as bytes. */
async function raceTraining(setting: Setting): Promise<RaceResult> {
  const data = setting.train.subset(0, IMAGES);
  const x = toNumbers(data.x());
  const options = { ...BOOK, gradient: "numerical", batchSize: BATCH, recordLoss: false } as const;
  const bytes = coreRun(data, options);
  const numbers = coreRun({ x, t: data.labels }, options);
  const same = sameRun(sparseSamples(data, x), options);
  await numbers.advance(COMPARED_STEPS);
  same.advance(COMPARED_STEPS);
  const what = `parameters after ${COMPARED_STEPS} steps on a Matrix, ${SAME}`;
  setting.compare(what, same.parameters(), numbers.parameters(), SAME_RUN);
  const contenders = [bytes, numbers].map((run, i) => ({
    name: i === 0 ? "common path" : "training step",
    run: () => run.advance(STEPS),
    units: STEPS,
  }));
  const race = { name: "a step of train with images as a Matrix", contenders, goal: 1.2 };
  const result = await runRace(race, setting.effort);
  await bytes.end();
  await numbers.end();
  return result;
}

/**
 * The contender with fewer rounds if it is slow: its rounds take 5 seconds in all (with --quick half a second), or one
 * run. A first run finds that out, and serves as the warm-up if it takes as long.
 */
function withinBounds({ quick, effort }: Setting, contender: Contender): Contender {
  const start = performance.now();
  contender.run();
  const milliseconds = performance.now() - start;
  const rounds = Math.floor((quick ? 500 : 5000) / milliseconds);
  return {
    ...contender,
    rounds: Math.min(effort.rounds, Math.max(1, rounds)),
    cold: milliseconds > effort.warmUp,
  };
}

/** Options of a cliff's network, the same for numgrad and the baseline. */
function optionsOf({ classes = BOOK.outputSize, weightInitStd = 0.01 }: Pick<Cliff, "classes" | "weightInitStd">) {
  return { ...BOOK, outputSize: classes, weightInitStd, random: new RandomState(0) };
}

/** A function that calls `visit` with the next batch each time. */
function inTurn(batches: readonly Batch[], visit: (batch: Batch) => unknown): () => unknown {
  let next = 0;
  return () => visit(batches[next++ % batches.length]!);
}

function firstRows({ x, t }: Batch): Batch {
  const cols = x.shape[1];
  const rows = { ...x, shape: [COMPARED_ROWS, cols] as const, data: x.data.subarray(0, COMPARED_ROWS * cols) };
  if (!("shape" in t)) return { x: rows as Inputs, t: Array.from(t).slice(0, COMPARED_ROWS) };
  const classes = t.shape[1];
  return {
    x: rows as Inputs,
    t: { shape: [COMPARED_ROWS, classes], data: t.data.subarray(0, COMPARED_ROWS * classes) },
  };
}

/** The inputs as the baseline takes them: float32 numbers become float64 numbers, which are the same. */
function inDoublePrecision(x: Inputs): Matrix | Pixels {
  return "kind" in x ? x : { shape: x.shape, data: Float64Array.from(x.data) };
}

function flatten({ w1, b1, w2, b2 }: Gradients): number[] {
  return [...w1, ...b1, ...w2, ...b2];
}
