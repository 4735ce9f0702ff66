import { execFile, spawnSync } from "node:child_process";
import { promisify } from "node:util";
import { PYTHONPATH, type Ready } from "./install.js";
import type { Measurement } from "./task.js";

/** The processor core that all peers on one thread use, one after the other. */
export interface Core {
  /** Beginning of each command line of a peer on one thread: `taskset -c 1`, or nothing. */
  readonly prefix: readonly string[];
  /** The core in words, for the reader. */
  readonly description: string;
}

/**
 * Finds the last core that this process may use, which usually has the least other work. Without `taskset` there is
 * none.
 */
export function findCore(): Core {
  const { stdout } = spawnSync("taskset", ["-cp", `${process.pid}`], { encoding: "utf8" });
  const core = stdout?.match(/(\d+)\s*$/)?.[1];
  if (core === undefined) return { prefix: [], description: "not pinned to a core (there is no taskset)" };
  return { prefix: ["taskset", "-c", core], description: `pinned to core ${core}` };
}

/** Limits the libraries to one thread. Otherwise some of them use all cores. */
const ONE_THREAD = { OMP_NUM_THREADS: "1", OPENBLAS_NUM_THREADS: "1", MKL_NUM_THREADS: "1", RAYON_NUM_THREADS: "1" };

/** Milliseconds after which a process counts as hanging. */
const TIMEOUT = 3_600_000;

/** The process of a peer has failed. `message` is the line of its output that says why. */
export class PeerError extends Error {}

/**
 * Runs a program on a task, in a process of its own.
 *
 * @throws {PeerError} if the process fails or prints no result.
 */
export async function measure(
  { command, installed }: Ready,
  program: string,
  task: string,
  /** The core for one thread; undefined for all cores. */
  core: Core | undefined,
): Promise<Measurement> {
  const [file = "", ...args] = [...(core?.prefix ?? []), ...command, program, task];
  const python = { PYTHONPATH, PYTHONDONTWRITEBYTECODE: "1" };
  const threads = core ? ONE_THREAD : {};
  const env = { ...process.env, ...threads, ...python, PEER_INSTALLED: installed, PEER_STARTED: `${Date.now()}` };
  try {
    const { stdout } = await promisify(execFile)(file, args, { env, timeout: TIMEOUT, maxBuffer: 2 ** 26 });
    return JSON.parse(stdout.trim().split("\n").at(-1)!) as Measurement;
  } catch (error) {
    const { stderr = "", message } = error as Error & { stderr?: string };
    throw new PeerError(reason(stderr) ?? message.split("\n")[0]!);
  }
}

/** The line with the message in a stack trace of JavaScript or Python. */
function reason(stderr: string): string | undefined {
  const lines = stderr.trim().split("\n").reverse();
  return lines.find((line) => /^(\w+\.)*\w*(Error|Exception)\b/.test(line)) ?? (lines[0] || undefined);
}
