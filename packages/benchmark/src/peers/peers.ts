/** A folder of `packages/benchmark/peers`: programs that need the same packages. */
export const GROUPS = [
  "numgrad",
  "c",
  "jax",
  "torch",
  "candle",
  "numpy",
  "plain",
  "tfjs",
  "jax-js",
  "numpy-ts",
] as const;

export type Group = (typeof GROUPS)[number];

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

export type Threads = "one" | "all";

interface Setting {
  readonly dtype: "float32" | "float64";
  readonly hidden: number;
  /** One thread on one core, or as many as the library takes by default on all cores. */
  readonly threads: Threads;
  readonly variant?: string;
}

const double: Setting = { dtype: "float64", hidden: 50, threads: "one" };
const single: Setting = { dtype: "float32", hidden: 50, threads: "one" };
const ALL = { threads: "all" } as const;

const [DOUBLE_DIGITS, SINGLE_DIGITS] = [13, 6];

const CENTRAL = {
  digits: SINGLE_DIGITS,
  digitsReason:
    "its difference quotient has the 1e-7 inside the logarithm, which the book's backpropagation leaves out",
};
const TORCH = { program: "eager.py", delta: false };
const BY_HAND = { program: "row_wise.py", trains: false };
const [C, JAX, CANDLE] = [
  { program: "c.py" },
  { program: "jax_scan.py", delta: false },
  { program: "candle.py", delta: false },
];
const JAX_JS_DOUBLE = {
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
  peer("c", "-f32", "C float32, by hand, black pixels skipped", single, C),
  peer("c", "-f64", "C float64, by hand, black pixels skipped", double, C),
  peer("jax", "-f32", "JAX float32, lax.scan", single, JAX),
  peer("jax", "-f64", "JAX float64, lax.scan", double, JAX),
  peer("torch", "-f32", "PyTorch float32, eager", single, TORCH),
  peer("torch", "-f64", "PyTorch float64, eager", double, TORCH),
  peer("torch", "-f32-compile", "PyTorch float32, torch.compile", { ...single, variant: "compile" }, TORCH),
  peer("candle", "-f32", "candle float32 (Rust)", single, CANDLE),
  peer("candle", "-f64", "candle float64 (Rust)", double, CANDLE),
  peer("numpy", "-book", "NumPy, the book's code", double, { program: "book.py", numerical: "whole" }),
  peer("numpy", "-row-wise", "NumPy, row-wise by hand", { ...double, variant: "all" }, BY_HAND),
  peer("numpy", "-row-wise-lit", "NumPy, row-wise, lit pixels only", { ...double, variant: "lit" }, BY_HAND),
  peer("plain", "", "plain JavaScript, black pixels skipped", double),
  peer("tfjs", "-wasm", "TensorFlow.js float32, wasm", { ...single, variant: "wasm" }, { delta: false }),
  peer("tfjs", "-cpu", "TensorFlow.js float32, cpu", { ...single, variant: "cpu" }, { delta: false }),
  peer("jax-js", "-f32", "jax-js float32", single, { delta: false }),
  peer("jax-js", "-f32-52", "jax-js float32, padded to 52 units", { ...single, hidden: 52 }, { delta: false }),
  peer("jax-js", "-f64", "jax-js float64", double, JAX_JS_DOUBLE),
  peer("jax-js", "-f64-52", "jax-js float64, padded to 52 units", { ...double, hidden: 52 }, JAX_JS_DOUBLE),
  peer("numpy-ts", "-f64", "numpy-ts float64", double),
  peer("numpy-ts", "-f32", "numpy-ts float32", single),
  ...onAllCores(),
];

/** The peer whose loss all others must equal: a hundred lines that anybody can check, without any package. */
export const REFERENCE = PEERS.find(({ name }) => name === "plain")!;

/** The programs that can use all cores, with the number of threads that the library chooses. */
function onAllCores(): Peer[] {
  const numerical = undefined;
  return [
    peer(
      "numgrad",
      "-numerical-all",
      "numgrad, central differences",
      { ...double, ...ALL, variant: "numerical" },
      { ...CENTRAL, numerical },
    ),
    peer(
      "numgrad",
      "-backprop-all",
      "numgrad, backpropagation",
      { ...double, ...ALL, variant: "backprop" },
      { numerical },
    ),
    peer("jax", "-f32-all", "JAX float32, lax.scan", { ...single, ...ALL }, { ...JAX, numerical }),
    peer("jax", "-f64-all", "JAX float64, lax.scan", { ...double, ...ALL }, { ...JAX, numerical }),
    peer("torch", "-f32-all", "PyTorch float32, eager", { ...single, ...ALL }, { ...TORCH, numerical }),
    peer("torch", "-f64-all", "PyTorch float64, eager", { ...double, ...ALL }, { ...TORCH, numerical }),
    peer(
      "torch",
      "-f32-compile-all",
      "PyTorch float32, torch.compile",
      { ...single, ...ALL, variant: "compile" },
      { ...TORCH, numerical },
    ),
    peer("candle", "-f32-all", "candle float32 (Rust)", { ...single, ...ALL }, { ...CANDLE, numerical }),
    peer("candle", "-f64-all", "candle float64 (Rust)", { ...double, ...ALL }, { ...CANDLE, numerical }),
    peer("numpy", "-book-all", "NumPy, the book's code", { ...double, ...ALL }, { program: "book.py", numerical }),
  ];
}

function peer(group: Group, variant: string, label: string, setting: Setting, rest: Partial<Peer> = {}): Peer {
  const digits = setting.dtype === "float64" ? DOUBLE_DIGITS : SINGLE_DIGITS;
  const usual = { program: `${group}.mjs`, digits, trains: true, numerical: "part", delta: true } as const;
  return { group, name: `${group}${variant}`, label, setting, ...usual, ...rest };
}
