// Runs the tests whose size is a choice, in their long versions. Arguments go to vitest (`npm run test:long -- test/files`).
import { ENV, main, run } from "./tools.mjs";

/** Sizes of the long versions, by the environment variables that the tests read. */
const SIZES = {
  // For each of six kinds of files, and of IDX files raw and packed: more than a million in all.
  NUMGRAD_MUTATIONS: "170000",
  NUMGRAD_KILLS: "300",
  // Fillings of the memory, 12 bytes apart; checkpoints that each of two processes writes.
  NUMGRAD_FILLINGS: "87381",
  NUMGRAD_RIVALS: "5000",
};

/** The test files that read one of the variables. */
const FILES = [
  "test/files/mutations.test.ts",
  "test/data/idx-stream.test.ts",
  "test/training/checkpoint-file.test.ts",
  "test/training/checkpoint-faults.test.ts",
  "test/wasm/memory-full.test.ts",
];

main(() => {
  const args = process.argv.slice(2);
  const tests = args.length > 0 ? args : FILES;
  if (!run("vitest", ["run", ...tests], { env: { ...SIZES, ...ENV }, show: true }).ok) process.exitCode = 1;
});
