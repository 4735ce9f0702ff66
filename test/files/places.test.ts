import { spawnSync } from "node:child_process";
import { closeSync, existsSync, openSync, readdirSync, statSync, symlinkSync, unlinkSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import {
  ArgumentError,
  DataFormatError,
  DataNotFoundError,
  FileWriteError,
  loadIdxDataset,
  matrix,
  TwoLayerNet,
  train,
} from "numgrad";
import {
  loadCheckpoint,
  loadNpy,
  loadNpz,
  loadParams,
  loadSafetensors,
  saveCheckpoint,
  saveNpz,
  saveParams,
} from "numgrad/files";
import { describe, expect, test } from "vitest";
import { temporaryDirectory } from "../support/idx-files.js";
import { rejectionOf } from "../support/thrown.js";

// What a path may be and lead to, and how long files take.

describe("file: addresses are paths", () => {
  test.each(["an object", "a string", "a string in capitals"])("given as %s", async (kind) => {
    const path = join(temporaryDirectory({}), "a file ä%.npz");
    const url = pathToFileURL(path);
    const given = kind === "an object" ? url : kind === "a string" ? url.href : url.href.replace("file:", "FILE:");
    const missing = await rejectionOf(DataNotFoundError, loadNpz(given));
    expect(missing.source).toBe(String(given));
    expect(missing.message).toBe(`${given}: cannot be read: ENOENT: no such file or directory`);
    await saveNpz(given, { x: Float64Array.of(1) });
    expect(existsSync(path)).toBe(true);
    expect((await loadNpz(given)).get("x")?.data).toStrictEqual(Float64Array.of(1));
    expect((await rejectionOf(DataFormatError, loadNpz(given, { memoryLimit: 9 }))).source).toBe(String(given));
  });

  test("of parameters and checkpoints too", async () => {
    const directory = temporaryDirectory({});
    const address = (name: string) => pathToFileURL(join(directory, name));
    const net = new TwoLayerNet({ inputSize: 1, hiddenSize: 2, outputSize: 2, random: 0 });
    await saveParams(address("a.npz"), net);
    await loadParams(address("a.npz").href, net);
    expect((await rejectionOf(ArgumentError, saveParams(address("a"), net))).argument).toBe("path");
    const run = train(net, { train: { x: matrix([[0], [1]]), t: [0, 1] } }, { steps: 1, batchSize: 2, random: 1 });
    await run.finish();
    await saveCheckpoint(address("run"), run.checkpoint());
    expect(await loadCheckpoint(address("run").href)).toEqual(run.checkpoint());
  });

  test.each([new URL("https://example.org/a.npz"), "file://example.org/a.npz", "file:///a%2Fb.npz"])(
    "%s is an error",
    async (url) => {
      for (const wrong of [loadNpz, (path: string | URL) => saveNpz(path, {})]) {
        const error = await rejectionOf<ArgumentError>(ArgumentError, wrong(url));
        expect([error.argument, error.expected]).toEqual(["path", "the path of a file or its file: URL"]);
      }
    },
  );

  test("a file whose name looks a little like an address is a file", async () => {
    const path = join(temporaryDirectory({}), "https:a.npz");
    await saveNpz(path, { x: Float64Array.of(1) });
    expect(existsSync(path)).toBe(true);
  });
});

describe.skipIf(process.platform === "win32")("what is no regular file is neither replaced nor read", () => {
  const REASON = "it is a device, a pipe or a socket, not a regular file";

  /** Checks that saving and loading are refused, and that `path` is what it was. */
  async function expectRefused(path: string): Promise<void> {
    const before = statSync(path);
    const saved = await rejectionOf(FileWriteError, saveNpz(path, { x: Float64Array.of(1) }));
    expect(saved.message).toBe(`${path}: cannot be written: ${REASON}`);
    const loaded = await rejectionOf(DataNotFoundError, loadNpz(path));
    expect(loaded.message).toBe(`${path}: cannot be read: ${REASON}`);
    const idx = await rejectionOf(DataNotFoundError, loadIdxDataset({ images: path, labels: path }));
    expect(idx.message).toBe(`${path}: cannot be read: ${REASON}`);
    expect([statSync(path).ino, statSync(path).mode]).toEqual([before.ino, before.mode]);
  }

  /** Makes a node in a temporary folder; returns its path, or undefined if that is not permitted. */
  function makeNode(...args: string[]): string | undefined {
    const path = join(temporaryDirectory({}), "node.npz");
    return spawnSync("mknod", [path, ...args]).status === 0 ? path : undefined;
  }

  test("a pipe, at which opening would wait for the other end", { timeout: 10_000 }, async (context) => {
    const path = makeNode("p");
    if (path === undefined) return context.skip("mknod p is not possible here");
    await expectRefused(path);
    const link = join(dirname(path), "link.npz");
    symlinkSync(path, link);
    await expectRefused(link);
    expect(readdirSync(dirname(path)).sort()).toEqual(["link.npz", "node.npz"]);
  });

  // The numbers of /dev/full and of /dev/zero.
  test.each(["7", "5"])("a device, number 1 %s", async (minor) => {
    const path = makeNode("c", "1", minor);
    if (path === undefined) return console.log("A device is not tried, because mknod is not permitted.");
    await expectRefused(path);
    expect(readdirSync(dirname(path))).toEqual(["node.npz"]);
  });

  test("a socket", async () => {
    const path = join(temporaryDirectory({}), "socket");
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(path, resolve));
    try {
      await expectRefused(path);
    } finally {
      server.close();
    }
  });

  test.skipIf(!existsSync("/proc/self/fd"))("files of /proc give an error, and nothing waits", async () => {
    const directory = temporaryDirectory({});
    const deleted = openSync(join(directory, "deleted"), "w+");
    unlinkSync(join(directory, "deleted"));
    try {
      for (const path of ["/proc/self/status", "/proc/a.npz", `/proc/self/fd/${deleted}`, "/proc/self/fd/a.npz"]) {
        await rejectionOf(FileWriteError, saveNpz(path, { x: Float64Array.of(1) }));
      }
      const status = "/proc/self/status";
      await rejectionOf(DataFormatError, loadNpz(status));
      await rejectionOf(DataFormatError, loadIdxDataset({ images: status, labels: status }));
    } finally {
      closeSync(deleted);
    }
    expect(readdirSync(directory)).toEqual([]);
  });
});

describe("a large file", () => {
  test("is not read to its end if the signal is aborted", async () => {
    const path = join(temporaryDirectory({}), "a.npz");
    await saveNpz(path, { zeros: new Uint8Array(50_000_000) }, { compress: true });
    const reason = new Error("not any more");
    const signal = AbortSignal.abort(reason);
    const net = new TwoLayerNet({ inputSize: 1, hiddenSize: 2, outputSize: 2, random: 0 });
    for (const load of [loadNpz, loadNpy, loadSafetensors, loadCheckpoint]) {
      await expect(load(path, { signal })).rejects.toBe(reason);
    }
    await expect(loadParams(path, net, { signal })).rejects.toBe(reason);
    const controller = new AbortController();
    setTimeout(() => controller.abort(reason), 1);
    await expect(loadNpz(path, { signal: controller.signal })).rejects.toBe(reason);
    expect((await rejectionOf(ArgumentError, loadNpz(path, { signal: 5 as never }))).argument).toBe("options.signal");
  });

  test("lets the event loop run while it is unpacked", { retry: 2 }, async () => {
    const path = join(temporaryDirectory({}), "a.npz");
    await saveNpz(path, { zeros: new Float64Array(2 ** 24) }, { compress: true });
    let [longest, turn, turns] = [0, performance.now(), 0];
    const timer = setInterval(() => {
      longest = Math.max(longest, performance.now() - turn);
      turn = performance.now();
      turns++;
    }, 1);
    const start = performance.now();
    await loadNpz(path);
    clearInterval(timer);
    const elapsed = performance.now() - start;
    console.log(`128 MiB in ${elapsed.toFixed(0)} ms, ${turns} turns, the longest pause ${longest.toFixed(0)} ms`);
    // The unpacking yields after 25 ms. If it worked at once, there would be one turn or two.
    expect(turns).toBeGreaterThan(elapsed / 200);
  });
});
