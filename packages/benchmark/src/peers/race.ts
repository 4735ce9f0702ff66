// Races numgrad against other libraries that train the same network: `npm run bench:peers`.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { describeMachine, formatMachine, ROOT } from "../machine.js";
import { UsageError } from "../options.js";
import { replaceSection } from "../report.js";
import { textTable } from "../tables.js";
import { INSTALLED } from "./install.js";
import { HELP, type Options, parseOptions } from "./options.js";
import { PEERS, type Threads } from "./peers.js";
import { findCore } from "./process.js";
import { targetRatios } from "./ratios.js";
import { readmeSection } from "./readme.js";
import { withCurrentLabels } from "./results.js";
import { Race } from "./rounds.js";
import { notes, numericalTable, type Report, ratioTable, toMarkdown, trainingTable } from "./tables.js";
import { writeData } from "./task.js";

process.exitCode = await main(process.argv.slice(2));

/** Returns the exit code. */
async function main(args: string[]): Promise<number> {
  try {
    const options = parseOptions(args);
    if (options === "help") process.stdout.write(HELP);
    else if (options.from !== undefined) rewrite(options.from, options.out!);
    else await race(options, ["npm run bench:peers", ...(args.length > 0 ? ["--", ...args] : [])].join(" "));
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(error.message);
    return 2;
  }
}

async function race({ peers, quick, jobs, out, folder }: Options, command: string): Promise<void> {
  const machine = describeMachine();
  const core = findCore();
  console.log(`${formatMachine(machine)}; one thread: ${core.description}\n`);
  const data = mkdtempSync(join(tmpdir(), "numgrad-peers-"));
  try {
    await writeData(data);
    const race = new Race(data, core, { quick, jobs });
    race.install(peers, resolve(folder ?? INSTALLED));
    const start = performance.now();
    await race.compare();
    await race.runRounds();
    await race.runGradients();
    await race.runJobs();
    const { results } = race;
    const ratios = targetRatios(results);
    const training = (threads: Threads) => trainingTable(results.filter((result) => result.threads === threads));
    const all = [training("one"), training("all"), numericalTable(results), ratioTable(ratios)];
    const tables = all.filter(({ rows }) => rows.length > 0);
    console.log([...tables.map(textTable), notes(results).join("\n")].join("\n\n").trim());
    console.log(`\nbench:peers: ${((performance.now() - start) / 1000).toFixed(0)} s`);
    const report = { machine, command, quick, core: core.description, peers: results, ratios };
    if (out !== undefined) writeFiles(out, report);
  } finally {
    rmSync(data, { recursive: true });
  }
}

/** Writes all files anew from the results of an earlier race, with the texts of this version of the program. */
function rewrite(from: string, out: string): void {
  const report = JSON.parse(readFileSync(from, "utf8")) as Report;
  const peers = withCurrentLabels(report.peers);
  writeFiles(out, { ...report, peers, ratios: targetRatios(peers) });
}

/** Writes the JSON, and puts the tables into the document and, if all peers have finished the race, into the README. */
function writeFiles(out: string, report: Report): void {
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, "peers.json"), `${JSON.stringify(report, null, 1)}\n`);
  const document = join(out, "benchmarks.md");
  const before = existsSync(document) ? readFileSync(document, "utf8") : "# Benchmarks\n";
  writeFileSync(document, replaceSection(before, "peers", toMarkdown(report)));
  const { quick, peers } = report;
  const isWhole = !quick && peers.length === PEERS.length && peers.every(({ status }) => status === "raced");
  if (isWhole) writeReadme(report);
  else console.log("README.md is left as it is, because not all peers have finished a whole race.");
}

/** Puts the short table into the README. */
function writeReadme(report: Report): void {
  const readme = join(ROOT, "README.md");
  writeFileSync(readme, replaceSection(readFileSync(readme, "utf8"), "peers", readmeSection(report)));
}
