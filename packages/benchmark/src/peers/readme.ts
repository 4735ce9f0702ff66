// The race in short, for the README.
import { type Column, markdownTable } from "../report.js";
import { formatDuration } from "../tables.js";
import type { PeerResult } from "./results.js";
import { type Report, USELESS } from "./tables.js";
import { JOB } from "./task.js";

/** Who stands in the README, and as what. The others are variants of theirs. */
const ROWS: Readonly<Record<string, string>> = {
  "numgrad-numerical": "**numgrad, central differences**",
  "numgrad-backprop": "**numgrad, backpropagation**",
  "numpy-book": "NumPy, the book's code",
  "numpy-row-wise": "NumPy, a skilled user's, row by row",
  "torch-f32": "PyTorch, float32",
  "torch-f64": "PyTorch, float64",
  "tfjs-wasm": "TensorFlow.js, WebAssembly, float32",
  "jax-f32-52": "jax-js, float32, padded to 52 units",
  "numpy-ts-f64": "numpy-ts, float64",
  plain: "plain JavaScript",
};

/** The section of the README: medians of a gradient, a step and the job. */
export function readmeSection({ machine, peers }: Report): string {
  const columns: Column[] = [
    { heading: "" },
    { heading: "one gradient by central differences", numeric: true },
    { heading: "one training step", numeric: true },
    { heading: "10,000 steps, 17 evaluations", numeric: true },
  ];
  const rows = Object.entries(ROWS).flatMap(([name, label]) => {
    const result = peers.find((peer) => peer.name === name && peer.status === "raced");
    return result ? [[label, gradient(result), step(result), job(result)]] : [];
  });
  const how =
    "Medians, by one thread. Those who train do so by backpropagation, but for the first. A step of numgrad draws and gathers " +
    "its batch, the others have theirs ready; the jobs have it all. ≈: extrapolated from fewer steps. " +
    `${machine.cpu}, Node ${machine.node}, ${machine.date}.`;
  return `${markdownTable(columns, rows)}\n\n${how}`;
}

function gradient({ numerical }: PeerResult): string {
  if (!numerical) return "";
  return `${formatDuration(numerical.ms)}${numerical.error > USELESS ? ", no digit right" : ""}`;
}

function step({ step }: PeerResult): string {
  return step ? formatDuration(step.median) : "";
}

function job({ job }: PeerResult): string {
  return job ? `${job.steps < JOB.steps ? "≈ " : ""}${formatDuration(job.ms)}` : "";
}
