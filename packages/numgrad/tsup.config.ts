import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { defineConfig, type Options } from "tsup";

type Plugin = NonNullable<Options["esbuildPlugins"]>[number];

/**
 * A `.wasm` import is the file in hexadecimal digits: a string literal tree-shakes, and nothing is decoded before the first
 * use. In base64 it is a third smaller on the disk, but gzip finds little in it that repeats: 34 KB, as digits 28.
 */
const wasmAsHex: Plugin = {
  name: "wasm-as-hex",
  setup(build) {
    build.onLoad({ filter: /\.wasm$/ }, ({ path }) => ({ contents: readFileSync(path, "hex"), loader: "text" }));
  },
};

/** What wasm-bindgen's glue does when it is imported, and what does the same without keeping its classes in every bundle. */
const SIDE_EFFECTS: readonly [RegExp, string][] = [
  // Nobody uses its classes by `using`.
  [/^if \(Symbol\.dispose\).*\n/gm, ""],
  [/: new FinalizationRegistry\(/g, ": /* @__PURE__ */ new FinalizationRegistry("],
  // A first call, to warm up.
  [/= new TextDecoder\((.*)\);\ncachedTextDecoder\.decode\(\);/g, "= /* @__PURE__ */ new TextDecoder($1);"],
];

/** The glue tree-shakes: importing only `numericalDiff` brings 3 KB instead of 8. */
const pureGlue: Plugin = {
  name: "pure-glue",
  setup(build) {
    build.onLoad({ filter: /generated[\\/]core\.js$/ }, ({ path }) => {
      let contents = readFileSync(path, "utf8");
      for (const [pattern, replacement] of SIDE_EFFECTS) {
        if (contents.search(pattern) < 0) throw new Error(`the glue of this wasm-bindgen has no ${pattern}`);
        contents = contents.replace(pattern, replacement);
      }
      return { contents };
    });
  },
};

/** esbuild calls a class that mentions itself `_Dataset`, which is what consoles and messages would show. */
const classNames: NonNullable<Options["plugins"]>[number] = {
  name: "class-names",
  renderChunk(code) {
    const names = Array.from(code.matchAll(/var (\w+) = class _\1\b/g), ([, name = ""]) => name);
    return { code: names.reduce((text, name) => text.replace(new RegExp(`\\b_${name}\\b`, "g"), name), code) };
  },
};

/** Every word of the entries: what they export, and some that stand for nothing else. */
function exportedNames(): string[] {
  return ["src/index.ts", "src/files.ts"].flatMap((entry) => readFileSync(entry, "utf8").match(/\w+/g) ?? []);
}

/** On npm's page the README has no files beside it: links lead to the repository, pictures come from there. */
function withAbsoluteLinks(markdown: string): string {
  return markdown
    .replace(/\]\((?!https?:|#)/g, "](https://github.com/numgrad/numgrad/blob/HEAD/")
    .replace(/ (src|srcset)="(?!https?:)/g, ' $1="https://raw.githubusercontent.com/numgrad/numgrad/HEAD/');
}

export default defineConfig({
  // What both entries need is in chunks that they share: one WebAssembly core, one class for each error.
  entry: ["src/index.ts", "src/files.ts"],
  format: "esm",
  platform: "neutral",
  target: "es2022",
  dts: true,
  clean: true,
  esbuildPlugins: [wasmAsHex, pureGlue],
  plugins: [classNames],
  // Comments and long names are a third of what a browser without a bundler would download. Classes keep their names, which
  // users see in messages and consoles, and so do the functions that they call, for stack traces. (esbuild's minifier would
  // keep those names by calls that no bundler can shake off.)
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
    // npm takes both from the package's own folder.
    copyFileSync("../../LICENSE", "LICENSE");
    writeFileSync("README.md", withAbsoluteLinks(readFileSync("../../README.md", "utf8")));
  },
});
