// Races numgrad's published bundle against plain TypeScript: `npm run bench`.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { growthFigure } from "./figure.js";
import { describeMachine, formatMachine, type Machine, packageVersion } from "./machine.js";
import { HELP, type Options, parseOptions, UsageError } from "./options.js";
import { runGroup, withCurrentTexts } from "./races/index.js";
import { DisagreementError, type GroupResult, Setting } from "./races/setting.js";
import { readSection, replaceSection } from "./report.js";
import { formatAgreements, markdownOf, tableOf, textTable } from "./tables.js";

/** Results of `npm run bench`, as JSON. Times are milliseconds. */
export interface Report {
  readonly machine: Machine;
  /** Package that measures the times, with its version. */
  readonly harness: string;
  readonly command: string;
  readonly quick: boolean;
  readonly groups: readonly GroupResult[];
}

process.exitCode = await main(process.argv.slice(2));

/** Returns the exit code. */
async function main(args: string[]): Promise<number> {
  try {
    const options = parseOptions(args);
    if (options === "help") process.stdout.write(HELP);
    else if (options.from !== undefined) await rewrite(options.from, options.out!);
    else await bench(options, ["npm run bench", ...(args.length > 0 ? ["--", ...args] : [])].join(" "));
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof DisagreementError)) throw error;
    console.error(error.message);
    return error instanceof UsageError ? 2 : 1;
  }
}

async function bench({ quick, full, groups, out }: Options, command: string): Promise<void> {
  const start = performance.now();
  const machine = describeMachine();
  console.log(`${formatMachine(machine)}\n`);
  const setting = await Setting.load({ quick, full });
  const results: GroupResult[] = [];
  for (const name of groups) {
    const result = await runGroup(name, setting);
    results.push(result);
    const agreements = formatAgreements(result);
    console.log([result.title, textTable(tableOf(result)), ...(agreements ? [agreements] : []), ""].join("\n"));
  }
  console.log(`bench: ${((performance.now() - start) / 1000).toFixed(0)} s`);
  const harness = `tinybench ${packageVersion("packages/benchmark/node_modules/tinybench/package.json")}`;
  if (out !== undefined) await writeFiles(out, { machine, harness, command, quick, groups: results });
}

/** Writes all files anew from the results of an earlier run, with the texts of this version of the program. */
async function rewrite(from: string, out: string): Promise<void> {
  const report = JSON.parse(readFileSync(from, "utf8")) as Report;
  await writeFiles(out, { ...report, groups: report.groups.map(withCurrentTexts) });
}

/** Writes JSON and figure, and puts the tables into the document: each version of Node has a section of its own. */
async function writeFiles(out: string, report: Report): Promise<void> {
  mkdirSync(out, { recursive: true });
  const node = `node-${report.machine.node.split(".")[0]}`;
  writeFileSync(join(out, `bench-${node}.json`), `${JSON.stringify(report, null, 2)}\n`);
  const figure = `bench-growth-${node}.svg`;
  const sizes = report.groups.find((group) => group.name === "sizes");
  if (sizes)
    writeFileSync(join(out, figure), await growthFigure(sizes.races, formatMachine(report.machine).split("; ")));
  const document = join(out, "benchmarks.md");
  const before = existsSync(document) ? readFileSync(document, "utf8") : "# Benchmarks\n";
  const section = replaceSection(readSection(before, "bench"), `bench-${node}`, toMarkdown(report, figure));
  writeFileSync(document, replaceSection(before, "bench", section));
}

function toMarkdown({ machine, harness, command, quick, groups }: Report, figure: string): string {
  const pace = quick ? " (`--quick`: short rounds, rough numbers)" : "";
  const heading = `### Against plain TypeScript, Node ${machine.node.split(".")[0]}`;
  const how = `\`${command}\`${pace}, with ${harness}. ${formatMachine(machine)}.`;
  const sections = groups.map((group) =>
    group.name === "sizes"
      ? `${markdownOf(group)}\n\n![Time of one training step by hidden size and batch](${figure})`
      : markdownOf(group),
  );
  return [heading, how, ...sections].join("\n\n");
}
