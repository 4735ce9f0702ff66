// Runs of the built program numgrad-sweep that are measured.
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { ROOT } from "../machine.js";
import { type Counts, Server } from "./server.js";

const PROGRAM = join(ROOT, "packages/sweep/dist/main.js");

/** A trial that trains: as many steps by central differences as take about three seconds. */
const TRAINING = {
  options: { learningRate: 0.1, hidden: 50, batchSize: 100 },
  seeds: Array.from({ length: 16 }, (_, i) => i),
  steps: 2000,
};

/** Trials that do next to nothing: one step with one image, and two hundred images to be classified. */
const EMPTY = { options: { learningRate: 0.1, hidden: 1, batchSize: 1, gradient: "backprop" }, steps: 1 };

/** A line of results.jsonl. */
interface Line {
  readonly started: number;
  readonly ended: number;
}

/** The speed of the trials of a run. */
export interface Speed {
  /** Trials. */
  readonly trials: number;
  /** Milliseconds from the first start to the last end. */
  readonly whole: number;
  /** Trials per second, without the first tenth, in which caches are cold. */
  readonly rate: number;
}

/** A run through the queue. */
export interface QueueSpeed extends Speed {
  readonly workers: number;
  /** What the server has counted for each trial. */
  readonly each: Counts;
  /** Milliseconds of a processor that the coordinator has taken for each trial. */
  readonly coordinator: number;
}

function sweepFile(folder: string, contents: object, trainSize: number): string {
  mkdirSync(folder, { recursive: true });
  const data = { source: "mnist", trainSize, testSize: 100 };
  writeFileSync(join(folder, "sweep.json"), JSON.stringify({ data, ...contents }));
  return join(folder, "sweep.json");
}

function start(args: readonly string[], url?: string): ChildProcess {
  const env = url === undefined ? process.env : { ...process.env, NUMGRAD_SWEEP_REDIS: url };
  return spawn(process.execPath, [PROGRAM, ...args], { env, stdio: ["ignore", "ignore", "inherit"] });
}

async function endOf(child: ChildProcess): Promise<void> {
  const code = await new Promise((resolve) => child.once("close", resolve));
  if (code !== 0) throw new Error(`numgrad-sweep has ended with the exit code ${code}`);
}

function speedOf(...outs: readonly string[]): Speed {
  const lines = outs.flatMap((out) => readFileSync(join(out, "results.jsonl"), "utf8").trim().split("\n"));
  const results = lines.map((line) => JSON.parse(line) as Line);
  const ends = results.map(({ ended }) => ended).sort((a, b) => a - b);
  const first = results.reduce((least, { started }) => Math.min(least, started), Number.POSITIVE_INFINITY);
  const cold = Math.floor(ends.length / 10);
  const rate = (1000 * (ends.length - 1 - cold)) / (ends.at(-1)! - ends[cold]!);
  return { trials: ends.length, whole: ends.at(-1)! - first, rate };
}

/** 16 trainings on this machine. */
export async function trainHere(folder: string, threads: number): Promise<Speed> {
  const file = sweepFile(folder, TRAINING, 10_000);
  const out = join(folder, "out");
  await endOf(start(["run", file, "--threads", String(threads), "--out", out]));
  return speedOf(out);
}

/** The same 16 trainings by two processes at once, which share nothing but the machine: what its second core can give. */
export async function trainApart(folder: string): Promise<Speed> {
  const half = TRAINING.seeds.length / 2;
  const outs = [0, half].map((from) => {
    const seeds = TRAINING.seeds.slice(from, from + half);
    const of = join(folder, String(from));
    return { file: sweepFile(of, { ...TRAINING, seeds }, 10_000), out: join(of, "out") };
  });
  await Promise.all(outs.map(({ file, out }) => endOf(start(["run", file, "--threads", "1", "--out", out]))));
  return speedOf(...outs.map(({ out }) => out));
}

/** Empty trials on this machine, one after the other. */
export async function emptyHere(folder: string, trials: number): Promise<Speed> {
  const file = sweepFile(folder, { ...EMPTY, seeds: Array.from({ length: trials }, (_, i) => i) }, 100);
  const out = join(folder, "out");
  await endOf(start(["run", file, "--threads", "1", "--out", out]));
  return speedOf(out);
}

/** Empty trials through a queue of its own, with worker processes that take one trial at a time. */
export async function emptyByQueue(folder: string, trials: number, workers: number): Promise<QueueSpeed> {
  const file = sweepFile(folder, { ...EMPTY, seeds: Array.from({ length: trials }, (_, i) => i) }, 100);
  const out = join(folder, "out");
  const server = await Server.start(folder);
  const processes: ChildProcess[] = [];
  try {
    for (let i = 0; i < workers; i++) processes.push(start(["worker", "--concurrency", "1"], server.url));
    await until(() => server.command("CLIENT", "LIST").trim().split("\n").length > 2 * workers);
    const before = server.counts();
    const run = start(["run", file, "--out", out], server.url);
    const ended = endOf(run);
    const clock = followCoordinator(run.pid!, out);
    await ended.finally(() => clock.stop());
    const after = server.counts();
    const each = Object.fromEntries(
      Object.entries(after).map(([name, value]) => [name, (value - before[name as keyof Counts]) / trials]),
    ) as unknown as Counts;
    return { ...speedOf(out), workers, each, coordinator: clock.taken() / trials };
  } finally {
    for (const child of processes) child.kill("SIGKILL");
    await server.stop();
  }
}

/** Bytes of a job that waits in the queue: no worker takes any. */
export async function bytesOfWaiting(folder: string, trials: number): Promise<number> {
  const file = sweepFile(folder, { ...EMPTY, seeds: Array.from({ length: trials }, (_, i) => i) }, 100);
  const server = await Server.start(folder);
  const run = start(["run", file, "--out", join(folder, "out")], server.url);
  const closed = new Promise((resolve) => run.once("close", resolve));
  try {
    const waiting = () => {
      const [key] = server.command("--scan", "--pattern", "*:wait").trim().split("\n");
      return key ? Number(server.command("LLEN", key)) : 0;
    };
    await until(() => waiting() >= 1);
    const [first, before] = [waiting(), server.counts().memory];
    await until(() => waiting() === trials);
    return (server.counts().memory - before) / (trials - first);
  } finally {
    run.kill("SIGKILL");
    await closed;
    await server.stop();
  }
}

/** Measures the time of a processor that a coordinator takes from its first result to its last one. */
function followCoordinator(pid: number, out: string) {
  const path = join(out, "results.jsonl");
  const sizeNow = () => statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  let size = 0;
  let first: number | undefined;
  let last = 0;
  const timer = setInterval(() => {
    const [grown, time] = [sizeNow(), processorTime(pid)];
    if (grown === size || time === undefined) return;
    size = grown;
    first ??= time;
    last = time;
  }, 50);
  return { stop: () => clearInterval(timer), taken: () => last - (first ?? last) };
}

/** Milliseconds of a processor that a process has taken; undefined where the system does not say. */
function processorTime(pid: number): number | undefined {
  const path = `/proc/${pid}/stat`;
  if (!existsSync(path)) return undefined;
  const fields = readFileSync(path, "utf8").split(") ").at(-1)!.split(" ");
  // Times in user and in system mode, in hundredths of a second.
  return 10 * (Number(fields[11]) + Number(fields[12]));
}

async function until(condition: () => boolean): Promise<void> {
  const end = Date.now() + 120_000;
  while (!condition()) {
    if (Date.now() > end) throw new Error("the programs have not started within two minutes");
    await setTimeout(20);
  }
}
