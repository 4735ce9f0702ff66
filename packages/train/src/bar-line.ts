import { formatSpeed, type Pace } from "./summary.js";

/** What the bar shows of a run. */
export interface BarState {
  /** Steps made. */
  readonly steps: number;
  readonly totalSteps: number;
  /** Loss of the last step's batch; NaN before the first step. */
  readonly loss: number;
  readonly pace: Pace;
  /** Seconds that are left; undefined if that is not known. */
  readonly left: number | undefined;
}

/** Fewest and most columns of the bar itself. */
const [NARROWEST, WIDEST] = [5, 30];

/**
 * The bar as one line that fits into `columns`. If there is no room for everything, the speed is left out first, then
 * the time left, the loss and the steps. The last column stays free, because some terminals start a new line after it.
 */
export function formatBarLine(columns: number, { steps, totalSteps, loss, pace, left }: BarState): string {
  const fraction = totalSteps > 0 ? Math.min(steps / totalSteps, 1) : 1;
  const total = String(totalSteps);
  const percentage = `${Math.floor(fraction * 100)}%`.padStart(4);
  // Each part has the same width from the beginning to the end, so that the line does not jump.
  const parts: readonly (readonly [rank: number, text: string])[] = [
    [0, percentage],
    [1, `${String(steps).padStart(total.length)}/${total}`],
    [2, `loss ${(Number.isNaN(loss) ? "-" : loss.toFixed(4)).padStart(6)}`],
    [4, `${formatSpeed(pace).padStart(5)} steps/s`],
    [3, `${(left === undefined ? "-" : formatLeft(left)).padStart(6)} left`],
  ];
  for (let ranks = parts.length; ranks > 0; ranks--) {
    const text = parts.flatMap(([rank, part]) => (rank < ranks ? [part] : [])).join(" | ");
    const room = columns - 1 - text.length - 1;
    if (room >= NARROWEST) return `${drawBar(fraction, Math.min(room, WIDEST))} ${text}`;
  }
  return percentage.trimStart().slice(0, Math.max(columns - 1, 0));
}

function drawBar(fraction: number, width: number): string {
  const done = Math.round(fraction * width);
  return "█".repeat(done) + "░".repeat(width - done);
}

/** A duration in at most six characters. */
function formatLeft(seconds: number): string {
  const [s, m, h] = [Math.ceil(seconds), Math.ceil(seconds / 60), Math.ceil(seconds / 3600)];
  if (s < 60) return `${s}s`;
  if (s < 3600) return `${Math.floor(s / 60)}m${String(s % 60).padStart(2, "0")}s`;
  if (m < 6000) return `${Math.floor(m / 60)}h${String(m % 60).padStart(2, "0")}m`;
  return h < 1e4 * 24 ? `${Math.ceil(h / 24)}d` : "-";
}
