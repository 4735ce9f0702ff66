import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";

/** Nothing is collected while the second call works, so that the heap keeps all that it makes. */
const FLAGS = ["--expose-gc", "--min-semi-space-size=128", "--max-semi-space-size=128", "--input-type=module"];

const ELEMENTS = 1_000_000;

/** Bytes that the heap grows by in a call for each element of x, after others of its kind. */
function bytesPerElement(f: string): number {
  const script = `
    import { numericalGradient } from ${JSON.stringify(new URL("../../packages/numgrad/dist/index.js", import.meta.url))};
    const x = new Float64Array(${ELEMENTS}).fill(0.5);
    const out = new Float64Array(x.length);
    let kept;
    const f = ${f};
    for (let i = 0; i < 3; i++) numericalGradient(f, x, { out });
    globalThis.gc();
    const before = process.memoryUsage().heapUsed;
    numericalGradient(f, x, { out });
    console.log(process.memoryUsage().heapUsed - before);`;
  return Number(execFileSync(process.execPath, [...FLAGS, "-e", script], { encoding: "utf8" })) / ELEMENTS;
}

test("a gradient of a million elements makes no garbage for each of them, and garbage would be seen", () => {
  // V8's smallest object has 16 bytes. The three or so that are measured come from its compilers.
  expect(bytesPerElement("(x) => x[3] * x[3]")).toBeLessThan(8);
  expect(bytesPerElement("(x) => { kept = { a: x[3] }; return kept.a; }")).toBeGreaterThan(32);
});
