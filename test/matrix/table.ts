import { markdownTable } from "../../packages/benchmark/src/report.js";
import { SHOWN } from "./hashes.js";

/** A line of the matrix. */
export interface Row {
  /** The environment's. */
  readonly name: string;
  /** What was tested. */
  readonly what: string;
  /** What it ran in, with its version. */
  readonly where: string;
  readonly result: "passed" | "failed" | "skipped";
  /** The hash; what else was found; why it failed or was skipped. */
  readonly note: string;
  readonly seconds: number;
}

/** As it is printed while the matrix runs. */
export function textOf({ name, what, where, result, note, seconds }: Row): string {
  const cells = [result.padEnd(7), name.padEnd(12), `${where}: ${what}`.padEnd(64), `${seconds.toFixed(1)} s`];
  return `${cells.join("  ")}  ${result === "passed" ? note : `\n${note}\n`}`;
}

/** An environment in the README: one line for all versions of Node, one for each bundler. */
interface Line {
  readonly environment: string[];
  readonly tested: string[];
  readonly browsers: string[];
  passed: number;
  total: number;
}

const BROWSERS = /^(Chromium|Firefox) /;

/** The matrix in short, for the README. */
export function summaryOf(rows: readonly Row[]): string {
  const lines = new Map<string, Line>();
  for (const row of rows) {
    const family = row.name.split("-")[0] as string;
    const line = lines.get(family) ?? { environment: [], tested: [], browsers: [], passed: 0, total: 0 };
    lines.set(family, line);
    const { environment, tested } = partsOf(row, family);
    addOnce(line.environment, environment);
    addOnce(line.tested, tested);
    if (BROWSERS.test(row.where)) addOnce(line.browsers, row.where);
    line.total++;
    if (row.result === "passed") line.passed++;
  }
  const columns = ["Environment", "Tested", "Runs in", "Passed"].map((heading) => ({ heading }));
  const cells = Array.from(lines.values(), ({ environment, tested, browsers, passed, total }) => [
    versionsOf(environment),
    tested.join("; "),
    browsers.join(", "),
    `${passed} of ${total}`,
  ]);
  return markdownTable(columns, cells);
}

/** What a row says of its environment, and of what was tested in it. */
function partsOf({ what, where }: Row, family: string): { environment: string; tested: string } {
  const [tool = "", ...rest] = what.split(", ");
  if (family === "plain") return { environment: "no bundler", tested: what };
  if (/ \d/.test(tool)) return { environment: tool, tested: rest.join(", ") || "page" };
  return { environment: where.replace(", this machine's", ""), tested: what };
}

/** "Node 20.16.0, 22.23.3" for two of one name. */
function versionsOf(environments: readonly string[]): string {
  const name = environments[0]?.split(" ")[0];
  const sorted = [...environments].sort(new Intl.Collator("en", { numeric: true }).compare);
  return sorted.map((text, i) => (i > 0 ? text.replace(`${name} `, "") : text)).join(", ");
}

function addOnce(list: string[], text: string): void {
  if (!list.includes(text)) list.push(text);
}

/** docs/matrix.md. */
export function markdownOf(rows: readonly Row[]): string {
  const columns = ["Runs in", "Tested", "Result", "Hash after 200 steps, or else", "Seconds"];
  const lines = rows.map(({ what, where, result, note, seconds }) => {
    const shown = note === SHOWN ? `\`${note}\`` : (note.split("\n")[0] as string).replaceAll("|", "\\|");
    return [where, what, result, shown, seconds.toFixed(1)];
  });
  const table = markdownTable(
    columns.map((heading) => ({ heading, numeric: heading === "Seconds" })),
    lines,
  );
  return `# Where numgrad runs

Written by \`npm run test:matrix -- --out docs\` (${new Date().toISOString().slice(0, 10)}, ${process.platform} ${process.arch}). The packed tarball is
installed into an empty project by npm, and trains four networks for 200 steps each: by central differences, by
backpropagation, by central differences with h = 0.01, and by \`train\`. The hashes of their parameters must be those of
native code in \`test/bits\`, for the first also after a way through npz and safetensors by \`numgrad/files\`; it is shown. Pages are served with \`Content-Security-Policy: script-src 'self'
'wasm-unsafe-eval'\` where nothing else is said, except for development servers and Next.js, and are never cross-origin
isolated. The first line of a bundler has the time of the build in it.
The playground of \`examples\` is built into a folder of such a site and used: it trains for an epoch, and reads a line.

${table}
`;
}
