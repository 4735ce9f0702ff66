// What a disk may hold after a power cut: a model of files and one folder, of which only what was sent to the disk
// (fsync) is certain to survive. It is more cruel than most file systems: of the changes to the folder that were not
// sent, any may survive without the others, and of bytes that were not sent any block may be missing.
import { execFileSync, spawnSync } from "node:child_process";
import * as promises from "node:fs/promises";
import { basename, join } from "node:path";

/** A call that changes the disk, or sends something to it. */
export type DiskCall =
  | { readonly call: "create" | "sync" | "unlink"; readonly name: string }
  | { readonly call: "write"; readonly name: string; readonly bytes: Uint8Array }
  | { readonly call: "rename"; readonly name: string; readonly to: string }
  | { readonly call: "sync folder" };

/** A file: what it holds for programs, and what is on the disk. */
interface FileOnDisk {
  bytes: Uint8Array;
  synced: Uint8Array;
}

/** Bytes of a block, of which a disk has all or nothing. */
const BLOCK = 4096;

/**
 * All contents that the file `name` may have if power is cut after these calls; undefined stands for a missing file.
 *
 * @param old The content of the file before the calls, which is on the disk.
 */
export function afterPowerCut(calls: readonly DiskCall[], name: string, old: Uint8Array): (Uint8Array | undefined)[] {
  const files = new Map<string, FileOnDisk>([[name, { bytes: old, synced: old }]]);
  let onDisk = new Map(files);
  let pending: ((folder: Map<string, FileOnDisk>) => void)[] = [];
  const change = (action: (folder: Map<string, FileOnDisk>) => void) => {
    action(files);
    pending.push(action);
  };
  for (const call of calls) {
    if (call.call === "create") {
      const file = { bytes: new Uint8Array(), synced: new Uint8Array() };
      change((folder) => folder.set(call.name, file));
    } else if (call.call === "write") {
      const file = files.get(call.name)!;
      file.bytes = Buffer.concat([file.bytes, call.bytes]);
    } else if (call.call === "sync") {
      const file = files.get(call.name)!;
      file.synced = file.bytes;
    } else if (call.call === "sync folder") {
      onDisk = new Map(files);
      pending = [];
    } else {
      const file = files.get(call.name)!;
      change((folder) => {
        folder.delete(call.name);
        if (call.call === "rename") folder.set(call.to, file);
      });
    }
  }
  const contents: (Uint8Array | undefined)[] = [];
  for (let chosen = 0; chosen < 2 ** pending.length; chosen++) {
    const folder = new Map(onDisk);
    for (const [i, action] of pending.entries()) if (chosen & (1 << i)) action(folder);
    const file = folder.get(name);
    contents.push(...(file ? contentsOf(file) : [undefined]));
  }
  return contents;
}

/** What a file may hold: all that was sent to the disk, and any part of the rest. */
function contentsOf({ bytes, synced }: FileOnDisk): Uint8Array[] {
  if (bytes === synced) return [bytes];
  const contents = [synced, bytes];
  for (let cut = 0; cut < bytes.length; cut += BLOCK) {
    // The file ends early; it has its length but no content behind the cut; one block is missing.
    contents.push(bytes.slice(0, cut), bytes.slice(0, cut + 1), withZeros(bytes, cut, bytes.length));
    contents.push(withZeros(bytes, cut, cut + BLOCK));
  }
  return contents;
}

function withZeros(bytes: Uint8Array, from: number, to: number): Uint8Array {
  return new Uint8Array(bytes).fill(0, from, to);
}

/**
 * Node's file system, whose calls are noted and may be made to fail.
 *
 * @param before Called with the name of each call before it is made. If it throws, the call fails.
 */
export function recordingFileSystem(before: (call: string) => void = () => {}) {
  const calls: DiskCall[] = [];
  const open = async (path: string, flags: string, mode?: number) => {
    before(flags === "r" ? "open folder" : "open");
    const handle = await promises.open(path, flags, mode);
    const name = basename(path);
    if (flags !== "r") calls.push({ call: "create", name });
    return {
      writeFile: async (bytes: Uint8Array) => {
        try {
          before("write");
        } catch (error) {
          await handle.writeFile(bytes.subarray(0, bytes.length / 2));
          throw error;
        }
        calls.push({ call: "write", name, bytes: bytes.slice() });
        await handle.writeFile(bytes);
      },
      sync: async () => {
        before(flags === "r" ? "sync folder" : "sync");
        await handle.sync();
        calls.push(flags === "r" ? { call: "sync folder" } : { call: "sync", name });
      },
      close: async () => {
        await handle.close();
        before(flags === "r" ? "close folder" : "close");
      },
    };
  };
  const rename = async (from: string, to: string) => {
    before("rename");
    await promises.rename(from, to);
    calls.push({ call: "rename", name: basename(from), to: basename(to) });
  };
  const unlink = async (path: string) => {
    before("unlink");
    await promises.unlink(path);
    calls.push({ call: "unlink", name: basename(path) });
  };
  return { calls, system: { ...promises, open, rename, unlink } };
}

/** Whether the system calls of a program can be noted here. */
export const HAS_STRACE = spawnSync("strace", ["-o", "/dev/null", "true"]).status === 0;

/** The calls that a program makes for files of a folder, as the kernel sees them. */
export async function systemCalls(folder: string, program: readonly string[]): Promise<DiskCall[]> {
  const [log, traced] = [
    join(folder, "..", `${basename(folder)}.strace`),
    "openat,write,pwrite64,writev,pwritev,fsync,fdatasync,ftruncate,rename,renameat,renameat2,unlink,unlinkat",
  ];
  const options = ["-f", "-y", "-xx", "-s", "100000000", "-e", `trace=${traced}`, "-o", log];
  try {
    execFileSync("strace", [...options, process.execPath, ...program], { stdio: ["ignore", "ignore", "inherit"] });
    return wholeCalls(await promises.readFile(log, "latin1")).flatMap((line) => toDiskCall(line, folder) ?? []);
  } finally {
    await promises.rm(log, { force: true });
  }
}

/** The calls of a log. A call during which another thread made one stands in two pieces. */
function wholeCalls(log: string): string[] {
  const begun = new Map<string, string>();
  return log.split("\n").flatMap((line) => {
    const [, thread = "", rest = ""] = /^(\d+) +(.*)$/.exec(line) ?? [];
    const [, unfinished] = /^(.*) <unfinished \.\.\.>$/.exec(rest) ?? [];
    if (unfinished !== undefined) begun.set(thread, unfinished);
    if (unfinished !== undefined) return [];
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(rest);
    return [resumed ? begun.get(thread) + resumed[1]! : rest];
  });
}

function toDiskCall(line: string, folder: string): DiskCall | undefined {
  const [, call = "", args = "", result = ""] = /^(\w+)\((.*)\) += (-?\d+)/.exec(line) ?? [];
  // Paths and bytes are in hexadecimal digits: "\x2f\x74".
  const texts = Array.from(args.matchAll(/["<]((?:\\x[0-9a-f]{2})*)[">]/g), ([, text]) =>
    Buffer.from(text!.replaceAll("\\x", ""), "hex"),
  );
  const paths = texts.map((text) => text.toString());
  if (Number(result) < 0 || !paths.some((path) => path.startsWith(folder))) return undefined;
  const name = basename(paths.find((path) => path.startsWith(`${folder}/`)) ?? "");
  if (call === "openat") return args.includes("O_CREAT") ? { call: "create", name } : undefined;
  if (call === "fsync" || call === "fdatasync") return name === "" ? { call: "sync folder" } : { call: "sync", name };
  if (call === "unlink" || call === "unlinkat") return { call: "unlink", name };
  if (call.startsWith("rename")) return { call: "rename", name, to: basename(paths.at(-1)!) };
  if (call === "write") return { call: "write", name, bytes: texts.at(-1)!.subarray(0, Number(result)) };
  throw new Error(`the model of the disk does not know ${call}`);
}
