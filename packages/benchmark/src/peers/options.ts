import { split, UsageError } from "../options.js";
import { GROUPS, PEERS, type Peer } from "./peers.js";

/** What the command line asks for. */
export interface Options {
  /** Who takes part. */
  readonly peers: readonly Peer[];
  readonly quick: boolean;
  /** Whether the whole job is run with each peer instead of being extrapolated from a part of it. */
  readonly jobs: boolean;
  /** Where the files go; nowhere if undefined. */
  readonly out: string | undefined;
  /** Where the peers are installed; packages/benchmark/.peers if undefined. */
  readonly folder: string | undefined;
}

export const HELP = `Races numgrad against other libraries at the same task: 784-50-10, batches of 100 MNIST images, SGD 0.1.

  npm run bench:peers -- [options]

  --only NAMES   only these, separated by commas: ${GROUPS.join(", ")},
                 or one variant, like torch-f32; may be given several times
  --quick        one short round: two or three minutes, and rougher numbers
  --jobs         runs the whole job (10,000 steps, 17 evaluations) with each peer, not only where it takes less than
                 three quarters of a minute: half an hour more
  --out DIR      writes peers.json there, the tables into its benchmarks.md, and, if all were raced to the end, a short
                 one into README.md
  --peers DIR    where the peers are installed (packages/benchmark/.peers); they need 6 GB, 5.5 of them for PyTorch
  --help

What is not there yet is installed at first, by npm and by pip; who can't be had is skipped. Then it takes about nine minutes.
Exit codes: 0 finished, 1 failed, 2 wrong option.
`;

const KNOWN = {
  only: { type: "string", multiple: true },
  quick: { type: "boolean" },
  jobs: { type: "boolean" },
  out: { type: "string" },
  peers: { type: "string" },
  help: { type: "boolean" },
} as const;

/**
 * Reads the command line (without `node` and the program's name).
 *
 * @throws {UsageError} for an unknown option, a missing or wrong value, or options that exclude each other.
 */
export function parseOptions(args: readonly string[]): Options | "help" {
  const { only, quick = false, jobs = false, out, peers: folder, help } = split(args, KNOWN);
  if (help) return "help";
  if (quick && jobs) throw new UsageError("--quick and --jobs: give one of them");
  for (const [name, value] of Object.entries({ out, peers: folder })) {
    if (value === "") throw new UsageError(`--${name}: expected a directory, got nothing`);
  }
  return { peers: only ? choose(only.flatMap((names) => names.split(","))) : PEERS, quick, jobs, out, folder };
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
