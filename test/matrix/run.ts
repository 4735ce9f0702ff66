// Tests the packed package in the environments of its users: `npm run test:matrix`. For each environment npm installs
// the tarball into a temporary project.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { replaceSection } from "../../packages/benchmark/src/report.js";
import { pack } from "../../scripts/tarball.mjs";
import { type Browser, findBrowsers } from "./browsers.js";
import { type Environment, Skipped } from "./environment.js";
import { bundlers, next, plain, sveltekit, viteDev } from "./pages.js";
import { playground } from "./playground.js";
import { Project } from "./project.js";
import { bun, deno, nodes, workerd } from "./runtimes.js";
import { describeRun, markdownOf, parseMarkdown, type Row, summaryOf, textOf } from "./table.js";
import { cloudflareVitest, jest, nodeTest, vitest } from "./test-runners.js";

const README = new URL("../../README.md", import.meta.url);

const ENVIRONMENTS: readonly Environment[] = [
  ...nodes,
  bun,
  deno,
  workerd,
  jest,
  vitest,
  nodeTest,
  cloudflareVitest,
  plain,
  viteDev,
  ...bundlers,
  next,
  sveltekit,
  playground,
];

const HELP = `Usage: npm run test:matrix -- [options]

  --only NAME    tests only environments whose name begins with NAME; may be given several times
  --out DIR      writes the table into DIR/matrix.md, and without --only a sentence into README.md
  --from FILE    tests nothing: writes DIR/matrix.md and README.md anew from FILE, the matrix.md of an earlier run
  --strict       counts what is skipped as a failure
  --help

Environments: ${ENVIRONMENTS.map(({ name }) => name).join(", ")}
The environment variables CHROMIUM and FIREFOX name browsers that are not on the PATH.
`;

process.exitCode = await main();

/** Returns the exit code. */
async function main(): Promise<number> {
  const options = readOptions();
  if (typeof options === "string") {
    console.log(options);
    return options === HELP ? 0 : 2;
  }
  const { only, out, from, strict } = options;
  if (from !== undefined) {
    const { rows, run } = parseMarkdown(readFileSync(from, "utf8"));
    writeFiles(out!, rows, run, true);
    return 0;
  }
  const chosen = ENVIRONMENTS.filter(({ name }) => only.length === 0 || only.some((start) => name.startsWith(start)));
  const { found: browsers, missing } = findBrowsers();
  const start = performance.now();
  const folder = mkdtempSync(join(tmpdir(), "numgrad-tarball-"));
  const rows: Row[] = [];
  try {
    const tarball = pack("numgrad", folder);
    for (const environment of chosen) {
      for await (const row of rowsOf(environment, tarball, browsers)) {
        console.log(textOf(row));
        rows.push(row);
      }
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  for (const kind of missing) console.log(`skipped  everything in ${kind}: it is not on the PATH`);
  const count = (result: Row["result"]) => rows.filter((row) => row.result === result).length;
  const [failed, skipped] = [count("failed"), count("skipped") + missing.length];
  const seconds = ((performance.now() - start) / 1000).toFixed(0);
  console.log(`\nmatrix: ${count("passed")} passed, ${failed} failed, ${skipped} skipped (${seconds} s)`);
  if (out !== undefined) writeFiles(out, rows, describeRun(), only.length === 0);
  return failed > 0 || (strict && skipped > 0) ? 1 : 0;
}

/** Writes the table, and the sentence into the README if all environments are in it. */
function writeFiles(out: string, rows: readonly Row[], run: string, isWhole: boolean): void {
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, "matrix.md"), markdownOf(rows, run));
  if (isWhole) writeFileSync(README, replaceSection(readFileSync(README, "utf8"), "matrix", summaryOf(rows)));
}

interface Options {
  readonly only: readonly string[];
  readonly out: string | undefined;
  readonly from: string | undefined;
  readonly strict: boolean;
}

/** The options of the command line, or the text to print instead. */
function readOptions(): Options | string {
  const string = { type: "string" } as const;
  const boolean = { type: "boolean", default: false } as const;
  try {
    const known = {
      only: { ...string, multiple: true },
      out: string,
      from: string,
      strict: boolean,
      help: boolean,
    } as const;
    const { only = [], out, from, strict, help } = parseArgs({ options: known }).values;
    const unknown = only.find((start) => !ENVIRONMENTS.some(({ name }) => name.startsWith(start)));
    if (unknown !== undefined) return `--only ${unknown}: there is no such environment\n\n${HELP}`;
    if (from !== undefined && out === undefined) return `--from: --out is missing\n\n${HELP}`;
    return help ? HELP : { only, out, from, strict };
  } catch (error) {
    return `${(error as Error).message}\n\n${HELP}`;
  }
}

/** Installs an environment and runs its tests. */
async function* rowsOf(environment: Environment, tarball: string, browsers: readonly Browser[]): AsyncIterable<Row> {
  const { name, packages } = environment;
  let project: Project;
  try {
    project = await Project.create(name, tarball, packages);
  } catch (error) {
    yield failure({ name, what: `npm install ${packages.join(" ")}`, where: "npm", seconds: 0 }, error);
    return;
  }
  try {
    for await (const { what, where, outcome } of environment.run(project, browsers)) {
      const start = performance.now();
      const entry = () => ({ name, what, where, seconds: (performance.now() - start) / 1000 });
      try {
        const note = await outcome();
        yield { ...entry(), result: "passed", note };
      } catch (error) {
        yield failure(entry(), error);
      }
    }
  } finally {
    project.remove();
  }
}

function failure(entry: Omit<Row, "result" | "note">, error: unknown): Row {
  const note = error instanceof Error ? error.message : String(error);
  return { ...entry, result: error instanceof Skipped ? "skipped" : "failed", note };
}
