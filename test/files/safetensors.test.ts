import { ArgumentError, DataFormatError, matrix } from "numgrad";
import { encodeSafetensors, parseSafetensors } from "numgrad/files";
import { describe, expect, test } from "vitest";
import { expectArray, expectedArrays, goldenFile } from "../support/golden-files.js";
import { thrownBy } from "../support/thrown.js";

/** A file with the given header and this many bytes of tensors. */
function file(header: unknown, bytes = 0, length?: bigint): Uint8Array {
  const text = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
  const out = new Uint8Array(8 + text.length + bytes);
  new DataView(out.buffer).setBigUint64(0, length ?? BigInt(text.length), true);
  out.set(text, 8);
  return out;
}

const u8 = (start: number, end: number) => ({ dtype: "U8", shape: [end - start], data_offsets: [start, end] });

test("a file of Python's safetensors is read, with its metadata", () => {
  const { tensors, metadata } = parseSafetensors(goldenFile("tensors.safetensors"));
  expect(new Set(tensors.keys())).toEqual(new Set(Object.keys(expectedArrays.arrays)));
  for (const [name, expected] of Object.entries(expectedArrays.arrays)) expectArray(tensors.get(name), expected);
  expect(metadata).toEqual(new Map([["__proto__", "a key"], ["größe", 'ü\n"\\']])); // biome-ignore format: one line
});

describe("tensors that are written are read back", () => {
  test("arrays of every type, the widest first, then by name", () => {
    const arrays = {
      z: matrix([[0.1, -0], [Number.NaN, 5e-324]]), // biome-ignore format: one line
      bytes: Uint8Array.of(1, 2, 3),
      a: { shape: [], data: Float64Array.of(7) },
      half: { shape: [2], data: Float32Array.of(1, -0.5), dtype: "bfloat16" },
      eighth: { shape: [2], data: Float32Array.of(1, 448), dtype: "float8_e4m3fn" },
      none: { shape: [0, 5], data: new Int32Array(0) },
      large: BigUint64Array.of(2n ** 64n - 1n),
    } as const;
    const { tensors } = parseSafetensors(encodeSafetensors(arrays));
    expect([...tensors.keys()]).toEqual(["a", "large", "z", "none", "half", "bytes", "eighth"]);
    for (const [name, array] of Object.entries(arrays)) {
      expect(tensors.get(name)?.data).toStrictEqual("shape" in array ? array.data : array);
    }
    expect(tensors.get("half")?.dtype).toBe("bfloat16");
    expect(tensors.get("eighth")?.dtype).toBe("float8_e4m3fn");
    expect(tensors.get("a")?.shape).toEqual([]);
  });

  test("metadata from an object or a Map, under any name", () => {
    const metadata = new Map([["__proto__", "x"], ["constructor", ""], ["quote", '"\\\n\u{1f600}']]); // biome-ignore format: one line
    const tensors = new Map([["__proto__", Uint8Array.of(1)]]);
    const parsed = parseSafetensors(encodeSafetensors(tensors, { metadata }));
    expect(parsed.metadata).toEqual(metadata);
    expect(parsed.tensors.get("__proto__")?.data).toStrictEqual(Uint8Array.of(1));
    expect(parseSafetensors(encodeSafetensors({}, { metadata: { a: "b" } })).metadata).toEqual(new Map([["a", "b"]]));
  });

  test("no tensors, as 8 bytes of length and a header padded to 8 bytes", () => {
    expect(Array.from(encodeSafetensors({}))).toEqual([8, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0x7d, ...Array(6).fill(0x20)]);
    expect(parseSafetensors(encodeSafetensors({}))).toEqual({
      tensors: new Map(),
      metadata: new Map(),
      skipped: new Map(),
    });
  });
});

test("a tensor of a type that is not supported does not keep the others from being read", () => {
  const complex = { dtype: "C64", shape: [1], data_offsets: [0, 8] };
  for (const header of [
    { z: complex, x: u8(8, 9) },
    { x: u8(8, 9), z: complex },
  ]) {
    const { tensors, skipped } = parseSafetensors(file(header, 9));
    expect([...tensors.keys()]).toEqual(["x"]);
    expect(skipped.get("z")).toBeInstanceOf(DataFormatError);
    expect(skipped.get("z")?.message).toBe('bytes: tensor "z": elements of type "C64" are not supported');
  }
});

test("the data are a copy, also of a Buffer", () => {
  const bytes = Buffer.from(encodeSafetensors({ x: Uint8Array.of(1, 2) }));
  const { data } = parseSafetensors(bytes).tensors.get("x")!;
  bytes.fill(0);
  expect(data).toStrictEqual(Uint8Array.of(1, 2));
});

describe("bytes that are not a safetensors file are refused with the reason", () => {
  test.each<[string, Uint8Array, RegExp]>([
    ["nothing at all", new Uint8Array(0), /truncated: a safetensors header of 8 bytes is needed, there are 0/],
    ["an absurd length", file("{}", 0, 2n ** 64n - 1n), /header of 18446744073709551615 bytes, more than the limit/],
    ["a length above the limit", file("{}", 0, 2n ** 24n + 1n), /more than the limit of 16777216/],
    ["a length beyond the file", file("{}", 0, 3n), /truncated: a safetensors header of 11 bytes is needed/],
    ["another beginning", file(" {}"), /does not begin with \{/],
    ["a header that is not UTF-8", Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0xff), /not UTF-8/],
    ["an unfinished header", file('{"a"'), /expected : at character 4/],
    ["a string without an end", file('{"a\\"'), /expected a string that ends/],
    ["a string with a bare control character", file('{"a\n":{}}'), /expected a string as JSON has it/],
    ["a comma at the end", file('{"__metadata__":{},}'), /expected a string at/],
    ["something behind the header", file("{}x"), /expected the end/],
    ["an array for a tensor", file({ a: [] }), /expected \{/],
    ["a tensor without a shape", file({ a: { dtype: "U8", data_offsets: [0, 0] } }), /expected a tensor with dtype/],
    ["three offsets", file({ a: { dtype: "U8", shape: [0], data_offsets: [0, 0, 0] } }), /two data_offsets/],
    ["another key", file({ a: { ...u8(0, 1), extra: 1 } }, 1), /expected dtype, shape and data_offsets, each once/],
    ["a key twice", file('{"a":{"dtype":"U8","dtype":"U8"}}'), /each once/],
    ["a name twice", file(`{"a":${JSON.stringify(u8(0, 1))},"a":${JSON.stringify(u8(0, 1))}}`, 1), /"a" again/],
    ["a name twice, once escaped", file('{"__metadata__":{"a":"1","\\u0061":"2"}}'), /"a" again/],
    ["metadata twice", file('{"__metadata__":{},"__metadata__":{}}'), /only once/],
    ["metadata that are no texts", file({ __metadata__: { a: 1 } }), /expected a string/],
    ["a negative number", file({ a: { dtype: "U8", shape: [-1], data_offsets: [0, 1] } }, 1), /integer of at least 0/],
    ["a fraction", file('{"a":{"shape":[1.0]}}'), /integer of at least 0/],
    ["an exponent", file('{"a":{"shape":[1e3]}}'), /integer of at least 0/],
    ["a leading zero", file('{"a":{"shape":[01]}}'), /integer of at least 0/],
    ["an integer beyond 2⁵³", file('{"a":{"shape":[9007199254740993]}}'), /integer of at least 0/],
    ["an unknown type", file({ a: { dtype: "F4", shape: [2], data_offsets: [0, 1] } }, 1), /type "F4" are not supported/],
    ["a type by another's name", file({ a: { dtype: "__proto__", shape: [], data_offsets: [0, 0] } }), /are not supported/],
    ["a product that overflows", file({ a: { ...u8(0, 1), shape: [2 ** 40, 2 ** 40] } }, 1), /no file can hold/],
    ["one that a 0 would hide", file({ a: { ...u8(0, 0), shape: [2 ** 40, 2 ** 40, 0] } }), /no file can hold/],
    ["offsets that do not fit the shape", file({ a: { ...u8(0, 2), shape: [1] } }, 2), /need 1 bytes, the offsets give 2/],
    ["offsets the wrong way", file({ a: { ...u8(0, 0), data_offsets: [0, 0] }, b: { dtype: "U8", shape: [0], data_offsets: [1, 0] } }), /hole|overlaps/],
    ["a hole", file({ a: u8(0, 1), b: u8(2, 3) }, 3), /"b" leaves a hole at byte 1/],
    ["a hole at the beginning", file({ a: u8(1, 2) }, 2), /"a" leaves a hole at byte 0/],
    ["an overlap", file({ a: u8(0, 2), b: u8(1, 3) }, 3), /"b" overlaps another tensor at byte 1/],
    ["two tensors in one place", file({ a: u8(0, 2), b: u8(0, 2) }, 2), /overlaps another tensor/],
    ["too few bytes", file({ a: u8(0, 2) }, 1), /truncated: the header promises 2 bytes of tensors, there are 1/],
    ["too many bytes", file({ a: u8(0, 2) }, 3), /oversized/],
    ["a truth value of 7", file({ a: { ...u8(0, 1), dtype: "BOOL" } }, 1).fill(7, -1), /element 0 is 7/],
  ])("%s", (_, bytes, message) => {
    const error = thrownBy(DataFormatError, () => parseSafetensors(bytes));
    expect(error.message).toMatch(message);
    expect(error.source).toBe("bytes");
  }); // biome-ignore format: a table

  test("a file that is cut anywhere", () => {
    const bytes = goldenFile("tensors.safetensors");
    for (let end = 0; end < bytes.length; end++) {
      expect(thrownBy(DataFormatError, () => parseSafetensors(bytes.subarray(0, end))).message).toMatch(/truncated/);
    }
  });

  test("a header that consists of nesting, without exhausting the stack", () => {
    thrownBy(DataFormatError, () => parseSafetensors(file('{"a":'.repeat(1_000_000))));
    thrownBy(DataFormatError, () => parseSafetensors(file(`{"a":{"shape":${"[".repeat(1_000_000)}`)));
  });

  test("a header of one long string is read", () => {
    const long = '\\"'.repeat(1_000_000);
    expect(parseSafetensors(file(`{"__metadata__":{"a":"${long}"}}`)).metadata.get("a")).toHaveLength(1_000_000);
  });

  test("an argument that is not a Uint8Array", () => {
    expect(thrownBy(ArgumentError, () => parseSafetensors("{}" as never)).argument).toBe("bytes");
  });
});

describe("tensors that cannot be written are refused", () => {
  test.each<[string, unknown, unknown?]>([
    ["tensors", { __metadata__: Uint8Array.of(1) }],
    ["tensors", "x"],
    ["tensors.x", { x: [1] }],
    ["options.metadata", {}, { metadata: 5 }],
    ["options.metadata.step", {}, { metadata: { step: 5 } }],
    ["options.metadata.a", {}, { metadata: { a: "\udc00" } }],
    ["options.format", {}, { format: "pt" }],
    ["tensors", {}, { metadata: { a: "x".repeat(2 ** 24) } }],
  ])("%s", (argument, tensors, options) => {
    expect(thrownBy(ArgumentError, () => encodeSafetensors(tensors as never, options as never)).argument).toBe(
      argument,
    );
  });
});
