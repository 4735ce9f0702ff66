import type { PeerResult } from "./results.js";

/** A ratio of two median times. */
export interface Ratio {
  readonly label: string;
  readonly value: number;
  /** The project's target, as a comparison that `value` should satisfy; "" if there is none. */
  readonly target: string;
  /** Whether the target is met; true if there is none. */
  readonly met: boolean;
}

const LIBRARIES = {
  "tfjs-wasm": "TensorFlow.js wasm",
  "numpy-ts-f64": "numpy-ts float64",
  "numpy-ts-f32": "numpy-ts float32",
  "jax-js-f32": "jax-js float32",
  "jax-js-f32-52": "jax-js float32 padded to 52",
  plain: "plain JavaScript",
};

/** Targets: a library's step should take at least this many times as long as numgrad's step by backpropagation. */
const BACKPROP: Record<string, [library: string, target: number]> = {
  "tfjs-wasm": ["TensorFlow.js wasm", 9],
  "numpy-ts-f64": ["numpy-ts float64", 16],
  "jax-js-f32-52": ["jax-js float32 padded to 52", 2.3],
  "torch-f32": ["PyTorch float32", 1],
};

/**
 * On all cores, with the threads that each takes by default: a library's job by backpropagation should take at least
 * this many times as long as numgrad's job by central differences and by backpropagation.
 */
const ALL_CORES: Record<string, [library: string, numerical: number, backprop: number]> = {
  "torch-f32-all": ["PyTorch float32", 1, 1.3],
  "torch-f64-all": ["PyTorch float64", 1, 1],
  "numpy-book-all": ["NumPy", 1.5, 1],
  "candle-f32-all": ["candle float32", 1, 1],
  "jax-f32-all": ["JAX float32", 1, 1],
  "jax-f64-all": ["JAX float64", 1, 1],
};

/** All ratios with a target that this race has measured. */
export function targetRatios(results: readonly PeerResult[]): Ratio[] {
  const of = (name: string) => results.find((result) => result.name === name && result.status === "raced");
  const [central, backprop] = [of("numgrad-numerical"), of("numgrad-backprop")];
  const steps = (name: string) => of(name)?.step?.median;
  const [ours, ourBackprop] = [central?.step?.median, backprop?.step?.median];
  const gradient = central?.numerical?.ms;
  const job = (name: string) => of(name)?.job?.ms;
  return [
    ratio("step of numgrad: by central differences / by backpropagation", ours, ourBackprop, 2.1, "most"),
    ...Object.entries(BACKPROP).map(([name, [library, target]]) =>
      ratio(`step by backpropagation: ${library} / numgrad`, steps(name), ourBackprop, target),
    ),
    ...Object.entries(LIBRARIES).map(([name, library]) =>
      ratio(`step: ${library} by _backpropagation_ / numgrad by _central differences_`, steps(name), ours, 1),
    ),
    ratio("gradient: NumPy, the book's code / numgrad", of("numpy-book")?.numerical?.ms, gradient, 25_000),
    ratio("gradient: NumPy row-wise / numgrad", of("numpy-row-wise")?.numerical?.ms, gradient, 600),
    ratio("gradient: NumPy row-wise, lit pixels only / numgrad", of("numpy-row-wise-lit")?.numerical?.ms, gradient),
    ratio(
      "job: NumPy by _backpropagation_ / numgrad by _central differences_",
      job("numpy-book"),
      job("numgrad-numerical"),
      1,
    ),
    ratio("job by backpropagation: PyTorch float32 / numgrad", job("torch-f32"), job("numgrad-backprop"), 1),
    ...Object.entries(ALL_CORES).flatMap(([name, [library, numerical, backprop]]) => [
      ratio(
        `all cores, job: ${library} by _backpropagation_ / numgrad by _central differences_`,
        job(name),
        job("numgrad-numerical-all"),
        numerical,
      ),
      ratio(
        `all cores, job by backpropagation: ${library} / numgrad`,
        job(name),
        job("numgrad-backprop-all"),
        backprop,
      ),
    ]),
  ].filter((found) => found !== undefined);
}

function ratio(
  label: string,
  time: number | undefined,
  base: number | undefined,
  target = 0,
  sense: "least" | "most" = "least",
): Ratio | undefined {
  if (time === undefined || base === undefined) return undefined;
  const value = time / base;
  const met = sense === "least" ? value >= target : value <= target;
  const sign = sense === "least" ? "≥" : "≤";
  return { label, value, target: target > 0 ? `${sign} ${target.toLocaleString("en")}` : "", met };
}
