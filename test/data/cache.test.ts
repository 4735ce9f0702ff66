import { mkdirSync, promises, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ArgumentError, DataNotFoundError, DownloadError, type LoadMnistOptions } from "numgrad";
import { describe, expect, test, vi } from "vitest";
import { defaultDirectory } from "../../packages/numgrad/src/data/cache.js";
import { loadCollection } from "../../packages/numgrad/src/data/mnist.js";
import { collectionAt, goodMirror } from "../support/collection.js";
import { withFileSystem } from "../support/file-system.js";
import { serve, stalls } from "../support/http-server.js";
import { small, temporaryDirectory } from "../support/idx-files.js";
import { rejectionOf } from "../support/thrown.js";

const names = Object.keys(small).sort();
const IMAGES = "train-images-idx3-ubyte";
const NOBODY = "http://127.0.0.1:9/";

const load = (mirror: string, options: LoadMnistOptions = {}) =>
  loadCollection(collectionAt(mirror), { retries: 0, ...options });

async function expectSmall(mirror: string, options: LoadMnistOptions) {
  const { train, test } = await load(mirror, options);
  expect(Array.from(train.images)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  expect(Array.from(test.labels)).toEqual([7, 2]);
}

/** Makes a cache directory that holds all files. */
async function filledCache() {
  const cacheDirectory = temporaryDirectory({});
  await load((await serve(goodMirror())).url, { cacheDirectory });
  return { cacheDirectory, folder: join(cacheDirectory, "small") };
}

describe("a cache directory", () => {
  test("is created, holds only the unpacked files, and is read without the network", async () => {
    const { url, requests } = await serve(goodMirror());
    const cacheDirectory = join(temporaryDirectory({}), "not", "yet", "there/");
    await expectSmall(url, { cacheDirectory });
    expect(requests).toHaveLength(4);
    expect(readdirSync(join(cacheDirectory, "small")).sort()).toEqual(names);
    for (const name of names) {
      const expected = small[name as keyof typeof small];
      expect(Buffer.compare(readFileSync(join(cacheDirectory, "small", name)), expected)).toBe(0);
    }
    await expectSmall(NOBODY, { cacheDirectory });
  });

  const damages: [string, (path: string) => void][] = [
    ["cut off", (path) => writeFileSync(path, small[IMAGES].subarray(0, 20))],
    ["empty", (path) => writeFileSync(path, "")],
    ["longer", (path) => writeFileSync(path, Buffer.concat([small[IMAGES], Buffer.from("x")]))],
    [
      "one bit off",
      (path) =>
        writeFileSync(
          path,
          small[IMAGES].map((byte, i) => (i === 27 ? byte ^ 1 : byte)),
        ),
    ],
    ["another file", (path) => writeFileSync(path, small["t10k-labels-idx1-ubyte"])],
  ];
  test.each(damages)("with a file that is %s downloads that file again and replaces it", async (_, damage) => {
    const { cacheDirectory, folder } = await filledCache();
    damage(join(folder, IMAGES));
    const { url, requests } = await serve(goodMirror());
    await expectSmall(url, { cacheDirectory });
    expect(requests).toEqual([`${IMAGES}.gz`]);
    expect(readdirSync(folder).sort()).toEqual(names);
    await expectSmall(NOBODY, { cacheDirectory });
  });

  test("with a damaged file is named in the error if the network fails, too", async () => {
    const { cacheDirectory, folder } = await filledCache();
    writeFileSync(join(folder, IMAGES), small[IMAGES].subarray(0, 20));
    const error = await rejectionOf(DownloadError, load(NOBODY, { cacheDirectory }));
    expect(error.attempts.map(({ source }) => source)).toEqual([join(folder, IMAGES), `${NOBODY}${IMAGES}.gz`]);
    expect(error.attempts[0]?.reason).toMatch(/^truncated/);
  });

  test("keeps nothing of a failed download", async () => {
    const { url } = await serve({ ...goodMirror(), [`${IMAGES}.gz`]: stalls(small[IMAGES], 20) });
    const cacheDirectory = temporaryDirectory({});
    await rejectionOf(DownloadError, load(url, { cacheDirectory, timeout: 300 }));
    expect(readdirSync(join(cacheDirectory, "small"))).toEqual(["train-labels-idx1-ubyte"]);
  });

  test("may be filled by several programs at once", async () => {
    const { url } = await serve(goodMirror());
    const cacheDirectory = temporaryDirectory({});
    await Promise.all(Array.from({ length: 8 }, () => expectSmall(url, { cacheDirectory })));
    expect(readdirSync(join(cacheDirectory, "small")).sort()).toEqual(names);
    await expectSmall(NOBODY, { cacheDirectory });
  });

  test("is not used if the option is false", async () => {
    vi.stubEnv("XDG_CACHE_HOME", temporaryDirectory({}));
    try {
      await expectSmall((await serve(goodMirror())).url, { cacheDirectory: false });
      expect(readdirSync(process.env.XDG_CACHE_HOME!)).toEqual([]);
    } finally {
      vi.unstubAllEnvs();
    }
  });
});

describe("a file is written so that nobody ever sees it unfinished", () => {
  /** A file system that lists the calls; the call named `fail` fails. */
  function watched(log: string[], fail?: string) {
    const act = async <T>(name: string, action: () => Promise<T>): Promise<T> => {
      log.push(name);
      // If closing fails, the handle is closed nevertheless.
      const result = name !== fail || name === "close" ? await action() : undefined;
      if (name === fail) throw Object.assign(new Error(`ENOSPC: no space left on device, ${name}`), { code: "ENOSPC" });
      return result as T;
    };
    const open = async (path: string, flags: string) => {
      const file = await promises.open(path, flags);
      if (flags === "r") return file;
      return {
        writeFile: (bytes: Uint8Array) => act("write", () => file.writeFile(bytes)),
        sync: () => act("sync", () => file.sync()),
        close: () => act("close", () => file.close()),
      };
    };
    const rename = (from: string, to: string) => act("rename", () => promises.rename(from, to));
    return { ...promises, open, rename };
  }

  test("it is written beside its place, flushed, closed, and renamed", async () => {
    const { url } = await serve(goodMirror());
    const log: string[] = [];
    const cacheDirectory = temporaryDirectory({});
    await withFileSystem(watched(log), () => load(url, { cacheDirectory }));
    expect(log).toEqual(Array(4).fill(["write", "sync", "close", "rename"]).flat());
  });

  test.each(["write", "sync", "close", "rename"])(
    "and where %s fails, what was there stays, and nothing else",
    async (fail) => {
      const { cacheDirectory, folder } = await filledCache();
      const old = small[IMAGES].subarray(0, 20);
      writeFileSync(join(folder, IMAGES), old);
      const { url } = await serve(goodMirror());
      const loading = () => rejectionOf(ArgumentError, load(url, { cacheDirectory }));
      const error = await withFileSystem(watched([], fail), loading);
      expect(error.argument).toBe("options.cacheDirectory");
      expect(error.message).toContain(`a directory that can be written, got ENOSPC: no space left on device, ${fail}`);
      expect(readdirSync(folder).sort()).toEqual(names);
      expect(Buffer.compare(readFileSync(join(folder, IMAGES)), old)).toBe(0);
    },
  );
});

describe("if nothing can be kept", () => {
  test("a directory that the caller named is an error before anything is downloaded", async () => {
    const { url, requests } = await serve(goodMirror());
    const cacheDirectory = join(temporaryDirectory({ file: new Uint8Array(1) }), "file");
    const error = await rejectionOf(ArgumentError, load(url, { cacheDirectory }));
    expect(error.argument).toBe("options.cacheDirectory");
    expect(error.received).toMatch(/ENOTDIR|EEXIST/);
    expect(requests).toEqual([]);
  });

  test("a directory is an error without a file system, too", async () => {
    const loading = () => rejectionOf(DataNotFoundError, load(NOBODY, { cacheDirectory: "cache" }));
    expect((await withFileSystem(undefined, loading)).message).toContain("there is no file system here");
  });

  test("the data are loaded without the platform's folder", async () => {
    vi.stubEnv("XDG_CACHE_HOME", join(temporaryDirectory({ file: new Uint8Array(1) }), "file"));
    try {
      await expectSmall((await serve(goodMirror())).url, {});
    } finally {
      vi.unstubAllEnvs();
    }
  });

  test("an entry that is not a file is left alone, and the images are loaded", async () => {
    const cache = temporaryDirectory({});
    mkdirSync(join(cache, "numgrad", "small", IMAGES), { recursive: true });
    vi.stubEnv("XDG_CACHE_HOME", cache);
    try {
      await expectSmall((await serve(goodMirror())).url, {});
      expect(readdirSync(join(cache, "numgrad", "small")).sort()).toEqual(names);
    } finally {
      vi.unstubAllEnvs();
    }
  });
});

describe("the platform's folder is", () => {
  const os = (home: string) => ({ homedir: () => home });
  function folderOn(platform: string, env: Record<string, string>, home: string) {
    vi.stubGlobal("process", { platform, env, getBuiltinModule: () => os(home) });
    try {
      return defaultDirectory();
    } finally {
      vi.unstubAllGlobals();
    }
  }

  test.each<[string, string, Record<string, string>, string, string]>([
    ["on Linux", "linux", { XDG_CACHE_HOME: "/var/cache/me" }, "/home/me", "/var/cache/me/numgrad"],
    ["on Linux by default", "linux", {}, "/home/me", "/home/me/.cache/numgrad"],
    [
      "on Linux with a relative path, which does not count",
      "linux",
      { XDG_CACHE_HOME: "x" },
      "/me",
      "/me/.cache/numgrad",
    ],
    ["on macOS", "darwin", { XDG_CACHE_HOME: "/x" }, "/Users/me", "/Users/me/Library/Caches/numgrad"],
    ["on Windows", "win32", { LOCALAPPDATA: "C:\\Local" }, "C:\\me", "C:\\Local/numgrad/Cache"],
    ["on Windows by default", "win32", {}, "C:\\me", "C:/me/AppData/Local/numgrad/Cache"],
  ])("%s", (_, platform, env, home, expected) => {
    expect(folderOn(platform, env, home)).toBe(expected);
  });

  test("undefined if the system does not tell it", () => {
    const env = new Proxy({}, { get: () => { throw new Error("NotCapable: Requires env access"); } }); // biome-ignore format: one line
    expect(folderOn("linux", env, "/home/me")).toBeUndefined();
    vi.stubGlobal("process", undefined);
    try {
      expect(defaultDirectory()).toBeUndefined();
    } finally {
      vi.unstubAllGlobals();
    }
  });
});

describe("in a browser", () => {
  /** The methods of a CacheStorage that are used, with its entries. */
  function cacheStorage() {
    const entries = new Map<string, Uint8Array>();
    const cache = {
      match: async (key: string) => (entries.has(key) ? new Response(entries.get(key) as BodyInit) : undefined),
      put: async (key: string, response: Response) => {
        entries.set(key, new Uint8Array(await response.arrayBuffer()));
      },
    };
    return { entries, open: vi.fn(async (_: string) => cache) };
  }

  async function inBrowser<T>(caches: unknown, action: () => Promise<T>): Promise<T> {
    vi.stubGlobal("caches", caches);
    try {
      return await withFileSystem(undefined, action);
    } finally {
      vi.unstubAllGlobals();
    }
  }

  test("the Cache API keeps the files", async () => {
    const caches = cacheStorage();
    const { url } = await serve(goodMirror());
    await inBrowser(caches, () => expectSmall(url, {}));
    expect(caches.open).toHaveBeenCalledWith("numgrad");
    expect([...caches.entries.keys()].sort()).toEqual(names.map((name) => `https://numgrad.invalid/small/${name}`));
    expect(caches.entries.get(`https://numgrad.invalid/small/${IMAGES}`)).toEqual(small[IMAGES]);
    await inBrowser(caches, () => expectSmall(NOBODY, {}));
  });

  test("a damaged entry is downloaded again and replaced", async () => {
    const caches = cacheStorage();
    const { url, requests } = await serve(goodMirror());
    await inBrowser(caches, () => load(url));
    const key = `https://numgrad.invalid/small/${IMAGES}`;
    caches.entries.set(key, small[IMAGES].map((byte) => byte | 1)); // biome-ignore format: one line
    await inBrowser(caches, () => expectSmall(url, {}));
    expect(requests).toHaveLength(5);
    expect(caches.entries.get(key)).toEqual(small[IMAGES]);
  });

  test.each<[string, unknown]>([
    ["there is none (a page over plain http)", undefined],
    ["it is forbidden (a private window)", { open: () => Promise.reject(new DOMException("no", "SecurityError")) }],
    [
      "it is full",
      {
        open: async () => ({
          match: async () => undefined,
          put: () => Promise.reject(new DOMException("full", "QuotaExceededError")),
        }),
      },
    ],
    [
      "its entries can't be read",
      {
        open: async () => ({
          match: async () => new Response(new ReadableStream({ pull: (c) => c.error(new Error("disk")) })),
          put: async () => {},
        }),
      },
    ],
  ])("it is done without where %s", async (_, caches) => {
    const { url } = await serve(goodMirror());
    await inBrowser(caches, () => expectSmall(url, {}));
  });
});
