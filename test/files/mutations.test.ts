import { NumgradError, parseIdx, RandomState } from "numgrad";
import { parseNpz, parseSafetensors } from "numgrad/files";
import { afterEach, describe, expect, test, vi } from "vitest";
import { bytesOf } from "../../packages/numgrad/src/files/arrays.js";
import { goldenFile } from "../support/golden-files.js";
import { idxFile } from "../support/idx-files.js";

// Files with one to three mutations. Each must give a typed error, or the contents that its bytes have by the
// definition of the format, and take no more memory than was declared.

const MUTATIONS = 10_000;

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

/** Mutates the files in turn. `check` fails unless the result of `parse` is the contents of the bytes. */
function mutate<T>(
  files: Uint8Array[],
  limit: number,
  parse: (bytes: Uint8Array) => T,
  check: (content: T, bytes: Uint8Array) => void,
) {
  const random = new RandomState(2026);
  const outcome = { refused: 0, read: 0, memory: 0 };
  let slowest = 0;
  countMemory();
  for (let i = 0; i < MUTATIONS; i++) {
    let bytes = files[i % files.length] as Uint8Array;
    for (let count = random.randint(1, 4); count > 0 && bytes.length > 0; count--) bytes = mutateOnce(bytes, random);
    allocated = 0;
    const start = performance.now();
    try {
      const content = parse(bytes);
      slowest = Math.max(slowest, performance.now() - start);
      expect(allocated).toBeLessThanOrEqual(limit);
      outcome.memory = Math.max(outcome.memory, allocated);
      check(content, bytes);
      outcome.read++;
    } catch (error) {
      if (!(error instanceof NumgradError)) throw new Error(`mutation ${i}`, { cause: error });
      slowest = Math.max(slowest, performance.now() - start);
      expect(allocated).toBeLessThanOrEqual(limit);
      outcome.refused++;
    }
  }
  console.log(`${outcome.refused} refused, ${outcome.read} read; the slowest took ${slowest.toFixed(1)} ms`);
  return outcome;
}

describe(`${MUTATIONS} mutations`, () => {
  test("of npz files: arrays that are read are those that were written, by their CRC-32", () => {
    const files = ["arrays.npz", "compressed.npz"].map(goldenFile);
    const [sound] = files.map((file) => parseNpz(file));
    const memoryLimit = 3000; // 2.9 kB of contents
    const outcome = mutate(files, memoryLimit, (bytes) => parseNpz(bytes, { memoryLimit }), (arrays) => {
      expect(arrays).toEqual(sound);
    }); // biome-ignore format: readable
    expect(Math.min(outcome.refused, outcome.read)).toBeGreaterThan(100);
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
        if (!tensor) continue;
        expect(tensor.shape).toEqual(shape);
        const given = bytes.subarray(8 + length + start, 8 + length + end);
        // Narrow floats are read as float32; narrow-floats.test.ts compares every one of them.
        if (/float(16|8)/.test(tensor.dtype)) expect([1, 2]).toContain(given.length / tensor.data.length || 1);
        else expect(Buffer.compare(bytesOf(tensor.data), given)).toBe(0);
      }
      expect(8 + length + size).toBe(bytes.length);
    });
    expect(Math.min(outcome.refused, outcome.read)).toBeGreaterThan(100);
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
    expect(Math.min(outcome.refused, outcome.read)).toBeGreaterThan(100);
  });
});
