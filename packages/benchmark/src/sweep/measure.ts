// Measures sweeps on this machine: npm run bench:sweep. Writes the figures into docs/sweeps.md.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { describeMachine, ROOT } from "../machine.js";
import { split, UsageError } from "../options.js";
import { replaceSection } from "../report.js";
import { document, type Figures } from "./document.js";
import { bytesOfWaiting, emptyByQueue, emptyHere, type QueueSpeed, trainApart, trainHere } from "./runs.js";

const HELP = `npm run bench:sweep -- [options]

  --trials N  empty trials in each measurement (2000)
  --write     writes the figures into docs/sweeps.md
  --help      prints this text

It takes seven minutes, and needs redis-server and a machine that does nothing else.
`;

/** How often 16 trainings are made in each of three ways. */
const ROUNDS = 3;

/** Numbers of worker processes. */
const WORKERS = [1, 2, 4, 8];

process.exitCode = await main(process.argv.slice(2));

/** Returns the exit code. */
async function main(args: string[]): Promise<number> {
  try {
    const options = split(args, { trials: { type: "string" }, write: { type: "boolean" }, help: { type: "boolean" } });
    const trials = Number(options.trials ?? 2000);
    if (!Number.isInteger(trials) || trials < 20) throw new UsageError("--trials: expected an integer of at least 20");
    if (options.help) process.stdout.write(HELP);
    else report(await measure(trials), options.write ?? false);
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(error.message);
    return 2;
  }
}

async function measure(trials: number): Promise<Figures> {
  const [load = 0] = loadavg();
  const folder = mkdtempSync(join(tmpdir(), "numgrad-sweeps-"));
  try {
    const queue: QueueSpeed[] = [];
    for (const workers of WORKERS) {
      console.log(`${trials} empty trials through the queue, ${workers} workers`);
      queue.push(await emptyByQueue(join(folder, `queue-${workers}`), trials, workers));
    }
    console.log(`${trials} empty trials on this machine`);
    const here = await emptyHere(join(folder, "here"), trials);
    const waiting = await bytesOfWaiting(join(folder, "waiting"), Math.min(trials, 2000));
    return { machine: describeMachine(), load, queue, here, waiting, training: await trainings(folder) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The median of some rounds. The ways take turns, because a machine that others share is not equally fast all the time. */
async function trainings(folder: string): Promise<Figures["training"]> {
  const rounds: Figures["training"][] = [];
  for (let round = 0; round < ROUNDS; round++) {
    console.log(`16 trainings: on one thread, on two, and by two processes, round ${round + 1} of ${ROUNDS}`);
    const of = (name: string) => join(folder, `${name}-${round}`);
    const one = await trainHere(of("one"), 1);
    const two = await trainHere(of("two"), 2);
    rounds.push({ one, two, apart: await trainApart(of("apart")) });
  }
  const median = (way: keyof Figures["training"]) => {
    const sorted = rounds.map((round) => round[way]).sort((a, b) => a.whole - b.whole);
    return sorted[Math.floor(sorted.length / 2)]!;
  };
  return { one: median("one"), two: median("two"), apart: median("apart") };
}

function report(figures: Figures, write: boolean): void {
  const text = document(figures);
  console.log(`\n${text}`);
  if (!write) return;
  const path = join(ROOT, "docs/sweeps.md");
  writeFileSync(path, replaceSection(readFileSync(path, "utf8"), "growth", text));
  console.log(`written: ${path}`);
}
