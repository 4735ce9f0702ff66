import { execFileSync, spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

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
