import { readFileSync } from "node:fs";
import type { FileArray } from "numgrad/files";
import { expect } from "vitest";

/** An array as test/golden/files/expected.json describes it. Elements of 64 bits are strings, float16 are bits. */
interface Description {
  dtype: string;
  shape: number[];
  values: (number | string | boolean)[];
}

/** A file that Python has written. */
export const goldenFile = (name: string) =>
  new Uint8Array(readFileSync(new URL(`../golden/files/${name}`, import.meta.url)));

/** Python's description of the arrays in its files. */
export const expectedArrays: { arrays: Record<string, Description>; single: Record<string, Description> } = JSON.parse(
  readFileSync(new URL("../golden/files/expected.json", import.meta.url), "utf8"),
);

/** The finite number with these bits in IEEE 754's binary16. */
function float16OfBits(bits: number): number {
  const [sign, exponent, fraction] = [bits >> 15 ? -1 : 1, (bits >> 10) & 31, bits & 1023];
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25));
}

/** Fails unless the array agrees with the description to the last bit. */
export function expectArray(array: FileArray | undefined, { dtype, shape, values }: Description): void {
  expect(array?.dtype).toBe(dtype);
  expect(array?.shape).toEqual(shape);
  const numbers = values.map((value) => {
    if (dtype === "float16") return float16OfBits(Number(value));
    return typeof value === "string" ? BigInt(value) : Number(value);
  });
  // Elements are compared as numbers of the array: the float32 nearest to 0.1 is a longer number in JSON.
  expect(Array.from(array?.data as ArrayLike<unknown>)).toEqual(numbers);
}
