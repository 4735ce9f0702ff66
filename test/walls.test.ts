import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

// Walls that are never run into may not be there: each is tried with a file that breaks through it.

const SRC = "packages/numgrad/src";
const root = fileURLToPath(new URL("..", import.meta.url));

const forbidden: [file: string, code: string][] = [
  [`${SRC}/calculus/a.ts`, 'import { train } from "../training/train.js"; train();'],
  [
    `${SRC}/calculus/b.ts`,
    'import type { TwoLayerNet } from "../network/two-layer-net.js"; export type A = TwoLayerNet;',
  ],
  [`${SRC}/calculus/c.ts`, 'export { exp } from "../wasm/runtime.js";'],
  [`${SRC}/calculus/d.ts`, 'export const core = await import("../wasm/runtime.js");'],
  [`${SRC}/calculus/e.ts`, 'export { matrix } from "../index.js";'],
  [`${SRC}/calculus/h.ts`, 'export { parseNpy } from "../files.js";'],
  [`${SRC}/training/c.ts`, 'export { parseNpy } from "../files.js";'],
  [`${SRC}/calculus/f.ts`, 'export { matrix } from "..";'],
  [`${SRC}/calculus/g.ts`, 'export { matrix } from "numgrad";'],
  [`${SRC}/data/a.ts`, 'export { exp } from "../wasm/runtime.js";'],
  [`${SRC}/data/b.ts`, 'export { readFile } from "node:fs/promises";'],
  [`${SRC}/data/c.ts`, 'export { ROOT } from "../../../../scripts/tools.mjs";'],
  [`${SRC}/files/a.ts`, 'export { TwoLayerNet } from "../network/two-layer-net.js";'],
  [`${SRC}/files/b.ts`, 'export { Dataset } from "../data/dataset.js";'],
  [`${SRC}/files/c.ts`, 'export { readFile } from "node:fs/promises";'],
  [`${SRC}/files/d.ts`, 'import type { Checkpoint } from "../training/checkpoint.js"; export type A = Checkpoint;'],
  [`${SRC}/functions/a.ts`, 'export { RandomState } from "../random/random-state.js";'],
  [`${SRC}/random/a.ts`, 'export { softmax } from "../functions/softmax.js";'],
  [`${SRC}/network/a.ts`, 'export { Dataset } from "../data/dataset.js";'],
  [`${SRC}/network/b.ts`, 'export { train } from "../training/train.js";'],
  [`${SRC}/network/c.ts`, 'export { initSync } from "../wasm/generated/core.js";'],
  [`${SRC}/training/a.ts`, 'export { exp } from "../wasm/runtime.js";'],
  [`${SRC}/training/b.ts`, 'export { numericalDiff } from "../calculus/numerical-diff.js";'],
  [`${SRC}/wasm/a.ts`, 'export { initSync } from "./generated/core.js";'],
  [`${SRC}/wasm/b.ts`, 'export { Dataset } from "../data/dataset.js";'],
  [`${SRC}/a-room-to-come/a.ts`, 'export { exp } from "../wasm/runtime.js";'],
  [`${SRC}/errors.ts`, 'export { Dataset } from "./data/dataset.js";'],
  [`${SRC}/view-registry.ts`, 'export { parseNpy } from "./files.js";'],
  [`${SRC}/shape.ts`, 'export { matrix } from "./index.js";'],
  ["packages/train/src/a.ts", 'export { train } from "../../numgrad/src/index.js";'],
  ["examples/chapter-4/src/a.ts", 'export { dot } from "../../../packages/numgrad/src/index.js";'],
  ["packages/benchmark/src/a.ts", 'export { train } from "../../numgrad/src/index.js";'],
  ["packages/benchmark/src/races/a.ts", 'export { train } from "../../../numgrad/dist/index.js";'],
  ["packages/figures/src/a.ts", 'export { matrix } from "../../numgrad/src/index.js";'],
  ["packages/figures/src/figures/a.ts", 'export { View } from "vega";'],
  ["packages/figures/src/figures/b.ts", 'export { renderSvg } from "../node.js";'],
  ["packages/figures/src/figures/c.ts", 'export { readFileSync } from "node:fs";'],
  ["packages/figures/src/index.ts", 'export { renderSvg } from "./node.js";'],
  ["packages/train/src/b.ts", 'export { train } from "numgrad/src/index.js";'],
];

const allowed: [file: string, code: string][] = [
  [`${SRC}/calculus/x.ts`, 'export { matrix } from "../shape.js"; export { difference } from "./difference.js";'],
  [`${SRC}/data/x.ts`, 'export { checkInteger } from "../arguments.js"; export { parseIdx } from "./idx.js";'],
  [`${SRC}/files/x.ts`, 'export { fileSystem } from "../file-system.js"; export { inflate } from "fflate";'],
  [`${SRC}/functions/x.ts`, 'export { exp } from "../wasm/runtime.js"; export { NumgradError } from "../errors.js";'],
  [`${SRC}/random/x.ts`, 'export { log } from "../wasm/runtime.js";'],
  [
    `${SRC}/network/x.ts`,
    'export { exp } from "../wasm/runtime.js"; export { RandomState } from "../random/random-state.js";',
  ],
  [`${SRC}/training/x.ts`, 'export { SGD } from "../network/sgd.js"; export { Dataset } from "../data/dataset.js";'],
  [
    `${SRC}/training/y.ts`,
    'export { RandomState } from "../random/random-state.js"; export { matrix } from "../shape.js";',
  ],
  [
    `${SRC}/wasm/runtime.ts`,
    'export { initSync } from "./generated/core.js"; export { CoreError } from "../errors.js";',
  ],
  [`${SRC}/version.ts`, 'export { DisposedError } from "./errors.js";'],
  [`${SRC}/files.ts`, 'export { parseNpy } from "./files/npy.js"; export { train } from "./training/train.js";'],
  [`${SRC}/index.ts`, 'export { SGD } from "./network/sgd.js"; export { matrix } from "./shape.js";'],
  ["packages/figures/src/node.ts", 'export { View } from "vega"; export { readFileSync } from "node:fs";'],
  ["packages/figures/src/figures/x.ts", 'export { matrix } from "numgrad"; export { printed } from "../numbers.js";'],
  ["packages/benchmark/src/x.ts", 'export { train } from "numgrad"; export { cpus } from "node:os";'],
  [
    "examples/chapter-4/src/x.ts",
    'export { dot } from "numgrad"; export { mnistDirectory } from "numgrad-mnist-files";',
  ],
  ["packages/train/src/x.ts", 'export { train } from "numgrad"; export { parseArgs } from "node:util";'],
];

let checkout = "";
const complaints = new Map<string, string[]>();

beforeAll(() => {
  checkout = mkdtempSync(join(tmpdir(), "numgrad-walls-"));
  copyFileSync(join(root, "biome.json"), join(checkout, "biome.json"));
  for (const [file, code] of [...forbidden, ...allowed]) {
    mkdirSync(join(checkout, dirname(file)), { recursive: true });
    writeFileSync(join(checkout, file), `${code}\n`);
  }
  // The temporary directory is no git checkout; and biome shows 20 complaints unless told otherwise.
  const args = ["lint", "--vcs-enabled=false", "--reporter=json", "--max-diagnostics=none", "."];
  const { stdout } = spawnSync(join(root, "node_modules/.bin/biome"), args, { cwd: checkout, encoding: "utf8" });
  for (const { category, location } of JSON.parse(stdout).diagnostics) {
    complaints.set(location.path, [...(complaints.get(location.path) ?? []), category]);
  }
});

afterAll(() => rmSync(checkout, { recursive: true, force: true }));

describe("the linter stops", () => {
  test.each(forbidden)("%s: %s", (file) => {
    expect(complaints.get(file)).toHaveLength(1);
    expect(complaints.get(file)?.[0]).toMatch(/noRestrictedImports|noNodejsModules/);
  });
});

describe("the linter lets through", () => {
  test.each(allowed)("%s: %s", (file) => {
    expect(complaints.get(file)).toBeUndefined();
  });
});
