import { checkOptions } from "../arguments.js";
import { brandOf } from "../brand.js";
import { ArgumentError, DataFormatError, describe } from "../errors.js";
import { decodeText } from "../text.js";
import {
  type ArrayInputs,
  bytesOf,
  bytesPerElement,
  type CheckedArray,
  checkArrays,
  checkText,
  decodeElements,
  elementNamed,
  type FileArray,
  faultOfElements,
  sizeOf,
} from "./arrays.js";
import { type LoadOptions, readFile, settleLoad, writeFileAtomically } from "./file.js";
import { checkBytes } from "./npy.js";
import { atOnce, inPieces, type Work } from "./pieces.js";
import {
  formatSafetensorsHeader,
  parseSafetensorsHeader,
  type SafetensorsHeader,
  type TensorInfo,
} from "./safetensors-header.js";

/** The contents of a safetensors file. */
export interface Safetensors {
  /** Arrays by name, in the order of the file. */
  readonly tensors: Map<string, FileArray>;
  /** Texts by key. The Map is empty if the file has none. */
  readonly metadata: Map<string, string>;
  /** The tensors of a type that is not supported, by name, each with an error that says so. */
  readonly skipped: ReadonlyMap<string, DataFormatError>;
}

/** How to write a safetensors file. */
export interface SafetensorsOptions {
  /** Texts by key. */
  metadata?: ReadonlyMap<string, string> | Readonly<Record<string, string>>;
}

/** Longest header that is read: 16 MiB, enough for a hundred thousand tensors. */
const LONGEST_HEADER = 2 ** 24;

/** Name of the metadata in the header. */
const METADATA = "__metadata__";

/**
 * Reads the tensors and the metadata in a safetensors file.
 *
 * The file may come from an untrusted source. The length of the header is checked before the header is read, the
 * tensors must fill the rest of the file without holes and overlaps, and each must have the size that its shape and
 * type require. Tensors of another type (complex numbers, numbers of less than 8 bits) do not keep the others from being
 * read; they are listed in `skipped`. Only if no tensor can be read, the first reason is thrown. Numbers of 8 or 16 bits
 * (float16, bfloat16, float8_e4m3fn, float8_e5m2) become a Float32Array.
 *
 * @param bytes The whole file.
 * @returns Tensors, metadata, and what was not read. The data are copies, which share no memory with `bytes`.
 * @throws {ArgumentError} if `bytes` is not a Uint8Array.
 * @throws {DataFormatError} if the bytes are not such a file, or are damaged.
 * @see https://huggingface.co/docs/safetensors (the format)
 * @example
 * ```ts
 * const net = new TwoLayerNet({ inputSize: 4, hiddenSize: 3, outputSize: 2, random: 0 });
 * const file = encodeSafetensors({ W1: net.params.w1 }, { metadata: { epochs: "16" } });
 * parseSafetensors(file).metadata.get("epochs"); // "16"
 * ```
 */
export function parseSafetensors(bytes: Uint8Array): Safetensors {
  checkBytes(bytes);
  return atOnce(readSafetensors(bytes, "bytes"));
}

/**
 * Writes arrays as a safetensors file, sorted as the format's own library sorts them: the widest types first, then by
 * name.
 *
 * @returns The bytes of the file.
 * @throws {ArgumentError} if a value is not an array, if a name is `__metadata__`, or if an option is wrong.
 * @throws {ShapeError} if the data of an array do not fit its shape.
 * @example
 * ```ts
 * const file = encodeSafetensors({ x: matrix([[1, 2]]) }, { metadata: { unit: "m" } });
 * parseSafetensors(file).tensors.get("x")?.shape; // [1, 2]
 * ```
 */
export function encodeSafetensors(tensors: ArrayInputs, options: SafetensorsOptions = {}): Uint8Array {
  checkOptions(options, ["metadata"]);
  const checked = checkArrays("tensors", tensors);
  if (checked.has(METADATA)) throw new ArgumentError("tensors", "another name", describe(METADATA));
  return writeSafetensors(checked, checkMetadata(options.metadata));
}

/** A safetensors file with arrays and metadata that have been checked; no array is called `__metadata__`. */
export function writeSafetensors(
  tensors: ReadonlyMap<string, CheckedArray>,
  metadata: Map<string, string>,
): Uint8Array {
  const sorted = [...tensors].sort(byWidthAndName);
  const infos = new Map<string, TensorInfo>();
  let size = 0;
  for (const [name, { shape, stored, element }] of sorted) {
    infos.set(name, { dtype: element.safetensors as string, shape, offsets: [size, size + stored.byteLength] });
    size += stored.byteLength;
  }
  const header = formatSafetensorsHeader({ tensors: infos, metadata });
  if (header.length > LONGEST_HEADER) {
    throw new ArgumentError(
      "tensors",
      `names, shapes and metadata of at most ${LONGEST_HEADER} bytes`,
      `${header.length}`,
    );
  }
  const bytes = new Uint8Array(8 + header.length + size);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true);
  bytes.set(header, 8);
  for (const [name, { stored }] of sorted) bytes.set(bytesOf(stored), 8 + header.length + infos.get(name)!.offsets[0]);
  return bytes;
}

/**
 * Reads the tensors and the metadata in a safetensors file on disk (in Node.js, Deno and Bun), as `parseSafetensors`
 * does. A large file is decoded in pieces, between which the event loop runs.
 *
 * @param path Path of the file, or its file: URL.
 * @param options.memoryLimit Most bytes that the file may have; 1 GiB if omitted.
 * @param options.signal Stops the loading: the promise rejects with `signal.reason`.
 * @throws {DataNotFoundError} if the file cannot be read, or if it is not a regular file.
 * @throws {DataFormatError} as by `parseSafetensors`; the error names the file.
 * @example
 * ```ts no-run
 * const { tensors, metadata } = await loadSafetensors("model.safetensors");
 * ```
 */
export async function loadSafetensors(path: string | URL, options: LoadOptions = {}): Promise<Safetensors> {
  const { memoryLimit, signal } = settleLoad(options);
  return inPieces(readSafetensors(await readFile(path, memoryLimit), String(path)), signal);
}

/**
 * Writes arrays to a safetensors file. The file is replaced at once or not at all.
 *
 * @param path Path of the file, or its file: URL.
 * @throws {ArgumentError | ShapeError} as by `encodeSafetensors`.
 * @throws {FileWriteError} if the file cannot be written.
 * @example
 * ```ts no-run
 * await saveSafetensors("model.safetensors", { x: matrix([[1, 2]]) }, { metadata: { unit: "m" } });
 * ```
 */
export async function saveSafetensors(
  path: string | URL,
  tensors: ArrayInputs,
  options?: SafetensorsOptions,
): Promise<void> {
  await writeFileAtomically(path, encodeSafetensors(tensors, options));
}

/** Does what {@link parseSafetensors} does, with the name of the file in errors. */
export function* readSafetensors(bytes: Uint8Array, source: string): Work<Safetensors> {
  const [{ tensors: infos, metadata }, start] = readHeader(bytes, source);
  checkLayout(infos, bytes.length - start, source);
  const tensors = new Map<string, FileArray>();
  const skipped = new Map<string, DataFormatError>();
  for (const [name, info] of infos) {
    const tensor = yield* readTensor(bytes.subarray(start), name, info, source);
    if (tensor instanceof DataFormatError) skipped.set(name, tensor);
    else tensors.set(name, tensor);
  }
  const [first] = skipped.values();
  if (first && tensors.size === 0) throw first;
  return { tensors, metadata, skipped };
}

/** Whether bytes may be a safetensors file: the JSON of its header begins after eight bytes. */
export function mayBeSafetensors(bytes: Uint8Array): boolean {
  return bytes[8] === 0x7b;
}

/** The header, and the position at which the tensors begin. */
function readHeader(bytes: Uint8Array, source: string): [SafetensorsHeader, number] {
  const truncated = (needed: number) =>
    new DataFormatError(
      source,
      `truncated: a safetensors header of ${needed} bytes is needed, there are ${bytes.length}`,
    );
  if (bytes.length < 8) throw truncated(8);
  const length = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
  if (length > BigInt(LONGEST_HEADER)) {
    throw new DataFormatError(
      source,
      `not a safetensors file, or a header of ${length} bytes, more than the limit of ${LONGEST_HEADER}`,
    );
  }
  const start = 8 + Number(length);
  if (start > bytes.length) throw truncated(start);
  if (!mayBeSafetensors(bytes))
    throw new DataFormatError(source, "not a safetensors file: the header does not begin with {");
  let text: string;
  try {
    text = decodeText(bytes.subarray(8, start));
  } catch (cause) {
    throw new DataFormatError(source, "not a safetensors file: the header is not UTF-8", { cause });
  }
  return [parseSafetensorsHeader(text, source), start];
}

/** Checks that the tensors lie one after the other and fill `size` bytes. */
function checkLayout(infos: ReadonlyMap<string, TensorInfo>, size: number, source: string): void {
  const spans = [...infos].map(([name, { offsets }]) => ({ name, start: offsets[0], end: offsets[1] }));
  spans.sort((a, b) => a.start - b.start || a.end - b.end);
  let end = 0;
  for (const span of spans) {
    if (span.start !== end || span.end < span.start) {
      const fault = span.start > end ? "leaves a hole" : "overlaps another tensor";
      throw new DataFormatError(source, `tensor ${describe(span.name)} ${fault} at byte ${Math.min(span.start, end)}`);
    }
    end = span.end;
  }
  if (end === size) return;
  const fault = size < end ? "truncated" : "oversized";
  throw new DataFormatError(source, `${fault}: the header promises ${end} bytes of tensors, there are ${size}`);
}

/** The tensor, or the error that says that its type is not supported. */
function* readTensor(
  bytes: Uint8Array,
  name: string,
  { dtype, shape, offsets }: TensorInfo,
  source: string,
): Work<FileArray | DataFormatError> {
  const [start, end] = offsets;
  const fail = (reason: string) => new DataFormatError(source, `tensor ${describe(name)}: ${reason}`);
  const element = elementNamed("safetensors", dtype);
  if (!element) return fail(`elements of type ${describe(dtype)} are not supported`);
  const size = sizeOf(shape, element);
  if ("wrong" in size) throw fail(size.wrong);
  if (size.bytes !== end - start) {
    throw fail(`shape and type (${dtype}) need ${size.bytes} bytes, the offsets give ${end - start}`);
  }
  const data = yield* decodeElements(bytes.subarray(start, end), element);
  const fault = yield* faultOfElements(data, element);
  if (fault !== undefined) throw fail(fault);
  return { shape, data, dtype: element.dtype };
}

/** Checks metadata, and gives them as a Map. */
export function checkMetadata(metadata: SafetensorsOptions["metadata"] = {}): Map<string, string> {
  if (typeof metadata !== "object" || metadata === null) {
    throw new ArgumentError("options.metadata", "an object or a Map of strings", describe(metadata));
  }
  const entries = new Map<string, string>(
    brandOf(metadata) === "Map" ? (metadata as ReadonlyMap<string, string>) : Object.entries(metadata),
  );
  for (const [key, value] of entries) {
    checkText("options.metadata", key);
    checkText(`options.metadata.${key}`, value);
  }
  return entries;
}

/** Compares two arrays for the order of the file: wide elements come first, then the names decide. */
function byWidthAndName(
  [a, { element: x }]: [string, CheckedArray],
  [b, { element: y }]: [string, CheckedArray],
): number {
  return bytesPerElement(y) - bytesPerElement(x) || (a < b ? -1 : 1);
}
