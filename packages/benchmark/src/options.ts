import { type ParseArgsConfig, parseArgs } from "node:util";
import { GROUP_NAMES, type GroupName } from "./races/groups.js";

/** What the command line asks for. */
export interface Options {
  readonly quick: boolean;
  /** Also what takes minutes. */
  readonly full: boolean;
  /** The races to be run, in their order. */
  readonly groups: readonly GroupName[];
  /** Where the files go; nowhere if undefined. */
  readonly out: string | undefined;
}

/** A wrong option or value: `message` is the one line that the user reads. */
export class UsageError extends Error {}

export const HELP = `Races numgrad's core against plain TypeScript, on this machine.

  npm run bench -- [options]

  --quick        shorter rounds and fewer sizes: half a minute, and rougher numbers
  --full         also what takes minutes: the whole run of 10,000 steps with every contender, and numgrad's own
                 evaluation: "full" (a quarter of an hour)
  --only NAME    only these races; may be given several times: ${GROUP_NAMES.join(", ")}
  --out DIR      writes bench-node-N.json and bench-growth-node-N.svg there, and the tables into its benchmarks.md
  --help

Without options it takes three minutes. It races the Node that runs it; another one, for instance, by
  npx node@24 --import tsx packages/benchmark/src/bench.ts
Exit codes: 0 finished, 1 failed or results that disagree, 2 wrong option.
`;

const KNOWN = {
  quick: { type: "boolean" },
  full: { type: "boolean" },
  only: { type: "string", multiple: true },
  out: { type: "string" },
  help: { type: "boolean" },
} as const;

/**
 * Reads the command line (without `node` and the program's name).
 *
 * @throws {UsageError} for an unknown option, a missing or wrong value, or options that exclude each other.
 */
export function parseOptions(args: readonly string[]): Options | "help" {
  const { quick = false, full = false, only, out, help } = split(args, KNOWN);
  if (help) return "help";
  if (quick && full) throw new UsageError("--quick and --full: give one of them");
  if (out === "") throw new UsageError("--out: expected a directory, got nothing");
  const wanted = new Set((only ?? GROUP_NAMES.filter((name) => full || name !== "run")).map(groupName));
  return { quick, full, groups: GROUP_NAMES.filter((name) => wanted.has(name)), out };
}

/** The values of a command line whose options are `known`; both races read theirs by it. */
export function split<T extends NonNullable<ParseArgsConfig["options"]>>(args: readonly string[], known: T) {
  try {
    return parseArgs({ args: [...args], options: known, strict: true }).values;
  } catch (error) {
    // Its messages go on with advice over several lines.
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
