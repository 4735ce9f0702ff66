import { NumgradError, parseIdx, RandomState } from "numgrad";
import { parseNpz, parseSafetensors } from "numgrad/files";
import { afterEach, describe, expect, test, vi } from "vitest";
import { bytesOf } from "../../packages/numgrad/src/files/arrays.js";
import { goldenFile } from "../support/golden-files.js";
import { idxFile } from "../support/idx-files.js";

// Files with one to three things wrong with them. Each must give a typed error, or the content that its bytes have by the
// definition of the format, and take no more memory than was declared.

const MUTATIONS = 10_000;

/** Bytes that three mutations may add. */
const LONGEST = 3 * 100;

/** Numbers at which lengths and offsets go wrong. */
const FIELDS = [0, 1, 2, 0x7f, 0xff, 0x7fff, 0xffff, 0x7fff_ffff, 0xffff_fffe, 0xffff_ffff];

/** A copy of `bytes` with something wrong at a place that `random` chooses. */
function mutated(bytes: Uint8Array, random: RandomState): Uint8Array {
  const at = random.randint(0, bytes.length);
  const length = Math.min(random.choice([1, 2, 8, 100]) as number, bytes.length - at);
  const [before, part, after] = [bytes.subarray(0, at), bytes.subarray(at, at + length), bytes.subarray(at + length)];
  switch (random.randint(0, 8)) {
    case 0:
      return Uint8Array.of(...before, (bytes[at] as number) ^ (1 << random.randint(0, 8)), ...bytes.subarray(at + 1));
    case 1:
      return Uint8Array.of(...before, random.randint(0, 256), ...bytes.subarray(at + 1));
    case 2:
      return before.slice();
    case 3:
      return Uint8Array.of(...before, ...after);
    case 4:
      return Uint8Array.of(...before, ...part, ...part, ...after);
    case 5:
      return Uint8Array.of(...before, ...Array.from(random.randint(0, 256, length)), ...part, ...after);
    case 6:
      return Uint8Array.of(...before, ...part.slice().reverse(), ...after);
    default: {
      const out = Uint8Array.of(...bytes);
      const width = random.choice([1, 2, 4]) as number;
      const value = random.choice(FIELDS) as number;
      for (let i = 0; i < width && at + i < out.length; i++) out[at + i] = (value >>> (8 * i)) & 255;
      return out;
    }
  }
}

let allocated = 0;

/** Counts the bytes of every Uint8Array that is made; fflate's own, of a few fixed lengths, are not seen. */
function countMemory(): void {
  const construct = (target: typeof Uint8Array, args: unknown[]) => {
    const array: Uint8Array = Reflect.construct(target, args);
    if (!(args[0] instanceof ArrayBuffer)) allocated += array.byteLength;
    return array;
  };
  vi.stubGlobal("Uint8Array", new Proxy(Uint8Array, { construct }));
}

afterEach(() => vi.unstubAllGlobals());

/** Mutates the files in turn; `check` fails unless what `parse` gives is the content of the bytes. */
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
    for (let count = random.randint(1, 4); count > 0 && bytes.length > 0; count--) bytes = mutated(bytes, random);
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
  test("of npz files: what is read is what was written, as its CRC-32 says", () => {
    const files = ["arrays.npz", "compressed.npz"].map(goldenFile);
    const [sound] = files.map((file) => parseNpz(file));
    const memoryLimit = 3000; // 2.9 kB of contents
    const outcome = mutate(files, memoryLimit, (bytes) => parseNpz(bytes, { memoryLimit }), (arrays) => {
      expect(arrays).toEqual(sound);
    }); // biome-ignore format: readable
    expect(Math.min(outcome.refused, outcome.read)).toBeGreaterThan(100);
    expect(outcome.memory).toBeGreaterThan(1000);
  });

  test("of a safetensors file: what is read is what JSON and the bytes say", () => {
    const file = goldenFile("tensors.safetensors");
    const outcome = mutate([file], file.length + LONGEST, parseSafetensors, ({ tensors, metadata }, bytes) => {
      const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
      const header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(8, 8 + length)));
      const { __metadata__ = {}, ...infos } = header;
      expect([...metadata].sort()).toEqual(Object.entries(__metadata__).sort());
      expect([...tensors.keys()].sort()).toEqual(Object.keys(infos).sort());
      let size = 0;
      for (const [name, { shape, data_offsets }] of Object.entries<{ shape: number[]; data_offsets: number[] }>(
        infos,
      )) {
        const tensor = tensors.get(name)!;
        expect(tensor.shape).toEqual(shape);
        const [start = 0, end = 0] = data_offsets;
        expect(Buffer.compare(bytesOf(tensor.data), bytes.subarray(8 + length + start, 8 + length + end))).toBe(0);
        size += end - start;
      }
      expect(8 + length + size).toBe(bytes.length);
    });
    expect(Math.min(outcome.refused, outcome.read)).toBeGreaterThan(100);
  });

  test("of an IDX file: what is read is what the header and the bytes say", () => {
    const file = idxFile(
      [10, 4, 4],
      Array.from({ length: 160 }, (_, i) => i),
    );
    const outcome = mutate([file], file.length + LONGEST, parseIdx, ({ shape, data }, bytes) => {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      expect(shape).toEqual(Array.from({ length: bytes[3] as number }, (_, d) => view.getUint32(4 + 4 * d)));
      const start = 4 + 4 * shape.length;
      expect(data.byteLength).toBe(bytes.length - start);
      expect(data.length).toBe(shape.reduce((product, size) => product * size, 1));
      // The first mutations may turn the elements into wider ones, which are big-endian.
      if (bytes[2] === 0x08) expect(Array.from(data)).toEqual(Array.from(bytes.subarray(start)));
    });
    expect(Math.min(outcome.refused, outcome.read)).toBeGreaterThan(100);
  });
});
