import { mkdir, open, readFile, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { replaceFile } from "numgrad-program/files";
import { messageOf, UsageError } from "../errors.js";
import type { Sweep } from "../sweep/sweep-file.js";

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
      const owner = await readFile(path, "utf8").catch(() => "");
      if (attempt > 0 || isAlive(owner)) {
        throw new UsageError(`${folder}: another run works in this folder (${path} names its process)`);
      }
      // The run was killed.
      await rm(path, { force: true });
    }
  }
}

/** Whether the process that has written a lock may still run. Those of other machines cannot be asked. */
function isAlive(lock: string): boolean {
  try {
    const { host, pid } = JSON.parse(lock) as { host: unknown; pid: unknown };
    if (host !== hostname() || typeof pid !== "number") return true;
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
