import { forPieces, type Work } from "./pieces.js";

// Floating-point numbers of 8 or 16 bits: a sign, an exponent, and a fraction. A float32 holds each of them exactly.

/** A format of 8 or 16 bits. */
export interface NarrowFormat {
  readonly exponentBits: number;
  readonly fractionBits: number;
  /**
   * Whether the largest exponent stands for infinity and NaN, as in IEEE 754. Otherwise it stands for numbers, too, and
   * there is no infinity; NaN has all bits set.
   */
  readonly hasInfinity: boolean;
}

/** The bits of numbers in a narrow format. */
export type NarrowBits = Uint8Array | Uint16Array;

/** The numbers with these bits. The bits of a NaN stay, as the first ones of its fraction. */
export function* decodeNarrow(bits: NarrowBits, format: NarrowFormat): Work<Float32Array> {
  const { exponentBits, fractionBits, hasInfinity } = format;
  const bias = biasOf(format);
  const numbers = new Float32Array(bits.length);
  const words = new Uint32Array(numbers.buffer);
  const [fractionMask, exponentMask] = [2 ** fractionBits - 1, 2 ** exponentBits - 1];
  const shift = 23 - fractionBits;
  const smallest = 2 ** (1 - bias - fractionBits);
  yield* forPieces(bits.length, (start, end) => {
    for (let i = start; i < end; i++) {
      const exponent = (bits[i]! >>> fractionBits) & exponentMask;
      const fraction = bits[i]! & fractionMask;
      const sign = bits[i]! >>> (fractionBits + exponentBits);
      const isSpecial = exponent === exponentMask && (hasInfinity || fraction === fractionMask);
      if (isSpecial) words[i] = ((sign << 31) | (0xff << 23) | (fraction << shift)) >>> 0;
      else if (exponent > 0) words[i] = ((sign << 31) | ((exponent - bias + 127) << 23) | (fraction << shift)) >>> 0;
      else numbers[i] = (sign ? -fraction : fraction) * smallest;
    }
  });
  return numbers;
}

/**
 * The bits of numbers, each rounded to the nearest number of the format; of two that are equally near, to the even one.
 *
 * @returns The bits, or the index of the first number that is too large for the format.
 */
export function encodeNarrow<T extends NarrowBits>(numbers: Float32Array, format: NarrowFormat, bits: T): T | number {
  const { exponentBits, fractionBits, hasInfinity } = format;
  const words = new Uint32Array(numbers.buffer, numbers.byteOffset, numbers.length);
  const signShift = exponentBits + fractionBits;
  const nan = 2 ** signShift - 1;
  const infinity = nan - (hasInfinity ? 2 ** fractionBits - 1 : 0);
  const leastExponent = 1 - biasOf(format);
  for (let i = 0; i < numbers.length; i++) {
    const sign = (words[i]! >>> 31) << signShift;
    const magnitude = words[i]! & 0x7fff_ffff;
    if (magnitude > 0x7f80_0000) {
      // If the bits that fit are all 0, they would stand for infinity.
      const fraction = (magnitude & 0x7f_ffff) >>> (23 - fractionBits) || 1 << (fractionBits - 1);
      bits[i] = sign | (hasInfinity ? infinity | fraction : nan);
      continue;
    }
    if (magnitude === 0x7f80_0000 && hasInfinity) {
      bits[i] = sign | infinity;
      continue;
    }
    const exponent = Math.max((magnitude >>> 23) - 127, leastExponent);
    const quotient = Math.abs(numbers[i]!) / 2 ** (exponent - fractionBits);
    const code = (exponent - leastExponent) * 2 ** fractionBits + roundToEven(quotient);
    if (!(code < infinity)) return i;
    bits[i] = sign | code;
  }
  return bits;
}

function biasOf({ exponentBits }: NarrowFormat): number {
  return 2 ** (exponentBits - 1) - 1;
}

function roundToEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  return rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below;
}
