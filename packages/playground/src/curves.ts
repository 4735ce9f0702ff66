import { type Evaluation, movingAverage } from "numgrad";
import { roundUp } from "./axis.js";
import type { Picture, Shape } from "./chart.js";
import type { LossSeries } from "./series.js";

/** What curves are drawn of: a network's record. */
export interface Record {
  readonly method: string;
  readonly steps: number;
  readonly series: LossSeries;
  readonly evaluations: readonly Evaluation[];
}

/** Buckets around each one that its mean is taken with. */
const SMOOTHING = 9;

/** Room for the loss of a network that knows nothing: ln 10 is 2.3. */
const LEAST_LOSS = 2.5;

/** The losses: smoothed lines, and behind them from the lowest to the highest of each few steps. */
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
    { name: `line train ${method}`, points: evaluations.map((one) => [one.step + 1, one.trainAccuracy]) },
    { name: `line ${method}`, points: evaluations.map((one) => [one.step + 1, one.testAccuracy ?? 0]) },
  ]);
  return { xMax: endOf(records), yMax: 1, shapes };
}

/** The mean loss of the last steps, as the line ends. */
export function lastLoss(series: LossSeries): number | undefined {
  return smoothed(series).at(-1);
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
