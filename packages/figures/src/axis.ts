import type { Interval } from "./arguments.js";

/** A quantitative axis that covers exactly `domain`. */
export function axisOver(field: string, title: string, domain: Interval) {
  return { field, type: "quantitative" as const, title, scale: { domain: [...domain], nice: false } };
}

/** The horizontal axis of a figure over `steps` training steps. The first one is step 0. */
export function stepAxis(steps: number) {
  return { ...axisOver("step", "step", [0, steps]), axis: { format: ",d", tickMinStep: 1, tickCount: 10 } };
}
