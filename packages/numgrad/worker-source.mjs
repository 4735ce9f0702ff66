// The program of the workers of a training run, as one text without imports. tsup.config.ts and vitest.config.ts use it.
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const ENTRY = join(fileURLToPath(import.meta.url), "../src/team/worker.ts");

/** Bundles worker.ts with all that it imports. The script is right as an ES module and as a CommonJS module too. */
export async function workerSource() {
  const { outputFiles } = await build({
    entryPoints: [ENTRY],
    bundle: true,
    write: false,
    minify: true,
    format: "iife",
    target: "es2022",
    // Engines print the whole line of an error that nobody catches.
    lineLimit: 150,
  });
  return outputFiles[0]?.text ?? "";
}
