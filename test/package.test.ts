import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pack } from "../scripts/tarball.mjs";
import { EXPECTED } from "./matrix/hashes.js";
import { stepsAsJavaScript } from "./matrix/steps.js";

const project = mkdtempSync(join(tmpdir(), "numgrad-package-"));
const shell = (command: string, args: string[], cwd: string) =>
  execFileSync(command, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });

beforeAll(() => {
  writeFileSync(join(project, "package.json"), '{ "private": true, "type": "module" }');
  shell("npm", ["install", "--offline", "--no-audit", "--no-fund", pack("numgrad", project)], project);
});

afterAll(() => rmSync(project, { recursive: true }));

describe("the packed package in an empty project", () => {
  test("holds the bundles, their types, the WebAssembly module, fflate's licence, and no sources", () => {
    const files = readdirSync(join(project, "node_modules/numgrad"), { recursive: true, encoding: "utf8" });
    // The files that both entries share have a hash in their names.
    expect(files.map((name) => name.replace(/-[\w-]{8}\./, "-HASH.")).sort()).toEqual([
      "CHANGELOG.md", "LICENSE", "README.md", "dist",
      "dist/checkpoint-HASH.d.cts", "dist/checkpoint-HASH.d.ts", "dist/chunk-HASH.cjs", "dist/chunk-HASH.js",
      "dist/core-digits.cjs", "dist/core-digits.js", "dist/core.wasm", "dist/fflate.LICENSE.txt",
      "dist/files.cjs", "dist/files.d.cts", "dist/files.d.ts", "dist/files.js",
      "dist/index.cjs", "dist/index.d.cts", "dist/index.d.ts", "dist/index.js",
      "dist/worker-source.cjs", "dist/worker-source.js", "package.json",
    ]); // biome-ignore format: a list
  });

  test("has a README whose links and pictures work on npm's page", () => {
    const readme = readFileSync(join(project, "node_modules/numgrad/README.md"), "utf8");
    const targets = Array.from(readme.matchAll(/\]\(([^)]*)\)| (?:src|srcset|href)="([^"]*)"/g), ([, a, b]) => a ?? b);
    expect(targets.length).toBeGreaterThan(5);
    expect(targets.filter((target) => !/^(https:\/\/|#)/.test(target as string))).toEqual([]);
  });

  test("installs no other package", () => {
    expect(readdirSync(join(project, "node_modules")).filter((name) => !name.startsWith("."))).toEqual(["numgrad"]);
  });

  test("leaves the same bits as native code after 200 steps", () => {
    const program = "console.log(JSON.stringify(await hashesAfter200Steps()));";
    writeFileSync(join(project, "steps.js"), `${stepsAsJavaScript()}\n${program}`);
    expect(JSON.parse(shell(process.execPath, ["steps.js"], project))).toEqual(EXPECTED);
  });

  test("has functions and classes with the names of their exports, and one class for each error", () => {
    const script = `
      const numgrad = await import("numgrad");
      const wrong = await numgrad.loadMnist({ directory: 5 }).catch((error) => error);
      console.log(wrong instanceof numgrad.ArgumentError, wrong.message);
      const data = { images: "/nowhere/images", labels: "/nowhere/labels" };
      const missing = await numgrad.loadIdxDataset(data).catch((error) => error);
      console.log(missing instanceof numgrad.DataNotFoundError);
      const named = Object.entries(numgrad).filter(([name, { name: own }]) => own !== name && own !== undefined);
      console.log(named.map(([name]) => name).join());`;
    const printed = shell(process.execPath, ["--input-type=module", "-e", script], project);
    expect(printed.trim().split("\n")).toEqual([
      'true options.directory: expected a path or its file: URL, got 5', "true", "meanSquaredError", // an alias
    ]); // biome-ignore format: a list
  });

  test("neither starts nor needs the core for an import alone", () => {
    const script =
      'WebAssembly.Module = undefined; const { numericalDiff } = await import("numgrad"); console.log(numericalDiff((x) => x, 0));';
    expect(shell(process.execPath, ["--input-type=module", "-e", script], project).trim()).toBe("1");
  });

  test("has files in numgrad/files that need no core, and share their classes with numgrad", () => {
    const script = `
      const module = WebAssembly.Module;
      WebAssembly.Module = undefined;
      const files = await import("numgrad/files");
      const { ArgumentError, DataFormatError, matrix, TwoLayerNet } = await import("numgrad");
      const refused = (action) => { try { action(); } catch (error) { return error; } };
      const arrays = files.parseNpz(files.encodeNpz({ x: matrix([[1, 2]]) }, { compress: true }));
      console.log(...arrays.get("x").data);
      console.log(refused(() => files.parseNpz(new Uint8Array(3))) instanceof DataFormatError);
      console.log(refused(() => files.parseNpz()) instanceof ArgumentError);
      WebAssembly.Module = module;
      const net = new TwoLayerNet({ inputSize: 2, hiddenSize: 3, outputSize: 2 });
      const view = net.params.w1;
      new TwoLayerNet({ inputSize: 2000, hiddenSize: 1000, outputSize: 2 });
      console.log(view.length, files.parseNpy(files.encodeNpy(view)).data.length);`;
    const printed = shell(process.execPath, ["--input-type=module", "-e", script], project);
    expect(printed.trim().split("\n")).toEqual(["1 2", "true", "true", "0 6"]);
  });

  test("has fflate's notice in the bundles that contain fflate, and the core in a file of its own for each format", () => {
    const bundle = (name: string) => readFileSync(join(project, "node_modules/numgrad/dist", name), "utf8");
    for (const name of ["files.js", "files.cjs"]) {
      expect(bundle(name)).toContain("/*! numgrad/files contains parts of fflate 0.8.3 by Arjun Barrett (MIT)");
    }
    expect(bundle("fflate.LICENSE.txt")).toMatch(/^MIT License\s+Copyright \(c\) \d+ Arjun Barrett/);
    const files = readdirSync(join(project, "node_modules/numgrad/dist")).filter((name) => /\.c?js$/.test(name));
    // The digits are the first bytes of a WebAssembly module.
    expect(files.filter((name) => bundle(name).includes("0061736d01000000"))).toEqual([
      "core-digits.cjs",
      "core-digits.js",
    ]);
  });
});
