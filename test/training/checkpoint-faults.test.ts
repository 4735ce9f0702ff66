import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { type Checkpoint, FileWriteError, pixels, TwoLayerNet, train } from "numgrad";
import { encodeCheckpoint, loadCheckpoint, parseCheckpoint, saveCheckpoint } from "numgrad/files";
import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { temporaryDirectory } from "../support/idx-files.js";
import { rejectionOf } from "../support/thrown.js";
import { afterPowerCut, type DiskCall, HAS_STRACE, recordingFileSystem, systemCalls } from "./power-cut.js";

/** Checkpoints that each of two processes writes into one file. NUMGRAD_RIVALS=5000 makes the test more thorough. */
const RIVALS = Number(process.env.NUMGRAD_RIVALS ?? 200);

const NAME = "run.checkpoint";
const program = (name: string) => fileURLToPath(new URL(name, import.meta.url));

const first: Checkpoint = (() => {
  const net = new TwoLayerNet({ inputSize: 784, hiddenSize: 10, outputSize: 10, random: 0 });
  const images = { x: pixels([2, 784], new Uint8Array(2 * 784)), t: [3, 4] };
  return train(net, { train: images }, { random: 0 }).checkpoint();
})();

/** A checkpoint of 64 KB that knows its number by every element of W1 and by its version. */
function numbered(number: number): Checkpoint {
  return { ...first, params: { ...first.params, w1: new Float64Array(7840).fill(number) }, version: String(number) };
}

/** The number of a checkpoint. Fails if it is not whole. */
function numberOf({ version, params }: Checkpoint): number {
  expect(params.w1.every((value) => value === Number(version))).toBe(true);
  return Number(version);
}

/** A folder that holds checkpoint 1. */
function folderWithOne(): { folder: string; path: string } {
  const folder = temporaryDirectory({ [NAME]: encodeCheckpoint(numbered(1)) });
  return { folder, path: join(folder, NAME) };
}

/** Checks that the folder holds checkpoint 1 and nothing else. */
async function expectOld(folder: string): Promise<void> {
  expect(readdirSync(folder)).toEqual([NAME]);
  expect(numberOf(await loadCheckpoint(join(folder, NAME)))).toBe(1);
}

function useFileSystem(system: object): void {
  vi.stubGlobal("process", { ...process, getBuiltinModule: () => system });
}

afterEach(() => vi.unstubAllGlobals());

describe("power is cut between any two calls of a checkpoint, and the file is the old or the new one:", () => {
  const [old, next] = [encodeCheckpoint(numbered(1)), encodeCheckpoint(numbered(2))];

  /** What the file may be after the calls: "old", "new", "torn" or "missing". */
  function outcomes(calls: readonly DiskCall[]): Set<string> {
    const kind = (bytes: Uint8Array | undefined) => {
      if (!bytes) return "missing";
      if (Buffer.compare(bytes, old) === 0) return "old";
      if (Buffer.compare(bytes, next) === 0) return "new";
      // No torn file passes for a checkpoint.
      expect(() => parseCheckpoint(bytes)).toThrow(expect.objectContaining({ name: "DataFormatError" }));
      return "torn";
    };
    return new Set(afterPowerCut(calls, NAME, old).map(kind));
  }

  /** What the file may be after the first n calls, for each n. */
  const afterEachCall = (calls: readonly DiskCall[]) =>
    Array.from({ length: calls.length + 1 }, (_, n) => [...outcomes(calls.slice(0, n))].sort().join(" or "));

  function expectSafe(calls: readonly DiskCall[]): void {
    const found = afterEachCall(calls);
    for (const outcome of found) expect(["old", "new", "new or old"]).toContain(outcome);
    // After the last call the new checkpoint is on the disk.
    expect([found[0], found.at(-1)]).toEqual(["old", "new"]);
  }

  async function recorded(): Promise<DiskCall[]> {
    const { path } = folderWithOne();
    const { calls, system } = recordingFileSystem();
    useFileSystem(system);
    await saveCheckpoint(path, numbered(2));
    return calls;
  }

  test("of the calls into Node's file system", async () => {
    const calls = await recorded();
    expect(calls.map(({ call }) => call)).toEqual(["create", "write", "sync", "rename", "sync folder"]);
    expect(afterEachCall(calls)).toEqual(["old", "old", "old", "old", "new or old", "new"]);
    expectSafe(calls);
  });

  test.skipIf(!HAS_STRACE)("of the system calls that strace sees", async () => {
    const { folder, path } = folderWithOne();
    const calls = await systemCalls(folder, [program("checkpoint-saver.mjs"), path, path]);
    expect(numberOf(await loadCheckpoint(path))).toBe(2);
    const names = calls.map(({ call }) => call);
    expect(names.filter((name, i) => name !== names[i - 1])).toEqual([
      "create",
      "write",
      "sync",
      "rename",
      "sync folder",
    ]);
    expectSafe(calls);
  });

  test("the model would notice if the file or the folder were not sent to the disk", async () => {
    const calls = await recorded();
    const without = (name: string) => afterEachCall(calls.filter(({ call }) => call !== name));
    expect(without("sync").join()).toMatch(/torn/);
    expect(without("sync folder").at(-1)).toBe("new or old");
    const inPlace: DiskCall[] = [
      { call: "create", name: NAME },
      { call: "write", name: NAME, bytes: next },
    ];
    expect(afterEachCall(inPlace).at(-1)).toBe("new or old or torn");
    expect(afterEachCall([{ call: "unlink", name: NAME }]).at(-1)).toBe("missing or old");
  });
});

describe("any call of a checkpoint fails, and the old file stays as it was:", () => {
  const ERRORS = ["ENOSPC", "EIO", "EROFS", "EDQUOT", "EACCES", "EBUSY", "EXDEV"];

  test.each(["open", "write", "sync", "close", "rename"])("%s", async (failing) => {
    for (const code of ERRORS) {
      const { folder, path } = folderWithOne();
      const failure = Object.assign(new Error(`${code}: the reason, ${failing} '${path}'`), { code, syscall: failing });
      const { system } = recordingFileSystem((call) => {
        if (call === failing) throw failure;
      });
      useFileSystem(system);
      const error = await rejectionOf(FileWriteError, saveCheckpoint(path, numbered(2)));
      expect([error.message, error.cause]).toEqual([`${path}: cannot be written: ${code}: the reason`, failure]);
      vi.unstubAllGlobals();
      await expectOld(folder);
      await saveCheckpoint(path, numbered(2));
      expect(numberOf(await loadCheckpoint(path))).toBe(2);
    }
  });

  test("and the temporary file cannot be deleted either", async () => {
    const { folder, path } = folderWithOne();
    const { system } = recordingFileSystem((call) => {
      if (call === "sync" || call === "unlink") throw new Error(`${call} failed`);
    });
    useFileSystem(system);
    expect((await rejectionOf(FileWriteError, saveCheckpoint(path, numbered(2)))).message).toMatch(/sync failed$/);
    vi.unstubAllGlobals();
    expect(numberOf(await loadCheckpoint(path))).toBe(1);
    expect(readdirSync(folder).filter((name) => name.endsWith(".tmp"))).toHaveLength(1);
  });

  test.each(["open folder", "sync folder", "close folder"])("but not after the renaming: %s", async (failing) => {
    const { folder, path } = folderWithOne();
    const { system } = recordingFileSystem((call) => {
      if (call === failing) throw new Error(`${call} failed`);
    });
    useFileSystem(system);
    await saveCheckpoint(path, numbered(2));
    vi.unstubAllGlobals();
    expect(readdirSync(folder)).toEqual([NAME]);
    expect(numberOf(await loadCheckpoint(path))).toBe(2);
  });
});

describe("a real file system refuses a checkpoint, and the old file stays as it was:", () => {
  /** Runs a program that saves checkpoint 2. @param limit Most bytes of a file, as the shell's `ulimit` sets it. */
  function save(path: string, to: string, limit?: number): { name?: string; message?: string; code?: string } {
    const command = limit === undefined ? 'exec "$@"' : `ulimit -f ${limit / 512}; exec "$@"`;
    const args = ["-c", command, "sh", process.execPath, program("checkpoint-saver.mjs"), path, to];
    return JSON.parse(execFileSync("sh", args, { encoding: "utf8" }));
  }

  test("a file may not become so large", async () => {
    for (const limit of [0, 512, 8192, 65_024]) {
      const { folder, path } = folderWithOne();
      const error = save(path, path, limit);
      expect(error).toEqual({ name: "FileWriteError", message: expect.stringContaining(path), code: "EFBIG" });
      await expectOld(folder);
    }
  });

  /** A disk of its own with checkpoint 1; undefined if nobody may mount here. */
  function disk(bytes: number): { folder: string; path: string } | undefined {
    const folder = join(temporaryDirectory({}), "disk");
    mkdirSync(folder);
    const size = `size=${bytes}`;
    if (spawnSync("mount", ["-t", "tmpfs", "-o", size, "tmpfs", folder]).status !== 0) return undefined;
    onTestFinished(() => void execFileSync("umount", [folder]));
    const path = join(folder, NAME);
    writeFileSync(path, encodeCheckpoint(numbered(1)));
    return { folder, path };
  }

  test("the disk is full", async (context) => {
    for (const kilobytes of [72, 80, 100, 124]) {
      const small = disk(1024 * kilobytes);
      if (!small) return context.skip();
      const { folder, path } = small;
      const error = await rejectionOf(FileWriteError, saveCheckpoint(path, numbered(2)));
      expect(error.message).toMatch(/: cannot be written: ENOSPC: no space left on device$/);
      await expectOld(folder);
    }
    return undefined;
  });

  test("the disk is read-only", async (context) => {
    const own = disk(2 ** 20);
    if (!own) return context.skip();
    const { folder, path } = own;
    execFileSync("mount", ["-o", "remount,ro", folder]);
    const error = await rejectionOf(FileWriteError, saveCheckpoint(path, numbered(2)));
    expect(error.message).toBe(`${path}: cannot be written: EROFS: read-only file system`);
    await expectOld(folder);
    return undefined;
  });

  /** Runs `action` as a user whom permissions bind. The superuser may do everything. */
  async function asUser(action: () => Promise<void>): Promise<void> {
    const isRoot = process.geteuid?.() === 0;
    if (isRoot) process.seteuid?.(65_534);
    try {
      await action();
    } finally {
      if (isRoot) process.seteuid?.(0);
    }
  }

  test("the folder is read-only", async () => {
    const { folder, path } = folderWithOne();
    chmodSync(folder, 0o555);
    await asUser(async () => {
      const error = await rejectionOf(FileWriteError, saveCheckpoint(path, numbered(2)));
      expect(error.message).toBe(`${path}: cannot be written: EACCES: permission denied`);
    });
    chmodSync(folder, 0o755);
    await expectOld(folder);
  });

  test.skipIf(process.geteuid?.() !== 0)("the file belongs to somebody else, so that the renaming fails", async () => {
    const { folder, path } = folderWithOne();
    chmodSync(folder, 0o1777);
    await asUser(async () => {
      const error = await rejectionOf(FileWriteError, saveCheckpoint(path, numbered(2)));
      expect([error.message, (error.cause as { syscall?: string }).syscall]).toEqual([
        `${path}: cannot be written: EPERM: operation not permitted`,
        "rename",
      ]);
    });
    await expectOld(folder);
  });
});

test("two processes write one file, and every reader gets a whole checkpoint of one of them", async () => {
  const { folder, path } = folderWithOne();
  // One process counts from 1, the other from 1,000,000.
  const other = join(temporaryDirectory({ [NAME]: encodeCheckpoint(numbered(1e6)) }), NAME);
  const seen = [0, 0];
  const finished = [path, other].map(async (template) => {
    const own = join(temporaryDirectory({ [NAME]: new Uint8Array(readFileSync(template)) }), NAME);
    const writer = spawn(process.execPath, [program("checkpoint-writer.mjs"), own, path], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const closed = once(writer, "close");
    let written = 0;
    for await (const _ of createInterface({ input: writer.stdout })) if (++written === RIVALS) writer.kill("SIGKILL");
    await closed;
    expect(written).toBeGreaterThanOrEqual(RIVALS);
  });
  let running = true;
  const all = Promise.all(finished).finally(() => {
    running = false;
  });
  while (running) {
    const number = numberOf(await loadCheckpoint(path));
    seen[number < 1e6 ? 0 : 1]!++;
  }
  await all;
  console.log(
    `two processes wrote ${RIVALS} checkpoints each; the reader saw ${seen[0]} of one and ${seen[1]} of the other`,
  );
  expect(Math.min(...seen)).toBeGreaterThan(0);
  // A process that was killed while it wrote may leave its temporary file.
  expect(readdirSync(folder).filter((name) => name !== NAME).length).toBeLessThanOrEqual(2);
}, 1_200_000);
