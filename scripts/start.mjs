// Runs the main job. `--help` and a wrong option are answered before anything is installed or built.
import { flagOf, printable, UsageError } from "../packages/train/src/command-line.js";
import { HELP, OPTION_NAMES, parseOptions } from "../packages/train/src/options.js";

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
    checkNotSwallowed();
    if (parseOptions(args) !== "help") return true;
    process.stdout.write(HELP);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(printable(error.message));
    process.exitCode = 2;
  }
  return false;
}

/**
 * Checks that npm has not taken options for itself: of `npm start --steps 20` it passes 20, and keeps --steps as a
 * setting of its own.
 *
 * @throws {UsageError} naming the options, if it has.
 */
function checkNotSwallowed() {
  const flags = OPTION_NAMES.map(flagOf);
  const swallowed = flags.filter((flag) => `npm_config_${flag.slice(2).replaceAll("-", "_")}` in process.env);
  if (swallowed.length === 0) return;
  throw new UsageError(
    `npm took ${swallowed.join(", ")} for itself: options come after --, as in npm start -- ${swallowed[0]} …`,
  );
}
