import { execFile, spawnSync } from "node:child_process";
import { promisify } from "node:util";
import { PYTHONPATH } from "./install.js";
import type { Measurement } from "./task.js";

/** The core that all peers share, one after the other. */
export interface Core {
  /** What a command line begins with: `taskset -c 1`, or nothing. */
  readonly prefix: readonly string[];
  /** For the reader. */
  readonly description: string;
}

/** Finds the last core that this process may use, the one on which least else happens; none without `taskset`. */
export function findCore(): Core {
  const { stdout } = spawnSync("taskset", ["-cp", `${process.pid}`], { encoding: "utf8" });
  const core = stdout?.match(/(\d+)\s*$/)?.[1];
  if (core === undefined) return { prefix: [], description: "not pinned to a core (there is no taskset)" };
  return { prefix: ["taskset", "-c", core], description: `pinned to core ${core}` };
}

/** Threads: one, also where the libraries would count cores for themselves. */
const ONE_THREAD = { OMP_NUM_THREADS: "1", OPENBLAS_NUM_THREADS: "1", MKL_NUM_THREADS: "1" };

/** No peer's process is slow for so long (in ms): it hangs. */
const TIMEOUT = 3_600_000;

/** A peer's process has failed: `message` is the line of its output that says why. */
export class PeerError extends Error {}

/**
 * Runs a program on a task in a process of its own.
 *
 * @throws {PeerError} if it fails or prints no result.
 */
export async function measure(
  command: readonly string[],
  program: string,
  task: string,
  core: Core,
): Promise<Measurement> {
  const [file = "", ...args] = [...core.prefix, ...command, program, task];
  const python = { PYTHONPATH, PYTHONDONTWRITEBYTECODE: "1" };
  const env = { ...process.env, ...ONE_THREAD, ...python, PEER_STARTED: `${Date.now()}` };
  try {
    const { stdout } = await promisify(execFile)(file, args, { env, timeout: TIMEOUT, maxBuffer: 2 ** 26 });
    return JSON.parse(stdout.trim().split("\n").at(-1)!) as Measurement;
  } catch (error) {
    const { stderr = "", message } = error as Error & { stderr?: string };
    throw new PeerError(reason(stderr) ?? message.split("\n")[0]!);
  }
}

/** The line of a stack trace, JavaScript's or Python's, that has the message. */
function reason(stderr: string): string | undefined {
  const lines = stderr.trim().split("\n").reverse();
  return lines.find((line) => /^(\w+\.)*\w*(Error|Exception)\b/.test(line)) ?? (lines[0] || undefined);
}
