import { TwoLayerNet } from "numgrad";
import { applyParams, encodeParams } from "numgrad/files";
import { describe, expect, test } from "vitest";
import { encodeNetwork, parseNetwork } from "../../../packages/playground/src/training/network-file.js";

const netOf = (hiddenSize: number, outputSize = 10) =>
  new TwoLayerNet({ inputSize: 784, hiddenSize, outputSize, random: 3 });

describe("a file of a network", () => {
  test.each(["npz", "safetensors"] as const)("is read from %s, and written, with every bit", async (format) => {
    const [net, other] = [netOf(7), netOf(7)];
    const params = await parseNetwork(encodeParams(net, { format }));
    other.params.w1.fill(0);
    applyParams(await encodeNetwork(params, format), other);
    for (const name of ["w1", "b1", "w2", "b2"] as const) expect(other.params[name]).toEqual(net.params[name]);
  });

  test("is refused if it is none, or if its network is not for these digits", async () => {
    await expect(parseNetwork(new Uint8Array(100))).rejects.toThrow();
    await expect(parseNetwork(new Uint8Array())).rejects.toThrow();
    await expect(parseNetwork(encodeParams(netOf(5, 3)))).rejects.toThrow(/W2/);
    await expect(parseNetwork(encodeParams(netOf(201)))).rejects.toThrow("b1 has 201 elements");
    const broken = netOf(5);
    broken.params.b2[0] = Number.NaN;
    await expect(parseNetwork(encodeParams(broken))).rejects.toThrow(/NaN/);
  });
});
