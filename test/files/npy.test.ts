import { ArgumentError, DataFormatError, matrix, ShapeError, TwoLayerNet } from "numgrad";
import { type ArrayInput, encodeNpy, parseNpy } from "numgrad/files";
import { describe, expect, test } from "vitest";
import { expectArray, expectedArrays, goldenFile } from "../support/golden-files.js";
import { thrownBy } from "../support/thrown.js";

/** A `.npy` file with the given header, without padding, and data. */
function npyFile(header: string, data: ArrayLike<number>, version = 1): Uint8Array {
  const text = new TextEncoder().encode(header);
  const start = version === 1 ? 10 : 12;
  const bytes = new Uint8Array(start + text.length + data.length);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, version, 0, text.length & 255, text.length >> 8]);
  bytes.set(text, start);
  bytes.set(data, start + text.length);
  return bytes;
}

const header = (descr: string, shape: string, order = "False") =>
  `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': ${shape}, }\n`;

describe("files of NumPy are read", () => {
  test.each(Object.keys(expectedArrays.single))("%s.npy", (name) => {
    expectArray(parseNpy(goldenFile(`${name}.npy`)), expectedArrays.single[name]!);
  });

  test.each([2, 3])("version %i of the format", (version) => {
    expectArray(parseNpy(goldenFile(`version-${version}.npy`)), { dtype: "uint8", shape: [4], values: [0, 1, 2, 3] });
  });
});

describe("an array that is written is read back", () => {
  const arrays: [string, ArrayInput][] = [
    ["a matrix", matrix([[0.1, -0, 3], [Number.NaN, Number.POSITIVE_INFINITY, 5e-324]])], // biome-ignore format: one line
    ["a vector", Float32Array.of(1, 2, 3)],
    ["a single number", { shape: [], data: Int32Array.of(-7) }],
    ["nothing", { shape: [3, 0, 2], data: new Float64Array(0) }],
    ["truth values", { shape: [2], data: Uint8Array.of(0, 1), dtype: "bool" }],
    ["half precision", { shape: [2], data: Float32Array.of(1, -2), dtype: "float16" }],
    ["64-bit integers", BigInt64Array.of(-(2n ** 63n), 2n ** 63n - 1n)],
    ["64 dimensions", { shape: Array(64).fill(1), data: Int8Array.of(5) }],
  ];
  test.each(arrays)("%s", (_, array) => {
    const given = ArrayBuffer.isView(array) ? { shape: [array.length], data: array } : array;
    const parsed = parseNpy(encodeNpy(array));
    expect(parsed.data).toStrictEqual(given.data);
    expect(parsed.shape).toEqual([...given.shape]);
    if ("dtype" in given) expect(parsed.dtype).toBe(given.dtype);
  });

  test("byte for byte as NumPy writes it", () => {
    expect(encodeNpy(parseNpy(goldenFile("big-endian-float64.npy")))).toEqual(
      npyFile(`{'descr': '<f8', 'fortran_order': False, 'shape': (2, 2), }${" ".repeat(58)}\n`, [
        ...new Uint8Array(Float64Array.of(0.1, 2, -3, 1e-300).buffer),
      ]),
    );
  });
});

test("the data are a copy, wherever the bytes lie, also of a Buffer", () => {
  const file = encodeNpy(Float64Array.of(0.1, 0.2));
  const shifted = Buffer.concat([Buffer.alloc(3), file]).subarray(3);
  const { data } = parseNpy(shifted);
  shifted.fill(0);
  expect(data).toStrictEqual(Float64Array.of(0.1, 0.2));
});

test("a header may have other blanks, quotes and order of keys, and Python 2's long integers", () => {
  const file = npyFile('{"shape":(2L,1),"fortran_order":False , "descr":"|u1"}', [8, 9]);
  expect(parseNpy(file)).toEqual({ shape: [2, 1], data: Uint8Array.of(8, 9), dtype: "uint8" });
});

describe("bytes that are not a .npy file of numbers are refused with the reason", () => {
  test.each<[string, Uint8Array, RegExp]>([
    ["nothing at all", new Uint8Array(0), /truncated: a \.npy header of 10 bytes is needed, there are 0/],
    ["something else", new TextEncoder().encode("<!doctype html>"), /does not begin with/],
    ["a future version", npyFile(header("<f8", "()"), [], 4), /version 4\.0 .* is not supported/],
    ["an endless header", npyFile(" ".repeat(10_001), [], 2), /a header of 10001 bytes, more than the 10000/],
    ["a part of a header", npyFile(header("<f8", "()"), []).subarray(0, 30), /truncated: .* there are 30/],
    ["too few elements", npyFile(header("<f8", "(2,)"), new Array(15)), /truncated: .*\[2\] float64.*, there are/],
    ["too many elements", npyFile(header("<f8", "(2,)"), new Array(17)), /oversized/],
    ["a product that overflows", npyFile(header("<f8", `(${2 ** 40}, ${2 ** 40})`), []), /no file can hold/],
    ["a product that a 0 would hide", npyFile(header("<f8", `(${2 ** 40}, ${2 ** 40}, 0)`), []), /no file can hold/],
    ["65 dimensions", npyFile(header("|u1", `(${"1, ".repeat(65)})`), [1]), /65 dimensions/],
    ["objects (pickle)", npyFile(header("|O", "(1,)"), [1]), /"\|O" are not supported/],
    ["texts", npyFile(header("<U3", "(1,)"), new Array(12)), /"<U3" are not supported/],
    ["complex numbers", npyFile(header("<c16", "(1,)"), new Array(16)), /"<c16" are not supported/],
    ["long doubles", npyFile(header("<f16", "()"), new Array(16)), /"<f16" are not supported/],
    ["dates", npyFile(header("<M8[ns]", "()"), new Array(8)), /"<M8\[ns\]" are not supported/],
    ["numbers whose size depends on the platform", npyFile(header("<l", "()"), new Array(8)), /"<l" are not supported/],
    ["a type that only safetensors has", npyFile(header("bfloat16", "()"), [0, 0]), /"bfloat16" are not supported/],
    ["no type", npyFile(header("", "()"), []), /"" are not supported/],
    ["a name of every object", npyFile(header("constructor", "()"), []), /"constructor" are not supported/],
    ["a truth value of 2", npyFile(header("|b1", "(2,)"), [1, 2]), /element 1 is 2/],
    ["a structure", npyFile("{'descr': [('x', '<f8')], 'fortran_order': False, 'shape': ()}", []), /structured/],
    ["a key twice", npyFile("{'shape': (), 'shape': ()}", []), /shape comes twice/],
    ["a missing key", npyFile("{'shape': (), 'descr': '<f8'}", []), /lacks the key fortran_order/],
    ["another key", npyFile("{'__proto__': ()}", []), /expected descr, fortran_order or shape/],
    ["a number for a tuple", npyFile(header("<f8", "(3)"), []), /expected a comma/],
    ["a negative dimension", npyFile(header("<f8", "(-1,)"), []), /expected a token near/],
    ["a fraction of a dimension", npyFile(header("<f8", "(1.5,)"), []), /expected a token near/],
    ["a dimension beyond 2⁵³", npyFile(header("<f8", "(9007199254740993,)"), []), /expected a dimension/],
    ["an expression", npyFile(header("<f8", "(1+1,)"), []), /expected/],
    ["an escape", npyFile("{'descr': '\\x3cf8'}", []), /expected a token/],
    ["something behind the dictionary", npyFile(`${header("<f8", "()")} 1`, []), /expected the end/],
    ["an unfinished dictionary", npyFile("{'descr': '<f8',", []), /expected a token/],
  ])("%s", (_, bytes, message) => {
    const error = thrownBy(DataFormatError, () => parseNpy(bytes));
    expect(error.source).toBe("bytes");
    expect(error.message).toMatch(message);
  });

  test("a file that ends anywhere", () => {
    const file = goldenFile("fortran.npy");
    for (let end = 0; end < file.length; end++) {
      expect(thrownBy(DataFormatError, () => parseNpy(file.subarray(0, end))).message).toMatch(/truncated/);
    }
  });

  test("an argument that is not a Uint8Array", () => {
    for (const value of [undefined, null, "abc", [1], new ArrayBuffer(8)]) {
      expect(thrownBy(ArgumentError, () => parseNpy(value as never)).argument).toBe("bytes");
    }
  });
});

describe("an array that cannot be written is refused", () => {
  test.each<[string, unknown]>([
    ["array", null],
    ["array", 5],
    ["array", [1, 2]],
    ["array.data", { shape: [1], data: [1] }],
    ["array.data", { shape: [3], data: Uint8Array.of(1, 2) }],
    ["array.shape", { shape: [-1], data: Uint8Array.of(1) }],
    ["array.shape", { shape: [0.5, 2], data: Uint8Array.of(1) }],
    ["array.shape", { shape: 1, data: Uint8Array.of(1) }],
    ["array.shape", { shape: [2 ** 40, 2 ** 40, 0], data: new Uint8Array(0) }],
    ["array.dtype", { shape: [1], data: Uint8Array.of(1), dtype: "float64" }],
    ["array.dtype", { shape: [1], data: Uint16Array.of(1), dtype: "bfloat16" }],
    ["array.data[1]", { shape: [2], data: Uint8Array.of(1, 7), dtype: "bool" }],
  ])("%s from %j", (argument, array) => {
    expect(thrownBy(ArgumentError, () => encodeNpy(array as ArrayInput)).argument).toBe(argument);
  });

  test("data that do not fit their shape, naming both numbers", () => {
    const error = thrownBy(ShapeError, () => encodeNpy({ shape: [2, 2], data: new Float64Array(3) }));
    expect(error.message).toBe("array.data: expected 4 elements for the shape [2, 2], got 3");
  });
});

test("a window on a network's memory is written correctly after the memory has moved", () => {
  const net = new TwoLayerNet({ inputSize: 3, hiddenSize: 2, outputSize: 2, random: 0 });
  const view = net.params.w1;
  const expected = view.slice();
  const large = new TwoLayerNet({ inputSize: 2000, hiddenSize: 1000, outputSize: 2, random: 0 });
  expect(view.length).toBe(0);
  expect(parseNpy(encodeNpy(view)).data).toStrictEqual(expected);
  large.dispose();
  net.dispose();
});
