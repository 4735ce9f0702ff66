import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
} from "node:fs";
import * as promises from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ArgumentError, DataFormatError, DataNotFoundError, FileWriteError, matrix } from "numgrad";
import { loadNpy, loadNpz, loadSafetensors, saveNpy, saveNpz, saveSafetensors } from "numgrad/files";
import { afterEach, describe, expect, test, vi } from "vitest";
import { readFile, writeFileAtomically } from "../../packages/numgrad/src/files/file.js";
import { temporaryDirectory } from "../support/idx-files.js";
import { rejectionOf } from "../support/thrown.js";

const bytes = Uint8Array.from({ length: 100_000 }, (_, i) => i);

/** Node's file system with some of its functions replaced. */
function withFileSystem(changed: object): void {
  const system = { ...promises, ...changed };
  vi.stubGlobal("process", { ...process, getBuiltinModule: () => system });
}

afterEach(() => vi.unstubAllGlobals());

describe("a file is replaced at once or not at all", () => {
  test("a new file, and one in place of an old file, leave no other file behind", async () => {
    const directory = temporaryDirectory({ "a.bin": Uint8Array.of(1) });
    for (const name of ["a.bin", "b.bin"]) {
      await writeFileAtomically(join(directory, name), bytes);
      expect(Buffer.compare(readFileSync(join(directory, name)), bytes)).toBe(0);
    }
    expect(readdirSync(directory).sort()).toEqual(["a.bin", "b.bin"]);
  });

  test("first the bytes are written and synced, then the file gets its name, then the folder is synced", async () => {
    const directory = temporaryDirectory({});
    const calls: string[] = [];
    const noting = <T>(call: string, action: () => Promise<T>) => {
      calls.push(call);
      return action();
    };
    const open = async (path: string, flags: string) => {
      const what = path === `${directory}/` ? "folder" : "file";
      const handle = await noting(`open ${what} ${flags}`, () => promises.open(path, flags));
      return {
        writeFile: (data: Uint8Array) => noting(`write ${what}`, () => handle.writeFile(data)),
        sync: () => noting(`sync ${what}`, () => handle.sync()),
        close: () => noting(`close ${what}`, () => handle.close()),
      };
    };
    const rename = (from: string, to: string) => noting("rename", () => promises.rename(from, to));
    withFileSystem({ open, rename });
    await writeFileAtomically(join(directory, "a.bin"), bytes);
    expect(calls).toEqual([
      "open file wx", "write file", "sync file", "close file", "rename", "open folder r", "sync folder", "close folder",
    ]); // biome-ignore format: two lines
  });

  test.each(["writeFile", "sync", "close", "rename"])(
    "a failure of %s leaves the old file and no other",
    async (step) => {
      const directory = temporaryDirectory({ "a.bin": Uint8Array.of(1) });
      const failure = Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
      const fail = () => Promise.reject(failure);
      const open = async (path: string, flags: string) => {
        const handle = await promises.open(path, flags);
        const real = {
          writeFile: (data: Uint8Array) => handle.writeFile(data),
          sync: () => handle.sync(),
          close: () => handle.close(),
        };
        return { ...real, ...(step === "close" ? { close: () => handle.close().then(fail) } : { [step]: fail }) };
      };
      withFileSystem({ open, ...(step === "rename" && { rename: fail }) });
      const path = join(directory, "a.bin");
      const error = await rejectionOf(FileWriteError, writeFileAtomically(path, bytes));
      expect(error.message).toBe(`${path}: cannot be written: no space left on device`);
      expect([error.path, error.cause]).toEqual([path, failure]);
      expect(readdirSync(directory)).toEqual(["a.bin"]);
      expect(readFileSync(path)).toEqual(Buffer.of(1));
    },
  );

  test("the file is written, too, if folders cannot be opened, as on Windows", async () => {
    const directory = temporaryDirectory({});
    const open = (path: string, flags: string) =>
      flags === "r"
        ? Promise.reject(Object.assign(new Error("EISDIR"), { code: "EISDIR" }))
        : promises.open(path, flags);
    withFileSystem({ open });
    await writeFileAtomically(join(directory, "a.bin"), bytes);
    expect(readdirSync(directory)).toEqual(["a.bin"]);
  });

  test("a symbolic link stays a link", async () => {
    const directory = temporaryDirectory({ "a.bin": Uint8Array.of(1) });
    symlinkSync("a.bin", join(directory, "link"));
    await writeFileAtomically(join(directory, "link"), Uint8Array.of(2));
    expect(readlinkSync(join(directory, "link"))).toBe("a.bin");
    expect(readFileSync(join(directory, "a.bin"))).toEqual(Buffer.of(2));
  });

  test.each(["absolute", "relative"])(
    "also where it leads to nothing yet, by way of another one that is %s",
    async (kind) => {
      const directory = temporaryDirectory({});
      mkdirSync(join(directory, "runs"));
      const [link, newest] = [join(directory, "link"), join(directory, "runs", "newest")];
      symlinkSync("runs/newest", link);
      symlinkSync(kind === "absolute" ? join(directory, "a.bin") : "../a.bin", newest);
      await writeFileAtomically(link, bytes);
      expect([link, newest].map((path) => lstatSync(path).isSymbolicLink())).toEqual([true, true]);
      expect(Buffer.compare(readFileSync(join(directory, "a.bin")), bytes)).toBe(0);
      expect(readdirSync(directory).sort()).toEqual(["a.bin", "link", "runs"]);
    },
  );

  // Any usual umask of the process leaves these permissions.
  test.each([
    ["rw", 0o600],
    ["r", 0o400],
  ])("permissions for the owner alone (%s) stay", async (_, mode) => {
    const path = join(temporaryDirectory({ "a.bin": Uint8Array.of(1) }), "a.bin");
    chmodSync(path, mode);
    await writeFileAtomically(path, bytes);
    expect(statSync(path).mode & 0o777).toBe(mode);
  });

  test("a path may name a file in the current folder", async () => {
    const name = `test-of-numgrad-${process.pid}.bin`;
    try {
      await writeFileAtomically(name, bytes);
      expect(existsSync(name)).toBe(true);
    } finally {
      await promises.rm(name, { force: true });
    }
  });

  test("the reason names what was given, and no temporary file", async () => {
    const directory = temporaryDirectory({ file: bytes });
    mkdirSync(join(directory, "folder"));
    const reason = async (path: string | URL) => {
      const error = await rejectionOf(FileWriteError, saveNpy(path, Uint8Array.of(1)));
      expect(error.path).toBe(String(path));
      return error.message.slice(`${path}: cannot be written: `.length);
    };
    expect(await reason(join(directory, "no", "a.npy"))).toBe(`there is no folder ${join(directory, "no")}/`);
    expect(await reason(pathToFileURL(join(directory, "no", "a.npy")))).toBe(
      `there is no folder ${join(directory, "no")}/`,
    );
    expect(await reason(join(directory, "file", "a.npy"))).toMatch(/^(there is no folder|ENOTDIR: not a directory$)/);
    expect(await reason(join(directory, "folder"))).toBe("it is a folder");
    expect(await reason(join(directory, "x".repeat(300)))).toBe("ENAMETOOLONG: name too long");
  });

  test("a missing folder, or a folder in the place of the file, is an error", async () => {
    const directory = temporaryDirectory({});
    mkdirSync(join(directory, "folder"));
    for (const path of [join(directory, "no", "a.bin"), join(directory, "folder")]) {
      expect((await rejectionOf(FileWriteError, writeFileAtomically(path, bytes))).path).toBe(path);
    }
    expect(readdirSync(directory)).toEqual(["folder"]);
  });
});

describe("a file is read", () => {
  test("completely, in chunks of any size", async () => {
    const path = join(temporaryDirectory({ "a.bin": bytes }), "a.bin");
    const open = async (...args: Parameters<typeof promises.open>) => {
      const handle = await promises.open(...args);
      return {
        stat: () => handle.stat(),
        close: () => handle.close(),
        read: (into: Uint8Array, offset: number, length: number, position: number) =>
          handle.read(into, offset, Math.min(length, 999), position),
      };
    };
    withFileSystem({ open });
    expect(Buffer.compare(await readFile(path), bytes)).toBe(0);
  });

  test("up to the limit", async () => {
    const path = join(temporaryDirectory({ "a.bin": bytes }), "a.bin");
    expect(await readFile(path, bytes.length)).toHaveLength(bytes.length);
    const error = await rejectionOf(DataFormatError, readFile(path, bytes.length - 1));
    expect(error.message).toBe(`${path}: has 100000 bytes, more than the limit of 99999`);
  });

  test("and is an error if it becomes shorter meanwhile", async () => {
    const path = join(temporaryDirectory({ "a.bin": bytes }), "a.bin");
    const open = async () => ({
      stat: async () => ({ size: 5 }),
      read: async () => ({ bytesRead: 0 }),
      close: async () => {},
    });
    withFileSystem({ open });
    expect((await rejectionOf(DataFormatError, readFile(path))).message).toMatch(/became shorter/);
  });

  test("and is an error if it is missing, or if the path is not a path", async () => {
    const path = join(temporaryDirectory({}), "a.bin");
    expect((await rejectionOf(DataNotFoundError, readFile(path))).source).toBe(path);
    for (const wrong of ["", 5, undefined, null]) {
      expect((await rejectionOf(ArgumentError, readFile(wrong as string))).argument).toBe("path");
      expect((await rejectionOf(ArgumentError, writeFileAtomically(wrong as string, bytes))).argument).toBe("path");
    }
  });
});

test("without a file system reading and writing throw an error that says so", async () => {
  vi.stubGlobal("process", undefined);
  expect((await rejectionOf(DataNotFoundError, readFile("a"))).message).toMatch(/no file system here/);
  expect((await rejectionOf(DataNotFoundError, writeFileAtomically("a", bytes))).message).toMatch(
    /no file system here/,
  );
});

test("each format is written to a file and read back", async () => {
  const directory = temporaryDirectory({});
  const x = matrix([[1, 2], [3, 4]]); // biome-ignore format: one line
  const expected = { ...x, dtype: "float64" };
  await saveNpy(join(directory, "x.npy"), x);
  expect(await loadNpy(join(directory, "x.npy"))).toEqual(expected);
  await saveNpz(join(directory, "x.npz"), { x }, { compress: true });
  expect(await loadNpz(join(directory, "x.npz"))).toEqual(new Map([["x", expected]]));
  await saveSafetensors(join(directory, "x.safetensors"), { x }, { metadata: { a: "b" } });
  const { tensors, metadata } = await loadSafetensors(join(directory, "x.safetensors"));
  expect([tensors, metadata]).toEqual([new Map([["x", expected]]), new Map([["a", "b"]])]);
  await rejectionOf(DataFormatError, loadNpz(join(directory, "x.npz"), { memoryLimit: 100 }));
  await rejectionOf(DataFormatError, loadSafetensors(join(directory, "x.safetensors"), { memoryLimit: 100 }));
  expect(readdirSync(directory)).toHaveLength(3);
});
