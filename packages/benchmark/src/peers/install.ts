import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statfsSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { ROOT } from "../machine.js";

/** The command that runs the programs of a group. */
export interface Ready {
  readonly command: readonly string[];
  /** Folder of the programs. */
  readonly folder: string;
  /** Folder of what was installed or compiled for them. */
  readonly installed: string;
}

/** How the programs of a group are run, or one line that says why they cannot be run. */
export type Provided = Ready | { readonly missing: string };

/** Folder of the peers' programs. Beside them are the manifests with pinned versions: package.json or requirements.txt. */
const SOURCES = join(ROOT, "packages/benchmark/peers");

/** Default folder for installed packages. Git ignores it. */
export const INSTALLED = join(ROOT, "packages/benchmark/.peers");

/** GiB that PyTorch takes on Linux, where the registry's wheel needs its CUDA libraries merely to be imported. */
const TORCH_GIB = 6;

/** Path of Node in the npm package `node`, for peers that need a newer Node. */
const OWN_NODE = "node_modules/node/bin/node";

/**
 * Installs the packages of a group by npm or pip, unless they are installed already.
 *
 * @param group A folder in `sources`, with a manifest.
 */
export function provide(group: string, installed: string, sources = SOURCES): Provided {
  const source = join(sources, group);
  const [packages, requirements] = [join(source, "package.json"), join(source, "requirements.txt")];
  const installation = { source, folder: join(installed, group), packages: packagesOf(group, sources) };
  if (existsSync(packages)) return provideNode({ ...installation, manifest: packages });
  if (existsSync(requirements)) return providePython({ ...installation, manifest: requirements });
  return { command: [process.execPath], folder: source, installed: source };
}

/** What is installed, from where, and into which folder. */
interface Installation {
  readonly source: string;
  readonly folder: string;
  readonly manifest: string;
  readonly packages: readonly string[];
}

/** Packages of a group with their versions from its manifest, for instance `torch 2.15.0`. */
export function packagesOf(group: string, sources = SOURCES): string[] {
  const [packages, requirements] = ["package.json", "requirements.txt"].map((name) => join(sources, group, name));
  if (existsSync(packages!)) {
    const { dependencies } = JSON.parse(readFileSync(packages!, "utf8")) as { dependencies: Record<string, string> };
    return Object.entries(dependencies).map(([name, version]) => `${name} ${version}`);
  }
  if (!existsSync(requirements!)) return [];
  return readFileSync(requirements!, "utf8").trim().split("\n").map((line) => line.replace("==", " ")); // biome-ignore format: a chain
}

/** Folder in which Python finds protocol.py. */
export const PYTHONPATH = SOURCES;

function provideNode(installation: Installation): Provided {
  const { source, folder, packages } = installation;
  // Node looks for packages beside the program, so the program is copied to its packages.
  mkdirSync(folder, { recursive: true });
  cpSync(source, folder, { recursive: true });
  const protocol = join(source, "../protocol.mjs");
  if (existsSync(protocol)) cpSync(protocol, join(folder, "../protocol.mjs"));
  const install = [
    "install",
    "--no-audit",
    "--no-fund",
    "--loglevel=error",
    "--fetch-retries=1",
    "--fetch-retry-mintimeout=1000",
  ];
  const failure = once(packagesAsWork(installation), () => attempt("npm", install, folder, npmReason));
  if (failure !== undefined) return { missing: failure };
  const wantsNode = packages.some((name) => name.startsWith("node "));
  if (!wantsNode) return { command: [process.execPath], folder, installed: folder };
  const node = join(folder, OWN_NODE);
  return existsSync(node)
    ? { command: [node], folder, installed: folder }
    : { missing: "npm has not run the install script of node" };
}

function providePython(installation: Installation): Provided {
  const { source, folder, manifest, packages } = installation;
  mkdirSync(folder, { recursive: true });
  const python = join(folder, "venv/bin/python");
  const failure = once(packagesAsWork(installation), () => {
    const { bavail, bsize } = statfsSync(folder);
    const free = (bavail * bsize) / 2 ** 30;
    if (hasTorch(packages) && free < TORCH_GIB) return `it takes ${TORCH_GIB} GiB, and ${free.toFixed(1)} are free`;
    const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--retries=1", "-r", manifest];
    return (
      attempt("python3", ["-m", "venv", "--clear", "venv"], folder, lastLine) ?? attempt(python, pip, folder, pipReason)
    );
  });
  if (failure !== undefined) return { missing: failure };
  const notBuilt = build(installation);
  return notBuilt === undefined ? { command: [python], folder: source, installed: folder } : { missing: notBuilt };
}

/** Compiles the library of a group that has a build.mjs, unless that was done with the same sources before. */
function build({ source, folder }: Installation): string | undefined {
  const program = join(source, "build.mjs");
  if (!existsSync(program)) return undefined;
  const files = readdirSync(source, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const sources = files.map(({ parentPath, name }) => readFileSync(join(parentPath, name)));
  return once(
    { stamp: join(folder, ".built"), of: sources, what: `compiling the library of ${basename(source)}` },
    () => attempt(process.execPath, [program, folder], folder, compilerReason),
  );
}

/** Work that is done once: the file that remembers it, the contents on which it depends, and its name. */
interface Work {
  readonly stamp: string;
  readonly of: readonly Buffer[];
  readonly what: string;
}

function packagesAsWork({ folder, manifest, packages }: Installation): Work {
  const size = hasTorch(packages) && process.platform === "linux" ? " (with its CUDA parts 2.7 GB to download)" : "";
  const what = `installing ${packages.join(", ")}${size}`;
  return { stamp: join(folder, ".installed"), of: [readFileSync(manifest)], what };
}

/** Does the work, unless it has succeeded before with the same contents. Returns the reason of a failure. */
function once({ stamp, of, what }: Work, work: () => string | undefined): string | undefined {
  const hash = of.reduce((sum, bytes) => sum.update(bytes), createHash("sha256")).digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === hash) return undefined;
  process.stdout.write(`${what} … `);
  const start = performance.now();
  const failure = work();
  const seconds = `${((performance.now() - start) / 1000).toFixed(1)} s`;
  console.log(failure === undefined ? seconds : `failed after ${seconds}`);
  if (failure === undefined) writeFileSync(stamp, hash);
  return failure;
}

function hasTorch(packages: readonly string[]): boolean {
  return packages.some((name) => name.startsWith("torch "));
}

/** Runs a command of an installation. Returns the reason of a failure in one line. */
function attempt(
  command: string,
  args: readonly string[],
  cwd: string,
  reason: (output: string) => string,
): string | undefined {
  const { status, error, stdout, stderr } = spawnSync(command, args, { cwd, encoding: "utf8", maxBuffer: 2 ** 26 });
  if (error) return "code" in error && error.code === "ENOENT" ? `${command} is not on the PATH` : error.message;
  return status === 0 ? undefined : `${command.split("/").at(-1)} failed: ${reason(`${stdout}\n${stderr}`)}`;
}

function npmReason(output: string): string {
  return output.match(/^npm (?:error|ERR!) code (.+)$/m)?.[1] ?? lastLine(output);
}

function pipReason(output: string): string {
  return output.match(/^ERROR: (.+)$/m)?.[1] ?? lastLine(output);
}

/** The first error of gcc or cargo. */
function compilerReason(output: string): string {
  return output.match(/^.*\berror(?:\[\w+\])?: .+$/m)?.[0] ?? lastLine(output);
}

function lastLine(output: string): string {
  return output.trim().split("\n").at(-1)!;
}
