import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DataFormatError } from "numgrad";
import {
  type ArrayInput,
  type Dtype,
  encodeNpy,
  encodeNpz,
  encodeSafetensors,
  type FileArray,
  parseNpy,
  parseNpz,
  parseSafetensors,
} from "numgrad/files";
import { describe, expect, test } from "vitest";
import { temporaryDirectory } from "../support/idx-files.js";
import { python, runPython, SHOW, type Shown, show } from "../support/python.js";

// Every type, byte order, memory order, shape and version of the format that NumPy 2 writes, every spelling of a type
// that it reads, and every type of Python's safetensors, in both directions. These tests need NumPy and safetensors.

const PRELUDE = `
import io, json, sys, zipfile
import numpy as np
from numpy.lib import format as npy
folder = sys.argv[1]
${SHOW}`;

/** Prints `{ file: shown }` for each file that it writes into the folder, and `{ name: … }` for the arrays in all.npz. */
const WRITE = `${PRELUDE}
rng = np.random.RandomState(0)
expected, arrays = {}, {}
SHAPES = [(), (0,), (1,), (5,), (2, 3), (3, 1, 2), (2, 0, 3), (2, 3, 4, 2)]
for code in "? b B h H i I l L q Q e f d".split():
    for order in "<>":
        for memory in "CF":
            for shape in SHAPES:
                type = np.dtype(code).newbyteorder(order)
                if type.itemsize == 1 and order == ">": continue
                size = int(np.prod(shape)) * type.itemsize
                raw = rng.bytes(max(size, 1))[:size]
                if code == "?": raw = bytes(b & 1 for b in raw)
                a = np.array(np.frombuffer(raw, type).reshape(shape), order=memory)
                for version in ((1, 0), (2, 0), (3, 0)):
                    name = f"{type.str[1:]}{'le' if order == '<' else 'be'}{memory}{'x'.join(map(str, shape))}v{version[0]}"
                    with open(f"{folder}/{name}.npy", "wb") as file: npy.write_array(file, a, version=version)
                    expected[name] = show(a)
                arrays[name] = a
np.savez(f"{folder}/all.npz", **arrays)
np.savez_compressed(f"{folder}/all-compressed.npz", **arrays)
print(json.dumps([expected, {name: show(a) for name, a in arrays.items()}]))
`;

/** Writes one file for each spelling of a type that NumPy reads, and prints what NumPy has read. */
const SPELLINGS = `${PRELUDE}
names = "bool int8 uint8 int16 uint16 int32 uint32 int64 uint64 float16 float32 float64".split()
codes = "? b B h H i I q Q e f d b1 i1 u1 i2 u2 i4 u4 i8 u8 f2 f4 f8".split()
result = {}
for descr in names + [order + code for code in codes for order in ["", "<", ">", "|", "="]]:
    type = np.dtype(descr)
    header = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': (2,), }}\\n".encode()
    file = b"\\x93NUMPY\\x01\\x00" + len(header).to_bytes(2, "little") + header + bytes([1, 0, 0, 1] * 4)[:2 * type.itemsize]
    result[descr] = [file.hex(), show(np.load(io.BytesIO(file)))]
print(json.dumps(result))
`;

/** Saves arrays of every type that is not supported, beside one that is. */
const OTHERS = `${PRELUDE}
x = np.arange(3.0)
others = {
    "text": np.array("trained"), "texts": np.array(["a", "bc"]), "bytes": np.array(b"abc"), "object": np.array({"a": 1}),
    "complex64": np.zeros(2, np.complex64), "complex128": np.zeros(2, complex), "longdouble": np.zeros(2, np.longdouble),
    "date": np.array("2026-01-01", "M8[s]"), "span": np.array(5, "m8[ns]"), "void": np.zeros(2, "V2"),
    "structure": np.zeros(2, [("größe", "<f8"), ("b", "<i4", (2,))]),
}
np.savez(f"{folder}/others.npz", x=x, **others)
with zipfile.ZipFile(f"{folder}/others.npz", "a") as file:
    file.writestr("README.md", "About these arrays")
    file.writestr("__MACOSX/._x.npy", b"\\x00\\x05\\x16\\x07")
    file.writestr("folder/", b"")
    with file.open("plain", "w") as plain: npy.write_array(plain, x)
print(json.dumps(sorted([*others, "README.md", "__MACOSX/._x"])))
`;

describe.skipIf(!python)("what NumPy writes is read", () => {
  test("every type, byte order, memory order, shape and version, as .npy and in .npz", { timeout: 300_000 }, () => {
    const folder = temporaryDirectory({});
    const [single, together] = runPython(WRITE, folder) as Record<string, Shown>[];
    expect(Object.keys(single!).length).toBeGreaterThan(1000);
    for (const [name, expected] of Object.entries(single!)) {
      expect(show(parseNpy(readFileSync(join(folder, `${name}.npy`)))), name).toEqual(expected);
    }
    for (const file of ["all.npz", "all-compressed.npz"]) {
      const arrays = parseNpz(readFileSync(join(folder, file)));
      expect(Object.fromEntries([...arrays].map(([name, array]) => [name, show(array)]))).toEqual(together);
      expect(arrays.skipped.size).toBe(0);
    }
  });

  test("every spelling of a type that NumPy reads", () => {
    const spellings = runPython(SPELLINGS, "") as Record<string, [file: string, shown: Shown]>;
    expect(Object.keys(spellings).length).toBeGreaterThan(100);
    for (const [descr, [file, expected]] of Object.entries(spellings)) {
      expect(show(parseNpy(Buffer.from(file, "hex"))), descr).toEqual(expected);
    }
  });

  test("arrays beside those of types that are not supported, each of which is named", () => {
    const folder = temporaryDirectory({});
    const others = runPython(OTHERS, folder);
    const arrays = parseNpz(readFileSync(join(folder, "others.npz")));
    expect([...arrays.keys()]).toEqual(["x", "plain"]);
    expect(arrays.get("plain")?.data).toStrictEqual(Float64Array.of(0, 1, 2));
    expect([...arrays.skipped.keys()].sort()).toEqual(others);
    for (const error of arrays.skipped.values()) expect(error).toBeInstanceOf(DataFormatError);
    expect(arrays.skipped.get("text")?.message).toMatch(/^bytes, text\.npy: elements of type "<U7" are not supported$/);
  });
});

const SHAPES = [[], [0], [1], [5], [2, 3], [3, 1, 2], [2, 0, 3]];

const TYPES = {
  float64: Float64Array,
  float32: Float32Array,
  float16: Float32Array,
  bfloat16: Float32Array,
  float8_e4m3fn: Float32Array,
  float8_e5m2: Float32Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
  int32: Int32Array,
  uint32: Uint32Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int8: Int8Array,
  uint8: Uint8Array,
  bool: Uint8Array,
};

/** Arrays of every type and shape. Each type can hold the numbers; the signed ones have a negative one. */
function allArrays(types: readonly string[]): Record<string, ArrayInput> {
  const arrays: Record<string, ArrayInput> = {};
  for (const dtype of types as Dtype[]) {
    for (const shape of SHAPES) {
      const length = shape.reduce((product, size) => product * size, 1);
      const Type = TYPES[dtype];
      const numbers = Array.from({ length }, (_, i) =>
        dtype === "bool" ? i % 2 : (i % 8) - (/^u/.test(dtype) ? 0 : 3),
      );
      const data = dtype.endsWith("64") && dtype.includes("int") ? numbers.map(BigInt) : numbers;
      arrays[`${dtype}-${shape.join("x")}`] = { shape, data: new Type(data as never), dtype } as ArrayInput;
    }
  }
  return arrays;
}

const shownOf = (arrays: Record<string, ArrayInput>) =>
  Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, show(array as FileArray)]));

describe.skipIf(!python)("what is written is read by NumPy and Python's safetensors", () => {
  test("every type and shape that NumPy has, as .npy and in .npz", () => {
    const arrays = allArrays(Object.keys(TYPES).filter((dtype) => !/bfloat16|float8/.test(dtype)));
    const files = Object.entries(arrays).map(([name, array]) => [`${name}.npy`, encodeNpy(array)] as const);
    const folder = temporaryDirectory({
      ...Object.fromEntries(files),
      "all.npz": encodeNpz(arrays),
      "all-compressed.npz": encodeNpz(arrays, { compress: true }),
    });
    const program = `${PRELUDE}
single = {name: show(np.load(f"{folder}/{name}.npy")) for name in json.loads(sys.argv[2])}
print(json.dumps([single] + [{n: show(a) for n, a in np.load(f"{folder}/{f}.npz").items()} for f in ("all", "all-compressed")]))`;
    const expected = shownOf(arrays);
    expect(runPython(program, folder, JSON.stringify(Object.keys(arrays)))).toEqual([expected, expected, expected]);
  });

  test("every type and shape that safetensors has", (context) => {
    const arrays = allArrays(Object.keys(TYPES));
    const folder = temporaryDirectory({ "ours.safetensors": encodeSafetensors(arrays) });
    // safetensors gives the bytes of every tensor; ml_dtypes knows the types that NumPy lacks.
    const program = `${PRELUDE}
try: import ml_dtypes
except ImportError: print("null"), sys.exit()
from safetensors import deserialize
TYPES = {"F64": "f8", "F32": "f4", "F16": "f2", "I64": "i8", "U64": "u8", "I32": "i4", "U32": "u4", "I16": "i2", "U16": "u2",
    "I8": "i1", "U8": "u1", "BOOL": "?", "BF16": ml_dtypes.bfloat16, "F8_E4M3": ml_dtypes.float8_e4m3fn, "F8_E5M2": ml_dtypes.float8_e5m2}
def read(t):
    a = np.frombuffer(t["data"], np.dtype(TYPES[t["dtype"]])).reshape(t["shape"])
    name = a.dtype.name
    return [name, *show(a.astype(np.float32) if "float8" in name or name == "bfloat16" else a)[1:]]
print(json.dumps({name: read(t) for name, t in deserialize(open(f"{folder}/ours.safetensors", "rb").read())}))`;
    const shown = runPython(program, folder);
    if (shown === null) return context.skip("ml_dtypes is not installed");
    expect(shown).toEqual(shownOf(arrays));
  });
});

test.skipIf(!python)("every type that Python's safetensors writes is read, or named as not supported", () => {
  const folder = temporaryDirectory({});
  const program = `${PRELUDE}
from safetensors import TensorSpec, serialize
types = {"bool": 1, "int8": 1, "uint8": 1, "int16": 2, "uint16": 2, "int32": 4, "uint32": 4, "int64": 8, "uint64": 8, "float16": 2,
    "float32": 4, "float64": 8, "bfloat16": 2, "float8_e4m3fn": 1, "float8_e4m3fnuz": 1, "float8_e5m2": 1, "float8_e5m2fnuz": 1,
    "float8_e8m0fnu": 1, "float4_e2m1fn_x2": 1, "complex64": 8}
data = {name: np.array([1, 0, 0, 1] * size, np.uint8) for name, size in types.items()}
spec = lambda name, a: TensorSpec(dtype=name, shape=[2, 2], data_ptr=a.ctypes.data, data_len=a.size)
open(f"{folder}/theirs.safetensors", "wb").write(serialize({name: spec(name, a) for name, a in data.items()}))
print(json.dumps([list(types), {name: a.tobytes().hex() for name, a in data.items()}]))`;
  const [types, bytes] = runPython(program, folder) as [string[], Record<string, string>];
  const { tensors, skipped } = parseSafetensors(readFileSync(join(folder, "theirs.safetensors")));
  expect([...tensors.keys()].sort()).toEqual(Object.keys(TYPES).sort());
  expect([...tensors.keys(), ...skipped.keys()].sort()).toEqual(types.sort());
  for (const error of skipped.values()) expect(error.message).toMatch(/elements of type "\w+" are not supported/);
  for (const [name, tensor] of tensors) {
    expect([tensor.dtype, tensor.shape]).toEqual([name, [2, 2]]);
    if (!/bfloat16|float16|float8/.test(name)) expect(show(tensor)[2]).toBe(bytes[name]);
    // The numbers of the narrow types are tested in narrow-floats.test.ts; written again they have the same bytes.
    const again = encodeSafetensors({ [name]: tensor });
    expect(Buffer.from(again.slice(-tensorBytes(bytes[name]!))).toString("hex")).toBe(bytes[name]);
  }
});

const tensorBytes = (hex: string) => hex.length / 2;
