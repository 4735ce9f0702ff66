import { movingAverage } from "numgrad";
import type { Picture, Point, Shape } from "./chart.js";
import type { Accuracies } from "./protocol.js";
import type { LossSeries } from "./series.js";

/** What a network in training has for its curves. */
export interface LiveCurves {
  readonly steps: number;
  readonly series: LossSeries;
  /** Accuracies on the samples. */
  readonly samples: readonly Accuracies[];
}

/** The data of a network's curves. */
export interface Record extends LiveCurves {
  readonly method: string;
}

/** The curves of a run as they are drawn. */
export interface Curves {
  readonly steps: number;
  /** Smoothed. */
  readonly losses: readonly Point[];
  readonly samples: readonly Accuracies[];
}

/** Curves that were pinned. */
export interface Pinned {
  /** From 0 to 3: the number of its dash and its colour. */
  readonly slot: number;
  readonly curves: Curves;
  /** A short name that stands at the line. */
  readonly label: string;
}

/** Number of buckets in a moving average. */
const SMOOTHING = 9;

/** Smallest end of the axis of losses: a network that guesses has a loss of ln 10 = 2.3. */
const LEAST_LOSS = 2.5;

/** The curves of now, which do not grow with the run. */
export function curvesOf({ steps, series, samples }: LiveCurves): Curves {
  return { steps, losses: lineOf(series), samples: [...samples] };
}

/**
 * The losses: smoothed lines, and behind them bands from the lowest to the highest loss of each bucket. Pinned lines have
 * no bands.
 */
export function drawLosses(records: readonly Record[], pins: readonly Pinned[] = []): Picture {
  const bands = records.map(({ method, series }) => bandOf(`band ${method}`, series));
  const pinned = pins.map(({ slot, curves, label }) => ({ name: pinOf(slot), points: curves.losses, label }));
  const lines = records.map(({ method, series }) => ({ name: `line ${method}`, points: lineOf(series) }));
  const highest = Math.max(0, ...[...pinned, ...lines].flatMap(({ points }) => points.map(([, y]) => y)));
  return {
    xMax: endOf(records, pins),
    yMax: highest > LEAST_LOSS ? roundUp(highest) : LEAST_LOSS,
    shapes: [...bands, ...pinned, ...lines],
  };
}

/** The accuracies on the samples of training and test images. */
export function drawAccuracies(records: readonly Record[], pins: readonly Pinned[] = []): Picture {
  const pinned = pins.flatMap(({ slot, curves, label }) => accuraciesOf(pinOf(slot), curves.samples, label));
  const lines = records.flatMap(({ method, samples }) => accuraciesOf(`line ${method}`, samples));
  return { xMax: endOf(records, pins), yMax: 1, shapes: [...pinned, ...lines] };
}

/** The end of the smoothed line: the mean loss of the last steps. */
export function lastLoss(series: LossSeries): number | undefined {
  return smoothed(series).at(-1);
}

/** The smallest of 1, 2, 5, 10, 20, 50, … that is not less than `value`; 1 for smaller values. */
export function roundUp(value: number): number {
  if (!(value > 1)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return power * ([1, 2, 5].find((factor) => value <= factor * power) ?? 10);
}

function endOf(records: readonly Record[], pins: readonly Pinned[]): number {
  return roundUp(Math.max(100, ...records.map(({ steps }) => steps), ...pins.map(({ curves }) => curves.steps)));
}

/** Classes of a pinned line. */
export function pinOf(slot: number): string {
  return `line pin p${slot}`;
}

/** The lines of the training and the test images. The name of a pinned run stands at that of the test images. */
function accuraciesOf(name: string, samples: readonly Accuracies[], label?: string): Shape[] {
  return [
    { name: `${name} train`, points: samples.map(({ steps, train }) => [steps, train]) },
    { name, points: samples.map(({ steps, test }) => [steps, test]), label },
  ];
}

function smoothed({ buckets }: LossSeries): Float64Array {
  const means = buckets.map(({ sum, count }) => sum / count);
  const whole = movingAverage(means, SMOOTHING);
  // The window is cut off at the end, where the mean would be that of few losses and would jump.
  return means.length > 2 * SMOOTHING ? whole.subarray(0, means.length - Math.floor(SMOOTHING / 2)) : whole;
}

function lineOf(series: LossSeries): Point[] {
  const middle = middleOf(series);
  return Array.from(smoothed(series), (mean, i) => [middle(i), mean]);
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
