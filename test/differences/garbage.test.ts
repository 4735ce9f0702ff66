import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";

/** With these flags nothing is collected during the measured call, so the heap keeps all garbage of the call. */
const FLAGS = ["--expose-gc", "--min-semi-space-size=128", "--max-semi-space-size=128", "--input-type=module"];

const ELEMENTS = 1_000_000;

/**
 * By how many bytes for each element of x the heap grows in a call, after calls for the compilers. The smallest of some calls
 * counts: on a busy machine V8's compilers, which work beside the program, come later.
 */
function bytesPerElement(f: string): number {
  const script = `
    import { numericalGradient } from ${JSON.stringify(new URL("../../packages/numgrad/dist/index.js", import.meta.url))};
    const x = new Float64Array(${ELEMENTS}).fill(0.5);
    const out = new Float64Array(x.length);
    let kept;
    const f = ${f};
    for (let i = 0; i < 3; i++) numericalGradient(f, x, { out });
    const grown = () => {
      globalThis.gc();
      const before = process.memoryUsage().heapUsed;
      numericalGradient(f, x, { out });
      return process.memoryUsage().heapUsed - before;
    };
    console.log(Math.min(grown(), grown(), grown()));`;
  return Number(execFileSync(process.execPath, [...FLAGS, "-e", script], { encoding: "utf8" })) / ELEMENTS;
}

test("a gradient of a million elements makes no garbage for an element, and the test would see it", () => {
  // V8's smallest object has 16 bytes. About three bytes are measured, which come from V8's compilers.
  expect(bytesPerElement("(x) => x[3] * x[3]")).toBeLessThan(8);
  expect(bytesPerElement("(x) => { kept = { a: x[3] }; return kept.a; }")).toBeGreaterThan(32);
});
