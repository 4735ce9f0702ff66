// The program of the workers of a training run, as one text without imports. tsup.config.ts and vitest.config.ts use it.
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const ENTRY = join(fileURLToPath(import.meta.url), "../../packages/numgrad/src/team/worker.ts");

/** Bundles worker.ts with all that it imports. */
export async function workerSource() {
  const { outputFiles } = await build({
    entryPoints: [ENTRY],
    bundle: true,
    write: false,
    minify: true,
    format: "iife",
    target: "es2022",
    // wasm-bindgen's glue can fetch the core by its own address, which nobody asks it to do here.
    logOverride: { "empty-import-meta": "silent" },
  });
  return outputFiles[0]?.text ?? "";
}
