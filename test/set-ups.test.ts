import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createContext, runInContext, runInNewContext } from "node:vm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pack } from "../scripts/tarball.mjs";

// The packed package where a global is missing, where CommonJS is required, and where nobody catches an error.

const project = mkdtempSync(join(tmpdir(), "numgrad-set-ups-"));
const dist = join(project, "node_modules/numgrad/dist");

beforeAll(() => {
  writeFileSync(join(project, "package.json"), '{ "private": true, "type": "module" }');
  const args = ["install", "--offline", "--no-audit", "--no-fund", pack("numgrad", project)];
  expect(spawnSync("npm", args, { cwd: project, encoding: "utf8" })).toMatchObject({ status: 0 });
});

afterAll(() => rmSync(project, { recursive: true }));

/** Runs a program as an ES module or a CommonJS module. `options` go to Node. */
function run(type: "module" | "commonjs", program: string, options: string[] = []): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, [...options, `--input-type=${type}`, "-e", program], {
    cwd: project,
    encoding: "utf8",
  });
}

/** Makes Node load CommonJS where `require` could load the ES modules. */
const OLD_NODE = "--no-experimental-require-module";
const IMPORT = 'import * as numgrad from "numgrad"; import * as files from "numgrad/files";';
const REQUIRE = 'const numgrad = require("numgrad"); const files = require("numgrad/files");';

describe("an error that nobody catches", () => {
  const ERRORS: [program: string, message: string][] = [
    ["numgrad.numericalGradient(() => NaN, [1]);", "FunctionError: f"],
    ["numgrad.numericalDiff(5, 3);", "ArgumentError: f: expected a function, got 5"],
    ["new numgrad.TwoLayerNet({ inputSize: 0 });", "ArgumentError: options.inputSize"],
    ["numgrad.loadMnist({ directory: 5 });", "ArgumentError: options.directory"],
    ["files.parseNpz(new Uint8Array(100));", "DataFormatError: bytes"],
    ["Array.from({ length: 9 }, () => new numgrad.RandomState(-1));", "ArgumentError: seed"],
  ];

  test.each(ERRORS)("prints its message and a short line of code: %s", (program, message) => {
    for (const { stderr } of [run("module", IMPORT + program), run("commonjs", REQUIRE + program, [OLD_NODE])]) {
      expect(stderr).toContain(message);
      expect(stderr.length).toBeLessThan(2500);
    }
  });

  test("stands in no line of more than 500 characters; the digits of the core and the text of the worker throw nothing", () => {
    const bundles = readdirSync(dist).filter((name) => /\.c?js$/.test(name));
    expect(bundles).toHaveLength(12);
    const longest = bundles.map((name) => {
      const lines = readFileSync(join(dist, name), "utf8").split("\n");
      return [name, Math.max(...lines.map(({ length }) => length))] as const;
    });
    const isLong = longest.filter(([, length]) => length > 500).map(([name]) => name);
    expect(isLong.sort()).toEqual(["core-digits.cjs", "core-digits.js", "worker-source.cjs", "worker-source.js"]);
    for (const name of isLong) {
      expect(readFileSync(join(dist, name), "utf8")).toMatch(
        /^export(s\.| const )(digits="[\da-f]+"|workerSource=".*");\n$/,
      );
    }
  });
});

/** The names that ECMAScript itself defines, without WebAssembly. */
const ECMASCRIPT: readonly string[] = runInNewContext("Object.getOwnPropertyNames(globalThis)").filter(
  (name: string) => !["WebAssembly", "console"].includes(name),
);

/** Deletes all other names. Node's loader needs `process`, and prints by a console that is kept. */
const BARE = `
  const { log } = console;
  const known = ${JSON.stringify([...ECMASCRIPT, "globalThis", "process"])};
  for (const name of Object.getOwnPropertyNames(globalThis)) if (!known.includes(name)) delete globalThis[name];`;

const USE_FILES = `
  const namesIn = (arrays) => [...arrays.keys()].join();
  log(numgrad.numericalGradient(([x]) => x ** 2, [3]).length);
  log(namesIn(files.parseNpz(files.encodeNpz({ "π": new Float64Array(2) }))));
  log(namesIn(files.parseSafetensors(files.encodeSafetensors({ "π😀": new Float64Array(2) })).tensors));`;

const USE_NETWORK = `
  try { new numgrad.TwoLayerNet({ inputSize: 2, hiddenSize: 2, outputSize: 2, random: 0 }); } catch (error) { log(String(error)); }`;

const PRINTED = [
  "1", "π", "π😀",
  "CoreError: the WebAssembly core could not start: this platform, like React Native, has no WebAssembly",
]; // biome-ignore format: a list

describe("where a platform has only what ECMAScript defines", () => {
  test("import works, and so does everything that needs no more; a network is a CoreError", () => {
    const program = `${BARE}
      const [numgrad, files] = [await import("numgrad"), await import("numgrad/files")]; ${USE_FILES} ${USE_NETWORK}`;
    const { stdout, stderr } = run("module", program);
    expect(stderr).toBe("");
    expect(stdout.trim().split("\n")).toEqual(PRINTED);
  });

  test("the CommonJS modules work, as in the context of a test runner, and with WebAssembly networks too", () => {
    const printed: string[] = [];
    const context = createContext({ log: (value: unknown) => printed.push(String(value)) });
    const load = loaderIn(context);
    Object.assign(context, { numgrad: load("index.cjs"), files: load("files.cjs") });
    const net = "new numgrad.TwoLayerNet({ inputSize: 2, hiddenSize: 2, outputSize: 2, random: 0 })";
    expect(runInContext(`${net}.predict(numgrad.matrix([[1, 0]])).shape.join()`, context)).toBe("1,2");
    expect(runInContext("numgrad.softmax([1, 1]).join()", context)).toBe("0.5,0.5");
    runInContext(USE_FILES, context);
    expect(printed).toEqual(PRINTED.slice(0, 3));
  });
});

/** A loader of the CommonJS bundles into a context, which gives them nothing but `require`. */
function loaderIn(context: object): (name: string) => unknown {
  const modules = new Map<string, { exports: object }>();
  return function load(name) {
    const known = modules.get(name);
    if (known) return known.exports;
    const module = { exports: {} };
    modules.set(name, module);
    const code = `(function (require, module, exports) {${readFileSync(join(dist, name), "utf8")}\n})`;
    runInContext(code, context)((path: string) => load(path.slice(2)), module, module.exports);
    return module.exports;
  };
}

describe("require", () => {
  const ALL = `${REQUIRE} Promise.all([import("numgrad"), import("numgrad/files")]).then(([imported, importedFiles]) => {
    const names = (module) => Object.keys(module).filter((name) => name !== "module.exports").sort().join();
    const same = (a, b) => Object.keys(b).every((name) => a[name] === b[name]);
    console.log(names(numgrad) === names(imported), same(numgrad, imported));
    console.log(names(files) === names(importedFiles), same(files, importedFiles));
    const network = (from) => new from.TwoLayerNet({ inputSize: 2, hiddenSize: 2, outputSize: 2, random: 0 });
    const [a, b] = [network(numgrad), network(imported)];
    console.log(files.encodeParams(b).join() === importedFiles.encodeParams(a).join());
    try { imported.train(a, {}, {}); } catch (error) { console.log(error.message); }
  });`;

  test.runIf(canRequireEsm())("gives what import gives, where Node can require ES modules", () => {
    const { stdout } = run("commonjs", ALL);
    expect(stdout.split("\n").slice(0, 3)).toEqual(["true true", "true true", "true"]);
    expect(stdout).not.toContain("another copy");
  });

  test("gives the same exports in older Node, and a network of one copy is refused by the other", () => {
    const { stdout } = run("commonjs", ALL, [OLD_NODE]);
    expect(stdout.trim().split("\n")).toEqual([
      "true false", "true false", "true", "net: expected a TwoLayerNet, got a TwoLayerNet of another numgrad or a Proxy",
    ]); // biome-ignore format: a list
  });

  test("gives numgrad and numgrad/files one class for each error", () => {
    const program = `${REQUIRE}
      try { files.parseNpz(new Uint8Array(3)); } catch (error) { console.log(error instanceof numgrad.DataFormatError); }
      try { files.parseNpz(); } catch (error) { console.log(error instanceof numgrad.ArgumentError, error.name); }`;
    expect(run("commonjs", program, [OLD_NODE]).stdout).toBe("true\ntrue ArgumentError\n");
  });
});

function canRequireEsm(): boolean {
  return (process.features as { require_module?: boolean }).require_module === true;
}

test("the files that bundlers and CommonJS load exist", () => {
  const { resolve } = createRequire(join(project, "index.js"));
  const names = ["numgrad", "numgrad/files", "numgrad/worker", "numgrad/core.wasm"];
  expect(names.filter((name) => !resolve(name).startsWith(dist))).toEqual([]);
});
