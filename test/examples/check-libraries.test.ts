import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const program = join(root, "examples/check-libraries/src/main.ts");

/** Checks some gradients of TensorFlow.js; `undefined` if it cannot be installed. */
function check(...options: string[]): { status: number; output: string } | undefined {
  const args = ["--import", "tsx", program, "--with", "tfjs-cpu", ...options];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: "utf8" });
  return status === 2 ? undefined : { status: status!, output: stdout + stderr };
}

const SKIPPED = "TensorFlow.js could not be installed from npm";

test("right gradients of TensorFlow.js pass, and an error of 1 % is found in each", (context) => {
  const checked = check("--each", "12");
  if (!checked) return context.skip(SKIPPED);
  expect(checked.output).toContain("0 false alarms");
  const [, found, planted] = checked.output.match(/an error of 1 % is found in (\d+) of (\d+)/)!;
  expect(Number(planted)).toBeGreaterThan(20);
  expect(found).toBe(planted);
  expect(checked.status).toBe(0);
});

test("a wrong gradient is found with its smallest input", (context) => {
  const checked = check("--only", "mirrorPad");
  if (!checked) return context.skip(SKIPPED);
  expect(checked.output).toMatch(/wrong +mirrorPad .*"symmetric"/);
  expect(checked.output).toContain("input     [0, 0] of shape [1,2]");
  expect(checked.output).toContain("gradient  [0, 0]");
  expect(checked.output).toContain("right     [1, 0]");
});
