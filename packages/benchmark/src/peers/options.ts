import { checkFrom, split, UsageError } from "../options.js";
import { GROUPS, PEERS, type Peer } from "./peers.js";

/** Options of the command line. */
export interface Options {
  /** Peers that take part. */
  readonly peers: readonly Peer[];
  readonly quick: boolean;
  /** Whether each peer runs the whole job. Otherwise the time of long jobs is extrapolated from some of their steps. */
  readonly jobs: boolean;
  /** Folder for the files; none are written if undefined. */
  readonly out: string | undefined;
  /** File with the results of an earlier race: it is written out again, and nothing is raced. */
  readonly from: string | undefined;
  /** Folder in which the peers are installed; packages/benchmark/.peers if undefined. */
  readonly folder: string | undefined;
}

export const HELP = `Races numgrad against other libraries at training the same network (784-50-10) on MNIST.

  npm run bench:peers -- [options]

  --only NAMES   runs only these, separated by commas: ${GROUPS.join(", ")},
                 or one variant, for instance torch-f32; may be given several times
  --quick        runs one short round: two or three minutes, and rougher numbers
  --jobs         runs the whole job (10,000 steps, 17 evaluations) with each peer, not only where it takes less than
                 three quarters of a minute: half an hour more
  --out DIR      writes peers.json there, the tables into its benchmarks.md, and, if all have finished the race, a short
                 table into README.md
  --from FILE    races nothing: writes the files of --out anew from FILE, the peers.json of an earlier race
  --peers DIR    where the peers are installed (packages/benchmark/.peers); they need 6 GB, 5.5 of them for PyTorch
  --help

Missing packages are installed first, by npm and pip, and gcc and cargo compile C and candle. A program that cannot be
installed is skipped. Then the race takes about half an hour.
Exit codes: 0 finished, 1 failed, 2 wrong option.
`;

const KNOWN = {
  only: { type: "string", multiple: true },
  quick: { type: "boolean" },
  jobs: { type: "boolean" },
  out: { type: "string" },
  from: { type: "string" },
  peers: { type: "string" },
  help: { type: "boolean" },
} as const;

/**
 * Reads the command line (without `node` and the program's name).
 *
 * @throws {UsageError} for an unknown option, a missing or wrong value, or options that exclude each other.
 */
export function parseOptions(args: readonly string[]): Options | "help" {
  const { only, quick = false, jobs = false, out, from, peers: folder, help } = split(args, KNOWN);
  if (help) return "help";
  if (quick && jobs) throw new UsageError("--quick and --jobs: give one of them");
  for (const [name, value] of Object.entries({ out, peers: folder })) {
    if (value === "") throw new UsageError(`--${name}: expected a directory, got nothing`);
  }
  if (from !== undefined) checkFrom(from, out, { only, quick, jobs, peers: folder });
  return { peers: only ? choose(only.flatMap((names) => names.split(","))) : PEERS, quick, jobs, out, from, folder };
}

function choose(names: readonly string[]): Peer[] {
  for (const name of names) {
    if (PEERS.some((peer) => peer.group === name || peer.name === name)) continue;
    const all = PEERS.map((peer) => peer.name).join(", ");
    throw new UsageError(
      `--only: expected some of ${GROUPS.join(", ")}, ${all}, got ${name === "" ? "nothing" : name}`,
    );
  }
  return PEERS.filter((peer) => names.includes(peer.group) || names.includes(peer.name));
}
