// The results of the race as tables and notes, for the terminal and for docs/benchmarks.md.
import { formatMachine, type Machine } from "../machine.js";
import { type Column, markdownTable } from "../report.js";
import { formatDuration, type Table } from "../tables.js";
import type { Ratio } from "./ratios.js";
import type { JobResult, PeerResult } from "./results.js";
import { AGREEMENT, JOB, ROTATION } from "./task.js";

/** Results of `npm run bench:peers`, as JSON. */
export interface Report {
  readonly machine: Machine;
  readonly command: string;
  readonly quick: boolean;
  /** The processor core that the peers shared, in words. */
  readonly core: string;
  readonly peers: readonly PeerResult[];
  readonly ratios: readonly Ratio[];
}

const MIB = 2 ** 20;

/** Step, evaluation, job, memory and start of the peers that train. */
export function trainingTable(results: readonly PeerResult[]): Table {
  const columns: Column[] = [
    "one step, ms",
    "one evaluation, ms",
    "whole job (its start, its evaluations)",
    "test accuracy",
  ]
    .concat("equal digits of the loss", "peak memory, MiB", "start to first step, ms")
    .map((heading) => ({ heading, numeric: true }));
  const rows = results
    .filter(({ step }) => step)
    .map(({ label, step, evaluation, job, digits, peakRss, first }) => [
      label,
      `${number(step!.min)} / ${number(step!.median)}`,
      evaluation ? `${number(evaluation.min)} / ${number(evaluation.median)}` : "",
      job ? formatJob(job) : "",
      job?.testAccuracy ? job.testAccuracy.toFixed(4) : "",
      `${digits ?? ""}`,
      peakRss ? `${Math.round(peakRss / MIB)}` : "",
      first ? `${Math.round(first)}` : "",
    ]);
  return { columns: [{ heading: "program" }, ...columns], rows };
}

/** One gradient by central differences, for the peers that were measured. */
export function numericalTable(results: readonly PeerResult[]): Table {
  const columns = [
    { heading: "program" },
    { heading: "one gradient by central differences", numeric: true },
    { heading: "parameters measured", numeric: true },
    { heading: "error", numeric: true },
  ];
  const rows = results.flatMap(({ label, numerical }) => {
    if (!numerical) return [];
    const { ms, measured, of, error } = numerical;
    const share = measured === of ? "all" : `${measured.toLocaleString("en")} of ${of.toLocaleString("en")}`;
    const remark = error > USELESS ? " (too large to train)" : "";
    return [[label, formatDuration(ms), share, `${error.toExponential(1)}${remark}`]];
  });
  return { columns, rows };
}

/** Error above which nobody would train by the gradient. */
export const USELESS = 1e-3;

/** The ratios of times for which the project has targets. */
export function ratioTable(ratios: readonly Ratio[]): Table {
  const columns = [
    { heading: "ratio of times" },
    { heading: "measured", numeric: true },
    { heading: "target", numeric: true },
  ];
  const rows = ratios.map(({ label, value, target, met }) => [
    label,
    number(value),
    met ? target : `${target} (missed)`,
  ]);
  return { columns, rows };
}

/** Share of the core below which a round counts as disturbed. */
const BUSY = 0.9;

/** Says which peers did not take part and why, and what a reader must know of the others. */
export function notes(results: readonly PeerResult[]): string[] {
  const absent = results.filter(({ status }) => status !== "raced");
  const lenient = results.filter(({ digits, digitsReason }) => digits !== undefined && digitsReason);
  const disturbed = results.filter(({ threads, share = 1 }) => threads === "one" && share < BUSY);
  const repeated = results.some(({ job }) => (job?.runs ?? 1) > 1);
  const extrapolated = results.some(({ job }) => job && job.steps < JOB.steps);
  return [
    ...absent.map(({ label, status, reason }) => `${label}: ${status === "missing" ? "skipped" : status}, ${reason}.`),
    ...results.flatMap(({ label, numericalReason }) => (numericalReason ? [`${label}: ${numericalReason}.`] : [])),
    ...lenient.map(
      ({ label, digitsReason }) => `${label}: 6 equal digits of the loss are enough, because ${digitsReason}.`,
    ),
    ...disturbed.map(
      ({ label, share }) => `${label}: had only ${Math.round(share! * 100)} % of the core in one round.`,
    ),
    ...(repeated ? ["Jobs that take less than 25 s were run in each round; the one with the median time counts."] : []),
    ...(extrapolated ? ["≈ means extrapolated from fewer steps (`--jobs` runs all 10,000)."] : []),
  ];
}

/** The section of docs/benchmarks.md. */
export function toMarkdown({ machine, command, quick, core, peers, ratios }: Report): string {
  const pace = quick ? " (`--quick`: one short round, rough numbers)" : "";
  const versions = peers
    .filter(({ runtime }) => runtime)
    .map(({ packages, runtime }) => [...packages, runtime].join(", "));
  const tables = [
    { caption: TRAINING, ...trainingTable(peers.filter(({ threads }) => threads === "one")) },
    { caption: ALL_CORES, ...trainingTable(peers.filter(({ threads }) => threads === "all")) },
    { caption: NUMERICAL, ...numericalTable(peers) },
    { caption: RATIOS, ...ratioTable(ratios) },
  ].filter(({ rows }) => rows.length > 0);
  return [
    "## Against other libraries",
    `\`${command}\`${pace}. ${formatMachine(machine)}. ${[...new Set(versions)].join("; ")}.`,
    HOW.replace("CORE", core),
    ...tables.flatMap(({ caption, columns, rows }) => [caption, markdownTable(columns, rows)]),
    notes(peers).map((note) => `- ${note}`).join("\n"), // biome-ignore format: a chain
  ].join("\n\n");
}

const HOW = `\
Every program trains the same network (784-50-10, sigmoid, softmax and cross entropy) from the same weights on the same
batches of 100 MNIST images, by SGD with learning rate 0.1. Each runs in a new process for each round: on one thread,
CORE, and, in the second table, with the number of threads that it takes by default, on all cores. The rounds of the programs take turns; the tables have the minimum of the minima and the median of the medians.
Before anything is timed, the loss after ${AGREEMENT} steps is compared with that of plain JavaScript.`;

const TRAINING = `\
This table compares the times of one training step, of one evaluation and of the whole job, the memory and the start;
times of steps and evaluations are minimum / median. The first row trains by central differences, all others by
backpropagation. A _step_ is forward pass, gradient and update, on ${ROTATION} batches in turn that are already in the
program's own arrays. (numgrad's is a step of \`train\`, which draws and gathers a fresh batch as well.) An _evaluation_
is the accuracy over 60,000 images. The _whole job_ is the start of the process (with loading the data and compiling),
${JOB.steps.toLocaleString("en")} steps on random batches, which are gathered and handed over, and ${JOB.evaluations} evaluations of 70,000
images. _Equal digits_ is the number of digits in
which the loss equals that of plain JavaScript. The _peak memory_ includes the images as users of the library keep them.`;

const ALL_CORES = `\
This table compares the same with all cores. TensorFlow.js has no threads in Node (its WebAssembly backend switches them
off there), and jax-js, numpy-ts and the programs in plain JavaScript and C have none.`;

const NUMERICAL = `\
This table compares the times of one gradient by central differences with h = 1e-4, for one batch. If only some of the
parameters were measured, the time is extrapolated to all of them. NumPy row-wise computes the gradient of W1 alone. The
_error_ is the largest distance from the exact derivatives of the program's loss, divided by the largest of them.
float32 is too coarse for differences with this h.`;

const RATIOS = `\
This table compares ratios of the median times above with the project's targets. A ratio _A / B_ is the time of A
divided by the time of B.`;

function formatJob({ ms, startMs, evaluationMs, steps }: JobResult): string {
  const about = steps < JOB.steps ? "≈ " : "";
  return `${about}${number(ms / 1000)} s (${number(startMs / 1000)}, ${number(evaluationMs / 1000)})`;
}

/** Three significant digits, or all digits before the point. */
function number(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString("en") : value.toPrecision(3);
}
