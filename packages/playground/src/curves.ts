import { type Evaluation, movingAverage } from "numgrad";
import type { Picture, Shape } from "./chart.js";
import type { LossSeries } from "./series.js";

/** The data of a network's curves. */
export interface Record {
  readonly method: string;
  readonly steps: number;
  readonly series: LossSeries;
  readonly evaluations: readonly Evaluation[];
}

/** Number of buckets in a moving average. */
const SMOOTHING = 9;

/** Smallest end of the axis of losses: a network that guesses has a loss of ln 10 = 2.3. */
const LEAST_LOSS = 2.5;

/** The losses: smoothed lines, and behind them bands from the lowest to the highest loss of each bucket. */
export function drawLosses(records: readonly Record[]): Picture {
  const bands = records.map(({ method, series }) => bandOf(`band ${method}`, series));
  const lines = records.map(({ method, series }) => lineOf(`line ${method}`, series));
  const highest = Math.max(0, ...lines.flatMap(({ points }) => points.map(([, y]) => y)));
  return {
    xMax: endOf(records),
    yMax: highest > LEAST_LOSS ? roundUp(highest) : LEAST_LOSS,
    shapes: [...bands, ...lines],
  };
}

/** The accuracies on the training and the test images. */
export function drawAccuracies(records: readonly Record[]): Picture {
  const shapes = records.flatMap(({ method, evaluations }): Shape[] => [
    { name: `line train ${method}`, points: evaluations.map(({ step, trainAccuracy }) => [step + 1, trainAccuracy]) },
    { name: `line ${method}`, points: evaluations.map(({ step, testAccuracy }) => [step + 1, testAccuracy ?? 0]) },
  ]);
  return { xMax: endOf(records), yMax: 1, shapes };
}

/** The mean loss of the last steps, which is the end of the smoothed line. */
export function lastLoss(series: LossSeries): number | undefined {
  return smoothed(series).at(-1);
}

/** The smallest of 1, 2, 5, 10, 20, 50, … that is not less than `value`; 1 for smaller values. */
export function roundUp(value: number): number {
  if (!(value > 1)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return power * ([1, 2, 5].find((factor) => value <= factor * power) ?? 10);
}

function endOf(records: readonly Record[]): number {
  return roundUp(Math.max(100, ...records.map(({ steps }) => steps)));
}

function smoothed({ buckets }: LossSeries): Float64Array {
  const means = buckets.map(({ sum, count }) => sum / count);
  return movingAverage(means, SMOOTHING);
}

function lineOf(name: string, series: LossSeries): Shape {
  const middle = middleOf(series);
  return { name, points: Array.from(smoothed(series), (mean, i) => [middle(i), mean]) };
}

function bandOf(name: string, series: LossSeries): Shape {
  const middle = middleOf(series);
  return {
    name,
    points: series.buckets.map(({ high }, i) => [middle(i), high]),
    lower: series.buckets.map(({ low }, i) => [middle(i), low]),
  };
}

/** The step in the middle of a bucket. */
function middleOf({ buckets, width }: LossSeries): (i: number) => number {
  return (i) => i * width + ((buckets[i]?.count ?? 1) - 1) / 2;
}
