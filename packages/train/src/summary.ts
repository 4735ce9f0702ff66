import { printable } from "./command-line.js";
import type { Hyperparameters } from "./options.js";

/**
 * Seconds that the book's NumPy code (float64) takes for one central-difference gradient of the 784-50-10 network on
 * 100 images, as in the table of numgrad's README.
 */
export const NUMPY_GRADIENT = 30.7;

/** Seconds that it takes there for 10,000 steps by backpropagation, evaluations included. */
export const NUMPY_BACKPROP = 14.8;

const REFERENCE = "on one core of the Xeon of numgrad's README";

/** How a run ended. */
export interface Outcome {
  readonly status: "finished" | "aborted" | "diverged";
  /** Steps made. */
  readonly steps: number;
  /** Time of all steps, evaluations included, also of those before a run was resumed. */
  readonly milliseconds: number;
  /** Threads that were at work together. */
  readonly threads: number;
  /** The steps of this process alone. */
  readonly pace: Pace;
  readonly trainAccuracy: number;
  readonly testAccuracy: number;
}

/** Sizes of the layers. */
export type Layers = readonly [input: number, hidden: number, output: number];

/** Lines that say what is about to be trained, for the top of the output. */
export function formatHeading(
  { gradient, h, batchSize, learningRate, seed }: Hyperparameters,
  layers: Layers,
  images: number,
  totalSteps: number,
): string[] {
  const [input, hidden, output] = layers;
  const parameters = input * hidden + hidden + hidden * output + output;
  const method = gradient === "numerical" ? `central differences, h = ${h}` : "backpropagation";
  return [
    `${layers.join("-")} network, ${count(parameters)} parameters; ${count(images)} images; ${method}`,
    `${count(totalSteps)} steps of ${batchSize} images, learning rate ${learningRate}, seed ${seed}`,
  ];
}

/** The accuracies in the book's line, digit for digit as Python prints them. */
export function formatAccuracies(trainAccuracy: number, testAccuracy: number): string {
  return `train acc, test acc | ${trainAccuracy}, ${testAccuracy}`;
}

/** The steps that this process has made, and the time that they took without the evaluations. */
export interface Pace {
  readonly steps: number;
  readonly milliseconds: number;
}

/**
 * A line of progress for an output that is no terminal. It has neither speed nor time left before the first step of
 * this process: a run that is resumed may begin with the accuracies of the last step before.
 */
export function formatProgress(step: number, totalSteps: number, loss: number, pace: Pace): string {
  const line = `step ${step}/${totalSteps} | loss ${loss.toFixed(4)}`;
  if (pace.steps === 0) return line;
  const speed = `${line} | ${formatSpeed(pace)} steps/s`;
  if (step >= totalSteps) return speed;
  return `${speed} | ${formatDuration((pace.milliseconds / pace.steps) * (totalSteps - step))} left`;
}

/** Steps per second. */
export function formatSpeed({ steps, milliseconds }: Pace): string {
  const speed = milliseconds > 0 ? (steps / milliseconds) * 1000 : 0;
  return speed >= 10 ? speed.toFixed(0) : speed.toPrecision(2);
}

/**
 * The end of the output: how the run ended, accuracies, time, and the time that NumPy would need.
 *
 * @param checkpoint Path of the checkpoint from which a run that was stopped can go on.
 */
export function formatSummary(
  hyperparameters: Hyperparameters,
  layers: Layers,
  totalSteps: number,
  outcome: Outcome,
  checkpoint?: string,
): string {
  const { status, steps, milliseconds, threads, pace, trainAccuracy, testAccuracy } = outcome;
  const made = steps === totalSteps ? `${count(steps)} steps` : `${count(steps)} of ${count(totalSteps)} steps`;
  const ending = { finished: "Finished", aborted: "Stopped", diverged: "Diverged" }[status];
  const lines = [
    `${ending} after ${made}.`,
    `  accuracy   train ${percent(trainAccuracy)}, test ${percent(testAccuracy)}`,
    `  time       ${formatDuration(milliseconds)}${pace.steps > 0 ? `, ${threeDigits(pace.milliseconds / pace.steps)} ms per step` : ""}`,
    `  threads    ${threads}`,
  ];
  if (status === "aborted" && checkpoint) lines.push(`  checkpoint ${printable(checkpoint)}: --resume goes on from it`);
  const numpy = formatNumpy(hyperparameters, layers, steps);
  return [...lines, ...numpy.map((line, i) => `  ${i === 0 ? "NumPy     " : "          "} ${line}`)].join("\n");
}

/** Where the files of the run are. */
export function formatFolder(folder: string): string {
  return `  folder     ${folder}: open its report.html in a browser`;
}

/**
 * Short lines about the time that the book's code takes for as many steps; no line for sizes at which it was not
 * measured.
 */
export function formatNumpy({ gradient, batchSize }: Hyperparameters, layers: Layers, steps: number): string[] {
  if (layers.join() !== "784,50,10" || batchSize !== 100 || steps === 0) return [];
  if (gradient === "backprop") {
    const total = formatDuration((NUMPY_BACKPROP / 10_000) * 1000 * steps);
    return [`${total} for as many steps:`, "the book's code, with backpropagation too,", REFERENCE];
  }
  const total = formatDuration(NUMPY_GRADIENT * 1000 * steps);
  return [`${total} for as many steps:`, `the book's code takes ${NUMPY_GRADIENT} s for one such gradient`, REFERENCE];
}

/** A duration in the unit in which it is easily read. */
export function formatDuration(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 0.1) return `${milliseconds.toFixed(1)} ms`;
  if (seconds < 120) return `${seconds.toFixed(1)} s`;
  if (seconds < 2 * 3600) return `${(seconds / 60).toFixed(1)} minutes`;
  if (seconds < 100 * 3600) return `${(seconds / 3600).toFixed(1)} hours`;
  return `${(seconds / 86_400).toFixed(1)} days`;
}

function percent(fraction: number): string {
  return `${(fraction * 100).toFixed(2)} %`;
}

function threeDigits(x: number): string {
  return x < 1000 ? x.toPrecision(3) : x.toFixed(0);
}

function count(n: number): string {
  return n.toLocaleString("en-US");
}
