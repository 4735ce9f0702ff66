import { deflateRawSync } from "node:zlib";
import { ArgumentError, DataFormatError, matrix, ShapeError } from "numgrad";
import { encodeNpy, encodeNpz, parseNpz } from "numgrad/files";
import { describe, expect, test } from "vitest";
import { crc32 } from "../../packages/numgrad/src/files/crc32.js";
import { atOnce } from "../../packages/numgrad/src/files/pieces.js";
import { readZip } from "../../packages/numgrad/src/files/zip.js";
import { writeZip } from "../../packages/numgrad/src/files/zip-writer.js";
import { expectArray, expectedArrays, goldenFile } from "../support/golden-files.js";
import { thrownBy } from "../support/thrown.js";

const zip = (bytes: Uint8Array, memoryLimit = 2 ** 20) => atOnce(readZip(bytes, "bytes", memoryLimit));
const refusal = (bytes: Uint8Array, memoryLimit?: number) => thrownBy(DataFormatError, () => zip(bytes, memoryLimit));

/** A ZIP file of two stored files a and b of 4 bytes each, with the positions of its fields. */
function sample(change: (view: DataView, at: { a: number; b: number; directory: number; end: number }) => void) {
  const files = new Map([
    ["a", Uint8Array.of(1, 2, 3, 4)],
    ["b", Uint8Array.of(5, 6, 7, 8)],
  ]);
  const bytes = writeZip(files, { compress: false });
  // A local entry consists of 30 bytes, the name and the data; an entry of the directory of 46 bytes and the name.
  change(new DataView(bytes.buffer), { a: 0, b: 35, directory: 70, end: 164 });
  return bytes;
}

describe("files of NumPy are read", () => {
  test.each(["arrays.npz", "compressed.npz"])("%s", (file) => {
    const arrays = parseNpz(goldenFile(file));
    expect([...arrays.keys()]).toEqual(Object.keys(expectedArrays.arrays));
    for (const [name, expected] of Object.entries(expectedArrays.arrays)) expectArray(arrays.get(name), expected);
  });
});

describe("arrays that are written are read back", () => {
  test.each([false, true])("compressed: %s", (compress) => {
    const noise = Float64Array.from({ length: 500 }, (_, i) => Math.sin(i));
    const arrays = { noise, zeros: new Float64Array(10_000), matrix: matrix([[1, 2]]), größe: Uint8Array.of(1) };
    const file = encodeNpz(arrays, { compress });
    const parsed = parseNpz(file);
    expect([...parsed.keys()]).toEqual(Object.keys(arrays));
    expect(parsed.get("noise")?.data).toStrictEqual(noise);
    expect(parsed.get("zeros")?.data).toStrictEqual(arrays.zeros);
    expect(parsed.get("matrix")).toEqual({ shape: [1, 2], data: Float64Array.of(1, 2), dtype: "float64" });
    expect(file.length < 10_000).toBe(compress);
    expect(encodeNpz(arrays, { compress })).toEqual(file);
  });

  test("under any name, in the given order", () => {
    const names = ["__proto__", "constructor", "2", "1", "", "a/../b", "\u0000"];
    const parsed = parseNpz(encodeNpz(new Map(names.map((name, i) => [name, Uint8Array.of(i)]))));
    expect([...parsed]).toEqual(names.map((name, i) => [name, { shape: [1], data: Uint8Array.of(i), dtype: "uint8" }]));
    expect(Object.getPrototypeOf(parsed)).toBe(Map.prototype);
  });

  test("an empty file of arrays", () => {
    expect(parseNpz(encodeNpz({}))).toEqual(new Map());
  });
});

test("crc32 gives the check value of ZIP's CRC-32", () => {
  expect(crc32(new TextEncoder().encode("123456789"))).toBe(0xcbf43926);
});

test("sizes may come behind the data, in a descriptor of 12 to 24 bytes", () => {
  const packed = deflateRawSync(encodeNpy(Uint8Array.of(1, 2, 3)));
  const file = new Map([["x.npy", new Uint8Array(packed)]]);
  // The writer stores deflated bytes. The headers are then changed to "deflated", and a descriptor of 16 bytes is put
  // in.
  const stored = writeZip(file, { compress: false });
  const [local, central] = [30 + 5 + packed.length, 46 + 5];
  const bytes = new Uint8Array(stored.length + 16);
  bytes.set(stored.subarray(0, local));
  bytes.set(stored.subarray(local), local + 16);
  const view = new DataView(bytes.buffer);
  const contents = encodeNpy(Uint8Array.of(1, 2, 3));
  for (const [start, shift] of [
    [0, 0],
    [local + 16, 2],
  ] as const) {
    // biome-ignore format: one line
    view.setUint16(start + 6 + shift, 0x808, true);
    view.setUint16(start + 8 + shift, 8, true);
    view.setUint32(start + 14 + shift, shift ? crc32(contents) : 0, true);
    view.setUint32(start + 18 + shift, shift ? packed.length : 0, true);
    view.setUint32(start + 22 + shift, shift ? contents.length : 0, true);
  }
  view.setUint32(local + 16 + central + 16, local + 16, true);
  expect(parseNpz(bytes).get("x")?.data).toStrictEqual(Uint8Array.of(1, 2, 3));
  view.setUint16(6, 0x800, true);
  view.setUint16(local + 16 + 8, 0x800, true);
  expect(thrownBy(DataFormatError, () => parseNpz(bytes)).message).toMatch(/differ/);
});

describe("a damaged or hostile ZIP file is refused with the reason", () => {
  test("the unchanged sample is valid", () => {
    expect(zip(sample(() => {})).get("b")).toEqual({ bytes: Uint8Array.of(5, 6, 7, 8), isUnpacked: false });
  });

  test.each<[string, Parameters<typeof sample>[0], RegExp]>([
    ["no end record", (view, { end }) => view.setUint8(end, 0), /no end record/],
    ["several disks", (view, { end }) => view.setUint16(end + 4, 1, true), /split ZIP files/],
    ["ZIP64", (view, { end }) => view.setUint32(end + 16, 0xffffffff, true), /ZIP64/],
    ["another number of entries", (view, { end }) => setBoth(view, end, 1), /has 2 entries, the end record says 1/],
    ["a directory elsewhere", (view, { end }) => view.setUint32(end + 16, 71, true), /does not end where/],
    ["a damaged directory", (view, { directory }) => view.setUint8(directory, 0), /directory is damaged at byte 70/],
    ["a directory that is cut", (view, { directory }) => view.setUint16(directory + 28, 60, true), /damaged at byte/],
    ["another method in the directory", (view, { directory }) => view.setUint16(directory + 10, 14, true), /differ/],
    ["other sizes when stored", (view, { directory }) => view.setUint32(directory + 24, 5, true), /4 bytes for 5/],
    ["a local name that differs", (view, { a }) => view.setUint8(a + 30, 0x63), /header and the directory differ/],
    ["a local CRC that differs", (view, { a }) => view.setUint32(a + 14, 1, true), /header and the directory differ/],
    ["damaged contents", (view, { a }) => view.setUint8(a + 31, 9), /"a" .* CRC-32/],
    ["no header where it should be", (view, { directory }) => view.setUint32(directory + 42, 1, true), /no header at/],
    ["overlapping files", (view, { b, directory }) => overlap(view, b, directory), /overlapping bytes at/],
    ["two files of one name", (view, { b, directory }) => rename(view, b, directory), /two files are named "a"/],
    ["a name that is not UTF-8", (view, { directory }) => view.setUint8(directory + 46, 0xff), /not UTF-8/],
  ])("%s", (_, change, message) => {
    expect(refusal(sample(change)).message).toMatch(message);
  });

  function setBoth(view: DataView, end: number, count: number) {
    view.setUint16(end + 8, count, true);
    view.setUint16(end + 10, count, true);
  }
  /** Lets the second entry of the directory name the first file again, as in a bomb of overlapping files. */
  function overlap(view: DataView, _: number, directory: number) {
    for (let i = 0; i < 47; i++) view.setUint8(directory + 47 + i, view.getUint8(directory + i));
  }
  function rename(view: DataView, b: number, directory: number) {
    view.setUint8(b + 30, 0x61);
    view.setUint8(directory + 47 + 46, 0x61);
  }

  test.each<[string, number, number, RegExp]>([
    ["is encrypted", 6, 0x801, /"a" .* it is encrypted/],
    ["is packed by another method", 8, 14, /"a" .* it is packed by method 14, which is not supported/],
  ])("a file that %s has a fault, and the others are read", (_, field, value, message) => {
    const bytes = sample((view, { a, directory }) => {
      view.setUint16(a + field, value, true);
      view.setUint16(directory + field + 2, value, true);
    });
    const files = zip(bytes);
    expect(files.get("a")?.fault?.message).toMatch(message);
    expect(files.get("b")).toEqual({ bytes: Uint8Array.of(5, 6, 7, 8), isUnpacked: false });
  });

  test("bytes that belong to no file", () => {
    const bytes = sample(() => {});
    const shifted = new Uint8Array(bytes.length + 1);
    shifted.set(bytes, 1);
    const view = new DataView(shifted.buffer);
    for (const [at, value] of [
      [165 + 16, 71],
      [71 + 42, 1],
      [71 + 47 + 42, 36],
    ] as const) {
      // biome-ignore format: one line
      view.setUint32(at, value, true);
    }
    expect(refusal(shifted).message).toMatch(/unclaimed bytes at 0/);
  });

  test("a file that is cut at its end or at its beginning", () => {
    const bytes = goldenFile("compressed.npz");
    for (let end = 0; end < bytes.length; end++) {
      refusal(bytes.subarray(0, end));
      if (end > 0) refusal(bytes.subarray(end));
    }
  });

  test("contents of which none is a .npy file", () => {
    const bytes = writeZip(new Map([["x.txt", Uint8Array.of(1)]]), { compress: false });
    expect(thrownBy(DataFormatError, () => parseNpz(bytes)).source).toBe("bytes, x.txt");
  });
});

describe("a member that cannot be read does not keep the others from being read", () => {
  const npy = encodeNpy(Float64Array.of(1, 2));
  const text = new TextEncoder().encode("about these arrays");
  /** The header of a `.npy` file says this type; the data do not matter. */
  const ofType = (descr: string) => {
    const bytes = new TextDecoder("latin1").decode(npy).replace("'<f8',", `'${descr}',`.padEnd(6));
    return Uint8Array.from(bytes, (character) => character.charCodeAt(0));
  };
  const parse = (files: Record<string, Uint8Array>) =>
    parseNpz(writeZip(new Map(Object.entries(files)), { compress: false }));

  test.each<[string, string, Uint8Array, string]>([
    ["a text", "note.npy", ofType("<U7"), 'bytes, note.npy: elements of type "<U7" are not supported'],
    ["an object", "note.npy", ofType("|O"), 'bytes, note.npy: elements of type "|O" are not supported'],
    ["a README", "README.md", text, "bytes, README.md: not a .npy file: it does not begin with \\x93NUMPY"],
    ["another file with the ending", "note.npy", text, "bytes, note.npy: not a .npy file: it does not begin with"],
    ["what macOS adds", "__MACOSX/._x.npy", Uint8Array.of(0, 5, 0x16, 7), "bytes, __MACOSX/._x.npy: not a .npy file"],
    ["an empty file", "empty", new Uint8Array(0), "bytes, empty: truncated"],
    ["too few elements", "short.npy", npy.subarray(0, -1), "bytes, short.npy: truncated"],
  ])("%s", (_, file, contents, message) => {
    for (const files of [
      { [file]: contents, "x.npy": npy },
      { "x.npy": npy, [file]: contents },
    ]) {
      const arrays = parse(files);
      expect([...arrays.keys()]).toEqual(["x"]);
      expect(arrays.get("x")?.data).toStrictEqual(Float64Array.of(1, 2));
      expect([...arrays.skipped.keys()]).toEqual([file.replace(".npy", "")]);
      const [error] = arrays.skipped.values();
      expect(error).toBeInstanceOf(DataFormatError);
      expect(error?.message.slice(0, message.length)).toBe(message);
    }
  });

  test("a folder is not an array, and nothing that was skipped", () => {
    const arrays = parse({ "layers/": new Uint8Array(0), "layers/x.npy": npy });
    expect([[...arrays.keys()], arrays.skipped.size]).toEqual([["layers/x"], 0]);
  });

  test("names without .npy are read as NumPy reads them", () => {
    const arrays = parse({ x: npy, "y.npy": npy, y: npy, "z.NPY": npy });
    expect([...arrays.keys()]).toEqual(["x", "y.npy", "y", "z.NPY"]);
  });

  test("the report is no element, and does not keep arrays from being compared or written again", () => {
    const arrays = parse({ "x.npy": npy, README: text });
    expect(arrays).toEqual(new Map([["x", { shape: [2], data: Float64Array.of(1, 2), dtype: "float64" }]]));
    expect(parseNpz(encodeNpz(arrays)).skipped.size).toBe(0);
  });
});

describe("memory is bounded", () => {
  const zeros = (length: number) => encodeNpz({ zeros: new Uint8Array(length) }, { compress: true });
  /** Overwrites the size of the only file in both headers. */
  function promise(bytes: Uint8Array, size: number): Uint8Array {
    const view = new DataView(bytes.buffer);
    const directory = view.getUint32(bytes.length - 6, true);
    view.setUint32(22, size, true);
    view.setUint32(directory + 24, size, true);
    return bytes;
  }

  test("by the limit, before anything is unpacked", () => {
    const bytes = zeros(1_000_000);
    expect(parseNpz(bytes, { memoryLimit: 1_000_128 }).get("zeros")?.data).toHaveLength(1_000_000);
    const error = thrownBy(DataFormatError, () => parseNpz(bytes, { memoryLimit: 1_000_127 }));
    expect(error.message).toMatch(/unpacks to 1000128 bytes, more than the limit of 1000127/);
  });

  test("by the promised size, if a bomb unpacks to more than it promises", () => {
    const error = thrownBy(DataFormatError, () => parseNpz(promise(zeros(20_000_000), 1000)));
    expect(error.message).toMatch(/unpacks to more than 1000 bytes/);
  });

  test("by the size that the compressed bytes can have, if a file promises more", () => {
    const error = thrownBy(DataFormatError, () => parseNpz(promise(zeros(1000), 100_000_000)));
    expect(error.message).toMatch(/bytes cannot unpack to 100000000/);
  });

  test("and a file that promises a little more than it has is an error", () => {
    expect(thrownBy(DataFormatError, () => parseNpz(promise(zeros(1000), 1129))).message).toMatch(/1128 bytes instead/);
  });

  test("by a limit that must be an integer", () => {
    expect(thrownBy(ArgumentError, () => parseNpz(zeros(1), { memoryLimit: -1 })).argument).toBe("options.memoryLimit");
    expect(thrownBy(ArgumentError, () => parseNpz(zeros(1), { limit: 1 } as never)).argument).toBe("options.limit");
  });
});

describe("arrays that cannot be written are refused", () => {
  test.each<[string, unknown, unknown?]>([
    ["arrays", null],
    ["arrays", new Float64Array(3)],
    ["arrays", new Map([[1, Uint8Array.of(1)]])],
    ["arrays", { "\ud800": Uint8Array.of(1) }],
    ["arrays.x", { x: [1] }],
    ["arrays.x.dtype", { x: { shape: [1], data: Uint16Array.of(1), dtype: "bfloat16" } }],
    ["options.compress", {}, { compress: 9 }],
    ["options.level", {}, { level: 9 }],
  ])("%s", (argument, arrays, options) => {
    expect(thrownBy(ArgumentError, () => encodeNpz(arrays as never, options as never)).argument).toBe(argument);
  });

  test("a matrix that does not fit its shape", () => {
    thrownBy(ShapeError, () => encodeNpz({ x: { shape: [2, 2], data: new Float64Array(3) } }));
  });
});
