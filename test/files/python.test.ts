import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { matrix, RandomState, TwoLayerNet, train } from "numgrad";
import {
  type ArrayInput,
  encodeNpy,
  encodeNpz,
  encodeSafetensors,
  loadNpz,
  loadSafetensors,
  parseNpy,
  saveCheckpoint,
  saveParams,
} from "numgrad/files";
import { describe, expect, test } from "vitest";
import { largestDifference } from "../support/difference.js";
import { temporaryDirectory } from "../support/idx-files.js";
import { python, runPython } from "../support/python.js";

// Python reads our files, and we read Python's. These tests need NumPy and safetensors.

const named: Readonly<Record<string, ArrayInput>> = {
  float64: matrix([[0.1, -0, 3], [Number.NEGATIVE_INFINITY, 1e308, 5e-324]]), // biome-ignore format: one line
  float32: Float32Array.of(0.1, 1e-45),
  float16: { shape: [2, 1], data: Float32Array.of(1, 65504), dtype: "float16" },
  int64: BigInt64Array.of(-(2n ** 63n), 2n ** 63n - 1n),
  uint64: BigUint64Array.of(2n ** 64n - 1n),
  int32: { shape: [1, 2, 1], data: Int32Array.of(1, -2) },
  uint32: Uint32Array.of(2 ** 32 - 1),
  int16: Int16Array.of(-32768),
  uint16: Uint16Array.of(65535),
  int8: Int8Array.of(-128),
  uint8: new Uint8Array(0),
  bool: { shape: [2], data: Uint8Array.of(1, 0), dtype: "bool" },
  scalar: { shape: [], data: Float64Array.of(2.5) },
  größe: { shape: [0, 3], data: new Float64Array(0) },
};

/** The bytes of the float16 numbers. */
const FLOAT16 = Uint16Array.of(0x3c00, 0x7bff).buffer;

const DESCRIBE = `
import json, sys
import numpy as np
from safetensors import safe_open
from safetensors.numpy import load_file, save_file
show = lambda arrays: {name: [a.dtype.name, list(a.shape), a.tobytes().hex()] for name, a in arrays.items()}
`;

/** Prints the arrays as Python has read them. */
const arrays = new Map(Object.entries(named).map(([name, array]) => [name, parseNpy(encodeNpy(array))]));

/** The expected output of `show`. */
const shown = Object.fromEntries(
  Array.from(arrays, ([name, { dtype, shape, data }]) => [
    name,
    [dtype, shape, Buffer.from(dtype === "float16" ? FLOAT16 : data.buffer).toString("hex")],
  ]),
);

describe.skipIf(!python)("Python reads what is written, and is read", () => {
  test.each([false, true])("npz, compressed: %s", async (compress) => {
    const directory = temporaryDirectory({ "ours.npz": encodeNpz(arrays, { compress }) });
    const [ours, theirs] = [join(directory, "ours.npz"), join(directory, "theirs.npz")];
    const program = `${DESCRIBE}
arrays = dict(np.load(sys.argv[1]))
(np.savez_compressed if ${compress ? "True" : "False"} else np.savez)(sys.argv[2], **arrays)
print(json.dumps(show(arrays)))`;
    expect(runPython(program, ours, theirs)).toEqual(shown);
    const back = await loadNpz(theirs);
    expect(back).toEqual(arrays);
  });

  test("npy, with the bytes that NumPy itself writes", () => {
    const names = Object.keys(shown);
    const files = names.map((name, i) => [`${i}.npy`, encodeNpy(named[name]!)] as const);
    const directory = temporaryDirectory(Object.fromEntries(files));
    const program = `${DESCRIBE}
arrays = {name: np.load(f"{sys.argv[1]}/{i}.npy") for i, name in enumerate(json.loads(sys.argv[2]))}
for i, array in enumerate(arrays.values()): np.save(f"{sys.argv[1]}/{i}-again.npy", array)
print(json.dumps(show(arrays)))`;
    expect(runPython(program, directory, JSON.stringify(names))).toEqual(shown);
    for (const [file, bytes] of files) {
      expect(readFileSync(join(directory, file.replace(".npy", "-again.npy"))).equals(bytes)).toBe(true);
    }
  });

  test("safetensors, with metadata", async () => {
    const metadata = { größe: 'a "b"\n', format: "np" };
    const directory = temporaryDirectory({ "ours.safetensors": encodeSafetensors(arrays, { metadata }) });
    const [ours, theirs] = [join(directory, "ours.safetensors"), join(directory, "theirs.safetensors")];
    const program = `${DESCRIBE}
arrays = load_file(sys.argv[1])
metadata = safe_open(sys.argv[1], "np").metadata()
save_file(arrays, sys.argv[2], metadata=metadata)
print(json.dumps([show(arrays), metadata]))`;
    expect(runPython(program, ours, theirs)).toEqual([shown, metadata]);
    const back = await loadSafetensors(theirs);
    expect(new Map([...arrays].map(([name]) => [name, back.tensors.get(name)]))).toEqual(arrays);
    expect(Object.fromEntries(back.metadata)).toEqual(metadata);
  });

  test("parameters, with which NumPy predicts the same", async () => {
    const directory = temporaryDirectory({});
    const net = new TwoLayerNet({ inputSize: 20, hiddenSize: 9, outputSize: 4, weightInitStd: 1, random: 3 });
    const x = { shape: [6, 20], data: new RandomState(4).randn(120) } as const;
    writeFileSync(join(directory, "x.npy"), encodeNpy(x));
    const expected = net.predict(x).data;
    for (const file of ["params.npz", "model.safetensors"]) {
      await saveParams(join(directory, file), net);
      const program = `${DESCRIBE}
folder, file = sys.argv[1:]
p = dict(np.load(f"{folder}/{file}")) if file.endswith(".npz") else load_file(f"{folder}/{file}")
assert list(map(str, p)) == ["W1", "b1", "W2", "b2"] or sorted(p) == ["W1", "W2", "b1", "b2"]
hidden = 1 / (1 + np.exp(-(np.load(f"{folder}/x.npy") @ p["W1"] + p["b1"])))
scores = np.exp(hidden @ p["W2"] + p["b2"])
print(json.dumps((scores / scores.sum(axis=1, keepdims=True)).ravel().tolist()))`;
      const predicted = runPython(program, directory, file) as number[];
      // These are sums of 20 and of 9 products and an exponential each, so a few ulp of numbers below 1.
      expect(largestDifference(predicted, expected)).toBeLessThan(5e-15);
    }
  });

  test("checkpoints", async () => {
    const path = join(temporaryDirectory({}), "run.checkpoint");
    const net = new TwoLayerNet({ inputSize: 2, hiddenSize: 3, outputSize: 2, random: 0 });
    const samples = { x: matrix([[0, 1], [1, 0], [1, 1]]), t: [0, 1, 1] }; // biome-ignore format: one line
    const trained = train(net, { train: samples }, { steps: 5, batchSize: 2, sampling: "shuffle", random: 1 });
    await trained.finish();
    await saveCheckpoint(path, trained.checkpoint());
    const program = `${DESCRIBE}
arrays = load_file(sys.argv[1])
np.random.seed(1)
for epoch in range(3): np.random.permutation(3)
assert (arrays["random"] == np.random.get_state()[1]).all()
print(json.dumps([arrays["W1"].ravel().tolist(), arrays["losses"].tolist(), arrays["order"].tolist(), safe_open(sys.argv[1], "np").metadata()["step"]]))`;
    expect(runPython(program, path)).toEqual([
      [...net.params.w1],
      trained.history.losses,
      [...(trained.checkpoint().order as Int32Array)],
      "5",
    ]);
  });
});
