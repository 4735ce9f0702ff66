import { copyFileSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { defineConfig, type Options } from "tsup";
import { workerSource } from "./worker-source.mjs";

type Plugin = NonNullable<Options["esbuildPlugins"]>[number];

const FORMATS = { esm: "js", cjs: "cjs" } as const;
type Format = keyof typeof FORMATS;

/** The file of the core's digits, which stands beside the bundles of its format. */
const digitsFile = (format: Format) => `core-digits.${FORMATS[format]}`;

/**
 * A `.wasm` import becomes an import of the file in hexadecimal digits. Bundlers can drop a string literal that is not
 * used, and nothing is decoded before the first use. In base64 the file is a third smaller on the disk, but gzip finds
 * little in it that repeats: 34 KB through gzip, where the digits have 28 KB.
 *
 * The digits are one line in a file of their own. Where an error is thrown and not caught, engines print the whole line,
 * and nothing in that file throws.
 */
const wasmAsDigits: Plugin = {
  name: "wasm-as-digits",
  setup(build) {
    const format = build.initialOptions.outExtension?.[".js"] === ".cjs" ? "cjs" : "esm";
    build.onResolve({ filter: /\.wasm$/ }, ({ path }) => ({ path, namespace: "digits", sideEffects: false }));
    build.onLoad({ filter: /./, namespace: "digits" }, () => ({
      contents: `export { digits as default } from "./${digitsFile(format)}";`,
    }));
    build.onResolve({ filter: /core-digits\.c?js$/ }, ({ path }) => ({ path, external: true, sideEffects: false }));
  },
};

/** The program of a worker is a text in a file of its own, which the bundles import. */
const workerAsText: Plugin = {
  name: "worker-as-text",
  setup(build) {
    const format = build.initialOptions.outExtension?.[".js"] === ".cjs" ? "cjs" : "js";
    build.onResolve({ filter: /worker-source\.js$/ }, () => ({
      path: `./worker-source.${format}`,
      external: true,
      sideEffects: false,
    }));
  },
};

async function writeWorker(): Promise<void> {
  const text = JSON.stringify(await workerSource());
  writeFileSync("dist/worker-source.js", `export const workerSource=${text};\n`);
  writeFileSync("dist/worker-source.cjs", `exports.workerSource=${text};\n`);
}

function writeDigits(): void {
  const digits = readFileSync("src/wasm/generated/core_bg.wasm", "hex");
  writeFileSync(`dist/${digitsFile("esm")}`, `export const digits="${digits}";\n`);
  writeFileSync(`dist/${digitsFile("cjs")}`, `exports.digits="${digits}";\n`);
}

/** Longest line of a bundle. Engines print the whole line of an error that nobody catches. */
const LONGEST_LINE = 480;

/** Breaks the lists of names and numbers that terser leaves on one line. */
function breakLists(): void {
  for (const name of readdirSync("dist").filter((name) => /\.c?js$/.test(name))) {
    const lists = /[\w$ ]+(?:,[\w$ ]+){20,}/g;
    const atCommas = new RegExp(`.{1,${LONGEST_LINE - 80}},`, "g");
    const code = readFileSync(`dist/${name}`, "utf8");
    writeFileSync(
      `dist/${name}`,
      code.replace(lists, (list) => list.replace(atCommas, "$&\n")),
    );
  }
}

/**
 * Takes back esbuild's renaming of a class that refers to itself (`_Dataset`), which consoles and messages would show.
 */
const classNames: NonNullable<Options["plugins"]>[number] = {
  name: "class-names",
  renderChunk(code) {
    const names = Array.from(code.matchAll(/var (\w+) = class _\1\b/g), ([, name = ""]) => name);
    return { code: names.reduce((text, name) => text.replace(new RegExp(`\\b_${name}\\b`, "g"), name), code) };
  },
};

/** Every word in the entries' source: their exports, and some words that do no harm. */
function exportedNames(): string[] {
  return ["src/index.ts", "src/files.ts"].flatMap((entry) => readFileSync(entry, "utf8").match(/\w+/g) ?? []);
}

export default defineConfig({
  // The entries share chunks with what both need, so that there is one WebAssembly core, and one class for each error.
  entry: ["src/index.ts", "src/files.ts"],
  // CommonJS is for Jest and for Node before 20.19, which cannot `require` ES modules.
  format: ["esm", "cjs"],
  splitting: true,
  // By itself tsup turns chunks into CommonJS by sucrase, which rewrites `?.` and `??` too. With `treeshake` Rollup does it.
  treeshake: true,
  platform: "neutral",
  target: "es2022",
  dts: true,
  clean: true,
  esbuildPlugins: [wasmAsDigits, workerAsText],
  plugins: [classNames],
  // Comments and long names would be a third of what a browser without a bundler downloads. Classes keep their names,
  // which users see in messages and consoles, and exported functions keep theirs, for stack traces. (esbuild's minifier
  // would keep these names by calls that no bundler can drop.)
  minify: "terser",
  terserOptions: {
    module: true,
    ecma: 2020,
    compress: { passes: 3 },
    mangle: { reserved: exportedNames() },
    keep_classnames: true,
    format: { preserve_annotations: true, max_line_len: LONGEST_LINE },
  },
  onSuccess: async () => {
    breakLists();
    writeDigits();
    await writeWorker();
    copyFileSync("src/wasm/generated/core_bg.wasm", "dist/core.wasm");
    copyFileSync("node_modules/fflate/LICENSE", "dist/fflate.LICENSE.txt");
    // npm takes the licence from the package's own folder.
    copyFileSync("../../LICENSE", "LICENSE");
  },
});
