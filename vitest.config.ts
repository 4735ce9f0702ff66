import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vitest/config";
import { workerSource } from "./packages/numgrad/worker-source.mjs";

/** Makes a `.wasm` import the file in hexadecimal digits, as tsup.config.ts of numgrad does for the bundle. */
const wasmAsHex: Plugin = {
  name: "wasm-as-hex",
  enforce: "pre",
  load(id) {
    if (!id.endsWith(".wasm")) return;
    return `export default ${JSON.stringify(readFileSync(id, "hex"))};`;
  },
};

/** Makes the program of a worker a text, as tsup.config.ts does for the bundle. */
const workerAsText: Plugin = {
  name: "worker-as-text",
  enforce: "pre",
  resolveId: (id) => (id.endsWith("/worker-source.js") ? "\0worker-source" : undefined),
  async load(id) {
    if (id !== "\0worker-source") return;
    return `export const workerSource = ${JSON.stringify(await workerSource())};`;
  },
};

const source = (path: string) => fileURLToPath(new URL(`packages/${path}`, import.meta.url));

export default defineConfig({
  plugins: [wasmAsHex, workerAsText],
  resolve: {
    // Most tests run the sources. The few tests of the bundles use the dist folders by their paths, and so do programs
    // that a test starts.
    alias: [
      { find: /^numgrad\/files$/, replacement: source("numgrad/src/files.ts") },
      { find: /^numgrad$/, replacement: source("numgrad/src/index.ts") },
      { find: /^numgrad-figures$/, replacement: source("figures/src/index.ts") },
      { find: /^numgrad-figures\/node$/, replacement: source("figures/src/node.ts") },
    ],
  },
  test: {
    include: ["test/**/*.test.ts"],
    pool: "forks",
    // As CommonJS, TensorFlow.js has no gradients that a test could register.
    server: { deps: { inline: [/@tensorflow\/tfjs/] } },
    // By default vitest leaves one core free, which on a machine with two cores is half of them.
    maxWorkers: availableParallelism(),
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
