// A model of the time of a step on more cores than this machine has, from the times of one thread and of two.
import type { RaceResult } from "../harness.js";

/** Names of the contenders of the races, by which the model finds its times. */
export const ALONE = "1 thread";
export const PAIR = "2 threads";
export const CEILING = "two trainings at once, each of 1 thread";

/** Every share of hidden units but the last is a multiple of this. */
const UNITS = 8;

/** The parts of a step, in milliseconds. */
export interface Phases {
  /** What does not grow with the hidden units: the draw of the batch, its staging, the softmax. */
  readonly serial: number;
  /** What each hidden unit costs, which the threads share. */
  readonly unit: number;
  /** What one command and its barriers cost, with two threads. */
  readonly barrier: number;
  /** What each hidden unit costs every thread of a team: its activations are copied, and enter all logits. */
  readonly traffic: number;
  /** How many times the steps of one thread two independent trainings make together. */
  readonly ceiling: number;
}

interface Point {
  readonly hidden: number;
  readonly alone: number;
  readonly pair: number;
  readonly ceiling: number;
}

/**
 * Finds the phases of a step.
 *
 * @param races Races of one gradient at several hidden sizes, with the same batch.
 * @param barrier The race of a step that has almost nothing to compute.
 */
export function phasesOf(races: readonly RaceResult[], barrier: RaceResult): Phases {
  const points = races.map((race): Point => {
    const alone = timeOf(race, ALONE);
    return { hidden: race.at!.hidden!, alone, pair: timeOf(race, PAIR), ceiling: alone / timeOf(race, CEILING) };
  });
  // Relative errors count, so that the largest network does not decide alone.
  const { intercept: serial, slope: unit } = fitLine(points.map(({ hidden, alone }) => [hidden, alone]));
  const command = Math.max(0, timeOf(barrier, PAIR) - timeOf(barrier, ALONE));
  const rest = points.map(({ hidden, pair, ceiling }) => {
    const shared = (unit * largestShare(hidden, 2) * 2) / ceiling;
    return (pair - serial - command - shared) / hidden;
  });
  const ceilings = points.map((point) => point.ceiling);
  return { serial, unit, barrier: command, traffic: Math.max(0, mean(rest)), ceiling: mean(ceilings) };
}

/**
 * The time of a step in milliseconds on `cores` cores, each of which is as fast as one alone. No thread has less than
 * eight hidden units.
 */
export function timeOn(cores: number, hidden: number, { serial, unit, barrier, traffic }: Phases): number {
  const threads = Math.min(cores, Math.ceil(hidden / UNITS));
  if (threads === 1) return serial + unit * hidden;
  return serial + unit * largestShare(hidden, threads) + traffic * hidden + barrier * (threads - 1);
}

/** Most hidden units of a thread. */
function largestShare(hidden: number, threads: number): number {
  return Math.min(hidden, Math.ceil(Math.ceil(hidden / UNITS) / threads) * UNITS);
}

/** The line whose relative errors have the least sum of squares, and whose intercept is not negative. */
function fitLine(points: readonly (readonly [x: number, y: number])[]) {
  const weighted = points.map(([x, y]) => ({ x, y, weight: y ** -2 }));
  const sum = (term: (point: { x: number; y: number }) => number) =>
    weighted.reduce((total, point) => total + point.weight * term(point), 0);
  const [w, x, y] = [sum(() => 1), sum((point) => point.x), sum((point) => point.y)];
  const [xx, xy] = [sum((point) => point.x ** 2), sum((point) => point.x * point.y)];
  const slope = (w * xy - x * y) / (w * xx - x * x);
  const intercept = (y - slope * x) / w;
  return intercept >= 0 ? { intercept, slope } : { intercept: 0, slope: xy / xx };
}

function timeOf({ name, timings }: RaceResult, contender: string): number {
  const timing = timings.find((timing) => timing.name === contender);
  if (!timing) throw new Error(`${name}: there is no contender ${contender}`);
  return timing.median;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
