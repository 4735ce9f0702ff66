// Runs the main job. `--help` and a wrong option are answered before anything is installed or built.
import { printable, UsageError } from "../packages/train/src/command-line.js";
import { HELP, parseOptions } from "../packages/train/src/options.js";

if (mayBegin(process.argv.slice(2))) {
  await import("./setup.mjs");
  await import(new URL("../packages/train/dist/main.js", import.meta.url).href);
}

/**
 * Whether the options ask for a run. If not, their answer is printed.
 *
 * @param {string[]} args
 */
function mayBegin(args) {
  try {
    if (parseOptions(args) !== "help") return true;
    process.stdout.write(HELP);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(printable(error.message));
    process.exitCode = 2;
  }
  return false;
}
