import { execFileSync } from "node:child_process";
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { replaceFile } from "../../packages/program/src/files.js";
import { temporaryDirectory } from "../support/idx-files.js";

describe.skipIf(process.platform === "win32")("replaceFile", () => {
  test("writes a new file, and replaces one, which keeps its permissions", async () => {
    const path = join(temporaryDirectory({}), "a.txt");
    await replaceFile(path, "one");
    chmodSync(path, 0o600);
    await replaceFile(path, Uint8Array.of(116, 119, 111));
    expect(readFileSync(path, "utf8")).toBe("two");
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test("replaces the file that a link leads to, and keeps the link", async () => {
    const folder = temporaryDirectory({ "a.txt": new Uint8Array(3) });
    const link = join(folder, "link");
    symlinkSync("a.txt", link);
    await replaceFile(link, "new");
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(folder, "a.txt"), "utf8")).toBe("new");
  });

  test("leaves folders, pipes and devices as they are", async () => {
    const folder = temporaryDirectory({});
    const [pipe, inner] = [join(folder, "pipe"), join(folder, "inner")];
    execFileSync("mkfifo", [pipe]);
    mkdirSync(inner);
    await expect(replaceFile(pipe, "text")).rejects.toThrow("it is a device, a pipe or a socket, not a regular file");
    await expect(replaceFile(inner, "text")).rejects.toThrow("it is a folder");
    expect(statSync(pipe).isFIFO()).toBe(true);
    expect(readdirSync(folder).sort()).toEqual(["inner", "pipe"]);
  });

  test("leaves no temporary file behind if the file cannot be written", async () => {
    const folder = temporaryDirectory({});
    writeFileSync(join(folder, "a.txt"), "old");
    await expect(replaceFile(join(folder, "a.txt"), 5 as never)).rejects.toThrow();
    expect(readdirSync(folder)).toEqual(["a.txt"]);
    expect(readFileSync(join(folder, "a.txt"), "utf8")).toBe("old");
  });
});
