// Compares checkers of gradients: npm run compare-checkers. Writes docs/gradient-checkers.md.
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
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

const { values: options } = parseArgs({ options: { python: { type: "string" } } });
const ours = SIZES.flatMap((size) => (["float64", "float32"] as const).flatMap((type) => checksOf(size, type)));
const theirs = options.python === undefined ? runPython() : linesOf(readFileSync(options.python, "utf8"));
compareValues(ours, theirs);
const file = join(ROOT, "docs/gradient-checkers.md");
writeFileSync(file, document([...ours, ...theirs], packagesOf("python", SOURCES)));
console.log(`written: ${file}`);

/** The checks by numgrad. */
function checksOf(size: number, type: Check["type"]): Check[] {
  const isSingle = type === "float32";
  const sines = Float64Array.from({ length: size }, (_, i) => Math.sin(i));
  const x = isSingle ? Float32Array.from(sines) : sines;
  return FUNCTIONS.flatMap(({ name, value, gradient }) => {
    const f = (at: ArrayLike<number>) => (isSingle ? Math.fround(value(at)) : value(at));
    const right = isSingle ? Float64Array.from(Float32Array.from(gradient(x))) : gradient(x);
    return Object.entries(ERRORS).flatMap(([error, plant]): Check[] => {
      const planted = plant(right);
      const wrong = isSingle ? Float64Array.from(Float32Array.from(planted)) : planted;
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
  const { status, stdout, stderr } = spawnSync(python, args, { encoding: "utf8", maxBuffer: 2 ** 28 });
  if (status !== 0) throw new Error(stderr.trim().split("\n").at(-1));
  return linesOf(stdout);
}

function linesOf(text: string): Check[] {
  return text.trim().split("\n").map((line) => JSON.parse(line) as Check); // biome-ignore format: a chain
}

/** @throws {Error} if a function has another value in Python. */
function compareValues(ours: readonly Check[], theirs: readonly Check[]): void {
  for (const { function: name, type, size, value } of ours) {
    const other = theirs.find((check) => check.function === name && check.type === type && check.size === size);
    // NumPy adds float32 numbers in float32.
    const tolerance = type === "float32" ? 2e-6 : 1e-13;
    if (other && Math.abs(other.value - value) <= tolerance * Math.abs(value)) continue;
    throw new Error(`${name} of ${size} ${type}: ${value} in JavaScript, ${other?.value} in Python`);
  }
}
