import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** A problem of NIST's StRD collection for nonlinear regression. */
export interface NistProblem {
  readonly name: string;
  /** The two starts that NIST gives. */
  readonly starts: readonly [number[], number[]];
  /** The certified parameters, and their standard deviations. */
  readonly parameters: readonly number[];
  readonly deviations: readonly number[];
  /** The certified Σ r². */
  readonly sumOfSquares: number;
  /** Model − measurement for each row of the data. */
  readonly residuals: (b: ArrayLike<number>) => number[];
}

type Model = (b: (number: number) => number, x: number, x2: number) => number;

const { exp, cos, sin, atan, PI } = Math;

const gauss: Model = (b, x) =>
  b(1) * exp(-b(2) * x) + b(3) * exp(-((x - b(4)) ** 2) / b(5) ** 2) + b(6) * exp(-((x - b(7)) ** 2) / b(8) ** 2);
const lanczos: Model = (b, x) => b(1) * exp(-b(2) * x) + b(3) * exp(-b(4) * x) + b(5) * exp(-b(6) * x);
const chwirut: Model = (b, x) => exp(-b(1) * x) / (b(2) + b(3) * x);
const cubics: Model = (b, x) =>
  (b(1) + b(2) * x + b(3) * x ** 2 + b(4) * x ** 3) / (1 + b(5) * x + b(6) * x ** 2 + b(7) * x ** 3);
const boxBod: Model = (b, x) => b(1) * (1 - exp(-b(2) * x));
const enso: Model = (b, x) =>
  b(1) +
  b(2) * cos((2 * PI * x) / 12) +
  b(3) * sin((2 * PI * x) / 12) +
  b(5) * cos((2 * PI * x) / b(4)) +
  b(6) * sin((2 * PI * x) / b(4)) +
  b(8) * cos((2 * PI * x) / b(7)) +
  b(9) * sin((2 * PI * x) / b(7));

/** The models, as the files write them. `b(1)` is the first parameter. */
const models: Record<string, Model> = {
  Bennett5: (b, x) => b(1) * (b(2) + x) ** (-1 / b(3)),
  BoxBOD: boxBod,
  Chwirut1: chwirut,
  Chwirut2: chwirut,
  DanWood: (b, x) => b(1) * x ** b(2),
  ENSO: enso,
  Eckerle4: (b, x) => (b(1) / b(2)) * exp(-0.5 * ((x - b(3)) / b(2)) ** 2),
  Gauss1: gauss,
  Gauss2: gauss,
  Gauss3: gauss,
  Hahn1: cubics,
  Kirby2: (b, x) => (b(1) + b(2) * x + b(3) * x ** 2) / (1 + b(4) * x + b(5) * x ** 2),
  Lanczos1: lanczos,
  Lanczos2: lanczos,
  Lanczos3: lanczos,
  MGH09: (b, x) => (b(1) * (x ** 2 + x * b(2))) / (x ** 2 + x * b(3) + b(4)),
  MGH10: (b, x) => b(1) * exp(b(2) / (x + b(3))),
  MGH17: (b, x) => b(1) + b(2) * exp(-x * b(4)) + b(3) * exp(-x * b(5)),
  Misra1a: boxBod,
  Misra1b: (b, x) => b(1) * (1 - (1 + (b(2) * x) / 2) ** -2),
  Misra1c: (b, x) => b(1) * (1 - (1 + 2 * b(2) * x) ** -0.5),
  Misra1d: (b, x) => (b(1) * b(2) * x) / (1 + b(2) * x),
  Nelson: (b, x, x2) => b(1) - b(2) * x * exp(-b(3) * x2),
  Rat42: (b, x) => b(1) / (1 + exp(b(2) - b(3) * x)),
  Rat43: (b, x) => b(1) / (1 + exp(b(2) - b(3) * x)) ** (1 / b(4)),
  Roszman1: (b, x) => b(1) - b(2) * x - atan(b(3) / (x - b(4))) / PI,
  Thurber: cubics,
};

const folder = fileURLToPath(new URL("../golden/nist-nonlinear/", import.meta.url));

/** All 27 problems, from the files as NIST publishes them. */
export function nistProblems(): NistProblem[] {
  const files = readdirSync(folder).filter((file) => file.endsWith(".dat"));
  return files.map((file) => readProblem(file.replace(".dat", "")));
}

function readProblem(name: string): NistProblem {
  const lines = readFileSync(`${folder}${name}.dat`, "utf8").split(/\r?\n/);
  const rows = lines.flatMap((line) => {
    const [, numbers] = /^\s*b\d+\s*=\s*(.*)$/.exec(line) ?? [];
    return numbers === undefined ? [] : [toNumbers(numbers)];
  });
  const column = (k: number) => rows.map((row) => row[k]!);
  const [, sum] = /Residual Sum of Squares:\s*(\S+)/.exec(lines.join("\n")) ?? [];
  const data = lines
    .slice(lines.map((line) => line.startsWith("Data:")).lastIndexOf(true) + 1)
    .filter((line) => /\d/.test(line));
  const samples = data.map(toNumbers);
  const model = models[name]!;
  const residuals = (b: ArrayLike<number>) =>
    samples.map(([y, x, x2]) => model((k) => b[k - 1]!, x!, x2!) - (name === "Nelson" ? Math.log(y!) : y!));
  return {
    name,
    starts: [column(0), column(1)],
    parameters: column(2),
    deviations: column(3),
    sumOfSquares: Number(sum),
    residuals,
  };
}

const toNumbers = (text: string) => text.trim().split(/\s+/).map(Number);

/** The number of digits that agree: −log₁₀ of the largest relative error. */
export function digitsOf(values: ArrayLike<number>, certified: readonly number[]): number {
  const errors = certified.map((value, i) => Math.abs((values[i]! - value) / value));
  return -Math.log10(Math.max(...errors, 1e-16));
}
