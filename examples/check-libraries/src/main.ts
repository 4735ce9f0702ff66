// Checks the gradients of TensorFlow.js, jax-js and mathjs: npm run check-libraries -- --help
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { checkCase, type Result } from "./check.js";
import { type Circumstances, document } from "./document.js";
import { findingOf } from "./findings.js";
import { jax } from "./jax/subject.js";
import { install, type Ready } from "./libraries.js";
import { mathjs } from "./mathjs/subject.js";
import { nameOf, type Subject } from "./problem.js";
import { plantErrors, type Sensitivity } from "./sensitivity.js";
import { resultText } from "./text.js";
import { checkModel } from "./tfjs/model.js";
import { tfjs } from "./tfjs/subject.js";

const HELP = `Checks the gradients of TensorFlow.js (cpu, wasm), jax-js and mathjs, operation by operation.

  npm run check-libraries                    prints what is not ok
  npm run check-libraries -- --only cumsum   checks only operations with this in their name
  npm run check-libraries -- --seed 2        takes other inputs
  npm run check-libraries -- --with tfjs-cpu checks only this library; the others are tfjs-wasm, jax, mathjs
  npm run check-libraries -- --each 12       checks every 12th case
  npm run check-libraries -- --out docs      also writes docs/checked-libraries.md

The libraries are installed into examples/check-libraries/.libraries. The exit code is 1 if a gradient is wrong that
findings.ts does not explain; 2 if a library cannot be installed.`;

const { values: options } = parseArgs({
  options: {
    help: { type: "boolean", default: false },
    each: { type: "string", default: "1" },
    only: { type: "string", default: "" },
    out: { type: "string" },
    seed: { type: "string", default: "1" },
    with: { type: "string" },
  },
});

/** The libraries: the folder of the manifest, and how the library is made ready. */
const LIBRARIES = {
  "tfjs-cpu": ["tfjs", (installed: Ready) => tfjs(installed, "cpu")],
  "tfjs-wasm": ["tfjs", (installed: Ready) => tfjs(installed, "wasm")],
  jax: ["jax", jax],
  mathjs: ["mathjs", async (installed: Ready) => mathjs(installed)],
} as const;

async function main(): Promise<number> {
  const results: Result[] = [];
  const packages = new Set<string>();
  const sensitivities: [string, Sensitivity][] = [];
  for (const [name, [group, start]] of Object.entries(LIBRARIES)) {
    if (options.with !== undefined && options.with !== name) continue;
    const installed = install(group);
    if ("missing" in installed) {
      console.error(`${group} could not be installed: ${installed.missing}`);
      return 2;
    }
    for (const pinned of installed.packages) packages.add(pinned);
    const subject = await start(installed);
    const swept = sweep(subject, Number(options.seed));
    results.push(...swept);
    sensitivities.push([nameOf(subject), sensitivityOf(swept)]);
  }
  if (options.out !== undefined) await write(options.out, results, { packages: [...packages], sensitivities });
  const unknown = results.filter((result) => result.outcome === "wrong" && !isFault(result));
  for (const { subject, example } of unknown) {
    console.log(`NEW: ${nameOf(subject)}: ${example.op} is wrong, and no finding explains it.`);
  }
  return unknown.length === 0 ? 0 : 1;
}

/** Writes the document. The network is checked for it too. */
async function write(
  folder: string,
  results: readonly Result[],
  facts: Pick<Circumstances, "packages" | "sensitivities">,
): Promise<void> {
  const installed = install("tfjs");
  if ("missing" in installed) throw new Error(installed.missing);
  const model = checkModel(await tfjs(installed, "cpu"));
  const file = join(folder, "checked-libraries.md");
  writeFileSync(file, document(results, { ...facts, model, date: new Date().toISOString().slice(0, 10) }));
  console.log(`\nwritten: ${file}`);
}

function sweep(subject: Subject, seed: number): Result[] {
  const cases = subject.cases.filter(({ op }, i) => op.includes(options.only) && i % Number(options.each) === 0);
  console.log(`\n${nameOf(subject)}: ${cases.length} cases`);
  const results = cases.map((example) => checkCase(subject, example, seed));
  for (const result of results) if (result.outcome !== "ok") console.log(resultText(result));
  return results;
}

function sensitivityOf(results: readonly Result[]): Sensitivity {
  const sensitivity = plantErrors(results, isFault);
  const { right, falseAlarms, planted, found, missed } = sensitivity;
  console.log(
    `${right} right gradients: ${falseAlarms} false alarms; an error of 1 % is found in ${found} of ${planted}`,
  );
  if (missed.length > 0) console.log(`  not in: ${missed.join(", ")}`);
  return sensitivity;
}

function isFault({ subject, example }: Result): boolean {
  return findingOf(subject.library, subject.backend, example.op) !== undefined;
}

if (options.help) console.log(HELP);
else process.exitCode = await main();
