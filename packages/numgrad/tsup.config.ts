import { copyFileSync, readFileSync } from "node:fs";
import { defineConfig, type Options } from "tsup";

type Plugin = NonNullable<Options["esbuildPlugins"]>[number];

/**
 * A `.wasm` import becomes the file in hexadecimal digits. Bundlers can drop a string literal that is not used, and
 * nothing is decoded before the first use. In base64 the file is a third smaller on the disk, but gzip finds little in
 * it that repeats: 34 KB through gzip, where the digits have 28 KB.
 */
const wasmAsHex: Plugin = {
  name: "wasm-as-hex",
  setup(build) {
    build.onLoad({ filter: /\.wasm$/ }, ({ path }) => ({ contents: readFileSync(path, "hex"), loader: "text" }));
  },
};

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
  format: "esm",
  platform: "neutral",
  target: "es2022",
  dts: true,
  clean: true,
  esbuildPlugins: [wasmAsHex],
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
    format: { preserve_annotations: true },
  },
  onSuccess: async () => {
    copyFileSync("src/wasm/generated/core_bg.wasm", "dist/core.wasm");
    copyFileSync("node_modules/fflate/LICENSE", "dist/fflate.LICENSE.txt");
    // npm takes the licence from the package's own folder.
    copyFileSync("../../LICENSE", "LICENSE");
  },
});
