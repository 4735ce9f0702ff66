/** A folder of `packages/benchmark/peers`: programs that need the same packages. */
export type Group = "numgrad" | "torch" | "numpy" | "plain" | "tfjs" | "jax" | "numpy-ts";

export const GROUPS: readonly Group[] = ["numgrad", "torch", "numpy", "plain", "tfjs", "jax", "numpy-ts"];

/** A program of the race: a library in one of its variants. */
export interface Peer {
  readonly group: Group;
  readonly name: string;
  /** Name in the tables. */
  readonly label: string;
  /** Name of the program's file in the folder of its group. */
  readonly program: string;
  /** Options of the program. */
  readonly setting: Setting;
  /** Number of digits of the loss after 64 steps that must equal those of the reference. */
  readonly digits: number;
  /** The reason why fewer digits than float64 has are enough. */
  readonly digitsReason?: string;
  /** Whether the program trains. Otherwise only its numerical gradient is timed. */
  readonly trains: boolean;
  /** How much of the gradient by central differences is measured: all of it, as much as fits into the time, or none. */
  readonly numerical: "whole" | "part" | undefined;
  /** Whether its loss has the book's 1e-7 inside the logarithm. */
  readonly delta: boolean;
}

interface Setting {
  readonly dtype: "float32" | "float64";
  readonly hidden: number;
  readonly variant?: string;
}

const double = { dtype: "float64", hidden: 50 } as const;
const single = { dtype: "float32", hidden: 50 } as const;

const [DOUBLE_DIGITS, SINGLE_DIGITS] = [13, 6];

const CENTRAL = {
  digits: SINGLE_DIGITS,
  digitsReason:
    "its difference quotient has the 1e-7 inside the logarithm, which the book's backpropagation leaves out",
};
const TORCH = { program: "eager.py", delta: false };
const BY_HAND = { program: "row_wise.py", trains: false };
const JAX_DOUBLE = {
  delta: false,
  digits: SINGLE_DIGITS,
  digitsReason: "its float64 exp and log, and scalars in jitted functions, have the precision of float32",
};

/** All peers, in the order of the tables. */
export const PEERS: readonly Peer[] = [
  peer("numgrad", "-numerical", "numgrad, central differences", { ...double, variant: "numerical" }, CENTRAL),
  peer(
    "numgrad",
    "-backprop",
    "numgrad, backpropagation",
    { ...double, variant: "backprop" },
    { numerical: undefined },
  ),
  peer("torch", "-f32", "PyTorch float32, eager", single, TORCH),
  peer("torch", "-f64", "PyTorch float64, eager", double, TORCH),
  peer("numpy", "-book", "NumPy, the book's code", double, { program: "book.py", numerical: "whole" }),
  peer("numpy", "-row-wise", "NumPy, row-wise by hand", { ...double, variant: "all" }, BY_HAND),
  peer("numpy", "-row-wise-lit", "NumPy, row-wise, lit pixels only", { ...double, variant: "lit" }, BY_HAND),
  peer("plain", "", "plain JavaScript, black pixels skipped", double),
  peer("tfjs", "-wasm", "TensorFlow.js float32, wasm", { ...single, variant: "wasm" }, { delta: false }),
  peer("tfjs", "-cpu", "TensorFlow.js float32, cpu", { ...single, variant: "cpu" }, { delta: false }),
  peer("jax", "-f32", "jax-js float32", single, { delta: false }),
  peer("jax", "-f32-52", "jax-js float32, padded to 52 units", { ...single, hidden: 52 }, { delta: false }),
  peer("jax", "-f64", "jax-js float64", double, JAX_DOUBLE),
  peer("jax", "-f64-52", "jax-js float64, padded to 52 units", { ...double, hidden: 52 }, JAX_DOUBLE),
  peer("numpy-ts", "-f64", "numpy-ts float64", double),
  peer("numpy-ts", "-f32", "numpy-ts float32", single),
];

/** The peer whose loss all others must equal: a hundred lines that anybody can check, without any package. */
export const REFERENCE = PEERS.find(({ name }) => name === "plain")!;

function peer(group: Group, variant: string, label: string, setting: Setting, rest: Partial<Peer> = {}): Peer {
  const digits = setting.dtype === "float64" ? DOUBLE_DIGITS : SINGLE_DIGITS;
  const usual = { program: `${group}.mjs`, digits, trains: true, numerical: "part", delta: true } as const;
  return { group, name: `${group}${variant}`, label, setting, ...usual, ...rest };
}
