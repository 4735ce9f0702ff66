import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  encodeNpy,
  encodeNpz,
  encodeSafetensors,
  type FileArray,
  parseNpy,
  parseNpz,
  parseSafetensors,
} from "numgrad/files";
import { expect, test } from "vitest";
import { temporaryDirectory } from "../support/idx-files.js";
import { python, runPython, SHOW, type Shown, show } from "../support/python.js";

// Random arrays of NumPy and of Python's safetensors: each is read to the bit, written again, and read by Python.

/** Number of arrays. `npm run test:long` makes more. */
const ARRAYS = Number(process.env.NUMGRAD_ARRAYS ?? 300);

const showAll = (arrays: Iterable<readonly [string, FileArray]>) =>
  Object.fromEntries(Array.from(arrays, ([name, array]) => [name, show(array)]));

const PRELUDE = `
import json, sys
import numpy as np
from numpy.lib import format as npy
from safetensors.numpy import load_file, save_file
folder = sys.argv[1]
${SHOW}`;

/**
 * Saves random arrays: of any type, byte order, memory order (also views that skip or reverse elements), up to six
 * dimensions, and versions of the format. Their elements are random bytes, so NaN of every kind and subnormal numbers
 * are among them. Prints what they are, and what the safetensors file holds.
 */
const WRITE = `${PRELUDE}
rng = np.random.RandomState(int(sys.argv[3]))
expected, arrays = {}, {}
for i in range(int(sys.argv[2])):
    type = np.dtype(rng.choice(list("?bBhHiIlLqQefd"))).newbyteorder(rng.choice(["<", ">"]))
    shape = tuple(int(n) for n in rng.randint(0 if rng.rand() < 0.1 else 1, 7, rng.randint(0, 7)))
    size = int(np.prod(shape)) * type.itemsize
    raw = rng.bytes(max(size, 1))[:size]
    if type.char == "?": raw = bytes(b & 1 for b in raw)
    a = np.array(np.frombuffer(raw, type).reshape(shape), order=rng.choice(["C", "F"]))
    if a.ndim > 0 and rng.rand() < 0.2: a = a[..., ::rng.choice([-1, 2])]
    if a.ndim > 1 and rng.rand() < 0.2: a = np.swapaxes(a, 0, 1)
    name = f"a{i}"
    with open(f"{folder}/{name}.npy", "wb") as file: npy.write_array(file, a, version=(rng.randint(1, 4), 0))
    arrays[name], expected[name] = a, show(a)
np.savez(f"{folder}/theirs.npz", **arrays)
np.savez_compressed(f"{folder}/theirs-compressed.npz", **arrays)
# save_file writes the memory of an array as it is.
native = {name: np.ascontiguousarray(a).reshape(a.shape).astype(a.dtype.newbyteorder("=")) for name, a in arrays.items()}
save_file(native, f"{folder}/theirs.safetensors")
print(json.dumps(expected))
`;

/** Prints what Python reads from the files that numgrad has written. */
const READ = `${PRELUDE}
names = [f"a{i}" for i in range(int(sys.argv[2]))]
print(json.dumps([
    {name: show(np.load(f"{folder}/{name}-again.npy")) for name in names},
    {name: show(a) for name, a in np.load(f"{folder}/ours.npz").items()},
    {name: show(a) for name, a in np.load(f"{folder}/ours-compressed.npz").items()},
    {name: show(a) for name, a in load_file(f"{folder}/ours.safetensors").items()},
]))
`;

test.skipIf(!python)(
  `${ARRAYS} random arrays go from Python to numgrad and back without a changed bit`,
  { timeout: 120_000 + 50 * ARRAYS },
  () => {
    for (let seed = 0, left = ARRAYS; left > 0; seed++, left -= 500) roundTrip(Math.min(left, 500), seed);
  },
);

function roundTrip(count: number, seed: number): void {
  const folder = temporaryDirectory({});
  const expected = runPython(WRITE, folder, String(count), String(seed)) as Record<string, Shown>;
  const names = Object.keys(expected);
  expect(names).toHaveLength(count);
  const read = (file: string) => readFileSync(join(folder, file));
  const single = new Map(names.map((name) => [name, parseNpy(read(`${name}.npy`))]));
  expect(showAll(single)).toEqual(expected);
  for (const file of ["theirs.npz", "theirs-compressed.npz"]) {
    const arrays = parseNpz(read(file));
    expect(arrays.skipped.size).toBe(0);
    expect(showAll(arrays)).toEqual(expected);
  }
  const { tensors, skipped } = parseSafetensors(read("theirs.safetensors"));
  expect(skipped.size).toBe(0);
  expect(showAll(tensors)).toEqual(expected);

  const write = (file: string, bytes: Uint8Array) => writeFileSync(join(folder, file), bytes);
  for (const [name, array] of single) write(`${name}-again.npy`, encodeNpy(array));
  write("ours.npz", encodeNpz(single));
  write("ours-compressed.npz", encodeNpz(single, { compress: true }));
  write("ours.safetensors", encodeSafetensors(single));
  for (const back of runPython(READ, folder, String(count)) as unknown[]) expect(back).toEqual(expected);
}
