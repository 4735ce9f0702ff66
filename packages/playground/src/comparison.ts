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
  return difference === 0 ? "are the same in every bit" : `differ by at most ${scientific(difference)}`;
}

/** A number like 3.1 × 10⁻⁹ or 0.12. */
function scientific(value: number): string {
  if (value >= 0.01) return value.toPrecision(2);
  const [factor, exponent] = value.toExponential(1).split("e") as [string, string];
  const digits = "⁰¹²³⁴⁵⁶⁷⁸⁹";
  const superscript = Array.from(String(Number(exponent)), (c) => (c === "-" ? "⁻" : digits[Number(c)])).join("");
  return `${factor}\u00a0×\u00a010${superscript}`;
}
