import { checkChoice, checkOptions } from "../arguments.js";
import { isFloat64Array } from "../brand.js";
import { ArgumentError, DataFormatError, describe, ShapeError } from "../errors.js";
import { type ParameterStore, storeOf } from "../parameter-store.js";
import { checkAllFinite, formatShape } from "../shape.js";
import { VERSION } from "../version.js";
import type { FileArray } from "./arrays.js";
import {
  type LoadOptions,
  type MemoryOptions,
  memoryLimitOf,
  placeOf,
  readFile,
  settleLoad,
  writeFileAtomically,
} from "./file.js";
import { checkBytes } from "./npy.js";
import { encodeNpz, readNpz } from "./npz.js";
import { atOnce, inPieces, type Work } from "./pieces.js";
import {
  checkMetadata,
  encodeSafetensors,
  mayBeSafetensors,
  readSafetensors,
  type SafetensorsOptions,
} from "./safetensors.js";

/** A network whose parameters are saved or loaded, for instance a TwoLayerNet. */
export interface ParamsOwner {
  /** Number of inputs: rows of w1. */
  readonly inputSize: number;
  /** Number of hidden units: columns of w1, and rows of w2. */
  readonly hiddenSize: number;
  /** Number of outputs: columns of w2. */
  readonly outputSize: number;
  /** Weights and biases, flat and row-major. */
  readonly params: Readonly<Record<"w1" | "b1" | "w2" | "b2", Float64Array>>;
}

/** A TwoLayerNet, as far as it is needed here. */
interface CopyableOwner extends ParamsOwner {
  readonly params: ParamsOwner["params"] & { toArrays(): ParamsOwner["params"] };
}

/** The two file formats for parameters. */
export type ParamsFormat = "npz" | "safetensors";

/** How to write parameters. */
export interface ParamsOptions extends SafetensorsOptions {
  /** Format of the file; `"npz"` if omitted. (`saveParams` takes it from the name of the file.) */
  format?: ParamsFormat;
}

/** Names of the parameters: the book's, which stand in files, and the network's. */
const NAMES = [
  ["W1", "w1"],
  ["b1", "b1"],
  ["W2", "w2"],
  ["b2", "b2"],
] as const;

/**
 * Writes the parameters of a network as a file of four float64 arrays: W1 [inputSize, hiddenSize], b1 [hiddenSize],
 * W2 [hiddenSize, outputSize] and b2 [outputSize]. The format is `.npz`, which `np.load` reads, or safetensors, whose
 * metadata hold numgrad's version, the activations, and the `metadata` in the options.
 *
 * @returns The bytes of the file.
 * @throws {ArgumentError} if `net` is not a network, or if an option is wrong.
 * @throws {DisposedError} if the network has been disposed of.
 * @example
 * ```ts
 * const net = new TwoLayerNet({ inputSize: 4, hiddenSize: 3, outputSize: 2, random: 0 });
 * const anotherNet = new TwoLayerNet({ inputSize: 4, hiddenSize: 3, outputSize: 2, random: 1 });
 * const file = encodeParams(net, { format: "safetensors", metadata: { trainedOn: "MNIST" } });
 * applyParams(file, anotherNet); // anotherNet predicts what net predicts
 * ```
 */
export function encodeParams(net: ParamsOwner, options: ParamsOptions = {}): Uint8Array {
  checkOptions(options, ["format", "metadata"]);
  const { format = "npz", metadata } = options;
  checkChoice("options.format", format, ["npz", "safetensors"]);
  if (format === "npz" && metadata !== undefined) {
    throw new ArgumentError("options.metadata", "none: a .npz file has no place for it", describe(metadata));
  }
  const arrays = toFileArrays(net);
  if (format === "npz") return encodeNpz(arrays);
  const about = { format: "numgrad", version: VERSION, hidden: "sigmoid", output: "softmax" };
  return encodeSafetensors(arrays, { metadata: new Map([...Object.entries(about), ...checkMetadata(metadata)]) });
}

/**
 * Copies the parameters in a `.npz` or safetensors file into a network. The contents decide which of the two formats it
 * is. float32, float16 and bfloat16 arrays are widened to float64. Other arrays in the file are ignored, also those that
 * cannot be read; so a checkpoint works, too. If an error is thrown, the network is unchanged.
 *
 * @param bytes The whole file.
 * @param options.memoryLimit Most bytes that the unpacked arrays may have; 1 GiB if omitted.
 * @throws {ArgumentError} if `bytes` is not a Uint8Array, or if `net` is not a network.
 * @throws {DataFormatError} if the file is damaged, or if one of W1, b1, W2, b2 is missing or cannot be read.
 * @throws {ShapeError} if an array has another shape than the network's.
 * @throws {NonFiniteError} if a parameter is NaN or infinite.
 * @example
 * ```ts
 * const net = new TwoLayerNet({ inputSize: 4, hiddenSize: 3, outputSize: 2, random: 0 });
 * const file = encodeParams(net);
 * net.params.b1[0] = 5;
 * applyParams(file, net);
 * net.params.b1[0]; // 0, as it was
 * ```
 */
export function applyParams(bytes: Uint8Array, net: ParamsOwner, options: MemoryOptions = {}): void {
  checkBytes(bytes);
  checkOptions(options, ["memoryLimit"]);
  checkOwner(net);
  apply(atOnce(readArrays(bytes, "bytes", memoryLimitOf(options))), "bytes", net);
}

/**
 * Writes the parameters of a network to a file (in Node.js, Deno and Bun). Its name must end in `.npz` or
 * `.safetensors`, which decides the format. The file is replaced at once or not at all.
 *
 * @param path Path of the file, or its file: URL.
 * @throws {ArgumentError} as by `encodeParams`, or if the name ends otherwise.
 * @throws {FileWriteError} if the file cannot be written.
 * @example
 * ```ts no-run
 * const net = new TwoLayerNet({ inputSize: 4, hiddenSize: 3, outputSize: 2, random: 0 });
 * await saveParams("params.npz", net); // np.load("params.npz")["W1"]
 * await loadParams("params.npz", net);
 * ```
 */
export async function saveParams(
  path: string | URL,
  net: ParamsOwner,
  options: SafetensorsOptions = {},
): Promise<void> {
  const place = placeOf(path);
  checkOptions(options, ["metadata"]);
  const format = /\.(npz|safetensors)$/i.exec(place.path)?.[1]?.toLowerCase() as ParamsFormat | undefined;
  if (!format) throw new ArgumentError("path", "a name that ends in .npz or .safetensors", describe(place.source));
  await writeFileAtomically(path, encodeParams(net, { ...options, format }));
}

/**
 * Copies the parameters in a file into a network, as `applyParams` does. A large file is unpacked in pieces, between
 * which the event loop runs.
 *
 * @param path Path of the file, or its file: URL.
 * @param options.memoryLimit Most bytes that the file may have, and most that its unpacked arrays may have; 1 GiB if
 * omitted.
 * @param options.signal Stops the loading: the promise rejects with `signal.reason`.
 * @throws {DataNotFoundError} if the file cannot be read, or if it is not a regular file.
 * @throws {DataFormatError | ShapeError | NonFiniteError} as by `applyParams`; the error names the file.
 * @example
 * ```ts no-run
 * const net = new TwoLayerNet({ inputSize: 4, hiddenSize: 3, outputSize: 2, random: 0 });
 * await loadParams("params.npz", net);
 * ```
 */
export async function loadParams(path: string | URL, net: ParamsOwner, options: LoadOptions = {}): Promise<void> {
  const { memoryLimit, signal } = settleLoad(options);
  checkOwner(net);
  const source = String(path);
  const arrays = await inPieces(readArrays(await readFile(path, memoryLimit), source, memoryLimit), signal);
  apply(arrays, source, net);
}

/** Arrays of a file, and why others could not be read. */
interface ReadArrays {
  readonly arrays: ReadonlyMap<string, FileArray>;
  readonly skipped: ReadonlyMap<string, DataFormatError>;
}

function* readArrays(bytes: Uint8Array, source: string, memoryLimit: number): Work<ReadArrays> {
  // A ZIP file begins with PK\x03\x04. A safetensors file with these bytes would have a header of 67 MB, which is
  // refused.
  const isZip = bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4;
  if (isZip) {
    const arrays = yield* readNpz(bytes, source, memoryLimit);
    return { arrays, skipped: arrays.skipped };
  }
  if (!mayBeSafetensors(bytes)) {
    const what = bytes.length === 0 ? "an empty file" : "neither a .npz file nor a safetensors file";
    throw new DataFormatError(source, what);
  }
  const { tensors, skipped } = yield* readSafetensors(bytes, source);
  return { arrays: tensors, skipped };
}

function apply({ arrays, skipped }: ReadArrays, source: string, net: ParamsOwner): void {
  // Meanwhile anything may have happened to the network.
  checkOwner(net);
  const shapes = shapesOf(net);
  for (const [name] of NAMES) {
    const fault = skipped.get(name);
    if (fault) throw fault;
    checkParameter(name, arrays.get(name), shapes[name], source);
  }
  const values = Object.fromEntries(
    NAMES.map(([name, field]) => [field, arrays.get(name)!.data as Float64Array | Float32Array]),
  ) as Parameters<ParameterStore["setParameters"]>[0];
  const store = storeOf(net);
  if (store) store.setParameters(values);
  else for (const [, field] of NAMES) net.params[field].set(values[field]);
}

function checkParameter(name: string, array: FileArray | undefined, shape: readonly number[], source: string): void {
  if (!array) throw new DataFormatError(source, `there is no array ${name}`);
  if (!/float/.test(array.dtype)) {
    throw new DataFormatError(source, `${name} holds ${array.dtype} elements, not floating-point numbers`);
  }
  if (formatShape(array.shape) !== formatShape(shape)) {
    throw new ShapeError(`${name} of ${source}`, `shape ${formatShape(shape)}`, formatShape(array.shape));
  }
  checkAllFinite(`${name} of ${source}`, array.data as Float64Array | Float32Array);
}

/** The shapes of the arrays, by their names in files. */
function shapesOf({ inputSize, hiddenSize, outputSize }: ParamsOwner) {
  return { W1: [inputSize, hiddenSize], b1: [hiddenSize], W2: [hiddenSize, outputSize], b2: [outputSize] };
}

function toFileArrays(net: ParamsOwner) {
  checkOwner(net);
  const shapes = shapesOf(net);
  const params = paramsOf(net);
  return Object.fromEntries(NAMES.map(([name, field]) => [name, { shape: shapes[name], data: params[field] }]));
}

/** The parameters; those of a TwoLayerNet are copied, because threads that train it must transfer what has views. */
function paramsOf(net: ParamsOwner): ParamsOwner["params"] {
  return storeOf(net) ? (net as CopyableOwner).params.toArrays() : net.params;
}

function checkOwner(net: unknown): asserts net is ParamsOwner {
  const store = storeOf(net);
  if (store) {
    store.checkAlive();
    return;
  }
  const params = (net as Partial<ParamsOwner> | null | undefined)?.params;
  const shapes = shapesOf((net ?? {}) as ParamsOwner);
  const fits = ([name, field]: (typeof NAMES)[number]) =>
    isFloat64Array(params?.[field]) && params[field].length === shapes[name].reduce((a, b) => a * b);
  if (!NAMES.every(fits)) {
    throw new ArgumentError("net", "a TwoLayerNet, or arrays of its sizes and names", describe(net));
  }
}
