import { formatMachine, type Machine } from "../machine.js";
import { markdownTable } from "../report.js";
import type { QueueSpeed, Speed } from "./runs.js";

/** What was measured. */
export interface Figures {
  readonly machine: Machine;
  /** Processes that wanted a core of this machine before the measurement. */
  readonly load: number;
  readonly queue: readonly QueueSpeed[];
  /** Empty trials on this machine, one after the other. */
  readonly here: Speed;
  /** Bytes of a job that waits. */
  readonly waiting: number;
  /** 16 trainings: on one thread, on two, and by two processes at once with eight each. */
  readonly training: Readonly<Record<"one" | "two" | "apart", Speed>>;
}

/** Workers in the projection, and the part of their time in which they are to train. */
const MANY = 1000;
const BUSY = 0.9;

/** Trials that a server has at a time: results that nobody has fetched, for the memory. */
const RESULTS = 100_000;

/** Bytes of MNIST, compressed, on the way from the server to a worker; bytes a second of a network of 1 Gbit/s. */
const MNIST = 13e6;
const NETWORK = 125e6;

/** The section of docs/sweeps.md. */
export function document(figures: Figures): string {
  return `${measured(figures)}\n\n${projected(figures)}`;
}

function measured({ machine, load, queue, here, waiting, training }: Figures): string {
  const table = markdownTable(
    [
      { heading: "workers", numeric: true },
      { heading: "trials/s", numeric: true },
      { heading: "latency of a trial", numeric: true },
      { heading: "commands a trial, those in scripts too", numeric: true },
      { heading: "bytes a trial through the network", numeric: true },
      { heading: "Redis: processor a trial", numeric: true },
      { heading: "coordinator: processor a trial", numeric: true },
    ],
    queue.map(({ workers, rate, each, coordinator }) => [
      String(workers),
      rate.toFixed(0),
      `${((1000 * workers) / rate).toFixed(1)} ms`,
      each.commands.toFixed(0),
      whole(each.network),
      `${(1e6 * each.processor).toFixed(0)} µs`,
      `${(1000 * coordinator).toFixed(0)} µs`,
    ]),
  );
  const { one, two, apart } = training;
  const seconds = ({ whole }: Speed) => (whole / 1000).toFixed(1);
  const faster = ({ whole }: Speed) => (one.whole / whole).toFixed(2);
  return `Measured by \`npm run bench:sweep -- --write\` with ${whole(here.trials)} empty trials in each row. Redis, the coordinator and all workers share
one machine, so more workers than cores only take turns. The load before the measurement was ${load.toFixed(1)}. ${formatMachine(machine)}.

${table}

- An empty trial takes ${(1000 / here.rate).toFixed(1)} ms on this machine (goal: ≤ 5 ms), and ${(1000 / queue[0]!.rate).toFixed(1)} ms through the queue with one worker
  (goal: ≤ 15 ms). That is one step with one image, 200 images to be classified, the result, and its way to the disk.
- The latency is that of a worker, from one trial to its next: by Little's law, workers divided by trials a second.
- A job that waits takes ${whole(waiting)} bytes of Redis' memory. A trial that is done leaves ${whole(queue[0]!.each.memory)} bytes there, its result, for 14 days.
- 16 trainings of 2,000 steps by central differences take ${seconds(one)} s on one thread and ${seconds(two)} s on two: ${faster(two)} times as fast (goal: ≥ 1.8; medians of three rounds, in turns).
  Two processes at once, with eight of them each, share nothing but the machine. They take ${seconds(apart)} s: ${faster(apart)} times as fast is what its second core gives.${Math.min(two.whole, apart.whole) < one.whole / 2 ? NOISE : ""}`;
}

const NOISE = `
  More than twice is the machine's doing: it is not equally fast all the time.`;

function projected({ queue, waiting }: Figures): string {
  const last = queue.at(-1)!;
  const redis = 1 / last.each.processor;
  const coordinator = 1000 / last.coordinator;
  const most = Math.min(redis, coordinator);
  const latency = 1 / queue[0]!.rate;
  const shortest = Math.max(MANY / most, (latency * BUSY) / (1 - BUSY));
  const memory = (2000 * waiting + RESULTS * last.each.memory) / 1e6;
  return `### ${whole(MANY)} workers

This is arithmetic from the last row, not a measurement.

- Redis works on one core, and takes ${(1e6 * last.each.processor).toFixed(0)} µs for a trial: at most ${whole(redis)} trials a second. The coordinator takes ${(1000 * last.coordinator).toFixed(0)} µs: at most ${whole(coordinator)}.
  The smaller of the two, ${whole(most)} trials a second, is the limit of one sweep.
- So ${whole(MANY)} workers have something to do in ${100 * BUSY} % of their time if a trial trains for ${shortest.toFixed(1)} s or longer. The chapter's network makes some
  thousand steps in that time; a whole training takes longer, and Redis then has next to nothing to do.
- Memory: ${whole(2000)} jobs that wait and ${whole(RESULTS)} results are ${memory.toFixed(0)} MB, and MNIST is 13 MB more.
- Connections: two for each worker process. ${whole(MANY)} processes have ${whole(2 * MANY)}, and Redis' own limit is 10,000.
- Redis' network is the limit at the start: each worker process fetches the data once. ${whole(MANY)} of them fetch ${((MANY * MNIST) / 1e9).toFixed(0)} GB, which is ${((MANY * MNIST) / NETWORK).toFixed(0)} s at
  1 Gbit/s. One process for each machine, with \`--concurrency\` as many as cores, divides that by the cores.
- The assumptions: a way to Redis that is short beside a trial; trials that do not halve, as checkpoints of 320 KB would go through Redis; a queue
  window of 2,000 jobs, so that more than 2,000 trials at a time need a second sweep.`;
}

/** A number without a fraction, with commas. */
function whole(value: number): string {
  return Math.round(value).toLocaleString("en");
}
