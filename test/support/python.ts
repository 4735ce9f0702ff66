import { execFileSync, spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { FileArray } from "numgrad/files";
import { bytesOf } from "../../packages/numgrad/src/files/arrays.js";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** A Python with NumPy and safetensors, if there is one. `.ci/run` installs it into .tools/python. */
export const python = [process.env.NUMGRAD_PYTHON, join(root, ".tools/python/bin/python"), "python3", "python"].find(
  (command) => command && spawnSync(command, ["-c", "import numpy, safetensors.numpy"]).status === 0,
);

if (!python) {
  console.log("Python with numpy and safetensors was not found, so the tests against it are skipped. To run them:");
  console.log("  python3 -m pip install -r test/golden/files/requirements.txt");
}

/** Runs a Python program that prints JSON. Returns its output. */
export function runPython(program: string, ...args: string[]): unknown {
  return JSON.parse(execFileSync(python as string, ["-c", program, ...args], { encoding: "utf8", maxBuffer: 2 ** 28 }));
}

/** A function of Python that describes an array as `show` does. It needs numpy as np. */
export const SHOW = `
def show(a):
    # numgrad keeps float16 as float32, and everything in the order of a matrix and of this machine.
    values = np.ascontiguousarray(a).reshape(a.shape)
    values = values.astype(values.dtype.newbyteorder("="))
    name = values.dtype.name
    values = values.astype(np.float32) if name == "float16" else values
    return [name, list(a.shape), values.tobytes().hex()]
`;

/** An array as Python describes it: type, shape, and the bytes of the elements in memory as hexadecimal digits. */
export type Shown = readonly [dtype: string, shape: readonly number[], bytes: string];

/** An array of a file, as the function of SHOW describes it. */
export const show = ({ dtype, shape, data }: FileArray): Shown => [
  dtype,
  shape,
  Buffer.from(bytesOf(data)).toString("hex"),
];
