// Compares checkers of gradients: npm run compare-checkers. Writes docs/gradient-checkers.md.
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { checkGradient } from "numgrad";
import { ROOT } from "../machine.js";
import { INSTALLED, packagesOf, provide } from "../peers/install.js";
import { document } from "./document.js";
import { ERRORS, FUNCTIONS } from "./functions.js";

const SOURCES = join(ROOT, "packages/benchmark/checkers");

/** Numbers of elements; all are squares, so that a gradient can be transposed. */
const SIZES = [1, 100, 1024, 40_000, 399_424];

/** The most elements for checkers that evaluate the function for each of them. */
const MOST_EACH = 1024;

/** What a checker says about a gradient. */
export interface Check {
  readonly checker: string;
  readonly function: string;
  readonly type: "float64" | "float32";
  readonly size: number;
  readonly error: string;
  readonly passes: boolean;
  readonly evaluations: number;
  /** The value of the function, which must be the same in both languages. */
  readonly value: number;
}

const ours = SIZES.flatMap((size) => (["float64", "float32"] as const).flatMap((type) => checksOf(size, type)));
const theirs = runPython();
compareValues(ours, theirs);
const file = join(ROOT, "docs/gradient-checkers.md");
writeFileSync(file, document([...ours, ...theirs], packagesOf("python", SOURCES)));
console.log(`written: ${file}`);

/** The checks by numgrad. */
function checksOf(size: number, type: Check["type"]): Check[] {
  const isSingle = type === "float32";
  const sines = Float64Array.from({ length: size }, (_, i) => Math.sin(i));
  const x = isSingle ? Float32Array.from(sines) : sines;
  const rounded = (numbers: Float64Array) => (isSingle ? Float64Array.from(Float32Array.from(numbers)) : numbers);
  return FUNCTIONS.flatMap(({ name, value, gradient }) => {
    const f = (at: ArrayLike<number>) => (isSingle ? Math.fround(value(at)) : value(at));
    const right = rounded(gradient(x));
    return Object.entries(ERRORS).flatMap(([error, plant]): Check[] => {
      const wrong = rounded(plant(right));
      if (error !== "right" && wrong.every((element, i) => element === right[i])) return [];
      const { verdict, evaluations } = checkGradient(f, wrong, x);
      return [
        { checker: "numgrad", function: name, type, size, error, passes: verdict === "ok", evaluations, value: f(x) },
      ];
    });
  });
}

/** The checks by the Python libraries, which are installed first. */
function runPython(): Check[] {
  const provided = provide("python", join(INSTALLED, "../.checkers"), SOURCES);
  if ("missing" in provided) throw new Error(provided.missing);
  const [python = ""] = provided.command;
  const args = [join(SOURCES, "python/checkers.py"), JSON.stringify(SIZES), String(MOST_EACH)];
  // The errors that a checker throws are printed: such a check counts as a refusal.
  const { status, stdout } = spawnSync(python, args, {
    encoding: "utf8",
    maxBuffer: 2 ** 28,
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (status !== 0) throw new Error(`checkers.py ended with ${status}`);
  return stdout.trim().split("\n").map((line) => JSON.parse(line) as Check); // biome-ignore format: a chain
}

/** @throws {Error} if a function has another value in Python. */
function compareValues(ours: readonly Check[], theirs: readonly Check[]): void {
  for (const { function: name, type, size, value } of ours) {
    const other = theirs.find((check) => check.function === name && check.type === type && check.size === size);
    // Both are rounded to float32 after they were computed in float64.
    const tolerance = type === "float32" ? 2 ** -23 : 1e-13;
    if (other && Math.abs(other.value - value) <= tolerance * Math.abs(value)) continue;
    throw new Error(`${name} of ${size} ${type}: ${value} in JavaScript, ${other?.value} in Python`);
  }
}
