// What the race has measured, as tables and notes for the terminal and for docs/benchmarks.md.
import { formatMachine, type Machine } from "../machine.js";
import { type Column, markdownTable } from "../report.js";
import { formatDuration, type Table } from "../tables.js";
import type { Ratio } from "./ratios.js";
import type { JobResult, PeerResult } from "./results.js";
import { AGREEMENT, JOB, ROTATION } from "./task.js";

/** What a run of `npm run bench:peers` leaves behind as JSON. */
export interface Report {
  readonly machine: Machine;
  readonly command: string;
  readonly quick: boolean;
  /** Which core the peers shared. */
  readonly core: string;
  readonly peers: readonly PeerResult[];
  readonly ratios: readonly Ratio[];
}

const MIB = 2 ** 20;

/** Steps, evaluation, job, memory and start of those who train. */
export function trainingTable(results: readonly PeerResult[]): Table {
  const columns: Column[] = ["step ms, min / median", "60,000 images, ms", "job (of it evaluations)"]
    .concat("test accuracy", "equal digits", "peak memory MiB", "start to first step ms")
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
  return { columns: [{ heading: "peer" }, ...columns], rows };
}

/** One central-difference gradient of those who have measured it. */
export function numericalTable(results: readonly PeerResult[]): Table {
  const columns = [
    { heading: "one central-difference gradient" },
    { heading: "time", numeric: true },
    { heading: "measured parameters", numeric: true },
    { heading: "error / largest derivative", numeric: true },
  ];
  const rows = results.flatMap(({ label, numerical }) => {
    if (!numerical) return [];
    const { ms, measured, of, error } = numerical;
    const part = measured === of ? "all" : `${measured.toLocaleString("en")} of ${of.toLocaleString("en")}`;
    return [[label, formatDuration(ms), part, `${error.toExponential(1)}${error > USELESS ? " (useless)" : ""}`]];
  });
  return { columns, rows };
}

/** An error above which nobody would train by these gradients. */
export const USELESS = 1e-3;

/** The ratios that the project has targets for. */
export function ratioTable(ratios: readonly Ratio[]): Table {
  const columns = [{ heading: "ratio" }, { heading: "measured", numeric: true }, { heading: "target", numeric: true }];
  const rows = ratios.map(({ label, value, target, met }) => [
    label,
    number(value),
    met ? target : `${target} (missed)`,
  ]);
  return { columns, rows };
}

/** A part of the core below which a round was disturbed. */
const BUSY = 0.9;

/** Who did not take part and why, and what a reader must know of those who did. */
export function notes(results: readonly PeerResult[]): string[] {
  const absent = results.filter(({ status }) => status !== "raced");
  const lenient = results.filter(({ digits, digitsReason }) => digits !== undefined && digitsReason);
  const disturbed = results.filter(({ share = 1 }) => share < BUSY);
  const extrapolated = results.some(({ job }) => job && job.steps < JOB.steps);
  return [
    ...absent.map(({ label, status, reason }) => `${label}: ${status === "missing" ? "skipped" : status}, ${reason}.`),
    ...results.flatMap(({ label, numericalReason }) => (numericalReason ? [`${label}: ${numericalReason}.`] : [])),
    ...lenient.map(({ label, digitsReason }) => `${label} is held to 6 digits: ${digitsReason}.`),
    ...disturbed.map(({ label, share }) => `${label} had only ${Math.round(share! * 100)} % of the core in a round.`),
    ...(extrapolated ? ["≈: extrapolated from fewer steps (--jobs runs all 10,000)."] : []),
  ];
}

/** The section of docs/benchmarks.md. */
export function toMarkdown({ machine, command, quick, core, peers, ratios }: Report): string {
  const pace = quick ? " (`--quick`: one short round, rough numbers)" : "";
  const versions = peers
    .filter(({ runtime }) => runtime)
    .map(({ packages, runtime }) => [...packages, runtime].join(", "));
  const tables = [trainingTable(peers), numericalTable(peers), ratioTable(ratios)].filter(
    ({ rows }) => rows.length > 0,
  );
  return [
    "## Against other libraries",
    `\`${command}\`${pace}. ${formatMachine(machine)}. ${[...new Set(versions)].join("; ")}.`,
    HOW.replace("CORE", core),
    ...tables.map(({ columns, rows }) => markdownTable(columns, rows)),
    notes(peers).map((note) => `- ${note}`).join("\n"), // biome-ignore format: a chain
  ].join("\n\n");
}

const HOW = `\
The task: 784-50-10, sigmoid, softmax and cross entropy, batches of 100 MNIST images, SGD with rate 0.1, the same start and the
same batches for all. One process for each peer and round, one thread, CORE; rounds interleaved, minimum of the minima and
median of the medians. _Step_: forward, backward, update; ${ROTATION} batches in rotation, already in the peer's own arrays. (numgrad's
is a step of \`train\`, which draws and gathers a fresh batch as well.) _60,000 images_: accuracy. _Job_: ${JOB.steps.toLocaleString("en")} random
batches, gathered and handed over, and ${JOB.evaluations} times the accuracy on 70,000 images. _Equal digits_: of the loss after ${AGREEMENT} steps,
compared with plain JavaScript's before anything is timed. _Peak memory_: with the images as the peer's users keep them. The
_error_ of a difference quotient is its distance from the exact derivative of the peer's loss; row-wise NumPy computes W1 alone.`;

function formatJob({ ms, evaluationMs, steps }: JobResult): string {
  const about = steps < JOB.steps ? "≈ " : "";
  return `${about}${number(ms / 1000)} s (${number(evaluationMs / 1000)})`;
}

/** Three digits, or all before the point. */
function number(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString("en") : value.toPrecision(3);
}
