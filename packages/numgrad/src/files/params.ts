import { checkChoice, checkOptions } from "../arguments.js";
import { ArgumentError, DataFormatError, describe, ShapeError } from "../errors.js";
import { checkAllFinite, formatShape } from "../shape.js";
import { VERSION } from "../version.js";
import type { FileArray } from "./arrays.js";
import { checkPath, type MemoryOptions, memoryLimitOf, readFile, writeFileAtomically } from "./file.js";
import { checkBytes } from "./npy.js";
import { encodeNpz, readNpz } from "./npz.js";
import { checkMetadata, encodeSafetensors, readSafetensors, type SafetensorsOptions } from "./safetensors.js";

/** What parameters are taken from and put into: a TwoLayerNet. */
export interface ParamsOwner {
  /** Rows of w1. */
  readonly inputSize: number;
  /** Columns of w1, and rows of w2. */
  readonly hiddenSize: number;
  /** Columns of w2. */
  readonly outputSize: number;
  /** Weights and biases, flat and row-major. */
  readonly params: Readonly<Record<"w1" | "b1" | "w2" | "b2", Float64Array>>;
}

/** The two forms of a file of parameters. */
export type ParamsFormat = "npz" | "safetensors";

/** How to write parameters. */
export interface ParamsOptions extends SafetensorsOptions {
  /** `"npz"` if omitted; `saveParams` takes it from the file's name. */
  format?: ParamsFormat;
}

/** The book's names, in files, and the network's. */
const NAMES = [
  ["W1", "w1"],
  ["b1", "b1"],
  ["W2", "w2"],
  ["b2", "b2"],
] as const;

/**
 * The parameters of a network as a file: arrays W1 [inputSize, hiddenSize], b1 [hiddenSize], W2 [hiddenSize, outputSize],
 * b2 [outputSize], float64, as `.npz` (for `np.load`) or as safetensors, which adds `metadata` to what it says of the network.
 *
 * @throws {ArgumentError} if `net` is no network, or an option is wrong.
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
 * Puts the parameters in a `.npz` or safetensors file into a network; which of the two it is, is seen from the contents.
 * float32 arrays are widened, other arrays in the file are left alone: a checkpoint will do as well.
 *
 * @throws {ArgumentError} if `bytes` is no Uint8Array, or `net` no network.
 * @throws {DataFormatError} if the file is damaged, or lacks one of W1, b1, W2, b2.
 * @throws {ShapeError} if an array has another shape than the network's. Nothing has changed then, as after any error.
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
  apply(bytes, "bytes", net, memoryLimitOf(options));
}

/**
 * Writes the parameters of a network to a file (in Node.js, Deno and Bun), whose name ends in `.npz` or `.safetensors`. It is
 * replaced at once or not at all.
 *
 * @throws {ArgumentError} as `encodeParams`, or if the name ends otherwise.
 * @throws {FileWriteError} if the file cannot be written.
 * @example
 * ```ts no-run
 * const net = new TwoLayerNet({ inputSize: 4, hiddenSize: 3, outputSize: 2, random: 0 });
 * await saveParams("params.npz", net); // np.load("params.npz")["W1"]
 * await loadParams("params.npz", net);
 * ```
 */
export async function saveParams(path: string, net: ParamsOwner, options: SafetensorsOptions = {}): Promise<void> {
  checkPath(path);
  checkOptions(options, ["metadata"]);
  const format = /\.(npz|safetensors)$/i.exec(path)?.[1]?.toLowerCase() as ParamsFormat | undefined;
  if (!format) throw new ArgumentError("path", "a name that ends in .npz or .safetensors", describe(path));
  await writeFileAtomically(path, encodeParams(net, { ...options, format }));
}

/**
 * Puts the parameters in a file into a network, as `applyParams`.
 *
 * @param options.memoryLimit Most bytes that the file, and its arrays unpacked, may have; 1 GiB each if omitted.
 * @throws {DataNotFoundError} if the file cannot be read.
 * @throws {DataFormatError | ShapeError | NonFiniteError} as `applyParams`, naming the file.
 * @example
 * ```ts no-run
 * const net = new TwoLayerNet({ inputSize: 4, hiddenSize: 3, outputSize: 2, random: 0 });
 * await loadParams("params.npz", net);
 * ```
 */
export async function loadParams(path: string, net: ParamsOwner, options: MemoryOptions = {}): Promise<void> {
  checkOptions(options, ["memoryLimit"]);
  checkOwner(net);
  const memoryLimit = memoryLimitOf(options);
  apply(await readFile(path, memoryLimit), path, net, memoryLimit);
}

function apply(bytes: Uint8Array, source: string, net: ParamsOwner, memoryLimit: number): void {
  const expected = toFileArrays(net);
  // A ZIP file begins with PK\x03\x04. A safetensors file that did would have a header of 67 MB, which is not read.
  const isZip = bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4;
  const arrays = isZip ? readNpz(bytes, source, memoryLimit) : readSafetensors(bytes, source).tensors;
  for (const [name] of NAMES) checkParameter(name, arrays.get(name), expected[name].shape, source);
  for (const [name, field] of NAMES) net.params[field].set(arrays.get(name)!.data as Float64Array | Float32Array);
}

function checkParameter(name: string, array: FileArray | undefined, shape: readonly number[], source: string): void {
  if (!array) throw new DataFormatError(source, `there is no array ${name}`);
  if (array.dtype !== "float64" && array.dtype !== "float32") {
    throw new DataFormatError(source, `${name} holds ${array.dtype} elements, not float64 or float32`);
  }
  if (formatShape(array.shape) !== formatShape(shape)) {
    throw new ShapeError(`${name} of ${source}`, `shape ${formatShape(shape)}`, formatShape(array.shape));
  }
  checkAllFinite(`${name} of ${source}`, array.data as Float64Array | Float32Array);
}

function toFileArrays(net: ParamsOwner) {
  checkOwner(net);
  const { inputSize, hiddenSize, outputSize, params } = net;
  return {
    W1: { shape: [inputSize, hiddenSize], data: params.w1 },
    b1: { shape: [hiddenSize], data: params.b1 },
    W2: { shape: [hiddenSize, outputSize], data: params.w2 },
    b2: { shape: [outputSize], data: params.b2 },
  };
}

function checkOwner(net: unknown): asserts net is ParamsOwner {
  const params = (net as Partial<ParamsOwner> | null | undefined)?.params;
  const whole = typeof params === "object" && NAMES.every(([, field]) => params[field] instanceof Float64Array);
  if (!whole) throw new ArgumentError("net", "a TwoLayerNet", describe(net));
}
