// Runs the tests whose size is a choice, in their long versions. Arguments go to vitest
// (`npm run test:long -- test/files`). `--fuzz SECONDS [reader …]` fuzzes the readers of files instead.
import { fuzz } from "./fuzz.mjs";
import { ENV, main, run } from "./tools.mjs";

/** Sizes of the long versions, by the environment variables that the tests read. */
const SIZES = {
  // For each of six kinds of files, and of IDX files raw and packed: more than a million in all.
  NUMGRAD_MUTATIONS: "170000",
  NUMGRAD_KILLS: "300",
  // Fillings of the memory, 12 bytes apart; checkpoints that each of two processes writes.
  NUMGRAD_FILLINGS: "87381",
  NUMGRAD_RIVALS: "5000",
  NUMGRAD_ARRAYS: "3000",
  // Functions with a derivative that is known.
  NUMGRAD_RANDOM_CASES: "100000",
  NUMGRAD_SOAK: "100000",
  NUMGRAD_TEAM_RUNS: "1000",
  // Times eleven million points of each elementary function.
  NUMGRAD_ELEMENTARY: "15",
  // Sweeps in which workers die, and short trials through one queue.
  NUMGRAD_SWEEP_RUNS: "20",
  NUMGRAD_SWEEP_TRIALS: "2000",
};

/** The test files that read one of the variables. */
const FILES = [
  "test/derivatives/derivative.test.ts",
  "test/files/mutations.test.ts",
  "test/files/python-random.test.ts",
  "test/data/idx-stream.test.ts",
  "test/training/checkpoint-file.test.ts",
  "test/training/checkpoint-faults.test.ts",
  "test/training/soak.test.ts",
  "test/team/endings.test.ts",
  "test/wasm/memory-full.test.ts",
  "test/sweep/chaos.test.ts",
];

main(async () => {
  const [first, ...rest] = process.argv.slice(2);
  if (first === "--fuzz") return await fuzz(rest);
  const tests = first === undefined ? FILES : [first, ...rest];
  const env = { ...SIZES, ...ENV };
  if (!run("vitest", ["run", ...tests], { env, show: true }).ok) process.exitCode = 1;
  if (first !== undefined) return;
  const elementary = [
    "test",
    "-p",
    "numgrad-core",
    "--test",
    "elementary_accuracy",
    "--",
    "--include-ignored",
    "--nocapture",
  ];
  if (!run("cargo", elementary, { env, show: true }).ok) process.exitCode = 1;
});
