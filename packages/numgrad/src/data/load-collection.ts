import { checkOptions } from "../arguments.js";
import { ArgumentError, DataFormatError, describe } from "../errors.js";
import type { Collection, PublishedFile } from "./collections.js";
import type { Dataset } from "./dataset.js";
import { filesOfDirectory } from "./directory.js";
import { findFileSystem } from "./file-system.js";
import { describeIdx, type IdxHeader } from "./idx.js";
import {
  checkFollow,
  checkPath,
  DOWNLOAD_OPTIONS,
  type DownloadOptions,
  settleDownload,
  toAddress,
} from "./load-options.js";
import type { LoadMnistOptions } from "./mnist.js";
import { Remote } from "./remote.js";
import { type FourFiles, type Readable, readTwoParts } from "./two-parts.js";

/** Loads a data set from the directory that the options name, or else from the cache or the mirrors. */
export async function loadCollection(
  collection: Collection,
  options: LoadMnistOptions,
): Promise<{ train: Dataset; test: Dataset }> {
  checkOptions(options, ["directory", "baseUrl", ...DOWNLOAD_OPTIONS]);
  const { directory, baseUrl, signal } = options;
  if (directory === undefined) return readTwoParts(filesOfMirrors(collection, baseUrl, options));
  checkPath("options.directory", directory);
  checkFollow(options);
  for (const name of ["baseUrl", "cacheDirectory"] as const) {
    if (options[name] === undefined) continue;
    throw new ArgumentError(`options.${name}`, `directory or ${name}, not both`, describe(options[name]));
  }
  signal?.throwIfAborted();
  return readTwoParts(await filesOfDirectory(directory, options));
}

function filesOfMirrors(
  collection: Collection,
  baseUrl: LoadMnistOptions["baseUrl"],
  options: DownloadOptions,
): FourFiles {
  const mirrors = new Mirrors(collection, baseUrl);
  const remote = new Remote(settleDownload(options));
  const { title, folder, elsewhere } = collection;
  const remedy =
    `Check the connection, give another mirror as baseUrl, or put the four files of ${title} into a directory and give ` +
    `that as directory: ${elsewhere}.`;
  const file = ({ name, bytes, sha256 }: PublishedFile): Readable => ({
    source: name,
    read: async (checkHeader) => {
      const checkSize = (header: IdxHeader) => {
        checkHeader(header);
        if (header.headerBytes + header.dataBytes === bytes) return;
        throw new DataFormatError(
          name,
          `is another file: it holds ${describeIdx(header)}, ${title}'s has ${bytes} bytes`,
        );
      };
      const wanted = { name, bytes, sha256, urls: mirrors.addressesOf(name), entry: `${folder}/${name}`, remedy };
      const { idx, url } = await remote.read(wanted, checkSize);
      if (url !== undefined) mirrors.prefer(url);
      return idx;
    },
  });
  return {
    trainImages: file(collection.trainImages),
    trainLabels: file(collection.trainLabels),
    testImages: file(collection.testImages),
    testLabels: file(collection.testLabels),
  };
}

/** The mirrors of a data set, in the order in which they are tried: one that has served comes first. */
class Mirrors {
  #folders: URL[];
  readonly #suffixes: readonly string[];

  constructor({ mirrors }: Collection, baseUrl: LoadMnistOptions["baseUrl"]) {
    const published = findFileSystem() === undefined ? [...mirrors].reverse() : mirrors;
    // A folder of the user's own may have the files as they are.
    this.#suffixes = baseUrl === undefined ? [".gz"] : [".gz", ""];
    const several = Array.isArray(baseUrl);
    const given: readonly unknown[] = several ? baseUrl : baseUrl === undefined ? published : [baseUrl];
    if (given.length === 0) throw new ArgumentError("options.baseUrl", "at least one address", "an empty array");
    this.#folders = given.map((address, i) => toFolder(several ? `options.baseUrl[${i}]` : "options.baseUrl", address));
  }

  addressesOf(name: string): string[] {
    return this.#folders.flatMap((folder) => this.#suffixes.map((suffix) => within(folder, name + suffix)));
  }

  prefer(url: string): void {
    const served = (folder: URL) => url.startsWith(folder.origin + folder.pathname);
    this.#folders = [...this.#folders.filter(served), ...this.#folders.filter((folder) => !served(folder))];
  }
}

function toFolder(argument: string, address: unknown): URL {
  const folder = new URL(toAddress(argument, address));
  if (!folder.pathname.endsWith("/")) folder.pathname += "/";
  return folder;
}

/** Address of a file in a folder; what stands behind the path (a signature, a token) stays there. */
function within(folder: URL, name: string): string {
  const url = new URL(folder);
  url.pathname += name;
  return url.href;
}
