import { matrix, TwoLayerNet } from "numgrad";
import { describe, expect, test } from "vitest";
import { PARAMETER_NAMES } from "../../packages/numgrad/src/network/dimensions.js";
import { largest, largestDifference } from "../support/difference.js";
import { readGolden } from "../support/golden.js";
import { flatten, type GoldenGradients } from "../support/gradients.js";

/** A network with targets of one kind, and its gradient in 60-digit arithmetic for several difference steps. */
interface Case {
  std: number;
  targets: "labels" | "soft" | "smoothed" | "unnormalised";
  params: GoldenGradients;
  x: number[][];
  t: number[] | number[][];
  gradients: (GoldenGradients & { h: number })[];
}

const { shape, cases } = readGolden<{ shape: [number, number, number, number]; cases: Case[] }>("quotients.json");
const [inputSize, hiddenSize, outputSize] = shape;

function networkOf({ params }: Case): TwoLayerNet {
  const net = new TwoLayerNet({ inputSize, hiddenSize, outputSize, random: 0 });
  net.params.w1.set(params.W1.flat());
  net.params.b1.set(params.b1);
  net.params.w2.set(params.W2.flat());
  net.params.b2.set(params.b2);
  return net;
}

const targetsOf = ({ t }: Case) => (Array.isArray(t[0]) ? matrix(t as number[][]) : (t as number[]));

describe.each(cases)("weights of std $std, targets: $targets", (golden) => {
  const net = networkOf(golden);

  test.each(golden.gradients)("h = $h: every parameter is that of 60-digit arithmetic", ({ h, ...exact }) => {
    const gradient = net.numericalGradient(matrix(golden.x), targetsOf(golden), { h });
    const expected = flatten(exact);
    const difference = largestDifference(
      PARAMETER_NAMES.flatMap((name) => [...gradient[name]]),
      expected,
    );
    // With std 10 the logits are of order 100, and their rounding moves a probability by 1e-14 of itself.
    expect(difference).toBeLessThanOrEqual((golden.std > 3 ? 1e-13 : 2e-15) * largest(expected));
  });
});
