import { TwoLayerNet } from "numgrad";
import { applyParams, encodeParams } from "numgrad/files";
import { hashesAfter200Steps, hashOfParameters, trainedByHand } from "./two-hundred-steps.js";

/** The hashes after 200 steps, and those of parameters that were written and read in each file format. */
export async function allHashes() {
  const hashes = await hashesAfter200Steps();
  const net = trainedByHand("numerical");
  const { inputSize, hiddenSize, outputSize } = net;
  for (const format of ["npz", "safetensors"]) {
    const other = new TwoLayerNet({ inputSize, hiddenSize, outputSize });
    applyParams(encodeParams(net, { format }), other);
    hashes[format] = hashOfParameters(other);
    other.dispose();
  }
  net.dispose();
  return hashes;
}
