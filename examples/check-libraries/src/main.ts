// Checks the gradients of TensorFlow.js, jax-js and mathjs: npm run check-libraries -- --help
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { checkCase, type Result } from "./check.js";
import { document } from "./document.js";
import { findingOf } from "./findings.js";
import { jax } from "./jax/subject.js";
import { install } from "./libraries.js";
import { mathjs } from "./mathjs/subject.js";
import type { Subject } from "./problem.js";
import { plantErrors, type Sensitivity } from "./sensitivity.js";
import { resultText } from "./text.js";
import { checkModel } from "./tfjs/model.js";
import { tfjs } from "./tfjs/subject.js";

const HELP = `Checks the gradients of TensorFlow.js (cpu, wasm), jax-js and mathjs, operation by operation.

  npm run check-libraries                    prints what is not ok
  npm run check-libraries -- --only cumsum   checks only operations with this in their name
  npm run check-libraries -- --seed 2        takes other inputs
  npm run check-libraries -- --out docs      also writes docs/checked-libraries.md

The libraries are installed into examples/check-libraries/.libraries. The exit code is 1 if a gradient is wrong that
findings.ts does not explain, or if a finding has no wrong gradient any more; 2 if a library cannot be installed.`;

const { values: options } = parseArgs({
  options: {
    help: { type: "boolean", default: false },
    only: { type: "string", default: "" },
    out: { type: "string" },
    seed: { type: "string", default: "1" },
  },
});

if (options.help) console.log(HELP);
else process.exitCode = await main();

async function main(): Promise<number> {
  const seed = Number(options.seed);
  const [tensorflow, jaxJs, math] = ["tfjs", "jax", "mathjs"].map(install);
  for (const installed of [tensorflow!, jaxJs!, math!]) {
    if (!("missing" in installed)) continue;
    console.error(`The libraries could not be installed: ${installed.missing}`);
    return 2;
  }
  const [tf, jx, mj] = [tensorflow, jaxJs, math] as Exclude<typeof tensorflow, { missing: string } | undefined>[];
  const results: Result[] = [];
  const sensitivities: [string, Sensitivity][] = [];
  // Each backend is switched on when its turn comes.
  for (const start of [() => tfjs(tf!, "cpu"), () => tfjs(tf!, "wasm"), () => jax(jx!), async () => mathjs(mj!)]) {
    const subject = await start();
    const swept = sweep(subject, seed);
    results.push(...swept);
    sensitivities.push([`${subject.library}, ${subject.backend}`, sensitivityOf(swept)]);
  }
  const unknown = results.filter((result) => result.outcome === "wrong" && !isFault(result));
  for (const { subject, example } of unknown) {
    console.log(`NEW: ${subject.library} ${subject.backend} ${example.op} is wrong, and no finding explains it.`);
  }
  const packages = [tf!, jx!, mj!].flatMap((installed) => installed.packages);
  if (options.out !== undefined) {
    const model = await checkModel(tf!, "cpu");
    const file = join(options.out, "checked-libraries.md");
    const date = new Date().toISOString().slice(0, 10);
    writeFileSync(file, document(results, { packages, date, model, sensitivities }));
    console.log(`\nwritten: ${file}`);
  }
  return unknown.length === 0 ? 0 : 1;
}

function sweep(subject: Subject, seed: number): Result[] {
  const cases = subject.cases.filter(({ op }) => op.includes(options.only));
  console.log(`\n${subject.library}, ${subject.backend}: ${cases.length} cases`);
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
