import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { temporaryDirectory } from "../support/idx-files.js";

// Memory does not grow with time. A child process does the same thing many times; after each hundredth of it garbage is
// collected and memory is measured.

/** Number of training steps and of networks; a tenth of it is the number of errors. `npm run test:long` makes more. */
const TIMES = Number(process.env.NUMGRAD_SOAK ?? 10_000);

/**
 * Options that make the heap's size repeatable: no machine code, which V8 makes and drops when it likes, and no thread
 * that does so.
 */
const REPEATABLE =
  "--single-threaded --no-opt --no-maglev --no-sparkplug --no-flush-bytecode --no-lazy-feedback-allocation".split(" ");

/** Memory after each hundredth of the work: bytes of JavaScript, and what `memoryUsage` says of the core. */
type Memory = readonly [js: number, liveBytes: number, memoryBytes: number, networks: number];

function soak(what: "steps" | "networks" | "errors", count: number): Memory[] {
  const program = fileURLToPath(new URL("soak.mjs", import.meta.url));
  const path = join(temporaryDirectory({}), "run.checkpoint");
  const args = ["--expose-gc", ...REPEATABLE, program, what, String(count), path];
  const memory: Memory[] = JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" }));
  expect(memory).toHaveLength(100);
  return memory;
}

/**
 * Slope by Theil and Sen: the median of the slopes between all pairs, for which a single jump does not count. The first
 * fifth, in which the program warms up, is left out.
 */
function slopeOf(values: readonly number[]): number {
  const warm = values.slice(values.length / 5);
  const slopes = warm.flatMap((value, i) => warm.slice(i + 1).map((later, gap) => (later - value) / (gap + 1)));
  return slopes.sort((a, b) => a - b)[slopes.length >> 1]!;
}

test.each([
  ["steps", `${TIMES} training steps, with a checkpoint every 100`, TIMES],
  ["networks", `${TIMES} networks made, trained and disposed of`, TIMES],
  ["errors", `${TIMES / 10} errors of a function in numericalGradient`, TIMES / 10],
] as const)(
  "%s (%s): memory does not grow by 1 KB for each 1,000",
  { timeout: 120_000 + 30 * TIMES },
  (what, _, count) => {
    const start = performance.now();
    const memory = soak(what, count);
    const slope = (slopeOf(memory.map(([js]) => js)) * 1000) / (count / 100);
    const [js, ...core] = memory.at(-1)!;
    const seconds = (performance.now() - start) / 1000;
    console.log(
      `${what}: ${slope.toFixed(0)} bytes of JavaScript for each 1,000 of ${count}, ${js} at the end; ` +
        `the core's [${core}] as at the beginning; ${seconds.toFixed(0)} s`,
    );
    expect(slope).toBeLessThan(1024);
    // The core's memory does not grow by a single byte.
    for (const [, ...earlier] of memory) expect(earlier).toEqual(core);
  },
);
