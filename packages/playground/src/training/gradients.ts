// Both gradients of one network, entry against entry.
import type { GradientPair, Params } from "./protocol.js";

/** Most entries of each parameter that are shown. All entries are compared. */
const MOST: Readonly<Record<keyof Params, number>> = { w1: 500, b1: 100, w2: 400, b2: 10 };

/** The order in which entries are counted. */
const NAMES = ["w1", "b1", "w2", "b2"] as const;

/** Compares the entries of two gradients after so many steps, and keeps some of those that are not 0. */
export function pairGradients(numerical: Params, backprop: Params, steps: number): GradientPair {
  const kept: number[][] = [];
  let [first, zeros, largest] = [0, 0, 0];
  for (const name of NAMES) {
    const [a, b] = [numerical[name], backprop[name]];
    const entries: number[] = [];
    for (let i = 0; i < a.length; i++) {
      if (a[i] === 0 && b[i] === 0) zeros++;
      else entries.push(first + i);
      largest = Math.max(largest, Math.abs(a[i]! - b[i]!));
    }
    kept.push(spread(entries, MOST[name]));
    first += a.length;
  }
  const entries = kept.flat();
  return {
    ...{ steps, count: first, zeros, largest, entries: Uint32Array.from(entries) },
    numerical: Float64Array.from(entries, (entry) => entryOf(numerical, entry)),
    backprop: Float64Array.from(entries, (entry) => entryOf(backprop, entry)),
  };
}

/** The parameter to which an entry belongs, and its row and column there, counted from 0; a bias has no row. */
export function placeOfEntry(
  entry: number,
  units: number,
): { readonly name: keyof Params; readonly row: number; readonly column: number } {
  const sizes = { w1: 784 * units, b1: units, w2: 10 * units, b2: 10 };
  const columns = { w1: units, b1: units, w2: 10, b2: 10 };
  let rest = entry;
  const name = NAMES.find((name) => {
    if (rest < sizes[name]) return true;
    rest -= sizes[name];
    return false;
  })!;
  return { name, row: Math.floor(rest / columns[name]), column: rest % columns[name] };
}

function entryOf(gradient: Params, entry: number): number {
  let rest = entry;
  for (const name of NAMES) {
    if (rest < gradient[name].length) return gradient[name][rest]!;
    rest -= gradient[name].length;
  }
  return Number.NaN;
}

/** At most so many of the entries, evenly spread. */
function spread(entries: readonly number[], most: number): number[] {
  const count = Math.min(most, entries.length);
  return Array.from({ length: count }, (_, i) => entries[Math.floor((i * entries.length) / count)]!);
}
