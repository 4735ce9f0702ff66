import { type Checkpoint, DataFormatError, matrix, NumgradError, parseIdx, RandomState } from "numgrad";
import {
  encodeCheckpoint,
  encodeNpy,
  encodeSafetensors,
  type FileArray,
  type NpzArrays,
  parseCheckpoint,
  parseNpy,
  parseNpz,
  parseSafetensors,
} from "numgrad/files";
import { afterEach, describe, expect, test, vi } from "vitest";
import { bytesOf, checkArray } from "../../packages/numgrad/src/files/arrays.js";
import { writeZip } from "../../packages/numgrad/src/files/zip-writer.js";
import { checkCheckpoint } from "../../packages/numgrad/src/training/checkpoint.js";
import { fingerprintOf } from "../../packages/numgrad/src/training/checkpoint-file.js";
import { goldenFile } from "../support/golden-files.js";
import { idxFile } from "../support/idx-files.js";
import { smallCheckpoint } from "../support/small-checkpoint.js";
import { thrownBy } from "../support/thrown.js";

// Files with one to three mutations. Each must give a typed error, or the contents that its bytes have by the
// definition of the format, take no more memory than was declared, and less than a second. Some mutations know the
// structure of their file: the checksum, the fingerprint or the length of the header is made to fit again.

/** Number of mutations for each kind of file. `npm run test:long` makes more. */
const MUTATIONS = Number(process.env.NUMGRAD_MUTATIONS ?? 10_000);

/** Most bytes that three mutations add. */
const LONGEST = 3 * 100;

/** Numbers that are often wrong as lengths and offsets. */
const FIELDS = [0, 1, 2, 0x7f, 0xff, 0x7fff, 0xffff, 0x7fff_ffff, 0xffff_fffe, 0xffff_ffff];

/** A copy of `bytes` with a mutation at a place that `random` chooses. */
function mutateOnce(bytes: Uint8Array, random: RandomState): Uint8Array {
  const position = random.randint(0, bytes.length);
  const length = Math.min(random.choice([1, 2, 8, 100]) as number, bytes.length - position);
  const [before, chunk, after] = [
    bytes.subarray(0, position),
    bytes.subarray(position, position + length),
    bytes.subarray(position + length),
  ];
  switch (random.randint(0, 8)) {
    case 0:
      return Uint8Array.of(...before, bytes[position]! ^ (1 << random.randint(0, 8)), ...bytes.subarray(position + 1));
    case 1:
      return Uint8Array.of(...before, random.randint(0, 256), ...bytes.subarray(position + 1));
    case 2:
      return before.slice();
    case 3:
      return Uint8Array.of(...before, ...after);
    case 4:
      return Uint8Array.of(...before, ...chunk, ...chunk, ...after);
    case 5:
      return Uint8Array.of(...before, ...Array.from(random.randint(0, 256, length)), ...chunk, ...after);
    case 6:
      return Uint8Array.of(...before, ...chunk.slice().reverse(), ...after);
    default: {
      const out = Uint8Array.of(...bytes);
      const width = random.choice([1, 2, 4]) as number;
      const value = random.choice(FIELDS) as number;
      for (let i = 0; i < width && position + i < out.length; i++) out[position + i] = (value >>> (8 * i)) & 255;
      return out;
    }
  }
}

let allocated = 0;

/**
 * Counts the bytes of each Uint8Array that is made. Those that fflate makes, of a few fixed lengths, are not counted.
 */
function countMemory(): void {
  const construct = (target: typeof Uint8Array, args: unknown[]) => {
    const array: Uint8Array = Reflect.construct(target, args);
    if (!(args[0] instanceof ArrayBuffer)) allocated += array.byteLength;
    return array;
  };
  vi.stubGlobal("Uint8Array", new Proxy(Uint8Array, { construct }));
}

afterEach(() => vi.unstubAllGlobals());

/** Parses bytes; returns the content or the error, and the milliseconds that it took. */
function timed<T>(parse: (bytes: Uint8Array) => T, bytes: Uint8Array) {
  const start = performance.now();
  try {
    return { content: parse(bytes), error: undefined, time: performance.now() - start };
  } catch (error) {
    return { content: undefined, error, time: performance.now() - start };
  }
}

/** Mutates the files in turn. `check` fails unless the result of `parse` is the contents of the bytes. */
function mutate<T>(
  files: Uint8Array[],
  limit: number,
  parse: (bytes: Uint8Array) => T,
  check: (content: T, bytes: Uint8Array) => void,
  repair: (mutated: Uint8Array, random: RandomState) => Uint8Array = (mutated) => mutated,
) {
  const random = new RandomState(2026);
  const outcome = { refused: 0, read: 0, memory: 0 };
  let slowest = 0;
  countMemory();
  for (let i = 0; i < MUTATIONS; i++) {
    let bytes: Uint8Array = files[i % files.length]!;
    for (let count = random.randint(1, 4); count > 0 && bytes.length > 0; count--) bytes = mutateOnce(bytes, random);
    bytes = repair(bytes, random);
    allocated = 0;
    let result = timed(parse, bytes);
    expect(allocated).toBeLessThanOrEqual(limit);
    // A machine that is busy may stop the test for a while. A file that takes so long takes it twice.
    if (result.time >= 1000) result = timed(parse, bytes);
    expect(result.time).toBeLessThan(1000);
    slowest = Math.max(slowest, result.time);
    if (result.error !== undefined) {
      if (!(result.error instanceof NumgradError)) throw new Error(`mutation ${i}`, { cause: result.error });
      outcome.refused++;
      continue;
    }
    outcome.memory = Math.max(outcome.memory, allocated);
    check(result.content as T, bytes);
    outcome.read++;
  }
  console.log(`${outcome.refused} refused, ${outcome.read} read; the slowest took ${slowest.toFixed(1)} ms`);
  return outcome;
}

/** Checks that the mutations lead to both ends often enough that both are tested. */
function expectBoth({ refused, read }: { refused: number; read: number }): void {
  expect(Math.min(refused, read)).toBeGreaterThan(MUTATIONS / 100);
}

const textOf = (bytes: Uint8Array) => Buffer.from(bytes).toString("latin1");

/** Replaces a word of a text by another one, as often as not, at a place that `random` chooses. */
function replaceWord(text: string, words: readonly string[], random: RandomState): string {
  const places = [...text.matchAll(/'[^']*'|"[^"]*"|\d+|True|False/g)];
  const place = places[random.randint(0, Math.max(places.length, 1))];
  if (!place || random.randint(0, 2) === 0) return text;
  return text.slice(0, place.index) + random.choice(words) + text.slice(place.index + place[0].length);
}

/** Words that stand in the header of a `.npy` file, or nearly so. */
const NPY_WORDS = [
  "'<f8'", "'>f2'", "'|b1'", "'?'", "'<U3'", "'|O'", "'float64'", "0", "1", "3", "4294967296", "9007199254740991", "True", "'shape'", "(", "",
]; // biome-ignore format: a list

/** A `.npy` file with another word in its header, whose length is right. */
function changeNpyHeader(npy: Uint8Array, random: RandomState): Uint8Array {
  const length = new DataView(npy.buffer, npy.byteOffset).getUint16(8, true);
  const header = replaceWord(textOf(npy.subarray(10, 10 + length)), NPY_WORDS, random);
  const bytes = Buffer.concat([npy.subarray(0, 10), Buffer.from(header, "latin1"), npy.subarray(10 + length)]);
  bytes.writeUInt16LE(header.length, 8);
  return new Uint8Array(bytes);
}

/** What the bytes of an array in row-major order are, read by a DataView. */
function expectNpy({ shape, data, dtype }: FileArray, npy: Uint8Array): void {
  const length = new DataView(npy.buffer, npy.byteOffset).getUint16(8, true);
  const header = textOf(npy.subarray(10, 10 + length));
  expect(data.length).toBe(shape.reduce((product, size) => product * size, 1));
  const width = { float16: 2, bool: 1 }[dtype as string] ?? data.BYTES_PER_ELEMENT;
  expect(npy.length - 10 - length).toBe(width * data.length);
  if (/'fortran_order': False/.test(header) && /'<|'\|/.test(header) && dtype !== "float16") {
    expect(Buffer.compare(bytesOf(data), npy.subarray(10 + length))).toBe(0);
  }
}

describe(`${MUTATIONS} mutations`, { timeout: 120_000 + 20 * MUTATIONS }, () => {
  const arrays: [string, Uint8Array][] = [
    ["a", encodeNpy(matrix([[1, 2, 3], [4, 5, 6]]))], // biome-ignore format: one line
    ["b", encodeNpy({ shape: [2, 2], data: Float32Array.of(1, 2, 3, 4), dtype: "float16" })],
    ["c", encodeNpy({ shape: [5], data: Uint8Array.of(0, 1, 1, 0, 1), dtype: "bool" })],
  ];

  test("of .npy files and their headers", () => {
    const files = arrays.map(([, file]) => file);
    const outcome = mutate(files, 1000, parseNpy, expectNpy, (mutated, random) =>
      random.randint(0, 2) === 0 ? mutated : changeNpyHeader(files[random.randint(0, files.length)]!, random),
    );
    expectBoth(outcome);
  });

  test("of the members of npz files, whose CRC-32 is right: one does not disturb the others", () => {
    const files = arrays.map(([, file]) => file);
    let [wrong, at]: [Uint8Array, number] = [files[0]!, 0];
    const rebuild = (mutated: Uint8Array, random: RandomState) => {
      at = random.randint(0, files.length);
      wrong = random.randint(0, 2) === 0 ? mutated : changeNpyHeader(files[at]!, random);
      return writeZip(new Map(arrays.map(([name, file], i) => [`${name}.npy`, i === at ? wrong : file])), {
        compress: random.randint(0, 2) === 0,
      });
    };
    const check = (read: NpzArrays) => {
      const name = arrays[at]![0];
      for (const [other, file] of arrays) if (other !== name) expect(read.get(other)).toEqual(parseNpy(file));
      expect([...read.keys(), ...read.skipped.keys()].sort()).toEqual(["a", "b", "c"]);
      if (read.has(name)) expect(read.get(name)).toEqual(parseNpy(wrong));
      else expect(read.skipped.get(name)?.reason).toBe(thrownBy(DataFormatError, () => parseNpy(wrong)).reason);
    };
    const outcome = mutate(files, 10_000, (bytes) => parseNpz(bytes, { memoryLimit: 5000 }), check, rebuild);
    expect(outcome.refused).toBe(0);
  });

  test("of checkpoints, whose fingerprint is right", async () => {
    const file = encodeCheckpoint(await smallCheckpoint());
    const sound = parseSafetensors(file);
    const words = ["0", "-1", "1e999", "null", '"a"', "[]", "{}", "9007199254740993", '"shuffle"', "false"];
    const forge = (_: Uint8Array, random: RandomState) => {
      const tensors = new Map<string, FileArray>(sound.tensors);
      const metadata = new Map(sound.metadata);
      const name = random.choice([...tensors.keys()]) as string;
      const key = random.choice([...metadata.keys()]) as string;
      const { shape } = tensors.get(name)!;
      switch (random.randint(0, 4)) {
        case 0:
          tensors.delete(name);
          break;
        case 1:
          tensors.set(name, { shape: [random.choice([0, 1e8, 2 ** 40]) as number, ...shape.slice(1), 0], data: new Float64Array(0), dtype: "float64" }); // biome-ignore format: one line
          break;
        case 2:
          tensors.set(name, { ...tensors.get(random.choice([...tensors.keys()]) as string)! });
          break;
        default:
          metadata.set(key, replaceWord(metadata.get(key)!, words, random));
      }
      metadata.set("fingerprint", fingerprintOf({ tensors, metadata }));
      return encodeSafetensors(tensors, { metadata });
    };
    const check = (checkpoint: Checkpoint) => checkCheckpoint("checkpoint", checkpoint);
    const outcome = mutate([file], 2 * file.length, parseCheckpoint, check, forge);
    expectBoth(outcome);
  });

  test("of npz files: arrays that are read are those that were written, by their CRC-32", () => {
    const files = ["arrays.npz", "compressed.npz"].map(goldenFile);
    const [sound] = files.map((file) => parseNpz(file));
    const memoryLimit = 3000; // 2.9 kB of contents
    const outcome = mutate(files, memoryLimit, (bytes) => parseNpz(bytes, { memoryLimit }), (arrays) => {
      expect(arrays).toEqual(sound);
    }); // biome-ignore format: readable
    expectBoth(outcome);
    expect(outcome.memory).toBeGreaterThan(1000);
  });

  test("of a safetensors file: tensors that are read agree with the JSON and the bytes", () => {
    const file = goldenFile("tensors.safetensors");
    const outcome = mutate([file], file.length + LONGEST, parseSafetensors, ({ tensors, metadata, skipped }, bytes) => {
      const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
      const header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(8, 8 + length)));
      const { __metadata__ = {}, ...infos } = header;
      expect([...metadata].sort()).toEqual(Object.entries(__metadata__).sort());
      expect([...tensors.keys(), ...skipped.keys()].sort()).toEqual(Object.keys(infos).sort());
      let size = 0;
      for (const [name, { shape, data_offsets }] of Object.entries<{ shape: number[]; data_offsets: number[] }>(
        infos,
      )) {
        const [start = 0, end = 0] = data_offsets;
        size += end - start;
        const tensor = tensors.get(name);
        if (tensor === undefined) continue;
        expect(tensor.shape).toEqual(shape);
        // The numbers of narrow types are tested elsewhere; written again they have the bytes that were read.
        const stored = checkArray(name, tensor).stored;
        expect(Buffer.compare(bytesOf(stored), bytes.subarray(8 + length + start, 8 + length + end))).toBe(0);
      }
      expect(8 + length + size).toBe(bytes.length);
    });
    expectBoth(outcome);
  });

  test("of an IDX file: arrays that are read agree with the header and the bytes", () => {
    const file = idxFile(
      [10, 4, 4],
      Array.from({ length: 160 }, (_, i) => i),
    );
    const outcome = mutate([file], file.length + LONGEST, parseIdx, ({ shape, data }, bytes) => {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      expect(shape).toEqual(Array.from({ length: bytes[3]! }, (_, d) => view.getUint32(4 + 4 * d)));
      const start = 4 + 4 * shape.length;
      expect(data.byteLength).toBe(bytes.length - start);
      expect(data.length).toBe(shape.reduce((product, size) => product * size, 1));
      // A mutation may have changed the type to a wider one, whose elements are big-endian.
      if (bytes[2] === 0x08) expect(Array.from(data)).toEqual(Array.from(bytes.subarray(start)));
    });
    expectBoth(outcome);
  });
});
