import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import type { Collection } from "../../packages/numgrad/src/data/collections.js";
import { type Answer, sends } from "./http-server.js";
import { small } from "./idx-files.js";

const published = (name: keyof typeof small) => ({
  name,
  bytes: small[name].length,
  sha256: createHash("sha256").update(small[name]).digest("hex"),
});

/** The four small files as a data set with the given mirrors. */
export const collectionAt = (...mirrors: string[]): Collection => ({
  title: "Small",
  folder: "small",
  trainImages: published("train-images-idx3-ubyte"),
  trainLabels: published("train-labels-idx1-ubyte"),
  testImages: published("t10k-images-idx3-ubyte"),
  testLabels: published("t10k-labels-idx1-ubyte"),
  mirrors,
  elsewhere: "nowhere else",
});

/** Routes of a mirror that serves the four small files correctly. */
export const goodMirror = (folder = ""): Record<string, Answer> =>
  Object.fromEntries(Object.entries(small).map(([name, bytes]) => [`${folder}${name}.gz`, sends(gzipSync(bytes))]));
