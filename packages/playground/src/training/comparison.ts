import { formatNumber } from "../numbers.js";
import type { Strings } from "../strings/strings.js";
import type { Pair } from "./pair.js";

const COUNT = new Intl.NumberFormat("en-US");

/** Compares the two networks in two sentences: about their time and their losses. */
export function comparison({ numerical, backprop, agreement, isRunning }: Pair, words: Strings["training"]): string {
  const { steps, largest } = agreement;
  // Before its first step a network lists the images in the core, which takes a second.
  if (steps === 0) return isRunning ? words.listing : "";
  const ratio = numerical.pace && backprop.pace ? numerical.pace / backprop.pace : undefined;
  const time = ratio ? words.ratio(ratio.toFixed(1)) : "";
  const count = COUNT.format(steps);
  if (largest === 0) return time + words.same(steps, count);
  return time + words.differ(steps, count, formatNumber(largest, 2).replaceAll(" ", "\u00a0"));
}

/** How many threads train each network; empty before the first step of both. */
export function threadsOf({ both }: Pair, words: Strings["training"], isIsolated: boolean): string {
  const counts = both.map(({ threads }) => threads).filter((count) => count !== undefined);
  return counts.length === both.length ? words.threads(counts[0]!, counts[1]!, isIsolated) : "";
}
