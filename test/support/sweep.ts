import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "./idx-files.js";
import { type Ended, ROOT, smallImages } from "./main-job.js";

/** The built program. */
export const SWEEP_PROGRAM = join(ROOT, "packages/sweep/dist/main.js");

/** A folder with the small images in `data` and a sweep file over them. `contents` replaces fields of the file. */
export function sweepFolder(contents: object): string {
  const folder = temporaryDirectory({});
  mkdirSync(join(folder, "data"));
  for (const [name, bytes] of Object.entries(smallImages())) writeFileSync(join(folder, "data", name), bytes);
  const sweep = { data: { source: "idx", path: "data" }, ...contents };
  writeFileSync(join(folder, "sweep.json"), JSON.stringify(sweep));
  return folder;
}

const longOptions = { learningRate: [0.1, 1, 3], hidden: 5, batchSize: 20, gradient: "backprop" };

/** The contents of a sweep file for a sweep that lasts for a minute, and whose first trials end soon. */
export const LONG_SWEEP = {
  options: longOptions,
  seeds: Array.from({ length: 60 }, (_, seed) => seed),
  epochs: 200,
};

/** A sweep program that was started. */
export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** What the program has printed so far, errors included. */
  printed(): string;
}

/** Starts the program in a folder. */
export function startSweep(cwd: string, args: readonly string[], env: Record<string, string> = {}): Started {
  const child = spawn(process.execPath, [SWEEP_PROGRAM, ...args], { cwd, env: { ...process.env, ...env } });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (chunk) => {
    stdout += chunk;
  });
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  const ended = new Promise<Ended>((resolve) => child.on("close", (code) => resolve({ code, stdout, stderr })));
  return { child, ended, printed: () => stdout + stderr };
}

/** Runs the program in a folder to its end. */
export const runSweep = (cwd: string, ...args: string[]) => startSweep(cwd, args).ended;

/** A line of results.jsonl. */
export interface ResultLine {
  readonly id: string;
  readonly trial: number;
  readonly rung: number;
  readonly options: Readonly<Record<string, number | string>>;
  readonly status: string;
  readonly steps: number;
  readonly testAccuracy: number;
  readonly seconds: number;
}

/** The results in the folder of a sweep, in the order of their lines. Every line must be whole. */
export function resultLines(folder: string): ResultLine[] {
  const path = join(folder, "results.jsonl");
  const text = existsSync(path) ? readFileSync(path, "utf8") : "";
  return text
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line) as ResultLine);
}

/** The results without what may differ from run to run: order, times, and who has made them. */
export function comparable(folder: string): string[] {
  const lines = resultLines(folder).map(({ ...line }) => {
    for (const name of ["seconds", "started", "ended", "worker"]) delete (line as Record<string, unknown>)[name];
    return JSON.stringify(line);
  });
  return lines.sort();
}

/** Waits until a condition holds. */
export async function until(condition: () => boolean | Promise<boolean>, milliseconds = 30_000): Promise<void> {
  const end = Date.now() + milliseconds;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`the condition did not hold within ${milliseconds} ms: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
