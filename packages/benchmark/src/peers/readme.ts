// The short table of the race, for the README.
import { type Column, markdownTable } from "../report.js";
import { formatDuration } from "../tables.js";
import type { PeerResult } from "./results.js";
import { type Report, USELESS } from "./tables.js";
import { JOB } from "./task.js";

/**
 * Peers in the README, with their labels there and the gradient by which they train. The others are variants of these.
 */
const ROWS: Readonly<Record<string, readonly [label: string, trainsBy: string]>> = {
  "numgrad-numerical": ["**numgrad**", "central differences"],
  "numgrad-backprop": ["**numgrad**", "backpropagation"],
  "numpy-book": ["NumPy, the book's code", "backpropagation"],
  "numpy-row-wise": ["NumPy, one row of W1 at a time", "(gradient only)"],
  "torch-f32": ["PyTorch, float32", "backpropagation"],
  "torch-f64": ["PyTorch, float64", "backpropagation"],
  "tfjs-wasm": ["TensorFlow.js, WebAssembly, float32", "backpropagation"],
  "jax-f32-52": ["jax-js, float32, padded to 52 units", "backpropagation"],
  "numpy-ts-f64": ["numpy-ts, float64", "backpropagation"],
  plain: ["plain JavaScript", "backpropagation"],
};

/** The section of the README: medians of a gradient, a step and the job. */
export function readmeSection({ machine, peers }: Report): string {
  const columns: Column[] = [
    { heading: "program" },
    { heading: "one gradient by central differences", numeric: true },
    { heading: "trains by" },
    { heading: "one training step", numeric: true },
    { heading: "10,000 steps and 17 evaluations", numeric: true },
  ];
  const rows = Object.entries(ROWS).flatMap(([name, [label, trainsBy]]) => {
    const result = peers.find((peer) => peer.name === name && peer.status === "raced");
    return result ? [[label, gradient(result), trainsBy, step(result), job(result)]] : [];
  });
  const caption =
    "Time that each program takes, on one thread, for one gradient by central differences, for one training step, and " +
    "for the whole training (medians):";
  const notes =
    "A training step of numgrad includes drawing and gathering its batch; the other programs have their batches " +
    "ready. The 10,000 steps include that work for all. ≈ means extrapolated from fewer steps. An error is the " +
    "largest distance from the exact derivatives, divided by the largest of them: float32 is too coarse for " +
    `differences with h = 1e-4. ${machine.cpu}, Node ${machine.node}, ${machine.date}.`;
  return `${caption}\n\n${markdownTable(columns, rows)}\n\n${notes}`;
}

function gradient({ numerical }: PeerResult): string {
  if (!numerical) return "";
  const { ms, error } = numerical;
  return `${formatDuration(ms)}${error > USELESS ? `, error ${Number((100 * error).toPrecision(2))} %` : ""}`;
}

function step({ step }: PeerResult): string {
  return step ? formatDuration(step.median) : "";
}

function job({ job }: PeerResult): string {
  return job ? `${job.steps < JOB.steps ? "≈ " : ""}${formatDuration(job.ms)}` : "";
}
