import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { describe, expect, test } from "vitest";

// The drawing in ARCHITECTURE.md is the wall: the test reads the arrows there, reads the imports of every source file, and
// refuses an import that has no arrow. Each kind of breach is tried on a file that does not exist.

const root = fileURLToPath(new URL("..", import.meta.url));
const SRC = "packages/numgrad/src/";
const PAGE = "packages/playground/src/";
const CORE = "crates/numgrad-core/src/";
const mayImport = readDrawing(readFileSync(join(root, "ARCHITECTURE.md"), "utf8"));

/** The arrows of every code block whose first line is a folder: `room → the rooms that it may import`. */
function readDrawing(markdown: string): Map<string, ReadonlyMap<string, readonly string[]>> {
  const blocks = markdown.matchAll(/^```text\n(\S+\/)\n(.*?)^```/gms);
  return new Map(
    Array.from(blocks, ([, folder = "", lines = ""]) => {
      const arrows = lines
        .trim()
        .split("\n")
        .map((line) => line.split("→").map((side) => side.trim()));
      return [folder, new Map(arrows.map(([room = "", targets = ""]) => [room, targets.split(" ").filter(Boolean)]))];
    }),
  );
}

/** The room of a file: its subfolder, or where there is none its name: in TypeScript, such files are basics or entries. */
function roomOf(folder: string, file: string): string {
  const [first = "", ...rest] = file.slice(folder.length).split("/");
  if (rest.length > 0) return first;
  const name = first.replace(/\.\w+$/, "");
  if (folder === CORE) return name;
  // The folder itself stands for its index.
  return ["", "index", "files", "main"].includes(name) ? "entries" : "basics";
}

/** Why a file must not import something, or undefined if it may. */
function breach(file: string, specifier: string): string | undefined {
  if (specifier.startsWith(".")) return breachByPath(file, normalize(join(dirname(file), specifier)));
  if (/^numgrad\/(src|dist)/.test(specifier)) return "numgrad is imported by its name";
  if (file.startsWith(SRC)) return breachInPackage(file, specifier);
  const draws = /^(vega|@resvg\/.*|node:.*)$/.test(specifier);
  if (/^packages\/figures\/src\/(?!(node|font)\.ts)/.test(file) && draws) return "a figure is data: only node.ts draws";
  return undefined;
}

/** Packages that numgrad may import: `fflate` is bundled. Node's own modules are found without an import (file-system.ts). */
function breachInPackage(file: string, specifier: string): string | undefined {
  const isFormat = file.startsWith(`${SRC}files/`);
  return isFormat && specifier === "fflate" ? undefined : "the package imports nothing from outside";
}

function breachByPath(file: string, target: string): string | undefined {
  const home = /^(packages|examples)\/[^/]+\//.exec(file)?.[0];
  if (home && !target.startsWith(home)) return `a file of ${home} imports other packages by their names`;
  const draws = /\/(node|font)\.js$/.test(target);
  if (/^packages\/figures\/src\/(?!(node|font)\.ts)/.test(file) && draws) return "a figure is data: only node.ts draws";
  if (file.startsWith(PAGE)) return breachByArrow(PAGE, file, roomOf(PAGE, target));
  if (!file.startsWith(SRC)) return undefined;
  if (target.includes("/generated/") && !/wasm\/(glue|bytes)\.ts$/.test(file))
    return "only wasm/ imports what is built";
  return breachByArrow(SRC, file, roomOf(SRC, target));
}

function breachByArrow(folder: string, file: string, target: string): string | undefined {
  const room = roomOf(folder, file);
  const arrows = mayImport.get(folder)?.get(room);
  if (!arrows) return `the drawing of ${folder} has no room "${room}"`;
  return room === target || arrows.includes(target) || arrows.includes("everything")
    ? undefined
    : `the drawing has no arrow from ${room} to ${target}`;
}

/** Every breach of a TypeScript file, with the import that makes it. */
function breachesOf(file: string, code: string): string[] {
  const { importedFiles } = ts.preProcessFile(code, true, true);
  return importedFiles.flatMap(({ fileName }) => {
    const reason = breach(file, fileName);
    return reason ? [`${file} imports ${fileName}: ${reason}`] : [];
  });
}

/** Every breach of a file of the core. Its tests, at the foot of the file, may use any room. */
function breachesOfCore(file: string, code: string): string[] {
  const [library = ""] = code.split(/^#\[cfg\(test\)\]\nmod tests/m);
  const uncommented = library.replace(/^\s*\/\/.*$/gm, "");
  return Array.from(uncommented.matchAll(/\bcrate::(\w+)/g), ([, room = ""]) => room).flatMap((room) => {
    const reason = breachByArrow(CORE, file, room);
    return reason ? [`${file} uses crate::${room}: ${reason}`] : [];
  });
}

function sourceFiles(folder: string, ending: string): string[] {
  const entries = readdirSync(join(root, folder), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && entry.name.endsWith(ending));
  const paths = files.map((entry) => join(entry.parentPath, entry.name).slice(root.length));
  return paths.filter((path) => !/node_modules|\/dist\/|\/generated\//.test(path));
}

const read = (file: string) => readFileSync(join(root, file), "utf8");

describe("the walls stand", () => {
  test.each(["packages", "examples"])("no file in %s breaks a wall", (folder) => {
    const files = sourceFiles(folder, ".ts");
    expect(files.length).toBeGreaterThan(5);
    expect(files.flatMap((file) => breachesOf(file, read(file)))).toEqual([]);
  });

  test("no file of the core breaks a wall", () => {
    // lib.rs lists the rooms, and testing.rs is compiled for the unit tests alone.
    const files = sourceFiles(CORE, ".rs").filter((file) => !/src\/(lib|testing)\.rs$/.test(file));
    expect(files.length).toBeGreaterThan(20);
    expect(files.flatMap((file) => breachesOfCore(file, read(file)))).toEqual([]);
  });

  test("no arrow leads back", () => {
    for (const arrows of mayImport.values()) {
      const passed = new Set<string>();
      for (const [room, targets] of arrows) {
        if (!targets.includes("everything"))
          expect([room, targets.filter((name) => !passed.has(name))]).toEqual([room, []]);
        passed.add(room);
      }
    }
  });
});

describe("a breach is found", () => {
  test.each([
    [`${SRC}differences/a.ts`, 'import { train } from "../training/train.js"; train();'],
    [`${SRC}differences/a.ts`, 'import type { A } from "../network/a.js"; export type B = A;'],
    [`${SRC}differences/a.ts`, 'export { exp } from "../wasm/runtime.js";'],
    [`${SRC}differences/a.ts`, 'export const core = await import("../wasm/runtime.js");'],
    [`${SRC}differences/a.ts`, 'export { matrix } from "../index.js";'],
    [`${SRC}differences/a.ts`, 'export { matrix } from "..";'],
    [`${SRC}differences/a.ts`, 'export { matrix } from "numgrad";'],
    [`${SRC}differences/a.ts`, 'export { derivative } from "../derivatives/derivative.js";'],
    [`${SRC}derivatives/a.ts`, 'export { checkGradient } from "../checking/check-gradient.js";'],
    [`${SRC}data/a.ts`, 'export { readFile } from "node:fs/promises";'],
    [`${SRC}data/a.ts`, 'export { ROOT } from "../../../../scripts/tools.mjs";'],
    [`${SRC}data/a.ts`, 'export { inflate } from "fflate";'],
    [`${SRC}network/a.ts`, 'export { initSync } from "../wasm/generated/core.js";'],
    [`${SRC}wasm/a.ts`, 'export { initSync } from "./generated/core.js";'],
    [`${SRC}a-room-to-come/a.ts`, 'export { NumgradError } from "../errors.js";'],
    [`${SRC}errors.ts`, 'export { Dataset } from "./data/dataset.js";'],
    [`${PAGE}calculus/a.ts`, 'export { add } from "../elements.js";'],
    [`${PAGE}views/a.ts`, 'export { Pair } from "../training/pair.js";'],
    ["examples/chapter-4/src/a.ts", 'export { dot } from "../../../packages/numgrad/src/index.js";'],
    ["packages/train/src/a.ts", 'export { train } from "numgrad/src/index.js";'],
    ["packages/figures/src/figures/a.ts", 'export { View } from "vega";'],
    ["packages/figures/src/figures/a.ts", 'export { renderSvg } from "../node.js";'],
    ["packages/figures/src/figures/a.ts", 'export { readFileSync } from "node:fs";'],
  ])("%s: %s", (file, code) => {
    expect(breachesOf(file, code)).toHaveLength(1);
  });

  test.each([
    [`${CORE}kernels/a.rs`, "use crate::session::Session;"],
    [`${CORE}simd/a.rs`, "pub fn f() -> f64 { crate::elementary::exp(1.0) }"],
    [`${CORE}a_room_to_come/a.rs`, "use crate::simd::F64x2;"],
  ])("%s: %s", (file, code) => {
    expect(breachesOfCore(file, code)).toHaveLength(1);
  });
});
