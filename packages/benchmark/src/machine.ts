import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { arch, availableParallelism, cpus, platform, release, totalmem } from "node:os";
import { fileURLToPath } from "node:url";

/** The folder of the repository, ending in a slash. */
export const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

/** Machine and versions of a race. Without them its milliseconds mean nothing. */
export interface Machine {
  /** Day of the run, YYYY-MM-DD. */
  readonly date: string;
  /** Name of the processor, as the system reports it. */
  readonly cpu: string;
  /** Cores that this process may use. Under `taskset` or in a container these are fewer than all. */
  readonly cores: number;
  /** Cores that the system has. */
  readonly allCores: number;
  /** Memory in GiB. */
  readonly memory: number;
  /** Operating system, its release and the architecture. */
  readonly system: string;
  readonly node: string;
  readonly v8: string;
  /** Version of the package `numgrad`. */
  readonly numgrad: string;
  /** Commit of the checkout, with "+" if files differ from it; "unknown" outside of git. */
  readonly commit: string;
  /** First digits of the SHA-256 of packages/numgrad/dist/index.js, which tell the build that was raced. */
  readonly bundle: string;
}

/** Describes the machine, the runtime and the checkout. */
export function describeMachine(): Machine {
  return {
    date: new Date().toISOString().slice(0, 10),
    cpu: cpus()[0]?.model.trim() || "unknown",
    cores: availableParallelism(),
    allCores: cpus().length,
    memory: Math.round(totalmem() / 2 ** 30),
    system: `${platform()} ${release()} ${arch()}`,
    node: process.versions.node,
    v8: process.versions.v8,
    numgrad: packageVersion("packages/numgrad/package.json"),
    commit: commit(),
    bundle: bundleHash(),
  };
}

/** The machine in a sentence, for a heading or a caption. */
export function formatMachine(machine: Machine): string {
  const { date, cpu, cores, allCores, memory, system, node, v8, numgrad, commit, bundle } = machine;
  const hardware = `${cpu}, ${cores} of ${allCores} cores, ${memory} GiB, ${system}`;
  return `${date}, ${hardware}; Node ${node} (V8 ${v8}); numgrad ${numgrad}, commit ${commit}, bundle ${bundle}`;
}

/** The version in a package.json, by its path in the repository. */
export function packageVersion(path: string): string {
  const file = `${ROOT}${path}`;
  if (!existsSync(file)) return "unknown";
  return (JSON.parse(readFileSync(file, "utf8")) as { version?: string }).version ?? "unknown";
}

function bundleHash(): string {
  const file = `${ROOT}packages/numgrad/dist/index.js`;
  if (!existsSync(file)) return "not built";
  return createHash("sha256").update(readFileSync(file)).digest("hex").slice(0, 10);
}

function commit(): string {
  try {
    const hash = git("rev-parse", "--short=10", "HEAD");
    return git("status", "--porcelain", "--untracked-files=no") === "" ? hash : `${hash}+`;
  } catch {
    // There is no git, or this is no checkout. An archive can be raced, too.
    return "unknown";
  }
}

function git(...args: string[]): string {
  // The option lets git read a checkout that belongs to another user, as in a container.
  return execFileSync("git", ["-c", "safe.directory=*", ...args], {
    cwd: ROOT,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  }).trim();
}
