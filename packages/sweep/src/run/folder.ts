import { randomUUID } from "node:crypto";
import { constants, copyFile, link, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { replaceFile } from "numgrad-program/files";
import { messageOf, UsageError } from "../errors.js";
import type { Sweep } from "../sweep/sweep-file.js";
import { parseJson } from "../sweep/validation.js";

/** Names of the files in the folder of a sweep. */
export const SWEEP_FILE = "sweep.json";
export const RESULTS_FILE = "results.jsonl";
const LOCK_FILE = "run.lock";

/**
 * Makes the folder of a sweep, and locks it, so that no second run writes the same files.
 *
 * @returns A function that unlocks it.
 * @throws {UsageError} if the folder cannot be written, or if another run works in it.
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  const path = join(folder, LOCK_FILE);
  const name = JSON.stringify({ host: hostname(), pid: process.pid });
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw new UsageError(`--out: ${folder} cannot be made: ${messageOf(error)}`);
  });
  const own = `${path}.${randomUUID()}`;
  try {
    await writeFile(own, name);
    if (!(await giveName(own, path)) && !((await removeStaleLock(path)) && (await giveName(own, path)))) {
      throw new UsageError(`${folder}: another run works in this folder (${path} names its process)`);
    }
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`--out: ${folder} cannot be written: ${messageOf(error)}`);
  } finally {
    await rm(own, { force: true });
  }
  return () => rm(path, { force: true });
}

/** Gives a file another name too. Returns false if there is a file of that name. */
async function giveName(own: string, path: string): Promise<boolean> {
  try {
    // Whoever finds a link finds the whole text. Some file systems have no links; there a copy must do.
    await link(own, path).catch((error: unknown) => {
      if (isThere(error)) throw error;
      return copyFile(own, path, constants.COPYFILE_EXCL);
    });
    return true;
  } catch (error) {
    if (isThere(error)) return false;
    throw error;
  }
}

const isThere = (error: unknown) => (error as NodeJS.ErrnoException).code === "EEXIST";

/** Removes the lock of a process that was killed. Returns whether there may be no lock any more. */
async function removeStaleLock(path: string): Promise<boolean> {
  const before = await readFile(path, "utf8").catch(() => "");
  if (isAlive(before)) return false;
  // Another process may have done the same, and made a lock of its own meanwhile. Only one process gets this file.
  const taken = `${path}.${randomUUID()}`;
  await rename(path, taken).catch(() => {});
  const isStale = (await readFile(taken, "utf8").catch(() => before)) === before;
  if (!isStale) await giveName(taken, path);
  await rm(taken, { force: true });
  return isStale;
}

/** Whether the process that has written a lock may still run. Those of other machines cannot be asked. */
function isAlive(lock: string): boolean {
  const { host, pid } = Object(parseJson(lock)) as { host?: unknown; pid?: unknown };
  if (typeof pid !== "number") return false;
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
    return pid !== process.pid;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Writes the sweep into its folder, so that `resume`, `status` and `export` find it there. */
export async function writeSweep(folder: string, sweep: Sweep): Promise<void> {
  const { budget, trials, halving, ...rest } = sweep;
  const contents = { ...rest, ...(trials !== undefined && { trials }), ...budget, ...(halving && { halving }) };
  await replaceFile(join(folder, SWEEP_FILE), `${JSON.stringify(contents, null, 2)}\n`).catch((error: unknown) => {
    throw new UsageError(`--out: ${folder} cannot be written: ${messageOf(error)}`);
  });
}
