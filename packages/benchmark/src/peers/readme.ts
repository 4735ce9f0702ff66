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
  "c-f32": ["C by hand, gcc -O3, float32", "backpropagation"],
  "c-f64": ["C by hand, gcc -O3, float64", "backpropagation"],
  "jax-f32": ["JAX, float32", "backpropagation"],
  "jax-f64": ["JAX, float64", "backpropagation"],
  "candle-f32": ["candle (Rust), float32", "backpropagation"],
  "numpy-book": ["NumPy, the book's code", "backpropagation"],
  "numpy-row-wise": ["NumPy, one row of W1 at a time", "(gradient only)"],
  "torch-f32": ["PyTorch, float32", "backpropagation"],
  "torch-f64": ["PyTorch, float64", "backpropagation"],
  "tfjs-wasm": ["TensorFlow.js, WebAssembly, float32", "backpropagation"],
  "jax-js-f32-52": ["jax-js, float32, padded to 52 units", "backpropagation"],
  "numpy-ts-f64": ["numpy-ts, float64", "backpropagation"],
  plain: ["plain JavaScript", "backpropagation"],
};

/** The section of the README: medians of a gradient, a step and the job. */
export function readmeSection({ machine, peers }: Report): string {
  const columns: Column[] = [
    { heading: "program" },
    { heading: "one gradient by central differences", numeric: true },
    { heading: "trains by" },
    { heading: "one step, one thread", numeric: true },
    { heading: "whole training, one thread", numeric: true },
    { heading: "one step, all cores", numeric: true },
    { heading: "whole training, all cores", numeric: true },
  ];
  const rows = Object.entries(ROWS).flatMap(([name, [label, trainsBy]]) => {
    const of = (name: string) => peers.find((peer) => peer.name === name && peer.status === "raced");
    const [result, all] = [of(name), of(`${name}-all`)];
    return result ? [[label, gradient(result), trainsBy, step(result), job(result), step(all), job(all)]] : [];
  });
  const caption =
    "Time that each program takes for one gradient by central differences, for one training step, and for the whole " +
    "training: its start, 10,000 steps and 17 evaluations (medians):";
  const notes =
    "A training step of numgrad includes drawing and gathering its batch; the other programs have their batches " +
    "ready. The whole training includes that work, and compiling, for all. On all cores each program takes as many " +
    "threads as it does by default; a program without a time there has none. ≈ means extrapolated from fewer steps. An error is the " +
    "largest distance from the exact derivatives, divided by the largest of them: float32 is too coarse for " +
    `differences with h = 1e-4. ${machine.cpu}, Node ${machine.node}, ${machine.date}.`;
  return `${caption}\n\n${markdownTable(columns, rows)}\n\n${notes}`;
}

function gradient({ numerical }: PeerResult): string {
  if (!numerical) return "";
  const { ms, error } = numerical;
  return `${formatDuration(ms)}${error > USELESS ? `, error ${Number((100 * error).toPrecision(2))} %` : ""}`;
}

function step(result: PeerResult | undefined): string {
  const step = result?.step;
  return step ? formatDuration(step.median) : "";
}

function job(result: PeerResult | undefined): string {
  const job = result?.job;
  return job ? `${job.steps < JOB.steps ? "≈ " : ""}${formatDuration(job.ms)}` : "";
}
