// What the fuzzer calls: each function reads a file of one format. scripts/fuzz.mjs bundles this file, with checksums
// that are always 0, so that changed bytes get past them.
import { NumgradError, parseIdx } from "numgrad";
import {
  encodeCheckpoint,
  encodeNpy,
  encodeNpz,
  encodeSafetensors,
  type FileArray,
  parseCheckpoint,
  parseNpy,
  parseNpz,
  parseSafetensors,
} from "numgrad/files";
import { gunzip, readIdxStream } from "../../packages/numgrad/src/data/idx-stream.js";
import { bytesOf } from "../../packages/numgrad/src/files/arrays.js";
import { smallCheckpoint } from "../support/small-checkpoint.js";

/** Most bytes of memory that a file may cost: the fuzzer's files are short, and nothing more may be believed. */
const MEMORY_LIMIT = 1e6;

export const npy = (bytes: Buffer) => read(() => parseNpy(bytes), expectSameArray);

export const npz = (bytes: Buffer) =>
  read(
    () => parseNpz(bytes, { memoryLimit: MEMORY_LIMIT }),
    (arrays) => {
      for (const [name, array] of parseNpz(encodeNpz(arrays))) expectEqual(array, arrays.get(name)!);
    },
  );

export const safetensors = (bytes: Buffer) =>
  read(
    () => parseSafetensors(bytes),
    ({ tensors, metadata }) => {
      const again = parseSafetensors(encodeSafetensors(tensors, { metadata }));
      for (const [name, tensor] of tensors) expectEqual(again.tensors.get(name)!, tensor);
    },
  );

export const checkpoint = (bytes: Buffer) =>
  read(
    () => parseCheckpoint(bytes),
    (read) => {
      const again = encodeCheckpoint(parseCheckpoint(encodeCheckpoint(read)));
      if (Buffer.compare(again, encodeCheckpoint(read)) !== 0) throw new Error("another checkpoint is read back");
    },
  );

export const idx = (bytes: Buffer) =>
  read(
    () => parseIdx(bytes),
    ({ shape, data }) => {
      if (data.length !== shape.reduce((product, size) => product * size, 1))
        throw new Error("data do not fit the shape");
    },
  );

/** IDX files as they come over the network: in chunks, raw or gzip. */
export async function gzip(bytes: Buffer): Promise<void> {
  const half = bytes.length >> 1;
  async function* chunks() {
    yield bytes.subarray(0, half);
    yield bytes.subarray(half);
  }
  const isPacked = bytes[0] === 0x1f && bytes[1] === 0x8b;
  const options = { source: "bytes", checkHeader: () => {} };
  const result = readIdxStream(isPacked ? gunzip(chunks(), "bytes") : chunks(), options);
  await result.then(
    ({ shape, data, file }) => {
      const { data: whole } = parseIdx(file);
      if (whole.byteLength !== data.length) throw new Error(`shape ${shape}: the stream gives other data`);
    },
    (error: unknown) => checkError(error),
  );
}

/** Files to begin with, by the names of the functions. */
export async function seeds(): Promise<Record<string, Uint8Array[]>> {
  const arrays: Record<string, FileArray> = {
    "a.b": { shape: [2, 3], data: Float64Array.of(1, 2, 3, 4, 5, Number.NaN), dtype: "float64" },
    b: { shape: [2, 2], data: Float32Array.of(1, 2, 3, 4), dtype: "float16" },
    c: { shape: [], data: BigInt64Array.of(-1n), dtype: "int64" },
    d: { shape: [3], data: Uint8Array.of(0, 1, 1), dtype: "bool" },
  };
  const single = Object.values(arrays).map((array) => encodeNpy(array));
  const fortran = Buffer.from(Buffer.from(single[0]!).toString("latin1").replace("False", "True "), "latin1");
  const idxFile = Uint8Array.of(0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 1, 2, 3, 4);
  const packed = await new Response(new Blob([idxFile]).stream().pipeThrough(new CompressionStream("gzip"))).bytes();
  const withState = {
    ...(await smallCheckpoint()),
    optimizer: { state: { rate: 0.1, velocity: Float64Array.of(1, 2), nesterov: true } },
    notes: { why: "a test" },
  };
  return {
    npy: [...single, fortran],
    npz: [encodeNpz(arrays), encodeNpz(arrays, { compress: true })],
    safetensors: [encodeSafetensors(arrays, { metadata: { format: "np" } })],
    checkpoint: [encodeCheckpoint(await smallCheckpoint()), encodeCheckpoint(withState)],
    idx: [idxFile, Uint8Array.of(0, 0, 0x0e, 1, 0, 0, 0, 1, 63, 240, 0, 0, 0, 0, 0, 0)],
    gzip: [idxFile, packed],
  };
}

/** Reads a file: the result passes `check`, or the error is one of numgrad's; either within a second. */
function read<T>(parse: () => T, check: (result: T) => void): void {
  const start = performance.now();
  let result: { value: T } | undefined;
  try {
    result = { value: parse() };
  } catch (error) {
    checkError(error);
  }
  const time = performance.now() - start;
  if (time >= 1000) throw new Error(`the file takes ${time.toFixed(0)} ms`);
  if (result) check(result.value);
}

function checkError(error: unknown): void {
  if (!(error instanceof NumgradError)) throw error;
}

function expectSameArray(array: FileArray): void {
  expectEqual(parseNpy(encodeNpy(array)), array);
}

function expectEqual(a: FileArray, b: FileArray): void {
  const [header, other] = [a, b].map(({ dtype, shape }) => `${dtype} [${shape}]`);
  if (header !== other) throw new Error(`${header} is read back for ${other}`);
  if (Buffer.compare(bytesOf(a.data), bytesOf(b.data)) !== 0) throw new Error("other elements are read back");
}
