import { randomUUID } from "node:crypto";
import { mkdir, open, readFile, rename, rm, stat } from "node:fs/promises";
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
  for (let attempt = 0; ; attempt++) {
    try {
      const file = await open(path, "wx");
      await file.writeFile(name).finally(() => file.close());
      return () => rm(path, { force: true });
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== "EEXIST") throw new UsageError(`--out: ${folder} cannot be written: ${messageOf(error)}`);
      if (attempt > 0 || !(await removeStaleLock(path))) {
        throw new UsageError(`${folder}: another run works in this folder (${path} names its process)`);
      }
    }
  }
}

/** Milliseconds in which a process that has made a lock has certainly written its name into it. */
const NAMING_TIME = 5000;

/** Removes the lock of a process that was killed. Returns whether there is no lock any more. */
async function removeStaleLock(path: string): Promise<boolean> {
  const before = await readFile(path, "utf8").catch(() => undefined);
  if (before === undefined) return true;
  const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: 0 }));
  if (isAlive(before) ?? Date.now() - mtimeMs < NAMING_TIME) return false;
  // Another process may have done the same, and may have made a lock of its own meanwhile. Only one of them gets this file.
  const mine = `${path}.${randomUUID()}`;
  await rename(path, mine).catch(() => {});
  const taken = await readFile(mine, "utf8").catch(() => before);
  if (taken !== before) await rename(mine, path);
  else await rm(mine, { force: true });
  return taken === before;
}

/** Whether the process that a lock names may still run; undefined if it names none. Those of other machines cannot be asked. */
function isAlive(lock: string): boolean | undefined {
  const { host, pid } = Object(parseJson(lock)) as { host?: unknown; pid?: unknown };
  if (typeof pid !== "number") return undefined;
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
