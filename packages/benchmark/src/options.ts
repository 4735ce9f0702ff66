import { existsSync } from "node:fs";
import { type ParseArgsConfig, parseArgs } from "node:util";
import { GROUP_NAMES, type GroupName } from "./races/groups.js";

/** Options of the command line. */
export interface Options {
  readonly quick: boolean;
  /** Whether to run the races that take minutes, too. */
  readonly full: boolean;
  /** The groups of races to be run, in their order. */
  readonly groups: readonly GroupName[];
  /** Folder for the files; none are written if undefined. */
  readonly out: string | undefined;
  /** File with the results of an earlier run: it is written out again, and nothing is raced. */
  readonly from: string | undefined;
}

/** A wrong option or value: `message` is the one line that the user reads. */
export class UsageError extends Error {}

export const HELP = `Races numgrad against plain TypeScript, on this machine.

  npm run bench -- [options]

  --quick        shorter rounds and fewer sizes: two minutes, and rougher numbers
  --full         also runs what takes minutes: the whole job of 10,000 steps with every contender, and numgrad's own
                 evaluation: "full" (a quarter of an hour)
  --only NAME    runs only these races; may be given several times: ${GROUP_NAMES.join(", ")}
  --out DIR      writes bench-node-N.json and bench-growth-node-N.svg there, and the tables into its benchmarks.md
  --from FILE    races nothing: writes the files of --out anew from FILE, the bench-node-N.json of an earlier run
  --help

Without options it takes nine minutes. The races run in the Node that starts them. For another Node, for instance:
  npx node@24 --import tsx packages/benchmark/src/bench.ts
Exit codes: 0 finished, 1 failed or results that disagree, 2 wrong option.
`;

const KNOWN = {
  quick: { type: "boolean" },
  full: { type: "boolean" },
  only: { type: "string", multiple: true },
  out: { type: "string" },
  from: { type: "string" },
  help: { type: "boolean" },
} as const;

/**
 * Reads the command line (without `node` and the program's name).
 *
 * @throws {UsageError} for an unknown option, a missing or wrong value, or options that exclude each other.
 */
export function parseOptions(args: readonly string[]): Options | "help" {
  const { quick = false, full = false, only, out, from, help } = split(args, KNOWN);
  if (help) return "help";
  if (quick && full) throw new UsageError("--quick and --full: give one of them");
  if (out === "") throw new UsageError("--out: expected a directory, got nothing");
  if (from !== undefined) checkFrom(from, out, { quick, full, only });
  const wanted = new Set((only ?? GROUP_NAMES.filter((name) => full || name !== "run")).map(groupName));
  return { quick, full, groups: GROUP_NAMES.filter((name) => wanted.has(name)), out, from };
}

/**
 * Checks `--from`, which needs `--out` and excludes all options of a race. Both programs check theirs by it.
 *
 * @throws {UsageError} naming the option that is missing or too many.
 */
export function checkFrom(from: string, out: string | undefined, racing: Readonly<Record<string, unknown>>): void {
  if (!existsSync(from)) throw new UsageError(`--from: expected a file, got ${from === "" ? "nothing" : from}`);
  if (out === undefined) throw new UsageError("--from: --out is missing");
  const other = Object.keys(racing).find((name) => racing[name]);
  if (other !== undefined) throw new UsageError(`--from and --${other}: give one of them`);
}

/** The values of a command line whose options are `known`. Both programs read theirs by it. */
export function split<T extends NonNullable<ParseArgsConfig["options"]>>(args: readonly string[], known: T) {
  try {
    return parseArgs({ args: [...args], options: known, strict: true }).values;
  } catch (error) {
    // The message of parseArgs continues with advice over several lines.
    const [first] = (error as Error).message.split(/\.\s/, 1);
    throw new UsageError(`${first} (--help lists the options)`);
  }
}

function groupName(value: string): GroupName {
  const found = GROUP_NAMES.find((name) => name === value);
  if (found === undefined) {
    throw new UsageError(`--only: expected one of ${GROUP_NAMES.join(", ")}, got ${value === "" ? "nothing" : value}`);
  }
  return found;
}
