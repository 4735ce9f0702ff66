import { randomUUID } from "node:crypto";
import { open, realpath, rename, rm, stat } from "node:fs/promises";

/**
 * Writes a file completely or not at all: into a temporary file beside it, which is flushed to the disk and renamed. A
 * link stays, and the file that it leads to is replaced, unless it leads nowhere. The new file has the permissions of the
 * old one, as far as the process's umask allows.
 *
 * @throws {Error} if `path` leads to something else than a regular file, which must not be replaced.
 */
export async function replaceFile(path: string, contents: string | Uint8Array): Promise<void> {
  const old = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
    return undefined;
  });
  if (old && !old.isFile()) {
    throw new Error(old.isDirectory() ? "it is a folder" : "it is a device, a pipe or a socket, not a regular file");
  }
  const target = old ? await realpath(path) : path;
  const temporary = `${target}.${randomUUID()}.tmp`;
  try {
    const file = await open(temporary, "wx", (old?.mode ?? 0o666) & 0o777);
    try {
      await file.writeFile(contents);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw error;
  }
}
