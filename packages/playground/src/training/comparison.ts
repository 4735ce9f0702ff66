import { formatNumber } from "../numbers.js";
import type { Pair } from "./pair.js";

const COUNT = new Intl.NumberFormat("en-US");

/** Compares the two networks in two sentences: about their time and their losses. */
export function comparison({ numerical, backprop, agreement, isRunning }: Pair): string {
  // Before its first step a network lists the images in the core, which takes a second.
  if (agreement.steps === 0) return isRunning ? "Listing the training images for the first step …" : "";
  const ratio = numerical.pace && backprop.pace ? numerical.pace / backprop.pace : undefined;
  const time = ratio
    ? `One step by differences takes ${ratio.toFixed(1)} times as long as one by backpropagation. `
    : "";
  const steps = agreement.steps === 1 ? "the first step" : `${COUNT.format(agreement.steps)} steps`;
  return `${time}Over ${steps} their losses ${describeDifference(agreement.largest)}.`;
}

function describeDifference(difference: number): string {
  if (difference === 0) return "are the same in every bit";
  return `differ by at most ${formatNumber(difference, 2).replaceAll(" ", "\u00a0")}`;
}
