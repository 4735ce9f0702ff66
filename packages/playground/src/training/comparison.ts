import { COUNT, formatNumber } from "../numbers.js";
import type { Strings } from "../strings/strings.js";
import { FIRST } from "./first-images.js";
import type { Pair } from "./pair.js";

/** Compares the two networks in two sentences: about their time and their losses. */
export function comparison({ numerical, backprop, agreement, isRunning }: Pair, words: Strings["training"]): string {
  const { steps, largest } = agreement;
  // Before its first step a network lists the images in the core, which takes some tenths of a second.
  if (steps === 0) return isRunning ? words.listing : "";
  const ratio = numerical.pace && backprop.pace ? numerical.pace / backprop.pace : undefined;
  const time = ratio ? words.ratio(ratio.toFixed(1)) : "";
  const count = COUNT.format(steps);
  if (largest === 0) return time + words.same(steps, count);
  return time + words.differ(steps, count, formatNumber(largest, 2).replaceAll(" ", "\u00a0"));
}

/** Says that this run has only the first images; empty if it has all. */
export function imagesOf({ numerical, available }: Pair, words: Strings["training"]): string {
  return numerical.part === "all" ? "" : words.firstImages(COUNT.format(FIRST.train), available === "all");
}

/** How many threads train each network; empty before the first step of both. */
export function threadsOf({ both }: Pair, words: Strings["training"], isIsolated: boolean): string {
  const counts = both.map(({ threads }) => threads).filter((count) => count !== undefined);
  return counts.length === both.length ? words.threads(counts[0]!, counts[1]!, isIsolated) : "";
}
