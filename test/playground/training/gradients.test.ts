import { describe, expect, test } from "vitest";
import { pairGradients, placeOfEntry } from "../../../packages/playground/src/training/gradients.js";
import type { Params } from "../../../packages/playground/src/training/protocol.js";
import { Agreement } from "../../../packages/playground/src/training/series.js";

/** A gradient for two hidden units whose entries are all `value`, except for the first 100 of W1, which are 0. */
function gradientOf(value: number): Params {
  const filled = (length: number) => new Float64Array(length).fill(value);
  return { w1: filled(1568).fill(0, 0, 100), b1: filled(2), w2: filled(20), b2: filled(10) };
}

describe("two gradients", () => {
  test("are compared in all entries, and entries of every parameter are kept", () => {
    const [a, b] = [gradientOf(1), gradientOf(1)];
    a.w1[1501] = 1.25;
    const pair = pairGradients(a, b, 7);
    expect(pair).toMatchObject({ steps: 7, count: 1600, zeros: 100, largest: 0.25 });
    const names = Array.from(pair.entries, (entry) => placeOfEntry(entry, 2).name);
    expect(new Set(names)).toEqual(new Set(["w1", "b1", "w2", "b2"]));
    expect(names.filter((name) => name === "w1")).toHaveLength(500);
    expect(pair.numerical).toHaveLength(pair.entries.length);
    expect(new Set(pair.backprop)).toEqual(new Set([1]));
  });

  test("have entries whose values are those of their places", () => {
    const gradient = gradientOf(0);
    gradient.w2[13] = 5;
    const { entries, numerical } = pairGradients(gradient, gradient, 0);
    expect(Array.from(numerical)).toEqual([5]);
    expect(placeOfEntry(entries[0]!, 2)).toEqual({ name: "w2", row: 1, column: 3 });
  });
});

test.each([
  [0, { name: "w1", row: 0, column: 0 }],
  [5, { name: "w1", row: 2, column: 1 }],
  [1568, { name: "b1", row: 0, column: 0 }],
  [1570, { name: "w2", row: 0, column: 0 }],
  [1599, { name: "b2", row: 0, column: 9 }],
] as const)("entry %d of a network with two hidden units is at %j", (entry, place) => {
  expect(placeOfEntry(entry, 2)).toEqual(place);
});

test("the differences of the losses are kept for each step that both runs have made", () => {
  const agreement = new Agreement();
  agreement.add(0, [1, 2, 3]);
  agreement.add(1, [1, 2.5]);
  expect(agreement.series.buckets.map(({ high }) => high)).toEqual([0, 0.5]);
  agreement.add(1, [2.75]);
  expect(agreement.series.buckets.map(({ high }) => high)).toEqual([0, 0.5, 0.25]);
  expect(agreement).toMatchObject({ steps: 3, largest: 0.5 });
});
