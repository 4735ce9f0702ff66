import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PUBLIC, pack } from "../../scripts/tarball.mjs";

// The programs beside this file are type tests. `tsc -p test` compiles them against the sources. Here the oldest and
// the newest TypeScript that the packages support compile them against the tarballs, with every declaration checked.

const root = fileURLToPath(new URL("../..", import.meta.url));
const project = mkdtempSync(join(tmpdir(), "numgrad-types-"));
const programs = readdirSync(import.meta.dirname).filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"));
const { resolve } = createRequire(import.meta.url);

beforeAll(() => {
  for (const name of Object.keys(PUBLIC) as (keyof typeof PUBLIC)[]) {
    const folder = join(project, "node_modules", name);
    mkdirSync(folder, { recursive: true });
    execFileSync("tar", ["-xzf", pack(name, project), "-C", folder, "--strip-components=1"]);
  }
  // These are the only dependencies whose types the figures use.
  const modules = join(root, "packages/figures/node_modules");
  for (const name of ["vega", "vega-lite"]) symlinkSync(join(modules, name), join(project, "node_modules", name));
  mkdirSync(join(project, "node_modules/@types"));
  symlinkSync(join(root, "node_modules/@types/node"), join(project, "node_modules/@types/node"));
  writeFileSync(join(project, "package.json"), '{ "private": true, "type": "module" }');
  for (const name of programs) copyFileSync(join(import.meta.dirname, name), join(project, name));
});

afterAll(() => rmSync(project, { recursive: true }));

/** Compiles programs to JavaScript in the folder `out`; returns the compiler's messages. */
function compile(compiler: string, files: readonly string[], options: object): string {
  const lib = { target: "es2022", lib: ["es2022", "dom"], types: [], skipLibCheck: false };
  const strict = { strict: true, noUncheckedIndexedAccess: true, outDir: "out" };
  writeFileSync(
    join(project, "tsconfig.json"),
    JSON.stringify({ compilerOptions: { ...lib, ...strict, ...options }, files }),
  );
  return spawnSync(process.execPath, [resolve(`${compiler}/bin/tsc`)], { cwd: project, encoding: "utf8" }).stdout;
}

const bundler = { module: "esnext", moduleResolution: "bundler" };
const node10 = { module: "esnext", moduleResolution: "node10" };
const nodenext = { module: "nodenext", moduleResolution: "nodenext" };

/**
 * Vega-Lite's types take seconds to check. So each compiler compiles the figures once, and each way of resolving is
 * used once.
 */
const withoutFigures = programs.filter((name) => name !== "figures.ts");

describe.each([
  ["TypeScript 5.4", "as bundlers resolve", "typescript-5.4", bundler, withoutFigures],
  ["TypeScript 5.4", "as Node resolves", "typescript-5.4", nodenext, programs],
  ["TypeScript 5.9", "as bundlers resolve", "typescript", bundler, programs],
  ["TypeScript 5.9", "as Node resolves", "typescript", nodenext, withoutFigures],
  ["TypeScript 5.9", "as Node 10 resolves, without exports", "typescript", node10, withoutFigures],
])("%s, %s", (_, __, compiler, resolution, files) => {
  test("accepts the packed declarations, and programs that use them", () => {
    expect(compile(compiler, files, resolution)).toBe("");
  });

  test("compiles `using` to es2022, which runs", () => {
    expect(execFileSync(process.execPath, ["out/using.js"], { cwd: project, encoding: "utf8" })).toBe("disposed of\n");
  });
});

test("the declarations fit newer libraries and Node's types", () => {
  expect(compile("typescript", ["using.ts"], { ...nodenext, lib: ["esnext", "dom"], types: ["node"] })).toBe("");
});

describe("a CommonJS module in TypeScript", () => {
  test.each([
    ["node16", "TypeScript 5.4", "typescript-5.4"],
    ["node16", "TypeScript 5.9", "typescript"],
    ["nodenext", "TypeScript 5.9", "typescript"],
  ])("compiles by %s of %s, and runs", (module, _, compiler) => {
    writeFileSync(
      join(project, "required.cts"),
      'import { dot } from "numgrad";\nimport files = require("numgrad/files");\n' +
        "const product: number = dot([1], [2]);\nconsole.log(product, files.encodeNpy(Float64Array.of(1)).length);\n",
    );
    expect(compile(compiler, ["required.cts"], { module, moduleResolution: module, types: ["node"] })).toBe("");
    expect(execFileSync(process.execPath, ["out/required.cjs"], { cwd: project, encoding: "utf8" })).toBe("2 136\n");
  });
});

describe("without the types of the DOM", () => {
  // differences.ts makes an AbortController, files.ts a URL, and using.ts has a console.
  const bare = withoutFigures.filter((name) => !["differences.ts", "files.ts", "using.ts"].includes(name));
  test.each([
    ["with those of Node", ["node"], withoutFigures],
    ["with no others", [], bare],
  ])("the declarations compile %s", (_, types, files) => {
    writeFileSync(join(project, "bytes.ts"), 'import { init } from "numgrad";\ninit(new Uint8Array(8));\n');
    expect(compile("typescript", ["bytes.ts", ...files], { ...nodenext, lib: ["es2022"], types })).toBe("");
  });
});

test("a wrong type, and an expected error that does not come, are found", () => {
  writeFileSync(
    join(project, "wrong.ts"),
    'import { dot } from "numgrad";\nimport { exactly } from "./exactly.js";\n' +
      "exactly<string>()(dot([1], [2]));\nexactly<any>()(dot([1], [2]));\n// @ts-expect-error\ndot([1], [2]);\n",
  );
  const lines = Array.from(
    compile("typescript", ["wrong.ts"], { ...bundler, skipLibCheck: true }).matchAll(/^wrong\.ts\((\d+)/gm),
    ([, line]) => line,
  );
  expect(lines).toEqual(["3", "4", "5"]);
});
