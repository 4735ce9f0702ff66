import { movingAverage } from "numgrad";
import type { Picture, Shape } from "./chart.js";
import type { Accuracies } from "./protocol.js";
import type { LossSeries } from "./series.js";

/** The data of a network's curves. */
export interface Record {
  readonly method: string;
  readonly steps: number;
  readonly series: LossSeries;
  /** Accuracies on the samples. */
  readonly samples: readonly Accuracies[];
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

/** The accuracies on the samples of training and test images. */
export function drawAccuracies(records: readonly Record[]): Picture {
  const shapes = records.flatMap(({ method, samples }): Shape[] => [
    { name: `line train ${method}`, points: samples.map(({ steps, train }) => [steps, train]) },
    { name: `line ${method}`, points: samples.map(({ steps, test }) => [steps, test]) },
  ]);
  return { xMax: endOf(records), yMax: 1, shapes };
}

/** The mean loss of the last buckets, as many as a point of the smoothed line has. */
export function lastLoss({ buckets }: LossSeries): number | undefined {
  const last = buckets.slice(-SMOOTHING);
  if (last.length === 0) return undefined;
  return last.reduce((sum, bucket) => sum + bucket.sum, 0) / last.reduce((count, bucket) => count + bucket.count, 0);
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
  const whole = movingAverage(means, SMOOTHING);
  // The window is cut off at the end, where the mean would be that of few losses and would jump.
  return means.length > 2 * SMOOTHING ? whole.subarray(0, means.length - Math.floor(SMOOTHING / 2)) : whole;
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
