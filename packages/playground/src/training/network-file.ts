// Files of a network's parameters, as numgrad/files writes and reads them.
import type { ParamsFormat, ParamsOwner } from "numgrad/files";
import type { Params } from "./protocol.js";

/** Sizes of a network that reads the page's digits, and the most hidden units that the page trains. */
const INPUTS = 784;
const OUTPUTS = 10;
const MOST_UNITS = 200;

/** Most bytes of a file: the largest network's, and twice as many for what else a checkpoint has. */
const MOST_BYTES = 4_000_000;

/** The functions for files are loaded when a file is needed: the page starts without them. */
const files = () => import("numgrad/files");

/** The parameters as a file. */
export async function encodeNetwork(params: Params, format: ParamsFormat): Promise<Uint8Array> {
  const { encodeParams } = await files();
  return encodeParams(ownerOf(params), { format });
}

/**
 * The parameters in a file of either format.
 *
 * @throws {Error} if the file has no network for the page's digits with 1 to 200 hidden units.
 */
export async function parseNetwork(bytes: Uint8Array): Promise<Params> {
  const { applyParams, parseNpz, parseSafetensors } = await files();
  if (bytes.length > MOST_BYTES) throw new Error(`the file has more than ${MOST_BYTES} bytes`);
  const isZip = bytes[0] === 0x50 && bytes[1] === 0x4b;
  const arrays = isZip ? parseNpz(bytes) : parseSafetensors(bytes).tensors;
  const units = arrays.get("b1")?.shape[0] ?? 0;
  if (!(units >= 1 && units <= MOST_UNITS)) throw new Error(`b1 has ${units} elements`);
  const params: Params = {
    ...{ w1: new Float64Array(INPUTS * units), b1: new Float64Array(units) },
    ...{ w2: new Float64Array(units * OUTPUTS), b2: new Float64Array(OUTPUTS) },
  };
  applyParams(bytes, ownerOf(params));
  return params;
}

function ownerOf(params: Params): ParamsOwner {
  return { inputSize: INPUTS, hiddenSize: params.b1.length, outputSize: OUTPUTS, params };
}
