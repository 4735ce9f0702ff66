import fc from "fast-check";
import { ArgumentError, DataFormatError, NumgradError, parseIdx } from "numgrad";
import { describe, expect, test } from "vitest";
import { idxFile } from "../support/idx-files.js";
import { thrownBy } from "../support/thrown.js";

/** Big-endian bytes of numbers, by the DataView setter of their type. */
function bigEndian(
  size: number,
  values: readonly number[],
  set: (view: DataView, offset: number, value: number) => void,
) {
  const bytes = new Uint8Array(size * values.length);
  const view = new DataView(bytes.buffer);
  for (const [i, value] of values.entries()) set(view, i * size, value);
  return bytes;
}

const int16 = (values: number[]) => bigEndian(2, values, (view, offset, value) => view.setInt16(offset, value));
const int32 = (values: number[]) => bigEndian(4, values, (view, offset, value) => view.setInt32(offset, value));
const float32 = (values: number[]) => bigEndian(4, values, (view, offset, value) => view.setFloat32(offset, value));
const float64 = (values: number[]) => bigEndian(8, values, (view, offset, value) => view.setFloat64(offset, value));

describe("every element type is read, big-endian", () => {
  test.each([
    ["unsigned bytes", 0x08, new Uint8Array([0, 1, 127, 128, 255, 9]), new Uint8Array([0, 1, 127, 128, 255, 9])],
    ["signed bytes", 0x09, new Uint8Array([0, 1, 127, 128, 255, 9]), new Int8Array([0, 1, 127, -128, -1, 9])],
    [
      "16-bit integers",
      0x0b,
      int16([0, 1, -2, 0x1234, 32767, -32768]),
      new Int16Array([0, 1, -2, 0x1234, 32767, -32768]),
    ],
    [
      "32-bit integers",
      0x0c,
      int32([0, 1, -2, 0x12345678, 2 ** 31 - 1, -(2 ** 31)]),
      new Int32Array([0, 1, -2, 0x12345678, 2 ** 31 - 1, -(2 ** 31)]),
    ],
    [
      "float32 numbers",
      0x0d,
      float32([0, -0, 1.5, -2.25, Number.NaN, 1e-45]),
      new Float32Array([0, -0, 1.5, -2.25, Number.NaN, 1e-45]),
    ],
    [
      "float64 numbers",
      0x0e,
      float64([0, -0, 0.1, -2.25, Number.POSITIVE_INFINITY, 5e-324]),
      new Float64Array([0, -0, 0.1, -2.25, Number.POSITIVE_INFINITY, 5e-324]),
    ],
  ])("%s", (_, code, bytes, expected) => {
    const { shape, data } = parseIdx(idxFile([2, 3], bytes, code));
    expect(shape).toEqual([2, 3]);
    expect(data).toStrictEqual(expected);
  });
});

test("one to five dimensions are read, and a dimension of 0 gives an empty array", () => {
  expect(parseIdx(idxFile([3], [5, 0, 4]))).toStrictEqual({ shape: [3], data: new Uint8Array([5, 0, 4]) });
  expect(parseIdx(idxFile([1, 2, 1, 2, 1], [1, 2, 3, 4])).shape).toEqual([1, 2, 1, 2, 1]);
  expect(parseIdx(idxFile([0, 28, 28], []))).toStrictEqual({ shape: [0, 28, 28], data: new Uint8Array(0) });
});

test("the bytes may begin anywhere in their buffer", () => {
  const file = idxFile([2], float64([0.1, 0.2]), 0x0e);
  const shifted = new Uint8Array(file.length + 3).subarray(3);
  shifted.set(file);
  expect(parseIdx(shifted).data).toStrictEqual(new Float64Array([0.1, 0.2]));
});

test("the data are a copy, also of a Buffer, although its slice() copies nothing", () => {
  for (const [code, data] of [
    [0x08, [1, 2]],
    [0x09, [1, 2]],
    [0x0b, [0, 1, 0, 2]],
  ] as const) {
    const file = Buffer.from(idxFile([2], data, code));
    const parsed = parseIdx(file).data;
    file.fill(99);
    expect(Array.from(parsed)).toEqual([1, 2]);
    expect(parsed.buffer.byteLength).toBe(parsed.byteLength);
  }
  expect(Buffer.isBuffer(parseIdx(Buffer.from(idxFile([2], [1, 2]))).data)).toBe(false);
});

describe("bytes that are not an IDX file are refused with the reason", () => {
  const header = (...bytes: number[]) => new Uint8Array(bytes);
  test.each([
    ["nothing at all", header(), /truncated: an IDX header of 4 bytes is needed, there are 0/],
    ["a part of the magic number", header(0, 0, 8), /header of 4 bytes is needed, there are 3/],
    ["a part of the dimensions", header(0, 0, 8, 2, 0, 0, 0, 1), /header of 12 bytes is needed, there are 8/],
    ["other first bytes", header(1, 0, 8, 1, 0, 0, 0, 0), /first two bytes must be 0/],
    ["text", new TextEncoder().encode("<!doctype html>"), /not an IDX file/],
    ["gzip", header(0x1f, 0x8b, 8, 0), /a gzip file: unpack it first/],
    ["an unknown element type", header(0, 0, 0x0a, 1, 0, 0, 0, 0), /no element type 0x0a/],
    ["no dimension", header(0, 0, 8, 0, 7), /at least one dimension/],
    ["too few elements", idxFile([2, 3], [1, 2, 3, 4, 5]), /truncated: the header promises 18 bytes .*, there are 17/],
    [
      "too many elements",
      idxFile([2, 3], [1, 2, 3, 4, 5, 6, 7]),
      /oversized: the header promises 18 bytes .*, there are 19/,
    ],
    ["half an element", idxFile([1], [1, 2, 3], 0x0c), /truncated: the header promises 12 bytes .*, there are 11/],
    ["terabytes", idxFile([2 ** 20, 2 ** 20], [1]), /truncated: the header promises 1099511627788 bytes/],
    ["a product that overflows", idxFile([2 ** 32 - 1, 2 ** 32 - 1], [1]), /no file can hold/],
    ["255 dimensions", idxFile(Array(255).fill(2 ** 32 - 1), [1]), /no file can hold/],
    ["an overflow that a 0 would hide", idxFile([...Array(254).fill(2 ** 32 - 1), 0], []), /no file can hold/],
  ])("%s", (_, bytes, message) => {
    const error = thrownBy(DataFormatError, () => parseIdx(bytes));
    expect(error.message).toMatch(message);
    expect(error.source).toBe("bytes");
    expect(error.message).toBe(`bytes: ${error.reason}`);
  });

  test("an argument that is not a Uint8Array", () => {
    for (const value of [undefined, null, "abc", [0, 0, 8, 1], new ArrayBuffer(8), new Uint16Array(4)]) {
      const error = thrownBy(ArgumentError, () => parseIdx(value as unknown as Uint8Array));
      expect(error.argument).toBe("bytes");
    }
  });
});

test("any bytes give an array that fits its shape, or a NumgradError", () => {
  const mutated = fc
    .record({
      shape: fc.array(fc.nat({ max: 4 }), { minLength: 1, maxLength: 3 }),
      code: fc.constantFrom(0x08, 0x09, 0x0b, 0x0c, 0x0d, 0x0e),
      surplus: fc.integer({ min: -2, max: 2 }),
      edits: fc.array(fc.tuple(fc.nat({ max: 20 }), fc.nat({ max: 255 })), { maxLength: 2 }),
    })
    .map(({ shape, code, surplus, edits }) => {
      const size = { 8: 1, 9: 1, 11: 2, 12: 4, 13: 4, 14: 8 }[code]!;
      const bytes = idxFile(shape, new Uint8Array(Math.max(0, shape.reduce((a, b) => a * b, size) + surplus)), code);
      for (const [position, value] of edits) if (position < bytes.length) bytes[position] = value;
      return bytes;
    });
  fc.assert(
    fc.property(fc.oneof(mutated, fc.uint8Array({ maxLength: 40 })), (bytes) => {
      const before = bytes.slice();
      try {
        const { shape, data } = parseIdx(bytes);
        expect(data.length).toBe(shape.reduce((a, b) => a * b, 1));
      } catch (error) {
        expect(error).toBeInstanceOf(NumgradError);
      }
      expect(bytes).toEqual(before);
    }),
    { numRuns: 2000, seed: 1 },
  );
});
