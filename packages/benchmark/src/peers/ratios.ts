import type { PeerResult } from "./results.js";

/** How many times as long something takes as something else; medians. */
export interface Ratio {
  readonly label: string;
  readonly value: number;
  /** What the project wants, as a comparison that `value` should satisfy; "" for nothing. */
  readonly target: string;
  /** Always, where there is no target. */
  readonly met: boolean;
}

const LIBRARIES = {
  "tfjs-wasm": "TensorFlow.js wasm",
  "numpy-ts-f64": "numpy-ts float64",
  "numpy-ts-f32": "numpy-ts float32",
  "jax-f32": "jax-js float32",
  "jax-f32-52": "jax-js float32 padded to 52",
  plain: "plain JavaScript",
};

/** At least so many times as long as numgrad's step by backpropagation. */
const BACKPROP: Record<string, [library: string, target: number]> = {
  "tfjs-wasm": ["TensorFlow.js wasm", 9],
  "numpy-ts-f64": ["numpy-ts float64", 16],
  "jax-f32-52": ["jax-js float32 padded to 52", 2.3],
  "torch-f32": ["PyTorch float32", 1],
};

/** All ratios that the targets speak of and this race has measured. */
export function targetRatios(results: readonly PeerResult[]): Ratio[] {
  const of = (name: string) => results.find((result) => result.name === name && result.status === "raced");
  const [central, backprop] = [of("numgrad-numerical"), of("numgrad-backprop")];
  const steps = (name: string) => of(name)?.step?.median;
  const [ours, ourBackprop] = [central?.step?.median, backprop?.step?.median];
  const gradient = central?.numerical?.ms;
  return [
    ratio("numgrad's numerical step / its backprop step", ours, ourBackprop, 2.1, "most"),
    ...Object.entries(BACKPROP).map(([name, [library, target]]) =>
      ratio(`${library}, step / numgrad, backprop step`, steps(name), ourBackprop, target),
    ),
    ...Object.entries(LIBRARIES).map(([name, library]) =>
      ratio(`${library}, _backprop_ step / numgrad, _numerical_ step`, steps(name), ours, 1),
    ),
    ratio("NumPy's book code, numerical gradient / numgrad", of("numpy-book")?.numerical?.ms, gradient, 25_000),
    ratio("NumPy row-wise, numerical gradient / numgrad", of("numpy-row-wise")?.numerical?.ms, gradient, 600),
    ratio("NumPy row-wise, lit pixels only, / numgrad", of("numpy-row-wise-lit")?.numerical?.ms, gradient),
    ratio(
      "NumPy's job with _backprop_ / numgrad's with _central differences_",
      of("numpy-book")?.job?.ms,
      central?.job?.ms,
      1,
    ),
    ratio("PyTorch float32's job / numgrad's with backprop", of("torch-f32")?.job?.ms, backprop?.job?.ms, 1),
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
