import { writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  ArgumentError,
  DataFormatError,
  DataNotFoundError,
  DisposedError,
  matrix,
  NonFiniteError,
  ShapeError,
  TwoLayerNet,
} from "numgrad";
import {
  applyParams,
  encodeNpy,
  encodeNpz,
  encodeParams,
  encodeSafetensors,
  loadParams,
  parseNpz,
  parseSafetensors,
  saveParams,
} from "numgrad/files";
import { describe, expect, test } from "vitest";
import { writeZip } from "../../packages/numgrad/src/files/zip-writer.js";
import { VERSION } from "../../packages/numgrad/src/version.js";
import { temporaryDirectory } from "../support/idx-files.js";
import { rejectionOf, thrownBy } from "../support/thrown.js";

const net = (random: number) =>
  new TwoLayerNet({ inputSize: 3, hiddenSize: 4, outputSize: 2, weightInitStd: 1, random });
const x = matrix([[0.1, 0.2, 0.3], [-1, 2, -3]]); // biome-ignore format: one line

/** Arrays for a file that fits the network. */
const sound = () => ({
  W1: { shape: [3, 4], data: Float64Array.from({ length: 12 }, (_, i) => i / 7) },
  b1: { shape: [4], data: Float64Array.of(1, 2, 3, 4) },
  W2: { shape: [4, 2], data: new Float64Array(8) },
  b2: { shape: [2], data: Float64Array.of(-1, 1) },
});

describe("parameters are read back with the same bits", () => {
  test.each(["npz", "safetensors"] as const)("from %s", (format) => {
    const [a, b] = [net(1), net(2)];
    applyParams(encodeParams(a, { format }), b);
    expect(b.params.toArrays()).toEqual(a.params.toArrays());
    expect(b.predict(x)).toEqual(a.predict(x));
  });

  test.each(["a.npz", "a.safetensors", "a.b.NPZ"])("from the file %s", async (name) => {
    const path = join(temporaryDirectory({}), name);
    const [a, b] = [net(1), net(2)];
    await saveParams(path, a);
    await loadParams(path, b);
    expect(b.params.toArrays()).toEqual(a.params.toArrays());
  });

  test("under the book's names, as matrices and vectors", () => {
    const a = net(1);
    const shapes = { W1: [3, 4], b1: [4], W2: [4, 2], b2: [2] };
    const npz = parseNpz(encodeParams(a));
    const { tensors, metadata } = parseSafetensors(encodeParams(a, { format: "safetensors", metadata: { by: "me" } }));
    for (const arrays of [npz, tensors]) {
      expect(Object.fromEntries([...arrays].map(([name, { shape }]) => [name, shape]))).toEqual(shapes);
      expect(arrays.get("W1")?.data).toEqual(a.params.w1);
    }
    expect(Object.fromEntries(metadata)).toEqual({
      format: "numgrad",
      version: VERSION,
      hidden: "sigmoid",
      output: "softmax",
      by: "me",
    });
  });

  test.each(["float16", "bfloat16"] as const)("widened from %s", (dtype) => {
    const a = net(1);
    const b1 = { shape: [4], data: Float32Array.of(0.5, -1.25, 0, 3), dtype };
    applyParams(encodeSafetensors({ ...sound(), b1 }), a);
    expect([...a.params.b1]).toEqual([0.5, -1.25, 0, 3]);
  });

  test("widened from float32, beside other arrays", () => {
    const a = net(1);
    const arrays = { ...sound(), b1: Float32Array.of(0.1, 0.2, 0.3, 0.4), extra: Uint8Array.of(1) };
    applyParams(encodeNpz(arrays, { compress: true }), a);
    expect(Array.from(a.params.b1)).toEqual([0.1, 0.2, 0.3, 0.4].map(Math.fround));
    expect(a.params.w1).toEqual(arrays.W1.data);
  });
});

/** The bytes of a file in which a text of the same length stands for another. */
function withText(file: Uint8Array, text: string, replacement: string): Uint8Array {
  expect(replacement).toHaveLength(text.length);
  const start = Buffer.from(file).indexOf(text);
  return Uint8Array.from(Buffer.concat([file.subarray(0, start), Buffer.from(replacement), file.subarray(start + text.length)])); // biome-ignore format: one line
}

describe("an array that cannot be read is no matter, unless it is a parameter", () => {
  const npy = withText(encodeNpy(Float64Array.of(1)), "<f8", "<U2");
  const members = Object.entries(sound()).map(([name, array]) => [`${name}.npy`, encodeNpy(array)] as const);
  const npz = (files: Record<string, Uint8Array>) =>
    writeZip(new Map([...members, ...Object.entries(files)]), { compress: false });
  const tensors = encodeSafetensors({ ...sound(), note: { shape: [0], data: new Float64Array(0) } });

  test("in an npz file", () => {
    const a = net(1);
    applyParams(npz({ "note.npy": npy, README: npy }), a);
    expect(a.params.w1).toEqual(sound().W1.data);
    const error = thrownBy(DataFormatError, () => applyParams(npz({ "W1.npy": npy }), a));
    expect(error.message).toBe('bytes, W1.npy: elements of type "<U2" are not supported');
  });

  test("in a safetensors file", () => {
    const a = net(1);
    applyParams(withText(tensors, '"note":{"dtype":"F64"', '"note":{"dtype":"C64"'), a);
    expect(a.params.w1).toEqual(sound().W1.data);
    const error = thrownBy(DataFormatError, () => applyParams(withText(tensors, '"b2":{"dtype":"F64"', '"b2":{"dtype":"C64"'), a)); // biome-ignore format: one line
    expect(error.message).toBe('bytes: tensor "b2": elements of type "C64" are not supported');
  });
});

describe("a file that does not fit is refused, and the network is unchanged", () => {
  const refused = <E extends Error>(
    type: abstract new (...args: never[]) => E,
    bytes: Uint8Array,
    more?: object,
  ): E => {
    const a = net(1);
    const before = a.params.toArrays();
    const error = thrownBy(type, () => applyParams(bytes, a, more));
    expect(a.params.toArrays()).toEqual(before);
    return error;
  };

  test("a missing array", () => {
    const { b2: _, ...rest } = sound();
    expect(refused(DataFormatError, encodeNpz(rest)).message).toBe("bytes: there is no array b2");
  });

  test("another shape, naming both shapes", () => {
    const error = refused(ShapeError, encodeNpz({ ...sound(), b2: { shape: [1, 2], data: new Float64Array(2) } }));
    expect(error.message).toBe("b2 of bytes: expected shape [2], got [1, 2]");
  });

  test("numbers that are not finite", () => {
    const error = refused(NonFiniteError, encodeNpz({ ...sound(), b2: Float64Array.of(0, Number.NaN) }));
    expect(error.message).toBe("b2 of bytes[1]: expected a finite number, got NaN");
  });

  test("elements of another type", () => {
    expect(refused(DataFormatError, encodeNpz({ ...sound(), b2: Int32Array.of(1, 2) })).message).toMatch(
      /int32 elements/,
    );
  });

  test("bytes that are neither npz nor safetensors", () => {
    expect(refused(DataFormatError, new Uint8Array(0)).message).toBe("bytes: an empty file");
    const html = refused(DataFormatError, new TextEncoder().encode("<!doctype html><html></html>"));
    expect(html.message).toBe("bytes: neither a .npz file nor a safetensors file");
    refused(ArgumentError, "params.npz" as never);
  });

  test("more bytes than the limit", () => {
    refused(DataFormatError, encodeParams(net(2)), { memoryLimit: 100 });
    refused(ArgumentError, encodeParams(net(2)), { memory: 100 });
  });

  test("an argument that is not a network", () => {
    for (const value of [undefined, null, {}, { params: {} }, { params: { w1: [1] } }]) {
      expect(thrownBy(ArgumentError, () => encodeParams(value as never)).argument).toBe("net");
      expect(thrownBy(ArgumentError, () => applyParams(new Uint8Array(0), value as never)).argument).toBe("net");
    }
    const a = net(1);
    const file = encodeParams(a);
    a.dispose();
    thrownBy(DisposedError, () => encodeParams(a));
    thrownBy(DisposedError, () => applyParams(file, a));
  });

  test("arrays of other lengths than those of the network's sizes, before one is written", () => {
    const { inputSize, hiddenSize, outputSize, params } = net(1);
    const owner = { inputSize, hiddenSize, outputSize, params: params.toArrays() };
    const file = encodeParams(net(2));
    applyParams(file, owner);
    expect(owner.params).toEqual(net(2).params.toArrays());
    for (const wrong of [{ params: { ...net(1).params.toArrays(), b2: new Float64Array(1) } }, { outputSize: 3 }]) {
      const other = { ...owner, params: net(1).params.toArrays(), ...wrong };
      thrownBy(ArgumentError, () => applyParams(file, other));
      thrownBy(ArgumentError, () => encodeParams(other));
      expect(other.params.w1).toEqual(net(1).params.toArrays().w1);
    }
  });

  test("a network that is disposed of while its file is read", async () => {
    const path = join(temporaryDirectory({}), "a.npz");
    const a = net(1);
    await saveParams(path, a);
    const loading = loadParams(path, a);
    a.dispose();
    await rejectionOf(DisposedError, loading);
  });

  test("missing, damaged and too large files, naming them", async () => {
    const path = join(temporaryDirectory({}), "a.npz");
    const a = net(1);
    expect((await rejectionOf(DataNotFoundError, loadParams(path, a))).source).toBe(path);
    writeFileSync(path, encodeNpz({ ...sound(), b2: { shape: [1], data: new Float64Array(1) } }));
    expect((await rejectionOf(ShapeError, loadParams(path, a))).argument).toBe(`b2 of ${path}`);
    expect((await rejectionOf(DataFormatError, loadParams(path, a, { memoryLimit: 99 }))).message).toMatch(
      /has \d+ bytes, more than the limit of 99/,
    );
    writeFileSync(path, "PK\u0003\u0004");
    expect((await rejectionOf(DataFormatError, loadParams(path, a))).source).toBe(path);
    expect((await rejectionOf(DataNotFoundError, loadParams(temporaryDirectory({}), a))).message).toMatch(
      /cannot be read/,
    );
  });
});

describe("options are checked", () => {
  test.each<[string, unknown]>([
    ["options.format", { format: "npy" }],
    ["options.metadata", { metadata: {} }],
    ["options.metadata.a", { format: "safetensors", metadata: { a: 1 } }],
    ["options.metadata", { format: "safetensors", metadata: null }],
    ["options.compress", { compress: true }],
  ])("%s from %j", (argument, options) => {
    expect(thrownBy(ArgumentError, () => encodeParams(net(1), options as never)).argument).toBe(argument);
  });

  test("the name of a file decides its format", async () => {
    for (const path of ["params", "params.npy", "", 5, undefined]) {
      expect((await rejectionOf(ArgumentError, saveParams(path as never, net(1)))).argument).toBe("path");
    }
    const error = await rejectionOf(ArgumentError, saveParams("a.npz", net(1), { metadata: { a: "b" } }));
    expect(error.argument).toBe("options.metadata");
  });
});
