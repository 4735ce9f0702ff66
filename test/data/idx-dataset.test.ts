import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import {
  ArgumentError,
  DataFormatError,
  DataNotFoundError,
  DownloadError,
  type LoadIdxOptions,
  loadIdxDataset,
} from "numgrad";
import { describe, expect, test } from "vitest";
import { withFileSystem } from "../support/file-system.js";
import { sends, serve } from "../support/http-server.js";
import { idxFile, temporaryDirectory } from "../support/idx-files.js";
import { mnistDirectory } from "../support/mnist.js";
import { rejectionOf } from "../support/thrown.js";

const images = idxFile([2, 1, 3], [1, 2, 3, 4, 5, 6]);
const labels = idxFile([2], [26, 3]);
const sum = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const sha256 = { images: sum(images), labels: sum(labels) };
const uncached = { cacheDirectory: false, retries: 0 } as const;

async function expectLetters(options: LoadIdxOptions) {
  const data = await loadIdxDataset(options);
  expect([data.size, data.rows, data.cols, data.classes]).toEqual([2, 1, 3, 27]);
  expect(Array.from(data.images)).toEqual([1, 2, 3, 4, 5, 6]);
  expect(Array.from(data.labels)).toEqual([26, 3]);
}

test("a pair is read from disk, raw and packed", async () => {
  const directory = temporaryDirectory({ images, "labels.gz": gzipSync(labels) });
  const paths = { images: join(directory, "images"), labels: join(directory, "labels.gz") };
  await expectLetters(paths);
  await expectLetters({ ...paths, sha256: { images: sha256.images.toUpperCase(), labels: sha256.labels } });
});

test("a pair of MNIST's files gives the same dataset as loadMnist", async () => {
  const path = (name: string) => join(mnistDirectory, name);
  const data = await loadIdxDataset({ images: path("t10k-images-idx3-ubyte"), labels: path("t10k-labels-idx1-ubyte") });
  expect([data.size, data.rows, data.cols, data.classes]).toEqual([10_000, 28, 28, 10]);
});

test("a pair is read from the network, and so is a single file of it", async () => {
  const { url } = await serve({ images: sends(gzipSync(images)), labels: sends(labels) });
  await expectLetters({ ...uncached, images: `${url}images`, labels: new URL("labels", url) });
  const directory = temporaryDirectory({ labels });
  await expectLetters({ ...uncached, images: `${url}images`, labels: join(directory, "labels") });
});

test("without a file system every string is an address", async () => {
  const { url } = await serve({ images: sends(images), labels: sends(labels) });
  await withFileSystem(undefined, () => expectLetters({ retries: 0, images: `${url}images`, labels: `${url}labels` }));
  const load = () => rejectionOf(ArgumentError, loadIdxDataset({ images: "images", labels: "labels" }));
  expect((await withFileSystem(undefined, load)).message).toContain(
    "options.images: expected an address of http or https",
  );
});

describe("a SHA-256 sum", () => {
  test("that differs from the file's is an error, on disk and from the network", async () => {
    const directory = temporaryDirectory({ images, labels });
    const paths = { images: join(directory, "images"), labels: join(directory, "labels") };
    const wrong = { images: sha256.labels };
    const error = await rejectionOf(DataFormatError, loadIdxDataset({ ...paths, sha256: wrong }));
    expect(error.source).toBe(paths.images);
    expect(error.reason).toContain(`SHA-256 is ${sha256.images}, expected ${sha256.labels}`);
    const { url } = await serve({ images: sends(images) });
    const remote = loadIdxDataset({ ...uncached, ...paths, images: `${url}images`, sha256: wrong });
    expect((await rejectionOf(DownloadError, remote)).attempts[0]?.reason).toContain(`expected ${sha256.labels}`);
  });

  test("lets the cache keep the file, with the sum as its name", async () => {
    const { url, requests } = await serve({ images: sends(images), labels: sends(labels) });
    const cacheDirectory = temporaryDirectory({});
    const options = {
      cacheDirectory,
      images: `${url}images`,
      labels: `${url}labels`,
      sha256: { images: sha256.images },
    };
    await expectLetters(options);
    await expectLetters(options);
    expect(requests).toEqual(["labels", "images", "labels"]);
    expect(readdirSync(join(cacheDirectory, "idx"))).toEqual([sha256.images]);
  });

  test("is used to check the cached file", async () => {
    const { url, requests } = await serve({ images: sends(images), labels: sends(labels) });
    const cacheDirectory = temporaryDirectory({});
    const options = { cacheDirectory, images: `${url}images`, labels: `${url}labels`, sha256 };
    await expectLetters(options);
    writeFileSync(join(cacheDirectory, "idx", sha256.images), idxFile([2, 1, 3], [9, 9, 9, 9, 9, 9]));
    await expectLetters(options);
    expect(requests).toEqual(["labels", "images", "images"]);
  });
});

describe("files by their file: addresses", () => {
  test.each(["an object", "a string"])("given as %s", async (kind) => {
    const directory = join(temporaryDirectory({}), "a directory ä%");
    mkdirSync(directory);
    writeFileSync(join(directory, "images"), images);
    writeFileSync(join(directory, "labels"), labels);
    const address = (name: string) => {
      const url = pathToFileURL(join(directory, name));
      return kind === "a string" ? url.href : url;
    };
    const files: string[] = [];
    await expectLetters({
      images: address("images"),
      labels: address("labels"),
      onProgress: ({ file }) => files.push(file),
    });
    expect(files).toEqual([String(address("labels")), String(address("images"))]);
    const missing = loadIdxDataset({ images: address("images"), labels: address("nothing") });
    const error = await rejectionOf(DataNotFoundError, missing);
    expect(error.source).toBe(String(address("nothing")));
    expect(error.message).toBe(`${address("nothing")}: cannot be read: ENOENT: no such file or directory`);
  });
});

test("images that are stored column after column, as EMNIST's, are transposed", async () => {
  const pictures = idxFile([2, 2, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  const directory = temporaryDirectory({ images: pictures, labels: idxFile([2], [0, 1]) });
  const paths = { images: join(directory, "images"), labels: join(directory, "labels") };
  const { rows, cols, images: pixels } = await loadIdxDataset({ ...paths, transpose: true });
  expect([rows, cols, [...pixels]]).toEqual([3, 2, [1, 4, 2, 5, 3, 6, 7, 10, 8, 11, 9, 12]]);
  expect((await loadIdxDataset({ ...paths, transpose: false })).rows).toBe(2);
});

describe("labels of 32 bits", () => {
  const words = (shape: number[], ...values: number[]) =>
    idxFile(shape, values.flatMap((value) => [24, 16, 8, 0].map((shift) => (value >> shift) & 255)), 0x0c); // biome-ignore format: one line
  const load = (file: Uint8Array) => {
    const directory = temporaryDirectory({ images, labels: file });
    return loadIdxDataset({ images: join(directory, "images"), labels: join(directory, "labels") });
  };

  test("one for each image, or the first of QMNIST's eight columns", async () => {
    expect((await load(words([2], 1, 200))).labels).toStrictEqual(Uint8Array.of(1, 200));
    const rows = words([2, 8], 7, 4, 1, 1, 2609, 18, 0, 0, 3, 4, 1, 1, 2609, 18, 0, 0);
    expect((await load(rows)).labels).toStrictEqual(Uint8Array.of(7, 3));
  });

  test("that are no classes, or come in another number of columns, are refused", async () => {
    for (const wrong of [256, -1]) {
      const error = await rejectionOf(DataFormatError, load(words([2], 1, wrong)));
      expect(error.reason).toBe(`label 1 is ${wrong}, expected a class index from 0 to 255`);
    }
    expect((await rejectionOf(DataFormatError, load(words([2, 2], 1, 2, 3, 4)))).reason).toMatch(/^mislabelled/);
    const error = await rejectionOf(DataFormatError, load(words([3], 1, 2, 3)));
    expect(error.reason).toMatch(/has 2 images for the 3 labels/);
  });
});

describe("an error names the file", () => {
  test("that is missing", async () => {
    const directory = temporaryDirectory({ images });
    const paths = { images: join(directory, "images"), labels: join(directory, "labels") };
    expect((await rejectionOf(DataNotFoundError, loadIdxDataset(paths))).source).toBe(paths.labels);
  });

  test("that cannot be downloaded", async () => {
    const { url } = await serve({ images: sends(images) });
    const load = loadIdxDataset({ ...uncached, images: `${url}images`, labels: `${url}labels` });
    const error = await rejectionOf(DownloadError, load);
    expect(error.message).toContain(`${url}labels: HTTP 404 Not Found`);
  });

  test("that does not fit the other", async () => {
    const directory = temporaryDirectory({ images, labels: idxFile([3], [1, 2, 3]) });
    const paths = { images: join(directory, "images"), labels: join(directory, "labels") };
    const error = await rejectionOf(DataFormatError, loadIdxDataset(paths));
    expect(error.message).toBe(`${paths.images}: has 2 images for the 3 labels of ${paths.labels}`);
    const swapped = { images: paths.labels, labels: paths.images };
    expect((await rejectionOf(DataFormatError, loadIdxDataset(swapped))).reason).toMatch(/^mislabelled/);
  });
});

describe("options", () => {
  const good = { images: "a", labels: "b" };
  test.each([
    ["none", undefined, "options"],
    ["no images", { labels: "b" }, "options.images"],
    ["no labels", { images: "a" }, "options.labels"],
    ["an empty path", { ...good, labels: "" }, "options.labels"],
    ["an address of another protocol", { ...good, images: new URL("ftp://example.org/a") }, "options.images"],
    ["an address of a file on another machine", { ...good, images: "file://example.org/%2Fa" }, "options.images"],
    ["a wish to transpose that is none", { ...good, transpose: "yes" }, "options.transpose"],
    ["an unknown option", { ...good, directory: "c" }, "options.directory"],
    ["an unknown sum", { ...good, sha256: { image: "" } }, "options.sha256.image"],
    ["a sum that is none", { ...good, sha256: { images: "abc" } }, "options.sha256.images"],
    ["sums that are a string", { ...good, sha256: sha256.images }, "options.sha256"],
    ["a signal that is none", { ...good, signal: 1 }, "options.signal"],
  ])("%s", async (_, options, argument) => {
    const error = await rejectionOf(ArgumentError, loadIdxDataset(options as unknown as LoadIdxOptions));
    expect(error.argument).toBe(argument);
  });

  test("a signal that is already aborted ends the loading at once", async () => {
    const reason = new Error("stopped");
    await expect(loadIdxDataset({ ...good, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});
