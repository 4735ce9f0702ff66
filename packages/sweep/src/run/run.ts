import { basename, join, resolve } from "node:path";
import type { Command } from "../command-line.js";
import { printable } from "../errors.js";
import { lastResults, leaderboard } from "../report/leaderboard.js";
import { writeReport } from "../report/report.js";
import { formatLeaderboard } from "../report/text-table.js";
import { readSweepFile, type Sweep } from "../sweep/sweep-file.js";
import { trialsOf } from "../sweep/trials.js";
import { loadData, type SharedData } from "../trial/data.js";
import type { Engine } from "../trial/job.js";
import { coordinate } from "./coordinator.js";
import { lockFolder, RESULTS_FILE, SWEEP_FILE, writeSweep } from "./folder.js";
import { LocalEngine } from "./local-engine.js";
import { Plan } from "./plan.js";
import { formatDuration, Progress } from "./progress.js";
import { ResultsFile } from "./results.js";

type RunCommand = Extract<Command, { name: "run" | "resume" }>;

/** Does the trials of a sweep that have no result, and returns the exit code. */
export async function run(command: RunCommand, signal: AbortSignal): Promise<number> {
  const { path, quiet } = command;
  const folder = command.name === "resume" ? path : (command.out ?? `${basename(path).replace(/\.json$/, "")}-results`);
  const sweep = await readSweepFile(command.name === "resume" ? join(path, SWEEP_FILE) : path);
  // Wrong options show before the data are loaded.
  trialsOf(sweep);
  const data = await loadData(sweep.data);
  const unlock = await lockFolder(folder);
  try {
    await writeSweep(folder, sweep);
    return await runIn(folder, sweep, data, command, signal);
  } finally {
    await unlock();
    if (!quiet) console.log(printable(`folder: ${resolve(folder)}`));
  }
}

async function runIn(
  folder: string,
  sweep: Sweep,
  data: SharedData,
  command: RunCommand,
  signal: AbortSignal,
): Promise<number> {
  const plan = new Plan(sweep, data.hash);
  const progress = new Progress(plan, command.quiet);
  const warn = (text: string) => progress.warn(text);
  const file = await ResultsFile.open(join(folder, RESULTS_FILE), warn);
  const started = Date.now();
  let engine: Engine | undefined;
  let finished = false;
  try {
    progress.begin();
    engine = await openEngine(folder, data, command, warn);
    const stop = () => engine?.stop();
    signal.addEventListener("abort", stop);
    if (signal.aborted) stop();
    const { status, failures } = await coordinate(plan, engine, file, progress);
    progress.end();
    finished = status === "finished" && failures === 0;
    const last = lastResults(plan, file.results);
    const made = `${last.length} of ${plan.trials.length} trials have results, after ${formatDuration(Date.now() - started)}`;
    console.log(`${status === "finished" ? "Finished" : "Stopped"}: ${made}.`);
    for (const line of formatLeaderboard(plan, leaderboard(last))) console.log(printable(line));
    await writeReport(folder, plan, file.results);
    if (status === "stopped") {
      console.log(printable(`Go on with: numgrad-sweep resume ${folder}`));
      return signal.reason;
    }
    return failures === 0 ? 0 : 1;
  } finally {
    progress.end();
    await engine?.close(finished);
    await file.close();
  }
}

async function openEngine(
  folder: string,
  data: SharedData,
  { redis, threads }: RunCommand,
  warn: (text: string) => void,
): Promise<Engine> {
  if (!redis) return new LocalEngine(threads, data, folder, warn);
  const { QueueEngine } = await import("../queue/queue-engine.js");
  return QueueEngine.open(redis, data, warn);
}
