// Runs all tests: cargo's, then vitest's. The last line counts them: `N passed, N failed, N skipped`; those that failed
// are named before it.
// Arguments go to vitest (`npm test -- test/data`); with arguments cargo's tests are left out.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { build, isCurrent, scalarStep } from "./build.mjs";
import { addWasmTools, checkRust } from "./rust.mjs";
import { main, ROOT, run } from "./tools.mjs";

const REPORT = join(ROOT, "target/vitest.json");
/** What the last lines say, for `.ci/run`: the tests that failed, then the count. */
const SUMMARY = join(ROOT, "target/test-summary.txt");

/** @typedef {{ status: string, fullName: string, failureMessages: string[] }} TestResult */

await main(async () => {
  const args = process.argv.slice(2);
  mkdirSync(join(ROOT, "target"), { recursive: true });
  for (const file of [REPORT, SUMMARY]) rmSync(file, { force: true });
  if (args.length === 0) checkRust();
  if (!isCurrent(scalarStep)) await addWasmTools();
  build(scalarStep);
  const cargo = args.length > 0 || run("cargo", ["test", "--workspace", "--no-fail-fast"], { show: true }).ok;
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${REPORT}`];
  const vitest = run("vitest", ["run", ...reporters, ...args], { show: true }).ok;

  const { passed, failed, skipped, failing } = readReport();
  // A failure of `cargo test` counts as one, and so does an error of vitest outside of any test.
  const failures = Math.max(failed, vitest ? 0 : 1) + (cargo ? 0 : 1);
  const line = `${passed} passed, ${failures} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
  if (!vitest && failing.length === 0) failing.push("vitest: an error outside of any test; it is above");
  if (!cargo) failing.push("cargo test: its output is above that of vitest; it counts as one failure");
  const summary = [...failing.map((test) => `failed: ${test}`), "", line].join("\n");
  console.log(`\n${summary}`);
  writeFileSync(SUMMARY, `${summary}\n`);
  if (passed === 0 || failures > 0) process.exitCode = 1;
});

/**
 * Reads the counts from vitest's report, and names what failed with the first line of its error. A file that could not
 * be loaded, or whose hook failed, is one failure, however many tests it has.
 */
function readReport() {
  if (!existsSync(REPORT)) return { passed: 0, failed: 1, skipped: 0, failing: ["vitest, which left no report"] };
  const report = JSON.parse(readFileSync(REPORT, "utf8"));
  /** @type {{ name: string, status: string, message: string, assertionResults: TestResult[] }[]} */
  const files = report.testResults;
  const failuresOf = (/** @type {{ assertionResults: TestResult[] }} */ { assertionResults }) =>
    assertionResults.filter((test) => test.status === "failed");
  // A hook that fails leaves a failed file without a failed test, too.
  const broken = files.filter((file) => file.status === "failed" && failuresOf(file).length === 0);
  const failing = files.flatMap((file) => {
    const name = relative(ROOT, file.name);
    if (broken.includes(file)) return [`${name}: ${firstLine(file.message) || "a hook failed; its error is above"}`];
    return failuresOf(file).map((test) => `${name}, ${test.fullName}: ${firstLine(test.failureMessages[0] ?? "")}`);
  });
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + broken.length,
    skipped: report.numPendingTests + report.numTodoTests,
    failing,
  };
}

/** @param {string} text */
function firstLine(text) {
  return text.split("\n", 1)[0];
}
