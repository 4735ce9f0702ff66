import { ArgumentError } from "numgrad";
import { type Dtype, encodeNpy, encodeSafetensors, parseNpy, parseSafetensors } from "numgrad/files";
import { describe, expect, test } from "vitest";
import { bytesOf } from "../../packages/numgrad/src/files/arrays.js";
import { python, runPython } from "../support/python.js";
import { thrownBy } from "../support/thrown.js";

// float16, bfloat16 and two types of 8 bits are numbers in a Float32Array.

const TYPES = {
  float16: { bits: 16, exponentBits: 5, fractionBits: 10, largest: 65504, overflow: 65520 },
  bfloat16: { bits: 16, exponentBits: 8, fractionBits: 7, largest: 2 ** 127 * (2 - 2 ** -7), overflow: 2 ** 127 * (2 - 2 ** -8) }, // biome-ignore format: one line
  float8_e4m3fn: { bits: 8, exponentBits: 4, fractionBits: 3, largest: 448, overflow: 465 },
  float8_e5m2: { bits: 8, exponentBits: 5, fractionBits: 2, largest: 57344, overflow: 61440 },
} as const;

const names = Object.keys(TYPES) as (keyof typeof TYPES)[];

/** Every pattern of bits. */
const patterns = (dtype: keyof typeof TYPES) =>
  TYPES[dtype].bits === 8 ? Uint8Array.from({ length: 256 }, (_, i) => i) : Uint16Array.from({ length: 65536 }, (_, i) => i); // biome-ignore format: one line

/** What a file of these bits holds. */
const numbersOf = (dtype: Dtype, data: Uint8Array | Uint16Array) =>
  parseSafetensors(encodeSafetensors({ x: { shape: [data.length], data, dtype } })).tensors.get("x")!;

/** The bits that a file of these numbers has. */
function bitsOf(dtype: keyof typeof TYPES, data: Float32Array): ArrayLike<number> {
  const file = encodeSafetensors({ x: { shape: [data.length], data, dtype } });
  const tail = file.slice(file.length - (data.length * TYPES[dtype].bits) / 8);
  return TYPES[dtype].bits === 8 ? tail : new Uint16Array(tail.buffer);
}

/** The number by the definition of the formats; e4m3fn has no infinity, and NaN only for the largest pattern. */
function numberOf(dtype: keyof typeof TYPES, pattern: number): number {
  const { bits, exponentBits, fractionBits } = TYPES[dtype];
  const sign = pattern >>> (bits - 1) ? -1 : 1;
  const exponent = (pattern >>> fractionBits) & (2 ** exponentBits - 1);
  const fraction = (pattern & (2 ** fractionBits - 1)) / 2 ** fractionBits;
  const bias = 2 ** (exponentBits - 1) - 1;
  if (exponent === 2 ** exponentBits - 1) {
    if (dtype !== "float8_e4m3fn") return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
    if (fraction === 7 / 8) return Number.NaN;
  }
  return sign * (exponent === 0 ? fraction * 2 ** (1 - bias) : (1 + fraction) * 2 ** (exponent - bias));
}

describe.each(names)("%s", (dtype) => {
  const { largest, overflow } = TYPES[dtype];

  test("every pattern of bits is read as its number, and written again with the same bits, NaN included", () => {
    const bits = patterns(dtype);
    const { data, dtype: read } = numbersOf(dtype, bits);
    expect(read).toBe(dtype);
    expect(data).toBeInstanceOf(Float32Array);
    expect(Array.from(data as Float32Array)).toEqual(Array.from(bits, (pattern) => numberOf(dtype, pattern)));
    // A NaN keeps its bits, but for e4m3fn, which has one NaN of each sign.
    expect(Array.from(bitsOf(dtype, data as Float32Array))).toEqual(Array.from(bits));
  });

  test("a number between two is rounded to the nearer one, and the middle to the even one", () => {
    const finite = Array.from(patterns(dtype), (pattern) => [pattern, numberOf(dtype, pattern)] as const)
      .filter(([, value]) => value >= 0 && value <= largest && !Object.is(value, -0))
      .sort(([, a], [, b]) => a - b);
    const numbers: number[] = [];
    const expected: number[] = [];
    for (const [i, [pattern, value]] of finite.slice(0, -1).entries()) {
      const [next, above] = finite[i + 1]!;
      const middle = (value + above) / 2;
      // The neighbours of the middle are the next float32 numbers. Where the middle is no float32, it is a neighbour.
      if (Math.fround(middle) !== middle) continue;
      const gap = above - value;
      numbers.push(middle, middle - gap / 8, middle + gap / 8, -middle);
      const even = pattern % 2 === 0 ? pattern : next;
      expected.push(even, pattern, next, even + 2 ** (TYPES[dtype].bits - 1));
    }
    expect(numbers.length).toBeGreaterThan(400);
    expect(Array.from(bitsOf(dtype, Float32Array.from(numbers)))).toEqual(expected);
  });

  test("a finite number that is too large is refused, and the largest and infinity are not", () => {
    const below = Math.fround(largest + (overflow - largest) * 0.9);
    const expected = bitsOf(dtype, Float32Array.of(largest, -largest));
    expect(bitsOf(dtype, Float32Array.of(below, -below))).toEqual(expected);
    const encode = (value: number) => encodeSafetensors({ x: { shape: [2], data: Float32Array.of(0, value), dtype } });
    for (const value of [overflow, -overflow]) {
      const error = thrownBy(ArgumentError, () => encode(value));
      expect(error.argument).toBe("tensors.x.data[1]");
      expect(error.expected).toBe(`a number that ${dtype} can hold`);
    }
    if (dtype === "float8_e4m3fn") thrownBy(ArgumentError, () => encode(Number.POSITIVE_INFINITY));
    else expect(numbersOf(dtype, bitsOf(dtype, Float32Array.of(Number.NEGATIVE_INFINITY)) as Uint16Array).data[0]).toBe(Number.NEGATIVE_INFINITY); // biome-ignore format: one line
  });

  test.skipIf(!python)("rounds as NumPy and ml_dtypes do", (context) => {
    const program = `
import json, sys
import numpy as np
try:
    import ml_dtypes
except ImportError:
    print("null"), sys.exit()
type = np.float16 if sys.argv[1] == "float16" else getattr(ml_dtypes, sys.argv[1])
x = np.random.RandomState(0).randint(0, 2**32, 20000, dtype=np.uint32).view(np.float32)
x = x[np.isfinite(x) & (np.abs(x) <= float(sys.argv[2]))]
print(json.dumps([x.view(np.uint32).tolist(), x.astype(type).view(np.uint8 if np.dtype(type).itemsize == 1 else np.uint16).tolist()]))`;
    const result = runPython(program, dtype, String(largest)) as [number[], number[]] | null;
    if (result === null) return context.skip("ml_dtypes is not installed");
    const [words, bits] = result;
    expect(words.length).toBeGreaterThan(5000);
    expect(Array.from(bitsOf(dtype, new Float32Array(Uint32Array.from(words).buffer)))).toEqual(bits);
  });
});

test("float16 is read from and written to .npy, also big-endian", () => {
  const array = { shape: [2, 2], data: Float32Array.of(0.5, -2, 65504, Number.NaN), dtype: "float16" } as const;
  const file = encodeNpy(array);
  expect(file.length).toBe(128 + 8);
  expect(parseNpy(file)).toEqual(array);
  const swapped = file.slice();
  swapped.set(new TextEncoder().encode(">"), file.indexOf("<".charCodeAt(0)));
  const bits = new Uint8Array(bytesOf(new Uint16Array(file.slice(128).buffer)));
  for (let i = 0; i < 8; i++) swapped[128 + i] = bits[i ^ 1]!;
  expect(parseNpy(swapped)).toEqual(array);
});

test("the bits of narrow numbers may be given in place of the numbers", () => {
  const numbers = { shape: [2], data: Float32Array.of(1, -2), dtype: "float16" } as const;
  expect(encodeNpy({ shape: [2], data: Uint16Array.of(0x3c00, 0xc000), dtype: "float16" })).toEqual(encodeNpy(numbers));
});
