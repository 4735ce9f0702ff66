import type { Strings } from "../strings/strings.js";
import type { Traits } from "./run.js";

/** Traits that a name has only if not all runs share them. */
const SHARED = ["h", "hiddenSize", "batchSize", "seed", "method"] as const;

/** The learning rates of a run, short: 0.1 → 0.3. */
export function ratesOf({ rates }: Pick<Traits, "rates">): string {
  return (rates.length > 2 ? [rates[0], "…", rates.at(-1)] : rates).join(" → ");
}

/** A name that says in what a run differs from the others, and always its learning rate. */
export function nameOf(run: Traits, others: readonly Traits[], { pins, page }: Strings): string {
  const names = { ...pins.names, h: (h: string) => `h = ${h}`, method: () => page[run.method] };
  const differing = SHARED.filter((trait) => others.some((other) => other[trait] !== run[trait]));
  return [
    pins.names.rate(ratesOf(run)),
    ...differing.map((trait) => names[trait](String(run[trait]))),
    ...(run.isLoaded ? [pins.names.loaded] : []),
  ].join(" · ");
}
