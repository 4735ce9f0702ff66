// Runs all tests: cargo's, then vitest's. The last line counts them: `N passed, N failed, N skipped`.
// Arguments go to vitest (`npm test -- test/data`); with arguments cargo's tests are left out.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build, isCurrent, scalarStep } from "./build.mjs";
import { addWasmTools, checkRust } from "./rust.mjs";
import { main, ROOT, run } from "./tools.mjs";

const REPORT = join(ROOT, "target/vitest.json");
/** A copy of the last line, for `.ci/run`. */
const COUNT = join(ROOT, "target/test-count.txt");

await main(async () => {
  const args = process.argv.slice(2);
  mkdirSync(join(ROOT, "target"), { recursive: true });
  for (const file of [REPORT, COUNT]) rmSync(file, { force: true });
  if (args.length === 0) checkRust();
  if (!isCurrent(scalarStep)) await addWasmTools();
  build(scalarStep);
  const cargo = args.length > 0 || run("cargo", ["test", "--workspace", "--no-fail-fast"], { show: true }).ok;
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${REPORT}`];
  const vitest = run("vitest", ["run", ...reporters, ...args], { show: true }).ok;

  const { passed, failed, skipped } = count();
  // A failure of `cargo test` counts as one, and so does an error of vitest outside of any test.
  const failures = Math.max(failed, vitest ? 0 : 1) + (cargo ? 0 : 1);
  const line = `${passed} passed, ${failures} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
  if (!cargo) console.log("\ncargo test failed (its output is above); it counts as one failure.");
  console.log(`\n${line}`);
  writeFileSync(COUNT, `${line}\n`);
  if (passed === 0 || failures > 0) process.exitCode = 1;
});

/** Reads the counts from vitest's report. A file that could not be loaded is one failure, however many tests it has. */
function count() {
  if (!existsSync(REPORT)) return { passed: 0, failed: 1, skipped: 0 };
  const report = JSON.parse(readFileSync(REPORT, "utf8"));
  /** @type {{ status: string, assertionResults: unknown[] }[]} */
  const files = report.testResults;
  const broken = files.filter((file) => file.status === "failed" && file.assertionResults.length === 0);
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + broken.length,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}
