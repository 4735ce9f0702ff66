import type { Dataset, TwoLayerNet } from "numgrad";
import type { Probe } from "./protocol.js";

/**
 * The losses with one weight of W1 at w − h, w and w + h. The weight is put back, bit for bit.
 *
 * @returns Undefined if the network does not have the unit.
 */
export function moveWeight(
  net: TwoLayerNet,
  { x, t }: ReturnType<Dataset["batch"]>,
  { pixel, unit }: { readonly pixel: number; readonly unit: number },
  h: number,
): Probe | undefined {
  const { w1, b1 } = net.params;
  const units = b1.length;
  if (unit >= units) return undefined;
  const index = pixel * units + unit;
  const weight = w1[index]!;
  const lossAt = (value: number) => {
    net.params.w1[index] = value;
    return net.loss(x, t);
  };
  try {
    const [below, above, at] = [lossAt(weight - h), lossAt(weight + h), lossAt(weight)];
    const backprop = net.gradient(x, t).w1[index]!;
    return { pixel, unit, weight, h, below, at, above, backprop };
  } finally {
    net.params.w1[index] = weight;
  }
}
